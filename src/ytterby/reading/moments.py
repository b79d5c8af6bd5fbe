"""A date as the text gives it, resolved against the day of publication; and the first and the last day that it covers."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

NEAR = 15
DAYS = 31
JUST = 5


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
    base: "Day | None" = None


def is_day(day: Day) -> bool:
    """Whether a date is a day, neither a month nor a year.

    >>> is_day(Day(0, 1, "weekday", day=3)), is_day(Day(0, 1, "relative", shift=("month", -1)))
    (True, False)
    """
    return day.day is not None or (day.shift is not None and day.shift[0] == "day")


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
    return (f"{year:04d}-{day.month:02d}-{day.day:02d}", "day") if valid(year, day.month, day.day) else None


def _day_of_month(day: Day, published: date | None, ahead: bool) -> tuple[str, str] | None:
    """A bare day ("28日") lies in the month of publication or the one beside it."""
    if published is None or day.day is None:
        return None
    ahead = ahead or day.role == "until" or (day.role == "effective" and 0 < day.day - published.day <= NEAR)
    step = 0 if day.day == published.day else (int(day.day < published.day) if ahead else -int(day.day > published.day))
    step = day.shift[1] if day.shift is not None else step
    months = published.year * 12 + published.month - 1 + step
    year, month = months // 12, months % 12 + 1
    return (f"{year:04d}-{month:02d}-{day.day:02d}", "day") if valid(year, month, day.day) else None


def just_past(day: Day, published: date | None) -> bool:
    """Whether a bare day lies right before the publication: a plan told "on the 23rd" and printed on the 24th was told the day before.

    >>> just_past(Day(0, 1, "calendar", day=23), date(2025, 10, 24)), just_past(Day(0, 1, "calendar", day=3), date(2025, 10, 24))
    (True, False)
    """
    bare = day.kind == "calendar" and day.day is not None and day.month is None and day.shift is None and day.role == "date"
    return bare and published is not None and 0 < (published.day - (day.day or 0)) % DAYS <= JUST


def _nearest_year(day: Day, published: date, ahead: bool) -> int | None:
    assert day.month is not None
    options = [year for year in (published.year - 1, published.year, published.year + 1) if valid(year, day.month, day.day or 1)]
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
    if day.shift is not None:  # "上周五": of that week, whatever lies ahead
        return (published + timedelta(days=7 * day.shift[1] + day.day - published.weekday())).isoformat(), "day"
    shift = (day.day - published.weekday()) % 7
    moment = published + timedelta(days=shift if ahead else (shift - 7 if shift else 0))
    return moment.isoformat(), "day"


def _relative(day: Day, published: date) -> tuple[str, str] | None:
    assert day.shift is not None
    unit, shift = day.shift
    if unit == "day":
        told = resolve(day.base, published, ahead=False) if day.base is not None else None
        start = begins(told[0]) if told is not None else published
        return (start + timedelta(days=shift)).isoformat(), "day"
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


def valid(year: int, month: int, day: int) -> bool:
    """Whether the calendar has a day.

    >>> valid(2025, 2, 29), valid(2024, 2, 29)
    (False, True)
    """
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
