"""The master program of the L-shaped method: the first stage, the tail of costs, and a lower bound for each state of each block."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from ytterby.planning.pool import Pool
from ytterby.planning.recourse import TwoStage
from ytterby.planning.solver import INFINITY, Floats, Ints, Program, Solver


class Master:
    """Minimise cost'z + sum_bk p_bk theta_bk + risk (eta + sum_s p_s xi_s / (1 - tail)), with xi_s + eta >= sum_b theta of s.

    Columns: z (J), eta, xi (one a distinct scenario), theta (block by block).
    """

    def __init__(self, problem: TwoStage, pools: Sequence[Pool]) -> None:
        self.problem, self.pools = problem, pools
        courses, self._course = np.unique(problem.of, axis=1, return_inverse=True)
        self._chance = np.bincount(self._course.ravel(), problem.chance, courses.shape[1])
        self._eta = len(problem.first.cost)
        self._theta = self._eta + 1 + courses.shape[1] + np.cumsum([0, *(block.states for block in problem.blocks)])
        self._solver = Solver(self._program(courses))
        self._used = [np.isin(np.arange(block.states), of) for block, of in zip(problem.blocks, problem.of, strict=True)]
        self._low, self._high = problem.first.low.copy(), problem.first.high.copy()
        # Which cuts the master holds already, as (dual solution, state) of each block.
        self._held: list[set[tuple[int, int]]] = [set() for _ in pools]

    def _program(self, courses: Ints) -> Program:
        problem, first = self.problem, self.problem.first
        width, scenarios = int(self._theta[-1]), courses.shape[1]
        used = range(scenarios) if problem.risk else range(0)
        tail = sparse.lil_array((len(used), width))
        for number in used:
            tail[number, self._eta], tail[number, self._eta + 1 + number] = 1.0, 1.0
            for block, state in enumerate(courses[:, number]):
                tail[number, int(self._theta[block]) + int(state)] = -1.0
        rows = sparse.csr_array((first.rows.data, first.rows.indices, first.rows.indptr), shape=(first.rows.shape[0], width))
        matrix = sparse.csc_array(sparse.vstack([rows, tail]))
        return Program(
            cost=np.concatenate([first.cost, self._tail_cost(problem.risk), *problem.weights()]),
            low=np.concatenate([first.low, np.zeros(width - self._eta)]),
            high=np.concatenate([first.high, np.full(width - self._eta, INFINITY)]),
            row_low=np.concatenate([first.row_low, np.zeros(len(used))]),
            row_high=np.concatenate([first.row_high, np.full(len(used), INFINITY)]),
            start=matrix.indptr.astype(np.int64),
            index=matrix.indices.astype(np.int64),
            value=matrix.data,
        )

    def _tail_cost(self, risk: float) -> Floats:
        return np.concatenate([[risk], risk * self._chance / (1 - self.problem.tail)])

    def bound(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Set bounds of the first stage."""
        self._low[columns], self._high[columns] = low, high
        self._solver.bound(columns, low, high)

    def limit(self, row: int, low: float, high: float) -> None:
        """Set the limits of a row of the first stage, such as the budget."""
        self._solver.bound_rows(np.array([row]), np.array([low]), np.array([high]))

    def whole(self) -> None:
        """From now on take the columns that are whole or not at all as such."""
        columns = np.flatnonzero(self.problem.first.whole)
        if len(columns):
            self._solver.whole(columns)

    def solve(self) -> tuple[Floats, list[Floats], float]:
        """Return z, theta block by block, and the proven lower bound."""
        found = self._solver.solve()
        self.dual = found.dual
        theta = [found.x[low:high] for low, high in zip(self._theta, self._theta[1:], strict=False)]
        return np.clip(found.x[: self._eta], self._low, self._high), theta, found.bound

    def cut(self, theta: Sequence[Floats], known: Sequence[tuple[Floats, Ints]], enough: float) -> bool:
        """Add the cut that each state breaks most; says whether any was worth it: together they cut off more than `enough`."""
        start, index, value, low = [0], [], [], []
        gained = 0.0
        weights = self.problem.weights()
        for block, (pool, (worth, which)) in enumerate(zip(self.pools, known, strict=True)):
            # A state in no scenario binds nothing.
            over = np.where(self._used[block], worth - theta[block], 0.0)
            # A state of no weight in the mean may still bind in the tail, so every broken cut goes in.
            for state in np.flatnonzero(over > 1e-9 * (1 + np.abs(worth))):
                vertex = int(which[state])
                if (vertex, int(state)) in self._held[block]:
                    continue
                self._held[block].add((vertex, int(state)))
                slope = pool.slope[vertex, state]
                used = np.flatnonzero(slope)
                index += [int(self._theta[block]) + int(state), *pool.params[used].tolist()]
                value += [1.0, *(-slope[used]).tolist()]
                low.append(pool.intercept[vertex, state])
                start.append(len(index))
                gained += float(over[state] * weights[block][state])
        if low:
            self._solver.add_rows(np.array(low), np.array(start[:-1]), np.array(index), np.array(value))
        return gained > 0.1 * enough
