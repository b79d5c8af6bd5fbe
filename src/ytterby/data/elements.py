"""Rare-earth mine output, element by element: each country's output by the deposits that it mines and what they hold.

    t(element) = REO * sum over deposits of (share of the country's output * oxide share of the deposit) * element per oxide

REO is counted with yttrium and without scandium, as USGS counts it; the world total of Y2O3 in its chapter on yttrium is a part of it,
not added to it. Oxides are those that are traded (core/units.py). Compositions: estimates/deposits.csv, each made to add up to 1; mixes
by country and year: estimates/deposit_weights.csv. What leaves the mine is counted, not what is recovered later.
"""

from functools import cache

import numpy as np
import polars as pl

from ytterby.core import schema
from ytterby.core.grid import Floats
from ytterby.core.units import element_per_oxide
from ytterby.data.chain import estimate

FEED = "rare_earths_mine"
SOURCE = "ytterby_elements"
DEFAULT = "ROW"
"""Countries without deposits of their own in the table are taken as 'other countries': any deposit, so a band from least to most."""
ELEMENTS = {
    "La": "lanthanum",
    "Ce": "cerium",
    "Pr": "praseodymium",
    "Nd": "neodymium",
    "Sm": "samarium",
    "Eu": "europium",
    "Gd": "gadolinium",
    "Tb": "terbium",
    "Dy": "dysprosium",
    "Ho": "holmium",
    "Er": "erbium",
    "Tm": "thulium",
    "Yb": "ytterbium",
    "Lu": "lutetium",
    "Y": "yttrium",
}
"""The material of each symbol; its mine product is `{material}_mine`."""


def split(production: pl.DataFrame, year: int | None = None) -> pl.DataFrame:
    """Return mine output of each rare earth (t of contained element), in the columns of table `production`.

    production: table `production`; its rows of rare_earths_mine (t of REO) are split, all others left out. year: only that year.
    low, high: the range of REO times the least and greatest oxide share that the ranges of mix and composition allow; a missing end of
    the REO range is the value itself. Rows without a value give none. Basis estimated; source: the REO's, then ytterby_elements.

    >>> reo = pl.DataFrame({"year": 2024, "product": FEED, "actor": ["USA"], "t": [45500.0], "basis": "measured", "source": "x"})
    >>> parts = split(reo.with_columns(low=None, high=None))
    >>> parts.height, parts.filter(product="neodymium_mine")["t"].round(0).item()
    (15, 4505.0)
    """
    rows = production.filter((pl.col("product") == FEED) & pl.col("t").is_not_null())
    if year is not None:
        rows = rows.filter(pl.col("year") == year)
    range_ = {name: pl.col(name).cast(pl.Float64).fill_null(pl.col("t")) for name in ("low", "high")}
    given = rows.with_columns(**range_).join(_chosen(rows), on=["actor", "year"], validate="m:1", maintain_order="left")
    parts = given.join(mixes(), on=["mix", "since"], maintain_order="left_right")
    content = pl.col("element").replace_strict({symbol: element_per_oxide(symbol) for symbol in ELEMENTS}, return_dtype=pl.Float64)
    made = parts.with_columns(
        product=pl.col("element").replace_strict({symbol: f"{material}_mine" for symbol, material in ELEMENTS.items()}),
        t=pl.col("t") * pl.col("share") * content,
        low=pl.min_horizontal("t", "low") * pl.col("share_low") * content,
        high=pl.max_horizontal("t", "high") * pl.col("share_high") * content,
        basis=pl.lit("estimated"),
        source=pl.col("source") + f";{SOURCE}",
    )
    return schema.cast("production", made.select(column.name for column in schema.columns("production"))).sort("year", "product", "actor")


def guessed(production: pl.DataFrame) -> list[str]:
    """Return the actors whose rare earths are split as those of 'other countries', for want of a known deposit.

    >>> guessed(pl.DataFrame({"product": FEED, "actor": ["CHN", "KGZ", "ROW"], "t": 1.0}))
    ['KGZ', 'ROW']
    """
    own = set(mixes()["mix"]) - {DEFAULT}
    return sorted(set(production.filter((pl.col("product") == FEED) & (pl.col("t") > 0))["actor"]) - own)


def _chosen(rows: pl.DataFrame) -> pl.DataFrame:
    """The mix of each actor and year: the latest that had begun; before the first, the first."""
    known = mixes().select("mix", "since").unique()
    own = pl.col("actor").is_in(known["mix"].unique().to_list())
    asked = rows.select("actor", "year").unique().with_columns(mix=pl.when(own).then("actor").otherwise(pl.lit(DEFAULT)))
    order = pl.when(pl.col("since") <= pl.col("year")).then("since").otherwise(-pl.col("since"))
    return asked.join(known, on="mix").sort(order).group_by("actor", "year", maintain_order=True).last()


def compositions() -> pl.DataFrame:
    """Return the oxide shares of each deposit (deposit, element, low, share, high), made to add up to 1.

    >>> bool(np.allclose(compositions().group_by("deposit").agg(pl.col("share").sum())["share"], 1.0))
    True
    """
    ends = pl.col("low", "share", "high").cast(pl.Float64)
    return estimate("deposits").select("deposit", "element", ends / pl.col("share").cast(pl.Float64).sum().over("deposit"))


@cache
def mixes() -> pl.DataFrame:
    """Return the oxide shares of each country's output: mix (the actor), since, element, share, share_low, share_high.

    >>> mixes().filter(mix="USA")["share"].sum().__round__(12)
    1.0
    """
    held = compositions()
    rows = []
    for (actor, since), part in estimate("deposit_weights").group_by("actor", "since", maintain_order=True):
        low, share, high = (part[name].cast(pl.Float64).to_numpy() for name in ("low", "share", "high"))
        for symbol in ELEMENTS:
            oxide = part.select("deposit").join(held.filter(element=symbol), on="deposit", validate="1:1", maintain_order="left")
            middle = float(share @ oxide["share"].to_numpy()) / float(share.sum())
            least, most = least_mix(low, high, oxide["low"].to_numpy()), -least_mix(low, high, -oxide["high"].to_numpy())
            rows.append((actor, since, symbol, middle, least, most))
    return pl.DataFrame(rows, schema=["mix", "since", "element", "share", "share_low", "share_high"], orient="row")


def least_mix(low: Floats, high: Floats, values: Floats) -> float:
    """Return the least of sum(w * values) over all shares w with low <= w <= high and sum(w) = 1; shapes (D), values in any unit.

    All start at their low; what is left goes to the smallest value first (a continuous knapsack, so this is exact).

    >>> round(least_mix(np.array([0.2, 0.0]), np.array([1.0, 0.7]), np.array([10.0, 0.0])), 9)
    3.0
    """
    total, left = float(low @ values), 1.0 - float(low.sum())
    for number in np.argsort(values, kind="stable"):
        more = min(left, float(high[number] - low[number]))
        total, left = total + more * float(values[number]), left - more
    return total
