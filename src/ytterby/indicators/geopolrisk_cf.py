"""Characterisation factor of the geopolitical supply risk, for life cycle assessment.

    CF = score * price / 0.409412948     (kg copper-equivalent per kg)

score: geopolrisk; price: USD/kg, the world's of the year; 0.409412948: the same product of copper in the base of the published method.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators import geopolrisk
from ytterby.indicators.draws import KEYS, figures, framed, lookup

SPEC = Indicator(
    title="Characterisation factor of geopolitical supply risk (GeoPolRisk)",
    formula="geopolrisk x price (USD/kg) / 0.409412948",
    unit="kg Cu-eq/kg",
    low=0.0,
    high=float("inf"),
    reference="Koyamparambath et al. (2024), geopolrisk-py, doi 10.21105/joss.09600",
    views=("actor",),
)
COPPER = 0.409412948
"""Score x price of copper (USD/kg) in the published method."""
KG = 1000.0


def factor(score: float, price: float) -> float:
    """Return the factor of a score and a price in USD/kg.

    >>> round(factor(0.27497413262676956, 2.2269069573987443), 9)
    1.495658142
    """
    return score * price / COPPER


def parts(trade: pl.DataFrame, supply: pl.DataFrame, production: pl.DataFrame, scores: pl.DataFrame, prices: pl.DataFrame) -> pl.DataFrame:
    """Return each partner's share of the supply p + F and its part of the factor."""
    found = geopolrisk.parts(trade, supply, production, scores)
    return framed(found, part=figures(found, "part") * lookup(found, prices, ["product"], "value") / KG / COPPER)


def measure(
    trade: pl.DataFrame, supply: pl.DataFrame, production: pl.DataFrame, scores: pl.DataFrame, prices: pl.DataFrame
) -> pl.DataFrame:
    """Return product, actor, value and reason; missing where the score or the price is."""
    found = geopolrisk.measure(trade, supply, production, scores)
    price = lookup(found, prices, ["product"], "value") / KG
    no_price = pl.Series(np.isnan(price[:, 0]))
    told = pl.when(no_price).then(pl.lit("no price known")).otherwise("reason")
    return framed(found.select(*KEYS, reason=told), value=figures(found, "value") * price / COPPER)
