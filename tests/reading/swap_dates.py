"""Swap the dates of a text: a weekday for another one, the day, the month or the year of a date."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from tests.reading.swaps import Edit, Swap
from ytterby.reading.dates import Day, begins, ends, resolve
from ytterby.reading.document import Document
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import read_table
from ytterby.reading.mentions import within

RECENT = timedelta(days=21)
"""The reader calls what is older than this background, so that a swap must not cross it."""
OLD_YEARS = 3
DIGITS = re.compile(r"\d+")


def weekdays(document: Document, name: str) -> Iterator[Swap]:
    """Swap each weekday that is not the day of publication for another such one."""
    now = document.published
    for day in document.days:
        if day.kind != "weekday" or now is None or day.day in (None, now.weekday()):
            continue
        surface = document.text[day.start : day.end]
        options = [number for number in range(7) if number not in (day.day, now.weekday())]
        for number in options:
            new = _word(document, "weekday", str(day.day), str(number), surface)
            dates = {_weekday(now, day.day, side): _weekday(now, number, side) for side in (1, -1)}
            if new and _free(document, day, dates):
                yield Swap("weekday", f"{surface} -> {new}", (Edit(day.start, day.end, new),), dates=dates)
                break


def _weekday(now: date, number: int | None, side: int) -> str:
    assert number is not None
    step = ((number - now.weekday()) * side) % 7
    return (now + timedelta(days=side * step)).isoformat()


def calendar(document: Document, name: str) -> Iterator[Swap]:
    """Swap the day, the month and the year of each date, so that it stays on its side of the day of publication."""
    for day in document.days:
        if day.kind == "calendar" and day.shift is None and document.published is not None:
            yield from _first(document, day, "day", _days(document, day))
            yield from _first(document, day, "month", _months(document, day))
            yield from _first(document, day, "year", _years(document, day))


def _first(document: Document, day: Day, kind: str, options: Iterator[tuple[Day, Edit]]) -> Iterator[Swap]:
    for changed, edit in options:
        dates = _dates(document, day, changed)
        if dates and _free(document, day, dates):
            yield Swap(kind, f"{document.text[edit.start : edit.end]} -> {edit.new}", (edit,), dates=dates)
            return


def _days(document: Document, day: Day) -> Iterator[tuple[Day, Edit]]:
    runs = [run for run in DIGITS.finditer(document.text, day.start, day.end) if int(run[0]) == day.day]
    if day.day is not None and len(runs) == 1 and day.day > 1:
        for number in [*range(day.day + 2, 29), *range(2, day.day)]:
            if len(str(number)) == len(str(day.day)):
                yield day._replace(day=number), Edit(runs[0].start(), runs[0].end(), f"{number:0{len(runs[0][0])}d}")


def _months(document: Document, day: Day) -> Iterator[tuple[Day, Edit]]:
    for mention in within(document.mentions, day.start, day.end, "month"):
        surface = document.text[mention.start : mention.end]
        for step in (1, -1, 2, -2, 3, -3):
            number = (int(mention.value) - 1 + step) % 12 + 1
            new = _word(document, "month", mention.value, str(number), surface)
            if new and (day.day or 1) <= monthrange(2023, number)[1]:
                yield day._replace(month=number), Edit(mention.start, mention.end, new)


def _years(document: Document, day: Day) -> Iterator[tuple[Day, Edit]]:
    runs = [run for run in DIGITS.finditer(document.text, day.start, day.end) if int(run[0]) == day.year]
    if day.year is not None and len(runs) == 1:
        for year in (day.year - 1, day.year + 1):
            yield day._replace(year=year), Edit(runs[0].start(), runs[0].end(), str(year))


def _dates(document: Document, day: Day, changed: Day) -> dict[str, str]:
    """The dates that a swap gives for those of the text; none if it may mean another modality, salience or year."""
    now, found = document.published, {}
    assert now is not None
    for ahead in (False, True):
        old = resolve(day, now, ahead)
        if old is None:
            continue
        new = _like(old[0], changed)
        near = day.year is not None or abs(begins(new) - now).days < 150
        if _side(new, now) != _side(old[0], now) or not near:
            return {}
        found[old[0]] = new
    return found


def _like(old: str, changed: Day) -> str:
    """A date of the text with the changed part."""
    parts = [int(part) for part in old.split("-")]
    new = [changed.year or parts[0], changed.month or (parts[1] if len(parts) > 1 else 1), changed.day or 1]
    return "-".join(f"{part:0{4 if place == 0 else 2}d}" for place, part in enumerate(new[: len(parts)]))


def _side(moment: str, now: date) -> tuple[bool, ...]:
    return begins(moment) > now, ends(moment) < now, ends(moment) < now - RECENT, int(moment[:4]) < now.year - OLD_YEARS


def _free(document: Document, day: Day, dates: dict[str, str]) -> bool:
    """Whether no other date of the text is one of those that change, nor the day of publication."""
    others = [other for other in document.days if other is not day]
    found = [resolve(other, document.published, ahead) for other in others for ahead in (False, True)]
    taken = {moment[0] for moment in found if moment} | {document.published.isoformat() if document.published else ""}
    return not taken & {*dates, *dates.values()}


def _word(document: Document, kind: str, old: str, new: str, surface: str) -> str | None:
    """The word of another weekday or month that is written like the one in the text, with the same ending."""
    table: dict[str, list[str]] = read_table(document.language.code)[kind]
    mine, theirs = table[old], table[new]
    for number in sorted(range(len(mine)), key=lambda place: -len(mine[place])):
        stem = mine[number].strip("*~")
        if number < len(theirs) and folded_word(surface).startswith(folded_word(stem)) and _alike(mine, theirs, number):
            word = theirs[number].strip("*~") + surface[len(stem) :]
            return word[0].upper() + word[1:] if surface[0].isupper() else word
    return None


def _alike(mine: Sequence[str], theirs: Sequence[str], number: int) -> bool:
    one, other = mine[number], theirs[number]
    open_ended = one.endswith(("*", "~"))
    return one[-1] == other[-1] and one.count(" ") == other.count(" ") and (not open_ended or one[-2] == other[-2] or one[-1] == "*")
