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
    """Rows and columns by key, and the non-zeros between them; a column's key holds numbers of the grid or names, as its kind needs.

    constant: what the limit of a row holds of nodes that have no column, by row: (node, t per t of what it makes).
    joined: outputs of an option that have no column of their own, by (option, product): the column that they come with, t per t of it.
    """

    rows: dict[Key, int] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    keys: list[tuple[int | str, ...]] = field(default_factory=list)
    row_index: list[int] = field(default_factory=list)
    column_index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    constant: dict[int, list[tuple[int, float]]] = field(default_factory=dict)
    joined: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)

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
            self.enter(row, number, value)
        return number

    def enter(self, row: int, column: int, value: float) -> None:
        """Add a non-zero to a column that is there already."""
        self.row_index.append(row)
        self.column_index.append(column)
        self.value.append(value)

    def of(self, kind: str) -> list[int]:
        """Return the numbers of the columns of one kind."""
        return [number for number, name in enumerate(self.kinds) if name == kind]


def template(grid: Grid, allied: Flags, options: Sequence[Option], recipes: Feeds, partners: Flags, together: bool = False) -> Template:
    """Lay out one year of the grid: the allies' plants and uses, their partners' idle plants, and the options.

    together: what a project gets of one feed is made together or not at all (else each part of it can be left, which is the same as
    long as a surplus costs nothing).
    """
    block = Template()
    _uses(block, grid, allied)
    _plants(block, grid, allied)
    _idle(block, grid, partners & ~allied)
    names = {grid.actors[number] for number in np.flatnonzero(allied)}
    products = {grid.products[number] for number in np.unique(np.concatenate([grid.node_product, grid.slot_product]))}
    for option in options:
        _option(block, option, names, recipes, products, together)
    _arrivals(block)
    return block


def _uses(block: Template, grid: Grid, allied: Flags) -> None:
    """Missing tonnes of each final use of an ally."""
    for slot in grid.final():
        if allied[grid.slot_actor[slot]]:
            row = block.row("ally", grid.products[grid.slot_product[slot]], grid.actors[grid.slot_actor[slot]])
            block.add("missing", (int(slot),), [(row, 1.0)])


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


def _option(block: Template, option: Option, allies: set[str], recipes: Feeds, products: set[str], together: bool) -> None:
    """A project or agreement makes its output for its host, if an ally, or for the pool, and draws a project's feed from there."""
    here = [(product, t) for product, t in option.outputs if product in products]
    if option.kind == "stock" or option.lends:
        for product, _ in here if option.kind == "stock" else ():
            block.row("ally", product, option.actor)
        return
    at_home = option.kind == "project" and option.actor in allies
    main: tuple[int, float] | None = None
    for product, t in here:
        if ("option", option.key, product) in block.rows or (option.key, product) in block.joined:
            continue
        into = block.row("own", product, option.actor) if at_home else block.row("pool", product)
        joint = together and product in option.joint
        if joint and main is not None:
            block.joined[option.key, product] = main[0], t / main[1]
            block.enter(into, main[0], t / main[1])
            continue
        entries = [(into, 1.0), (block.row("option", option.key, product), 1.0)]
        if option.kind == "project" and not _brings(option, product, recipes):
            for feed, ratio in recipes.get(product, ()):
                row = block.row("ally", feed, option.actor) if at_home else block.row("pool", feed)
                entries.append((row, -ratio))
        column = block.add("option", (option.key, product), entries)
        main = (column, t) if joint else main


def _brings(option: Option, product: str, recipes: Feeds) -> bool:
    """Whether a project brings the feed of a product itself; feed that is among its outputs it takes from there."""
    made = {name for name, _ in option.outputs}
    return product in option.fed and not any(feed in made for feed, _ in recipes.get(product, ()))


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
