"""World Mining Data (Austria): production by country, one sheet a mineral, exported as CSV (figures with attribution)."""

import datetime
import re
from importlib import resources
from pathlib import Path

import polars as pl

from ytterby.core.units import TONNES
from ytterby.data.frames import filled, number, read_text, refuse
from ytterby.data.names import country
from ytterby.data.source import Loaded, Source, header_of
from ytterby.errors import InputError

SPEC = Source(
    source="wmd",
    title="World Mining Data 2025",
    url="https://www.world-mining-data.info",
    licence="figures only",
    vintage="2025",
    published=datetime.date(2025, 4, 30),
    rank=3,
    tables=("observations",),
    header=("Country", "unit", "data source"),
    note="Oxides are converted to elements by their formulas (data/maps/wmd.csv)",
)
TOTALS = ("total", "world", "world total")
UNITS = {"metr. t": "t", "metr.t": "t", "metric t": "t", "t": "t", "kg": "kg"}


def read(path: Path) -> Loaded:
    """Return table `observations` (production) of one sheet, `Country, years, unit, data source`, in the product's own tonnes.

    The mineral is what the line above the header says or, without one, the file's name ('Lithium (Li2O).csv'). Raises InputError for a
    mineral that data/maps/wmd.csv does not know.
    """
    title = "" if {"Country", "unit"} <= set(header_of(path)) else (header_of(path) or ("",))[0]
    product, per_tonne, converted, remark = _mineral(title or path.stem, path)
    frame = read_text(path, skip=1 if title else 0)
    years = [name for name in frame.columns if re.fullmatch(r"(19|20)\d\d", name)]
    names = {name: "WLD" if name.strip().lower() in TOTALS else country(name) for name in frame["Country"].drop_nulls().unique()}
    long = frame.unpivot(years, index=["line", "Country", "unit", "data source"], variable_name="year", value_name="text").with_columns(
        year=pl.col("year").cast(pl.Int64),
        value=number(pl.col("text").str.replace_all(r"[\s,]", "")),
        actor=pl.col("Country").replace_strict(names, default=None, return_dtype=pl.String),
        factor=pl.col("unit").str.strip_chars().str.to_lowercase().replace_strict(UNITS, default=None).replace_strict(TONNES, default=None),
    )
    kept, faults = refuse(
        long.sort("line", "year"),
        (~filled("Country"), "no country: left out"),
        (pl.col("actor").is_null(), pl.format("'{}' is no country known", "Country")),
        (pl.col("factor").is_null(), pl.format("unknown unit '{}'", pl.col("unit").fill_null(""))),
        (filled("text") & pl.col("value").is_null(), pl.format("'{}' is no number", "text")),
        (pl.col("value") < 0, "below 0"),
        (pl.struct("actor", "year").is_first_distinct().not_(), pl.format("repeats '{}'", "Country")),
    )
    return Loaded({"observations": _observations(kept, product, per_tonne, converted, remark)}, faults)


def _observations(rows: pl.DataFrame, product: str, per_tonne: float, converted: str, remark: str) -> pl.DataFrame:
    missing = pl.col("value").is_null()
    told = pl.format("data source: {}", pl.col("data source").str.strip_chars())
    guessed = pl.col("data source").str.to_lowercase().str.contains(r"^e\b|estimate").fill_null(False) | pl.lit(converted == "estimated")
    basis = pl.when(missing).then(pl.lit("missing")).when(guessed).then(pl.lit("estimated")).otherwise(pl.lit("measured"))
    return rows.select(
        "year",
        "actor",
        product=pl.lit(product),
        quantity=pl.lit("production"),
        source=pl.lit(SPEC.source),
        t=pl.col("value") * pl.col("factor") * per_tonne,
        basis=basis,
        note=pl.when(missing)
        .then(pl.lit("not available"))
        .otherwise(pl.concat_str([pl.lit(remark or None, pl.String), told], separator="; ", ignore_nulls=True)),
    )


def _mineral(name: str, path: Path) -> tuple[str, float, str, str]:
    """The product, its tonnes per tonne as published, and basis and note of that."""
    table = pl.read_csv(Path(str(resources.files("ytterby.data") / "maps" / "wmd.csv")), infer_schema=False)
    found = table.filter(pl.col("mineral").str.to_lowercase() == name.strip().lower())
    if found.height != 1:
        raise InputError(
            f"'{name.strip()}' is no mineral of World Mining Data", str(path), "name the file after its sheet: 'Lithium (Li2O).csv'"
        )
    _, product, per_tonne, basis, remark = found.row(0)
    return product, float(per_tonne), basis, remark or ""
