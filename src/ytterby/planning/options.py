"""Candidate options of the plan: what is known of each; projects.py, stocks.py and agreements.py make them.

An option is taken in a share from 0 to 1. An option that cannot be used is kept with the reason, so that the plan answers for every row.
"""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from ytterby.core.world import World

DEFAULTS = {
    "discount_rate": 0.05,
    "stock_holding_cost": 0.05,
    "stock_days_max": 180.0,
    "stock_days_max_magnet": 60.0,
    "public_share": 1.0,
    "stock_decay": 0.0,
    "stock_sharing": 0.0,
    "surplus_cost": 0.0,
    "hurdle_rate": 0.08,
    "investor_tail": 0.5,
    "price_spread": 0.3,
    "project_life": 20.0,
    "debt_most": 0.8,
}
"""Settings that a row of table `parameters` replaces: rate a year; share of the price a year; days of the own need; share of capex;
share of a stock lost a year; share of a stock that allies may lend each other; USD/t to be rid of a co-product that nobody takes; what an
investor asks (invest.py).

Magnets are made to order, so that fewer of them can be kept than of oxides and metals."""


class Outlay(NamedTuple):
    """Money that falls due in a year: USD at face value, by which instrument, what of it the public loses, basis of the terms."""

    year: int
    usd: float
    instrument: str
    cost: float
    basis: str = "assumed"


@dataclass(frozen=True)
class Option:
    """A candidate action.

    option, kind, name, actor, product (main), source: as in table `plan`. size: t a year at full output (stock: t).
    usd: cost to the budget if taken whole (USD). outputs: (product, t a year); for a stock one entry, in t.
    fed: products whose inputs the project brings itself. opening: when the first output comes (year and fraction); ramp: years to full.
    closing: end of an agreement. given: taken whatever the budget (it is there already). left: why it is no candidate, or empty.
    estimated: no named project but a plant of the size that is needed. note: what to know of its figures.
    group: the project of which this is one vintage; of a group no more than one whole is taken.
    outlays: what falls due by calendar year if taken whole; together usd. waits: it is not begun yet, so that it may begin later.
    capital: its whole capital cost (USD). begin: when its money begins to fall due (year and fraction). support: by what, in words.
    joint: outputs that come of one feed together (the elements of an ore). scrap: it lives on goods thrown away in its country.
    price: of a tonne of a stock (USD/t). lends: the consent of an ally to lend its stocks (outputs: t at most).
    parties: allies that an agreement gives a right; first_below: its volume comes first while the supplier makes less (t a year);
    pays: share of its volume that must be taken; what nobody needs of it costs `price`.
    months: by which permits are bought sooner. hazard: chance a year that its output is lost to the other side, after it has opened.
    """

    option: str
    kind: str
    name: str
    actor: str
    product: str | None
    size: float
    usd: float
    outputs: tuple[tuple[str, float], ...]
    source: str
    opening: float
    ramp: float = 0.0
    closing: float = float("inf")
    fed: frozenset[str] = frozenset()
    given: bool = False
    left: str = ""
    estimated: bool = False
    note: str = ""
    group: str = ""
    outlays: tuple[Outlay, ...] = ()
    waits: bool = False
    capital: float = 0.0
    begin: float = 0.0
    support: str = ""
    joint: frozenset[str] = frozenset()
    scrap: bool = False
    price: float = 0.0
    lends: bool = False
    parties: frozenset[str] = frozenset()
    first_below: float = 0.0
    pays: float = 0.0
    months: float = 0.0
    hazard: float = 0.0

    @property
    def key(self) -> str:
        """Name of what is built: the same for all vintages of a project."""
        return self.group or self.option

    def paid(self, years: Sequence[int], cost: bool = False) -> list[float]:
        """Return what falls due in each year if the option is taken whole (USD): at face value, or its public cost; earlier in the first.

        >>> due = Outlay(2025, 6.0, "grant", 6.0), Outlay(2027, 3.0, "loan", 0.3)
        >>> plant = Option("p", "project", "P", "AUS", "ore", 1.0, 9.0, (), "s", 2027.0, outlays=due)
        >>> plant.paid((2026, 2027)), plant.paid((2026, 2027), cost=True)
        ([6.0, 3.0], [6.0, 0.3])
        """
        due = dict.fromkeys(years, 0.0)
        for outlay in self.outlays:
            due[max(years[0], outlay.year)] += outlay.cost if cost else outlay.usd
        return list(due.values())

    def ready(self, year: int) -> float:
        """Return the share of full output that the option gives in a calendar year: 0 before it opens, then a linear ramp.

        >>> plant = Option("p", "project", "P", "AUS", "ore", 100.0, 1e6, (("ore", 100.0),), "s", opening=2028.0, ramp=2.0)
        >>> [plant.ready(year) for year in (2027, 2028, 2029, 2030)]
        [0.0, 0.25, 0.75, 1.0]
        """
        if year >= self.closing:
            return 0.0
        kept = float((1 - self.hazard) ** max(0.0, year - self.opening))
        return kept * (_ramped(year + 1 - self.opening, self.ramp) - _ramped(year - self.opening, self.ramp))


@dataclass(frozen=True)
class Basis:
    """What options are judged by: year of the world's flows, years of the plan, day of the decision, allies, who imposes the controls."""

    year: int
    years: tuple[int, ...]
    on: datetime.date
    allies: frozenset[str]
    imposers: frozenset[str]


def _ramped(age: float, ramp: float) -> float:
    """Output made up to an age (years), in years of full output."""
    if age <= 0:
        return 0.0
    return age * age / (2 * ramp) if age < ramp else age - ramp / 2


def spread(usd: float, begin: float, opening: float) -> tuple[tuple[int, float], ...]:
    """Return outlays by calendar year of a sum paid evenly from the begin to the opening: (year, USD).

    >>> spread(90.0, 2026.0, 2028.5)
    ((2026, 36.0), (2027, 36.0), (2028, 18.0))
    >>> spread(90.0, 2026.0, 2026.0)
    ((2026, 90.0),)
    """
    if usd <= 0:
        return ()
    if opening <= begin:
        return ((math.floor(begin), usd),)
    parts = [(year, min(opening, year + 1) - max(begin, year)) for year in range(math.floor(begin), math.ceil(opening))]
    return tuple((year, usd * part / (opening - begin)) for year, part in parts)


def setting(world: World, name: str) -> float:
    """Return a setting of the plan: the world's parameter, or the default.

    >>> setting(World({}), "discount_rate")
    0.05
    """
    row = world["parameters"].filter(pl.col("parameter") == name)
    return float(row["value"].item()) if row.height else DEFAULTS[name]
