"""Draws of a plan's scenarios: each shock's figures and duration within their ranges, what then passes on each link, and opening stocks.

Every scenario has the same number of draws, each with its part of the scenario's weight; the first is the central case. Points of a
scrambled Sobol sequence turned into triangular distributions, as the stress test draws them (dynamics/draws.py).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ytterby.core.grid import Floats, Grid, Ints
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.draws import drawn
from ytterby.dynamics.shocks import availability, passing
from ytterby.dynamics.spans import last_day
from ytterby.planning.network import Flags, let_through

TRADE = ("ban", "licence", "quota", "outage")
"""Kinds of shock that stop flows; the others change no availability."""

STOCKS = 1000
"""What is added to the seed of a scenario for its stocks, so that they do not move with its shocks."""
Held = tuple[str, str, str]
"""(product, actor, holder)."""


def futures(scenarios: Sequence[Scenario], draws: int, seed: int) -> list[Scenario]:
    """Return the draws of each scenario, all of the first before those of the second; their weights add up to the scenario's.

    >>> import datetime
    >>> day = datetime.date(2025, 1, 1)
    >>> shock = Shock("outage", "CHN", (), ("ore",), day, figures={"severity": (-1.0, -0.5, 0.0)})
    >>> [one.weight for one in futures([Scenario("a", day, 1.0, (shock,))], 4, seed=0)]
    [0.25, 0.25, 0.25, 0.25]
    """
    found = []
    for number, scenario in enumerate(scenarios):
        places = [(place, name) for place, shock in enumerate(scenario.shocks) for name in sorted(shock.figures)]
        values = drawn([scenario.shocks[place].figures[name] for place, name in places], draws, seed + number)
        for draw in range(draws):
            figures: list[dict[str, float]] = [{} for _ in scenario.shocks]
            for (place, name), value in zip(places, values, strict=True):
                figures[place][name] = float(value[draw])
            shocks = tuple(_drawn(shock, own) for shock, own in zip(scenario.shocks, figures, strict=True))
            found.append(replace(scenario, weight=scenario.weight / draws, shocks=shocks))
    return found


def opening_days(world: World, scenarios: int, draws: int, seed: int) -> list[dict[Held, float]]:
    """Return the days of cover at first by (product, actor, holder), for each draw of each scenario as `futures` orders them.

    Triangular between low and high; a single draw, and the first of many, is the central figure.
    """
    rows = world["stocks"].sort("product", "actor", "holder").select("product", "actor", "holder", "low", "days", "high").rows()
    ranges = [(days if low is None else low, days, days if high is None else high) for *_, low, days, high in rows]
    found: list[dict[Held, float]] = []
    for number in range(scenarios):
        values = drawn(ranges, draws, seed + STOCKS + number)
        found += [{row[:3]: float(value[draw]) for row, value in zip(rows, values, strict=True)} for draw in range(draws)]
    return found


def _drawn(shock: Shock, figures: dict[str, float]) -> Shock:
    end = last_day(shock.start, figures["weeks"]) if "weeks" in figures and shock.kind != "release" else shock.end
    return replace(shock, end=end, figures={name: (value, value, value) for name, value in figures.items()})


def shares(world: World, grid: Grid, scenarios: Sequence[Scenario], years: Sequence[int]) -> tuple[Floats, Ints]:
    """Return the share of base flow that passes, as `availability` gives it, for many draws: (scenarios, years, groups), and the group
    of each link. Links on which the same shocks act are a group."""
    keys: dict[object, int] = {}
    masks: list[Flags] = []
    for shock in (shock for scenario in scenarios for shock in scenario.shocks if shock.kind in TRADE):
        if _where(shock) not in keys:
            keys[_where(shock)] = len(masks)
            masks.append(_links(world, grid, shock))
    pattern, group = np.unique(np.array(masks, dtype=bool).reshape(len(masks), len(grid.flow)), axis=1, return_inverse=True)
    found = np.ones((len(scenarios), len(years), pattern.shape[1]))
    for number, scenario in enumerate(scenarios):
        for shock in (shock for shock in scenario.shocks if shock.kind in TRADE):
            part = np.array([passing(shock, year, world) for year in years])
            found[number][:, pattern[keys[_where(shock)]]] *= part[:, None]
    return found, np.asarray(group).ravel()


def groups(share: Floats) -> tuple[Floats, Ints]:
    """Return shares (scenarios, years, links) by group of links that always pass alike, and the group of each link.

    >>> groups(np.array([[[1.0, 0.5, 1.0]]]))
    (array([[[0.5, 1. ]]]), array([1, 0, 1]))
    """
    flat, group = np.unique(share.reshape(-1, share.shape[-1]), axis=1, return_inverse=True)
    return flat.reshape(*share.shape[:-1], -1), np.asarray(group).ravel()


def _where(shock: Shock) -> tuple[bool, str, tuple[str, ...], tuple[str, ...]]:
    return shock.kind == "outage", shock.actor, shock.targets, shock.products


def _links(world: World, grid: Grid, shock: Shock) -> Flags:
    """The links on which a shock acts: those that a full one of its kind would stop."""
    whole = {"severity": (-1.0, -1.0, -1.0)} if shock.kind == "outage" else {}
    full = Shock("outage" if shock.kind == "outage" else "ban", shock.actor, shock.targets, shock.products, shock.start, None, whole)
    year = shock.start.year + 1
    stopped: Flags = let_through(grid, availability(world, Scenario("full", shock.start, 1.0, (full,)), [year]), [year])[0] < 1.0
    return stopped
