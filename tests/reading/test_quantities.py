"""Numbers with their units, in German and in English notation; ordinals are none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.reading.folding import fold
from ytterby.reading.lexicon import load_language
from ytterby.reading.mentions import find_mentions
from ytterby.reading.quantities import find_quantities


def found(text: str, code: str) -> list[tuple[float, str]]:
    language = load_language(code)
    return [(q.value, q.unit) for q in find_quantities(text, find_mentions(text, fold(text), language), language)]


@pytest.mark.parametrize(
    ("code", "text", "value", "unit"),
    [
        ("de", "2.000 Tonnen", 2000.0, "t"),
        ("de", "2.000 Tonnen Neodym im Jahr", 2000.0, "t/a"),
        ("de", "jährlich 24.000 Tonnen", 24000.0, "t/a"),
        ("de", "1.234.567,5 Euro", 1234567.5, "EUR"),
        ("de", "1'234 Franken", 1234.0, "CHF"),
        ("de", "2,2 Milliarden Euro", 2.2e9, "EUR"),
        ("de", "2,125 Milliarden Euro", 2.125e9, "EUR"),
        ("de", "75 Mio. US-Dollar", 75e6, "USD"),
        ("de", "zehn Prozent", 10.0, "percent"),
        ("de", "12,5 %", 12.5, "percent"),
        ("de", "250 Kirschbäume", 250.0, "trees"),
        ("de", "32 Kampfjets", 32.0, "aircraft"),
        ("en", "2,000 tonnes a year", 2000.0, "t/a"),
        ("en", "US$8.5 billion", 8.5e9, "USD"),
        ("en", "$1.4B", 1.4e9, "USD"),
        ("en", "A$840 million", 840e6, "AUD"),
        ("en", "€1,234.5", 1234.5, "EUR"),
        ("en", "1.234 million euros", 1.234e6, "EUR"),
        ("en", "18,125 tonnes", 18125.0, "t"),
        ("en", "ten per cent", 10.0, "percent"),
        ("en", "250 cherry trees", 250.0, "trees"),
    ],
)
def test_a_quantity(code: str, text: str, value: float, unit: str) -> None:
    assert [u for _, u in found(text, code)] == [unit]
    assert found(text, code)[0][0] == pytest.approx(value)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "zum 250. Jahrestag der Unabhängigkeit"),
        ("de", "am 28. Oktober 2025"),
        ("de", "seit 30 Jahren"),
        ("de", "Version 2.0 von A4"),
        ("en", "the 250th anniversary"),
        ("en", "on 28 October 2025"),
        ("en", "for 30 years"),
        ("en", "G7 and F35 and COVID-19"),
    ],
)
def test_no_quantity(code: str, text: str) -> None:
    assert found(text, code) == []


@given(st.integers(1, 10**9))
@settings(max_examples=200)
def test_groups_of_three_are_read_in_either_notation(value: int) -> None:
    written = f"{value:,}"
    assert found(f"{value} tonnes", "en") == [(float(value), "t")]
    if written.count(",") != 1:
        assert found(f"{written} Tonnen", "de") == found(f"{written.replace(',', '.')} tonnes", "en") == [(float(value), "t")]
    assert found(f"{written} tonnes", "en") == found(f"{written.replace(',', '.')} Tonnen", "de") == [(float(value), "t")]


@given(st.decimals(0, 9999, places=2))
@settings(max_examples=200)
def test_a_scale_word_multiplies(value: object) -> None:
    english, german = found(f"${value} million", "en"), found(f"{str(value).replace('.', ',')} Millionen Dollar", "de")
    assert [unit for _, unit in english] == ["USD"]
    assert english[0][0] == pytest.approx(float(str(value)) * 1e6)
    assert english == german
