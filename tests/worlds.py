"""Small worlds for tests: textbook chains whose answers can be worked out by hand."""

from collections.abc import Sequence

import polars as pl

from ytterby.core.world import World

Rows = Sequence[tuple[object, ...]]
SOURCE = {"basis": "assumed", "source": "textbook"}


def table(columns: str, rows: Rows, **constant: object) -> pl.DataFrame:
    """A frame from a string of column names and rows, with constant columns after them."""
    frame = pl.DataFrame(list(rows), schema=columns.split(), orient="row", infer_schema_length=None)
    return frame.with_columns(**{name: pl.lit(value) for name, value in constant.items()})


def world(
    products: Rows,
    recipes: Rows,
    production: Rows,
    trade: Rows,
    demand: Rows,
    stocks: Rows = (),
    capacity: Rows = (),
    uses: Rows = (("car", "essential", 1e6), ("radar", "defence", 1e7), ("toy", "other", 1e5)),
) -> World:
    """A world of the base year 2024.

    products (product, stage), recipes (main output, input, t_per_t), production (product, actor, t),
    trade (product, exporter, importer, t), demand (product, actor, use, t), stocks (product, actor, holder, days),
    capacity (main output, actor, t), uses (use, priority, usd_per_t). A process bears the name of its main output.
    """
    actors = sorted(
        {str(row[1]) for row in production} | {str(code) for row in trade for code in row[1:3]} | {str(row[1]) for row in demand}
    )
    stages = ["mine", "separation", "metal", "magnet", "use"]
    tables = {
        "sources": table(
            "source title url licence vintage published rank", [("textbook", "Textbook", "none", "CC0-1.0", "2024", "2024-01-01", 1)]
        ),
        "stages": table("stage place name", [(stage, place + 1, stage) for place, stage in enumerate(stages)]),
        "materials": table("material name", [("stuff", "Stuff")]),
        "products": table("product stage", products, material="stuff", counts="stuff", content=1.0).with_columns(name=pl.col("product")),
        "actors": table("actor", [(actor,) for actor in actors], kind="country").with_columns(name=pl.col("actor")),
        "uses": table("use priority", [use[:2] for use in uses], **SOURCE).with_columns(name=pl.col("use")),
        "values": table("product use usd_per_t", [(p, use, usd) for p, _ in products for use, _, usd in uses if usd is not None], **SOURCE),
        "processes": table("process stage", products, lead_time=2.0, ramp=0.0, **SOURCE).with_columns(product=pl.col("process")),
        "production": table("product actor t", production, year=2024, **SOURCE),
        "demand": table("product actor use t", demand, year=2024, **SOURCE),
    }
    if recipes:
        tables["recipes"] = table("process product t_per_t", recipes, role="input", essential=1, **SOURCE)
    if trade:
        tables["trade"] = table("product exporter importer t", trade, year=2024, **SOURCE)
    if stocks:
        tables["stocks"] = table("product actor holder days", list(stocks), **SOURCE)
    if capacity:
        tables["capacity"] = table("process actor t", list(capacity), year=2024, **SOURCE)
    return World(tables)


def chain(stocks: Rows = ()) -> World:
    """CHN mines, separates; JPN makes magnets (2 t of oxide a tonne) and cars; nobody else supplies."""
    return world(
        products=[("ore", "mine"), ("oxide", "separation"), ("magnet", "magnet")],
        recipes=[("oxide", "ore", 1.25), ("magnet", "oxide", 2.0)],
        production=[("ore", "CHN", 2600.0), ("oxide", "CHN", 2080.0), ("magnet", "JPN", 1040.0)],
        trade=[("oxide", "CHN", "JPN", 2080.0)],
        demand=[("magnet", "JPN", "car", 1040.0)],
        stocks=stocks,
    )


def two_suppliers(share: float = 0.6) -> World:
    """CHN makes a share of the magnets of two buyers (JPN, USA), AUS the rest; JPN has a defence use too."""
    cars = {"JPN": 700.0, "USA": 1200.0}
    total = sum(cars.values()) + 100.0
    need = {"JPN": 800.0, "USA": 1200.0}
    return world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", share * total), ("magnet", "AUS", (1 - share) * total)],
        trade=[("magnet", maker, buyer, part * t) for maker, part in (("CHN", share), ("AUS", 1 - share)) for buyer, t in need.items()],
        demand=[("magnet", buyer, "car", t) for buyer, t in cars.items()] + [("magnet", "JPN", "radar", 100.0)],
    )
