"""Economic importance as the European Union's list of critical raw materials has it, for any country.

    EI = sum over uses s of A_s * Q_s * SI_EI

A_s: share of the country's final use of the material that goes into s; Q_s: value added of the sector that s stands for, scaled so that
the country's largest is 10; SI_EI: substitution index of the study of 2023. The tables hold no value added by sector; give it as scores
`va_` + use (USD) of the country, by `ytterby world import`. Use without a sector is left out up to a share of 5 %; beyond it EI is missing.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import KEYS, figures, framed, lookup, over, ratio, sums

SPEC = Indicator(
    title="Economic importance by the method of the European Union",
    formula="sum of A_s Q_s SI_EI; A_s: share of use s, Q_s: value added of its sector (score va_<use>), the country's largest = 10",
    unit="1",
    low=0.0,
    high=10.0,
    reference="Methodology for establishing the EU list of critical raw materials (2017), doi 10.2873/769526; factors: doi 10.2873/725585",
    views=("actor",),
)
SECTOR = "va_"
LARGEST = 10.0
UNKNOWN = 0.05
"""Largest share of use without a sector's value added that may be left out."""


def measure(demand: pl.DataFrame, scores: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, value and reason.

    >>> used = pl.DataFrame({"product": "ore", "actor": "DEU", "use": ["car", "toy"], "t": [3.0, 1.0]})
    >>> added = pl.DataFrame({"actor": "DEU", "score": ["va_car", "va_toy"], "value": [200.0, 100.0]})
    >>> index = pl.DataFrame({"product": ["ore"], "factor": ["substitution_importance"], "value": [0.8]})
    >>> measure(used, added, index)["value"].item()
    7.0
    """
    tonnes = figures(demand)
    share = ratio(tonnes, over(np.add, demand, KEYS, tonnes))
    sectors = scores.filter(pl.col("score").str.starts_with(SECTOR))
    largest = over(np.maximum, sectors, ["actor"], figures(sectors, "value"))
    scaled = framed(
        sectors.select("actor", use=pl.col("score").str.strip_prefix(SECTOR)), q=LARGEST * ratio(figures(sectors, "value"), largest)
    )
    weight = lookup(demand, scaled, ["actor", "use"], "q")
    found = sums(demand, KEYS, value=share * np.nan_to_num(weight), unknown=np.where(np.isnan(weight), share, 0.0))
    index = lookup(found, factors.filter(pl.col("factor") == "substitution_importance"), ["product"], "value")
    unknown = figures(found, "unknown")
    value = np.where(unknown <= UNKNOWN, figures(found, "value"), np.nan) * index
    no_index, no_sector = pl.Series(np.isnan(index[:, 0])), pl.Series(unknown[:, 0] > UNKNOWN)
    told = pl.coalesce(
        pl.when(no_index).then(pl.lit("the study of 2023 gives no substitution index")),
        pl.when(no_sector).then(pl.lit("no value added of the sectors that use it (scores va_<use>)")),
    )
    return framed(found.select(*KEYS, reason=told), value=value)
