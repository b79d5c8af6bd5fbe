"""British Geological Survey, World Mineral Statistics: production by country since 1970 (Open Government Licence)."""

import datetime
from importlib import resources
from pathlib import Path

import polars as pl

from ytterby.core.units import TONNES
from ytterby.data.frames import filled, number, read_text, refuse, unknown_actor
from ytterby.data.names import country
from ytterby.data.source import Fault, Loaded, Source

SPEC = Source(
    source="bgs_wms",
    title="World Mineral Statistics",
    url="https://ogcapi.bgs.ac.uk/collections/world-mineral-statistics",
    licence="Open Government Licence 3.0",
    vintage="2025",
    published=datetime.date(2025, 12, 31),
    rank=2,
    tables=("observations",),
    header=("country_iso3_code", "bgs_commodity_trans", "bgs_sub_commodity_trans", "bgs_statistic_type_trans", "year", "quantity", "units"),
    note="Gross weights of ores are converted by typical grades (data/maps/bgs.csv), flagged as estimated",
)
FIRST = 1990
"""The world's first year; the BGS goes back to 1970."""
UNITS = {"tonnes": TONNES["t"], "kilograms": TONNES["kg"], "million": 169.28}
"""Tonnes per unit by its first word; the only million cubic metres that have a product are of helium (at 15 degrees C)."""
NOTES = "concat_figure_notes_text"


def read(path: Path) -> Loaded:
    """Return table `observations` (production) from the API's CSV, in each product's own tonnes.

    data/maps/bgs.csv says which commodity is which product, whether it is counted as content or gross, and what a tonne of it holds.
    Commodities of one product (feldspar and nepheline syenite) are added up; an empty quantity is missing. Where the BGS gives the same
    output twice, gross and as content (lithium, niobium, tantalum), the content counts.
    """
    frame = read_text(path)
    if NOTES not in frame.columns:
        frame = frame.with_columns(pl.lit(None, pl.String).alias(NOTES))
    parsed = _named(frame).with_columns(
        value=number("quantity"),
        year=number(pl.col("year").str.strip_chars().str.head(4)).cast(pl.Int64),
        factor=pl.col("units").str.to_lowercase().str.extract(r"^\s*(\w+)").replace_strict(UNITS, default=None, return_dtype=pl.Float64),
        content=pl.col("units").str.to_lowercase().str.contains("content").fill_null(False),
    )
    kept, faults = refuse(
        parsed,
        (pl.col("bgs_statistic_type_trans").str.to_lowercase() != "production", "imports or exports: left out"),
        (pl.col("year").is_null(), "no year"),
        (pl.col("year") < FIRST, f"before {FIRST}: left out"),
        (
            pl.col("product").is_null(),
            pl.format("no product for '{}', '{}'", "bgs_commodity_trans", pl.col("bgs_sub_commodity_trans").fill_null("")),
        ),
        (pl.col("factor").is_null(), pl.format("unknown unit '{}'", pl.col("units").fill_null(""))),
        (_wrongly_counted(), pl.format("'{}' is in '{}', not counted as we need it", "bgs_commodity_trans", "units")),
        (filled("quantity") & pl.col("value").is_null(), "quantity is no number"),
        (pl.col("value") < 0, "quantity is below 0"),
        unknown_actor("actor"),
    )
    once, more = _once(kept)
    return Loaded({"observations": _observations(once)}, faults + more)


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Add product, counts, t_per_t, converted and remark by commodity and sub-commodity, and the actor."""
    table = pl.read_csv(Path(str(resources.files("ytterby.data") / "maps" / "bgs.csv")), infer_schema=False)
    table = table.rename({"note": "remark", "basis": "converted"})
    table = table.with_columns(pl.col("sub_commodity").fill_null(""), pl.col("t_per_t").cast(pl.Float64))
    fold = [
        pl.col(f"bgs_{name}_trans").fill_null("").str.strip_chars().str.to_lowercase().alias(name)
        for name in ("commodity", "sub_commodity")
    ]
    frame = frame.with_columns(fold)
    exact = frame.join(table, on=["commodity", "sub_commodity"], how="left", validate="m:1", maintain_order="left")
    whole = table.filter(pl.col("sub_commodity") == "*").drop("sub_commodity")
    loose = frame.join(whole, on="commodity", how="left", validate="m:1", maintain_order="left")
    names = {name: country(name) for name in frame["country_trans"].drop_nulls().unique()} if "country_trans" in frame.columns else {}
    by_name = pl.col("country_trans").replace_strict(names, default=None, return_dtype=pl.String) if names else pl.lit(None, pl.String)
    return exact.with_columns(
        *[pl.coalesce(name, loose[name]).alias(name) for name in ("product", "counts", "t_per_t", "converted", "remark")],
        actor=pl.coalesce(pl.when(filled("country_iso3_code")).then(pl.col("country_iso3_code").str.strip_chars()), by_name),
    )


def _wrongly_counted() -> pl.Expr:
    return (pl.col("counts") != "any") & ((pl.col("counts") == "content") != pl.col("content"))


def _once(kept: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    again = pl.struct("year", "actor", "commodity", "sub_commodity").is_first_distinct().not_()
    return refuse(kept, (again, "repeats country, year and commodity of an earlier row"))


def _observations(rows: pl.DataFrame) -> pl.DataFrame:
    remarks = pl.concat_str([pl.col("remark"), pl.col(NOTES)], separator="; ", ignore_nulls=True)
    guessed = (pl.col("converted") == "estimated") | pl.col(NOTES).str.to_lowercase().str.contains("estimate").fill_null(False)
    whole = rows.with_columns(t=pl.col("value") * pl.col("factor") * pl.col("t_per_t"), guessed=guessed, remarks=remarks)
    added = whole.group_by("year", "product", "actor", maintain_order=True).agg(
        # A sum with a missing part is missing: the rest would understate it.
        t=pl.when(pl.col("t").null_count() == 0).then(pl.col("t").sum()),
        guessed=pl.col("guessed").any(),
        note=pl.col("remarks").filter(pl.col("remarks") != "").unique(maintain_order=True).str.join("; "),
    )
    missing = pl.col("t").is_null()
    basis = pl.when(missing).then(pl.lit("missing")).when("guessed").then(pl.lit("estimated")).otherwise(pl.lit("measured"))
    note = pl.when(missing & (pl.col("note") == "")).then(pl.lit("not available")).when(pl.col("note") != "").then("note")
    named = added.with_columns(basis=basis, note=note, quantity=pl.lit("production"), source=pl.lit(SPEC.source))
    return named.select("year", "product", "actor", "quantity", "source", "t", "basis", "note")
