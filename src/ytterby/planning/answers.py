"""What else one asks of a plan: foresight, a month of lead time, a day of cover, more or less budget, single agreements.

All are asked of the solved program, with the cuts it has; of many draws, a dozen cases are taken (game.py). Money: expected shortage cost,
discounted, as in the plan.

    evpi           what a perfect forecast would save
    vss            what planning for all scenarios saves against planning for their mean
    month_sooner   what the plan's projects would save if those not yet open opened a month sooner
    day_of_cover   what one day's need of each product in scope, more in each ally's stocks from the start, would save beside the plan
"""

from dataclasses import replace

import polars as pl

from ytterby.core import schema
from ytterby.planning.assembly import MILLION
from ytterby.planning.case import needs
from ytterby.planning.entire import Entire, small
from ytterby.planning.game import COURSES, Accords, thinned, values
from ytterby.planning.lshaped import LShaped
from ytterby.planning.money import unasked
from ytterby.planning.problem import Case, Problem, build
from ytterby.planning.recourse import tail_mean
from ytterby.planning.solver import INFINITY, Floats
from ytterby.planning.targets import foresight, sooner
from ytterby.planning.value import Found
from ytterby.planning.why import money

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
"""Budgets of the frontier, in multiples of what the plan spends."""
DAYS = 365.0


def answers(found: Found) -> pl.DataFrame:
    """Return table `answers`: question, usd, says."""
    problem, few = found.problem, thinner(found.problem.case)
    evpi, vss = foresight(problem, found.method)
    base = build(few, problem.allies, 0.0)
    z = base.stage(found.shares)
    now = _cost(base, z)
    month = now - _cost(build(replace(few, options=sooner(few)), problem.allies, 0.0), z)
    day = now - _cost(build(replace(few, reserve=_a_day_more(few, problem)), problem.allies, 0.0), z)
    rows = [
        ("evpi", evpi, f"A perfect forecast of the scenario would save {money(evpi)}."),
        ("vss", vss, f"Planning for all scenarios instead of their mean saves {money(vss)}."),
        ("month_sooner", month, f"If the plan's projects not yet open opened a month sooner, shortages would cost {money(month)} less."),
        ("day_of_cover", day, f"A day more of cover in all products and allies, on top of the plan, would save {money(day)}."),
    ]
    return schema.cast("answers", pl.DataFrame(rows, schema=["question", "usd", "says"], orient="row"))


def thinner(case: Case) -> Case:
    """Return the case with every n-th scenario only, as `thinned` takes them."""
    step = -(-len(case.chance) // COURSES)
    share, demand, chance = case.share[::step], case.demand[::step], case.chance[::step]
    return replace(case, chance=chance / chance.sum(), share=share, demand=demand, reserve=case.reserve[::step])


def _cost(problem: Problem, z: Floats) -> float:
    return float(problem.case.chance @ problem.program.costs(LShaped(problem.program).evaluate(z))) * MILLION


def _a_day_more(case: Case, problem: Problem) -> tuple[dict[tuple[str, str], float], ...]:
    """The stocks with a day's need of the base year on top."""
    more = {(product, ally): t / DAYS for product, ally, t in needs(case.grid, problem.allies, case.scope)}
    return tuple({key: held.get(key, 0.0) + more.get(key, 0.0) for key in held.keys() | more.keys()} for held in case.reserve)


def frontier(found: Found) -> pl.DataFrame:
    """Return table `frontier`: the best plan's spending, expected cost and CVaR for budgets from nothing to twice the plan's spending.

    Budgets that cannot pay what must be taken are left out.
    """
    problem = found.problem
    # What was asked for whatever it costs is not asked for here: a small budget could not pay it.
    program = thinned(replace(problem.program, first=unasked(problem.program.first)), 3 * COURSES)
    spent, rows = float(found.problem.usd @ found.shares), []
    method = LShaped(program, found.method.pools)
    entire = Entire(program) if small(program) else None
    for budget in dict.fromkeys(step * spent for step in STEPS):
        (entire or method.master).limit(0, -INFINITY, budget / MILLION)
        z = entire.solve()[0] if entire else method.minimise(gap=1e-4).z
        costs = program.costs(method.evaluate(z)) * MILLION
        worst = tail_mean(program.chance, costs, program.tail)
        rows.append((budget, float(problem.usd @ z[: len(problem.usd)]), float(program.chance @ costs), worst))
    return schema.cast("frontier", pl.DataFrame(rows, schema=["budget", "spent", "cost", "cvar"], orient="row"))


def accords(found: Found, seed: int = 0) -> pl.DataFrame:
    """Return table `accords`: what each agreement that can give anything is worth to the club, marginal and Shapley."""
    game = Accords(found.problem, found.method)
    option = {one.option: one for one in found.problem.options}
    each = values(game, seed)
    rows = [
        (name, option[name].name, option[name].actor, worth, shapley, error)
        for name, worth, shapley, error in zip(each.players, each.marginal, each.shapley, each.error, strict=True)
        if name in game.givers
    ]
    columns = [column.name for column in schema.columns("accords")]
    frame = pl.DataFrame(rows, schema=columns, orient="row") if rows else pl.DataFrame(schema=columns).cast(pl.String())
    return schema.cast("accords", frame).sort("shapley", "option", descending=[True, False])
