"""What is left of the world's supply without its largest supplier, against demand.

    N-1 = (supply - largest supplier) / demand

Demand is final use plus what producers of the next stage need. Below 1, the others could not serve everybody.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import figures, framed, lookup, over, ratio, sums
from ytterby.indicators.inputs import WORLD

SPEC = Indicator(
    title="N-1 supply: demand met without the largest supplier",
    formula="(supply - largest supplier) / demand; demand: final use plus inputs of the next stage",
    unit="1",
    low=0.0,
    high=float("inf"),
    reference="IEA, Global Critical Minerals Outlook 2025 (2035: graphite and rare earths 35-40 %, lithium and cobalt 65 %)",
    views=("world",),
    worse=-1,
)


def parts(supply: pl.DataFrame, use: pl.DataFrame) -> pl.DataFrame:
    """Return each supplier's share of the world's supply and its part: supply over demand, 0 for the largest (of equals the first)."""
    made = supply.filter(pl.col("actor") == WORLD)
    tonnes = figures(made)
    wanted = lookup(made, sums(use, ["product"], t=figures(use)), ["product"], "t")
    place = np.where(tonnes == over(np.maximum, made, ["product"], tonnes), np.arange(len(tonnes), dtype=float)[:, None], np.inf)
    largest = place == over(np.minimum, made, ["product"], place)
    share = ratio(tonnes, over(np.add, made, ["product"], tonnes))
    return framed(made.select("product", "actor", "supplier"), share=share, part=np.where(largest, 0.0, ratio(tonnes, wanted)))


def measure(supply: pl.DataFrame, use: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor '*', value (NaN without demand) and reason.

    >>> made = pl.DataFrame({"product": "ore", "actor": "*", "supplier": ["A", "B"], "t": [60.0, 40.0]})
    >>> measure(made, pl.DataFrame({"product": ["ore"], "actor": ["C"], "t": [80.0]}))["value"].item()
    0.5
    """
    made = supply.filter(pl.col("actor") == WORLD)
    total = sums(made, ["product"], t=figures(made))
    largest = lookup(total, framed(made.select("product"), t=over(np.maximum, made, ["product"], figures(made))).unique(), ["product"], "t")
    wanted = lookup(total, sums(use, ["product"], t=figures(use)), ["product"], "t")
    value = ratio(figures(total) - largest, wanted)
    no_demand = pl.when(pl.Series(np.isnan(value[:, 0]))).then(pl.lit("no demand known"))
    return framed(total.select("product", actor=pl.lit(WORLD), reason=no_demand), value=value)
