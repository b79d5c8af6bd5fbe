"""Relative supply risk index of the British Geological Survey's risk list of 2015.

    index = 10 * points / 21;  seven criteria of 1 (low) to 3 (high) points

output and reserves of the first country (up to a third, up to two thirds, above), recycling (above 30 %, 10 to 30 %, below 10 %),
substitutability (index below 0.3, to 0.7, above), governance of the first producer and of the first holder of reserves (upper, middle,
lower third of the world's ranks of political stability), and the part that is won as a companion of other metals. As in the list, a
criterion without data gets 2; our tables do not hold companionship, so it always does. Steps as we understand the survey's notes.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import Floats, figures, framed, lookup, over, ratio, sums
from ytterby.indicators.inputs import WORLD

SPEC = Indicator(
    title="Relative supply risk index of the British Geological Survey (2015)",
    formula="10 x points / 21; 1 to 3 each: output, reserves, recycling, substitution, governance (twice), companionship (unknown: 2)",
    unit="1",
    low=10.0 / 3.0,
    high=10.0,
    reference="British Geological Survey, Risk List 2015; recycling and substitution: doi 10.2873/725585",
    views=("world",),
)
CRITERIA = 7
MIDDLE = 2.0
"""Points of a criterion without data."""
THIRDS = (1.0 / 3.0, 2.0 / 3.0)


def points(value: Floats, steps: tuple[float, float], falling: bool = False) -> Floats:
    """Return 1, 2 or 3 points: up to the first step, up to the second, above; the other way round if falling; NaN: 2.

    >>> points(np.array([0.2, 0.5, 0.9, np.nan]), THIRDS).tolist()
    [1.0, 2.0, 3.0, 2.0]
    >>> points(np.array([0.05, 0.2, 0.5]), (0.1, 0.3), falling=True).tolist()
    [3.0, 2.0, 1.0]
    """
    scored = 1.0 + (value > steps[0]) + (value > steps[1])
    return np.where(np.isnan(value), MIDDLE, 4.0 - scored if falling else scored)


def index(total: Floats) -> Floats:
    """Return the index of a total of points.

    >>> round(float(index(np.array(20.0))), 1)
    9.5
    """
    return np.asarray(10.0 * total / (3.0 * CRITERIA))


def _governance(scores: pl.DataFrame) -> pl.DataFrame:
    """Points of each country for political stability: 3 in the lowest third of all countries, 1 in the highest."""
    stable = scores.filter(pl.col("score") == "wgi_pv")
    values = figures(stable, "value")
    lower, upper = np.quantile(values, THIRDS, axis=0) if len(values) else np.zeros((2, values.shape[1]))
    return framed(stable.select("actor"), points=1.0 + (values <= upper) + (values <= lower))


def _first(rows: pl.DataFrame, held: pl.DataFrame, governance: pl.DataFrame) -> Floats:
    """Points for the first country's share and for its governance, together, of each row's product."""
    tonnes = figures(held)
    share = ratio(tonnes, over(np.add, held, ["product"], tonnes))
    largest = over(np.maximum, held, ["product"], share)
    known = lookup(held, governance, ["actor"], "points")
    governed = np.where(np.isnan(known), MIDDLE, known)
    # Of several first countries the worst governed counts.
    first = over(np.maximum, held, ["product"], np.where(share == largest, governed, 0.0))
    both = framed(held.select("product"), points=points(largest, THIRDS) + first).unique("product", keep="first", maintain_order=True)
    found = lookup(rows, both, ["product"], "points")
    return np.where(np.isnan(found), 2.0 * MIDDLE, found)


def measure(supply: pl.DataFrame, reserves: pl.DataFrame, scores: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor '*' and value; a product that nobody makes is left out."""
    made = supply.filter(pl.col("actor") == WORLD).drop("actor")
    rows, governance = sums(made, ["product"], t=figures(made)), _governance(scores)
    total = _first(rows, made.rename({"supplier": "actor"}), governance) + _first(rows, reserves, governance) + MIDDLE
    recycling, substitution = (
        lookup(rows, factors.filter(pl.col("factor") == name), ["product"], "value") for name in ("recycling", "substitution_risk")
    )
    total = total + points(recycling, (0.1, 0.3), falling=True) + points(substitution, (0.3, 0.7))
    return framed(rows.select("product", actor=pl.lit(WORLD)), value=index(total))
