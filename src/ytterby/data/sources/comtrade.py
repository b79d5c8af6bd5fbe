"""UN Comtrade: trade as customs report it, kg and USD (figures with attribution)."""

import datetime
from pathlib import Path

import polars as pl

from ytterby.core.units import TONNES
from ytterby.core.world import load_world
from ytterby.data.frames import TAIWAN, number, read_text, refuse, unknown_actor
from ytterby.data.source import Fault, Loaded, Source

SPEC = Source(
    source="un_comtrade",
    title="UN Comtrade",
    url="https://comtradeplus.un.org",
    licence="figures only",
    vintage="2025",
    published=datetime.date(2025, 12, 31),
    rank=3,
    tables=("customs",),
    header=("typeCode", "freqCode", "refYear", "reporterISO", "flowCode", "partnerISO", "cmdCode", "netWgt", "primaryValue"),
    note="Imports include freight and insurance, exports do not; the importer's report is taken before the exporter's",
)
FLOWS = {"M": 0, "X": 1}
"""Imports before exports: the importer knows the origin better and collects duty on it."""
WHOLE = {"partner2Code": ("0",), "customsCode": ("C00",), "motCode": ("0",)}
"""What a row says that is not part of a finer breakdown."""
SHIFTS = {0: "", -1: "left", 1: "right"}


def read(path: Path) -> Loaded:
    """Return table `customs` from an annual export of 47 columns: net weight in t, value in USD.

    A row that sits one column too far left or right (an index column lost or added on saving) is put right, with a fault; one that fits
    nowhere is refused. A weight of 0 beside a value is missing. A flow that both sides report is the importer's.
    """
    frame, faults = _aligned(read_text(path, ragged=True))
    wanted = load_world()["customs_codes"]["hs6"].to_list()
    broken_down = pl.any_horizontal(
        [~pl.col(name).is_in(codes) for name, codes in WHOLE.items() if name in frame.columns] or [pl.lit(False)]
    )
    imports = pl.col("flowCode") == "M"
    parsed = frame.with_columns(
        year=number("refYear").cast(pl.Int64),
        hs6=pl.col("cmdCode").str.zfill(6),
        exporter=pl.when(imports).then("partnerISO").otherwise("reporterISO").replace(TAIWAN, "TWN"),
        importer=pl.when(imports).then("reporterISO").otherwise("partnerISO").replace(TAIWAN, "TWN"),
        t=number("netWgt") * TONNES["kg"],
        usd=number("primaryValue"),
        place=pl.col("flowCode").replace_strict(FLOWS, default=None, return_dtype=pl.Int64),
        basis=pl.when(_true("isNetWgtEstimated")).then(pl.lit("estimated")).otherwise(pl.lit("measured"))
        if "isNetWgtEstimated" in frame.columns
        else pl.lit("measured"),
    ).with_columns(t=pl.when((pl.col("t") > 0) | (pl.col("usd") == 0)).then("t"))
    kept, more = refuse(
        parsed,
        (pl.col("freqCode") != "A", "not a year's figure: left out"),
        (pl.col("place").is_null(), pl.format("flow '{}' is part of imports or exports: left out", "flowCode")),
        (pl.col("partnerISO").is_in(["W00", "WLD"]), "partner is the world, a total: left out"),
        (broken_down, "broken down by second partner, procedure or transport: left out"),
        (~pl.col("hs6").is_in(wanted), "customs codes that table customs_codes lacks: left out"),
        unknown_actor("exporter"),
        unknown_actor("importer"),
    )
    once = kept.sort("place", "line").unique(["year", "hs6", "exporter", "importer"], keep="first", maintain_order=True)
    customs = once.select("year", "hs6", "exporter", "importer", "t", "usd", "basis", source=pl.lit(SPEC.source))
    return Loaded({"customs": customs}, (*faults, *more, *_editions(kept)))


def _true(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().is_in(["true", "1"])


def _editions(kept: pl.DataFrame) -> tuple[Fault, ...]:
    """A fault if codes are of another edition of the Harmonized System than ours (HS 1992 is 'H0')."""
    if "classificationCode" not in kept.columns:
        return ()
    other = kept.filter(pl.col("classificationCode") != "H0")
    if other.is_empty():
        return ()
    named = ", ".join(sorted(set(other["classificationCode"])))
    return (Fault(other["line"][0], f"codes of {named}, not H0 (HS 1992): some may mean other goods"),)


def _aligned(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    """Put every row under its own names."""
    names = [name for name in frame.columns if name != "line"]
    left, parts, faults = frame, [], []
    for shift, side in SHIFTS.items():
        moved = _moved(left, names, shift)
        fits = moved.select(_sound()).to_series()
        parts.append(moved.filter(fits))
        if shift and fits.any():
            faults.append(Fault(parts[-1]["line"][0], f"{parts[-1].height} rows sit one column too far {side}: put right"))
        left = left.filter(~fits)
    if left.height:
        faults.append(Fault(left["line"][0], f"{left.height} rows do not fit the names of the columns: refused"))
    return pl.concat(parts).sort("line"), faults


def _moved(frame: pl.DataFrame, names: list[str], shift: int) -> pl.DataFrame:
    taken = [names[i + shift] if 0 <= i + shift < len(names) else None for i in range(len(names))]
    empty = pl.lit(None, pl.String)
    return frame.select("line", *[(pl.col(old) if old else empty).alias(new) for new, old in zip(names, taken, strict=True)])


def _sound() -> pl.Expr:
    """Whether a row's values look like what their columns are called."""
    shapes = {
        "freqCode": "^[AMQ]$",
        "refYear": r"^(19|20)\d\d$",
        "reporterISO": "^[A-Z][A-Z0-9]{2}$",
        "flowCode": "^[A-Z]{1,3}$",
        "partnerISO": "^[A-Z][A-Z0-9]{2}$",
        "cmdCode": r"^(\d{1,6}|TOTAL)$",
    }
    fits = [pl.col(name).str.contains(shape).fill_null(False) for name, shape in shapes.items()]
    return pl.all_horizontal(*fits, number("primaryValue").is_not_null())
