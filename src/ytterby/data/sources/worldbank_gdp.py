"""World Bank: gross domestic product in current USD by economy and year (CC BY 4.0)."""

import datetime
from pathlib import Path

import polars as pl

from ytterby.data.frames import YEARS, number, read_text
from ytterby.data.source import Fault, Loaded, Source

SPEC = Source(
    source="worldbank_gdp",
    title="World Development Indicators: GDP, current USD (NY.GDP.MKTP.CD)",
    url="https://data.worldbank.org/indicator/NY.GDP.MKTP.CD",
    licence="CC BY 4.0",
    vintage="2025",
    published=datetime.date(2025, 7, 1),
    rank=1,
    tables=("scores",),
    header=("Country Name", "Country Code", "Year", "Value"),
)
GROUPS = """
AFE AFW ARB CEB CHI CSS EAP EAR EAS ECA ECS EMU EUU FCS HIC HPC IBD IBT IDA IDB IDX INX LAC LCN LDC LIC LMC LMY LTE MEA MIC MNA NAC OED
OSS PRE PSS PST SAS SSA SSF SST TEA TEC TLA TMN TSA TSS UMC WLD XKX
"""
"""Codes of groups of economies, and two that ISO 3166 lacks (Kosovo, Channel Islands): no actors of the world."""


def read(path: Path) -> Loaded:
    """Return table `scores` (score gdp_usd); a value that is no number is a fault."""
    frame = read_text(path)
    frame = frame.filter(~pl.col("Country Code").is_in(GROUPS.split()))
    year = pl.col("Year").str.strip_chars().cast(pl.Int64, strict=False)
    parsed = frame.with_columns(value=number("Value"), year=pl.when(year.is_between(*YEARS)).then(year))
    bad = parsed.filter(pl.col("value").is_null() | pl.col("year").is_null())
    faults = tuple(Fault(line, f"'{value}' is no number") for line, value in bad.select("line", "Value").iter_rows())
    good = parsed.drop_nulls(["value", "year"]).select(
        "year",
        "value",
        actor=pl.col("Country Code"),
        score=pl.lit("gdp_usd"),
        basis=pl.lit("measured"),
        source=pl.lit(SPEC.source),
    )
    return Loaded({"scores": good}, faults)
