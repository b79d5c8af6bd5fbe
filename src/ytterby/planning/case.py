"""From the world and its scenarios to the case that the plan's program is built of: names become numbers, settings become figures."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from ytterby.core.grid import Floats, Grid, Ints, grid
from ytterby.core.scenario import Scenario
from ytterby.core.scope import within
from ytterby.core.world import World
from ytterby.core.worth import worths
from ytterby.planning.agreements import agreements
from ytterby.planning.finance import financed
from ytterby.planning.futures import Held, futures, groups, opening_days, shares
from ytterby.planning.gaps import gaps
from ytterby.planning.mapping import searches
from ytterby.planning.network import demand_factor, let_through, touched_products
from ytterby.planning.options import Basis, Option, setting
from ytterby.planning.problem import Case
from ytterby.planning.projects import beside, projects
from ytterby.planning.rules import rules
from ytterby.planning.stocks import consents, onsets, stocks
from ytterby.planning.vintages import permits, vintages

Available = Callable[[World, Scenario, Sequence[int]], pl.DataFrame]
"""(world, scenario, years) -> year, product, exporter, importer, share of the base flow that the link can still carry."""

HORIZON = 10
CLASSES = ("other", "essential", "defence")


def horizon(scenarios: Sequence[Scenario]) -> tuple[int, ...]:
    """Return ten calendar years from the first scenario's start; a start in the second half of a year counts from the next.

    >>> import datetime
    >>> horizon([Scenario("a", datetime.date(2025, 10, 28), 1.0, ())])[:2]
    (2026, 2027)
    """
    start = min(scenario.start for scenario in scenarios)
    first = start.year + (start.month > 6)
    return tuple(range(first, first + HORIZON))


def values(world: World, flat: Grid) -> tuple[Floats, list[str]]:
    """Return the value of a missing tonne for each slot (USD/t; 0 where unknown) and sentences on what was assumed.

    Defence comes before essential before other: where the table's figures do not say so, a class is lifted just above the one below.
    """
    priority = dict(world["uses"].select("use", "priority").iter_rows())
    final = flat.final()
    pairs = [(flat.products[flat.slot_product[slot]], flat.uses[flat.slot_use[slot]]) for slot in final]
    found = {pair: worth.usd for pair, worth in zip(pairs, worths(world, pairs), strict=True) if worth is not None}
    notes, floor = [], 0.0
    for rank in CLASSES:
        for pair in sorted(pair for pair in found if priority[pair[1]] == rank and found[pair] < floor):
            notes.append(f"{pair[0]} for {pair[1]} is valued at {floor:,.0f} instead of {found[pair]:,.0f} USD/t: {rank} uses come first.")
            found[pair] = floor
        floor = max([floor, *(1.01 * usd for pair, usd in found.items() if priority[pair[1]] == rank)])
    unknown = sorted({f"{product} for {use}" for product, use in pairs if (product, use) not in found})
    notes += [f"{name} has no value per tonne: it gets what the others leave and its shortage is not counted." for name in unknown]
    value = np.zeros(len(flat.slot_use))
    value[final] = [found.get(pair, 0.0) for pair in pairs]
    return value, notes


def ranks(world: World, flat: Grid, value: Floats) -> Ints:
    """Return the class of each slot as its place in CLASSES; -1 where it is no use or has no value."""
    priority = dict(world["uses"].select("use", "priority").iter_rows())
    place = [CLASSES.index(priority[flat.uses[use]]) if use >= 0 else -1 for use in flat.slot_use]
    return np.where(value > 0, np.array(place, dtype=np.int64), -1)


def needs(flat: Grid, allies: Iterable[str], scope: Iterable[str]) -> list[tuple[str, str, float]]:
    """Return what each ally takes up of each product in the base year, in plants and final uses: (product, ally, t a year)."""
    total: dict[tuple[str, str], float] = {}
    allies, scope = set(allies), set(scope)
    for slot in np.flatnonzero(flat.essential | (flat.slot_use >= 0)):
        key = flat.products[flat.slot_product[slot]], flat.actors[flat.slot_actor[slot]]
        if key[0] in scope and key[1] in allies:
            total[key] = total.get(key, 0.0) + float(flat.need[slot])
    return [(*key, t) for key, t in sorted(total.items())]


def reserves(days: Mapping[Held, float], wanted: Sequence[tuple[str, str, float]], scenario: Scenario) -> dict[tuple[str, str], float]:
    """Return the tonnes that each ally holds already, state and industry together, and what a scenario releases.

    days: of cover by (product, actor, holder); 'ROW' holds for every actor without a figure of its own.
    """
    found = {}
    for product, ally, need in wanted:
        held = sum(days.get((product, ally, holder), days.get((product, "ROW", holder), 0.0)) for holder in ("state", "industry"))
        released = sum(
            shock.figure("t") for shock in scenario.shocks if shock.kind == "release" and shock.actor == ally and product in shock.products
        )
        found[product, ally] = held * need / 365 + released
    return found


def case(
    world: World,
    scenarios: Sequence[Scenario],
    allies: frozenset[str],
    years: Sequence[int],
    risk: float,
    tail: float,
    available: Available | None = None,
    draws: int = 1,
    seed: int = 0,
) -> tuple[Case, tuple[Option, ...], list[str]]:
    """Return the case, the options that are none (each with its reason) and sentences on what was assumed.

    draws: of each scenario's figures, the first being the central one; available: stands in for the shocks' own availability.
    """
    together = beside(world)
    named = {product for scenario in scenarios for shock in scenario.shocks for product in shock.products}
    world = within(world, named | {product for pair in together for product in pair if named})
    flat = grid(world)
    basis = _basis(world, scenarios, flat, allies, years)
    days = opening_days(world, len(scenarios), draws, seed)
    scenarios = futures(scenarios, draws, seed) if draws > 1 else scenarios
    chance = np.array([scenario.weight for scenario in scenarios], dtype=float)
    if available is None:
        share, group = shares(world, flat, scenarios, years)
    else:
        share, group = groups(np.array([let_through(flat, available(world, scenario, years), years) for scenario in scenarios]))
    scope = touched_products(world, flat, np.asarray((share < 1 - 1e-12).any(axis=(0, 1)))[group], scenarios, together)
    wanted = needs(flat, allies, scope)
    recipes = _recipes(world)
    reserve = tuple(reserves(held, wanted, scenario) for held, scenario in zip(days, scenarios, strict=True))
    bought = stocks(world, wanted, years, onsets(share, years))
    offered = [*_options(world, basis, flat), *bought, *consents(world, sorted(allies), bought, reserve, years)]
    offered = financed(world, offered + gaps(world, flat, allies, scope, offered, recipes, years[0]), recipes, basis.on)
    offered += searches(world, flat, wanted, recipes, years)
    usable = tuple(option for option in offered if not option.left and any(product in scope for product, _ in option.outputs))
    left = tuple(option for option in offered if option not in usable)
    value, notes = values(world, flat)
    rate = setting(world, "discount_rate")
    return (
        Case(
            grid=flat,
            options=tuple(vintages([_within(option, scope) for option in usable], years, permits(world))),
            years=tuple(years),
            chance=chance / chance.sum(),
            share=share,
            group=group,
            demand=_demand(flat, scenarios, years),
            value=value,
            rank=ranks(world, flat, value),
            discount=np.array([(1 + rate) ** -(year - years[0]) for year in years]),
            reserve=reserve,
            recipes=recipes,
            scope=frozenset(scope),
            partners=frozenset(option.actor for option in usable) | allies,
            rules=rules(world, flat),
            risk=risk,
            tail=tail,
        ),
        left,
        notes,
    )


def _options(world: World, basis: Basis, flat: Grid) -> list[Option]:
    made = zip(flat.node_product, flat.node_actor, flat.output, strict=True)
    output = {(flat.products[product], flat.actors[actor]): float(t) for product, actor, t in made}
    return [*projects(world, basis), *agreements(world, basis, output)]


def _demand(flat: Grid, scenarios: Sequence[Scenario], years: Sequence[int]) -> Floats:
    """Demand as a multiple of the base year's (S, T, U); without a shock to it, one number stands for all."""
    if not any(shock.kind == "demand" for scenario in scenarios for shock in scenario.shocks):
        return np.broadcast_to(1.0, (len(scenarios), len(years), len(flat.need)))
    return np.array([demand_factor(flat, scenario, years) for scenario in scenarios])


def _basis(world: World, scenarios: Sequence[Scenario], flat: Grid, allies: frozenset[str], years: Sequence[int]) -> Basis:
    """The plan is decided on the day the first scenario starts, or at the start of its first year."""
    named = {shock.actor for scenario in scenarios for shock in scenario.shocks if shock.kind in ("ban", "licence", "quota")}
    imposers = named | set(world["blocs"].filter(pl.col("bloc").is_in(sorted(named)))["actor"])
    on = max(min(scenario.start for scenario in scenarios), datetime.date(years[0], 1, 1))
    return Basis(flat.year, tuple(years), on, allies, frozenset(imposers) - allies)


def _within(option: Option, scope: set[str]) -> Option:
    """Keep the outputs that matter here; the cost stays the whole project's."""
    return replace(option, outputs=tuple(output for output in option.outputs if output[0] in scope))


def _recipes(world: World) -> dict[str, tuple[tuple[str, float], ...]]:
    """Essential feeds of each product, by the first process that makes it."""
    first = world["processes"].unique("product", keep="first", maintain_order=True).select("process", main="product")
    feeds = world["recipes"].filter((pl.col("role") == "input") & (pl.col("essential") == 1)).join(first, on="process")
    found: dict[str, list[tuple[str, float]]] = {}
    for main, feed, ratio in feeds.sort("main", "product").select("main", "product", "t_per_t").iter_rows():
        found.setdefault(main, []).append((feed, ratio))
    return {main: tuple(rows) for main, rows in found.items()}
