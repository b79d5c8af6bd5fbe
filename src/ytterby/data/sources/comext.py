"""Eurostat Comext (DS-045409, SDMX-CSV): trade of the EU's members, EUR and 100 kg (free reuse with attribution)."""

import datetime
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from ytterby.core.units import TONNES
from ytterby.core.world import load_world
from ytterby.data.frames import filled, mapping, no_year, number, read_text, refuse, unknown_actor
from ytterby.data.source import Fault, Loaded, Source

SPEC = Source(
    source="eurostat_comext",
    title="EU trade since 1988 by HS2-4-6 and CN8 (DS-045409)",
    url="https://ec.europa.eu/eurostat/comext/newxtweb",
    licence="CC BY 4.0",
    vintage="2025",
    published=datetime.date(2025, 12, 31),
    rank=3,
    tables=("customs",),
    header=("freq", "reporter", "partner", "product", "flow", "indicators", "TIME_PERIOD", "OBS_VALUE"),
    note="Codes of the current Combined Nomenclature, not HS 1992; values in EUR",
)
IMPORT, EXPORT = "1", "2"
INDICATORS = {"VALUE_IN_EUROS": "eur", "QUANTITY_IN_100KG": "quantity"}


def read(path: Path, usd_per_eur: Mapping[int, float] | None = None) -> Loaded:
    """Return table `customs` from annual rows of six-digit codes: t, and USD if a rate is given for the year (else missing).

    usd_per_eur: year -> USD for one EUR, annual average. A flow that two members report is the importer's.
    Economies: maps/iso2.csv, ISO 3166 and Eurostat's own (EL, UK, XI, XS).
    """
    wanted = load_world()["customs_codes"]["hs6"].to_list()
    frame = read_text(path).with_columns(
        pl.col("freq", "reporter", "partner", "product", "flow", "indicators", "TIME_PERIOD").str.strip_chars(),
        value=number("OBS_VALUE"),
        year=number("TIME_PERIOD").cast(pl.Int64, strict=False),
    )
    codes = mapping("iso2")
    kept, faults = refuse(
        frame,
        (pl.col("freq") != "A", "not a year's figure: left out"),
        (~pl.col("flow").is_in([IMPORT, EXPORT]), pl.format("flow '{}' is neither import nor export", "flow")),
        (~pl.col("indicators").is_in(list(INDICATORS)), pl.format("indicator '{}' is not used", "indicators")),
        no_year("year"),
        (pl.col("product").str.len_chars().fill_null(0) != 6, "not a six-digit code: left out"),
        (~pl.col("product").is_in(wanted), "customs codes that table customs_codes lacks: left out"),
        (pl.col("partner").str.contains(r"^WORLD$|_|^EU\d"), "partner is a group of economies, a total: left out"),
        (filled("OBS_VALUE") & pl.col("value").is_null(), "OBS_VALUE is no number"),
    )
    named = kept.with_columns(pl.col(side).replace_strict(codes, default=pl.col(side)) for side in ("reporter", "partner"))
    known, more = refuse(named, unknown_actor("reporter"), unknown_actor("partner"))
    customs, missing = _customs(known, usd_per_eur or {})
    return Loaded({"customs": customs}, faults + more + missing)


def _customs(rows: pl.DataFrame, rates: Mapping[int, float]) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    key = ["year", "hs6", "exporter", "importer"]
    imports = pl.col("flow") == IMPORT
    sides = rows.with_columns(
        hs6=pl.col("product"),
        exporter=pl.when(imports).then("partner").otherwise("reporter"),
        importer=pl.when(imports).then("reporter").otherwise("partner"),
        indicators=pl.col("indicators").replace(INDICATORS),
    )
    wide = sides.group_by(*key, "flow").agg(
        *[pl.col("value").filter(pl.col("indicators") == name).first().alias(name) for name in INDICATORS.values()],
        line=pl.col("line").min(),
    )
    once = wide.sort(*key, "flow").unique(key, keep="first", maintain_order=True)
    rate = pl.col("year").replace_strict(dict(rates), default=None, return_dtype=pl.Float64)
    customs = once.select(
        *key,
        t=pl.when((pl.col("quantity") > 0) | (pl.col("eur") == 0)).then(pl.col("quantity") * TONNES["100kg"]),
        usd=pl.col("eur") * rate,
        basis=pl.lit("measured"),
        source=pl.lit(SPEC.source),
    )
    lacking = once.filter(rate.is_null() & pl.col("eur").is_not_null()).group_by("year").agg(pl.col("line").min()).sort("year")
    return customs, tuple(Fault(line, f"no rate of EUR to USD for {year}: usd is missing") for year, line in lacking.iter_rows())
