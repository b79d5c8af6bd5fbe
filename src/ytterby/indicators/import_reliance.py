"""Net import reliance: the part of what an actor uses that comes from abroad, net of what it sells.

    NIR = (I - E) / (P + I - E),   P + I - E: apparent consumption

1: everything is imported; 0: as much is sold as bought; below 0: a net exporter (the US Geological Survey writes 'E'), without a lower
bound, since exports can be any multiple of what is used at home. Changes of stocks are not in the tables and count as none.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import KEYS, figures, framed, sums
from ytterby.indicators.inputs import NOISE, WORLD

SPEC = Indicator(
    title="Net import reliance",
    formula="(I - E) / (P + I - E); P output, I imports, E exports; negative: net exporter",
    unit="1",
    low=float("-inf"),
    high=1.0,
    reference="US Geological Survey, Mineral Commodity Summaries 2025, appendix; Nassar et al. (2020), doi 10.1126/sciadv.aay8647",
    views=("actor",),
)


def measure(production: pl.DataFrame, trade: pl.DataFrame, supply: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, value and reason; NaN for an actor that uses nothing of the product.

    A product is left out if its output is not known, or nobody's supply: no rows would read as no imports.

    >>> made = pl.DataFrame({"product": ["ore"], "actor": ["AUS"], "t": [100.0]})
    >>> sold = pl.DataFrame({"product": ["ore"], "exporter": ["AUS"], "importer": ["JPN"], "t": [60.0]})
    >>> measure(made, sold, pl.DataFrame({"product": ["ore"], "actor": ["JPN"]})).select("actor", "value").rows()
    [('AUS', -1.5), ('JPN', 1.0)]
    """
    production = production.join(supply.filter(pl.col("actor") != WORLD), on="product", how="semi")
    trade = trade.join(production, on="product", how="semi")
    made, flows = figures(production), figures(trade)
    sides = [production.select(KEYS), trade.select("product", actor="importer"), trade.select("product", actor="exporter")]
    none = np.zeros_like
    bought = np.vstack([none(made), flows, none(flows)])
    sold = np.vstack([none(made), none(flows), flows])
    output = np.vstack([made, none(flows), none(flows)])
    found = sums(pl.concat(sides), KEYS, output=output, bought=bought, sold=sold)
    output, bought, sold = (figures(found, name) for name in ("output", "bought", "sold"))
    used = output + bought - sold
    uses = used > NOISE * (output + bought)
    value = np.divide(bought - sold, used, out=np.full_like(used, np.nan), where=uses)
    told = pl.when(pl.Series(~uses[:, 0])).then(pl.lit("sells all that it makes and buys, uses none"))
    return framed(found.select(*KEYS, reason=told), value=value)
