"""The products of a plan in parts that touch each other nowhere: no recipe joins them, so each is a block of the program."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ytterby.core.grid import Floats, Grid, Ints


def components(pairs: Iterable[tuple[str, str]], scope: Collection[str]) -> list[frozenset[str]]:
    """Return the products of the scope in groups that recipes join, in order of name; pairs: (feed, what it makes).

    >>> [sorted(group) for group in components([("ore", "oxide")], {"oxide", "ore", "tin"})]
    [['ore', 'oxide'], ['tin']]
    """
    group = {product: frozenset({product}) for product in scope}
    for one, other in sorted(set(pairs)):
        if one in group and other in group:
            joined = group[one] | group[other]
            group.update(dict.fromkeys(joined, joined))
    return sorted(set(group.values()), key=min)


def feeds(grid: Grid, recipes: Mapping[str, Sequence[tuple[str, float]]]) -> list[tuple[str, str]]:
    """Return the pairs (feed, what it makes) that plants of the grid and recipes have."""
    fed = np.flatnonzero(grid.slot_node >= 0)
    pairs = [(grid.products[grid.slot_product[slot]], grid.products[grid.node_product[grid.slot_node[slot]]]) for slot in fed]
    return [*pairs, *((feed, main) for main, rows in recipes.items() for feed, _ in rows)]


def part_of(grid: Grid, products: Collection[str]) -> tuple[Grid, Ints, Ints, Ints]:
    """Return the grid of some products only, and which links, slots and nodes of the whole it has; labels keep their numbers."""
    numbers = [number for number, product in enumerate(grid.products) if product in products]
    node, slot = np.flatnonzero(np.isin(grid.node_product, numbers)), np.flatnonzero(np.isin(grid.slot_product, numbers))
    link = np.flatnonzero(np.isin(grid.node_product[grid.link_node], numbers))
    new_node, new_slot = np.full(len(grid.output) + 1, -1), np.full(len(grid.need), -1)
    new_node[node], new_slot[slot] = np.arange(len(node)), np.arange(len(slot))
    made = replace(
        grid,
        node_product=grid.node_product[node],
        node_actor=grid.node_actor[node],
        output=grid.output[node],
        capacity=grid.capacity[node],
        slot_product=grid.slot_product[slot],
        slot_actor=grid.slot_actor[slot],
        # Number -1 (no plant) reads the last place, which is -1 too.
        slot_node=new_node[grid.slot_node[slot]],
        slot_use=grid.slot_use[slot],
        need=grid.need[slot],
        coefficient=grid.coefficient[slot],
        essential=grid.essential[slot],
        link_node=new_node[grid.link_node[link]],
        link_slot=new_slot[grid.link_slot[link]],
        flow=grid.flow[link],
    )
    return made, link, slot, node


def courses(*arrays: Floats) -> tuple[Ints, Ints]:
    """Return which scenarios (first axis) differ in any of the arrays, and for each scenario which of these it is like.

    >>> first, of = courses(np.array([[1.0], [2.0], [1.0]]))
    >>> first.tolist(), of.tolist()
    ([0, 1], [0, 1, 0])
    """
    rows = np.hstack([np.ascontiguousarray(array.reshape(len(array), -1)) for array in arrays]) + 0.0
    known: dict[bytes, int] = {}
    of = np.array([known.setdefault(row.tobytes(), len(known)) for row in rows], dtype=np.int64)
    return np.unique(of, return_index=True)[1], of
