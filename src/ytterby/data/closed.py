"""What closed accounts add to the world's tables: production, trade, demand, recipes, and typical plants and stocks where none is known."""

from collections.abc import Mapping, Sequence

import polars as pl

from ytterby.core import schema
from ytterby.data.network import Closed

CLOSED, TYPICAL = "ytterby_reconcile", "ytterby_typical"
OURS = (CLOSED, TYPICAL)
"""Sources of rows that a build adds to tables kept by hand (recipes, processes, stocks) and drops before it adds them anew."""
TIMES = {"mine": (6.0, 3.0), "separation": (3.0, 2.0), "metal": (2.0, 1.0), "precursor": (2.0, 1.0), "magnet": (2.0, 2.0)}
"""Lead time and ramp (years) of a plant of each stage (assumed)."""
COVER = {"days": 42.0, "low": 21.0, "high": 84.0}
"""Days of cover that industry holds where nothing is known (assumed as for the magnet chain)."""
UNSPECIFIED = "unspecified"
"""The use of what no source splits by use."""

Tables = Mapping[str, pl.DataFrame]


def tables_of(tables: Tables, closed: Sequence[Closed], year: int) -> dict[str, pl.DataFrame]:
    """Return the world's tables with what the closed accounts of a base year add."""
    final = [one for one in closed if one.taken_by is None]
    feeds = [one for one in closed if one.taken_by is not None]
    return {
        "production": _production(tables["production"], closed, year),
        "demand": _joined("demand", tables["demand"], [_demand(one, tables, year) for one in final]),
        "trade": _joined("trade", tables["trade"], [_trade(one, year) for one in closed]),
        "corrections": _joined("corrections", None, [one.corrections for one in closed]),
        "recipes": _joined("recipes", tables["recipes"], [_recipe(one) for one in feeds]),
        "processes": _joined("processes", tables["processes"], [_processes(tables)]),
        "stocks": _joined("stocks", tables["stocks"], [_stocks(tables, closed)]),
        "uses": _joined("uses", tables["uses"], [_unspecified(tables["uses"])]),
    }


def _joined(name: str, own: pl.DataFrame | None, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    keys = [column.name for column in schema.columns(name) if column.key]
    empty = pl.DataFrame(schema={column.name: schema.DTYPES[column.dtype] for column in schema.columns(name)})
    return pl.concat([empty if own is None else own, *(schema.cast(name, part) for part in parts if part.height)]).sort(keys)


def _production(production: pl.DataFrame, closed: Sequence[Closed], year: int) -> pl.DataFrame:
    """Output as closed; moved by more than rounding it is our estimate and says so (the published value stays in observations)."""
    if not closed:
        return production
    after = pl.concat([one.output.select("actor", after="t", product=pl.lit(one.product), year=pl.lit(year, pl.Int64)) for one in closed])
    joined = production.join(after, on=["year", "product", "actor"], how="left", maintain_order="left", validate="1:1")
    moved = pl.col("after").is_not_null() & ((pl.col("after") - pl.col("t")).abs() > 1e-3 * pl.col("t"))
    value = pl.coalesce("after", "t")
    return joined.with_columns(
        t=value,
        low=pl.min_horizontal("low", value),
        high=pl.max_horizontal("high", value),
        basis=pl.when(moved).then(pl.lit("estimated")).otherwise("basis"),
        source=pl.when(moved).then(pl.col("source") + f";{CLOSED}").otherwise("source"),
    ).drop("after")


def _demand(one: Closed, tables: Tables, year: int) -> pl.DataFrame:
    """Final use by country, split by the material's end uses as the world has them; without a split: unspecified."""
    material = tables["products"].filter(pl.col("product") == one.product)["material"].item()
    split = tables["end_uses"].filter(pl.col("material") == material).select("use", part=pl.col("share") / pl.col("share").sum())
    if split.is_empty():
        split = pl.DataFrame({"use": [UNSPECIFIED], "part": [1.0]})
    t = pl.col("t") * pl.col("part")
    return one.use.join(split, how="cross").select(
        "actor", "use", t=t, low=0.5 * t, high=1.5 * t, year=pl.lit(year), product=pl.lit(one.product), **_estimate(CLOSED)
    )


def _trade(one: Closed, year: int) -> pl.DataFrame:
    abroad = one.flows.filter(pl.col("exporter") != pl.col("importer"))
    return abroad.with_columns(year=pl.lit(year), product=pl.lit(one.product), **_estimate(CLOSED))


def _recipe(one: Closed) -> pl.DataFrame:
    row = {"process": one.taken_by, "product": one.product, "role": "input", "t_per_t": float(f"{one.per:.9g}"), "essential": 1}
    return pl.DataFrame({**row, "basis": "estimated", "source": CLOSED})


def _processes(tables: Tables) -> pl.DataFrame:
    """A plant typical of its stage for each product that no process makes."""
    bare = tables["products"].join(tables["processes"].select("product"), on="product", how="anti")
    bare = bare.filter(pl.col("stage").is_in(list(TIMES)))
    return bare.select(
        "product",
        "stage",
        process="product",
        lead_time=pl.col("stage").replace_strict({stage: times[0] for stage, times in TIMES.items()}, return_dtype=pl.Float64),
        ramp=pl.col("stage").replace_strict({stage: times[1] for stage, times in TIMES.items()}, return_dtype=pl.Float64),
        basis=pl.lit("assumed"),
        source=pl.lit(TYPICAL),
    )


def _stocks(tables: Tables, closed: Sequence[Closed]) -> pl.DataFrame:
    """Industry's typical cover for each closed product of which no stock is known."""
    made = pl.DataFrame({"product": [one.product for one in closed]}, schema={"product": pl.String})
    bare = made.join(tables["stocks"].select("product"), on="product", how="anti")
    cover = {name: pl.lit(days) for name, days in COVER.items()}
    return bare.with_columns(actor=pl.lit("ROW"), holder=pl.lit("industry"), **cover, basis=pl.lit("assumed"), source=pl.lit(TYPICAL))


def _unspecified(uses: pl.DataFrame) -> pl.DataFrame:
    """The use `unspecified`, without a value per tonne, if the table lacks it."""
    row = {"use": UNSPECIFIED, "name": "Unspecified", "priority": "other", "basis": "missing", "source": CLOSED}
    return pl.DataFrame(row).filter(~pl.col("use").is_in(uses["use"].to_list()))


def _estimate(source: str) -> dict[str, pl.Expr]:
    return {"basis": pl.lit("estimated"), "source": pl.lit(source)}
