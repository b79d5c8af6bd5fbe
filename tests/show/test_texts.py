"""The catalogues of messages: every language says all of it, nothing else, with the same places; the code asks for what is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ytterby.core.catalogue import indicators
from ytterby.core.world import load_world
from ytterby.show.language import FIRST, flat, languages, names, speaking
from ytterby.show.retelling import Retelling
from ytterby.show.words import day, money, percent, significant, tonnes

SOURCE = Path(__file__).resolve().parents[2] / "src" / "ytterby"
OTHERS = [language for language in languages() if language != FIRST]
FREE = re.compile(r"money\.e\d+")
"""Sizes of money, which each language names its own way."""
PLACE = re.compile(r"\{(\w*)\}")
SAME = {
    "de": {"Plan", "Element", "Option", "Budget", "Partner", "Name", "Material"},
    "ja": set(),
}
"""What is the same word in English."""


DRIVEN = ("money", "figure", "told", "limits", "unit", "option", "views", "titles", "ledes", "empty", "teach", "steps", "kinds")
"""Tables whose keys come from data or from the names of things."""


def sources() -> Iterator[str]:
    for folder in ("show", "web", "cli"):
        for path in sorted((SOURCE / folder).rglob("*")):
            if path.suffix in (".py", ".js", ".j2", ".html"):
                yield path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_there_and_none_besides(language: str) -> None:
    own, first = ({key for key in flat(one) if not FREE.fullmatch(key)} for one in (language, FIRST))
    assert own ^ first == set()
    assert flat(language)["money.e0"]


@pytest.mark.parametrize("language", OTHERS)
def test_places_agree_and_no_message_is_empty(language: str) -> None:
    for key, text in flat(language).items():
        assert text.strip() or key in ("chain.shares_to", "number.thousands"), key
        if not FREE.fullmatch(key):
            assert set(PLACE.findall(text)) == set(PLACE.findall(flat(FIRST)[key])), key


@pytest.mark.parametrize("language", OTHERS)
def test_what_has_words_is_translated(language: str) -> None:
    same = [
        key
        for key, text in flat(language).items()
        if text == flat(FIRST).get(key) and re.search("[a-z]{4}", PLACE.sub("", text)) and text not in SAME[language]
    ]
    assert same == []


def test_every_key_that_is_asked_for_is_known_and_every_message_is_asked_for() -> None:
    """A key stands in the code in full, or its table does: say(f"status.{code}"), word("status", code), t(`views.${name}`)."""
    text = "\n".join(sources())
    words = set(re.findall(r"""["'`]([a-z_ ]+)["'`]""", text))
    whole = set(re.findall(r"""["'`]([a-z_]+(?:\.[a-z_0-9]+)*)["'`]""", text))
    begun = tuple(re.findall(r"""["'`]([a-z_.]+\.)\$?\{""", text)) + tuple(re.findall(r"""["'`]([a-z_]+\.)["'`] ~""", text))
    tables = tuple(f"{name}." for name in {*re.findall(r'word\("([a-z]+)"', text), *DRIVEN})
    keys = {key.removeprefix("app.") for key in flat(FIRST)}
    unused = [
        key
        for key in sorted(keys)
        if key not in whole and not key.startswith(tables) and not (key.startswith(begun) and key.rsplit(".", 1)[1] in words)
    ]
    assert unused == []
    asked = set(re.findall(r"""\bsay\(\s*["']([a-z_.0-9]+)["']\s*[,)]""", text))
    assert asked - set(flat(FIRST)) == set()
    own = set(re.findall(r"""\bt\(["']([a-z_.0-9]+)["']\s*[,)]""", text)) | set(re.findall(r'data-t(?:-hint|-name)?="([a-z_.]+)"', text))
    assert {f"app.{key}" for key in own} - set(flat(FIRST)) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_name_of_the_tables_has_one_in_the_language(language: str) -> None:
    world, own = load_world(), names(language)
    for table in ("actor", "material", "product", "use", "stage"):
        assert set(world[f"{table}s"][table]) ^ set(own[table]) == set(), table
    assert set(own["parameter"]) <= set(world["parameters"]["parameter"])
    assert set(indicators()) ^ set(own["indicator"]) == set()
    assert {entry.spec.unit for entry in indicators().values()} - {"1", "USD"} <= set(own["unit"])
    assert all(name.strip() for table in own.values() for name in table.values())


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    values = {
        "en": ("1.2 bn USD", "1,234,568 t", "0.012", "99.9 %", "8 Oct 2025"),
        "de": ("1,2 Mrd. USD", "1.234.568 t", "0,012", "99,9 %", "8. Okt. 2025"),
        "ja": ("12億ドル", "1,234,568トン", "0.012", "99.9%", "2025年10月8日"),
    }
    for language, expected in values.items():
        with speaking(language):
            assert (money(1.234e9), tonnes(1234567.8), significant(0.01234), percent(0.9991), day("2025-10-08")) == expected


SENTENCES = {
    "Left: it was known only on 2025-09-05, after the day of this plan.": (
        "Übergangen: es war erst am 5. Sept. 2025 bekannt, nach dem Tag dieses Plans."
    ),
    "Runs already: 1,000 t a year from 2025 of NdFeB magnet; without it alone shortages would cost 217 M USD more.": (
        "Läuft schon: 1.000 t im Jahr ab 2025, NdFeB-Magnete; fehlte allein dies, kosteten Engpässe 217 Mio. USD mehr."
    ),
    "Chosen: 0.39 t of Terbium metal; the worst cases tip the balance; it pays up to a cost of 46 M USD.": (
        "Gewählt: 0,39 t, Terbiummetall; die schlimmsten Fälle geben den Ausschlag; es lohnt sich bis zu Kosten von 46 Mio. USD."
    ),
    "The meeting of 2025-10-30 brings relief: the measures end 4 weeks later, on 2025-11-27.": (
        "Das Treffen vom 30. Okt. 2025 bringt Entspannung: Die Maßnahmen enden 4 Wochen später, am 27. Nov. 2025."
    ),
    "What is announced or threatened takes effect too (2025-12-01).": (
        "Auch was angekündigt oder angedroht ist, tritt in Kraft (1. Dez. 2025)."
    ),
}


@pytest.mark.parametrize("english", SENTENCES)
def test_a_sentence_of_a_model_is_told_again(english: str) -> None:
    again = Retelling(load_world())
    assert (again(english).text, again(english).lang) == (english, "")
    with speaking("de"):
        assert (again(english).text, again(english).lang) == (SENTENCES[english], "")


def test_a_sentence_that_the_catalogue_does_not_know_stays_english_and_says_so() -> None:
    with speaking("de"):
        told = Retelling(load_world())("Left: the moon is full.")
    assert (told.text, told.lang) == ("Left: the moon is full.", "en")
