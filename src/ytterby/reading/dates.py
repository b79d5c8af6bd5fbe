"""Find the dates that a text gives, and resolve them against the day of publication by the modality of their clause.

"On Thursday they want to meet" lies ahead, "on Thursday they met" lies behind. Precision follows the text: a month stays a month.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from ytterby.reading.digits import number_starts, search_at
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language, ending, opening
from ytterby.reading.mentions import Mention, within

AROUND = 60
CLOSE = timedelta(days=100)

_ISO = re.compile(r"(?<![\w-])((?:19|20)\d{2})-(\d{2})-(\d{2})(?![\w-])")
_NUMERIC = re.compile(r"(?<![\w.])(\d{1,2})\.\s?(\d{1,2})\.\s?((?:19|20)\d{2})(?!\w)")
_YEAR = re.compile(r"(?<![\w.,$€£-])((?:19|20)\d{2})(?![\w,.]*\d)(?!-\d)(?!\s?[%$€]|[천만억조])")
_YEAR_BEFORE = re.compile(r"((?:19|20)\d{2})\.?,?\s+$")
NEAR = 15
_WORDS = re.compile(r"[^\W\d_]+")
_PLACES = {"year": r"(?P<year>(?:19|20)\d{2})", "month": r"(?P<month>\d{1,2})", "day": r"(?P<day>\d{1,2})"}
_DIGITS_FIRST = r"(?<!\d)(?P<"
_GROUPS = re.compile(r"\\\{(\w+)\\\}")


@dataclass(frozen=True)
class Shapes:
    """How a language writes dates, compiled: day and year beside the name of a month, and its formats of digits alone."""

    day_before: re.Pattern[str]
    day_after: re.Pattern[str]
    year_after: re.Pattern[str]
    formats: tuple[re.Pattern[str], ...]


@cache
def _shapes(marks: tuple[str, ...], links: str, formats: tuple[str, ...]) -> Shapes:
    mark = "|".join([r"\.", *map(re.escape, marks)])
    link = "|".join(map(re.escape, links.split())) or "(?!)"
    return Shapes(
        re.compile(rf"(?<!\d)(\d{{1,2}})(?:{mark})?(?:\s+(?:{link}))?\s+(?:(?:{link})\s*)?$", re.IGNORECASE),
        re.compile(rf"\s+(\d{{1,2}})(?:{mark})?(?![\d%]|[.,]\d|\s?(?:per|prozent))", re.IGNORECASE),
        re.compile(rf",?\s+(?:(?:{link})\s*)?((?:19|20)\d{{2}})\b", re.IGNORECASE),
        tuple(_format(shape) for shape in formats),
    )


def _format(shape: str) -> re.Pattern[str]:
    """A pattern out of '{year}年{month}月{day}日'."""
    body = _GROUPS.sub(lambda match: _PLACES[match[1]], re.escape(shape))
    return re.compile(rf"(?<!\d){body}(?!\d|間|间|以内|간|째| ?동안| 만에)")  # "30日間" is a time, no date


class Day(NamedTuple):
    """A date as the text gives it; `role` is date, since, effective or until."""

    start: int
    end: int
    kind: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    shift: tuple[str, int] | None = None
    role: str = "date"


def find_days(text: str, mentions: Sequence[Mention], language: Language) -> list[Day]:
    """Return the dates of a text in order, overlaps resolved to the longest.

    >>> from ytterby.reading.folding import fold
    >>> from ytterby.reading.lexicon import load_language
    >>> from ytterby.reading.mentions import find_mentions
    >>> story, german = "Das Treffen ist am 28. Oktober 2025, nicht im Mai.", load_language("de")
    >>> [(d.year, d.month, d.day) for d in find_days(story, find_mentions(story, fold(story), german), german)]
    [(2025, 10, 28), (None, 5, None)]
    """
    grammar = language.grammar
    shapes = _shapes(tuple(grammar["day_marks"]), grammar["date_links"], tuple(grammar["date_formats"]))
    starts = number_starts(text)
    found = [*_numeric(text, starts), *_months(text, mentions, shapes, language), *_formatted(text, starts, shapes)]
    for mention in mentions:
        if mention.kind == "weekday":
            found.append(Day(mention.start, mention.end, "weekday", day=int(mention.value)))
        elif mention.kind == "relative":
            unit, shift = mention.value.split()
            found.append(Day(mention.start, mention.end, "relative", shift=(unit, int(shift))))
    found += [Day(match.start(1), match.end(1), "calendar", year=int(match[1])) for match in search_at(_YEAR, text, starts)]
    kept: list[Day] = []
    for day in sorted(found, key=lambda d: (d.start, -d.end)):
        if not kept or day.start >= kept[-1].end:
            kept.append(day)
            if len(kept) > 1 and (whole := _of_year(text, *kept[-2:])) is not None:
                kept[-2:] = [whole]
    return [_with_role(text, day, language) for day in kept]


def _of_year(text: str, one: Day, other: Day) -> Day | None:
    """One date out of 'April' and 'last year', in either order."""
    if one.shift and one.shift[0] == "month" and other.kind == "calendar" and other.day and not other.month and not other.year:
        return None if text[one.end : other.start].strip() else other._replace(start=one.start, shift=one.shift)  # "다음 달 1일"
    month, year = (other, one) if one.kind == "relative" else (one, other)
    fits = month.kind == "calendar" and month.month and month.year is None and year.shift is not None and year.shift[0] == "year"
    if not fits or text[one.end : other.start].strip(" ,"):
        return None
    return month._replace(start=one.start, end=other.end, shift=year.shift)


def _numeric(text: str, starts: Sequence[int]) -> Iterator[Day]:
    for match in search_at(_ISO, text, starts):
        if _valid(int(match[1]), int(match[2]), int(match[3])):
            yield Day(match.start(), match.end(), "calendar", int(match[1]), int(match[2]), int(match[3]))
    for match in search_at(_NUMERIC, text, starts):
        if _valid(int(match[3]), int(match[2]), int(match[1])):
            yield Day(match.start(), match.end(), "calendar", int(match[3]), int(match[2]), int(match[1]))


def _valid(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _formatted(text: str, starts: Sequence[int], shapes: Shapes) -> Iterator[Day]:
    for shape in shapes.formats:
        for match in search_at(shape, text, starts) if shape.pattern.startswith(_DIGITS_FIRST) else shape.finditer(text):
            parts = {name: int(value) for name, value in match.groupdict().items()}
            if _valid(parts.get("year", 2024), parts.get("month", 1), parts.get("day", 1)):
                yield Day(match.start(), match.end(), "calendar", parts.get("year"), parts.get("month"), parts.get("day"))


def _months(text: str, mentions: Sequence[Mention], shapes: Shapes, language: Language) -> Iterator[Day]:
    for mention in mentions:
        if mention.kind != "month":
            continue
        start, end = mention.start, mention.end
        day = year = None
        if before := shapes.day_before.search(text, max(0, start - 12), start):
            day, start = int(before[1]), before.start(1)
        elif after := shapes.day_after.match(text, end):
            day, end = int(after[1]), after.end()
        following = shapes.year_after.match(text, end)
        leading = _YEAR_BEFORE.search(text, max(0, start - 7), start) if language.grammar["year_first"] else None
        if following:
            year, end = int(following[1]), following.end()
        elif leading:
            year, start = int(leading[1]), leading.start()
        month = int(mention.value)
        sound = _valid(year or 2024, month, day) if day is not None else year is not None or _is_month(text, mention, language)
        if sound:
            yield Day(start, end, "calendar", year, month, day)


def _is_month(text: str, mention: Mention, language: Language) -> bool:
    """A bare 'May' or 'March' is a month only after a preposition or 'early', 'late', 'last'."""
    if folded_word(text[mention.start : mention.end]).rstrip(".") not in language.words("doubtful_months"):
        return True
    words = _WORDS.findall(text[max(0, mention.start - 12) : mention.start].casefold())
    return bool(words) and words[-1] in language.words("before_months")


def _with_role(text: str, day: Day, language: Language) -> Day:
    """Read the role of a date from the words before it; where marks follow, from the words after it; without blanks, from either."""
    if language.grammar["marks_follow"] or not language.spaces:
        after = folded_word(text[day.end : day.end + 8])
        starts = (after, after[1:]) if after.startswith(" ") else (after,)
        cue = max((opening(letters, language.cues, language.cue_sizes) for letters in starts), key=len)
        if not cue and not language.grammar["marks_follow"]:
            cue = ending(folded_word(text[max(0, day.start - 8) : day.start]), language.cues, language.cue_sizes)
        return day._replace(role=language.cues[cue]) if cue else day
    role = "date"
    before = _WORDS.findall(folded_word(text[max(0, day.start - 34) : day.start]))[-4:]
    for word in before:
        role = language.cues.get(word, role)
    return day._replace(role=language.cues.get(f"{before[-1]} ", role) if before else role)


def turned(day: Day, published: date | None, mentions: Sequence[Mention]) -> Day:
    """Tell 'since' from 'from' where one word means both ("с апреля"): from, beside a verb of the future or close ahead.

    >>> turned(Day(2, 8, "calendar", month=4, role="from"), date(2025, 10, 28), []).role
    'since'
    """
    if day.role != "from":
        return day
    near = within(mentions, day.start - AROUND, day.end + AROUND, "concept")
    moment = resolve(day._replace(role="effective"), published, ahead=True)
    close = published is not None and moment is not None and published < begins(moment[0]) <= published + CLOSE
    return day._replace(role="effective" if close or any(m.value in ("WILL", "PRESENT") for m in near) else "since")


def resolve(day: Day, published: date | None, ahead: bool) -> tuple[str, str] | None:
    """Return (ISO date, precision) of a date, or None if it cannot be known without the day of publication.

    >>> resolve(Day(0, 1, "weekday", day=3), date(2025, 10, 28), ahead=True)
    ('2025-10-30', 'day')
    >>> resolve(Day(0, 1, "weekday", day=3), date(2025, 10, 28), ahead=False)
    ('2025-10-23', 'day')
    """
    if day.kind == "calendar":
        return _calendar(day, published, ahead)
    if published is None:
        return None
    try:
        return _weekday(day, published, ahead) if day.kind == "weekday" else _relative(day, published)
    except OverflowError:
        return None


def _calendar(day: Day, published: date | None, ahead: bool) -> tuple[str, str] | None:
    year = day.year
    if year is None and day.month is None:
        return _day_of_month(day, published, ahead)
    if year is None and published is not None and day.shift is not None:
        year = published.year + day.shift[1]
    elif year is None and published is not None:
        year = _nearest_year(day, published, ahead)
    if year is None:
        return None
    if day.month is None:
        return f"{year:04d}", "year"
    if day.day is None:
        return f"{year:04d}-{day.month:02d}", "month"
    return (f"{year:04d}-{day.month:02d}-{day.day:02d}", "day") if _valid(year, day.month, day.day) else None


def _day_of_month(day: Day, published: date | None, ahead: bool) -> tuple[str, str] | None:
    """A bare day ("28日") lies in the month of publication or the one beside it."""
    if published is None or day.day is None:
        return None
    ahead = ahead or day.role == "until" or (day.role == "effective" and 0 < day.day - published.day <= NEAR)
    step = 0 if day.day == published.day else (int(day.day < published.day) if ahead else -int(day.day > published.day))
    step = day.shift[1] if day.shift is not None else step
    months = published.year * 12 + published.month - 1 + step
    year, month = months // 12, months % 12 + 1
    return (f"{year:04d}-{month:02d}-{day.day:02d}", "day") if _valid(year, month, day.day) else None


def _nearest_year(day: Day, published: date, ahead: bool) -> int | None:
    assert day.month is not None
    options = [year for year in (published.year - 1, published.year, published.year + 1) if _valid(year, day.month, day.day or 1)]
    middle = {year: date(year, day.month, day.day or 15) for year in options}
    if day.role == "effective":
        return min(options, key=lambda year: abs(middle[year] - published), default=None)
    spans = {
        year: (date(year, day.month, day.day or 1), date(year, day.month, day.day or monthrange(year, day.month)[1])) for year in options
    }
    if ahead or day.role == "until":
        return min((year for year in options if spans[year][1] >= published), default=None)
    return max((year for year in options if spans[year][0] <= published), default=None)


def _weekday(day: Day, published: date, ahead: bool) -> tuple[str, str]:
    assert day.day is not None
    shift = (day.day - published.weekday()) % 7
    moment = published + timedelta(days=shift if ahead else (shift - 7 if shift else 0))
    return moment.isoformat(), "day"


def _relative(day: Day, published: date) -> tuple[str, str] | None:
    assert day.shift is not None
    unit, shift = day.shift
    if unit == "day":
        return (published + timedelta(days=shift)).isoformat(), "day"
    if unit == "year":
        return f"{published.year + shift:04d}", "year"
    if unit == "month":
        months = published.year * 12 + published.month - 1 + shift
        return f"{months // 12:04d}-{months % 12 + 1:02d}", "month"
    first = published + timedelta(days=7 * shift - published.weekday())
    last = first + timedelta(days=6)
    return (f"{first.year:04d}-{first.month:02d}", "month") if first.month == last.month else None


def ends(moment: str) -> date:
    """Return the last day that an ISO date of any precision covers.

    >>> ends("2025-02"), ends("2025")
    (datetime.date(2025, 2, 28), datetime.date(2025, 12, 31))
    """
    parts = [int(part) for part in moment.split("-")]
    if len(parts) == 3:
        return date(*parts)
    month = parts[1] if len(parts) > 1 else 12
    return date(parts[0], month, monthrange(parts[0], month)[1])


def begins(moment: str) -> date:
    """Return the first day that an ISO date of any precision covers.

    >>> begins("2025-02"), begins("2025")
    (datetime.date(2025, 2, 1), datetime.date(2025, 1, 1))
    """
    parts = [int(part) for part in moment.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)
