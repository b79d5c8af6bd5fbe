"""A user's own rows in a world: they take the place of rows with the same key."""

from collections.abc import Mapping

import polars as pl

from ytterby.core import schema
from ytterby.core.world import World
from ytterby.errors import DataError


def merged(world: World, tables: Mapping[str, pl.DataFrame]) -> World:
    """Return the world with rows added; rows of the same key are replaced. Raises DataError with every fault if the result is not sound.

    >>> mine = pl.DataFrame({"stage": ["mine"], "place": [1], "name": ["Pit"]})
    >>> merged(World({"stages": mine.with_columns(name=pl.lit("Mine"))}), {"stages": mine})["stages"]["name"].to_list()
    ['Pit']
    """
    for name, frame in tables.items():
        keys = [column.name for column in schema.columns(name) if column.key]
        new = schema.cast(name, frame)
        world = world.with_table(name, pl.concat([world[name].join(new, on=keys, how="anti", nulls_equal=True), new]).sort(keys))
    faults = world.check()
    if faults:
        raise DataError("world", faults)
    return world
