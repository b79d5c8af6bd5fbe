"""When a project may begin: its vintages, and the years in which its money falls due.

A planned project may begin in its first possible year or later. Each year of begin is an option of its own, a vintage; of all vintages of a
project no more than one whole is taken (y_kv, sum over v of y_kv <= 1). A later vintage pays and opens so many years later, with the same
lead and ramp. The first one may also open some months sooner, for what it costs to have permits sooner. What is begun already, free, or no
project has one vintage.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ytterby.core.world import World
from ytterby.planning.instruments import terms, weakest
from ytterby.planning.options import Option, Outlay


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


class Permits(NamedTuple):
    """Permits bought sooner: at most so many months; price as a share of the capital cost for each; basis of the price."""

    months: float
    price: float
    basis: str


def permits(world: World) -> Permits | None:
    """Return the terms of faster permits, if the world has them."""
    known = terms(world, "permitting")
    return Permits(known["most"], known["cost"], weakest(world, "permitting")) if {"most", "cost"} <= known.keys() else None


def sooner(option: Option, offer: Permits, first: int) -> Option | None:
    """Return the vintage of an option that opens sooner for a price, but not before its begin nor the plan's first year; None if it cannot.

    >>> plant = Option("p", "project", "P", "AUS", "ore", 1.0, 9.0, (("ore", 1.0),), "s", opening=2026.5, begin=2026.0, capital=9.0)
    >>> one = sooner(plant, Permits(12.0, 0.01, "assumed"), 2026)
    >>> one.opening, one.months, round(one.usd, 2), one.key
    (2026.0, 6.0, 9.54, 'p')
    """
    opening = max(option.opening - offer.months / 12, option.begin, float(first))
    months = round(12 * (option.opening - opening), 6)
    if months <= 0:
        return None
    usd = months * offer.price * option.capital
    # The same money is spent in less time: what fell due later than it opens now falls due in its last year.
    last = max(math.ceil(opening) - 1, math.floor(option.begin))
    early = round(months / 12)
    shift = [one._replace(year=one.year - early if one.instrument == "price_floor" else min(one.year, last)) for one in option.outlays]
    paid = Outlay(math.floor(option.begin), usd, "permitting", usd, offer.basis)
    name = f"{option.option}@sooner"
    return replace(option, option=name, group=option.key, opening=opening, months=months, usd=option.usd + usd, outlays=(*shift, paid))


def vintages(options: Sequence[Option], years: Sequence[int], offer: Permits | None = None) -> list[Option]:
    """Return the options with their other vintages, each behind its first; none whose output would come after the last year.

    Only what is waiting for a decision and costs something can gain by waiting, or by permits.
    """
    found: list[Option] = []
    for whole in options:
        option = _until(whole, years[-1])
        open_ = option.waits and option.usd > 0 and not option.given
        last = math.floor(years[-1] - option.opening) if open_ else 0
        fast = sooner(whole, offer, years[0]) if open_ and offer is not None else None
        others = [later(whole, wait) for wait in range(1, last + 1)] + ([fast] if fast is not None else [])
        found.append(replace(option, group=option.option) if others else option)
        found += [_until(one, years[-1]) for one in others]
    return found


def _until(option: Option, year: int) -> Option:
    """Leave out what falls due after a year, as what it helps then is left out."""
    outlays = tuple(outlay for outlay in option.outlays if outlay.year <= year)
    return replace(option, outlays=outlays, usd=sum(outlay.usd for outlay in outlays)) if outlays != option.outlays else option
