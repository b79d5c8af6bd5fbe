"""Draws of what is uncertain: the shocks' figures and durations, the elasticities that rule them, and the stocks.

Points of a Sobol sequence (Sobol 1967; Owen's scrambling with the seed), one dimension a figure, turned into triangular distributions.
They fill the cube more evenly than random numbers, so that fewer draws are needed for the same precision (scipy.stats.qmc). Draw 0 is
the central case; draw k is point k - 1, whatever the number of draws, blocks and threads.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ytterby.core.grid import Floats, Ints
from ytterby.core.scenario import Range, Scenario
from ytterby.core.world import World
from ytterby.dynamics.network import Network
from ytterby.dynamics.settings import parameter_range

FOLLOWING = {"tariff": {"elasticity": "armington_elasticity"}, "ban": {"passing": "transshipment_share"}}
"""Parameters that are drawn with the shocks of a kind, by the name of the figure."""
MARKET = ("demand_elasticity", "supply_elasticity")
"""Parameters that are drawn for a run as a whole."""


@dataclass(frozen=True)
class Draws:
    """The uncertain figures of K draws.

    figures: one dict a shock of (K,) arrays; cover (S, K) in weeks of need; reserve (G, K) in t; market: the elasticities (K,) by name.
    """

    figures: tuple[dict[str, Floats], ...]
    cover: Floats
    reserve: Floats
    market: dict[str, Floats] = field(default_factory=dict)

    def part(self, first: int, last: int) -> "Draws":
        """Return the draws first to last, last excluded."""
        return self.taken(np.arange(first, min(last, self.cover.shape[1])))

    def taken(self, numbers: Ints) -> "Draws":
        """Return the draws of these numbers, in their order; a number may come twice."""
        figures = tuple({name: values[numbers] for name, values in shock.items()} for shock in self.figures)
        market = {name: values[numbers] for name, values in self.market.items()}
        return Draws(figures, self.cover[:, numbers], self.reserve[:, numbers], market)


def draw(world: World, scenario: Scenario, net: Network, draws: int, seed: int, first: int = 0) -> Draws:
    """Draw the draws first to first + draws: the shocks' figures, their parameters and the stocks' cover, triangular (low, mode, high).

    The same seed gives the same bytes, and a draw does not depend on how many are drawn with it.
    """
    shocks = [(number, name, limits) for number in range(len(scenario.shocks)) for name, limits in _figures(world, scenario, number)]
    rows = world["stocks"].sort("product", "actor", "holder").rows(named=True)
    ranges = [limits for _, _, limits in shocks] + [_stock_range(row["low"], row["days"], row["high"]) for row in rows]
    ranges += [parameter_range(world, name) for name in MARKET]
    values = drawn(ranges, draws, seed, first)
    figures: list[dict[str, Floats]] = [{} for _ in scenario.shocks]
    for (number, name, _), value in zip(shocks, values, strict=False):
        figures[number][name] = value
    market = dict(zip(MARKET, values[-len(MARKET) :], strict=True))
    stocks = values[len(shocks) : -len(MARKET)]
    days = {(row["product"], row["actor"], row["holder"]): value for row, value in zip(rows, stocks, strict=True)}
    cover = _days(net, days, "industry", draws) / 7.0
    reserve = net.reserve_slot @ (_days(net, days, "state", draws) / 7.0 * net.need[:, None])
    return Draws(tuple(figures), cover, np.asarray(reserve), market)


def _figures(world: World, scenario: Scenario, number: int) -> list[tuple[str, Range]]:
    """A shock's own figures and the parameters that follow its kind, by name."""
    shock = scenario.shocks[number]
    following = {figure: parameter_range(world, name) for figure, name in FOLLOWING.get(shock.kind, {}).items()}
    return sorted({**following, **shock.figures}.items())


def drawn(ranges: Sequence[Range], draws: int, seed: int, first: int = 0) -> list[Floats]:
    """Return the draws first to first + draws of each range, in a list of (draws,) arrays; a fixed figure takes no dimension.

    >>> [values.tolist() for values in drawn([(0.0, 0.5, 1.0), (2.0, 2.0, 2.0)], 1, seed=0)]
    [[0.5], [2.0]]
    """
    moving = [number for number, (low, _, high) in enumerate(ranges) if low < high]
    begin, end = max(0, first - 1), first + draws - 1
    points = sobol(len(moving), begin, end, seed) if moving and begin < end else np.zeros((0, 0))
    place = {number: column for column, number in enumerate(moving)}
    found = []
    for number, limits in enumerate(ranges):
        value = np.full(draws, limits[1])
        if number in place and len(points):
            value[draws - len(points) :] = triangular(limits, points[:, place[number]])
        found.append(value)
    return found


def sobol(dimensions: int, first: int, last: int, seed: int) -> Floats:
    """Return the points first to last, last excluded, of a scrambled Sobol sequence, shape (last - first, dimensions), in 0..1.

    >>> bool((sobol(3, 0, 8, seed=1)[5:7] == sobol(3, 5, 7, seed=1)).all())
    True
    """
    from scipy.stats import qmc

    sequence = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(seed))
    # The first call is to ask for a power of two, or scipy warns; so the first point is taken for itself, and any number follows.
    head = sequence.random(1)
    if first > 1:
        sequence.fast_forward(first - 1)
    rest = sequence.random(last - max(first, 1)) if last > max(first, 1) else np.zeros((0, dimensions))
    return np.asarray(np.vstack([head, rest]) if first == 0 else rest)


def triangular(limits: Range, uniform: Floats) -> Floats:
    """Turn uniform numbers (K) into draws of a triangular distribution.

    x = low + sqrt(u (high - low) (mode - low)) up to the mode, high - sqrt((1 - u) (high - low) (high - mode)) beyond.

    >>> triangular((0.0, 1.0, 2.0), np.array([0.5, 0.125, 0.875])).tolist()
    [1.0, 0.5, 1.5]
    """
    low, mode, high = limits
    if low == high:
        return np.full(len(uniform), mode)
    rising = low + np.sqrt(uniform * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - uniform) * (high - low) * (high - mode))
    return np.where(uniform < (mode - low) / (high - low), rising, falling)


def _stock_range(low: float | None, days: float, high: float | None) -> Range:
    return (days if low is None else min(low, days), days, days if high is None else max(high, days))


def _days(net: Network, days: dict[tuple[str, str, str], Floats], holder: str, draws: int) -> Floats:
    """Days of need that each slot's holder has (S, K): the actor's own row, else that of 'ROW', else none."""
    found, flat = np.zeros((len(net.need), draws)), net.grid
    place = [{label: number for number, label in enumerate(labels)} for labels in (flat.products, flat.actors)]
    ordered = sorted((key for key in days if key[2] == holder), key=lambda key: key[1] != "ROW")
    by_product = {product: np.flatnonzero(flat.slot_product == place[0].get(product, -1)) for product, _, _ in ordered}
    for product, actor, _ in ordered:  # 'ROW' first, who has a row of its own after it
        slots = by_product[product]
        own = slots if actor == "ROW" else slots[flat.slot_actor[slots] == place[1].get(actor, -1)]
        found[own] = days[product, actor, holder]
    return found
