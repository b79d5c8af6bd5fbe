"""One year of a block of the plan's program: which flows there are and what they touch. All years and states repeat it.

Rows (t a year): what reaches an ally covers its uses ("ally", product, actor); what its own plants and projects make, to keep or to give
("own", product, actor); the club's common pool ("pool", product); an option makes no more than is built ("option", group, product).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ytterby.core.grid import Grid
from ytterby.planning.network import Flags
from ytterby.planning.options import Option

Key = tuple[str, ...]
Feeds = Mapping[str, Sequence[tuple[str, float]]]


@dataclass
class Template:
    """Rows and columns by key, and the non-zeros between them; a column's key holds numbers of the grid or names, as its kind needs."""

    rows: dict[Key, int] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    keys: list[tuple[int | str, ...]] = field(default_factory=list)
    row_index: list[int] = field(default_factory=list)
    column_index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def row(self, *key: str) -> int:
        """Return the number of a row, a new one on first ask.

        >>> template = Template()
        >>> template.row("pool", "ore"), template.row("pool", "ore")
        (0, 0)
        """
        return self.rows.setdefault(key, len(self.rows))

    def add(self, kind: str, key: tuple[int | str, ...], entries: Sequence[tuple[int, float]]) -> int:
        """Add a column with its non-zeros and return its number."""
        number = len(self.kinds)
        self.kinds.append(kind)
        self.keys.append(key)
        for row, value in entries:
            self.row_index.append(row)
            self.column_index.append(number)
            self.value.append(value)
        return number

    def of(self, kind: str) -> list[int]:
        """Return the numbers of the columns of one kind."""
        return [number for number, name in enumerate(self.kinds) if name == kind]


def template(grid: Grid, allied: Flags, options: Sequence[Option], recipes: Feeds, partners: Flags, segments: int = 1) -> Template:
    """Lay out one year of the grid: the allies' plants and uses, their partners' idle plants, and the options.

    segments: parts of a use's need, so that later ones can be made dearer to miss.
    """
    block = Template()
    _uses(block, grid, allied, segments)
    _plants(block, grid, allied)
    _idle(block, grid, partners & ~allied)
    names = {grid.actors[number] for number in np.flatnonzero(allied)}
    products = {grid.products[number] for number in np.unique(np.concatenate([grid.node_product, grid.slot_product]))}
    for option in options:
        _option(block, option, names, recipes, products)
    _arrivals(block)
    return block


def _uses(block: Template, grid: Grid, allied: Flags, segments: int) -> None:
    """Missing tonnes of each final use of an ally."""
    for slot in grid.final():
        if allied[grid.slot_actor[slot]]:
            row = block.row("ally", grid.products[grid.slot_product[slot]], grid.actors[grid.slot_actor[slot]])
            for segment in range(segments):
                block.add("missing", (int(slot), segment), [(row, 1.0)])


def _plants(block: Template, grid: Grid, allied: Flags) -> None:
    """Plants that the allies have: outsiders keep their share of the output, the rest is the ally's own."""
    kept = np.bincount(grid.link_node, grid.flow * allied[grid.slot_actor[grid.link_slot]], len(grid.output)) / grid.output
    for node in np.flatnonzero(allied[grid.node_actor] & (kept > 1e-9)):
        actor = grid.actors[grid.node_actor[node]]
        entries = [(block.row("own", grid.products[grid.node_product[node]], actor), float(kept[node]))]
        for slot in np.flatnonzero((grid.slot_node == node) & grid.essential):
            entries.append((block.row("ally", grid.products[grid.slot_product[slot]], actor), -float(grid.coefficient[slot])))
        block.add("plant", (int(node),), entries)


def _idle(block: Template, grid: Grid, partners: Flags) -> None:
    """Idle plants of partners work for the allies, on feed from the allies' pool."""
    for node in np.flatnonzero(partners[grid.node_actor] & (grid.capacity > grid.output * (1 + 1e-9))):
        entries = [(block.row("pool", grid.products[grid.node_product[node]]), 1.0)]
        for slot in np.flatnonzero((grid.slot_node == node) & grid.essential):
            entries.append((block.row("pool", grid.products[grid.slot_product[slot]]), -float(grid.coefficient[slot])))
        block.add("idle", (int(node),), entries)


def _option(block: Template, option: Option, allies: set[str], recipes: Feeds, products: set[str]) -> None:
    """A project or agreement makes its output for its host, if an ally, or for the pool, and draws a project's feed from there."""
    here = [product for product, _ in option.outputs if product in products]
    if option.kind == "stock":
        for product in here:
            block.row("ally", product, option.actor)
        return
    at_home = option.kind == "project" and option.actor in allies
    for product in here:
        if ("option", option.key, product) in block.rows:
            continue
        into = block.row("own", product, option.actor) if at_home else block.row("pool", product)
        entries = [(into, 1.0), (block.row("option", option.key, product), 1.0)]
        if option.kind == "project" and product not in option.fed:
            for feed, ratio in recipes.get(product, ()):
                row = block.row("ally", feed, option.actor) if at_home else block.row("pool", feed)
                entries.append((row, -ratio))
        block.add("option", (option.key, product), entries)


def _arrivals(block: Template) -> None:
    """What comes to an ally: from outside, from its own plants, from the pool, from its stock; and what it gives to the pool."""
    for key, row in list(block.rows.items()):
        if key[0] == "ally":
            for kind in ("inflow", "release"):
                block.add(kind, key[1:], [(row, 1.0)])
            block.add("take", key[1:], [(row, 1.0), (block.row("pool", key[1]), -1.0)])
    for key, row in list(block.rows.items()):
        if key[0] == "own":
            if ("ally", *key[1:]) in block.rows:
                block.add("keep", key[1:], [(row, -1.0), (block.rows["ally", key[1], key[2]], 1.0)])
            block.add("give", key[1:], [(row, -1.0), (block.row("pool", key[1]), 1.0)])
