"""The plan put to the test: fresh draws through the weekly stress engine, with the plan built into the world, against doing nothing.

The stress engine knows what the plan's program does not: weeks, prices, re-routing, queues for licences (dynamics/model.py). Built in are
stocks (as state stocks, in days of need) and projects (as shocks `opening`: capacity that grows after its lead time) where the actor
already makes the product; a project where nothing is made yet, and agreements, have no counterpart there and count as nothing, so that a
trial tends to understate a plan.
"""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from ytterby.core.grid import Floats
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.core.worth import worths
from ytterby.dynamics.outcome import Outcome, labels_of
from ytterby.dynamics.simulate import stress
from ytterby.planning.plan import Plan
from ytterby.planning.recourse import tail_mean

CERTAIN = 1.96
"""Standard errors on each side of a mean that hold it with 95 %."""
STATES = ("nothing", "plan", "stocks of the plan only", "projects of the plan only")


@dataclass(frozen=True)
class Trial:
    """Cost of the allies' shortages over the weeks run, by state: table with mean, low, high (95 % of the mean), cvar (USD); missing: what
    of the plan has no counterpart in the engine."""

    table: pl.DataFrame
    missing: tuple[str, ...]


def trial(
    world: World, scenarios: Sequence[Scenario], found: Plan, *, weeks: int = 156, draws: int = 1000, seed: int = 1, cvar: float = 0.95
) -> Trial:
    """Run each scenario's draws without the plan, with it, with its stocks alone and with its projects alone, on the same draws.

    The seed differs from the plan's own by default, so that the draws are fresh. Costs are not discounted.
    """
    rows, unknown = [], _unknown(world, found)
    # What runs already runs without the plan too.
    chosen = found.options.filter((pl.col("chosen") > 0) & ~pl.col("why").str.starts_with("Runs already"))
    kinds: dict[str, list[str]] = dict(zip(STATES, ([], ["stock", "project"], ["stock"], ["project"]), strict=True))
    for state, wanted in kinds.items():
        part = chosen.filter(pl.col("kind").is_in(wanted) & ~pl.col("option").is_in(list(unknown)))
        stocked = _stocked(world, part.filter(pl.col("kind") == "stock"))
        openings = _openings(part.filter(pl.col("kind") == "project"), scenarios)
        costs, chance, error = [], [], 0.0
        total = sum(scenario.weight for scenario in scenarios)
        for scenario in scenarios:
            outcome = stress(stocked, replace(scenario, shocks=(*scenario.shocks, *openings)), weeks=weeks, draws=draws, seed=seed)
            cost = allied_cost(stocked, outcome, found.allies)
            costs.append(cost)
            chance.append(np.full(draws, scenario.weight / total / draws))
            error += (scenario.weight / total) ** 2 * float(cost.var(ddof=1)) / draws if draws > 1 else 0.0
        weight, every = np.concatenate(chance), np.concatenate(costs)
        mean, half = float(weight @ every), CERTAIN * math.sqrt(error)
        rows.append((state, mean, mean - half, mean + half, tail_mean(weight, every, cvar)))
    table = pl.DataFrame(rows, schema=["state", "mean", "low", "high", "cvar"], orient="row")
    return Trial(table, tuple(sorted(unknown)))


def allied_cost(world: World, outcome: Outcome, allies: Sequence[str]) -> Floats:
    """Return the value of what the allies' uses lack over all weeks, in each draw (USD); uses without a value count as 0."""
    labels = labels_of(outcome.scenario, outcome.grid)
    usd = np.array([0.0 if worth is None else worth.usd for worth in worths(world, labels.select("product", "use").iter_rows())])
    usd = np.where(labels["actor"].is_in(list(allies)).to_numpy(), usd, 0.0)
    return np.asarray(usd @ (outcome.wanted - outcome.got).sum(axis=0))


def _unknown(world: World, found: Plan) -> set[str]:
    """Chosen projects in a country that makes nothing of their product yet, and agreements."""
    made = set(world["production"].select("product", "actor").iter_rows())
    rows = found.options.filter(pl.col("chosen") > 0).select("option", "kind", "product", "actor").iter_rows()
    return {name for name, kind, product, actor in rows if kind == "agreement" or (kind == "project" and (product, actor) not in made)}


def _stocked(world: World, stocks: pl.DataFrame) -> World:
    """The world with the plan's stocks in the hands of the states, in days of need."""
    if stocks.is_empty():
        return world
    demand = world["demand"].filter(pl.col("year") == pl.col("year").max())
    need = {(product, actor): t for product, actor, t in demand.group_by("product", "actor").agg(pl.col("t").sum()).iter_rows()}
    feeds = world["recipes"].filter(pl.col("role") == "input").join(world["processes"].select("process", main="product"), on="process")
    output = world["production"].filter(pl.col("year") == pl.col("year").max()).select(main="product", actor="actor", t="t")
    for product, actor, t in feeds.join(output, on="main").select("product", "actor", pl.col("t") * pl.col("t_per_t")).iter_rows():
        need[product, actor] = need.get((product, actor), 0.0) + t
    table = world["stocks"]
    for product, actor, size in stocks.select("product", "actor", "size").iter_rows():
        wanted = need.get((product, actor), 0.0)
        if wanted <= 0:
            continue
        mine = (pl.col("product") == product) & (pl.col("actor") == actor) & (pl.col("holder") == "state")
        held = table.filter(mine)
        days = size * 365 / wanted + (float(held["days"].item()) if held.height else 0.0)
        row = pl.DataFrame(
            {"product": product, "actor": actor, "holder": "state", "days": days, "basis": "assumed", "source": "ytterby_settings"}
        )
        table = pl.concat([table.filter(~mine), row], how="diagonal_relaxed")
    return world.with_table("stocks", table)


def _openings(projects: pl.DataFrame, scenarios: Sequence[Scenario]) -> list[Shock]:
    """The plan's projects as new capacity from the first of January of their first year."""
    start = min(scenario.start for scenario in scenarios)
    found = []
    for product, actor, size, first in projects.select("product", "actor", "size", "start").iter_rows():
        lead = max(0.0, (datetime.date(first, 1, 1) - start).days / 7)
        figures = {"t": (size,) * 3, "lead_weeks": (lead,) * 3, "ramp_weeks": (1.0,) * 3}
        found.append(Shock("opening", actor, ("*",), (product,), start, None, figures))
    return found
