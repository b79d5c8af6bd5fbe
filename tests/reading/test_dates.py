"""Dates: what is one, what is none, and which day it is by the modality of its clause."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.cases import reading
from ytterby.reading.dates import Day, begins, ends, find_days, resolve
from ytterby.reading.folding import fold
from ytterby.reading.lexicon import load_language
from ytterby.reading.mentions import find_mentions

DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))
each = settings(max_examples=200)


def days(text: str, code: str) -> list[tuple[int | None, int | None, int | None]]:
    language = load_language(code)
    return [(day.year, day.month, day.day) for day in find_days(text, find_mentions(text, fold(text), language), language)]


@pytest.mark.parametrize(
    ("code", "text", "found"),
    [
        ("de", "am 3. März 2026", [(2026, 3, 3)]),
        ("de", "am 03.03.2026", [(2026, 3, 3)]),
        ("de", "im Oktober 2025", [(2025, 10, None)]),
        ("de", "seit April", [(None, 4, None)]),
        ("de", "im Jahr 2010", [(2010, None, None)]),
        ("de", "Die Firma mit 2010 Tonnen, mit dem Mann", [(2010, None, None)]),
        ("de", "zum 250. Jahrestag", []),
        ("de", "am 31. Februar 2025", [(2025, None, None)]),
        ("en", "on March 1, 2025", [(2025, 3, 1)]),
        ("en", "on 1 March 2025", [(2025, 3, 1)]),
        ("en", "on the 1st of March", [(None, 3, 1)]),
        ("en", "on Sept. 15", [(None, 9, 15)]),
        ("en", "in May", [(None, 5, None)]),
        ("en", "It may march on.", []),
        ("en", "The US may ban it.", []),
        ("en", "worth $2025 or 2025%", []),
        ("en", "2025-10-28", [(2025, 10, 28)]),
        ("en", "flight 2025-99-99", []),
        ("en", "the 250th anniversary", []),
    ],
)
def test_what_is_a_date(code: str, text: str, found: list[tuple[int | None, int | None, int | None]]) -> None:
    assert days(text, code) == found


@pytest.mark.parametrize(
    ("code", "text", "day"),
    [
        ("de", "Am Donnerstag will Donald Trump in Südkorea Xi Jinping treffen.", "2025-10-30"),
        ("de", "Am Donnerstag hat Donald Trump Xi Jinping getroffen.", "2025-10-23"),
        ("de", "Am Donnerstag trifft Donald Trump Xi Jinping.", "2025-10-30"),
        ("de", "Im April wird Donald Trump Xi Jinping treffen.", "2026-04"),
        ("de", "Im April traf Donald Trump Xi Jinping.", "2025-04"),
        ("de", "Im nächsten Jahr wird Donald Trump Xi Jinping treffen.", "2026"),
        ("de", "Gestern traf Donald Trump Xi Jinping.", "2025-10-27"),
        ("de", "Im April vergangenen Jahres traf Donald Trump Xi Jinping.", "2024-04"),
        ("en", "Donald Trump will meet Xi Jinping on Thursday.", "2025-10-30"),
        ("en", "Donald Trump met Xi Jinping on Thursday.", "2025-10-23"),
        ("en", "Donald Trump meets Xi Jinping on Thursday.", "2025-10-30"),
        ("en", "Donald Trump met Xi Jinping on Tuesday.", "2025-10-28"),
        ("en", "Donald Trump met Xi Jinping in April last year.", "2024-04"),
        ("en", "Donald Trump will meet Xi Jinping next year.", "2026"),
    ],
)
def test_the_modality_of_the_clause_decides_the_day(code: str, text: str, day: str) -> None:
    assert [event["date"] for event in reading(text, "2025-10-28", code).events] == [day]


def test_without_a_day_of_publication_a_weekday_stays_open() -> None:
    event = reading("Donald Trump met Xi Jinping on Thursday.", None).events[0]
    assert (event["date"], event["date_source"]) == (None, None)


@given(DAYS, st.integers(0, 6), st.booleans())
@each
def test_a_weekday_lies_within_a_week_on_the_right_side(published: date, weekday: int, ahead: bool) -> None:
    found = resolve(Day(0, 1, "weekday", day=weekday), published, ahead)
    assert found is not None
    day = date.fromisoformat(found[0])
    assert day.weekday() == weekday
    assert 0 <= ((day - published) if ahead else (published - day)).days < 7


@given(DAYS, st.integers(1, 12), st.booleans())
@each
def test_a_month_without_a_year_lies_on_the_right_side(published: date, month: int, ahead: bool) -> None:
    found = resolve(Day(0, 1, "calendar", month=month), published, ahead)
    assert found is not None
    assert found[1] == "month"
    assert (ends(found[0]) >= published) if ahead else (begins(found[0]) <= published)
    assert abs((begins(found[0]) - published).days) < 400


@given(DAYS, st.integers(1, 31), st.booleans())
@each
def test_a_bare_day_lies_near_on_the_right_side(published: date, number: int, ahead: bool) -> None:
    found = resolve(Day(0, 1, "calendar", day=number), published, ahead)
    if found is not None:
        away = (date.fromisoformat(found[0]) - published).days
        assert 0 <= (away if ahead else -away) <= 31


@given(DAYS)
@each
def test_the_precision_of_a_date_is_kept(day: date) -> None:
    assert begins(day.isoformat()) == ends(day.isoformat()) == day
    assert begins(day.isoformat()[:7]) <= day <= ends(day.isoformat()[:7])
    assert begins(day.isoformat()[:4]) <= day <= ends(day.isoformat()[:4])
