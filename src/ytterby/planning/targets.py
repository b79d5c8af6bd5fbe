"""Other questions to the same program: budget against risk, the least budget for a target, what foresight and the whole tree are worth.

frontier       for each budget the least of cost + E[C] + risk * CVaR[C]
least budget   the smallest budget with E[tonnes missing in a class of uses] <= target
EVPI           least expected cost - expected cost if each scenario were known beforehand: what a perfect forecast is worth
VSS            expected cost of the plan made for the mean scenario - least expected cost: what planning for all of them is worth
               (Birge & Louveaux 2011, ch. 4; both >= 0)
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from ytterby.errors import InputError
from ytterby.planning.assembly import MILLION
from ytterby.planning.entire import Entire, small
from ytterby.planning.game import thinned
from ytterby.planning.lshaped import LShaped
from ytterby.planning.options import Option
from ytterby.planning.problem import Case, Problem, build
from ytterby.planning.recourse import Block, TwoStage, tail_mean
from ytterby.planning.solver import INFINITY, Floats

MONTH = 1 / 12
STEPS = 60
"""Steps of Newton's method at most; each lands on another piece of a piecewise linear curve."""


def frontier(problem: Problem, method: LShaped, budgets: Iterable[float]) -> pl.DataFrame:
    """Return for each budget (USD) what is spent, the expected cost of shortages and its CVaR (USD, discounted)."""
    rows = []
    for budget in sorted(budgets):
        method.master.limit(0, -INFINITY, budget / MILLION)
        found = method.minimise()
        costs = problem.program.costs(found.costs) * MILLION
        spent = float(problem.usd @ found.z[: len(problem.usd)])
        chance, tail = problem.case.chance, problem.case.tail
        rows.append((budget, spent, float(chance @ costs), tail_mean(chance, costs, tail)))
    method.master.limit(0, -INFINITY, float(problem.program.first.row_high[0]))
    return pl.DataFrame(rows, schema=["budget", "spent", "cost", "cvar"], orient="row").cast(pl.Float64())


def least_budget(case: Case, allies: frozenset[str], priority: Sequence[int], target: float) -> tuple[float, Floats]:
    """Return the least budget (USD) with which the expected tonnes missing of some uses stay at or below a target, and the options' shares.

    priority: numbers of the uses' slots in the case's grid. target: t, summed over the years, expected over the scenarios. Newton's method
    on the least shortage as a function of the budget, which is convex and piecewise linear, so that it ends exactly. Raises InputError
    if no budget reaches the target.
    """
    tonnes = replace(case, value=np.where(np.isin(np.arange(len(case.value)), priority), MILLION, 0.0), discount=np.ones(len(case.years)))
    full = build(tonnes, allies, 0.0)
    first = replace(full.program.first, cost=np.zeros(len(full.program.first.cost)))
    method = LShaped(replace(full.program, first=first, risk=0.0))
    method.master.limit(0, -INFINITY, INFINITY)
    best = method.minimise()
    slack = 1e-6 * max(1.0, target)
    if best.upper > target + slack:
        raise InputError(
            f"the target of {target:,.0f} t missing cannot be met: {best.upper:,.0f} t stay missing with every option taken"
            f" ({_lacking(full, method, best.z)})",
            "least budget",
            f"give {best.upper:,.0f} t or more, a later first year, or more partners",
        )
    budget = 0.0
    for _ in range(STEPS):
        method.master.limit(0, -INFINITY, budget)
        best = method.minimise()
        slope = -float(method.master.dual[0])
        if best.upper <= target + slack or slope <= 0:
            break
        budget += (best.lower - target) / slope
    return budget * MILLION, best.z[: len(full.options)]


def _lacking(problem: Problem, method: LShaped, z: Floats) -> str:
    """What is missing most at a first stage: the rows that the target runs into."""
    lost: dict[tuple[str, str], float] = {}
    grid, value = problem.case.grid, problem.case.value
    for part, solved, chance in zip(problem.parts, method.solutions(z), problem.program.weights(), strict=True):
        for solution, weight in zip(solved, chance, strict=True):
            for slot, tonnes in part.missing(solution).items():
                if value[slot] > 0:
                    key = grid.products[grid.slot_product[slot]], grid.actors[grid.slot_actor[slot]]
                    lost[key] = lost.get(key, 0.0) + float(weight) * float(tonnes.sum())
    worst = sorted(((t, *key) for key, t in lost.items() if t > 0), reverse=True)
    return ", ".join(f"{product} in {actor} {t:,.0f} t" for t, product, actor in worst[:3])


def foresight(problem: Problem, method: LShaped) -> tuple[float, float]:
    """Return (EVPI, VSS) of the expected cost (USD), on every n-th scenario where there are many."""
    program = thinned(replace(problem.program, risk=0.0))
    _, least = _optimum(program, method)
    known = 0.0
    for number, chance in enumerate(program.chance):
        one = replace(program, of=program.of[:, [number]], chance=np.ones(1))
        known += chance * _optimum(one, method)[1]
    mean = replace(program, blocks=tuple(_mean(block, of, program) for block, of in zip(program.blocks, program.of, strict=True)))
    mean = replace(mean, of=np.zeros((len(mean.blocks), 1), dtype=np.int64), chance=np.ones(1))
    z, _ = _optimum(mean)
    blind = program.objective(z, program.costs(method.evaluate(z)))
    return max(0.0, least - known) * MILLION, max(0.0, blind - least) * MILLION


def _optimum(program: TwoStage, method: LShaped | None = None) -> tuple[Floats, float]:
    """First stage and cost of a program's optimum; method: of a program with the same blocks, whose cuts may help."""
    if small(program):
        z, least, _ = Entire(program).solve()
        return z.clip(program.first.low, program.first.high), least
    best = LShaped(program, method.pools if method is not None else None).minimise()
    return best.z, best.upper


def month_sooner(problem: Problem, method: LShaped, shares: Floats) -> float:
    """Return what the plan's projects would save if all that are not open yet opened a month sooner (USD, expected): faster permits.

    The plan stays as it is, so that a plan made anew would save no less.
    """
    other = build(replace(problem.case, options=sooner(problem.case)), problem.allies, 0.0)
    z = problem.stage(shares)
    now, then = problem.program.costs(method.evaluate(z)), other.program.costs(LShaped(other.program).evaluate(z))
    return float(problem.case.chance @ (now - then)) * MILLION


def sooner(case: Case) -> tuple[Option, ...]:
    """Return the options with all projects that are not open yet a month sooner, at most from the first year on."""
    first = float(case.years[0])
    late = [option.kind == "project" and option.opening > first for option in case.options]
    moved = [replace(option, opening=max(first, option.opening - MONTH)) for option in case.options]
    return tuple(new if is_late else old for old, new, is_late in zip(case.options, moved, late, strict=True))


def _mean(block: Block, of: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]", program: TwoStage) -> Block:
    """The block in the mean of its states."""
    weight = np.bincount(of, program.chance, block.states)
    limit = np.where(np.isfinite(block.limit).all(axis=0), weight @ np.where(np.isfinite(block.limit), block.limit, 0.0), block.limit[0])
    return replace(block, limit=limit[None], slope=(weight @ block.slope)[None])
