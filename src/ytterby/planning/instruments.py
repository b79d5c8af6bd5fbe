"""The instruments of public support: what each may bear, what it is worth to an investor, what it costs the public; the cheapest mix.

    minimise  sum cost_i x_i + public cost of a price floor
    sum x_i = money to raise,  0 <= x_i <= most_i capital,  loans and guaranteed loans together <= debt_most capital
    value of the project with the floor + sum relief_i x_i >= 0                                            (its investment condition)

relief is what an investor gains by a dollar of an instrument: what is not paid back, at the hurdle rate h,
1 - A(h, years) / A(rate, years) for money at an interest below it, 1 for a grant. For one floor this is a fractional knapsack: as the
price of relief rises, dearer instruments take the place of cheaper ones in the order of cost - price x relief, and the mix lies between
two such orders. Floors are tried on a grid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ytterby.core.world import World
from ytterby.planning.invest import Business, annuity
from ytterby.planning.options import setting

CAPITAL = ("grant", "loan", "guarantee", "equity")
DEBT = ("loan", "guarantee")
FLOORS = 60
"""Floors tried between none and the highest."""
CENT = 0.01
"""USD below which a gap is closed."""
WEAKNESS = ("measured", "estimated", "assumed", "missing")


@dataclass(frozen=True)
class Means:
    """An instrument that bears capital cost: most (share of it), public cost and relief to the investor of a dollar, basis of its terms."""

    name: str
    most: float
    cost: float
    relief: float
    basis: str


@dataclass(frozen=True)
class Floor:
    """Terms of a price floor: most (multiple of the price), cost of a dollar paid, years, basis."""

    most: float
    cost: float
    years: float
    basis: str


@dataclass(frozen=True)
class Mix:
    """Support for one project: parts (instrument -> USD), floor (multiple of the latest price; 0: none), payment (USD a year expected at
    full output), public: cost of it all to the public (USD, discounted to the begin)."""

    parts: Mapping[str, float]
    floor: float
    payment: float
    public: float


GRANT = Means("grant", 1.0, 1.0, 1.0, "assumed")
"""What there is where no table says otherwise."""


def terms(world: World, instrument: str) -> dict[str, float]:
    """Return the terms of an instrument by name; empty where the world has none.

    >>> terms(World({}), "loan")
    {}
    """
    rows = world["terms"].filter(pl.col("instrument") == instrument)
    return dict(rows.select("term", "value").iter_rows())


def weakest(world: World, instrument: str) -> str:
    """Return the weakest basis among the terms of an instrument.

    >>> weakest(World({}), "loan")
    'assumed'
    """
    found = set(world["terms"].filter(pl.col("instrument") == instrument)["basis"])
    return max(found, key=WEAKNESS.index, default="assumed")


def means(world: World) -> tuple[Means, ...]:
    """Return the instruments that bear capital cost and whose terms are known; without any, a grant."""
    hurdle, found = setting(world, "hurdle_rate"), []
    for name in CAPITAL:
        known = terms(world, name)
        if {"most", "cost"} <= known.keys():
            paid = {"rate", "years"} <= known.keys()
            relief = 1 - annuity(hurdle, known["years"]) / annuity(known["rate"], known["years"]) if paid else 1.0
            if paid or name == "grant":
                found.append(Means(name, known["most"], known["cost"], relief, weakest(world, name)))
    return tuple(found) or (GRANT,)


def price_floor(world: World) -> Floor | None:
    """Return the terms of price floors, if the world has them."""
    known = terms(world, "price_floor")
    if not {"most", "cost", "years"} <= known.keys():
        return None
    return Floor(known["most"], known["cost"], known["years"], weakest(world, "price_floor"))


def raised(money: float, capital: float, gap: float, with_: Sequence[Means], debt_most: float = 1.0) -> dict[str, float] | None:
    """Return the cheapest way to raise money (USD) that relieves the investor of a gap (USD): instrument -> USD; None if there is none.

    >>> loan, grant = Means("loan", 0.8, 0.1, 0.2, "assumed"), Means("grant", 0.5, 1.0, 1.0, "assumed")
    >>> raised(100.0, 100.0, 0.0, [loan, grant])
    {'loan': 80.0, 'grant': 20.0}
    >>> mix = raised(100.0, 100.0, 44.0, [loan, grant])
    >>> {name: round(usd, 9) for name, usd in mix.items()}
    {'loan': 70.0, 'grant': 30.0}
    """
    steps = {0.0, *((a.cost - b.cost) / (a.relief - b.relief) for a in with_ for b in with_ if a.relief > b.relief)}
    for step in sorted(one for one in steps if one >= 0):
        low, high = (_filled(money, capital, with_, debt_most, step, sign) for sign in (1, -1))
        if low is None or high is None:
            return None
        least, most = (_relief(one, with_) for one in (low, high))
        if most >= gap - CENT:
            part = 0.0 if least >= gap else (gap - least) / max(most - least, CENT)
            both = {one.name: (1 - part) * low.get(one.name, 0.0) + part * high.get(one.name, 0.0) for one in with_}
            return {name: usd for name, usd in both.items() if usd > CENT}
    return None


def _filled(money: float, capital: float, with_: Sequence[Means], debt_most: float, step: float, sign: int) -> dict[str, float] | None:
    """Fill the money up in the order of cost less step x relief; sign 1: of equals the one of less relief first, -1: of more."""
    left, debt, found = money, debt_most * capital, dict[str, float]()
    for one in sorted(with_, key=lambda one: (round(one.cost - step * one.relief, 12), sign * one.relief)):
        usd = min(left, one.most * capital, debt if one.name in DEBT else left)
        debt -= usd if one.name in DEBT else 0.0
        left -= usd
        found[one.name] = usd
    return found if left <= CENT else None


def _relief(parts: Mapping[str, float], with_: Sequence[Means]) -> float:
    return sum(one.relief * parts.get(one.name, 0.0) for one in with_)


def cheapest(
    project: Business | None, money: float, capital: float, with_: Sequence[Means], floor: Floor | None, rate: float, debt_most: float = 1.0
) -> Mix | None:
    """Return the cheapest mix that raises the money and makes a project pay; None if no mix does.

    project: None where its condition cannot be worked out; it is then taken as met. rate: at which the public discounts.
    """
    cost = {one.name: one.cost for one in with_}
    best: Mix | None = None
    tried = np.linspace(0.0, floor.most, FLOORS + 1) if floor is not None and project is not None else np.zeros(1)
    for level in tried:
        years = floor.years if floor is not None else 0.0
        gap = -project.value(float(level), years) if project is not None else 0.0
        parts = raised(money, capital, gap, with_, debt_most)
        if parts is None:
            continue
        payment = project.payment(float(level)) if project is not None else 0.0
        later = (floor.cost * (1 + rate) ** -project.wait * annuity(rate, years)) if floor is not None and project is not None else 0.0
        public = sum(cost[name] * usd for name, usd in parts.items()) + later * payment
        if best is None or public < best.public - CENT:
            best = Mix(parts, float(level) if payment > CENT else 0.0, payment, public)
    return best
