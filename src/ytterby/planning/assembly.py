"""A block of the plan's program in full: one year's template repeated over the years, and the years joined by stocks and scrap."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from ytterby.core.grid import Floats, Ints
from ytterby.planning.carry import Row, scrap_rows, stock_rows
from ytterby.planning.couplings import surplus_costs
from ytterby.planning.limits import Limits
from ytterby.planning.options import Option
from ytterby.planning.recourse import Block
from ytterby.planning.template import Template

MILLION = 1e6


class Assembly:
    """Repeats a template over the years and joins them by what one hands on to the next."""

    def __init__(
        self,
        discount: Floats,
        layout: Template,
        limits: Limits,
        options: Sequence[Option],
        held: Sequence[dict[tuple[str, str], float]],
    ) -> None:
        self.discount, self.layout, self.limits, self.options, self.held = discount, layout, limits, options, held
        self.states, self.years = limits.shape
        self.width, self.height = len(layout.kinds), len(layout.rows)
        self.acts: list[tuple[int, int, Floats]] = []

    def block(self, value: Floats) -> tuple[Block, Ints]:
        """Return the block and the columns kept in it."""
        high = self._columns()
        rows, entries = self._rows()
        acted = {place for place, _, _ in self.acts}
        kept = np.array([column for column in range(high.shape[1]) if column in acted or (high[:, column] > 0).any()], dtype=np.int64)
        matrix = self._matrix(entries, rows.shape[1])[:, kept]
        order = np.full(high.shape[1], -1)
        order[kept] = np.arange(len(kept))
        place = [int(order[at]) if at < high.shape[1] else at - high.shape[1] + len(kept) for at, _, _ in self.acts]
        kind = np.array([key[0] in ("ally", "own", "pool", "pay") for key in self.layout.rows], dtype=bool)
        at_least = np.concatenate([np.tile(kind, self.years), np.zeros(rows.shape[1] - self.years * self.height, dtype=bool)])
        block = Block(
            cost=self._cost(value)[kept],
            start=matrix.indptr.astype(np.int64),
            index=matrix.indices.astype(np.int64),
            value=matrix.data,
            at_least=at_least,
            limit=np.hstack([high[:, kept], rows]),
            place=np.array(place, dtype=np.int64),
            param=np.array([number for _, number, _ in self.acts], dtype=np.int64),
            slope=np.array([slope for _, _, slope in self.acts]).T.reshape(self.states, len(self.acts)),
        )
        return block, kept

    def _act(self, first: int, step: int, acts: Sequence[tuple[int, Floats]]) -> None:
        """What z adds to a limit of each year: places first, first + step, ..."""
        for number, slope in acts:
            self.acts += [(first + year * step, number, slope[:, year]) for year in range(self.years) if slope[:, year].any()]

    def _columns(self) -> Floats:
        """Upper bounds of all columns at z = 0: (K, T x width)."""
        high = np.empty((self.states, self.years, self.width))
        stocked = self._stocked()
        for column, (kind, key) in enumerate(zip(self.layout.kinds, self.layout.keys, strict=True)):
            high[:, :, column], acts = self.limits.of(kind, key)
            if kind in ("release", "lend") and key not in stocked:
                high[:, :, column], acts = 0.0, []
            if kind == "option" and not any(slope.any() for _, slope in self.limits.built(str(key[0]), str(key[1]))):
                high[:, :, column] = 0.0
            self._act(column, self.width, acts)
        return high.reshape(self.states, -1)

    def _stocked(self) -> set[tuple[int | str, ...]]:
        bought = {(option.outputs[0][0], option.actor) for option in self.options if option.kind == "stock"}
        return {*bought, *(key for held in self.held for key, t in held.items() if t > 0)}

    def _rows(self) -> tuple[Floats, list[tuple[int, int, float]]]:
        """Limits of the rows at z = 0 (K, T x height, then those over all years), and the non-zeros of the latter."""
        base, total = self.years * self.width, self.years * self.height
        limit = self._yearly()
        for name, row in self.layout.rows.items():
            if name[0] == "option":
                self._act(base + row, self.height, self.limits.built(name[1], name[2]))
            if name[0] == "pay":
                self._act(base + row, self.height, self.limits.owed(name[1], name[2]))
        carried = [*self._stock_rows(), *self._scrap_rows()]
        entries = []
        for number, more in enumerate(carried):
            entries += [(total + number, year * self.width + column, value) for year, column, value in more.entries]
            self.acts += [(base + total + number, param, slope) for param, slope in more.acts]
        return np.hstack([limit.reshape(self.states, -1), *(more.limit[:, None] for more in carried)]), entries

    def _yearly(self) -> Floats:
        """Limits of the template's rows in all years at z = 0 (K, T, height)."""
        limit, grid = np.zeros((self.states, self.years, self.height)), self.limits.grid
        for slot in {int(self.layout.keys[column][0]) for column in self.layout.of("missing")}:
            row = self.layout.rows["ally", grid.products[grid.slot_product[slot]], grid.actors[grid.slot_actor[slot]]]
            limit[:, :, row] += self.limits.need[:, :, slot]
            if ("use", str(slot)) in self.layout.rows:
                limit[:, :, self.layout.rows["use", str(slot)]] = self.limits.need[:, :, slot]
        for key, row in self.layout.rows.items():
            if key[0] == "surplus":
                limit[:, :, row] = limit[:, :, self.layout.rows[key[1:]]]
        for row, parts in self.layout.constant.items():
            limit[:, :, row] = self.limits.fixed(parts)
        return limit

    def _stock_rows(self) -> list[Row]:
        rows, out = (
            [],
            {kind: {self.layout.keys[column]: column for column in self.layout.of(kind)} for kind in ("release", "lend", "refill")},
        )
        stocked = self._stocked()
        for key in (key for key in out["release"] if key in stocked):
            product, actor = str(key[0]), str(key[1])
            bought = [
                (self.limits.place[option.option], max(0, int(option.opening) - self.limits.years[0]), option.size)
                for option in self.options
                if option.kind == "stock" and (option.outputs[0][0], option.actor) == key
            ]
            again = out["refill"].get(key) if self.limits.calm(product, actor).any() else None
            opening = np.array([held.get((product, actor), 0.0) for held in self.held])
            used = [out[kind][key] for kind in ("release", "lend") if key in out[kind]]
            rows += stock_rows(opening, bought, used, again, self.years, self.limits.rules.decay)
        return rows

    def _scrap_rows(self) -> list[Row]:
        """What comes back of a product in an ally, as it is and through projects on scrap."""
        rows, rules, grid = list[Row](), self.limits.rules, self.limits.grid
        fed = {(option.key, option.actor) for option in self.options if option.scrap}
        for key in [name[1:] for name in self.layout.rows if name[0] == "ally"]:
            if not (need := self.limits.used(*key)).any():
                continue
            plain = [column for column in self.layout.of("scrap") if self.layout.keys[column] == key]
            built = [column for column in self.layout.of("option") if (self.layout.keys[column][0], key[1]) in fed]
            built = [column for column in built if self.layout.keys[column][1] == key[0]]
            users = [column for column in self.layout.of("missing") if self._at(int(self.layout.keys[column][0])) == key]
            pairs = rules.substitutes.slot
            users += [column for column in self.layout.of("substitute") if self._at(int(pairs[int(self.layout.keys[column][0])])) == key]
            slots = [slot for slot in grid.final() if self._at(int(slot)) == key]
            life = max(1.0, rules.life)
            for takers, rate in ((plain, rules.collected), (plain + built, rules.collectable)):
                if takers and (takers is plain or built):
                    rows += scrap_rows(need, float(grid.need[slots].sum()) * life, users, takers, rules.yielded * rate, life)
        return rows

    def _at(self, slot: int) -> tuple[str, str]:
        grid = self.limits.grid
        return grid.products[grid.slot_product[slot]], grid.actors[grid.slot_actor[slot]]

    def _matrix(self, extra: Sequence[tuple[int, int, float]], rows: int) -> sparse.csc_array:
        step = np.arange(self.years)[:, None]
        row = (np.array(self.layout.row_index, dtype=np.int64)[None, :] + step * self.height).ravel()
        column = (np.array(self.layout.column_index, dtype=np.int64)[None, :] + step * self.width).ravel()
        more = np.array(extra, dtype=float).reshape(-1, 3)
        place = np.concatenate([row, more[:, 0].astype(np.int64)]), np.concatenate([column, more[:, 1].astype(np.int64)])
        value = np.concatenate([np.tile(self.layout.value, self.years), more[:, 2]])
        return sparse.csc_array((value, place), shape=(rows, self.years * self.width))

    def _cost(self, value: Floats) -> Floats:
        """Discounted value of a missing tonne, cost of one that nobody takes, price of one bought again; million USD."""
        cost = np.zeros((self.years, self.width))
        for column in self.layout.of("missing"):
            cost[:, column] = self.discount * value[int(self.layout.keys[column][0])] / MILLION
        over = surplus_costs(self.limits.rules, self.options)
        for column in self.layout.of("surplus"):
            cost[:, column] = self.discount * over[str(self.layout.keys[column][1])] / MILLION
        price = {(option.outputs[0][0], option.actor): option.price for option in self.options if option.kind == "stock"}
        for column in self.layout.of("refill"):
            cost[:, column] = self.discount * price[str(self.layout.keys[column][0]), str(self.layout.keys[column][1])] / MILLION
        return cost.ravel()
