"""When a project may begin: its vintages, and the years in which its money falls due.

A planned project may begin in its first possible year or later. Each year of begin is an option of its own, a vintage; of all vintages of a
project no more than one whole is taken (y_kv, sum over v of y_kv <= 1). A later vintage pays and opens so many years later, with the same
lead and ramp. What is begun already, free, or no project has one vintage.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from ytterby.planning.options import Option


def later(option: Option, years: int) -> Option:
    """Return the vintage of an option that begins so many years later; its name says so.

    >>> plant = Option("p", "project", "P", "AUS", "ore", 1.0, 9.0, (("ore", 1.0),), "s", opening=2028.0, begin=2026.0)
    >>> one = later(plant, 2)
    >>> one.option, one.opening, one.ready(2029), one.key
    ('p@2028', 2030.0, 0.0, 'p')
    """
    begun = math.floor(option.begin) + years
    return replace(
        option,
        option=f"{option.option}@{begun}",
        group=option.key,
        opening=option.opening + years,
        begin=option.begin + years,
        outlays=tuple(outlay._replace(year=outlay.year + years) for outlay in option.outlays),
    )


def vintages(options: Sequence[Option], years: Sequence[int]) -> list[Option]:
    """Return the options with their later vintages, each behind its first; none whose output would come after the last year.

    Only what is waiting for a decision and costs something can gain by waiting.
    """
    found: list[Option] = []
    for whole in options:
        option = _until(whole, years[-1])
        last = math.floor(years[-1] - option.opening) if option.waits and option.usd > 0 and not option.given else 0
        found.append(replace(option, group=option.option) if last > 0 else option)
        found += [_until(later(whole, wait), years[-1]) for wait in range(1, last + 1)]
    return found


def _until(option: Option, year: int) -> Option:
    """Leave out what falls due after a year, as what it helps then is left out."""
    outlays = tuple(outlay for outlay in option.outlays if outlay.year <= year)
    return replace(option, outlays=outlays, usd=sum(outlay.usd for outlay in outlays)) if outlays != option.outlays else option
