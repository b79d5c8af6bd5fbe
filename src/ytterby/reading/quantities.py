"""Read quantities: numbers with a unit or a currency, in the language's own notation ("2.000 Tonnen im Jahr", "US$8.5 billion")."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ytterby.reading.digits import number_starts, search_at
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language
from ytterby.reading.mentions import Mention, within

# A number stands apart from Latin letters; Chinese, Japanese and Korean write it right after a word.
_APART = r"(?:(?<![\w.,])|(?<=[\u3005-\u9fff\uac00-\ud7a3]))"
_NUMBER = re.compile(rf"{_APART}\d{{1,3}}(?:([.,'’\u00a0\u202f])\d{{3}})+(?:[.,]\d{{1,2}})?(?!\d)|{_APART}\d+(?:[.,]\d+)?(?!\d)")
# Where the comma is the decimal mark, a plain blank may part the thousands ("96 600 tonnes").
_BLANKS = re.compile(_NUMBER.pattern.replace(r"\u202f]", r"\u202f ]"))
_BETWEEN = re.compile(r"[\s\u00a0-]{0,2}(?:[^\W\d_]{3,14}\s)?")
_BESIDE = re.compile(r"[\s\u00a0-]{0,2}")
_STOP = re.compile(r"[.;:,。、]")
UNNAMED = "XXX"
"""A sum whose currency the text does not name: ISO 4217's code for no currency."""
MONEY = (
    "USD",
    "EUR",
    "CNY",
    "JPY",
    "GBP",
    "CHF",
    "AUD",
    "CAD",
    "BRL",
    "KRW",
    "TRY",
    "RUB",
    "BGN",
    "INR",
    "DKK",
    "PEN",
    UNNAMED,
    "NOK",
    "SEK",
    "MXN",
    "CLP",
    "ZAR",
    "KZT",
    "IDR",
    "MYR",
    "ARS",
    "COP",
    "BOB",
    "AOA",
    "MZN",
    "XOF",
    "XAF",
    "MAD",
    "SAR",
    "AED",
    "PLN",
)
REACH = 120
MILLION = 1e6
_WORD = re.compile(r"\s([^\W_]+)")
LENGTHS = ("years", "months", "weeks", "per_year")


class Quantity(NamedTuple):
    """A value in a unit; `of` is the text's own word for what is counted."""

    value: float
    unit: str
    of: str
    start: int
    end: int


def find_quantities(text: str, mentions: Sequence[Mention], language: Language) -> list[Quantity]:
    """Return the quantities of a text in order.

    >>> from ytterby.reading.folding import fold
    >>> from ytterby.reading.lexicon import load_language
    >>> from ytterby.reading.mentions import find_mentions
    >>> story, english = "It lends US$8.5 billion for 2,000 tonnes a year.", load_language("en")
    >>> [(q.value, q.unit) for q in find_quantities(story, find_mentions(story, fold(story), english), english)]
    [(8500000000.0, 'USD'), (2000.0, 't/a')]
    """
    units = [mention for mention in mentions if mention.kind == "unit"]
    shape = _BLANKS if language.grammar["decimal"] == "," else _NUMBER
    numbers = [(m.start(), m.end(), _value(m[0], m[1], language)) for m in search_at(shape, text, number_starts(text))]
    numbers += [(m.start, m.end, float(m.value)) for m in mentions if m.kind == "number"]
    found: list[Quantity] = []
    bare = language.grammar["nouns_first"]
    for start, end, value in _compound(text, sorted(numbers), units):
        beyond = found[-1].end if found else 0
        quantity = _quantity(text, start, end, value, within(units, beyond, end + REACH)) if start >= beyond else None
        if quantity is None and bare and start >= beyond and _bare_sum(text, start, end, value, language):
            quantity = Quantity(value, UNNAMED, text[start:end], start, end)
        if quantity is not None:
            found.append(quantity)
    return found


def _bare_sum(text: str, start: int, end: int, value: float, language: Language) -> bool:
    """Whether millions stand without what is counted, as sums of money do in Romance languages: "un assegno da 18,7 milioni per"."""
    if value < MILLION or not text[end - 1].isalpha():
        return False
    following = _WORD.match(text, end)
    after = folded_word(following[1]) if following else ""
    return not after or ("of" not in language.markers.get(after, ("of",)) and after not in language.words("coordinators"))


def _compound(text: str, numbers: list[tuple[int, int, float]], units: list[Mention]) -> Iterator[tuple[int, int, float]]:
    """Numbers with their scale words multiplied out; what follows with a smaller scale is added ("5億5000万")."""
    open_: tuple[int, int, float, float] | None = None
    for start, end, value in numbers:
        stop, scale = _scaled(text, end, units)
        gap = text[open_[1] : start] if open_ is not None else ""
        if open_ is not None and (not gap or (gap == " " and scale > 1)) and scale < open_[3]:
            open_ = (open_[0], stop, open_[2] + value * scale, scale)
            continue
        if open_ is not None:
            yield open_[:3]
        open_ = (start, stop, value * scale, scale if scale > 1 else 0.0)
    if open_ is not None:
        yield open_[:3]


def _scaled(text: str, end: int, units: list[Mention]) -> tuple[int, float]:
    scale = _next(text, end, units, adjacent=True)
    return (scale.end, float(scale.value[1:])) if scale is not None and scale.value.startswith("x") else (end, 1.0)


def _value(written: str, separator: str | None, language: Language) -> float:
    if separator is not None and separator == language.grammar["decimal"] and written.count(separator) == 1 and separator in ".,":
        return float(written.replace(separator, "."))
    if separator is not None and re.fullmatch(r"\d{1,3}(?:[^\d]\d{3})+", written):
        return float(re.sub(r"\D", "", written))
    if separator is not None:
        whole, _, part = written.rpartition("," if separator != "," else ".")
        return float(re.sub(r"\D", "", whole) + "." + part) if whole else float(re.sub(r"\D", "", written))
    # One mark and no group of three after it: a decimal in either notation.
    return float(written.replace(",", "."))


def _quantity(text: str, start: int, end: int, value: float, units: list[Mention]) -> Quantity | None:
    before = _previous(text, start, units)
    if before is not None and before.value in MONEY:
        return Quantity(value, before.value, text[before.start : end], before.start, end)
    unit = _next(text, end, units, adjacent=True) or _next(text, end, units, adjacent=False)
    if unit is None and before is not None:
        return Quantity(value, before.value, text[before.start : end], before.start, end)
    if unit is None or unit.value in LENGTHS or unit.value.startswith("x"):
        return None
    name, of = unit.value, text[end : unit.end].strip(" -\u00a0")
    stop = unit.end
    if name in ("t", "kt", "kg"):
        yearly = next((m for m in within(units, stop, stop + 48) if m.value == "per_year" and not _STOP.search(text[stop : m.start])), None)
        if yearly is not None:
            name, stop = f"{name}/a", yearly.end
        elif any(m.value == "per_year" and not text[m.end : start].strip() for m in within(units, start - 16, start)):
            name = f"{name}/a"
    return Quantity(value, name, of, start, stop)


def _previous(text: str, start: int, units: list[Mention]) -> Mention | None:
    """A currency or 'per cent' right before the number ("US$8", "yüzde 40")."""
    near = [unit for unit in within(units, start - 12, start) if text[unit.end : start] in ("", " ", "\u00a0")]
    return next((unit for unit in reversed(near) if unit.value in MONEY or unit.value == "percent"), None)


def _next(text: str, end: int, units: list[Mention], adjacent: bool) -> Mention | None:
    for unit in within(units, end, end + 40):
        if (_BESIDE if adjacent else _BETWEEN).fullmatch(text, end, unit.start):
            return unit
    return None
