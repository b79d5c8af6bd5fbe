"""The plan put to the test: fresh draws through the weekly stress engine, with the plan built into the world, against doing nothing.

The stress engine knows what the plan's program does not: weeks, re-routing, queues for licences, regular customers who are served first,
shortages shared by all uses of a country alike (dynamics/model.py). Stocks become state stocks, in days of need; projects become plants
with buyers and suppliers (built.py), those that run already in every state. Agreements have no counterpart there and count as nothing.

    saved = cost of shortages without - with, on the same draws;  mean +- 1.96 standard errors, strata by scenario

Two costs are told. As the engine shares: all uses of a country miss the same part. By value: what a country misses of a product in a year
is taken from its least valuable uses, as the plan's program does it; the distance between the two is what rationing by value is worth.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from ytterby.core.each import Each
from ytterby.core.grid import Floats
from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.core.worth import worths
from ytterby.dynamics.checks import reached
from ytterby.dynamics.network import Network
from ytterby.dynamics.outcome import YEAR, labels_of
from ytterby.dynamics.simulate import Engine, blocks, run_block
from ytterby.errors import InputError
from ytterby.planning.built import built
from ytterby.planning.options import Option
from ytterby.planning.plan import Plan, plan
from ytterby.planning.recourse import tail_mean

CERTAIN = 1.96
"""Standard errors on each side of a mean that hold it with 95 %."""
BLOCK = 128
"""Draws that run at once: memory does not grow with their number."""
COLUMNS = ("state", "spent", "mean", "low", "high", "cvar", "saved", "saved_low", "saved_high", "by_value")
Taken = Sequence[tuple[Option, float]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Trial:
    """Cost of the allies' shortages over the weeks run, by state.

    table: state, spent; mean, low, high (95 % of the mean) and cvar of the cost; saved, saved_low, saved_high against doing nothing, on the
    same draws; by_value: mean cost if the least valuable uses go short first; all in USD. draws: in all. missing: what of the plan has no
    counterpart in the engine.
    """

    table: pl.DataFrame
    draws: int
    missing: tuple[str, ...]


def trial(
    world: World,
    scenarios: Sequence[Scenario],
    found: Plan,
    *,
    rivals: Mapping[str, Plan] | None = None,
    weeks: int = 156,
    draws: int = 1000,
    seed: int = 1,
    cvar: float = 0.95,
    engine: Engine = "single",
    progress: Progress | None = None,
    each: Each = map,
) -> Trial:
    """Run fresh draws without the plan, with it, with its stocks or its projects alone, and with other plans (rivals), on the same draws.

    draws: in all, shared among the scenarios by weight, at least two each. The seed differs from the plan's own by default. Costs are not
    discounted. engine: single precision by default, to about 1e-5. progress is called with (states and scenarios done, in all).
    each: what spreads the blocks of draws (core/each.py).
    """
    if draws < 1:
        raise InputError(f"draws is {draws}", "--trial", "give 1 or more")
    states = {"nothing": (_running(found), 0.0), "plan": (found.taken, found.spent)}
    for kind in ("stock", "project"):
        part = [(option, share) for option, share in found.taken if option.given or option.kind == kind]
        states[f"its {kind}s alone"] = part, sum(share * option.usd for option, share in part if not option.given)
    states |= {name: (rival.taken, rival.spent) for name, rival in (rivals or {}).items()}
    total = sum(scenario.weight for scenario in scenarios)
    chance = [scenario.weight / total for scenario in scenarios]
    counts = [max(2, round(draws * part)) for part in chance]
    costs: dict[str, list[Floats]] = {}
    for number, (name, (taken, _)) in enumerate(states.items()):
        costs[name] = []
        for place, (scenario, count) in enumerate(zip(scenarios, counts, strict=True)):
            costs[name].append(allied_costs(world, scenario, taken, found.allies, weeks, count, seed + place, engine, each))
            if progress is not None:
                progress(number * len(scenarios) + place + 1, len(states) * len(scenarios))
    rows = [(name, spent, *_row(costs[name], costs["nothing"], chance, cvar)) for name, (_, spent) in states.items()]
    unknown = sorted(option.option for option, share in found.taken if option.kind == "agreement" and share > 0)
    return Trial(pl.DataFrame(rows, schema=COLUMNS, orient="row"), sum(counts), tuple(unknown))


def rivals(world: World, scenarios: Sequence[Scenario], found: Plan, **settings: Any) -> dict[str, Plan]:
    """Return the best plans for the same money that only buy stocks, and that only open mines; settings: of the plan (plan.py)."""
    place = dict(world["stages"].select("stage", "place").iter_rows())
    stage = dict(world["products"].select("product", "stage").iter_rows())
    first = {product for product, name in stage.items() if place.get(name, 0) == min(place.values(), default=0)}
    ways: dict[str, Callable[[Option], bool]] = {
        "only stocks, same money": lambda option: option.kind == "stock",
        "only mines, same money": lambda option: option.kind == "project" and any(product in first for product, _ in option.outputs),
    }
    return {name: plan(world, scenarios, found.spent, found.allies, partners=False, only=only, **settings) for name, only in ways.items()}


def _running(found: Plan) -> Taken:
    """What runs already runs without the plan too."""
    return [(option, share) for option, share in found.taken if option.given]


def _row(costs: Sequence[Floats], base: Sequence[Floats], chance: Sequence[float], cvar: float) -> tuple[float, ...]:
    shared = [cost[0] for cost in costs]
    weight = np.concatenate([np.full(len(cost), part / len(cost)) for cost, part in zip(shared, chance, strict=True)])
    mean, half = _mean(shared, chance)
    worst = tail_mean(weight, np.concatenate(shared), cvar)
    saved, error = _mean([before[0] - after for before, after in zip(base, shared, strict=True)], chance)
    by_value, _ = _mean([cost[1] for cost in costs], chance)
    return mean, mean - half, mean + half, worst, saved, saved - error, saved + error, by_value


def _mean(values: Sequence[Floats], chance: Sequence[float]) -> tuple[float, float]:
    """Mean over strata, and the half width of its 95 % interval; Sobol points are spread more evenly, so that it errs on the wide side."""
    mean = sum(part * float(value.mean()) for value, part in zip(values, chance, strict=True))
    error = sum(part**2 * float(value.var(ddof=1)) / len(value) for value, part in zip(values, chance, strict=True))
    return mean, CERTAIN * math.sqrt(error)


def allied_costs(
    world: World,
    scenario: Scenario,
    taken: Taken,
    allies: Sequence[str],
    weeks: int,
    draws: int,
    seed: int,
    engine: Engine = "single",
    each: Each = map,
) -> Floats:
    """Return the value of what the allies' uses lack over all weeks with some options in place, in each draw (2, draws; USD).

    The first as the engine shares, the second by value (see above). Uses without a value count as 0. Draws run in blocks, of which only
    the costs are kept.
    """
    grown, openings = built(stocked(world, taken), taken, allies, scenario.start)
    whole = replace(scenario, shocks=(*scenario.shocks, *openings))
    part, net = reached(grown, whole)
    labels = labels_of(whole, net.grid)
    usd = np.array([0.0 if worth is None else worth.usd for worth in worths(part, labels.select("product", "use").iter_rows())])
    usd = np.where(labels["actor"].is_in(list(allies)).to_numpy(), usd, 0.0)
    of_block = partial(_block_costs, net, part, whole, weeks, seed, engine, labels, usd)
    return np.concatenate(list(each(of_block, blocks(draws, BLOCK))), axis=1)


def _block_costs(
    net: Network,
    world: World,
    scenario: Scenario,
    weeks: int,
    seed: int,
    engine: Engine,
    labels: pl.DataFrame,
    usd: Floats,
    block: range,
) -> Floats:
    """Both costs of the draws of a block."""
    one = run_block(net, world, scenario, weeks, seed, block, engine)
    missing = one.wanted - one.got
    # No matrix product: how it adds up depends on how many threads the machine's library has.
    return np.array([(usd[:, None] * missing.sum(axis=0)).sum(axis=0), by_value(labels, usd, one.wanted, missing)])


def by_value(labels: pl.DataFrame, usd: Floats, wanted: Floats, missing: Floats) -> Floats:
    """Return what is missing as if the least valuable uses of each country and product went short first, year by year (draws; USD).

    labels: product and actor of each slot; usd (slots) per tonne; wanted, missing (weeks, slots, draws): t/week.

    >>> labels = pl.DataFrame({"product": ["magnet"] * 2, "actor": ["JPN"] * 2})
    >>> wanted = np.full((52, 2, 1), 1.0)
    >>> by_value(labels, np.array([10.0, 1.0]), wanted, 0.75 * wanted).tolist()
    [312.0]
    """
    total = np.zeros(missing.shape[2])
    starts = range(0, len(missing), YEAR)
    lacks, wants = (np.array([values[week : week + YEAR].sum(axis=0) for week in starts]) for values in (missing, wanted))
    for _, rows in labels.with_row_index("slot").group_by("product", "actor", maintain_order=True):
        slots = rows["slot"].to_numpy().astype(np.int64)
        slots = slots[np.argsort(usd[slots], kind="stable")]
        if usd[slots[-1]] > 0:
            upto = np.minimum(np.cumsum(wants[:, slots], axis=1), lacks[:, slots].sum(axis=1, keepdims=True))
            total += np.einsum("s,ysd->d", usd[slots], np.diff(upto, axis=1, prepend=0.0))
    return total


def stocked(world: World, taken: Taken) -> World:
    """Return the world with the plan's stocks in the hands of the states, in days of need beside those that they hold."""
    bought = [(option, share * option.size) for option, share in taken if option.kind == "stock" and share > 0]
    if not bought:
        return world
    need, table = _need(world), world["stocks"]
    for option, size in bought:
        wanted = need.get((option.product or "", option.actor), 0.0)
        if wanted > 0:
            table = _with_days(table, option.product or "", option.actor, size * 365 / wanted)
    return world.with_table("stocks", table)


def _with_days(table: pl.DataFrame, product: str, actor: str, days: float) -> pl.DataFrame:
    """More days in a state's stock; its range moves along, so that draws stay what they were."""
    mine = (pl.col("product") == product) & (pl.col("actor") == actor) & (pl.col("holder") == "state")
    if table.filter(mine).height:
        more = [pl.when(mine).then(pl.col(name) + days).otherwise(pl.col(name)).alias(name) for name in ("days", "low", "high")]
        return table.with_columns(more)
    row = {"product": product, "actor": actor, "holder": "state", "days": days, "basis": "assumed", "source": "ytterby_settings"}
    return pl.concat([table, pl.DataFrame(row)], how="diagonal_relaxed")


def _need(world: World) -> dict[tuple[str, str], float]:
    """What each actor takes up of each product in final uses and in plants (t a year, latest year)."""
    demand = world["demand"].filter(pl.col("year") == pl.col("year").max())
    need = {
        (product, actor): t
        for product, actor, t in demand.group_by("product", "actor", maintain_order=True).agg(pl.col("t").sum()).iter_rows()
    }
    feeds = world["recipes"].filter(pl.col("role") == "input").join(world["processes"].select("process", main="product"), on="process")
    output = world["production"].filter(pl.col("year") == pl.col("year").max()).select(main="product", actor="actor", t="t")
    for product, actor, t in feeds.join(output, on="main").select("product", "actor", pl.col("t") * pl.col("t_per_t")).iter_rows():
        need[product, actor] = need.get((product, actor), 0.0) + t
    return need
