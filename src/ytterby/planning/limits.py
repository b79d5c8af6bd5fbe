"""How much of each flow there can be, year by year and state by state, and how that follows the first stage."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ytterby.core.grid import Floats, Grid
from ytterby.planning.network import Flags, running, sales
from ytterby.planning.options import Option
from ytterby.planning.rules import Rules
from ytterby.planning.solver import INFINITY

Acts = list[tuple[int, Floats]]
"""(number in z, slope (K, T)): what the first stage adds to a limit."""
YEAR = 365.0 / 7.0
"""Weeks a year, as in the stress test."""


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
        rules: Rules,
    ) -> None:
        self.grid, self.allied, self.years, self.place, self.rules = grid, allied, years, place, rules
        self.shape, self.share = share.shape[:2], share
        self.rate = running(grid, share, allied, rules.hosts)
        self.sent = grid.flow * share * self.rate[:, :, grid.link_node]
        self.need = demand * grid.need
        self.vintages: dict[str, list[Option]] = {}
        for option in options:
            self.vintages.setdefault(option.key, []).append(option)
        self.product = {product: number for number, product in enumerate(grid.products)}
        self.actor = {actor: number for number, actor in enumerate(grid.actors)}
        self._to_ally = allied[grid.slot_actor[grid.link_slot]]
        self._outside = self._to_ally & ~allied[grid.node_actor[grid.link_node]]

    def of(self, kind: str, key: tuple[int | str, ...]) -> tuple[Floats, Acts]:
        """Return the bound (t a year) of a column by its kind and key, and what the first stage adds."""
        first = key[0]
        if kind == "missing":
            return self.need[:, :, int(first)], []
        of_number: dict[str, Callable[[int], tuple[Floats, Acts]]] = {
            "plant": self._plant,
            "idle": self._idle,
            "substitute": self._substitute,
        }
        if kind in of_number:
            return of_number[kind](int(first))
        of_place: dict[str, Callable[[str, str], tuple[Floats, Acts]]] = {
            "inflow": self._inflow,
            "give": self._give,
            "lend": self._lend,
            "scrap": self._scrap,
            "refill": self._refill,
        }
        return of_place[kind](str(first), str(key[1])) if kind in of_place else (self._flat(INFINITY), [])

    def _flat(self, value: float) -> Floats:
        return np.full(self.shape, value)

    def _plant(self, node: int) -> tuple[Floats, Acts]:
        """An allied plant: what stops all its sales to allies stops the plant, a control of exports alone does not."""
        links = self._to_ally & (self.grid.link_node == node)
        able = np.asarray(self.share[:, :, links].max(axis=2)) if links.any() else self._flat(1.0)
        return self.grid.capacity[node] * able, []

    def _scrap(self, product: str, ally: str) -> tuple[Floats, Acts]:
        return self.rules.yielded * self.rules.capacity * self.used(product, ally), []

    def _refill(self, product: str, ally: str) -> tuple[Floats, Acts]:
        return np.where(self.calm(product, ally), INFINITY, 0.0), []

    def _export(self, product: int, actor: int) -> Floats:
        """Share of a country's sales of a product to the allies abroad that its controls let pass, of what its plants can make."""
        grid = self.grid
        out = (grid.node_product[grid.link_node] == product) & (grid.node_actor[grid.link_node] == actor)
        abroad = out & self._to_ally & (grid.slot_actor[grid.link_slot] != actor)
        if not abroad.any():
            return self._flat(1.0)
        able, base = self.share[:, :, out].max(axis=2), grid.flow[abroad]
        return np.asarray((self.share[:, :, abroad] @ base) / base.sum() / np.where(able > 0, able, 1.0))

    def _idle(self, node: int) -> tuple[Floats, Acts]:
        grid = self.grid
        most = (grid.capacity - grid.output)[node] * (self.rate[:, :, node] > 0)
        most = most * self._export(int(grid.node_product[node]), int(grid.node_actor[node]))
        return self._flat(0.0), [(self.place[grid.actors[grid.node_actor[node]]], most)]

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
        return self._flat(0.0), [(self.place[ally], most * self._export(self.product[product], self.actor[ally]))]

    def _lend(self, product: str, ally: str) -> tuple[Floats, Acts]:
        """A part of all that an ally can hold of a stock, once it agrees to share."""
        return self._flat(0.0), [
            (self.place[option.option], self._flat(dict(option.outputs)[product]))
            for group in self.vintages.values()
            for option in group
            if option.lends and option.actor == ally and product in dict(option.outputs)
        ]

    def _substitute(self, pair: int) -> tuple[Floats, Acts]:
        """A share of the need, from the substitute's lag after the first year of shortage on."""
        pairs = self.rules.substitutes
        slot = int(pairs.slot[pair])
        lag = pairs.lag[pair] / YEAR
        short: Flags = np.any(self.share < 1 - 1e-12, axis=2) | np.any(self.need > self.grid.need * (1 + 1e-12), axis=2)
        onset = np.where(short.any(axis=1), short.argmax(axis=1), np.inf)[:, None]
        ready = np.clip(np.arange(self.shape[1]) + 1 - onset - lag, 0.0, 1.0)
        return ready * pairs.share[pair] * self.need[:, :, slot], []

    def used(self, product: str, ally: str) -> Floats:
        """Return what the final uses of a product in a country need, (K, T) t a year."""
        slots = (self.grid.slot_product == self.product[product]) & (self.grid.slot_actor == self.actor[ally]) & (self.grid.slot_use >= 0)
        return np.asarray(self.need[:, :, slots].sum(axis=2))

    def calm(self, product: str, ally: str) -> Flags:
        """Return whether in a year (K, T) nothing stops a product's way to an ally, though something did before and will again."""
        links = (self.grid.slot_product[self.grid.link_slot] == self.product[product]) & (
            self.grid.slot_actor[self.grid.link_slot] == self.actor[ally]
        )
        short: Flags = np.any(self.share[:, :, links] < 1 - 1e-12, axis=2)
        before = np.logical_or.accumulate(short, axis=1)
        after = np.logical_or.accumulate(short[:, ::-1], axis=1)[:, ::-1]
        return np.asarray(~short & before & after)

    def fixed(self, row: Sequence[tuple[int, float]]) -> Floats:
        """Return what nodes without a column put into the limit of a row (K, T): factor x output x running share."""
        made = self.rate * sales(self.grid, self.share)
        parts = [factor * self.grid.output[node] * made[:, :, node] for node, factor in row]
        # A by-product runs at most as its host lets it (running), so that less than 0 is rounding.
        return np.maximum(0.0, np.sum(parts, axis=0)) if parts else self._flat(0.0)

    def owed(self, key: str, product: str) -> Acts:
        """Return what must be taken of the options of a group."""
        return [(self.place[option.option], option.pays * self._most(option, product)) for option in self.vintages[key] if option.pays > 0]

    def built(self, key: str, product: str) -> Acts:
        """Return what the options of a group can give of a product if taken whole, each."""
        return [(self.place[option.option], self._most(option, product)) for option in self.vintages[key]]

    def _most(self, option: Option, product: str) -> Floats:
        made = dict(option.outputs)[product] * np.array([option.ready(year) for year in self.years])
        if option.kind != "agreement":
            return np.minimum(made, self._collected(option, product))
        return self._right(option, product, made)

    def _right(self, option: Option, product: str, volume: Floats) -> Floats:
        """What an agreement adds to what reaches its parties anyway (K, T): its volume, less where the supplier makes or sends less.

        A volume that comes first is cut only by what there is; any other shrinks in proportion.
        """
        grid, place = self.grid, (self.product[product], self.actor[option.actor])
        nodes = np.flatnonzero((grid.node_product == place[0]) & (grid.node_actor == place[1]))
        links = np.isin(grid.link_node, nodes)
        runs = self.rate[:, :, nodes].max(axis=2) * self.share[:, :, links].max(axis=2)
        makes = runs * grid.output[nodes].sum()
        first = makes < option.first_below
        right = np.where(first, np.minimum(volume, makes), volume * runs) * self._export(*place)
        party = np.isin(grid.slot_actor[grid.link_slot], [self.actor[name] for name in option.parties])
        theirs = self.sent[:, :, self._outside & links & party].sum(axis=2)
        others = self.sent[:, :, self._outside & links & ~party].sum(axis=2)
        return np.asarray(np.maximum(0.0, np.minimum(right, makes - others) - theirs))

    def _collected(self, option: Option, product: str) -> Floats:
        """Most that a project on scrap can get in a country that is no ally, of what its uses need; an ally's scrap has rows of its own."""
        if not option.scrap or self.allied[self.actor[option.actor]]:
            return self._flat(INFINITY)
        return self.rules.yielded * self.rules.collectable * self.used(product, option.actor)
