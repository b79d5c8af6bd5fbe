"""From draws to rows of the table `indicators`: value, band, reason, source; what an indicator left out is missing, with the reason."""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Entry
from ytterby.indicators.draws import Floats, figures, framed
from ytterby.indicators.inputs import WORLD
from ytterby.indicators.proof import ROW

BAND = (0.05, 0.95)
"""Quantiles of the draws that bound the band."""
DIGITS = 10
"""Significant digits kept: below them the order of a sum shows."""
ROUNDING = 1e-9
"""A value this close outside its band, relative to itself, is inside."""
MISSING = {
    "supply": "no supply known",
    "production": "output, or trade and use, not known",
    "trade": "no imports known",
    "stocks": "no use or no stocks known",
    "demand": "no final use known",
}
"""Why a row that an indicator leaves out is missing, by the first table that it needs."""
NO_RUN = "no stress run has lost any of it; give its table: --stops FILE"
"""Why a row of an indicator that needs a stress run is missing."""


def tabled(entry: Entry, bands: pl.DataFrame, rows: pl.DataFrame, proof: pl.DataFrame, year: int) -> pl.DataFrame:
    """Bring an indicator's bands into the rows that it should have (those of its views), with the sources behind them."""
    wanted = rows.filter(pl.any_horizontal(*(_view(view) for view in entry.spec.views)))
    joined = wanted.join(bands, on=ROW, how="left", validate="1:1").join(proof, on=ROW, how="left", validate="1:1")
    value, known = pl.col("value"), pl.col("value").is_not_null()
    slack = ROUNDING * value.abs()
    outside = known & ((value < pl.col("low") - slack) | (value > pl.col("high") + slack))
    why = NO_RUN if entry.spec.run else f"{MISSING[entry.needs[0]]} in {year}"
    joined = joined.with_columns(
        pl.when(known & pl.col("low").is_not_null()).then(pl.min_horizontal("low", "value")).alias("low"),
        pl.when(known & pl.col("high").is_not_null()).then(pl.max_horizontal("high", "value")).alias("high"),
        _reason(known, outside, why).alias("reason"),
        pl.col("source").fill_null(""),
    )
    numbers = [pl.col(name).round_sig_figs(DIGITS) for name in ("value", "low", "high")]
    return joined.select(pl.lit(entry.name).alias("indicator"), pl.lit(year).alias("year"), *ROW, *numbers, "reason", "source")


def banded(result: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, reason, value, low, high: the central value and the quantiles of its draws (those in which it is known).

    A result that has its own low and high keeps them.

    >>> one = pl.DataFrame({"product": ["ore"], "actor": ["*"], "value": [0.5]})
    >>> banded(one).rows()
    [('ore', '*', None, 0.5, None, None)]
    """
    if "reason" not in result.columns:
        result = result.with_columns(reason=pl.lit(None, pl.String()))
    values = figures(result, "value")
    own = "low" in result.columns
    low, high = (figures(result, "low"), figures(result, "high")) if own else quantiles(values[:, 1:])
    found = framed(result.select(*ROW, pl.col("reason").cast(pl.String)), value=values[:, :1], low=low, high=high)
    return found.with_columns(pl.col("value", "low", "high").fill_nan(None))


def quantiles(values: Floats) -> tuple[Floats, Floats]:
    """Return both edges of the band of each row (n, 1), NaN for a row without a known draw.

    >>> low, high = quantiles(np.array([[1.0, 2.0, 3.0], [np.nan, np.nan, np.nan]]))
    >>> low.ravel().tolist(), high.ravel().tolist()
    ([1.1, nan], [2.9, nan])
    """
    whole = ~np.isnan(values).any(axis=1)
    found = np.full((2, len(values)), np.nan)
    if values.shape[1]:
        found[:, whole] = np.quantile(values[whole], BAND, axis=1)
        some = ~whole & ~np.isnan(values).all(axis=1)
        if some.any():
            found[:, some] = np.nanquantile(values[some], BAND, axis=1)
    return found[0][:, None], found[1][:, None]


def _view(view: str) -> pl.Expr:
    return pl.col("actor") == WORLD if view == "world" else pl.col("actor") != WORLD


def _reason(known: pl.Expr, outside: pl.Expr, missing_why: str) -> pl.Expr:
    missing = pl.when(~known).then(pl.col("reason").fill_null(missing_why))
    own = pl.when(known).then(pl.col("reason"))
    guess = pl.when(known & (pl.col("guessed") != "")).then(pl.format("rests on estimates of {}", pl.col("guessed")))
    edge = pl.when(outside).then(pl.lit("lopsided ranges: the central value is an end of the band"))
    joined = pl.concat_str([missing, own, guess, edge], separator="; ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)
