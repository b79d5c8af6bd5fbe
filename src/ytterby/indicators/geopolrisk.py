"""Geopolitical supply risk of an importer: concentration of world output times the political instability of its imports.

    score = HHI * sum over partners i of g_i * f_i / (p + F),   g_i = (2.5 - political stability of i) / 5, kept in 0..1

HHI: of the world's output; f_i: imports from i; F: all imports; p: own output. A partner without a score (a group of countries) is left
out up to 5 % of imports; beyond it the score is missing. Scores are means of five years, the published method takes the year's.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators import hhi
from ytterby.indicators.draws import KEYS, figures, framed, lookup, over, ratio, sums
from ytterby.indicators.inputs import WORLD
from ytterby.indicators.wgi_hhi import UNSCORED, without

SPEC = Indicator(
    title="Geopolitical supply risk of an importer (GeoPolRisk)",
    formula="HHI * sum of g_i f_i / (p + F); g_i = (2.5 - political stability)/5; f_i imports from i, F all imports, p own output",
    unit="1",
    low=0.0,
    high=1.0,
    reference="Koyamparambath et al. (2024), geopolrisk-py, doi 10.21105/joss.09600",
    views=("actor",),
)
SCORE = "wgi_pv"


def parts(trade: pl.DataFrame, supply: pl.DataFrame, production: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Return each partner's share of the supply p + F and its part of the score (NaN without a governance score)."""
    flows, tonnes = trade.select("product", actor="importer", supplier="exporter"), figures(trade)
    world = hhi.measure(supply.filter(pl.col("actor") == WORLD))
    stable = scores.filter(pl.col("score") == SCORE).select("value", supplier="actor")
    unstable = ((2.5 - lookup(flows, stable, ["supplier"], "value")) / 5.0).clip(0.0, 1.0)
    bought = over(np.add, flows, KEYS, tonnes)
    own = np.nan_to_num(lookup(flows, sums(production, KEYS, t=figures(production)), KEYS, "t"))
    share = ratio(tonnes, own + bought)
    return framed(flows, share=share, part=lookup(flows, world, ["product"], "value") * unstable * share, bought=ratio(tonnes, bought))


def measure(trade: pl.DataFrame, supply: pl.DataFrame, production: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, value and reason; missing without world output or where too many imports have no score.

    >>> made = pl.DataFrame({"product": "ore", "actor": "*", "supplier": ["CHN"], "t": [9.0]})
    >>> own = pl.DataFrame({"product": "ore", "actor": ["CHN"], "t": [9.0]})
    >>> sold = pl.DataFrame({"product": "ore", "exporter": ["CHN"], "importer": ["JPN"], "t": [4.0]})
    >>> measure(sold, made, own, pl.DataFrame({"actor": ["CHN"], "score": ["wgi_pv"], "value": [-0.5]}))["value"].item()
    0.6
    """
    made = supply.filter(pl.col("actor") == WORLD).select("product").unique()
    found = parts(trade.join(made, on="product", how="semi"), supply, production, scores)
    part = figures(found, "part")
    unscored = np.where(np.isnan(part), figures(found, "bought"), 0.0)
    return without(sums(found, KEYS, value=np.nan_to_num(part), unscored=unscored), UNSCORED, "imports")
