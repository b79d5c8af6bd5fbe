"""CEPII BACI: reconciled trade by customs code, t and thousand USD (Etalab 2.0)."""

import datetime
from pathlib import Path
from typing import Any

import polars as pl

from ytterby.core.world import load_world
from ytterby.data.frames import TAIWAN, filled, number, read_text, refuse, unknown_actor
from ytterby.data.source import Fault, Loaded, Source, header_of
from ytterby.errors import InputError

SPEC = Source(
    source="baci_202601",
    title="BACI: bilateral trade by HS 1992 code, edition 202601",
    url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    licence="Etalab 2.0",
    vintage="202601",
    published=datetime.date(2026, 1, 31),
    rank=2,
    tables=("customs",),
    header=("t", "i", "j", "k", "v", "q"),
    note="Gross weight; exports of a year are revised in the next edition; only flows above zero are recorded",
)
Z = 3.5
"""Modified z-score above which a value is taken for an outlier (Iglewicz and Hoaglin 1993)."""
OWN = 2.0
"""How far, in the world's spreads, it must also lie from the exporter's own median, if that has at least three flows."""
WEIGHTY = 0.01
"""Share of the code's world weight or value from which an outlier matters; below it most are samples and rounding."""
ENOUGH = 10
"""Flows of a code and year that a spread needs."""
CODE = pl.col("k").str.strip_chars().str.zfill(6)
"""The customs code with the zeros that a spreadsheet takes off its front."""


def read(path: Path) -> Loaded:
    """Return table `customs`: gross t and USD of every flow; a missing weight stays missing.

    Both forms are read: numeric country codes with CEPII's country_codes file beside it, and i_iso3, j_iso3 in the file itself.
    Codes that table customs_codes lacks are left out, as one fault. Suspect flows (see `suspects`) are kept, each with a fault.
    """
    frame, others = _rows(path, load_world()["customs_codes"]["hs6"].to_list())
    if not {"i_iso3", "j_iso3"} <= set(frame.columns):
        frame = _with_names(frame, _country_codes(path))
    frame = frame.select(
        "line",
        year=number("t"),
        hs6=CODE,
        exporter=pl.col("i_iso3").str.strip_chars().replace(TAIWAN, "TWN"),
        importer=pl.col("j_iso3").str.strip_chars().replace(TAIWAN, "TWN"),
        t=number("q"),
        usd=(number("v") * 1000).round(0),
        bad=(filled("q") & number("q").is_null()) | (filled("v") & number("v").is_null()),
    )
    kept, faults = refuse(
        frame,
        (pl.col("year").is_null(), "no year in column t"),
        (pl.col("bad"), "v or q is no number"),
        ((pl.col("t") < 0) | (pl.col("usd") < 0), "v or q is below 0"),
        unknown_actor("exporter"),
        unknown_actor("importer"),
    )
    customs = kept.drop("bad").with_columns(pl.col("year").cast(pl.Int64), basis=pl.lit("measured"), source=pl.lit(SPEC.source))
    odd = tuple(Fault(row["line"], _words(row)) for row in suspects(customs).iter_rows(named=True))
    return Loaded({"customs": customs.drop("line")}, others + faults + odd)


def _rows(path: Path, wanted: list[str]) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    """The rows of the wanted codes as text with their lines; the official files hold 5,000 codes, so the rest never enters memory."""
    try:
        lazy = pl.scan_csv(path, infer_schema=False, row_index_name="line", row_index_offset=2)
        lazy = lazy.rename({name: name.strip() for name in lazy.collect_schema().names()})
        kept = lazy.filter(CODE.is_in(wanted)).collect(engine="streaming")
        rest = lazy.filter(~CODE.is_in(wanted)).select(pl.col("line").min(), codes=CODE.n_unique(), rows=pl.len())
        line, codes, rows = rest.collect(engine="streaming").row(0)
    except pl.exceptions.PolarsError as error:
        raise InputError("not a CSV table", str(path), str(error).splitlines()[0]) from None
    told = f"{codes} customs codes that table customs_codes lacks are left out ({rows} rows)"
    return kept.sort("line"), (Fault(line, told),) if rows else ()


def _country_codes(path: Path) -> pl.DataFrame:
    """CEPII's list of country codes, which its archive holds beside the flows."""
    for beside in sorted(path.parent.glob("*country_codes*.csv")):
        if {"country_code", "country_iso3"} <= set(header_of(beside)):
            return read_text(beside).select(code=number("country_code").cast(pl.Int64), iso3="country_iso3")
    raise InputError("BACI's country codes are absent", str(path.parent), "put country_codes_V*.csv of the same archive beside the flows")


def _with_names(frame: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    for side in ("i", "j"):
        named = codes.select(pl.col("code").alias(f"{side}_code"), pl.col("iso3").alias(f"{side}_iso3"))
        coded = frame.with_columns(number(side).cast(pl.Int64).alias(f"{side}_code"))
        frame = coded.join(named, on=f"{side}_code", how="left", validate="m:1", maintain_order="left")
        frame = frame.with_columns(pl.col(f"{side}_iso3").fill_null(pl.col(side)))
    return frame


def suspects(customs: pl.DataFrame) -> pl.DataFrame:
    """Return the flows whose unit value is out of line, with z_world, z_exporter and their share of the code's world weight.

        z = (ln(usd/t) - median) / (1.4826 MAD) within code and year, against the world's median and the exporter's own

    Out of line: |z_world| > 3.5, |z_exporter| > 2 (where the exporter has three flows or more), and at least 1 % of the code's weight or
    value in that year. Reference: Iglewicz and Hoaglin (1993), How to detect and handle outliers.

    >>> t = [1.0] * 11 + [5000.0]; flows = pl.DataFrame({"year": 2024, "hs6": "284690", "exporter": "CHN", "t": t})
    >>> suspects(flows.with_columns(usd=pl.Series([1e4 * 1.1**n for n in range(12)])))["t"].to_list()
    [5000.0]
    """
    code, own = ["year", "hs6"], ["year", "hs6", "exporter"]
    log, value = pl.col("log"), pl.col("usd") / pl.col("usd").sum().over(code)
    known = customs.filter((pl.col("t") > 0) & (pl.col("usd") > 0)).with_columns(log=(pl.col("usd") / pl.col("t")).log())
    spread = 1.4826 * (log - log.median().over(code)).abs().median().over(code)
    scored = known.with_columns(
        z_world=(log - log.median().over(code)) / spread,
        z_exporter=pl.when(pl.len().over(own) >= 3).then((log - log.median().over(own)) / spread),
        share=pl.col("t") / pl.col("t").sum().over(code),
        value_share=value,
        enough=(pl.len().over(code) >= ENOUGH) & (spread > 0),
    )
    far = (pl.col("z_world").abs() > Z) & (pl.col("z_exporter").abs().fill_null(OWN + 1) > OWN)
    weighty = pl.max_horizontal("share", "value_share") >= WEIGHTY
    return scored.filter(pl.col("enough") & far & weighty).drop("log", "value_share", "enough")


def _words(row: dict[str, Any]) -> str:
    flow = f"{row['exporter']} to {row['importer']}, {row['hs6']}, {row['year']}"
    return f"suspect, kept: {flow}: {row['t']:,.0f} t at {row['usd'] / row['t']:,.0f} USD/t, z {row['z_world']:.1f}"


def save_customs(customs: pl.DataFrame, path: Path) -> None:
    """Write table `customs` as compact Parquet without loss: sorted by flow, labels as dictionaries, years as 16 bits, zstd.

    Reading it back through schema.cast gives the table's own types again.
    """
    labels = [name for name, dtype in customs.schema.items() if dtype == pl.String]
    small = customs.sort("hs6", "exporter", "importer", "year").with_columns(
        pl.col(labels).cast(pl.Categorical), pl.col("year").cast(pl.Int16)
    )
    small.write_parquet(path, compression="zstd", compression_level=22, statistics=False, row_group_size=1_000_000)
