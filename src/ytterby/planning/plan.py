"""The allied plan: which projects to back, which stocks to buy and which agreements to use for a budget, and what each is worth."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ytterby.core import schema
from ytterby.core.catalogue import nearest
from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.planning.case import Available, case, horizon
from ytterby.planning.options import Option
from ytterby.planning.problem import Case
from ytterby.planning.value import CHOSEN, Found, expected, partner_values, solve
from ytterby.planning.why import SCARCE, Reasons

LIMITS = (
    "Demand and outside supply stay at the base year's level but for the shocks: no growth, no price response, no new plants elsewhere.",
    "Everyone who is no ally keeps the base year's share of outside supply; partners add their projects, idle plants and agreements.",
    "New output goes to the allies in full and runs on feed that the allies have; transport is free and at once.",
    "The plan pays a project's capital cost net of money already committed; operating cost and sales are the operator's.",
    "Projects are taken in shares (a stake gives its share of the output) and open as claimed; claims of developers are often late.",
    "Where named projects leave a link of the chain short, a plant of typical cost is offered in its place (options new:...).",
    "Stocks are bought at the latest price before the shortage bites; buying moves no price.",
    "No substitution in use, no re-routing beyond the base year's trade, no thrift: real shortages would be met by some of each.",
    "Within a scenario the years are planned with foresight, stocks too; a stock has no resale value at the end.",
    "Worths of options do not add up: links of one chain are each worth the whole chain.",
)
"""What the model leaves out, in sentences."""


@dataclass(frozen=True)
class Plan:
    """An allied plan.

    allies; budget, spent (USD); options, service, bottlenecks, partners: schema tables; cost_before, cost_after: expected cost of shortages
    without and with the plan (USD, discounted to the first year); cvar_before, cvar_after: mean cost in the worst 1 - cvar of cases;
    years; status of the solver and gap to the optimum (1); limits: sentences on what the model leaves out.
    """

    allies: tuple[str, ...]
    budget: float
    options: pl.DataFrame
    service: pl.DataFrame
    bottlenecks: pl.DataFrame
    partners: pl.DataFrame
    cost_before: float
    cost_after: float
    spent: float
    cvar_before: float
    cvar_after: float
    years: tuple[int, ...]
    status: str
    gap: float
    limits: tuple[str, ...]


def check_allies(world: World, allies: str | Iterable[str]) -> tuple[str, ...]:
    """Return the actors named, sorted, blocs expanded; 'USA,JPN' and ['USA', 'JPN'] mean the same. An unknown name is an InputError.

    >>> check_allies(World({"actors": pl.DataFrame({"actor": ["JPN"], "name": "Japan", "kind": "country"})}), "JPX")
    Traceback (most recent call last):
    ytterby.errors.InputError: unknown ally 'JPX'; --allies; did you mean JPN?
    """
    names = [name.strip() for name in (allies.split(",") if isinstance(allies, str) else allies)]
    blocs, actors = set(world["blocs"]["bloc"]), set(world["actors"]["actor"])
    found: set[str] = set()
    for name in names:
        if name in blocs:
            found |= set(world["blocs"].filter(pl.col("bloc") == name)["actor"])
        elif name in actors:
            found.add(name)
        else:
            hint = nearest(name, [*actors, *blocs]) or "give ISO 3166 alpha-3 codes or blocs, as in USA,JPN"
            raise InputError(f"unknown ally '{name}'", "--allies", hint)
    if not found:
        raise InputError("no ally is named", "--allies", "give ISO 3166 alpha-3 codes or blocs, as in USA,JPN")
    return tuple(sorted(found))


def plan(
    world: World,
    scenarios: Sequence[Scenario],
    budget: float,
    allies: str | Iterable[str],
    *,
    risk: float = 0.5,
    cvar: float = 0.95,
    years: Sequence[int] | None = None,
    seed: int = 0,
    available: Available | None = None,
) -> Plan:
    """Return the plan that makes public cost plus expected shortage cost plus `risk` times its CVaR least, within a budget (USD).

    Minimise sum c y + E[C] + risk * CVaR_cvar[C] with sum c y <= budget (planning/problem.py). allies: actors or blocs. years: calendar
    years, ten from the first scenario's start by default. available: stands in for ytterby.dynamics.shocks.availability. The method draws
    nothing; `seed` is there because every verb has one. Raises InputError for unknown allies, a negative budget, no scenario.
    """
    _check(scenarios, budget, risk, cvar, years)
    who, span = frozenset(check_allies(world, allies)), tuple(years) if years is not None else horizon(scenarios)
    made, left, notes = case(world, scenarios, who, span, risk, cvar, available or _availability())
    found = solve(made, who, budget)
    table = _options(world, found, left)
    before, after = (found.problem.costs(solution) for solution in (found.before, found.after))
    return Plan(
        allies=tuple(sorted(who)),
        budget=float(budget),
        options=table,
        service=_service(found),
        bottlenecks=_bottlenecks(found, budget),
        partners=partner_values(made, who, budget, found),
        cost_before=float(made.chance @ before),
        cost_after=expected(found.problem, found.after),
        spent=float(table["usd"].sum()),
        cvar_before=tail_mean(made.chance, before, cvar),
        cvar_after=tail_mean(made.chance, after, cvar),
        years=span,
        status="optimal",
        gap=0.0,
        limits=(*LIMITS, *notes),
    )


def _availability() -> Available:
    from ytterby.dynamics.shocks import availability

    return availability


def _check(scenarios: Sequence[Scenario], budget: float, risk: float, cvar: float, years: Sequence[int] | None) -> None:
    if not scenarios or sum(scenario.weight for scenario in scenarios) <= 0 or any(scenario.weight < 0 for scenario in scenarios):
        raise InputError("no scenario with a weight", "plan", "give at least one scenario whose weight is above 0")
    if years is not None and (not years or list(years) != sorted(set(years))):
        raise InputError(f"years {years}", "plan", "give at least one calendar year, in order, each once")
    if not (math.isfinite(budget) and budget >= 0):
        raise InputError(f"a budget of {budget} USD", "--budget", "give 0 or more")
    if not (math.isfinite(risk) and risk >= 0):
        raise InputError(f"a risk weight of {risk}", "--risk", "give 0 or more")
    if not 0 <= cvar < 1:
        raise InputError(f"a CVaR level of {cvar}", "--cvar", "give 0 (the expectation) up to below 1 (the worst case)")


def tail_mean(chance: Sequence[float] | np.ndarray, cost: Sequence[float] | np.ndarray, level: float) -> float:
    """Return CVaR: the mean cost of the worst 1 - level of the probability (the scenario on the edge counts in part).

    >>> round(tail_mean([0.5, 0.5], [0.0, 10.0], 0.75), 9), tail_mean([0.5, 0.5], [0.0, 10.0], 0.0)
    (10.0, 5.0)
    """
    weight, loss = np.asarray(chance, dtype=float), np.asarray(cost, dtype=float)
    order = np.argsort(-loss, kind="stable")
    upto = np.minimum(np.cumsum(weight[order]), 1 - level)
    return float(np.diff(upto, prepend=0.0) @ loss[order] / (1 - level))


def _options(world: World, found: Found, left: Sequence[Option]) -> pl.DataFrame:
    """Table `plan`: the program's options, then those that are none."""
    reasons = Reasons(world, found)
    rows = [_row(option, _share(found, number), found, number, reasons) for number, option in enumerate(found.problem.options)]
    rows += [_row_left(world, option) for option in left]
    frame = pl.DataFrame(rows, schema=[column.name for column in schema.columns("plan")], orient="row", infer_schema_length=None)
    return schema.cast("plan", frame).sort("chosen", "worth", "option", descending=[True, True, False], nulls_last=True)


def _share(found: Found, number: int) -> float:
    """Share taken; what is free and changes nothing is not taken."""
    share = float(found.chosen[number])
    option = found.problem.options[number]
    idle = option.usd <= 0 and not option.given and not found.worth[number] > SCARCE
    return 0.0 if share <= CHOSEN or idle else min(share, 1.0)


def _row(option: Option, share: float, found: Found, number: int, reasons: Reasons) -> tuple[object, ...]:
    size, worth = option.size * (share or 1.0), float(found.worth[number]) if share else None
    return _cells(option, share, size, share * option.usd, worth, reasons.sentence(number, share))


def _row_left(world: World, option: Option) -> tuple[object, ...]:
    reason = option.left or "the scenarios do not touch what it makes"
    return _cells(option, 0.0, option.size, 0.0, None, f"Left: {reason}.")


def _cells(option: Option, share: float, size: float, usd: float, worth: float | None, why: str) -> tuple[object, ...]:
    start = int(np.ceil(option.opening))
    return (option.option, option.kind, option.name, option.actor, option.product, share, size, start, usd, worth, why, option.source)


def _service(found: Found) -> pl.DataFrame:
    """Table `service`: tonnes wanted and missing by year, ally, use and product, before and after."""
    made: Case = found.problem.case
    flat, parts = made.grid, []
    for state, solution in (("before", found.before), ("after", found.after)):
        for slot, missing in found.problem.missing(solution).items():
            if made.value[slot] > 0:
                parts.append(
                    pl.DataFrame(
                        {
                            "year": made.years,
                            "actor": flat.actors[flat.slot_actor[slot]],
                            "use": flat.uses[flat.slot_use[slot]],
                            "product": flat.products[flat.slot_product[slot]],
                            "state": state,
                            "wanted": made.chance @ made.demand[:, :, slot] * flat.need[slot],
                            "missing": made.chance @ missing,
                            "worst": missing.max(axis=0),
                        }
                    )
                )
    columns = [column.name for column in schema.columns("service")]
    empty = pl.DataFrame(schema=columns).cast(pl.String())
    return schema.cast("service", pl.concat(parts).sort(columns[:5]) if parts else empty)


def _bottlenecks(found: Found, budget: float) -> pl.DataFrame:
    """Table `bottlenecks`: what one more tonne (or dollar of budget) would save, from the duals of the plan."""
    rows = [(*key, usd) for key, usd in _scarce(found).items() if usd > SCARCE]
    problem = found.problem
    shadow = problem.shadow(found.after)
    if shadow > 1e-9 and budget > 0:
        rows.append((problem.case.years[0], "*", "*", "budget", shadow))
    columns = [column.name for column in schema.columns("bottlenecks")]
    frame = pl.DataFrame(rows, schema=columns, orient="row") if rows else pl.DataFrame(schema=columns).cast(pl.String())
    return schema.cast("bottlenecks", frame).sort("usd_per_t", *columns[:4], descending=[True, False, False, False, False])


def _scarce(found: Found) -> dict[tuple[int, str, str, str], float]:
    """USD per tonne by (year, product, actor, constraint): supply that reaches an ally, capacity of plants and projects."""
    problem, after = found.problem, found.neutral
    flat, years, best = problem.case.grid, problem.case.years, dict[tuple[int, str, str, str], float]()
    duals, limits = problem.row_duals(after), -problem.blocks(after.reduced).sum(axis=0) * 1e6
    parts = [((key[1], key[2], "supply"), duals[:, row]) for key, row in problem.block.rows.items() if key[0] == "ally"]
    for column in problem.block.of("plant") + problem.block.of("idle"):
        node = int(problem.block.keys[column][0])
        parts.append(((flat.products[flat.node_product[node]], flat.actors[flat.node_actor[node]], "capacity"), limits[:, column]))
    for key, row in problem.block.rows.items():
        if key[0] == "option" and problem.options[int(key[1])].kind == "project":
            parts.append(((key[2], problem.options[int(key[1])].actor, "capacity"), -duals[:, row]))
    for (product, actor, constraint), values in parts:
        for year, usd in zip(years, values, strict=True):
            place = (year, product, actor, constraint)
            best[place] = max(best.get(place, 0.0), float(usd))
    return best
