"""Who gets what is left in a shortage: defence before essential before other uses, and inside a class in equal parts.

Class by class, those above held at what they got (lexicographic programming, Isermann 1982):

    minimise  sum over products p and years t of w_pt u_pt + trifle x value missing
    with      missing_st <= need_s u_pt  for the class's uses s of p

u_pt is the largest part of its need that a use of the class lacks (max-min service), w_pt the value of all that the class needs. So a use
gets less than its equals only where what it lacks would help none of them. The plan itself weighs uses by their value (problem.py).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from ytterby.core.grid import Floats, Ints
from ytterby.planning.pool import LANES
from ytterby.planning.problem import Part, Problem
from ytterby.planning.solver import INFINITY, Program, Solution, Solver

TRIFLE = 1e-3
"""Weight of the value missing beside that of the largest part missing."""
SLACK = 1e-9
"""By how much, relative, a class may fall back behind what it was given; the solver's own tolerance is larger."""


@dataclass(frozen=True)
class Shares:
    """The largest part missing, as columns of their own: class (U), weight (U), and the rows (matrix, n + U) that hold them up."""

    of: Ints
    weight: Floats
    matrix: sparse.csr_array


def allocate(problem: Problem, *stages: Floats) -> list[list[list[Solution]]]:
    """Return for each first stage the recourse in strict order of classes, by block and state; x holds the block's columns."""

    def solved(part: Part) -> list[list[Solution]]:
        order = _Order(part, problem.case.rank[part.slots])
        return [order.solve(z) for z in stages]

    with ThreadPoolExecutor(LANES) as threads:
        by_block = list(threads.map(solved, problem.parts))
    return [[block[number] for block in by_block] for number in range(len(stages))]


class _Order:
    """One block with the columns of its shares, kept in the solver for all its states."""

    def __init__(self, part: Part, rank: Ints) -> None:
        """rank (slots of the part): class of a use, the highest first served; -1 of none."""
        self.part, self.block = part, part.block
        self.places = list(_places(part, rank))
        self.classes = sorted({of for of, *_ in self.places}, reverse=True) or [0]
        shares, count = self._shares(), len(self.block.cost)
        self.shares, self.caps = shares, np.zeros((len(self.classes), count))
        for of, _, _, column, _ in self.places:
            self.caps[self.classes.index(of), column] = self.block.cost[column]
        self.rest = self.block.cost - self.caps.sum(axis=0)
        self.solver = Solver(self._program(), presolve=False)
        # Each class starts from where it ended in the last state.
        self.bases: dict[int, Any] = {}

    def _shares(self) -> Shares:
        groups: dict[tuple[int, int, int], list[tuple[int, float]]] = {}
        for of, product, year, column, need in self.places:
            groups.setdefault((of, product, year), []).append((column, need))
        count = len(self.block.cost)
        rows = [(column, need, count + number) for number, uses in enumerate(groups.values()) for column, need in uses]
        index = np.array([[column, share] for column, _, share in rows], dtype=np.int64).reshape(-1, 2)
        value = np.array([[1.0, -need] for _, need, _ in rows]).reshape(-1, 2)
        start = 2 * np.arange(len(rows) + 1)
        return Shares(
            of=np.array([of for of, _, _ in groups], dtype=np.int64),
            weight=np.array([sum(self.block.cost[column] * need for column, need in uses) for uses in groups.values()]),
            matrix=sparse.csr_array((value.ravel(), index.ravel(), start), shape=(len(rows), count + len(groups))),
        )

    def _program(self) -> Program:
        """The block's rows, those of the shares, and one a class that later holds what it was given."""
        block, wide = self.block, self.shares.matrix.shape[1]
        count, rows = len(block.cost), len(block.at_least)
        own = sparse.csr_array(sparse.csc_array((block.value, block.index, block.start), shape=(rows, count)))
        held = sparse.csr_array(np.pad(self.caps, ((0, 0), (0, wide - count))))
        blank = sparse.csr_array((rows, wide - count))
        matrix = sparse.csc_array(sparse.vstack([sparse.hstack([own, blank]), self.shares.matrix, held]))
        more = self.shares.matrix.shape[0] + len(self.caps)
        limits = block.limit[0]
        return Program(
            cost=np.zeros(wide),
            low=np.zeros(wide),
            high=np.concatenate([limits[:count], np.full(wide - count, INFINITY)]),
            row_low=np.concatenate([np.where(block.at_least, limits[count:], -INFINITY), np.full(more, -INFINITY)]),
            row_high=np.concatenate(
                [np.where(block.at_least, INFINITY, limits[count:]), np.zeros(more - len(self.caps)), np.full(len(self.caps), INFINITY)]
            ),
            start=matrix.indptr.astype(np.int64),
            index=matrix.indices.astype(np.int64),
            value=matrix.data,
        )

    def solve(self, z: Floats) -> list[Solution]:
        """Return the allocation of each state."""
        return [self._state(limits) for limits in self.block.limits(z)]

    def _state(self, limits: Floats) -> Solution:
        block, solver, shares = self.block, self.solver, self.shares
        count, rows, wide = len(block.cost), len(block.at_least), shares.matrix.shape[1]
        high = np.concatenate([limits[:count], np.full(wide - count, INFINITY)])
        solver.bound(np.arange(wide), np.zeros(wide), high)
        solver.bound_rows(
            np.arange(rows), np.where(block.at_least, limits[count:], -INFINITY), np.where(block.at_least, INFINITY, limits[count:])
        )
        held = rows + shares.matrix.shape[0] + np.arange(len(self.caps))
        solver.bound_rows(held, np.full(len(held), -INFINITY), np.full(len(held), INFINITY))
        for number, of in enumerate(self.classes):
            weight = np.where(shares.of == of, shares.weight, 0.0)
            solver.price(np.arange(wide), np.concatenate([self.rest + TRIFLE * self.caps[number], weight]))
            if number in self.bases:
                solver.start_from(self.bases[number])
            found = solver.solve()
            self.bases[number] = solver.basis()
            mine = count + np.flatnonzero(shares.of == of)
            solver.bound(mine, np.zeros(len(mine)), found.x[mine] + SLACK)
            given = float(self.caps[number] @ found.x[:count])
            solver.bound_rows(held[[number]], np.array([-INFINITY]), np.array([given * (1 + SLACK) + SLACK]))
        return replace(found, x=found.x[:count])


def _places(part: Part, rank: Ints) -> Iterator[tuple[int, int, int, int, float]]:
    """(class, product, year, column of the block, need) of each valued use in each year."""
    width = len(part.template.kinds)
    for place, column in enumerate(part.kept):
        year, kind = divmod(int(column), width)
        if part.template.kinds[kind] == "missing":
            slot = int(part.template.keys[kind][0])
            if rank[slot] >= 0:
                yield int(rank[slot]), int(part.grid.slot_product[slot]), year, place, float(part.grid.need[slot])
