"""The dual solutions of one block, found once and used for every state.

A and cost are the same in all states, so that a dual solution pi found in one of them is feasible in all: Q_k(z) >= limits_k(z)'pi. The
pool keeps each pi with the basis that gave it; a state starts from the basis of its best pi, and most need no step from there.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from ytterby.planning.recourse import Block
from ytterby.planning.solver import Floats, Ints, Solution, Solver

LANES = 2
"""Solvers a block, each with its own part of the states; the number is fixed, so that results do not depend on the machine."""

KEPT = 256
"""First stages whose exact costs are kept, the latest ones."""


class Pool:
    """Cuts of one block: intercept (V, K) and slope (V, K, P) by dual solution and state; P are the block's own entries of z, `params`."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.params, place = np.unique(block.param, return_inverse=True)
        self._spread = sparse.csr_array((np.ones(len(place)), (np.arange(len(place)), place)), shape=(len(place), len(self.params)))
        self._known = np.where(np.isfinite(block.limit), block.limit, 0.0)
        # Room for as many dual solutions as there are rows; it doubles when it is full.
        self._intercept = np.zeros((16, block.states))
        self._slope = np.zeros((16, block.states, len(self.params)))
        self._bases: list[Any] = []
        self._costs: dict[bytes, Floats] = {}
        self._seen: set[bytes] = set()
        self._solvers: list[Solver] = []

    def add(self, news: Sequence[tuple[Solution, Any]]) -> None:
        """Take in the dual solutions of some solves, each with its basis; those known already are passed over."""
        for found, basis in news:
            dual = np.concatenate([np.minimum(found.reduced, 0.0), found.dual])
            key = np.round(dual, 9).tobytes()
            if key not in self._seen:
                self._seen.add(key)
                number = len(self._bases)
                if number == len(self._intercept):
                    self._intercept, self._slope = (np.concatenate([one, np.zeros_like(one)]) for one in (self._intercept, self._slope))
                self._intercept[number] = self._known @ dual
                self._slope[number] = (self.block.slope * dual[self.block.place]) @ self._spread
                self._bases.append(basis)

    @property
    def intercept(self) -> Floats:
        """Of each dual solution and state (V, K)."""
        return self._intercept[: len(self._bases)]

    @property
    def slope(self) -> Floats:
        """Of each dual solution and state, by the block's own entries of z (V, K, P)."""
        return self._slope[: len(self._bases)]

    def best(self, z: Floats) -> tuple[Floats, Ints]:
        """Return the best lower bound of each state's cost at z, and the number of the dual solution that gives it."""
        if not self._bases:
            return np.full(self.block.states, -np.inf), np.full(self.block.states, -1)
        values = self.intercept + self.slope @ z[self.params]
        return values.max(axis=0), values.argmax(axis=0)

    def known(self, z: Floats) -> Floats:
        """Return the exact cost of each state at z as far as it has been worked out (else nan), to be filled in by the caller."""
        key = z[self.params].tobytes()
        if key not in self._costs:
            if len(self._costs) >= KEPT:
                del self._costs[next(iter(self._costs))]
            self._costs[key] = np.full(self.block.states, np.nan)
        return self._costs[key]

    def solve(self, z: Floats, states: Ints, lane: int) -> tuple[list[Solution], list[tuple[Solution, Any]]]:
        """Solve some states at z exactly; returns the optima in their order, and those with a dual that may be new.

        Touches nothing of the pool but the lane's solver, so that lanes can run side by side.
        """
        start = self.best(z)[1][states]
        solver, columns = self._solver(lane), len(self.block.cost)
        every, rows = np.arange(columns), np.arange(len(self.block.at_least))
        optima: list[Solution] = [None] * len(states)  # type: ignore[list-item]
        news: list[tuple[Solution, Any]] = []
        last = -2
        for position in np.argsort(start, kind="stable"):
            program = self.block.program(self.block.limits(z, states[[position]])[0])
            if start[position] != last and start[position] >= 0:
                solver.start_from(self._bases[start[position]])
            last = start[position]
            solver.bound(every, program.low, program.high)
            solver.bound_rows(rows, program.row_low, program.row_high)
            found = solver.solve()
            optima[position] = found
            if found.pivots or last < 0:
                news.append((found, solver.basis()))
                last = -2
        return optima, news

    def _solver(self, lane: int) -> Solver:
        while len(self._solvers) <= lane:
            self._solvers.append(Solver(self.block.program(self.block.limit[0]), presolve=False))
        return self._solvers[lane]
