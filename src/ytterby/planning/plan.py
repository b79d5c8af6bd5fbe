"""The allied plan: which projects to back, which stocks to buy and which agreements to use for a budget, and what each is worth."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import polars as pl

from ytterby.core.catalogue import nearest
from ytterby.core.scenario import Scenario
from ytterby.core.world import World, empty
from ytterby.errors import InputError
from ytterby.planning.accord import asked
from ytterby.planning.answers import accords, answers, frontier
from ytterby.planning.asked import check_contracts, check_figures, check_names, check_objective, check_shares, check_weights, known_names
from ytterby.planning.case import Available, case, horizon
from ytterby.planning.cash import cash
from ytterby.planning.deeds import deeds
from ytterby.planning.game import Game, values
from ytterby.planning.lshaped import Progress
from ytterby.planning.money import Budgets, check
from ytterby.planning.options import Option
from ytterby.planning.recourse import tail_mean
from ytterby.planning.tables import bottlenecks, options_table, partners_table, portfolio, service
from ytterby.planning.value import Found, solve
from ytterby.planning.why import money

LIMITS = (
    "Demand and outside supply stay at the base year's level but for the shocks: no growth, no price response, no new plants elsewhere.",
    "Everyone who is no ally keeps the base year's share of outside supply; partners add their projects, idle plants and agreements.",
    "New output goes to the allies in full and runs on feed that the allies have; transport is free and at once.",
    "The plan raises a project's capital cost net of money already committed, by the cheapest instruments that make it pay (Plan.cash).",
    "Budgets count support at face value; the plan weighs what of it does not come back: a tenth of a loan, all of a grant or a stock.",
    "Projects are taken in shares (a stake gives its share of the output) and open as claimed; claims of developers are often late.",
    "A planned project may begin later than it claims, never sooner; its money falls due evenly from its begin to its opening.",
    "Where named projects leave a link of the chain short, a plant of typical cost is offered in its place (options new:...).",
    "Stocks are bought at the latest price before the shortage bites; buying moves no price.",
    "Substitutes and scrap as far as the tables name them, at no cost; no re-routing beyond the base year's trade, no thrift.",
    "Within a scenario the years are planned with foresight, stocks too; a stock has no resale value at the end.",
    "The weekly test, in which nobody foresees and all uses go short alike, leaves more lost than the plan counts: "
    "ytterby plan --trial N tells how much.",
    "Worths of options do not add up: links of one chain are each worth the whole chain.",
)
"""What the model leaves out, in sentences."""


@dataclass(frozen=True)
class Plan:
    """An allied plan.

    allies; budget, spent (USD); options, service, bottlenecks, partners: schema tables; cost_before, cost_after: expected cost of shortages
    without and with the plan (USD, discounted to the first year); cvar_before, cvar_after: mean cost in the worst 1 - cvar of cases;
    years; status: optimal or interrupted; gap: proven relative distance to the optimum (1); limits: sentences on what the model leaves out;
    taken: the options chosen with their shares, as the program has them; cash: table of who pays what, by which instrument, in which year;
    deeds: table of what each instrument did (empty unless asked further).
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
    taken: tuple[tuple[Option, float], ...] = ()
    cash: pl.DataFrame = field(default_factory=lambda: empty("cash"))
    accords: pl.DataFrame = field(default_factory=lambda: empty("accords"))
    answers: pl.DataFrame = field(default_factory=lambda: empty("answers"))
    frontier: pl.DataFrame = field(default_factory=lambda: empty("frontier"))
    deeds: pl.DataFrame = field(default_factory=lambda: empty("deeds"))


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
    budget: float | Budgets,
    allies: str | Iterable[str],
    *,
    risk: float = 0.5,
    cvar: float = 0.95,
    years: Sequence[int] | None = None,
    seed: int = 0,
    whole: bool = False,
    draws: int = 1,
    partners: bool = True,
    further: bool = False,
    available: Available | None = None,
    only: Callable[[Option], bool] | None = None,
    must: Sequence[str] = (),
    never: Sequence[str] = (),
    objective: str = "cost",
    progress: Progress | None = None,
) -> Plan:
    """Return the plan that makes public cost plus expected shortage cost plus `risk` times its CVaR least, within a budget (USD).

    Minimise sum c y + E[C] + risk * CVaR_cvar[C] within the budget (planning/problem.py). budget: USD in all, or Budgets by year and
    government (planning/money.py). allies: actors or blocs. years: calendar years, ten from the first scenario's start by default. draws:
    of each scenario's figures; the first is the central one. whole: take projects whole or not at all. seed: of the draws, and of the
    orders drawn for Shapley values with many partners. partners: also work out what each partner and agreement is worth, most of
    the time that a plan takes. further: answer the questions of answers.py too, and what each instrument did (deeds.py). available:
    stands in for ytterby.dynamics.shocks.availability. only: which options may be taken, beside what runs already. must, never: names
    of options to be taken whole, or not at all. objective: "cost", or "service": then the least well served ally is served as well as the
    budget allows (planning/fair.py), and risk has no say.
    progress is called with (round, lower bound, upper bound) of the objective in million USD; Ctrl-C ends the search, and the best plan
    so far is returned with its gap.
    Raises InputError for unknown allies or options, a negative budget, weights that do not add up to 1, contracts that contradict each
    other, and options asked for that the budgets cannot pay.
    """
    budgets = budget if isinstance(budget, Budgets) else Budgets(float(budget))
    check_weights(scenarios)
    check_figures(risk, cvar, years, draws)
    check_objective(objective, whole)
    check_contracts(world)
    who, span = frozenset(check_allies(world, allies)), tuple(years) if years is not None else horizon(scenarios)
    check(budgets, who, span)
    made, left, notes = case(world, scenarios, who, span, risk, cvar, available, draws, seed)
    check_names(must, never, made.options, left, known_names(world))
    check_shares(world, made.options)
    keep = [option for option in made.options if option.key not in never and (option.given or only is None or only(option))]
    ruled_out = [replace(option, left="it is ruled out") for option in made.options if option.option == option.key and option.key in never]
    found = solve(replace(made, options=tuple(keep)), who, budgets, whole, progress, must, objective)
    table = options_table(world, found, [*left, *ruled_out])
    result = Plan(
        allies=tuple(sorted(who)),
        budget=budgets.total,
        options=table,
        service=service(found),
        bottlenecks=bottlenecks(found, budgets.total),
        partners=partners_table(values(Game(found.problem, found.method), seed)) if partners else empty("partners"),
        cost_before=float(made.chance @ found.before),
        cost_after=float(made.chance @ found.after),
        spent=float(table["usd"].sum()),
        cvar_before=tail_mean(made.chance, found.before, cvar),
        cvar_after=tail_mean(made.chance, found.after, cvar),
        years=span,
        status="interrupted" if found.optimum.stopped else "optimal",
        gap=found.optimum.gap,
        limits=(*LIMITS, *notes, *_central(scenarios, draws), *_ordered(found)),
        taken=portfolio(found),
        cash=cash(found),
        accords=accords(found, seed) if partners else empty("accords"),
        answers=answers(found) if further else empty("answers"),
        frontier=frontier(found) if further else empty("frontier"),
        deeds=deeds(world, found, left) if further else empty("deeds"),
    )
    same: dict[str, Any] = {"risk": risk, "cvar": cvar, "years": span, "seed": seed, "whole": whole, "draws": draws, "available": available}
    same |= {"only": only, "must": must, "never": never, "objective": objective, "partners": False}
    again = partial(plan, scenarios=scenarios, budget=budgets, allies=sorted(who), **same)
    return replace(result, answers=asked(result.answers, world, result, again)) if further else result


def _central(scenarios: Sequence[Scenario], draws: int) -> list[str]:
    ranged = any(low < high for one in scenarios for shock in one.shocks for low, _, high in shock.figures.values())
    return ["The plan is made for the central figures alone; --draws makes it for their ranges too."] if ranged and draws == 1 else []


def _ordered(found: Found) -> list[str]:
    """What serving defence, essential and other uses in strict order costs, where their values would serve them otherwise."""
    least = float(found.problem.case.chance @ found.after)
    if found.ordered <= least + max(1e6, 0.001 * least):
        return []
    return [
        f"In strict order of classes, in equal parts inside a class (table service), shortages would cost {money(found.ordered)}; "
        f"the plan counts {money(least)}, the least by the uses' values."
    ]
