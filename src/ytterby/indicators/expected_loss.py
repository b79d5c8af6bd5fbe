"""Expected loss of an actor: value added at risk in the first year of each scenario of a stress run, times its probability.

    loss = sum over scenarios of probability * sum over uses of tonnes lost * value added per tonne     (USD)

The US Geological Survey ranks the list of 2025 in this way, with losses of GDP from its own model of the economy. Takes the table
`stops` of a stress run; without weights all scenarios are equally likely.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import KEYS, figures, framed, sums

SPEC = Indicator(
    title="Expected loss of value added in the scenarios of a stress run",
    formula="sum over scenarios of probability x tonnes lost in 52 weeks x value added per tonne",
    unit="USD",
    low=0.0,
    high=float("inf"),
    reference="after US Geological Survey, Open-File Report 2025-1047, doi 10.3133/ofr20251047; losses: own stress runs",
    views=("actor",),
    run=True,
)


def measure(losses: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, value and reason; a use whose worth nobody gives makes the loss missing, unless it loses nothing.

    >>> run = pl.DataFrame({"product": "magnet", "actor": "JPN", "use": ["car", "toy"], "usd": [3e6, 1e6]})
    >>> measure(run)["value"].item()
    4000000.0
    """
    found = sums(losses, KEYS, value=figures(losses, "usd"))
    unknown = pl.Series(np.isnan(figures(found, "value")[:, 0]))
    return framed(
        found.select(*KEYS, reason=pl.when(unknown).then(pl.lit("no value added per tonne known"))), value=figures(found, "value")
    )
