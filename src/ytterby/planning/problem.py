"""The plan's two-stage linear program as arrays.

    minimise  sum c y + sum_s p_s C_s + lambda (eta + sum_s p_s xi_s / (1 - alpha))
    C_s = sum over years, allied uses of discount x value x tonnes missing;   xi_s >= C_s - eta;   sum c y <= budget;   0 <= y <= 1

First stage: the share y of each option. Second stage, a year and scenario at a time (see template.py): flows, output, stock taken, tonnes
missing; a stock is used once over the years of a scenario. Money is in million USD inside the program, tonnes are t a year.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from ytterby.core.grid import Floats, Grid, Ints
from ytterby.planning.network import Flags, running
from ytterby.planning.options import Option
from ytterby.planning.solver import INFINITY, Program, Solution
from ytterby.planning.template import SEGMENTS, TRIFLE, Template, template

MILLION = 1e6


@dataclass(frozen=True)
class Case:
    """What a plan is made for, as arrays; K options, S scenarios, T years, L links, U slots.

    chance (S) sums to 1; share (S, T, L) of base flows let through; demand (S, T, U) as a multiple of the base year's need;
    value (U) USD per t missing, 0 for what is no valued final use; discount (T); reserve (S): t in stock by (product, actor).
    recipes: feeds (product, t per t) of each product; scope: products that the shocks can reach; partners: who may help, allies too.
    """

    grid: Grid
    options: tuple[Option, ...]
    years: tuple[int, ...]
    chance: Floats
    share: Floats
    demand: Floats
    value: Floats
    discount: Floats
    reserve: tuple[dict[tuple[str, str], float], ...]
    recipes: dict[str, tuple[tuple[str, float], ...]]
    scope: frozenset[str]
    partners: frozenset[str]
    risk: float
    tail: float


@dataclass(frozen=True)
class Problem:
    """The program of one case for one set of allies, with the places of what is read from its solution.

    Columns: one per option, eta, xi (S), then the template's columns for each scenario and year. high: their upper bounds (S, T, columns).
    """

    case: Case
    allies: frozenset[str]
    options: tuple[Option, ...]
    block: Template
    program: Program
    high: Floats

    def blocks(self, values: Floats) -> Floats:
        """Return the template's columns of a solution: (scenarios, years, columns)."""
        cells: Floats = values[len(self.options) + 1 + len(self.case.chance) :].reshape(self.high.shape)
        return cells

    def missing(self, solution: Solution) -> dict[int, Floats]:
        """Return tonnes missing of each final use: slot -> (scenarios, years)."""
        found: dict[int, Floats] = {}
        cells = self.blocks(solution.x)
        for column in self.block.of("missing"):
            slot = int(self.block.keys[column][0])
            found[slot] = found.get(slot, 0.0) + cells[:, :, column]
        return found

    def costs(self, solution: Solution) -> Floats:
        """Return the discounted cost of the shortage in each scenario (USD)."""
        total = np.zeros(len(self.case.chance))
        for slot, tonnes in self.missing(solution).items():
            total += self.case.value[slot] * (tonnes @ self.case.discount)
        return total

    def row_duals(self, solution: Solution) -> Floats:
        """Return what one more tonne in a template row would save, summed over scenarios: (years, rows), USD/t, discounted."""
        shape = (len(self.case.chance), len(self.case.years), len(self.block.rows))
        per_row: Floats = solution.dual[: int(np.prod(shape))].reshape(shape).sum(axis=0) * MILLION
        return per_row

    @property
    def budget_row(self) -> int:
        """Number of the row that holds spending within the budget."""
        return len(self.case.chance) * len(self.case.years) * len(self.block.rows)

    def shadow(self, solution: Solution) -> float:
        """Return what one more dollar of budget would save beyond itself (USD/USD)."""
        return max(0.0, -float(solution.dual[self.budget_row]))


def build(case: Case, allies: frozenset[str], absent: frozenset[str], budget: float) -> Problem:
    """Turn a case into the program for some allies. Absent actors send allies and partners nothing, and their options are gone."""
    allied, gone, friends = (_flags(case.grid, names) for names in (allies, absent, case.partners - absent))
    options = tuple(option for option in case.options if option.actor not in absent and (option.kind != "stock" or option.actor in allies))
    block = template(case.grid, allied, set(case.scope), options, case.recipes, friends)
    high, need = _limits(replace(case, share=_cut(case, gone, allied | friends)), block, options, allied)
    return Problem(case, allies, options, block, _program(case, block, options, high, need, budget), high)


def _cut(case: Case, gone: Flags, club: Flags) -> Floats:
    """Shares of base flows let through when those who are gone send nothing to the club; they go on serving everyone else."""
    lost = gone[case.grid.node_actor[case.grid.link_node]] & club[case.grid.slot_actor[case.grid.link_slot]]
    return np.where(lost, 0.0, case.share)


def _flags(grid: Grid, names: frozenset[str]) -> Flags:
    return np.array([actor in names for actor in grid.actors], dtype=bool)


def _limits(case: Case, block: Template, options: Sequence[Option], allied: Flags) -> tuple[Floats, Floats]:
    """Upper bounds of the template's columns and need of its rows, for each scenario and year."""
    scenarios, years = len(case.chance), len(case.years)
    high, need = np.full((scenarios, years, len(block.kinds)), INFINITY), np.zeros((scenarios, years, len(block.rows)))
    for scenario in range(scenarios):
        reserve = {key[1:] for key in block.rows if key[0] == "ally" and case.reserve[scenario].get((key[1], key[2]), 0.0) > 0}
        stocked = reserve | {(option.outputs[0][0], option.actor) for option in options if option.kind == "stock"}
        for year in range(years):
            rate = running(case.grid, case.share[scenario, year], allied)
            sent = case.grid.flow * case.share[scenario, year] * rate[case.grid.link_node]
            limit = _Limit(case, options, allied, rate, sent, case.demand[scenario, year] * case.grid.need, case.years[year], stocked)
            high[scenario, year] = [limit.of(kind, key) for kind, key in zip(block.kinds, block.keys, strict=True)]
            for slot in {int(block.keys[column][0]) for column in block.of("missing")}:
                row = block.rows["ally", case.grid.products[case.grid.slot_product[slot]], case.grid.actors[case.grid.slot_actor[slot]]]
                need[scenario, year, row] += limit.need[slot]
    return high, need


class _Limit:
    """Upper bounds of one scenario and year."""

    def __init__(
        self,
        case: Case,
        options: Sequence[Option],
        allied: Flags,
        rate: Floats,
        sent: Floats,
        need: Floats,
        year: int,
        stocked: set[tuple[str, ...]],
    ) -> None:
        self.grid, self.options, self.rate, self.need, self.year, self.stocked = case.grid, options, rate, need, year, stocked
        grid = case.grid
        to_ally = allied[grid.slot_actor[grid.link_slot]]
        outside = to_ally & ~allied[grid.node_actor[grid.link_node]]
        counted = outside & (grid.essential | (grid.slot_use >= 0))[grid.link_slot]
        place = grid.slot_product * len(grid.actors) + grid.slot_actor
        self.inflow = np.bincount(place[grid.link_slot[counted]], sent[counted], len(grid.products) * len(grid.actors))
        base = np.bincount(grid.link_node, grid.flow * to_ally, len(grid.output))
        able = np.bincount(grid.link_node, sent * to_ally, len(grid.output))
        self.able = np.divide(able, base, out=np.ones_like(able), where=base > 0)
        self.delivered = np.bincount(grid.link_node[outside], sent[outside], len(grid.output))
        self.product = {product: number for number, product in enumerate(grid.products)}
        self.actor = {actor: number for number, actor in enumerate(grid.actors)}

    def of(self, kind: str, key: tuple[int | str, ...]) -> float:
        """Return the upper bound (t a year) of a column by its kind and key."""
        grid = self.grid
        if kind == "missing":
            return float(self.need[int(key[0])]) / SEGMENTS
        if kind == "plant":
            return float(grid.capacity[int(key[0])] * self.able[int(key[0])])
        if kind == "idle":
            return float((grid.capacity - grid.output)[int(key[0])] * (self.rate[int(key[0])] > 0))
        if kind == "inflow":
            return float(self.inflow[self.product[str(key[0])] * len(grid.actors) + self.actor[str(key[1])]])
        if kind == "release":
            return INFINITY if key in self.stocked else 0.0
        return self.most(self.options[int(key[0])], str(key[1])) if kind == "option" else INFINITY

    def most(self, option: Option, product: str) -> float:
        """Return the most that an option taken whole gives of a product in the year."""
        made = dict(option.outputs)[product] * option.ready(self.year)
        if option.kind != "agreement":
            return made
        node = np.flatnonzero((self.grid.node_product == self.product[product]) & (self.grid.node_actor == self.actor[option.actor]))
        return max(0.0, float(made * self.rate[node].sum() - self.delivered[node].sum()))


def _program(case: Case, block: Template, options: Sequence[Option], high: Floats, need: Floats, budget: float) -> Program:
    """Repeat the template over scenarios and years and join the parts that bind them."""
    scenarios, years, width = high.shape
    first = len(options) + 1 + scenarios
    cells, rows = scenarios * years, len(block.rows)
    step = np.arange(cells)[:, None]
    row = (np.array(block.row_index, dtype=np.int64)[None, :] + step * rows).ravel()
    column = (np.array(block.column_index, dtype=np.int64)[None, :] + step * width + first).ravel()
    joined = _joined(case, block, options, high, first)
    value = np.concatenate([np.tile(block.value, cells), joined[2]])
    extra_low, extra_high = _joined_bounds(case, block, options, budget)
    shape = (cells * rows + len(extra_low), first + cells * width)
    matrix = sparse.csc_array((value, (np.concatenate([row, joined[0]]), np.concatenate([column, joined[1]]))), shape=shape)
    limit = np.where([key[0] == "option" for key in block.rows], 0.0, INFINITY)
    least = np.where([key[0] == "option" for key in block.rows], -INFINITY, need)
    given = np.array([option.given for option in options], dtype=float)
    return Program(
        cost=_cost(case, block, options, high),
        low=np.concatenate([given, np.zeros(shape[1] - len(options))]),
        high=np.concatenate([np.ones(len(options)), np.full(1 + scenarios, INFINITY), high.ravel()]),
        row_low=np.concatenate([least.ravel(), extra_low]),
        row_high=np.concatenate([np.tile(limit, cells), extra_high]),
        start=matrix.indptr.astype(np.int64),
        index=matrix.indices.astype(np.int64),
        value=matrix.data,
    )


def _weight(case: Case, block: Template) -> tuple[list[int], Floats]:
    """Columns of missing tonnes and their discounted value, (years, columns), in million USD per t."""
    columns = block.of("missing")
    value = np.array([case.value[int(block.keys[column][0])] for column in columns]) / MILLION
    return columns, case.discount[:, None] * value[None, :]


def _cost(case: Case, block: Template, options: Sequence[Option], high: Floats) -> Floats:
    columns, weight = _weight(case, block)
    later = 1 + TRIFLE * np.array([int(block.keys[column][1]) for column in columns])
    cost = np.zeros(high.shape)
    cost[:, :, columns] = case.chance[:, None, None] * (weight * later)[None, :, :]
    tail = np.concatenate([[case.risk], case.risk * case.chance / (1 - case.tail)])
    return np.concatenate([[option.usd / MILLION for option in options], tail, cost.ravel()])


def _stocked(block: Template) -> list[tuple[str, ...]]:
    return [key[1:] for key in block.rows if key[0] == "ally"]


def _joined(case: Case, block: Template, options: Sequence[Option], high: Floats, first: int) -> tuple[Ints, Ints, Floats]:
    """Non-zeros of the rows that join years and scenarios: built capacity, budget, stocks, the cost of each scenario."""
    scenarios, years, width = high.shape
    rows = len(block.rows)
    entries: list[tuple[int, int, float]] = []
    for column in block.of("option"):
        number, product = int(block.keys[column][0]), str(block.keys[column][1])
        row = block.rows["option", str(number), product]
        most = high[:, :, column].ravel()
        entries += [(cell * rows + row, number, -float(most[cell])) for cell in range(scenarios * years) if most[cell] > 0]
    last = scenarios * years * rows
    entries += [(last, number, option.usd / MILLION) for number, option in enumerate(options) if option.usd > 0]
    release = {block.keys[column]: column for column in block.of("release")}
    keys = _stocked(block)
    bought = {(option.outputs[0][0], option.actor): number for number, option in enumerate(options) if option.kind == "stock"}
    for scenario in range(scenarios):
        for place, key in enumerate(keys):
            row = last + 1 + scenario * len(keys) + place
            entries += [(row, first + (scenario * years + year) * width + release[key], 1.0) for year in range(years)]
            entries += [(row, bought[key], -options[bought[key]].size)] if key in bought else []
    columns, weight = _weight(case, block)
    last += 1 + scenarios * len(keys)
    for scenario in range(scenarios):
        entries += [(last + scenario, len(options), -1.0), (last + scenario, len(options) + 1 + scenario, -1.0)]
        for year in range(years):
            start = first + (scenario * years + year) * width
            entries += [
                (last + scenario, start + column, float(cost)) for column, cost in zip(columns, weight[year], strict=True) if cost > 0
            ]
    place_row, place_column, value = zip(*entries, strict=True)
    return np.array(place_row, dtype=np.int64), np.array(place_column, dtype=np.int64), np.array(value, dtype=float)


def _joined_bounds(case: Case, block: Template, options: Sequence[Option], budget: float) -> tuple[Floats, Floats]:
    keys = _stocked(block)
    reserve = [case.reserve[scenario].get((key[0], key[1]), 0.0) for scenario in range(len(case.chance)) for key in keys]
    high = np.array([budget / MILLION, *reserve, *np.zeros(len(case.chance))])
    return np.full(len(high), -INFINITY), high
