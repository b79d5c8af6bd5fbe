"""Net import reliance: the part of what an actor uses that comes from abroad, net of what it sells.

    NIR = (I - E) / (P + I - E),   P + I - E: apparent consumption

1: everything is imported; 0: as much is sold as bought; below 0: a net exporter (the US Geological Survey writes 'E'), without a lower
bound, since exports can be any multiple of what is used at home. Changes of stocks are not in the tables and count as none.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators.draws import KEYS, figures, framed, grouped, lookup, over, ratio, sums, weighted
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


def parts(production: pl.DataFrame, trade: pl.DataFrame, supply: pl.DataFrame) -> pl.DataFrame:
    """Return each partner's share of an actor's imports and its part: bought from it less sold to it, over apparent consumption."""
    known = production.join(supply.filter(pl.col("actor") != WORLD), on="product", how="semi")
    trade, flows = trade.join(known, on="product", how="semi"), figures(trade.join(known, on="product", how="semi"))
    sides = [trade.select("product", actor=a, supplier=b) for a, b in (("importer", "exporter"), ("exporter", "importer"))]
    none = np.zeros_like(flows)
    pairs = sums(pl.concat(sides), [*KEYS, "supplier"], bought=np.vstack([flows, none]), net=np.vstack([flows, -flows]))
    made = sums(known, KEYS, t=figures(known))
    net = figures(pairs, "net")
    used = np.nan_to_num(lookup(pairs, made, KEYS, "t")) + over(np.add, pairs, KEYS, net)
    bought = figures(pairs, "bought")
    total = over(np.add, pairs, KEYS, bought)
    uses = used > NOISE * (np.nan_to_num(lookup(pairs, made, KEYS, "t")) + total)
    part = np.divide(net, used, out=np.full_like(net, np.nan), where=uses)
    return framed(pairs.select(*KEYS, "supplier"), share=np.nan_to_num(ratio(bought, total)), part=part)


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
    labels, number = grouped(pl.concat(sides), KEYS)
    ends = np.cumsum([len(made), len(flows), len(flows)])
    tonnes = zip(np.split(number, ends[:2]), (made, flows, flows), strict=True)
    output, bought, sold = (weighted(row, np.arange(len(row)), np.ones(len(row)), t, labels.height) for row, t in tonnes)
    used = output + bought - sold
    uses = used > NOISE * (output + bought)
    value = np.divide(bought - sold, used, out=np.full_like(used, np.nan), where=uses)
    told = pl.when(pl.Series(~uses[:, 0])).then(pl.lit("sells all that it makes and buys, uses none"))
    return framed(labels.select(*KEYS, reason=told), value=value)
