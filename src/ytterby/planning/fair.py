"""The plan that serves the least well served ally best (max-min service), for those who share a budget and want no one left behind.

    minimise  W max over allies a of l_a(z, x) + small (cost'z + E[C])
    l_a = E[value missing of a] / value wanted of a,  W = value wanted by all

within the budgets. By duality the maximum is one over weights w of allies (w >= 0, adding up to 1) of the least weighted loss; for given
weights that is a plan like any other, with the values of the uses scaled (lshaped.py). Each such plan is a column of a small program that
mixes them so that the largest loss is least, and whose duals are the next weights (Dantzig & Wolfe 1960). Shares of options may be mixed,
whole projects may not. The gap is proven: between the best mix and the least weighted loss.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from ytterby.planning.lshaped import CENT, LShaped, Optimum
from ytterby.planning.problem import Part, Problem
from ytterby.planning.recourse import TwoStage
from ytterby.planning.solver import INFINITY, Floats, Program, Solver

SMALL = 1e-3
"""Weight of money beside service: of plans that serve the least well served alike, the cheapest in all."""
GAP = 1e-6
"""Relative gap at which the search ends."""
ROUNDS = 200


@dataclass
class _Mix:
    """Plans found so far: z (J), loss of each ally in money of all (A), the small part of money."""

    plans: list[Floats] = field(default_factory=list)
    losses: list[Floats] = field(default_factory=list)
    money: list[float] = field(default_factory=list)

    def best(self) -> tuple[float, Floats, Floats]:
        """Return the least largest loss of a mix, the weights of the allies, and the mix itself."""
        loss = np.array(self.losses).T
        allies, plans = loss.shape
        matrix = sparse.csc_array(np.vstack([np.hstack([np.ones((allies, 1)), -loss]), np.array([[0.0, *np.ones(plans)]])]))
        found = Solver(
            Program(
                cost=np.array([1.0, *self.money]),
                low=np.array([0.0, *np.zeros(plans)]),
                high=np.full(plans + 1, INFINITY),
                row_low=np.array([*np.zeros(allies), 1.0]),
                row_high=np.array([*np.full(allies, INFINITY), 1.0]),
                start=matrix.indptr.astype(np.int64),
                index=matrix.indices.astype(np.int64),
                value=matrix.data,
            )
        ).solve()
        mixed = found.x[1:] @ np.array(self.plans)
        return found.objective, np.maximum(found.dual[:allies], 0.0), mixed


def fairest(problem: Problem) -> Optimum:
    """Return the first stage of max-min service with its proven gap; costs are those of the problem's own objective, left empty."""
    wanted = _wanted(problem)
    allies = sorted(name for name, value in wanted.items() if value > 0)
    total = sum(wanted.values())
    scale = {name: total / wanted[name] for name in allies}
    mix, lower, rounds = _Mix(), -INFINITY, 0
    # Each ally alone and all alike span what a mix needs to begin with.
    weights = [np.full(len(allies), 1 / max(1, len(allies))), *np.eye(len(allies))]
    stopped = False
    upper, mixed = INFINITY, problem.stage(problem.given)
    try:
        while weights and rounds < ROUNDS:
            rounds += 1
            bound = _add(problem, mix, {name: float(w) for name, w in zip(allies, weights.pop(), strict=True)}, scale)
            lower = max(lower, bound)
            if not weights:
                upper, dual, mixed = mix.best()
                if upper - lower > max(GAP * abs(upper), CENT):
                    weights = [dual]
    except KeyboardInterrupt:
        if not mix.plans:
            raise
        stopped = True
        upper, _, mixed = mix.best()
    return Optimum(mixed, (), upper, lower, rounds, stopped)


def _add(problem: Problem, mix: _Mix, weights: dict[str, float], scale: dict[str, float]) -> float:
    """Solve the plan of some weights of allies, add it to the mix and return its proven least weighted loss."""
    owner = [_owners(part) for part in problem.parts]
    blocks = []
    for part, names in zip(problem.parts, owner, strict=True):
        factor = np.array([SMALL + weights.get(name, 0.0) * scale.get(name, 0.0) for name in names])
        blocks.append(replace(part.block, cost=part.block.cost * factor))
    first = replace(problem.program.first, cost=SMALL * problem.program.first.cost)
    program: TwoStage = replace(problem.program, first=first, blocks=tuple(blocks), risk=0.0)
    method = LShaped(program)
    found = method.minimise()
    losses = dict.fromkeys(weights, 0.0)
    money = SMALL * float(problem.program.first.cost @ found.z)
    for part, names, optima, chance in zip(problem.parts, owner, method.solutions(found.z), program.weights(), strict=True):
        costs = part.block.cost * (chance @ np.array([one.x for one in optima]))
        money += SMALL * float(costs.sum())
        for name in losses:
            losses[name] += scale[name] * float(costs[np.array([one == name for one in names], dtype=bool)].sum())
    mix.plans.append(found.z)
    mix.losses.append(np.array([losses[name] for name in weights]))
    mix.money.append(money)
    return found.lower


def _owners(part: Part) -> list[str]:
    """The ally whose use each column of a block is the missing tonnes of; empty for the others."""
    grid, width = part.grid, len(part.template.kinds)
    names = [
        grid.actors[grid.slot_actor[int(key[0])]] if kind == "missing" else ""
        for kind, key in zip(part.template.kinds, part.template.keys, strict=True)
    ]
    return [names[int(column) % width] for column in part.kept]


def _wanted(problem: Problem) -> dict[str, float]:
    """Value of all that each ally's uses in the program want, expected and discounted (million USD)."""
    case, found = problem.case, dict.fromkeys(sorted(problem.allies), 0.0)
    for part, of in zip(problem.parts, problem.program.of, strict=True):
        rows = zip(_owners(part), part.block.cost, part.block.limit[of, : len(part.block.cost)].T, strict=True)
        for name, cost, need in rows:
            if name:
                found[name] += float(cost * (case.chance @ need))
    return found
