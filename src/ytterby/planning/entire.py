"""Small programs solved entire: the extensive form in HiGHS, whose presolve makes it quicker than any decomposition up to some size.

The optimum is checked: the recourse is solved again state by state at the first stage found, which gives the upper bound.
"""

import numpy as np

from ytterby.planning.lshaped import LShaped, Optimum, Progress
from ytterby.planning.recourse import TwoStage, extensive
from ytterby.planning.solver import Floats, Ints, Solver

SMALL = 150_000
"""Columns of the extensive form up to which it is solved entire (bench/secure.py shows where the L-shaped method overtakes it)."""


def small(program: TwoStage, most: int | None = None) -> bool:
    """Say whether the extensive form of a program has few columns (at most SMALL), and there is one: without blocks there is none."""
    return 0 < len(program.chance) * sum(len(block.cost) for block in program.blocks) <= (SMALL if most is None else most)


class Entire:
    """A program in one piece, kept with its last basis; ask it as often as needed with other bounds and limits of the first stage.

    Columns from 0 are z, rows from 0 those of the first stage, as `extensive` lays them out.
    """

    def __init__(self, program: TwoStage) -> None:
        self.program = program
        self._solver = Solver(extensive(program))

    def bound(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Set bounds of the first stage."""
        self._solver.bound(columns, low, high)

    def limit(self, row: int, low: float, high: float) -> None:
        """Set the limits of a row of the first stage, such as the budget."""
        self._solver.bound_rows(np.array([row]), np.array([low]), np.array([high]))

    def solve(self) -> tuple[Floats, float, Floats]:
        """Return z, the optimum, and the duals of the rows of the first stage."""
        found = self._solver.solve()
        return found.x[: len(self.program.first.cost)], found.objective, found.dual[: self.program.first.rows.shape[0]]


def minimise(program: TwoStage, method: LShaped, progress: Progress | None = None) -> tuple[Optimum, Floats]:
    """Return the optimum of a program under its own bounds and limits, and the duals of the rows of its first stage.

    method: of the same program; its cuts grow by those at the optimum.
    """
    z, lower, dual = Entire(program).solve()
    z = z.clip(program.first.low, program.first.high)
    costs = method.evaluate(z)
    upper = program.objective(z, program.costs(costs))
    best = Optimum(z, tuple(costs), upper, min(lower, upper), 1)
    if progress is not None:
        progress(1, best.lower, best.upper)
    return best, dual
