"""The solved plan, and what each option in it or left out of it is worth: the recourse solved again without it, or with it.

worth of an option = expected shortage cost with it dropped and the rest of the plan as it is - expected shortage cost of the plan
gain of an option = change of E[C] + risk * CVaR[C] when it is added whole to the plan, or taken out, the rest as it is: the cost at
which the answer flips

E[C] is the expected cost of shortages (USD, discounted). Worths do not add up: links of one chain are each worth the chain.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ytterby.planning import entire
from ytterby.planning.asked import check_feasible
from ytterby.planning.assembly import MILLION
from ytterby.planning.fair import fairest
from ytterby.planning.lshaped import LShaped, Optimum, Progress
from ytterby.planning.money import Budgets
from ytterby.planning.order import allocate
from ytterby.planning.problem import Case, Part, Problem, build
from ytterby.planning.recourse import tail_mean
from ytterby.planning.solver import Floats, Solution
from ytterby.planning.template import Key

CHOSEN = 1e-6
"""Shares below this are rounding of the solver."""
NOTHING = 1.0
"""What saves no more than this (USD) saves nothing."""


@dataclass(frozen=True)
class Found:
    """A solved plan: the program and its method; the optimum; shares taken; costs of the scenarios without and with the plan (S, USD);
    the recourse at the plan, block by block and state by state; worth of each option taken (USD; else nan) and gain of each option (USD);
    shadow: what one more dollar of budget would save beyond itself."""

    problem: Problem
    method: LShaped
    optimum: Optimum
    shares: Floats
    before: Floats
    after: Floats
    recourse: Sequence[Sequence[Solution]]
    worth: Floats
    gain: Floats
    shadow: float

    @cached_property
    def scarcity(self) -> dict[Key, Floats]:
        """What one more tonne in a row would save in each year, expected over the scenarios: row -> (T), USD/t, discounted."""
        found: dict[Key, Floats] = {}
        for part, optima, chance in self._by_block():
            rows = part.rows(np.sum([p * one.dual for p, one in zip(chance, optima, strict=True)], axis=0)) * MILLION
            found |= {key: rows[:, row] for key, row in part.template.rows.items()}
        return found

    @cached_property
    def tightness(self) -> dict[tuple[str, str], Floats]:
        """What one more tonne a year of plant would save: (product, actor) -> (T), USD/t, discounted."""
        found: dict[tuple[str, str], Floats] = {}
        for part, optima, chance in self._by_block():
            cells = -part.cells(np.sum([p * one.reduced for p, one in zip(chance, optima, strict=True)], axis=0)) * MILLION
            for column in part.template.of("plant") + part.template.of("idle"):
                node = int(part.template.keys[column][0])
                place = part.grid.products[part.grid.node_product[node]], part.grid.actors[part.grid.node_actor[node]]
                found[place] = np.maximum(found.get(place, 0.0), cells[:, column])
        return found

    @cached_property
    def allocated(self) -> dict[str, list[list[Solution]]]:
        """Who gets what before and after, in strict order of classes: block by block, state by state."""
        problem = self.problem
        before, after = allocate(problem, problem.stage(problem.given), problem.stage(self.shares))
        return {"before": before, "after": after}

    @cached_property
    def ordered(self) -> float:
        """Expected cost of shortages with the plan if the strict order decides, not the uses' values (USD, discounted)."""
        program = self.problem.program
        costs = [
            np.array([block.cost @ one.x for one in optima]) for block, optima in zip(program.blocks, self.allocated["after"], strict=True)
        ]
        return float(program.chance @ program.costs(costs)) * MILLION

    def _by_block(self) -> list[tuple[Part, Sequence[Solution], Floats]]:
        return list(zip(self.problem.parts, self.recourse, self.problem.program.weights(), strict=True))


def solve(
    case: Case,
    allies: frozenset[str],
    budget: float | Budgets,
    whole: bool = False,
    progress: Progress | None = None,
    must: Collection[str] = (),
    objective: str = "cost",
) -> Found:
    """Solve the plan, then drop or add one option at a time. whole: take projects whole or not at all; must: options to be taken;
    objective: least cost, or the best service of the least well served ally (fair.py)."""
    problem = build(case, allies, budget, must=must)
    check_feasible(problem.program.first)
    method = LShaped(problem.program)
    program = problem.program
    without = program.costs(method.evaluate(problem.stage(problem.given))) * MILLION
    optimum, shadow = _least(problem, method, progress) if objective == "cost" else (fairest(problem), 0.0)
    if whole:
        method.master.whole()
        optimum = method.minimise(progress=progress)
    # What is free is taken in full: that can only help, and ties are broken alike on every run. What may have to be paid is not free.
    costs = (problem.usd > 0) | np.array([option.pays > 0 for option in problem.options], dtype=bool)
    shares = np.where(costs, np.clip(optimum.z[: len(problem.options)], problem.given, 1.0), 1.0)
    recourse = method.solutions(problem.stage(shares))
    known = [np.array([one.objective for one in optima]) for optima in recourse]
    worth, gain = _worths(problem, method, shares, known, most_gained(problem, recourse))
    after = program.costs(known) * MILLION
    return Found(problem, method, optimum, shares, without, after, recourse, worth, gain, shadow)


def _least(problem: Problem, method: LShaped, progress: Progress | None) -> tuple[Optimum, float]:
    """The cheapest plan, and what one more dollar of budget would save beyond itself."""
    if entire.small(problem.program):
        optimum, dual = entire.minimise(problem.program, method, progress)
    else:
        optimum, dual = method.minimise(progress=progress), method.master.dual
    return optimum, max(0.0, -float(dual[0]))


def weighed(case: Case, costs: Floats) -> float:
    """Return E[C] + risk * CVaR[C] of the scenarios' costs, in their unit."""
    return float(case.chance @ costs) + case.risk * tail_mean(case.chance, costs, case.tail)


def most_gained(problem: Problem, recourse: Sequence[Sequence[Solution]]) -> Floats:
    """Return for each entry of z the most that one more of it can save in E[C] + risk * CVaR[C] (USD), from the duals of the recourse.

    The recourse is convex, Q(z + d) >= Q(z) + g'd, so that an option whose slope is 0 saves nothing: it need not be tried.
    """
    program, slope = problem.program, np.zeros(len(problem.program.first.cost))
    for block, optima, chance in zip(program.blocks, recourse, program.weights(), strict=True):
        dual = np.array([np.concatenate([np.minimum(one.reduced, 0.0), one.dual]) for one in optima])
        np.add.at(slope, block.param, chance @ (block.slope * dual[:, block.place]))
    return np.asarray(-slope * MILLION * (1 + program.risk / (1 - program.tail)))


def _worths(problem: Problem, method: LShaped, shares: Floats, known: Sequence[Floats], most: Floats) -> tuple[Floats, Floats]:
    """Fix the plan, then drop or add one option at a time, all vintages of a project together; they stand at the group's lead."""
    worth, gain = np.full(len(shares), np.nan), np.zeros(len(shares))
    case, base = problem.case, problem.program.costs(known) * MILLION
    for numbers in problem.groups:
        number = lead(numbers, shares)
        used, other = shares[number] > CHOSEN, shares.copy()
        if not used and most[number] <= NOTHING:
            continue
        other[numbers] = 0.0
        other[number] = float(not used)
        if not used:
            # Known cuts bound the cost from below: what cannot save anything by them is not solved.
            bound = problem.program.costs([pool.best(problem.stage(other))[0] for pool in method.pools]) * MILLION
            gain[number] = max(0.0, weighed(case, base) - weighed(case, bound))
            if gain[number] <= least_gain(problem.usd[number]):
                continue
        costs = problem.program.costs(method.estimate(problem.stage(other))) * MILLION
        if used:
            worth[number] = max(0.0, float(case.chance @ (costs - base)))
        gain[number] = abs(weighed(case, base) - weighed(case, costs))
    return worth, gain


def least_gain(usd: float) -> float:
    """Return the gain (USD) below which an option of such a cost counts as changing nothing.

    >>> least_gain(1e9)
    1000000.0
    """
    return max(1e-3 * usd, 1e4)


def lead(numbers: Sequence[int], shares: Floats) -> int:
    """Return the vintage that stands for a project: the one taken most, or the first."""
    return max(numbers, key=lambda number: (shares[number] > CHOSEN) * shares[number])
