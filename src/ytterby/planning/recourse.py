"""What happens once the plan is fixed: the second stage as blocks of materials, each with its distinct states.

    Q_k(z) = min cost'x   with   A x >= or <= limit_k + slope_k z,   0 <= x <= limit_k + slope_k z

z is the first stage: shares of options, then the players' parts. A block is a set of materials that no other one touches. A state is one
course of the shocks on one block: scenarios that hit a block alike share a state, so that each is solved once (Birge & Louveaux 2011, 5.1).
A and cost are the same in all states; so a dual solution found in one bounds the cost of every other from below.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ytterby.planning.parts import courses
from ytterby.planning.solver import INFINITY, Floats, Ints, Program


@dataclass(frozen=True)
class Block:
    """One block: n columns, m rows, K states, E places where the first stage acts.

    cost (n); start (n + 1), index, value: A by columns; at_least (m): sense of each row; limit (K, n + m): upper bounds of columns, then
    limits of rows, at z = 0; place (E): which of them; param (E): which z; slope (K, E): by how much.
    """

    cost: Floats
    start: Ints
    index: Ints
    value: Floats
    at_least: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
    limit: Floats
    place: Ints
    param: Ints
    slope: Floats

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.limit)

    def limits(self, z: Floats, states: Ints | None = None) -> Floats:
        """Return the limits under a first stage, (states, n + m)."""
        which = slice(None) if states is None else states
        found = self.limit[which].copy()
        np.add.at(found.T, self.place, (self.slope[which] * z[self.param]).T)
        return found

    def program(self, limits: Floats) -> Program:
        """Return the linear program of one state under its limits (n + m)."""
        columns = len(self.cost)
        rows = limits[columns:]
        return Program(
            cost=self.cost,
            low=np.zeros(columns),
            high=limits[:columns],
            row_low=np.where(self.at_least, rows, -INFINITY),
            row_high=np.where(self.at_least, INFINITY, rows),
            start=self.start,
            index=self.index,
            value=self.value,
        )


def distinct(block: Block) -> tuple[Block, Ints]:
    """Return the block with each state once, and which of them each given state is.

    >>> states = np.array([[9.0, 2.0], [9.0, 3.0], [9.0, 2.0]])
    >>> one = Block(np.ones(1), np.array([0, 1]), np.array([0]), np.ones(1), np.array([True]), states,
    ...             np.zeros(0, int), np.zeros(0, int), np.zeros((3, 0)))
    >>> less, of = distinct(one)
    >>> less.states, of.tolist()
    (2, [0, 1, 0])
    """
    first, of = courses(block.limit, block.slope)
    parts = block.cost, block.start, block.index, block.value, block.at_least
    return Block(*parts, block.limit[first], block.place, block.param, block.slope[first]), of


@dataclass(frozen=True)
class FirstStage:
    """What is decided first: cost, low, high (J); rows (a sparse matrix, R x J) with their limits; whole: taken whole or not at all;
    names: of the rows, in words."""

    cost: Floats
    low: Floats
    high: Floats
    rows: sparse.csr_array
    row_low: Floats
    row_high: Floats
    whole: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class TwoStage:
    """A two-stage program: minimise cost'z + E[C] + risk * CVaR_tail[C], C_s = sum over blocks of Q of the state that s is for it.

    of (B, S): the state of each block in each scenario; chance (S) sums to 1. Money in million USD.
    """

    first: FirstStage
    blocks: tuple[Block, ...]
    of: Ints
    chance: Floats
    risk: float = 0.0
    tail: float = 0.0

    def __post_init__(self) -> None:
        shape = (len(self.blocks), len(self.chance))
        if self.of.shape != shape:
            raise ValueError(f"of has shape {self.of.shape}, not {shape}")

    def weights(self) -> list[Floats]:
        """Return the chance of each state, block by block."""
        return [np.bincount(of, self.chance, block.states).astype(float) for of, block in zip(self.of, self.blocks, strict=True)]

    def costs(self, per_block: Sequence[Floats]) -> Floats:
        """Return the cost of each scenario from the costs of the states, block by block."""
        total = np.zeros(len(self.chance))
        for of, cost in zip(self.of, per_block, strict=True):
            total += cost[of]
        return total

    def objective(self, z: Floats, costs: Floats) -> float:
        """Return cost'z + E[C] + risk * CVaR[C]."""
        worst = self.risk * tail_mean(self.chance, costs, self.tail) if self.risk else 0.0
        return float(self.first.cost @ z + self.chance @ costs + worst)


def tail_mean(chance: Sequence[float] | Floats, cost: Sequence[float] | Floats, level: float) -> float:
    """Return CVaR: the mean cost of the worst 1 - level of the probability (the scenario on the edge counts in part).

    >>> round(tail_mean([0.5, 0.5], [0.0, 10.0], 0.75), 9), tail_mean([0.5, 0.5], [0.0, 10.0], 0.0)
    (10.0, 5.0)
    """
    weight, loss = np.asarray(chance, dtype=float), np.asarray(cost, dtype=float)
    order = np.argsort(-loss, kind="stable")
    upto = np.minimum(np.cumsum(weight[order]), 1 - level)
    return float(np.diff(upto, prepend=0.0) @ loss[order] / (1 - level))


def extensive(problem: TwoStage) -> Program:
    """Return the whole program at once, every scenario with its own copy of each block: small problems and tests only.

    Columns: z, eta, xi (S), then the blocks' columns scenario by scenario. Nothing is merged, so that it also checks `distinct`.
    """
    first, scenarios = problem.first, len(problem.chance)
    head = len(first.cost) + 1 + scenarios
    cost, high = (
        [first.cost, np.array([problem.risk]), problem.risk * problem.chance / (1 - problem.tail)],
        [first.high, np.full(1 + scenarios, INFINITY)],
    )
    low = [first.low, np.zeros(1 + scenarios)]
    rows, row_low, row_high = [_wide(first.rows, head)], [first.row_low], [first.row_high]
    right: list[sparse.csr_array] = []
    joint = sparse.lil_array((scenarios, head))
    for number in range(scenarios):
        joint[number, len(first.cost)], joint[number, len(first.cost) + 1 + number] = 1.0, 1.0
    charged: list[Floats] = []
    for number in range(scenarios):
        own = [(block, int(of[number])) for block, of in zip(problem.blocks, problem.of, strict=True)]
        for block, state in own:
            width = len(block.cost)
            matrix = sparse.csc_array((block.value, block.index, block.start), shape=(len(block.at_least), width))
            act = sparse.csr_array((block.slope[state], (block.place, block.param)), shape=(width + len(block.at_least), head))
            capped = np.unique(block.place[block.place < width])
            rows += [-act[width:], -act[capped]]
            pick = sparse.csr_array((np.ones(len(capped)), (np.arange(len(capped)), capped)), shape=(len(capped), width))
            right.append(sparse.csr_array(sparse.vstack([matrix, pick])))
            limit = block.limit[state]
            row_low += [np.where(block.at_least, limit[width:], -INFINITY), np.full(len(capped), -INFINITY)]
            row_high += [np.where(block.at_least, INFINITY, limit[width:]), limit[capped]]
            cost.append(problem.chance[number] * block.cost)
            high.append(np.where(np.isin(np.arange(width), capped), INFINITY, limit[:width]))
            low.append(np.zeros(width))
        charged.append(np.concatenate([block.cost for block, _ in own]) if own else np.zeros(0))
    return _joined(rows, right, joint, charged, cost, low, high, row_low, row_high)


def _wide(matrix: sparse.csr_array, width: int) -> sparse.csr_array:
    return sparse.csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width))


def _joined(
    rows: list[sparse.csr_array],
    right: list[sparse.csr_array],
    joint: sparse.lil_array,
    charged: list[Floats],
    cost: list[Floats],
    low: list[Floats],
    high: list[Floats],
    row_low: list[Floats],
    row_high: list[Floats],
) -> Program:
    """Set the blocks beside each other and join them by the rows of the tail: eta + xi_s - C_s >= 0."""
    own = sparse.block_diag(right, format="csr")
    top = sparse.csr_array((rows[0].shape[0], own.shape[1]))
    tail = sparse.csr_array(sparse.block_diag([-one[None, :] for one in charged], format="csr"))
    body = sparse.vstack([sparse.hstack([rows[0], top]), sparse.hstack([sparse.vstack(rows[1:]), own]), sparse.hstack([joint, tail])])
    matrix = sparse.csc_array(body)
    count = len(charged)
    return Program(
        cost=np.concatenate(cost),
        low=np.concatenate(low),
        high=np.concatenate(high),
        row_low=np.concatenate([*row_low, np.zeros(count)]),
        row_high=np.concatenate([*row_high, np.full(count, INFINITY)]),
        start=matrix.indptr.astype(np.int64),
        index=matrix.indices.astype(np.int64),
        value=matrix.data,
    )
