"""What differs between two worlds, and where a number of the world comes from."""

import polars as pl

from ytterby.core import schema
from ytterby.core.catalogue import nearest
from ytterby.core.world import World
from ytterby.errors import InputError

FIGURES = ("t", "value", "usd", "usd_per_t", "share", "days", "t_per_t")
"""Columns that hold a table's figure, the first that it has."""
HELD = {"production": "product", "reserves": "product", "observations": "quantity", "demand": "use", "stocks": "holder"}
"""Tables that hold values of a product and actor, and the column that says which."""
COLUMNS = {"table": pl.String, "key": pl.String, "before": pl.Float64, "after": pl.Float64, "ratio": pl.Float64, "change": pl.String}


def figure(table: str) -> str | None:
    """Return the column of a table's figure, or None if it has none.

    >>> figure("production"), figure("scores"), figure("actors")
    ('t', 'value', None)
    """
    names = [column.name for column in schema.columns(table)]
    return next((name for name in FIGURES if name in names), None)


def difference(before: World, after: World, table: str, ignore: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the rows of a table whose figure changed, came or went: table, key, before, after, ratio, change; largest change first.

    ignore: key columns to leave out (source, to compare two editions). Raises InputError for a table without a figure.

    >>> one = World({"scores": pl.DataFrame({"year": 2024, "actor": "X", "score": "wgi_pv", "value": [1.0], "basis": "a", "source": "s"})})
    >>> difference(one, one, "scores").height
    0
    """
    name = figure(table)
    if name is None:
        raise InputError(f"table '{table}' has no figure to compare", "world diff", "choose production, reserves, prices, scores, ...")
    keys = [column.name for column in schema.columns(table) if column.key and column.name not in ignore]
    parts = [world[table].select(*keys, pl.col(name).alias(side)) for world, side in ((before, "before"), (after, "after"))]
    joined = parts[0].join(parts[1], on=keys, how="full", coalesce=True, nulls_equal=True)
    changed = joined.filter(~pl.col("before").eq_missing(pl.col("after")))
    ratio = pl.when(pl.col("before") > 0).then(pl.col("after") / pl.col("before"))
    kind = pl.when(pl.col("before").is_null()).then(pl.lit("new")).when(pl.col("after").is_null()).then(pl.lit("gone"))
    size = pl.when(ratio > 0).then(ratio.log().abs()).otherwise(float("inf"))
    return (
        changed.with_columns(ratio=ratio, size=size, change=kind.otherwise(pl.lit("revised")), table=pl.lit(table))
        .with_columns(key=pl.concat_str([pl.col(key).cast(pl.String()) for key in keys], separator=" "))
        .sort("change", "size", "key", descending=[True, True, False], nulls_last=True)
        .select(*COLUMNS)
        .cast(COLUMNS)  # type: ignore[arg-type]
    )


def origins(world: World, product: str, actor: str, year: int) -> pl.DataFrame:
    """Return every value that the world holds of a product, actor and year, with its origin.

    Columns: table, what, t, low, high, basis, source, title, published, url. `production` is what counts; `observations` are all that was
    published. Raises InputError for an unknown product or actor, naming the nearest.
    """
    for word, table, column in ((product, "products", "product"), (actor, "actors", "actor")):
        known = world[table][column].to_list()
        if word not in known:
            raise InputError(f"unknown {column} '{word}'", "world sources", nearest(word, known))
    parts = []
    for table, label in HELD.items():
        rows = world[table].filter((pl.col("product") == product) & (pl.col("actor") == actor))
        if "year" in rows.columns:
            rows = rows.filter(pl.col("year") == year)
        what = (pl.lit(table).alias("table"), pl.col(label).alias("what"), pl.col(figure(table) or "t").alias("t"))
        parts.append(rows.select(*what, "low", "high", "basis", "source"))
    found = pl.concat(parts).with_columns(first=pl.col("source").str.split(";").list.first())
    origin = world["sources"].select("source", "title", "published", "url")
    return found.join(origin, left_on="first", right_on="source", how="left", maintain_order="left").drop("first")
