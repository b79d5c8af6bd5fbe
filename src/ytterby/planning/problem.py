"""The plan's two-stage program: from a case and its allies to the blocks that the L-shaped method solves.

    minimise  sum c y + sum_s p_s C_s + risk * CVaR_tail(C),   C_s = sum over years, allied uses of discount x value x tonnes missing
    0 <= y <= 1, outlays within the budgets, c their public cost, discounted to the first year (money.py)

First stage z: the share y of each option, then the part a of each player (1: in the club, 0: out of it; see game.py), then who pays.
Second stage, for each state of each block: flows, output, stock taken, tonnes missing in all years (template.py); a stock is used once
over the years.
Money is in million USD inside the program, tonnes are t a year.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ytterby.core.grid import Floats, Grid, Ints
from ytterby.planning.assembly import MILLION, Assembly
from ytterby.planning.couplings import couple
from ytterby.planning.limits import Limits
from ytterby.planning.money import Budgets, first_stage
from ytterby.planning.network import Flags
from ytterby.planning.options import Option
from ytterby.planning.parts import components, courses, feeds, part_of
from ytterby.planning.recourse import Block, TwoStage, distinct
from ytterby.planning.rules import Rules
from ytterby.planning.solver import Solution
from ytterby.planning.template import Template, template


@dataclass(frozen=True)
class Case:
    """What a plan is made for, as arrays; K options, S scenarios, T years, L links, U slots.

    chance (S) sums to 1; share (S, T, G) of base flows let through, by group of links; group (L); demand (S, T, U) as a multiple of the
    base year's need; value (U) USD per t missing, 0 for what is no valued final use; rank (U): class of a use, the highest served first,
    -1 of what has no value; discount (T); reserve (S): t in stock by (product, actor). recipes: feeds (product, t per t) of each product;
    scope: products that the shocks can reach; partners: who may help, allies too. rules: by-products, substitutes, scrap, what becomes of
    stocks.
    """

    grid: Grid
    options: tuple[Option, ...]
    years: tuple[int, ...]
    chance: Floats
    share: Floats
    group: Ints
    demand: Floats
    value: Floats
    rank: Ints
    discount: Floats
    reserve: tuple[dict[tuple[str, str], float], ...]
    recipes: dict[str, tuple[tuple[str, float], ...]]
    scope: frozenset[str]
    partners: frozenset[str]
    rules: Rules
    risk: float
    tail: float


@dataclass(frozen=True)
class Part:
    """One block with what its columns and rows mean. slots: of the whole grid; kept: the columns that can move, year by year."""

    grid: Grid
    slots: Ints
    template: Template
    block: Block
    kept: Ints
    years: int

    def cells(self, values: Floats) -> Floats:
        """Return a solution's columns as (years, columns of the template); what cannot move is 0."""
        full = np.zeros(self.years * len(self.template.kinds))
        full[self.kept] = values
        return full.reshape(self.years, -1)

    def rows(self, dual: Floats) -> Floats:
        """Return a solution's duals of the yearly rows: (years, rows of the template)."""
        return dual[: self.years * len(self.template.rows)].reshape(self.years, -1)

    def missing(self, solution: Solution) -> dict[int, Floats]:
        """Return tonnes missing of each final use: slot of the whole grid -> (years)."""
        found: dict[int, Floats] = {}
        cells = self.cells(solution.x)
        for column in self.template.of("missing"):
            slot = int(self.slots[int(self.template.keys[column][0])])
            found[slot] = found.get(slot, 0.0) + cells[:, column]
        return found


@dataclass(frozen=True)
class Problem:
    """The program of one case for one set of allies. z holds options, players, payers (money.py); the total budget is row 0."""

    case: Case
    allies: frozenset[str]
    options: tuple[Option, ...]
    players: tuple[str, ...]
    parts: tuple[Part, ...]
    program: TwoStage

    @cached_property
    def usd(self) -> Floats:
        """Money that each option taken whole commits (USD)."""
        return np.array([option.usd for option in self.options], dtype=float)

    @cached_property
    def cost(self) -> Floats:
        """Public cost of each option taken whole, discounted to the first year, as the objective counts it (USD)."""
        return np.asarray(self.program.first.cost[: len(self.options)] * MILLION)

    @cached_property
    def groups(self) -> list[list[int]]:
        """Numbers of the options in groups: the vintages of one project together, all others alone."""
        found: dict[str, list[int]] = {}
        for number, option in enumerate(self.options):
            found.setdefault(option.key, []).append(number)
        return list(found.values())

    @cached_property
    def given(self) -> Floats:
        """1 for options that are there whatever the plan."""
        return np.array([option.given for option in self.options], dtype=float)

    def stage(self, shares: Floats) -> Floats:
        """Return z for shares of the options, with every player in the club."""
        return np.concatenate([shares, np.ones(len(self.players))])


def build(case: Case, allies: frozenset[str], budget: float | Budgets, must: Collection[str] = ()) -> Problem:
    """Turn a case into the program for some allies and a budget (USD), or budgets by year and government. must: options to be taken."""
    allied = _flags(case.grid, allies)
    friends = _flags(case.grid, case.partners)
    options = tuple(option for option in case.options if option.kind != "stock" or option.actor in allies)
    players = tuple(sorted(allies | case.partners))
    place = {name: number for number, name in enumerate([*(option.option for option in options), *players])}
    parts, states = [], []
    tied = [*feeds(case.grid, case.recipes), *case.rules.pairs(case.grid), *_together(case)]
    for products in components(tied, case.scope):
        part, of = _part(case, products, allied, friends, options, place)
        if part is not None:
            parts.append(part)
            states.append(of)
    of = np.array(states).reshape(len(parts), len(case.chance))
    budgets = budget if isinstance(budget, Budgets) else Budgets(budget)
    first = first_stage(options, len(players), budgets, case.years, case.discount, allies, must)
    program = TwoStage(first, tuple(part.block for part in parts), of, case.chance, case.risk, case.tail)
    return Problem(case, allies, options, players, tuple(parts), program)


def _together(case: Case) -> list[tuple[str, str]]:
    """Pairs of products that a project must make together, if a surplus costs something."""
    joint = [sorted(option.joint) for option in case.options if case.rules.surplus > 0]
    return [(one[0], other) for one in joint for other in one[1:]]


def _flags(grid: Grid, names: frozenset[str]) -> Flags:
    return np.array([actor in names for actor in grid.actors], dtype=bool)


def _part(
    case: Case, products: frozenset[str], allied: Flags, friends: Flags, options: Sequence[Option], place: dict[str, int]
) -> tuple[Part | None, Ints]:
    """One block, and which of its states each scenario is; None where no use of an ally has a value."""
    grid, links, slots, nodes = part_of(case.grid, products)
    rules = case.rules.part(nodes, slots, (len(case.grid.output), len(case.grid.need)))
    own = [option for option in options if any(product in products for product, _ in option.outputs)]
    keys = sorted({key for reserve in case.reserve for key in reserve if key[0] in products})
    reserve = np.array([[one.get(key, 0.0) for key in keys] for one in case.reserve]).reshape(len(case.chance), len(keys))
    group, inside = np.unique(case.group[links], return_inverse=True)
    share, demand = case.share[:, :, group], case.demand[:, :, slots[grid.final()]]
    first, course = courses(share, demand, reserve)
    layout = template(grid, allied, own, case.recipes, friends, rules.surplus > 0)
    couple(layout, grid, rules, own, allied, friends)
    if not any(case.value[slots[int(layout.keys[column][0])]] > 0 for column in layout.of("missing")):
        return None, course
    limits = Limits(grid, share[first][:, :, inside], case.demand[first][:, :, slots], allied, own, case.years, place, rules)
    held = [dict(zip(keys, row, strict=True)) for row in reserve[first]]
    block, kept = Assembly(case.discount, layout, limits, own, held).block(case.value[slots])
    merged, of = distinct(block)
    return Part(grid, slots, layout, merged, kept, len(case.years)), of[course]
