"""Find the dates that a text gives, and resolve them against the day of publication by the modality of their clause.

"On Thursday they want to meet" lies ahead, "on Thursday they met" lies behind. Precision follows the text: a month stays a month.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ytterby.reading.digits import number_starts, search_at
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language, ending, opening
from ytterby.reading.mentions import Mention, within
from ytterby.reading.moments import Day, begins, ends, is_day, just_past, resolve, valid

__all__ = ["Day", "begins", "ends", "find_days", "is_day", "just_past", "resolve", "turned"]

AROUND = 60
CLOSE = timedelta(days=100)

_ISO = re.compile(r"(?<![\w-])((?:19|20)\d{2})-(\d{2})-(\d{2})(?![\w-])")
_NUMERIC = re.compile(r"(?<![\w.])(\d{1,2})\.\s?(\d{1,2})\.\s?((?:19|20)\d{2})(?!\w)")
_YEAR = re.compile(r"(?<![\w.,$€£-])((?:19|20)\d{2})(?![\w,.]*\d)(?!-\d)(?!\s?[%$€]|[천만억조])")
_YEAR_BEFORE = re.compile(r"((?:19|20)\d{2})\.?,?\s+$")
CENTURY = 2000
_WORDS = re.compile(r"[^\W\d_]+")
_PLACES = {
    "year": r"(?P<year>(?:19|20)\d{2})",
    "short": r"(?P<short>[0-4]\d)",
    "month": r"(?P<month>\d{1,2})",
    "day": r"(?P<day>\d{1,2})",
}
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
            number, _, week = mention.value.partition(" ")  # "上周五": the week is part of the word
            found.append(Day(mention.start, mention.end, "weekday", day=int(number), shift=("week", int(week)) if week else None))
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
    return [_with_role(text, day, language) for day in _based(kept)]


def _based(days: list[Day]) -> Iterator[Day]:
    """Give "the same day" and "the day before" the day that was told before them, to be counted from."""
    last: Day | None = None
    for day in days:
        if day.shift is not None and day.shift[0] == "same":
            day = day._replace(shift=("day", day.shift[1]), base=last)
        elif is_day(day):
            last = day
        yield day


def _of_year(text: str, one: Day, other: Day) -> Day | None:
    """One date out of 'April' and 'last year', in either order; or out of 'last week' and 'Friday'."""
    if one.shift and one.shift[0] == "week" and other.kind == "weekday" and not text[one.end : other.start].strip():
        return other._replace(start=one.start, shift=one.shift)
    if one.shift and one.shift[0] == "month" and other.kind == "calendar" and other.day and not other.month and not other.year:
        return None if text[one.end : other.start].strip() else other._replace(start=one.start, shift=one.shift)  # "다음 달 1일"
    month, year = (other, one) if one.kind == "relative" else (one, other)
    fits = month.kind == "calendar" and month.month and month.year is None and year.shift is not None and year.shift[0] == "year"
    if not fits or text[one.end : other.start].strip(" ,"):
        return None
    return month._replace(start=one.start, end=other.end, shift=year.shift)


def _numeric(text: str, starts: Sequence[int]) -> Iterator[Day]:
    for match in search_at(_ISO, text, starts):
        if valid(int(match[1]), int(match[2]), int(match[3])):
            yield Day(match.start(), match.end(), "calendar", int(match[1]), int(match[2]), int(match[3]))
    for match in search_at(_NUMERIC, text, starts):
        if valid(int(match[3]), int(match[2]), int(match[1])):
            yield Day(match.start(), match.end(), "calendar", int(match[3]), int(match[2]), int(match[1]))


def _formatted(text: str, starts: Sequence[int], shapes: Shapes) -> Iterator[Day]:
    for shape in shapes.formats:
        for match in search_at(shape, text, starts) if shape.pattern.startswith(_DIGITS_FIRST) else shape.finditer(text):
            parts = {name: int(value) for name, value in match.groupdict().items()}
            if valid(parts.get("year", 2024), parts.get("month", 1), parts.get("day", 1)):
                year = parts.get("year", CENTURY + parts["short"] if "short" in parts else None)
                yield Day(match.start(), match.end(), "calendar", year, parts.get("month"), parts.get("day"))


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
        sound = valid(year or 2024, month, day) if day is not None else year is not None or _is_month(text, mention, language)
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
