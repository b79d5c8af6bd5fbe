"""The stress test: draw the uncertain figures, run the weeks, gather the outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ytterby.core.grid import Floats, Ints
from ytterby.core.scenario import Range, Scenario
from ytterby.core.scope import within
from ytterby.core.world import World
from ytterby.dynamics import compiled
from ytterby.dynamics.model import State, initial_state, step
from ytterby.dynamics.network import Network, network
from ytterby.dynamics.outcome import Outcome, flows_table, outcome_tables
from ytterby.dynamics.pressure import licensed_links, pressure
from ytterby.dynamics.shocks import Calendar, Effect, effect_of
from ytterby.errors import InputError

BLOCK = 64
"""Draws that run together: enough to share the work of a step and to fill the kernel's packs, few enough to stay in the cache."""

Engine = Literal["kernel", "model"] | None
Progress = Callable[[int, int], None]
"""Called with (weeks done, weeks in all)."""


@dataclass(frozen=True)
class Draws:
    """The uncertain figures of K draws: one dict a shock of (K,) arrays; cover (S, K) in weeks of need; reserve (G, K) in t."""

    figures: tuple[dict[str, Floats], ...]
    cover: Floats
    reserve: Floats

    def part(self, first: int, last: int) -> "Draws":
        """Return the draws first to last, last excluded."""
        figures = tuple({name: values[first:last] for name, values in shock.items()} for shock in self.figures)
        return Draws(figures, self.cover[:, first:last], self.reserve[:, first:last])


@dataclass(frozen=True)
class Run:
    """What a run records: wanted, got, stock (weeks, final slots, K); shipped (weeks, L) of its first draw. t/week; stock in t."""

    wanted: Floats
    got: Floats
    stock: Floats
    shipped: Floats


def stress(world: World, scenario: Scenario, weeks: int = 156, draws: int = 1, seed: int = 0, progress: Progress | None = None) -> Outcome:
    """Run a scenario through a world week by week and return what each use wanted and got.

    Only products that the shocks can reach through recipes are run; without a shock, all.
    Draw 0 takes the central figures; the others draw each range from a triangular distribution (PCG64 of the seed: the same seed gives
    the same bytes, and draw k does not depend on how many follow). Raises InputError for weeks or draws below 1 and for shocks that the
    model does not know, ModelError if a balance does not close. See model.py for the equations.

    >>> import datetime
    >>> stress(World({}), Scenario("nothing", datetime.date(2025, 1, 1), 1.0, ()), weeks=0)
    Traceback (most recent call last):
    ytterby.errors.InputError: weeks is 0; stress; give 1 or more
    """
    for name, value in (("weeks", weeks), ("draws", draws)):
        if value < 1:
            raise InputError(f"{name} is {value}", "stress", "give 1 or more")
    world = within(world, {product for shock in scenario.shocks for product in shock.products})
    net = network(world)
    drawn = draw(world, scenario, net, draws, seed)
    runs = []
    for first in range(0, draws, BLOCK):
        share = _part_of(progress, first, draws, weeks)
        runs.append(run(net, world, scenario, drawn.part(first, min(draws, first + BLOCK)), weeks, share))
    wanted, got, stock = (np.concatenate([getattr(one, name) for one in runs], axis=2) for name in ("wanted", "got", "stock"))
    outcome, stops = outcome_tables(scenario, world, net.grid, wanted, got, stock)
    flows = flows_table(scenario, net.grid, runs[0].shipped)
    return Outcome(scenario, weeks, draws, outcome, stops, flows, net.grid, wanted, got, stock, runs[0].shipped)


def run(
    net: Network, world: World, scenario: Scenario, drawn: Draws, weeks: int, progress: Progress | None = None, engine: Engine = None
) -> Run:
    """Run K draws at once; the result is bit for bit that of K single runs.

    engine: 'kernel' (compiled), 'model' (model.py), or the kernel if it was built.
    """
    draws = drawn.cover.shape[1]
    calendar = Calendar(scenario.start, weeks, draws)
    effects = [effect_of(shock, figures, net, world, calendar) for shock, figures in zip(scenario.shocks, drawn.figures, strict=True)]
    licensed = licensed_links(effects)
    state = initial_state(net, drawn.cover, drawn.reserve, licensed)
    spans = _spans(net, effects, licensed, weeks, draws)
    if engine == "model" or (engine is None and compiled.kernel() is None):
        return _by_model(net, state, spans, weeks, progress)
    wanted, got, stock, shipped = compiled.run(net, state, spans)
    if progress is not None:
        progress(weeks, weeks)
    return Run(wanted, got, stock, shipped)


def _spans(net: Network, effects: list[Effect], licensed: Ints, weeks: int, draws: int) -> list[compiled.Span]:
    """Weeks in which the same levers hold, put together."""
    keys = [[effect.active[week] for effect in effects] for week in range(weeks)]
    starts = [week for week in range(weeks) if week == 0 or keys[week] != keys[week - 1]]
    ends = [*starts[1:], weeks]
    return [(end - start, pressure(effects, net, licensed, start, draws)) for start, end in zip(starts, ends, strict=True)]


def _by_model(net: Network, state: State, spans: list[compiled.Span], weeks: int, progress: Progress | None) -> Run:
    draws = state.stock.shape[1]
    wanted, got, stock = (np.empty((weeks, len(net.final), draws)) for _ in range(3))
    shipped = np.empty((weeks, len(net.flow)))
    week = 0
    for length, force in spans:
        for _ in range(length):
            what = step(net, state, force, week)
            wanted[week], got[week], stock[week] = what.wanted[net.final], what.used[net.final], state.stock[net.final]
            shipped[week] = what.shipped[:, 0]
            week += 1
            if progress is not None:
                progress(week, weeks)
    return Run(wanted, got, stock, shipped)


def _part_of(progress: Progress | None, first: int, draws: int, weeks: int) -> Progress | None:
    """Progress of one block as progress of the whole."""
    if progress is None:
        return None
    block, blocks = first // BLOCK, -(-draws // BLOCK)
    return lambda done, _: progress(block * weeks + done, blocks * weeks)


def draw(world: World, scenario: Scenario, net: Network, draws: int, seed: int) -> Draws:
    """Draw the shocks' figures and the stocks' cover: triangular (low, mode, high); draw 0 is the modes."""
    shocks = [(number, name, limits) for number, shock in enumerate(scenario.shocks) for name, limits in sorted(shock.figures.items())]
    rows = world["stocks"].sort("product", "actor", "holder").rows(named=True)
    ranges = [limits for _, _, limits in shocks] + [_stock_range(row["low"], row["days"], row["high"]) for row in rows]
    uniform = np.random.Generator(np.random.PCG64(seed)).random((draws, len(ranges)))
    values = [triangular(limits, uniform[:, column]) for column, limits in enumerate(ranges)]
    figures: list[dict[str, Floats]] = [{} for _ in scenario.shocks]
    for (number, name, _), value in zip(shocks, values, strict=False):
        figures[number][name] = value
    days = {(row["product"], row["actor"], row["holder"]): value for row, value in zip(rows, values[len(shocks) :], strict=True)}
    cover = _days(net, days, "industry", draws) / 7.0
    reserve = net.reserve_slot @ (_days(net, days, "state", draws) / 7.0 * net.need[:, None])
    return Draws(tuple(figures), cover, np.asarray(reserve))


def _stock_range(low: float | None, days: float, high: float | None) -> Range:
    return (days if low is None else min(low, days), days, days if high is None else max(high, days))


def _days(net: Network, days: dict[tuple[str, str, str], Floats], holder: str, draws: int) -> Floats:
    """Days of need that each slot's holder has (S, K): the actor's own row, else that of 'ROW', else none."""
    found = np.zeros((len(net.need), draws))
    for slot, (product, actor) in enumerate(zip(net.grid.slot_product, net.grid.slot_actor, strict=True)):
        label = net.grid.products[product]
        for owner in (net.grid.actors[actor], "ROW"):
            if (label, owner, holder) in days:
                found[slot] = days[label, owner, holder]
                break
    return found


def triangular(limits: Range, uniform: Floats) -> Floats:
    """Turn uniform numbers (K) into draws of a triangular distribution; the first is its mode.

    x = low + sqrt(u (high - low) (mode - low)) up to the mode, high - sqrt((1 - u) (high - low) (high - mode)) beyond.

    >>> triangular((0.0, 1.0, 2.0), np.array([0.9, 0.5, 0.125, 0.875])).tolist()
    [1.0, 1.0, 0.5, 1.5]
    """
    low, mode, high = limits
    if low == high:
        return np.full(len(uniform), mode)
    rising = low + np.sqrt(uniform * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - uniform) * (high - low) * (high - mode))
    drawn = np.where(uniform < (mode - low) / (high - low), rising, falling)
    drawn[:1] = mode
    return drawn
