"""What each chosen option and each partner is worth: the program solved again without it.

worth of an option = expected shortage cost with it dropped and the rest of the plan as it is - expected shortage cost of the plan
worth of a partner = the others' expected cost with it absent - the others' expected cost with it taking part, each with its own best plan

gain of an option that is left = fall of E[C] + risk * CVaR[C] when it is added whole to the plan, the rest as it is

E[C] is the expected cost of shortages (USD, discounted). Worths do not add up: links of one chain are each worth the chain.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ytterby.planning.problem import MILLION, Case, Problem, build
from ytterby.planning.solver import Floats, Solution, Solver

CHOSEN = 1e-6
"""Shares below this are rounding of the solver."""


@dataclass(frozen=True)
class Found:
    """A solved plan: the program; the solution without a plan; the optimum; the same plan with duals free of the risk term;
    the worth of each option taken and the gain of each option left (USD; nan for the others)."""

    problem: Problem
    before: Solution
    after: Solution
    neutral: Solution
    worth: Floats
    gain: Floats

    @property
    def chosen(self) -> Floats:
        """Share of each option of the program."""
        return self.after.x[: len(self.problem.options)]


def solve(case: Case, allies: frozenset[str], budget: float) -> Found:
    """Solve the plan, then without any option but the given ones, then without each chosen one."""
    problem = build(case, allies, frozenset(), budget)
    solver, columns = Solver(problem.program), np.arange(len(problem.options))
    after = solver.solve()
    given = problem.program.low[columns]
    taken = np.clip(after.x[columns], given, 1.0)
    # The best plan first, so that each later solve starts from a basis next to its own.
    worth, gain = _worths(problem, solver, taken)
    tail = len(columns) + np.arange(1 + len(case.chance))
    solver.price(tail, np.zeros(len(tail)))
    neutral = solver.solve()
    solver.bound(columns, given, given)
    return Found(problem, solver.solve(), after, neutral, worth, gain)


def expected(problem: Problem, solution: Solution) -> float:
    """Return the expected shortage cost of a solution (USD, discounted)."""
    return float(problem.case.chance @ problem.costs(solution))


def _worths(problem: Problem, solver: Solver, taken: Floats) -> tuple[Floats, Floats]:
    """Fix the plan, then drop or add one option at a time; leaves the plan fixed in the solver, without its budget row."""
    worth, gain = np.full(len(taken), np.nan), np.full(len(taken), np.nan)
    columns = np.arange(len(taken))
    solver.free(problem.budget_row)
    solver.bound(columns, taken, taken)
    base = solver.solve()
    for column, option in enumerate(problem.options):
        used = taken[column] > CHOSEN
        one, other = np.array([column]), np.array([0.0 if used else 1.0])
        solver.bound(one, other, other)
        changed = solver.solve()
        if used:
            worth[column] = max(0.0, expected(problem, changed) - expected(problem, base))
        else:
            gain[column] = max(0.0, (base.objective - changed.objective) * MILLION + option.usd)
        solver.bound(one, taken[one], taken[one])
    return worth, gain


def partner_values(case: Case, allies: frozenset[str], budget: float, found: Found) -> pl.DataFrame:
    """Return table `partners`: each ally and partner, and what its taking part is worth to the others.

    Without it, allies and partners get nothing from its plants, projects and agreements; it goes on serving everyone else. An ally is
    measured on the others' plan, in which it takes part as a partner (its own uses keep their base claims), so a worth is never negative,
    nobody is charged for another's needs, one who brings nothing is worth 0 and equals are worth the same. The budget is the same in each.
    """
    rows = []
    for actor in sorted(allies | case.partners):
        others = allies - {actor}
        if not others:
            continue
        present = expected(found.problem, found.after) if actor not in allies else _cost(case, others, frozenset(), budget)
        absent = _cost(case, others, frozenset({actor}), budget)
        # Differences below a millionth of the cost are rounding of the solver.
        worth = absent - present if absent - present > 1e-6 * absent else 0.0
        rows.append((actor, worth, present, absent))
    columns = {"actor": pl.String(), "worth": pl.Float64(), "with_cost": pl.Float64(), "without_cost": pl.Float64()}
    return pl.DataFrame(rows, schema=columns, orient="row").sort("worth", "actor", descending=[True, False])


def _cost(case: Case, allies: frozenset[str], absent: frozenset[str], budget: float) -> float:
    problem = build(case, allies, absent, budget)
    return expected(problem, Solver(problem.program).solve())
