"""The part of a world that a scenario can reach: products joined by recipes, and nothing else."""

from collections.abc import Iterable

import polars as pl

from ytterby.core.world import World

FLOWS = ("production", "demand", "trade")


def connected(world: World, products: Iterable[str]) -> frozenset[str]:
    """Return the products that are joined to these by recipes, upstream or downstream, themselves included.

    >>> sorted(connected(World({}), ["x"]))
    ['x']
    """
    main = world["processes"].select("process", main="product")
    pairs = world["recipes"].join(main, on="process").select("product", "main").rows()
    found = set(products)
    while more := {name for pair in pairs if found & set(pair) for name in pair} - found:
        found |= more
    return frozenset(found)


def within(world: World, products: Iterable[str]) -> World:
    """Return the world without the flows of products that these cannot reach; without any product, the whole world.

    >>> within(World({}), [])["trade"].height
    0
    """
    named = list(products)
    if not named:
        return world
    reached = list(connected(world, named))
    return world.with_tables({name: world[name].filter(pl.col("product").is_in(reached)) for name in FLOWS})
