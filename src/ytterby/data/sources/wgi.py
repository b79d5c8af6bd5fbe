"""World Bank Worldwide Governance Indicators: -2.5 weak to 2.5 strong, with standard errors (CC BY 4.0)."""

import datetime
import re
from pathlib import Path

import polars as pl

from ytterby.data.frames import filled, no_year, number, read_text, refuse, unknown_actor
from ytterby.data.source import Fault, Loaded, Source
from ytterby.errors import InputError

SPEC = Source(
    source="wgi_2025",
    title="Worldwide Governance Indicators 1996-2024",
    url="https://www.worldbank.org/en/publication/worldwide-governance-indicators",
    licence="CC BY 4.0",
    vintage="2025",
    published=datetime.date(2025, 11, 30),
    rank=1,
    tables=("scores",),
    header=("country", "iso3", "year", "estimate", "stderr"),
    note="2023 and 2024 are a break in method",
    also=(
        ("countryname", "code", "year", "indicator", "estimate"),
        ("Country", "Country Code", "Indicator Name"),
        ("Country Code", "Series Name"),
        ("Country/Territory",),
    ),
)
Z95 = 1.96
"""Standard errors on either side of a 95 % band."""
CODES = {"WBG": "PSE", "ZAR": "COD", "ROM": "ROU", "TMP": "TLS", "ADO": "AND"}
"""The World Bank's own country codes that differ from ISO 3166."""
INDICATORS = {
    "political stability": "wgi_pv",
    "voice and accountability": "wgi_va",
    "government effectiveness": "wgi_ge",
    "regulatory quality": "wgi_rq",
    "rule of law": "wgi_rl",
    "control of corruption": "wgi_cc",
}
LONG = {"iso3": "code", "stddev": "stderr"}


def read(path: Path) -> Loaded:
    """Return table `scores` for every economy and year: value, and a band of 1.96 standard errors where they are given.

    Layouts: long (country, iso3, year, estimate, stderr; or the Bank's codes and an indicator column), a column a year ('Country Code',
    'Indicator Name', 2023; decimal commas), and the wide sheets (Estimate, StdErr, ... under each year). An economy with several
    estimates for one year gets their middle and the band that spans them all, and a fault that names them.
    """
    frame = read_text(path)
    if {"year", "estimate"} <= set(frame.columns):
        long = _from_long(frame)
    elif "Country Code" in frame.columns:
        long = _from_years(frame, path)
    else:
        long = _from_sheet(frame, path)
    kept, faults = refuse(
        long.with_columns(actor=pl.col("actor").str.strip_chars().replace(CODES)),
        no_year("year"),
        (pl.col("score").is_null(), "an indicator other than the six of the WGI"),
        (filled("text") & ~pl.col("text").is_in(["..", "#N/A", "NA"]) & pl.col("value").is_null(), "the estimate is no number"),
        unknown_actor("actor"),
    )
    scores, doubts = _merged(kept.filter(pl.col("value").is_not_null()))
    return Loaded({"scores": scores}, faults + doubts)


def _from_long(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.rename({old: new for old, new in LONG.items() if old in frame.columns})
    score = _score(pl.col("indicator")) if "indicator" in frame.columns else pl.lit("wgi_pv")
    error = number("stderr") if "stderr" in frame.columns else pl.lit(None, pl.Float64)
    year = number("year").cast(pl.Int64, strict=False)
    return frame.select("line", actor="code", year=year, score=score, text="estimate", value=number("estimate"), error=error)


def _score(name: pl.Expr) -> pl.Expr:
    """'pv' or 'Political Stability and Absence of Violence/Terrorism: Estimate' -> wgi_pv."""
    lower = name.str.to_lowercase().str.strip_chars()
    short = pl.when(("wgi_" + lower).is_in(list(INDICATORS.values()))).then("wgi_" + lower)
    return pl.coalesce(
        short, *[pl.when(lower.str.contains(words, literal=True)).then(pl.lit(score)) for words, score in INDICATORS.items()]
    )


def _from_years(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """A column a year: '2023' or '2023 [YR2023]'; rows of other statistics (ranks, errors) are not estimates and go."""
    name = "Indicator Name" if "Indicator Name" in frame.columns else "Series Name"
    years = [column for column in frame.columns if re.match(r"(19|20)\d\d\b", column)]
    if not years:
        raise InputError("no column of a year", str(path), "download the file again, with a column for each year")
    rows = frame.filter(~pl.col(name).str.to_lowercase().str.contains("rank|standard error|number of sources|bound").fill_null(False))
    long = rows.unpivot(years, index=["line", "Country Code", name], variable_name="column", value_name="text")
    return long.select(
        "line",
        "text",
        actor="Country Code",
        year=pl.col("column").str.head(4).cast(pl.Int64),
        score=_score(pl.col(name)),
        value=number(pl.col("text").str.replace(",", ".", literal=True)),
        error=pl.lit(None, pl.Float64),
    )


def _from_sheet(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """The wide sheet: years in the first line, their statistics in the second; which indicator it is, the file's name must say."""
    score = next((code for words, code in INDICATORS.items() if words.replace(" ", "") in re.sub(r"[\W_]", "", path.stem.lower())), None)
    if score is None:
        raise InputError("the file's name does not say which governance indicator it holds", str(path), f"one of {', '.join(INDICATORS)}")
    columns = [name for name in frame.columns if name != "line"]
    kinds = dict(zip(columns, frame.select(columns).row(0), strict=True))
    parts, year = [], 0
    for column in columns[2:]:
        match = re.match(r"(19|20)\d\d", column)
        year = int(match.group()) if match else year
        if kinds[column] in ("Estimate", "StdErr"):
            parts.append(frame[1:].select("line", actor=columns[1], year=pl.lit(year, pl.Int64), kind=pl.lit(kinds[column]), text=column))
    if not parts:
        raise InputError("no columns 'Estimate' in the second line", str(path), "export the indicator's sheet with its two header lines")
    wide = pl.concat(parts).pivot("kind", index=["line", "actor", "year"], values="text")
    return wide.select(
        "line", "actor", "year", score=pl.lit(score), text="Estimate", value=number("Estimate", ","), error=number("StdErr", ",")
    )


def _merged(rows: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    """One row an economy, year and score; where a file contradicts itself, the middle of its estimates and a band over all."""
    margin = Z95 * pl.col("error")
    grouped = rows.group_by("year", "actor", "score").agg(
        value=(pl.col("value").min() + pl.col("value").max()) / 2,
        low=(pl.col("value") - margin).min(),
        high=(pl.col("value") + margin).max(),
        told=pl.col("value").unique().sort().round(3).cast(pl.String()).str.join(", "),
        many=pl.col("value").n_unique() > 1,
        line=pl.col("line").min(),
    )
    doubts = tuple(
        Fault(line, f"{actor} {year}: contradictory estimates {told}; their middle is taken, the band spans them")
        for line, actor, year, told in grouped.filter("many").sort("line").select("line", "actor", "year", "told").iter_rows()
    )
    rounded = grouped.with_columns(pl.col("value", "low", "high").round(4), basis=pl.lit("estimated"), source=pl.lit(SPEC.source))
    return rounded.drop("told", "many", "line").sort("year", "actor", "score"), doubts
