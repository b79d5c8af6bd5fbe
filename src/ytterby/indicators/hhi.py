"""Concentration of supply: the Herfindahl-Hirschman index.

    HHI = sum over suppliers of (share of supply)^2

from 1/n (n equal suppliers) to 1 (a single one). 1/HHI reads as the number of equal suppliers that would be just as concentrated.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import KEYS, figures, framed, over, ratio, sums

SPEC = Indicator(
    title="Herfindahl-Hirschman index of supply",
    formula="sum of S_c^2; S_c: share of country c in the world's output (*), or in an actor's own output that it keeps plus its imports",
    unit="1",
    low=0.0,
    high=1.0,
    reference="Hirschman (1964), The paternity of an index, AER 54(5), 761",
)


def parts(supply: pl.DataFrame) -> pl.DataFrame:
    """Return each supplier's share and its part of the index, share^2."""
    tonnes = figures(supply)
    share = ratio(tonnes, over(np.add, supply, KEYS, tonnes))
    return framed(supply, share=share, part=share**2)


def measure(supply: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, value; a product that nobody supplies has no concentration and is left out, never 0.

    >>> made = pl.DataFrame({"product": "dy_oxide", "actor": "*", "supplier": ["CHN", "MYS"], "t": [90.0, 10.0]})
    >>> round(measure(made)["value"].item(), 2)
    0.82
    """
    return sums(supply, KEYS, value=figures(parts(supply), "part"))
