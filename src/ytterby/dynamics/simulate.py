"""The stress test: draw the uncertain figures (draws.py), run the weeks, gather the outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from ytterby.core.each import Each
from ytterby.core.grid import Floats, Ints
from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.dynamics import compiled
from ytterby.dynamics.checks import reached
from ytterby.dynamics.draws import Draws, draw
from ytterby.dynamics.model import State, initial_state, step
from ytterby.dynamics.network import Network
from ytterby.dynamics.outcome import Outcome, flows_table, outcome_tables
from ytterby.dynamics.pressure import licensed_links
from ytterby.dynamics.shocks import Calendar
from ytterby.dynamics.spans import effects_of, spans_of
from ytterby.errors import InputError

BLOCK = 64
"""Draws that run together: enough to share the work of a step and to fill the kernel's packs, few enough to stay in the cache."""

LISTED = 1_000_000
"""Links up to which a run tells what each of them ships, week by week."""

Engine = Literal["kernel", "single", "model"] | None
Progress = Callable[[int, int], None]
"""Called with (weeks done, weeks in all)."""


@dataclass(frozen=True)
class Run:
    """What a run records: wanted, got, stock (weeks, final slots, K); shipped (weeks, L) of its first draw, no weeks where not asked
    for. t/week; stock in t.

    price (weeks, 2 P or 0, K): ln(p / p0) at the week's end, see State.
    """

    wanted: Floats
    got: Floats
    stock: Floats
    shipped: Floats
    price: Floats


def stress(
    world: World,
    scenario: Scenario,
    weeks: int = 156,
    draws: int = 1,
    seed: int = 0,
    progress: Progress | None = None,
    each: Each = map,
    net: Network | None = None,
) -> Outcome:
    """Run a scenario through a world week by week and return what each use wanted and got.

    Only products that the shocks can reach through recipes are run; without a shock, all.
    Draw 0 takes the central figures; the others draw each range from a triangular distribution (draws.py: the same seed gives the same
    bytes, and draw k does not depend on how many follow). each: what spreads the blocks of draws
    (core/each.py). net: a network that was given link by link (core/links.py), run as a whole.
    Raises InputError for weeks or draws below 1 and for shocks that mean nothing or contradict each other (checks.py), ModelError if a
    balance does not close. See model.py for the equations.

    >>> import datetime
    >>> stress(World({}), Scenario("nothing", datetime.date(2025, 1, 1), 1.0, ()), weeks=0)
    Traceback (most recent call last):
    ytterby.errors.InputError: weeks is 0; stress; give 1 or more
    """
    for name, value in (("weeks", weeks), ("draws", draws)):
        if value < 1:
            raise InputError(f"{name} is {value}", "stress", "give 1 or more")
    world, net = reached(world, scenario, net)
    runs: list[Run] = []
    parts = blocks(draws)
    for one in each(partial(run_block, net, world, scenario, weeks, seed), parts):
        runs.append(one)
        if progress is not None:
            progress(len(runs) * weeks, len(parts) * weeks)
    wanted, got, stock, price = (
        np.concatenate([getattr(one, name) for one in runs], axis=2) for name in ("wanted", "got", "stock", "price")
    )
    outcome, stops = outcome_tables(scenario, world, net.grid, wanted, got, stock)
    flows = flows_table(scenario, net.grid, runs[0].shipped)
    return Outcome(scenario, weeks, draws, outcome, stops, flows, net.grid, wanted, got, stock, runs[0].shipped, price)


def blocks(draws: int, size: int = BLOCK) -> list[range]:
    """Return the draws in blocks that run together.

    >>> blocks(100)
    [range(0, 64), range(64, 100)]
    """
    return [range(first, min(draws, first + size)) for first in range(0, draws, size)]


def run_block(net: Network, world: World, scenario: Scenario, weeks: int, seed: int, block: range, engine: Engine = None) -> Run:
    """Run a block of draws; what it holds does not depend on other blocks. Only the first tells what was shipped."""
    drawn = draw(world, scenario, net, len(block), seed, block.start)
    return run(net, world, scenario, drawn, weeks, engine, flows=block.start == 0 and len(net.flow) <= LISTED)


def run(net: Network, world: World, scenario: Scenario, drawn: Draws, weeks: int, engine: Engine = None, flows: bool = True) -> Run:
    """Run K draws at once; the result is bit for bit that of K single runs.

    engine: 'kernel' (compiled), 'single' (the kernel in single precision: faster, to about 1e-5 of what is wanted), 'model' (model.py);
    without one, the kernel if it was built. flows: record what links ship.
    """
    draws = drawn.cover.shape[1]
    calendar = Calendar(scenario.start, weeks, draws)
    effects = effects_of(scenario, drawn, net, world, calendar)
    licensed = licensed_links(effects)
    spans = spans_of(scenario, drawn, effects, net, licensed, calendar)
    return run_spans(net, state_of(net, drawn, licensed), spans, engine, flows)


def state_of(net: Network, drawn: Draws, licensed: Ints) -> State:
    """Return the state that the draws begin in: the base year with their stocks, and their elasticities."""
    state = initial_state(net, drawn.cover, drawn.reserve, licensed)
    for name, values in drawn.market.items():
        setattr(state, name, values)
    return state


def run_spans(net: Network, state: State, spans: list[compiled.Span], engine: Engine = None, flows: bool = True) -> Run:
    """Run the draws of a state through spans of weeks, each with its levers; see `run`."""
    weeks = sum(length for length, _ in spans)
    if engine == "model" or (engine is None and compiled.kernel() is None):
        return _by_model(net, state, spans, weeks, flows)
    price = np.empty((weeks, *state.price.shape))
    wanted, got, stock, shipped = compiled.run(net, state, spans, engine == "single", price if price.size else None, flows)
    return Run(wanted, got, stock, shipped, price)


def _by_model(net: Network, state: State, spans: list[compiled.Span], weeks: int, flows: bool) -> Run:
    draws = state.stock.shape[1]
    wanted, got, stock = (np.empty((weeks, len(net.final), draws)) for _ in range(3))
    shipped, price = np.empty((weeks if flows else 0, len(net.flow))), np.empty((weeks, *state.price.shape))
    week = 0
    for length, force in spans:
        for _ in range(length):
            what = step(net, state, force, week)
            wanted[week], got[week], stock[week] = what.wanted[net.final], what.used[net.final], state.stock[net.final]
            price[week] = state.price
            if flows:
                shipped[week] = what.shipped[:, 0]
            week += 1
    return Run(wanted, got, stock, shipped, price)
