"""What can be wrong with a scenario before it runs: figures that mean nothing, shocks that contradict each other, shocks without effect.

Shocks that overlap without contradicting add up as pressure.py says: bans, outages and tariffs multiply, quotas all hold, of several
licences the slowest office and the strictest refusal count.
"""

import datetime
import math
from collections.abc import Iterator

import numpy as np

from ytterby.core.grid import Floats
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.scope import within
from ytterby.core.world import World
from ytterby.dynamics.draws import Draws
from ytterby.dynamics.network import Network, network
from ytterby.dynamics.scenario_file import BOUNDS
from ytterby.dynamics.shocks import Calendar
from ytterby.dynamics.spans import effects_of, lasting
from ytterby.errors import InputError


def reached(world: World, scenario: Scenario, net: Network | None = None) -> tuple[World, Network]:
    """Return the part of the world that a scenario's shocks can reach, and its network, once the scenario has been checked.

    net: a network that is there already is taken whole. Raises InputError for figures out of range, contradicting shocks, and products of
    which the world neither makes nor ships anything.
    """
    check(scenario)
    if net is not None:
        return world, net
    products = {product for shock in scenario.shocks for product in shock.products}
    part = within(world, products)
    if products and part["production"].is_empty():
        named = ", ".join(sorted(products)[:5])
        raise InputError(f"nothing of {named} is made in this world", f"scenario '{scenario.name}'", "see 'ytterby world show production'")
    return part, network(part)


def check(scenario: Scenario) -> None:
    """Raise an InputError for a figure that is no number or out of its range, or for shocks that contradict each other.

    >>> day = datetime.date(2025, 1, 1)
    >>> check(Scenario("x", day, 1.0, (Shock("outage", "CHN", ("*",), ("ore",), day, figures={"severity": (-2.0, -2.0, -2.0)}),)))
    Traceback (most recent call last):
    ytterby.errors.InputError: 'severity' is -2, outside -1..10; scenario 'x', shock 1 (outage of CHN); correct it
    """
    for number, shock in enumerate(scenario.shocks, start=1):
        for name, limits in shock.figures.items():
            _check_range(name, limits, f"scenario '{scenario.name}', shock {number} ({shock.kind} of {shock.actor})")
    for one, other in _opposed(scenario):
        where = f"scenario '{scenario.name}', shocks {one + 1} and {other + 1}"
        raise InputError(
            f"two shocks of {scenario.shocks[one].kind} contradict each other: one raises, one cuts the same", where, "drop one"
        )


def _check_range(name: str, limits: tuple[float, float, float], where: str) -> None:
    low, high = BOUNDS.get(name, (-math.inf, math.inf))
    for value in limits:
        if not low <= value <= high or not math.isfinite(value):
            raise InputError(f"'{name}' is {value:g}, outside {low:g}..{high:g}", where, "correct it")
    if not limits[0] <= limits[1] <= limits[2]:
        raise InputError(f"the range of '{name}' is out of order: {limits}", where, "give low, mode, high, rising")


def _opposed(scenario: Scenario) -> Iterator[tuple[int, int]]:
    """Pairs of shocks on the same output or demand at the same time of which one raises and one cuts."""
    for second, other in enumerate(scenario.shocks):
        for first, one in enumerate(scenario.shocks[:second]):
            if one.figure("severity") * other.figure("severity") < 0.0 and _same(one, other):
                yield first, second


def _same(one: Shock, other: Shock) -> bool:
    place = one.kind == other.kind and one.actor == other.actor and bool(set(one.products) & set(other.products))
    ends = [datetime.date.max if shock.end is None else shock.end for shock in (one, other)]
    return place and one.start <= ends[1] and other.start <= ends[0]


def without_effect(scenario: Scenario, world: World, weeks: int, net: Network | None = None) -> list[str]:
    """Return a sentence for each shock that changes nothing in this world and these weeks, and why.

    >>> without_effect(Scenario("calm", datetime.date(2025, 1, 1), 1.0, ()), World({}), 52)
    []
    """
    if not scenario.shocks:
        return []
    part, net = reached(world, scenario, net)
    modes = tuple({name: _one(limits[1]) for name, limits in shock.figures.items()} for shock in scenario.shocks)
    calendar = Calendar(scenario.start, weeks, 1)
    told = []
    drawn = Draws(modes, _one(0.0)[None, :].repeat(len(net.need), axis=0), _one(0.0)[None, :])
    for number, (shock, effect) in enumerate(zip(scenario.shocks, effects_of(scenario, drawn, net, part, calendar), strict=True), start=1):
        head = f"shock {number} of '{scenario.name}' ({shock.kind} of {shock.actor}) changes nothing"
        if not len(effect.where):
            told.append(f"{head}: the base year has no such trade, output or use")
        elif not effect.active.any():
            told.append(f"{head}: it is in force from {shock.start} to {lasting(shock).end or 'open'}, outside the weeks of the run")
    return told


def _one(value: float) -> Floats:
    return np.array([value])
