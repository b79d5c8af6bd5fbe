"""What the U.S. Geological Survey writes in a cell: numbers, dashes, letters, bounds and ranges -> a value with its band, or a reason.

Band of a plain number: half a unit of its last digit that is not a zero (41,600 is 41,550 to 41,650), because the survey rounds to one,
two or three digits. A dash is a true zero. A range stands for its middle; a bound (>50) gives one end and no value.
"""

import re
from dataclasses import dataclass

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
"""A number as the survey writes it. Separators that stand wrong (11120,000) show a footnote's digits glued on: no number."""

RANGE = re.compile(rf"({NUMBER})\s*[-\N{{EN DASH}}]\s*({NUMBER})")
BOUND = re.compile(rf"([<>])\s*({NUMBER})")
DASHES = ("\N{EM DASH}", "\N{EN DASH}", "-", "--")
WORDS = {
    "": "left empty by the source",
    "w": "withheld",
    "na": "not available",
    "xx": "not applicable",
    "s": "counted elsewhere or less than half a unit",
    "large": "large",
    "moderate": "moderate",
    "moderate to large": "moderate to large",
    "small": "small",
    "very small": "very small",
}
"""What letters and words in place of a number mean."""

REMARKS = (
    (r"production quota", "production quota, undocumented output not included"),
    (r"import data for china", "estimated from what China reports to import"),
    (r"(excludes|not include) (u\.s\. )?production( in the united states)?", "without the United States"),
    (r"included with ilmenite", "rutile counted with ilmenite"),
    (r"included in .?world total", "counted in the world total"),
    (r"included with .?other", "counted with other countries"),
    (r"less than (½|1/2)", "less than half a unit"),
    (r"large mines only", "large mines only"),
    (r"cannot be calculated", "countries count differently, no world total"),
    (r"titaniferous magnetite", "mostly for titanium slag"),
    (r"avoid disclosing", "rounded to hide company data"),
    (r"joint ore reserves", "JORC-compliant reserves differ"),
    (r"gkz|classification system a\+b", "Russian classes of reserves"),
    (r"company-reported", "reported by the company"),
    (r"asian metal", "from Asian Metal"),
    (r"trade mining", "from shipping records"),
    (r"rounded to one significant digit", "one significant digit"),
    (r"^w for", "withheld"),
    (r"^na\b", "not available"),
    (r"^xx$", "not applicable"),
    (r"^(very small|small|large|moderate to large|moderate)$", r"\g<0>"),
    (r"crude ore|ulexite|boric oxide equivalent|crude borates|datolite ore|refined borates|\bcompounds$", r"as \g<0>"),
)
"""Remarks that a value needs to be understood, in our words: (pattern in the survey's note, words)."""


@dataclass(frozen=True)
class Value:
    """One cell: its value (None: missing), its band as far as the source gives one, and why it is missing or what it stands for."""

    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


def read_value(text: str) -> Value | None:
    """Return what a cell says, in its own unit; None for a text that is no value, which is a fault.

    >>> read_value("41,600"), read_value("W"), read_value(">50")
    (Value(value=41600.0, low=41550.0, high=41650.0, note=''), Value(value=None, low=None, high=None, note='withheld'), \
Value(value=None, low=50.0, high=None, note='only a lower bound'))
    >>> read_value("10 - 15"), read_value("11120,000")
    (Value(value=12.5, low=10.0, high=15.0, note='middle of a range'), None)
    """
    plain = text.replace("\N{NO-BREAK SPACE}", " ").strip()
    if plain in DASHES:
        return Value(0.0, 0.0, 0.0)
    if plain.lower() in WORDS:
        return Value(None, note=WORDS[plain.lower()])
    if re.fullmatch(NUMBER, plain):
        value, half = _number(plain), half_unit(plain)
        return Value(value, max(value - half, 0.0), value + half)
    if found := RANGE.fullmatch(plain):
        low, high = _number(found[1]), _number(found[2])
        return Value((low + high) / 2, low, high, "middle of a range") if low < high else None
    if found := BOUND.fullmatch(plain):
        bound = _number(found[2])
        return Value(None, bound, None, "only a lower bound") if found[1] == ">" else Value(None, 0.0, bound, "only an upper bound")
    return None


def half_unit(text: str) -> float:
    """Return half a unit of the last digit that is not a zero: how far a rounded number may be off; 0 for a zero.

    >>> half_unit("270,000"), half_unit("0.5"), half_unit("0")
    (5000.0, 0.05, 0.0)
    """
    digits = text.replace(",", "")
    if not digits.strip("0."):
        return 0.0
    if "." in digits:
        return 0.5 * 10.0 ** -len(digits.split(".")[1])
    return 0.5 * 10.0 ** (len(digits) - len(digits.rstrip("0")))


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def remarks(note: str) -> str:
    """Return in our words what a note of the survey says about a value; nothing for the standing remarks on sources.

    >>> remarks("Estimated. -- Less than ½ unit."), remarks("See Appendix C for resource and reserve definitions")
    ('less than half a unit', '')
    """
    plain = note.replace("\N{NO-BREAK SPACE}", " ").lower().strip()
    return "; ".join(found.expand(words) for pattern, words in REMARKS if (found := re.search(pattern, plain)))


def is_elsewhere(value: Value) -> bool:
    """Say whether another row holds a missing value: it is left out of a sum and makes the sum no less complete.

    >>> is_elsewhere(Value(None, note="rutile counted with ilmenite")), is_elsewhere(Value(None, note="withheld"))
    (True, False)
    """
    return value.value is None and re.search(r"\bcounted (with|in)\b", value.note) is not None


def explained(value: Value, note: str) -> Value:
    """Return a value with what its note adds: a missing one takes the note's reason, 'less than half a unit' its band.

    >>> explained(Value(None, note="left empty by the source"), "W for 23-24").note
    'withheld'
    """
    said = remarks(note)
    if value.value is None and said:
        high = 0.5 if "less than half a unit" in said else value.high
        low = 0.0 if "less than half a unit" in said else value.low
        return Value(None, low, high, f"{value.note}; {said}" if value.low is not None or value.high is not None else said)
    return Value(value.value, value.low, value.high, "; ".join(part for part in (value.note, said) if part))


def is_estimate(note: str, year: int | None = None) -> bool:
    """Say whether a note begins by marking its value as an estimate; 'estimated 2023' marks that year alone.

    >>> is_estimate("Estimated. -- Ulexite."), is_estimate("estimated 2023", 2024), is_estimate("Reported.")
    (True, False, False)
    """
    found = re.search(r"(?:^|-- )estimated(?: for)?(?: (\d{4}))?", note.strip().lower())
    return found is not None and (found[1] is None or year is None or int(found[1]) == year)
