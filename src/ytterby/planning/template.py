"""One scenario and one year of the plan's program: which flows there are and what they touch. All years and scenarios repeat it.

Rows (t a year): what reaches an ally covers its uses ("ally", product, actor); the allies' common pool ("pool", product) hands on no more
than allied plants and options put in; an option makes no more than is built ("option", number, product).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ytterby.core.grid import Grid
from ytterby.planning.network import Flags
from ytterby.planning.options import Option

SEGMENTS = 5
"""Parts of a use's need: later parts are a trifle dearer to miss, so that equal uses share a shortage instead of one bearing it all."""
TRIFLE = 1e-5

Key = tuple[str, ...]


@dataclass
class Template:
    """Rows and columns by key, and the non-zeros between them; `columns` holds (kind, key) with the kind's own numbers as strings."""

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


def template(
    grid: Grid,
    allied: Flags,
    scope: set[str],
    options: Sequence[Option],
    recipes: Mapping[str, Sequence[tuple[str, float]]],
    partners: Flags,
) -> Template:
    """Lay out one year: the allies' plants and uses, their partners' idle plants, and the options."""
    block = Template()
    _uses(block, grid, allied, scope)
    _plants(block, grid, allied, scope)
    _idle(block, grid, partners & ~allied, scope)
    names = {grid.actors[number] for number in np.flatnonzero(allied)}
    for number, option in enumerate(options):
        _option(block, number, option, names, recipes)
    _arrivals(block)
    return block


def _in_scope(grid: Grid, scope: set[str], number: int) -> bool:
    return grid.products[number] in scope


def _uses(block: Template, grid: Grid, allied: Flags, scope: set[str]) -> None:
    """Missing tonnes of each final use of an ally, in segments."""
    for slot in grid.final():
        if allied[grid.slot_actor[slot]] and _in_scope(grid, scope, int(grid.slot_product[slot])):
            row = block.row("ally", grid.products[grid.slot_product[slot]], grid.actors[grid.slot_actor[slot]])
            for segment in range(SEGMENTS):
                block.add("missing", (int(slot), segment), [(row, 1.0)])


def _plants(block: Template, grid: Grid, allied: Flags, scope: set[str]) -> None:
    """Plants that the allies have: outsiders keep their share of the output, the rest goes into the pool."""
    kept = np.bincount(grid.link_node, grid.flow * allied[grid.slot_actor[grid.link_slot]], len(grid.output)) / grid.output
    for node in np.flatnonzero(allied[grid.node_actor] & (kept > 1e-9)):
        if not _in_scope(grid, scope, int(grid.node_product[node])):
            continue
        actor = grid.actors[grid.node_actor[node]]
        entries = [(block.row("pool", grid.products[grid.node_product[node]]), float(kept[node]))]
        for slot in np.flatnonzero((grid.slot_node == node) & grid.essential):
            entries.append((block.row("ally", grid.products[grid.slot_product[slot]], actor), -float(grid.coefficient[slot])))
        block.add("plant", (int(node),), entries)


def _idle(block: Template, grid: Grid, partners: Flags, scope: set[str]) -> None:
    """Idle plants of partners work for the allies, on feed from the allies' pool."""
    for node in np.flatnonzero(partners[grid.node_actor] & (grid.capacity > grid.output * (1 + 1e-9))):
        if not _in_scope(grid, scope, int(grid.node_product[node])):
            continue
        entries = [(block.row("pool", grid.products[grid.node_product[node]]), 1.0)]
        for slot in np.flatnonzero((grid.slot_node == node) & grid.essential):
            entries.append((block.row("pool", grid.products[grid.slot_product[slot]]), -float(grid.coefficient[slot])))
        block.add("idle", (int(node),), entries)


def _option(block: Template, number: int, option: Option, allies: set[str], recipes: Mapping[str, Sequence[tuple[str, float]]]) -> None:
    """A project or agreement puts its output into the pool; a project draws its feed from its host, if an ally, or from the pool."""
    if option.kind == "stock":
        block.row("ally", option.outputs[0][0], option.actor)
        return
    for product, _ in option.outputs:
        entries = [(block.row("pool", product), 1.0), (block.row("option", str(number), product), 1.0)]
        if option.kind == "project" and product not in option.fed:
            for feed, ratio in recipes.get(product, ()):
                row = block.row("ally", feed, option.actor) if option.actor in allies else block.row("pool", feed)
                entries.append((row, -ratio))
        block.add("option", (number, product), entries)


def _arrivals(block: Template) -> None:
    """What comes to an ally: from outside, from the pool, from its stock."""
    for key, row in list(block.rows.items()):
        if key[0] == "ally":
            block.add("inflow", (key[1], key[2]), [(row, 1.0)])
            block.add("release", (key[1], key[2]), [(row, 1.0)])
            block.add("take", (key[1], key[2]), [(row, 1.0), (block.row("pool", key[1]), -1.0)])
