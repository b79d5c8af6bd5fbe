"""Share of trade under an export restriction in force.

    under_control = sum over flows of t * c / sum over flows of t

c: the share of a flow that the restriction covers (the table's `share`; all of it where none is given); the widest of several counts.
An actor's view takes its imports, the world's all trade between countries.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import KEYS, figures, framed, grouped, lookup, over, ratio, sums, weighted
from ytterby.indicators.inputs import WORLD

SPEC = Indicator(
    title="Share of trade under an export restriction in force",
    formula="sum of t * c / sum of t over an actor's imports, or over all trade (*); c: share of a flow that a restriction covers",
    unit="1",
    low=0.0,
    high=1.0,
    reference="OECD (2023), Raw materials critical for the green transition, Trade Policy Paper 269",
)


def parts(trade: pl.DataFrame, controls: pl.DataFrame) -> pl.DataFrame:
    """Return each exporter's share of a view's trade and its part under control."""
    flows = ["product", "exporter", "importer"]
    covered = controls.group_by(flows).agg(covered=pl.col("share").fill_null(1.0).max())
    tonnes = figures(trade)
    under = tonnes * np.nan_to_num(lookup(trade, covered, flows, "covered"))
    imports = trade.select("product", actor="importer", supplier="exporter")
    views = pl.concat([imports, imports.with_columns(actor=pl.lit(WORLD))])
    labels, number = grouped(views, [*KEYS, "supplier"])
    flow, one = np.tile(np.arange(len(tonnes)), 2), np.ones(2 * len(tonnes))
    found = framed(labels, **{name: weighted(number, flow, one, array, labels.height) for name, array in (("t", tonnes), ("under", under))})
    total = over(np.add, found, KEYS, figures(found))
    return framed(found.select(*KEYS, "supplier"), share=ratio(figures(found), total), part=ratio(figures(found, "under"), total))


def measure(trade: pl.DataFrame, controls: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, value; what is not traded has no share under control and is left out, never 0.

    >>> trade = pl.DataFrame({"product": "magnet", "exporter": ["CHN", "JPN"], "importer": "DEU", "t": [80.0, 20.0]})
    >>> licence = pl.DataFrame({"product": ["magnet"], "exporter": ["CHN"], "importer": ["DEU"], "share": [0.75]})
    >>> measure(trade, licence).select("actor", "value").rows()
    [('DEU', 0.6), ('*', 0.6)]
    """
    found = parts(trade, controls)
    total = sums(found, KEYS, value=figures(found, "part"))
    return framed(total, value=figures(total, "value").clip(max=1.0))
