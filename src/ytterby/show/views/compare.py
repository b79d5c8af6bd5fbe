"""Charts of questions: what changes if a scenario were another, or a control harder; what a larger budget buys."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ytterby.dynamics.outcome import Outcome
from ytterby.planning.plan import Plan
from ytterby.show.figures.compare import Pair, frontier, pairs
from ytterby.show.language import say
from ytterby.show.table import Cell, Chart, Table, result
from ytterby.show.views import stress
from ytterby.show.views.risk import loss, shares, window
from ytterby.show.views.view import View, scenario_anchor
from ytterby.show.words import between, money, percent, week

PANELS = 6
"""Uses drawn at most: those that differ or lack most."""


@dataclass(frozen=True)
class Run:
    """A run and what to call it."""

    name: str
    outcome: Outcome


def headline(view: View, one: Run, other: Run, actor: str) -> Table:
    """Return what an actor has at risk, and what stops first, in two runs."""
    runs = (one, other)
    href = [scenario_anchor(run.outcome.scenario.name) for run in runs]
    found = [loss(run.outcome, view.brief.world, (actor,), window(run.outcome, view.brief.on)) for run in runs]
    rows = [
        [Cell(say("compare.at_risk")), *(result(money(each.middle), to) for each, to in zip(found, href, strict=True))],
        [
            Cell(say("compare.at_risk_band")),
            *(result(between(each.low, each.high, money), to) for each, to in zip(found, href, strict=True)),
        ],
        [Cell(say("compare.first_stop")), *(result(_first(view, run, actor), to) for run, to in zip(runs, href, strict=True))],
    ]
    return Table((view.names.actor(actor), one.name, other.name), rows)


def _first(view: View, run: Run, actor: str) -> str:
    rows = run.outcome.stops.filter((pl.col("actor") == actor) & pl.col("weeks").is_not_null()).sort(
        "weeks", "usd", descending=[False, True]
    )
    if rows.is_empty():
        return say("none")
    row = rows.row(0, named=True)
    return say("compare.first_stop_at", use=view.use(row["use"], row["product"]), week=week(run.outcome.scenario.start, row["weeks"]))


def side_by_side(view: View, one: Run, other: Run, actor: str, name: str, title: str) -> Chart:
    """Return the shortfalls of an actor's uses in two runs, week by week, and the table behind them."""
    found = _pairs(view, one.outcome, other.outcome, actor)
    lacks = [shares(run.outcome, window(run.outcome, view.brief.on)) for run in (one, other)]
    keys = sorted(
        (key for key in {*lacks[0], *lacks[1]} if key[0] == actor), key=lambda key: (-max(each.get(key, 0.0) for each in lacks), key)
    )
    href = scenario_anchor(one.outcome.scenario.name)
    rows = [
        [Cell(view.use(use, product)), *(result(percent(each.get((who, product, use))), href) for each in lacks)]
        for who, product, use in keys
    ]
    scenario = one.outcome.scenario
    return Chart(
        name=name,
        title=title,
        says=say("compare.says", who=view.names.actor(actor), draws=one.outcome.draws, one=one.name, other=other.name),
        figures={"": pairs(scenario.start, one.outcome.weeks, found, (one.name, other.name))},
        tables=[
            Table((say("stress.missing_in", span=stress.span(view)), one.name, other.name), rows),
        ],
        unit=say("stress.fan_unit"),
        as_of=view.as_of,
        sources=stress.sources(view),
    )


def _pairs(view: View, one: Outcome, other: Outcome, actor: str) -> list[Pair]:
    found = []
    both = [_missing(outcome, actor) for outcome in (one, other)]
    for use, product in sorted({*both[0], *both[1]}):
        first, second = (each.get((use, product), [0.0] * one.weeks) for each in both)
        if max(*first, *second) > 0:
            found.append(Pair(view.use(use, product), first, second))
    return sorted(found, key=lambda pair: (-max(sum(pair.one), sum(pair.other)), pair.label))[:PANELS]


def _missing(outcome: Outcome, actor: str) -> dict[tuple[str, str], list[float]]:
    """Median shortfall in % by use and product, a value a week."""
    net, final = outcome.grid, outcome.grid.final()
    found = {}
    for row, slot in enumerate(final):
        if net.actors[net.slot_actor[slot]] == actor:
            wanted, got = np.median(outcome.wanted[:, row], axis=1), np.median(outcome.got[:, row], axis=1)
            short = np.clip(100 * (1 - got / np.where(wanted > 0, wanted, 1.0)), 0, 100) * (wanted > 0)
            found[net.uses[net.slot_use[slot]], net.products[net.slot_product[slot]]] = [float(value) for value in short]
    return found


def budgets(view: View, plans: Sequence[Plan], chosen: float) -> Chart:
    """Return what each budget leaves of the cost of shortages, expected and in the worst cases."""
    plans = sorted(plans, key=lambda plan: plan.budget)
    to = "#scenarios"
    rows = [
        [result(money(plan.budget), to, est=False), *(result(money(usd), to) for usd in (plan.spent, plan.cost_after, plan.cvar_after))]
        for plan in plans
    ]
    return Chart(
        name="frontier",
        title=say("plan.frontier"),
        says=say("plan.frontier_says"),
        figures={
            "": frontier([p.budget for p in plans], [p.cost_after for p in plans], [p.cvar_after for p in plans], chosen),
        },
        tables=[Table(tuple(say(f"plan.{head}") for head in ("budget", "spent", "expected_left", "worst_left")), rows)],
        unit=say("chart.discounted", first=plans[0].years[0], last=plans[0].years[-1]),
        as_of=view.as_of,
        sources=(*view.values(), *view.citations.cite("ytterby_settings")),
    )
