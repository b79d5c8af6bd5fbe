"""The L-shaped method: a two-stage program solved exactly, with a proof of how far the answer can be from the best.

A master program decides the first stage z against a lower bound theta of the cost of each block in each state; the states are then solved
at that z, and their dual solutions give cuts, theta >= intercept + slope'z, which raise the bound (Van Slyke & Wets 1969; multi-cut:
Birge & Louveaux 1988). CVaR stands in the master as rows (Rockafellar & Uryasev 2000), so that the blocks know nothing of it.

    lower bound = optimum of the master     upper bound = cost of the best z tried, all states solved     gap = (upper - lower) / upper

Cuts hold for every z, budget and risk weight: the method keeps them, so that a second question to the same program is cheap.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np

from ytterby.planning.master import Master
from ytterby.planning.pool import LANES, Pool
from ytterby.planning.recourse import TwoStage
from ytterby.planning.solver import Floats, Ints, Solution

GAP = 1e-7
"""Relative gap at which a program counts as solved."""
CENT = 1e-9
"""Gap in million USD below which nothing is left to gain."""
FEW = 8
"""States below which threads cost more than they save."""
ROUNDS = 500
MANY = 100
"""States from which a part of them is asked first."""
PROBES = 40
"""Rounds in which a part of the states is solved before all are, at most."""
STEP = 10
"""Of so many states, one is in the part."""
SIFTS = 20
"""Rounds of known cuts between two rounds of exact solves, at most."""

Progress = Callable[[int, float, float], None]
"""Called after each round with its number, the lower and the upper bound."""


@dataclass(frozen=True)
class Optimum:
    """The best first stage found: z (J), costs (B arrays, one cost a state; 0 for states in no scenario), upper and lower bound, gap,
    rounds; stopped: by the user."""

    z: Floats
    costs: tuple[Floats, ...]
    upper: float
    lower: float
    rounds: int
    stopped: bool = False

    @property
    def gap(self) -> float:
        """Return the certified relative gap: 0 is proven optimal."""
        return max(0.0, self.upper - self.lower) / max(abs(self.upper), CENT)


@cache
def _threads() -> ThreadPoolExecutor:
    """The same threads for all programs; they start at the first use."""
    return ThreadPoolExecutor(LANES)


if hasattr(os, "register_at_fork"):
    # Threads do not live on in a forked process: it starts its own.
    os.register_at_fork(after_in_child=_threads.cache_clear)


class LShaped:
    """One two-stage program with its cuts; ask it as often as needed with other bounds, budgets and weights."""

    def __init__(self, problem: TwoStage, pools: Sequence[Pool] | None = None) -> None:
        """pools: of a program with the same blocks, whose cuts are to be used again."""
        self.problem = problem
        self.pools = [Pool(block) for block in problem.blocks] if pools is None else list(pools)
        self.master = Master(problem, self.pools)

    def minimise(self, *, gap: float = GAP, within: float = CENT, progress: Progress | None = None) -> Optimum:
        """Return the optimum under the master's present bounds; Ctrl-C returns the best so far with its gap.

        gap: relative; within: absolute (million USD); the method stops at whichever comes first.
        """
        best: Optimum | None = None
        z, lower = self._promising(within, 0)
        try:
            for rounds in range(1, ROUNDS + 1):
                best = self._tried(z, best, lower, rounds)
                enough = max(gap * abs(best.upper), within)
                if progress is not None:
                    progress(rounds, best.lower, best.upper)
                if best.upper - best.lower <= enough:
                    break
                z, lower = self._promising(enough, rounds)
        except KeyboardInterrupt:
            if best is None:
                raise
            return replace(best, stopped=True)
        assert best is not None
        return best

    def _promising(self, enough: float, rounds: int) -> tuple[Floats, float]:
        """Return a first stage that the known cuts do not rule out, nor those that a part of the states gives; and its lower bound.

        A cut found in one state bounds them all, so that a tenth of the states finds most of what is missing for a tenth of the work.
        """
        for probe in range(PROBES):
            z, theta, lower = self._sifted(enough)
            if sum(map(len, self._used)) < MANY:
                break
            states = [used[(rounds + probe) % STEP :: STEP] for used in self._used]
            over = 0.0
            for cost, of, bound, weight in zip(self.evaluate(z, states), states, theta, self.problem.weights(), strict=True):
                over += float(weight[of] @ (cost[of] - bound[of])) / max(float(weight[of].sum()), CENT) * float(weight.sum())
            if over <= enough:
                break
        return z, lower

    def _sifted(self, enough: float) -> tuple[Floats, list[Floats], float]:
        """Solve the master; as long as the cuts that the pools know already cut its answer off, add them and solve again."""
        for _ in range(SIFTS):
            z, theta, lower = self.master.solve()
            known = [pool.best(z) for pool in self.pools]
            if not self.master.cut(theta, known, enough):
                break
        return z, theta, lower

    @cached_property
    def _used(self) -> list[Ints]:
        """States that some scenario is in, block by block."""
        return [np.unique(of) for of in self.problem.of]

    def _tried(self, z: Floats, best: Optimum | None, lower: float, rounds: int) -> Optimum:
        costs = self.evaluate(z, self._used)
        upper = self.problem.objective(z, self.problem.costs(costs))
        low = lower if best is None else max(lower, best.lower)
        if best is None or upper < best.upper:
            return Optimum(z, tuple(costs), upper, low, rounds)
        return replace(best, lower=low, rounds=rounds)

    def evaluate(self, z: Floats, states: Sequence[Ints] | None = None) -> list[Floats]:
        """Return the exact cost at z of each state, or of some of each block (else 0), block by block.

        A block on which nothing of z acts that has changed is not solved again; new dual solutions go into the pools.
        """
        known = [pool.known(z) for pool in self.pools]
        wanted = [np.arange(len(cost)) for cost in known] if states is None else states
        open_ = [of[np.isnan(cost[of])] for cost, of in zip(known, wanted, strict=True)]
        for cost, of, optima in zip(known, open_, self.solutions(z, open_), strict=True):
            cost[of] = [one.objective for one in optima]
        return [np.where(np.isnan(cost), 0.0, cost) for cost in known]

    def estimate(self, z: Floats) -> list[Floats]:
        """Return the cost of each state at z from below: of a block of many states a part is solved, whose cuts bound the others."""
        part = [np.arange(0, pool.block.states, STEP if pool.block.states >= MANY else 1) for pool in self.pools]
        exact = self.evaluate(z, part)
        return [pool.best(z)[0] if pool.block.states >= MANY else cost for pool, cost in zip(self.pools, exact, strict=True)]

    def solutions(self, z: Floats, states: Sequence[Ints] | None = None) -> list[list[Solution]]:
        """Return the optimum at z of each state, or of some of each block, block by block."""
        wanted = [np.arange(pool.block.states) for pool in self.pools] if states is None else states
        jobs = [(number, lane, one[lane::LANES]) for number, one in enumerate(wanted) for lane in range(min(LANES, len(one)))]
        if sum(map(len, wanted)) < FEW:
            done = [self.pools[number].solve(z, part, lane) for number, lane, part in jobs]
        else:
            running = [_threads().submit(self.pools[number].solve, z, part, lane) for number, lane, part in jobs]
            try:
                done = [one.result() for one in running]
            finally:
                # After Ctrl-C too: a lane's solver is asked by one thread at a time.
                wait(running)
        found: list[list[Solution]] = [[None] * len(one) for one in wanted]  # type: ignore[list-item]
        for (number, lane, _), (optima, news) in zip(jobs, done, strict=True):
            found[number][lane::LANES] = optima
            self.pools[number].add(news)
        return found
