"""What stands behind an indicator's value: the sources, and which of its tables rest on estimates."""

from collections.abc import Mapping, Sequence

import polars as pl

from ytterby.indicators.inputs import WORLD

ROW = ("product", "actor")
PROOF = [*ROW, "basis", "source"]
NO_WORLD = ("supply", "stocks", "losses")
"""Tables whose rows of actors do not stand behind the world's view: supply has its own rows for it."""


def evidence(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return, for each table, which sources and which basis stand behind a product and an actor ('*': the world).

    Tables of products alone have no column actor, tables of actors alone no column product.

    >>> empty = pl.DataFrame(schema=dict.fromkeys(["product", "exporter", "importer", "basis", "source"], pl.String))
    >>> evidence({"trade": empty})["trade"].columns
    ['product', 'actor', 'basis', 'source']
    """
    return {name: _views(name, frame).unique() for name, frame in tables.items() if "source" in frame.columns}


def _views(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    if "actor" not in frame.columns and name not in ("trade", "controls"):
        return frame.select("product", "basis", "source")
    if "product" not in frame.columns:
        return frame.select("basis", "source")
    sides = {"trade": ("exporter", "importer"), "controls": ("importer",)}.get(name, ("actor",))
    views = [frame.select("product", pl.col(side).alias("actor"), "basis", "source") for side in sides]
    if name not in NO_WORLD:
        views.append(frame.select("product", pl.lit(WORLD).alias("actor"), "basis", "source"))
    return pl.concat(views)


def behind(needs: Sequence[str], proofs: Mapping[str, pl.DataFrame], rows: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, the sources behind each row joined by ';', and the tables that rest on estimates joined by ', '."""
    found = []
    for need in needs:
        if need in proofs:
            keys = [key for key in ROW if key in proofs[need].columns]
            joined = rows.select(ROW).join(proofs[need], **({"on": keys} if keys else {"how": "cross"}))
            found.append(joined.select(*PROOF, table=pl.lit(need)))
    if not found:
        return pl.DataFrame(schema=dict.fromkeys([*ROW, "source", "guessed"], pl.String))
    guessed = pl.col("table").filter(pl.col("basis") != "measured").unique().sort().str.join(", ")
    sources = pl.col("source").str.split(";").explode(empty_as_null=True).drop_nulls().unique().sort().str.join(";")
    return pl.concat(found).group_by(ROW).agg(source=sources, guessed=guessed)
