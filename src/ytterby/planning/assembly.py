"""A block of the plan's program in full: one year's template repeated over the years, and the years joined by the stocks."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from ytterby.core.grid import Floats, Ints
from ytterby.planning.limits import Limits
from ytterby.planning.options import Option
from ytterby.planning.recourse import Block
from ytterby.planning.template import Template

MILLION = 1e6
TRIFLE = 1e-5
"""By how much a later part of a use's need is dearer to miss, so that equal uses share a shortage instead of one bearing it all."""


class Assembly:
    """Repeats a template over the years and joins them by the stocks."""

    def __init__(
        self,
        discount: Floats,
        layout: Template,
        limits: Limits,
        options: Sequence[Option],
        held: Sequence[dict[tuple[str, str], float]],
        segments: int,
    ) -> None:
        self.discount, self.layout, self.limits, self.options, self.held, self.segments = discount, layout, limits, options, held, segments
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
        kind = np.array([key[0] in ("ally", "own", "pool") for key in self.layout.rows], dtype=bool)
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
            high[:, :, column], acts = self.limits.of(kind, key, self.segments)
            if kind == "release" and key not in stocked:
                high[:, :, column] = 0.0
            if kind == "option" and not any(slope.any() for _, slope in self.limits.built(str(key[0]), str(key[1]))):
                high[:, :, column] = 0.0
            self._act(column, self.width, acts)
        return high.reshape(self.states, -1)

    def _stocked(self) -> set[tuple[int | str, ...]]:
        bought = {(option.outputs[0][0], option.actor) for option in self.options if option.kind == "stock"}
        return {*bought, *(key for held in self.held for key, t in held.items() if t > 0)}

    def _rows(self) -> tuple[Floats, list[tuple[int, int, float]]]:
        """Limits of the rows at z = 0 (K, T x height + stocks), and the stock rows' non-zeros."""
        base, total = self.years * self.width, self.years * self.height
        need = np.zeros((self.states, self.years, self.height))
        for slot in {int(self.layout.keys[column][0]) for column in self.layout.of("missing")}:
            grid = self.limits.grid
            row = self.layout.rows["ally", grid.products[grid.slot_product[slot]], grid.actors[grid.slot_actor[slot]]]
            need[:, :, row] += self.limits.need[:, :, slot]
        for name, row in self.layout.rows.items():
            if name[0] == "option":
                self._act(base + row, self.height, self.limits.built(name[1], name[2]))
        release = {self.layout.keys[column]: column for column in self.layout.of("release")}
        stocked = self._stocked()
        stocks = [key for key in release if key in stocked]
        entries, limit = [], np.zeros((self.states, len(stocks)))
        for number, key in enumerate(stocks):
            limit[:, number] = [held.get((str(key[0]), str(key[1])), 0.0) for held in self.held]
            entries += [(total + number, year * self.width + release[key], 1.0) for year in range(self.years)]
            for option in self.options:
                if option.kind == "stock" and (option.outputs[0][0], option.actor) == key:
                    self.acts.append((base + total + number, self.limits.place[option.option], np.full(self.states, option.size)))
        return np.hstack([need.reshape(self.states, -1), limit]), entries

    def _matrix(self, extra: Sequence[tuple[int, int, float]], rows: int) -> sparse.csc_array:
        step = np.arange(self.years)[:, None]
        row = (np.array(self.layout.row_index, dtype=np.int64)[None, :] + step * self.height).ravel()
        column = (np.array(self.layout.column_index, dtype=np.int64)[None, :] + step * self.width).ravel()
        more = np.array(extra, dtype=float).reshape(-1, 3)
        place = np.concatenate([row, more[:, 0].astype(np.int64)]), np.concatenate([column, more[:, 1].astype(np.int64)])
        value = np.concatenate([np.tile(self.layout.value, self.years), more[:, 2]])
        return sparse.csc_array((value, place), shape=(rows, self.years * self.width))

    def _cost(self, value: Floats) -> Floats:
        """Discounted value of a missing tonne, million USD."""
        cost = np.zeros((self.years, self.width))
        for column in self.layout.of("missing"):
            slot, segment = (int(part) for part in self.layout.keys[column])
            cost[:, column] = self.discount * value[slot] * (1 + TRIFLE * segment) / MILLION
        return cost.ravel()
