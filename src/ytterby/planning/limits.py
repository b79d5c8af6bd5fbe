"""How much of each flow there can be, year by year and state by state, and how that follows the first stage."""

from collections.abc import Mapping, Sequence

import numpy as np

from ytterby.core.grid import Floats, Grid
from ytterby.planning.network import Flags, running
from ytterby.planning.options import Option
from ytterby.planning.solver import INFINITY

Acts = list[tuple[int, Floats]]
"""(number in z, slope (K, T)): what the first stage adds to a limit."""


class Limits:
    """Upper bounds of the template's columns, each at z = 0 (K, T) with what z adds to it.

    share (K, T, L), demand (K, T, U): of K states and T years. place: number in z of options by name and of players by actor.
    """

    def __init__(
        self,
        grid: Grid,
        share: Floats,
        demand: Floats,
        allied: Flags,
        options: Sequence[Option],
        years: Sequence[int],
        place: Mapping[str, int],
    ) -> None:
        self.grid, self.allied, self.years, self.place = grid, allied, years, place
        self.shape = share.shape[:2]
        self.rate = running(grid, share, allied)
        self.sent = grid.flow * share * self.rate[:, :, grid.link_node]
        self.need = demand * grid.need
        self.vintages: dict[str, list[Option]] = {}
        for option in options:
            self.vintages.setdefault(option.key, []).append(option)
        self.product = {product: number for number, product in enumerate(grid.products)}
        self.actor = {actor: number for number, actor in enumerate(grid.actors)}
        self._to_ally = allied[grid.slot_actor[grid.link_slot]]
        self._outside = self._to_ally & ~allied[grid.node_actor[grid.link_node]]

    def of(self, kind: str, key: tuple[int | str, ...], segments: int) -> tuple[Floats, Acts]:
        """Return the bound (t a year) of a column by its kind and key, and what the first stage adds."""
        if kind == "missing":
            return self.need[:, :, int(key[0])] / segments, []
        if kind == "plant":
            return self.grid.capacity[int(key[0])] * self._able(int(key[0])), []
        if kind == "idle":
            return self._idle(int(key[0]))
        if kind == "inflow":
            return self._inflow(str(key[0]), str(key[1]))
        if kind == "give":
            return self._give(str(key[0]), str(key[1]))
        return self._flat(INFINITY), []

    def _flat(self, value: float) -> Floats:
        return np.full(self.shape, value)

    def _able(self, node: int) -> Floats:
        """Share of an allied plant's base sales to allies that may still pass."""
        links = self._to_ally & (self.grid.link_node == node)
        base = self.grid.flow[links].sum()
        return self.sent[:, :, links].sum(axis=2) / base if base > 0 else self._flat(1.0)

    def _idle(self, node: int) -> tuple[Floats, Acts]:
        most = (self.grid.capacity - self.grid.output)[node] * (self.rate[:, :, node] > 0)
        return self._flat(0.0), [(self.place[self.grid.actors[self.grid.node_actor[node]]], most)]

    def _inflow(self, product: str, ally: str) -> tuple[Floats, Acts]:
        """What suppliers outside the allies still send: the players' part hangs on them."""
        grid = self.grid
        counted = self._outside & (grid.essential | (grid.slot_use >= 0))[grid.link_slot]
        counted &= (grid.slot_product[grid.link_slot] == self.product[product]) & (grid.slot_actor[grid.link_slot] == self.actor[ally])
        base, acts = self._flat(0.0), list[tuple[int, Floats]]()
        supplier = grid.node_actor[grid.link_node]
        for number in np.unique(supplier[counted]):
            sent = self.sent[:, :, counted & (supplier == number)].sum(axis=2)
            player = self.place.get(grid.actors[number])
            base, acts = (base + sent, acts) if player is None else (base, [*acts, (player, sent)])
        return base, acts

    def _give(self, product: str, ally: str) -> tuple[Floats, Acts]:
        """An ally in the club may give all that it makes; out of it, nothing."""
        nodes = (self.grid.node_product == self.product[product]) & (self.grid.node_actor == self.actor[ally])
        most = self._flat(float(self.grid.capacity[nodes].sum()))
        for option in (one for group in self.vintages.values() for one in group):
            if option.kind == "project" and option.actor == ally:
                most = most + dict(option.outputs).get(product, 0.0)
        return self._flat(0.0), [(self.place[ally], most)]

    def built(self, key: str, product: str) -> Acts:
        """Return what the options of a group can give of a product if taken whole, each."""
        return [(self.place[option.option], self._most(option, product)) for option in self.vintages[key]]

    def _most(self, option: Option, product: str) -> Floats:
        made = dict(option.outputs)[product] * np.array([option.ready(year) for year in self.years])
        if option.kind != "agreement":
            return np.broadcast_to(made, self.shape).copy()
        grid = self.grid
        nodes = np.flatnonzero((grid.node_product == self.product[product]) & (grid.node_actor == self.actor[option.actor]))
        delivered = self.sent[:, :, self._outside & np.isin(grid.link_node, nodes)].sum(axis=2)
        return np.asarray(np.maximum(0.0, made * self.rate[:, :, nodes].sum(axis=2) - delivered))
