"""How long a country lasts, and what it would have to hold: the smallest stock that rides out some weeks, found by bisection on runs.

For each product and country whose final uses run short, the industry's stock of that product there is raised until every use of it is
served in each of the first T weeks; all else stays as it is. More stock never raises a shortfall, so halving the interval finds the
threshold. All countries, products and draws are bisected at once, each in a lane of its own.
"""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from ytterby.core import schema
from ytterby.core.grid import Floats, Ints
from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.dynamics.checks import reached
from ytterby.dynamics.draws import Draws, draw
from ytterby.dynamics.network import Network
from ytterby.dynamics.simulate import run
from ytterby.errors import InputError

SERVED = 0.99
"""A week counts as ridden out when a use gets at least this share of what it wants."""
HALVINGS = 14
"""The interval of at most T weeks is halved this often: half an hour is left of a year, half a day of 156 weeks."""
LANES = 64


def minimum_stock(
    world: World,
    scenario: Scenario,
    weeks: int,
    draws: int = 1,
    seed: int = 0,
    served: float = SERVED,
    progress: Callable[[int, int], None] | None = None,
) -> pl.DataFrame:
    """Return the table rides: for each product and country that runs short within the weeks, the days of stock that carry it through.

    days: what industry holds there now (central); ridden: weeks before the first shortage; need, need_low, need_high: days of stock that
    serve every final use at least in the share `served` in each week (median, P5, P95 of the draws); more: tonnes on top of what is held.
    Empty: T weeks of stock do not do it either, since more is wanted there than in the base year. A country that does not run short in
    the central case or any draw is not listed. progress is called with (halvings done, halvings in all). Raises InputError for weeks or
    draws below 1 or a share outside 0..1.
    """
    for name, value in (("weeks", weeks), ("draws", draws)):
        if value < 1:
            raise InputError(f"{name} is {value}", "ride", "give 1 or more")
    if not 0.0 < served <= 1.0:
        raise InputError(f"served is {served}", "ride", "give a share above 0 and at most 1")
    world, net = reached(world, scenario)
    drawn = draw(world, scenario, net, draws, seed)
    first = _first_shortage(net, world, scenario, drawn, weeks, served)
    groups = _groups(net)
    short = [group for group in groups if bool((first[group] < weeks).any())]
    need = _bisect(net, world, scenario, drawn, weeks, served, short, progress or (lambda _done, _total: None))
    return schema.require("rides", _table(net, scenario, drawn, short, first, need))


def _groups(net: Network) -> list[Ints]:
    """The final slots (numbers within net.final) of each product and country."""
    key = net.grid.slot_product[net.final] * len(net.grid.actors) + net.grid.slot_actor[net.final]
    return [np.flatnonzero(key == one) for one in np.unique(key)]


def _first_shortage(net: Network, world: World, scenario: Scenario, drawn: Draws, weeks: int, served: float) -> Floats:
    """The first week (final slots, draws) in which a use gets less than the share served; none: the number of weeks."""
    found = []
    for begin in range(0, drawn.cover.shape[1], LANES):
        one = run(net, world, scenario, drawn.part(begin, begin + LANES), weeks)
        short = one.got < served * one.wanted
        found.append(np.where(short.any(axis=0), short.argmax(axis=0), weeks).astype(float))
    return np.concatenate(found, axis=1)


def _bisect(
    net: Network,
    world: World,
    scenario: Scenario,
    drawn: Draws,
    weeks: int,
    served: float,
    groups: Sequence[Ints],
    progress: Callable[[int, int], None],
) -> Floats:
    """The least cover, in weeks of need, that serves each group in each draw, shape (groups, draws); NaN: not even T weeks do."""
    draws = drawn.cover.shape[1]
    owner, number = np.repeat(np.arange(len(groups)), draws), np.tile(np.arange(draws), len(groups))
    low, high = np.zeros(len(owner)), np.full(len(owner), float(weeks))

    def enough(cover: Floats) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        found = np.zeros(len(owner), dtype=bool)
        for begin in range(0, len(owner), LANES):
            lanes = slice(begin, begin + LANES)
            raised = _raised(net, drawn, groups, owner[lanes], number[lanes], cover[lanes])
            first = _first_shortage(net, world, scenario, raised, weeks, served)
            found[lanes] = [bool((first[groups[group], lane] >= weeks).all()) for lane, group in enumerate(owner[lanes])]
        return found

    possible = enough(high)
    for halving in range(HALVINGS):
        progress(halving, HALVINGS)
        middle = (low + high) / 2.0
        does = enough(middle)
        low, high = np.where(does, low, middle), np.where(does, middle, high)
    progress(HALVINGS, HALVINGS)
    return np.where(possible, high, np.nan).reshape(len(groups), draws)


def _raised(net: Network, drawn: Draws, groups: Sequence[Ints], owner: Ints, number: Ints, cover: Floats) -> Draws:
    """The draws of some lanes, each with the cover of its own group's slots set."""
    lanes = drawn.taken(number)
    for lane, group in enumerate(owner):
        lanes.cover[net.final[groups[group]], lane] = cover[lane]
    return lanes


def _table(net: Network, scenario: Scenario, drawn: Draws, groups: Sequence[Ints], first: Floats, need: Floats) -> pl.DataFrame:
    rows = []
    for group, cover in zip(groups, need, strict=True):
        slots = net.final[group]
        weekly = float(net.need[slots].sum())
        held = float((drawn.cover[slots, 0] * net.need[slots]).sum()) / weekly
        # The order statistic next above the rank: a draw that nothing carries through counts as the worst.
        low, middle, high = np.quantile(np.where(np.isnan(cover), np.inf, cover), (0.05, 0.5, 0.95), method="higher")
        days = [None if one == np.inf else 7.0 * float(one) for one in (middle, low, high)]
        more = None if middle == np.inf else max(0.0, float(middle) - held) * weekly
        place = (net.grid.products[net.grid.slot_product[slots[0]]], net.grid.actors[net.grid.slot_actor[slots[0]]])
        rows.append((scenario.name, *place, 7.0 * held, float(np.quantile(first[group].min(axis=0), 0.5, method="lower")), *days, more))
    schema_ = {"scenario": pl.String, "product": pl.String, "actor": pl.String}
    return pl.DataFrame(
        rows, schema={**schema_, **dict.fromkeys(("days", "ridden", "need", "need_low", "need_high", "more"), pl.Float64)}, orient="row"
    )
