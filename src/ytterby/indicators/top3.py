"""Share of the three largest suppliers.

top3 = S_1 + S_2 + S_3, suppliers in falling order of their share
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import KEYS, Bools, figures, framed, over, ratio, sums

SPEC = Indicator(
    title="Share of the three largest suppliers",
    formula="S_1 + S_2 + S_3; shares as in hhi",
    unit="1",
    low=0.0,
    high=1.0,
    reference="IEA, Global Critical Minerals Outlook 2025 (mean of refined minerals: 82 % in 2020, 86 % in 2024)",
)


def parts(supply: pl.DataFrame) -> pl.DataFrame:
    """Return each supplier's share, and its part: the share if it is among the three largest, else 0."""
    tonnes = figures(supply)
    share = ratio(tonnes, over(np.add, supply, KEYS, tonnes))
    left, part = share.copy(), np.zeros_like(share)
    for _ in range(3):
        # Of equal ones the first row counts, so that never more than three do.
        largest = _first(supply, (left > 0) & (left == over(np.maximum, supply, KEYS, left)))
        part, left = np.where(largest, share, part), np.where(largest, 0.0, left)
    return framed(supply, share=share, part=part)


def _first(supply: pl.DataFrame, marked: Bools) -> Bools:
    """Keep, in each group and draw, only the first of the marked rows."""
    place = np.where(marked, np.arange(len(marked), dtype=float)[:, None], np.inf)
    return np.asarray(marked & (place == over(np.minimum, supply, KEYS, place)))


def measure(supply: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, value; a product that nobody supplies is left out, never 0.

    >>> made = pl.DataFrame({"product": "ore", "actor": "*", "supplier": ["A", "B", "C", "D"], "t": [4.0, 3.0, 2.0, 1.0]})
    >>> round(measure(made)["value"].item(), 2)
    0.9
    """
    found = sums(supply, KEYS, value=figures(parts(supply), "part"))
    return framed(found, value=figures(found, "value").clip(max=1.0))
