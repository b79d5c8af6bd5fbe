"""What one year hands on to the next: stocks, and goods in use that come back as scrap. Rows over all years, each at most its limit.

stock    sum over s <= t of (released + lent - bought again) / (1 - decay)^s  <=  opening stock + what was bought by then / (1 - decay)^then
scrap    what comes back in t  <=  yield x rate x (in use in t) / life
         in use in t = in use at first x k^t + sum over s < t of k^(t - 1 - s) x (need - missing - replaced in s),   k = 1 - 1 / life

A stock that is bought in the first year and never again needs one row, that of the last year: what is released only adds up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ytterby.core.grid import Floats


@dataclass
class Row:
    """limit (K): of each state; entries: (year, column of the template, value); acts: (number in z, slope (K))."""

    limit: Floats
    entries: list[tuple[int, int, float]] = field(default_factory=list)
    acts: list[tuple[int, Floats]] = field(default_factory=list)


def stock_rows(
    opening: Floats, bought: Sequence[tuple[int, int, float]], out: Sequence[int], again: int | None, years: int, decay: float
) -> list[Row]:
    """Return the rows of one stock. opening (K): t at first; bought: (number in z, year, t) of what can be bought; out: columns that
    release or lend; again: the column that buys again, if any.

    >>> [row.entries for row in stock_rows(np.array([9.0]), [(0, 0, 5.0)], [3], None, 2, 0.5)]
    [[(0, 3, 1.0), (1, 3, 2.0)]]
    """
    kept = (1 - decay) ** np.arange(years)
    ends = range(years) if again is not None or any(year > 0 for _, year, _ in bought) else [years - 1]
    rows = []
    for end in ends:
        row = Row(opening.copy())
        for year in range(end + 1):
            row.entries += [(year, column, float(1 / kept[year])) for column in out]
            row.entries += [(year, again, float(-1 / kept[year]))] if again is not None else []
        row.acts = [(number, np.full(len(opening), t / kept[year])) for number, year, t in bought if year <= end]
        rows.append(row)
    if again is not None:
        rows += _refills(len(opening), out, again, years)
    return rows


def _refills(states: int, out: Sequence[int], again: int, years: int) -> list[Row]:
    """No more is bought again than was released."""
    rows = []
    for end in range(years):
        row = Row(np.zeros(states))
        for year in range(end + 1):
            row.entries += [(year, again, 1.0), *((year, column, -1.0) for column in out)]
        rows.append(row)
    return rows


def scrap_rows(need: Floats, first: float, users: Sequence[int], takers: Sequence[int], share: float, life: float) -> list[Row]:
    """Return for each year the row that keeps scrap below what is thrown away, times `share` (yield x rate).

    need (K, T): of the product's uses; first: t in use at first; users: columns of what does not get into use (missing, replaced);
    takers: columns that take in scrap. It holds from the first year on; what was missed in a year is not thrown away later.

    >>> [row.limit.tolist() for row in scrap_rows(np.array([[10.0, 10.0]]), 100.0, [0], [1], 0.5, 10.0)]
    [[5.0], [5.0]]
    """
    kept, part = 1 - 1 / life, share / life
    rows, held = [], np.full(len(need), first)
    for year in range(need.shape[1]):
        row = Row(part * held, [(year, column, 1.0) for column in takers])
        for before in range(year):
            row.entries += [(before, column, part * kept ** (year - 1 - before)) for column in users]
        rows.append(row)
        held = kept * held + need[:, year]
    return rows
