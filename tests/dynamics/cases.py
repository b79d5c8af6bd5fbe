"""Shocks, scenarios and worlds for the tests of the weekly model."""

import datetime

import polars as pl

from ytterby.core.scenario import Range, Scenario, Shock
from ytterby.core.world import World

DAY = datetime.date(2025, 1, 1)


def shock(kind: str, actor: str = "CHN", targets: tuple[str, ...] = ("*",), products: tuple[str, ...] = (), **figures: float) -> Shock:
    ranges: dict[str, Range] = {name: (value, value, value) for name, value in figures.items()}
    return Shock(kind, actor, targets, products, DAY, figures=ranges)


def scenario(*shocks: Shock) -> Scenario:
    return Scenario("test", DAY, 1.0, shocks)


def with_parameters(world: World, **values: float) -> World:
    """The world with some parameters of its own."""
    table = pl.DataFrame({"parameter": list(values), "value": [float(value) for value in values.values()]})
    constant = {"unit": "1", "description": "test", "basis": "assumed", "source": "textbook"}
    return world.with_table("parameters", table.with_columns(**{name: pl.lit(value) for name, value in constant.items()}))


def times(world: World, factor: float) -> World:
    """The world with all its masses multiplied."""
    for name in ("production", "trade", "demand", "capacity"):
        world = world.with_table(name, world[name].with_columns(pl.col("t") * factor))
    return world


def renamed(world: World, names: dict[str, str]) -> World:
    """The world with its countries renamed, and so in another order."""
    for table, columns in {
        "actors": ["actor", "name"],
        "production": ["actor"],
        "demand": ["actor"],
        "stocks": ["actor"],
        "capacity": ["actor"],
        "trade": ["exporter", "importer"],
    }.items():
        world = world.with_table(table, world[table].with_columns(pl.col(column).replace(names) for column in columns))
    return world
