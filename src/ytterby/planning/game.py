"""What each partner is worth: the club as a cooperative game.

Players are the allies and their partners. A player in the club gives the others what it does not need itself: the output of its plants and
projects, idle capacity, agreements, its exports. Out of the club it keeps all of that for itself; everyone's needs count either way, so
nobody is charged for another's. A player that gives nothing is worth 0, equals are worth the same, and Shapley values add up to the whole.

    v(S) = C(nobody) - C(S)     C(S) = least public cost + expected shortage cost if the players S give
    marginal value = v(all) - v(all but j)
    Shapley value  = mean over all orders of joining of v(before j and j) - v(before j)      (Shapley 1953)

A player acts on limits of the recourse only, so that cuts hold for every coalition and each is solved with those of all before
(lshaped.py). Of many draws, every n-th is taken for this. Above 8 players that can give anything, orders are drawn, each with its
reverse, and the error is told.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from ytterby.planning.assembly import MILLION
from ytterby.planning.entire import Entire, small
from ytterby.planning.lshaped import LShaped, Optimum
from ytterby.planning.money import unasked
from ytterby.planning.problem import Problem
from ytterby.planning.recourse import TwoStage
from ytterby.planning.solver import Floats

EXACT = 8
"""Players up to which every coalition is solved."""
COURSES = 12
"""Scenarios and draws that coalitions are measured on, at most: every n-th of the plan's."""
ENTIRE = 30_000
"""Columns up to which coalitions are solved entire; beyond, the cuts of all coalitions before make the L-shaped method quicker."""
ORDERS = 32
"""Orders drawn above that."""
Worth = Callable[[frozenset[str]], float]


@dataclass(frozen=True)
class Values:
    """Of each player: marginal and Shapley value with its standard error (USD; 0 where exact); alone, whole: C(nobody), C(all)."""

    players: tuple[str, ...]
    marginal: Floats
    shapley: Floats
    error: Floats
    alone: float
    whole: float


class Game:
    """The club of one program; coalitions are solved on demand and kept."""

    def __init__(self, problem: Problem, method: LShaped) -> None:
        self.problem = problem
        program = thinned(replace(problem.program, risk=0.0, first=unasked(problem.program.first)))
        self.method = LShaped(program, method.pools)
        self._entire = Entire(program) if small(program, ENTIRE) else None
        self._cost: dict[frozenset[str], float] = {}
        self.within = 0.0
        # The first two span what cooperation can do; a ten-thousandth of it is precise enough for the others.
        self.within = 1e-4 * (self.cost(frozenset()) - self.cost(frozenset(self.players))) / MILLION

    @cached_property
    def players(self) -> tuple[str, ...]:
        """Who plays: the allies and their partners."""
        return self.problem.players

    def cost(self, members: frozenset[str]) -> float:
        """Return C(members), USD."""
        key = members & self.givers
        if key not in self._cost:
            self._cost[key] = self._between(key) or self.solve(key).upper * MILLION
        return self._cost[key]

    def _between(self, key: frozenset[str]) -> float | None:
        """A larger club never costs more: where a smaller and a larger one cost the same, so does every one between them."""
        least = max((cost for other, cost in self._cost.items() if other >= key), default=-math.inf)
        most = min((cost for other, cost in self._cost.items() if other <= key), default=math.inf)
        return most if most - least <= self.within * MILLION else None

    @cached_property
    def acting(self) -> frozenset[int]:
        """The entries of z that move any limit in any state."""
        parts = [part.block for part in self.problem.parts]
        return frozenset(int(number) for one in parts for number, slope in zip(one.param, one.slope.T, strict=True) if slope.any())

    @cached_property
    def givers(self) -> frozenset[str]:
        """The players that can give anything in any state; all others are worth 0."""
        problem, first = self.problem, len(self.problem.options)
        hosts = {
            option.actor
            for number, option in enumerate(problem.options)
            if number in self.acting and (option.actor not in problem.allies or option.lends)
        }
        return frozenset(name for number, name in enumerate(problem.players, first) if number in self.acting) | hosts

    def solve(self, members: frozenset[str]) -> Optimum:
        """Return the best plan of a coalition: what others host and do not give is not there."""
        problem = self.problem
        inside = np.array([float(name in members) for name in problem.players])
        # What an ally builds it keeps for itself when out of the club; its stocks it then lends to nobody.
        open_ = [option.actor in members or (option.actor in problem.allies and not option.lends) for option in problem.options]
        low, high = np.concatenate([problem.given * open_, inside]), np.concatenate([open_, inside])
        return self._least(low, high)

    def _least(self, low: Floats, high: Floats) -> Optimum:
        """The best plan under bounds of the first stage."""
        columns = np.arange(len(low))
        if self._entire is None:
            self.method.master.bound(columns, low, high)
            return self.method.minimise(within=max(self.within, 1e-9))
        self._entire.bound(columns, low, high)
        z, least, _ = self._entire.solve()
        return Optimum(z, (), least, least, 1)


class Accords(Game):
    """The same game with the club's agreements as players, while every ally and partner gives what it can."""

    @cached_property
    def players(self) -> tuple[str, ...]:
        """The agreements, and the stocks that allies agree to lend."""
        return tuple(option.option for option in self.problem.options if option.kind == "agreement")

    @cached_property
    def givers(self) -> frozenset[str]:
        """The agreements that can give anything in any state."""
        options = self.problem.options
        return frozenset(options[number].option for number in self.acting if number < len(options) and options[number].kind == "agreement")

    def solve(self, members: frozenset[str]) -> Optimum:
        """Return the best plan with some agreements only."""
        options = self.problem.options
        open_ = np.array([float(option.kind != "agreement" or option.option in members) for option in options])
        return self._least(self.problem.given * open_, open_)


def thinned(program: TwoStage, most: int = COURSES) -> TwoStage:
    """Return the program with every n-th scenario only, so that no more than `most` are left; each keeps its share of the weight."""
    step = -(-len(program.chance) // most)
    chance = program.chance[::step]
    return replace(program, of=program.of[:, ::step], chance=chance / chance.sum())


def values(game: Game, seed: int = 0) -> Values:
    """Return what each player of a program is worth to the club."""
    everyone = game.players
    active = sorted(game.givers & set(everyone))
    all_in = frozenset(active)

    def worth(members: frozenset[str]) -> float:
        return game.cost(frozenset()) - game.cost(members)

    exact = len(active) <= EXACT
    # Small and large clubs first: they settle many of those between.
    for size in sorted(range(len(active) + 1), key=lambda one: min(one, len(active) - one)) if exact else ():
        for members in combinations(active, size):
            worth(frozenset(members))
    shares, errors = shapley(active, worth) if exact else sampled(active, worth, ORDERS, seed)
    marginal = {name: max(0.0, worth(all_in) - worth(all_in - {name})) for name in active}
    place = {name: number for number, name in enumerate(active)}
    return Values(
        players=everyone,
        marginal=np.array([marginal.get(name, 0.0) for name in everyone]),
        shapley=np.array([shares[place[name]] if name in place else 0.0 for name in everyone]),
        error=np.array([errors[place[name]] if name in place else 0.0 for name in everyone]),
        alone=game.cost(frozenset()),
        whole=game.cost(all_in),
    )


def shapley(players: Sequence[str], worth: Worth) -> tuple[Floats, Floats]:
    """Return the Shapley value of each player from the worth of every coalition, and errors of 0.

        phi_j = sum over S without j of |S|! (n - |S| - 1)! / n! (v(S and j) - v(S))

    >>> shapley(["a", "b", "c"], lambda members: 6.0 if {"a", "b"} <= members else 0.0)[0].tolist()
    [3.0, 3.0, 0.0]
    """
    count, found = len(players), np.zeros(len(players))
    for number, player in enumerate(players):
        others = [name for name in players if name != player]
        for size in range(count):
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for chosen in combinations(others, size):
                before = frozenset(chosen)
                found[number] += weight * (worth(before | {player}) - worth(before))
    return found, np.zeros(count)


def sampled(players: Sequence[str], worth: Worth, orders: int, seed: int) -> tuple[Floats, Floats]:
    """Return Shapley values from drawn orders, each followed by its reverse, and their standard errors (Mitchell et al. 2022, JMLR 23).

    >>> value, error = sampled(["a", "b", "c"], lambda members: 6.0 if {"a", "b"} <= members else 0.0, 4, seed=0)
    >>> value.tolist(), error.tolist()
    ([3.0, 3.0, 0.0], [0.0, 0.0, 0.0])
    """
    rng, pairs = np.random.default_rng(seed), []
    for _ in range(max(2, orders // 2)):
        order = rng.permutation(len(players))
        pairs.append((_joining(players, worth, order) + _joining(players, worth, order[::-1])) / 2)
    found = np.array(pairs)
    return found.mean(axis=0), found.std(axis=0, ddof=1) / math.sqrt(len(found))


def _joining(players: Sequence[str], worth: Worth, order: Sequence[int] | np.ndarray) -> Floats:
    gained, members, before = np.zeros(len(players)), frozenset[str](), 0.0
    for number in order:
        members |= {players[number]}
        after = worth(members)
        gained[number], before = after - before, after
    return gained
