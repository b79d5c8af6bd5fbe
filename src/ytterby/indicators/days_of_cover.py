"""Days that an actor's stocks last at its own consumption, if nothing arrives.

days = sum over holders (state, industry) of days held
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import KEYS, figures, framed, over, ratio, sums

SPEC = Indicator(
    title="Days of cover",
    formula="stocks / daily consumption, state and industry together; an actor without a row has that of the rest of the world",
    unit="d",
    low=0.0,
    high=float("inf"),
    reference="table stocks",
    views=("actor",),
    worse=-1,
)


def parts(stocks: pl.DataFrame) -> pl.DataFrame:
    """Return what each holder's stocks add (supplier: the holder), in days and as a share."""
    days = figures(stocks, "days")
    share = ratio(days, over(np.add, stocks, KEYS, days))
    return framed(stocks.select(*KEYS, supplier="holder"), share=share, part=days)


def measure(stocks: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, value; an actor whose stocks nobody knows is left out, never 0.

    >>> held = pl.DataFrame({"product": "dy_metal", "actor": "JPN", "holder": ["state", "industry"], "days": [90.0, 75.0]})
    >>> measure(held)["value"].item()
    165.0
    """
    return sums(stocks, KEYS, value=figures(stocks, "days"))
