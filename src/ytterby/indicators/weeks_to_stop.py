"""Weeks until the first of an actor's uses gets less than half of what it wants, over the scenarios of a stress run.

weeks = min over scenarios and uses of weeks until the use stops
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import KEYS, framed, over

SPEC = Indicator(
    title="Weeks until the first use stops in a stress run",
    formula="min over scenarios and uses of the week in which less than half of what is wanted first arrives (median of the draws)",
    unit="week",
    low=0.0,
    high=float("inf"),
    reference="table stops of a stress run",
    views=("actor",),
    worse=-1,
    run=True,
)


def measure(losses: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, value, low, high (5th and 95th percentile; NaN: never) and reason; NaN where no use stops.

    >>> run = pl.DataFrame({"product": "magnet", "actor": "JPN", "use": ["car", "toy"], "weeks": [9.0, None]})
    >>> measure(run.with_columns(soonest="weeks", latest="weeks"))["value"].item()
    9.0
    """
    ends = {"value": "weeks", "low": "soonest", "high": "latest"}
    first = {
        name: over(np.minimum, losses, KEYS, losses[column].fill_null(float("inf")).to_numpy()[:, None]) for name, column in ends.items()
    }
    known = {name: np.where(np.isfinite(weeks), weeks, np.nan) for name, weeks in first.items()}
    told = pl.when(pl.Series(np.isnan(known["value"][:, 0]))).then(pl.lit("no use stops in the run"))
    return framed(losses.select(*KEYS, reason=told), **known).unique(KEYS, maintain_order=True)
