"""Supply risk of an importer as disruption potential, trade exposure and economic vulnerability (Nassar and others, 2020).

    SR = (DP * TE * EV)^(1/3);  DP = sum of PS_c^2 * ASI_c * WSI_c;  TE = net import reliance;  EV = sum of (VA/GDP) * (EXP/OP)

PS: share of the world's output. Our stand-ins: ASI (how unable a country is to supply) = (2.5 - political stability) / 5; WSI (how
unwilling it is) = 0 at home, 0.5 for a country that shares a bloc (EU, G7, QUAD, MSP, OECD, ASEAN), else 1. EXP: price x use; operating
profit OP is taken as 40 % of the users' value added VA, the same for all, so that EV = EXP / (0.4 GDP). Values order materials; they are
not comparable with the paper's. DP = 0 or a net exporter: no risk, 0.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators import hhi, import_reliance
from ytterby.indicators.draws import KEYS, Floats, Ints, figures, framed, lookup, sums, weighted
from ytterby.indicators.inputs import WORLD

SPEC = Indicator(
    title="Supply risk of an importer by the method of Nassar and others",
    formula="(DP TE EV)^(1/3); DP = sum of PS^2 ASI WSI; TE: import_reliance from 0; EV = price x use / (0.4 GDP); ASI, WSI: our stand-ins",
    unit="1",
    low=0.0,
    high=float("inf"),
    reference="Nassar et al. (2020), doi 10.1126/sciadv.aay8647; stand-ins for ASI, WSI and operating profit: ours",
    views=("actor",),
)
FRIEND = 0.5
PROFIT = 0.4
"""Operating profit as a share of value added (assumed)."""


def _potential(rows: pl.DataFrame, supply: pl.DataFrame, scores: pl.DataFrame, ties: pl.DataFrame) -> tuple[Floats, pl.DataFrame, Floats]:
    """DP of each row (n, draws), the pairs (row, maker, weight, product, actor, supplier) behind it, and PS^2 * ASI of the makers."""
    makers = hhi.parts(supply.filter(pl.col("actor") == WORLD))
    stable = scores.filter(pl.col("score") == "wgi_pv").select("value", supplier="actor")
    inability = ((2.5 - lookup(makers, stable, ["supplier"], "value")) / 5.0).clip(0.0, 1.0)
    unable = np.nan_to_num(figures(makers, "part") * inability)
    friends = ties.select("actor", "supplier", weight=pl.lit(FRIEND))
    pairs = rows.select(KEYS).with_row_index("row").join(makers.select("product", "supplier").with_row_index("maker"), on="product")
    pairs = pairs.join(friends, on=["actor", "supplier"], how="left", validate="m:1").with_columns(
        weight=pl.when(pl.col("actor") == pl.col("supplier")).then(0.0).otherwise(pl.col("weight").fill_null(1.0))
    )
    row, maker = (pairs[name].to_numpy().astype(np.int64) for name in ("row", "maker"))
    return _sum(row, maker, pairs["weight"].to_numpy(), unable, rows.height), pairs, unable


def _sum(row: Ints, maker: Ints, weight: Floats, unable: Floats, rows: int) -> Floats:
    return weighted(row, maker, weight, unable, rows) if len(row) else np.zeros((rows, unable.shape[1]))


def parts(
    supply: pl.DataFrame,
    production: pl.DataFrame,
    trade: pl.DataFrame,
    use: pl.DataFrame,
    scores: pl.DataFrame,
    prices: pl.DataFrame,
    ties: pl.DataFrame,
) -> pl.DataFrame:
    """Return each maker's share of the world's output and its part of the risk: the value, split as DP is."""
    rows = measure(supply, production, trade, use, scores, prices, ties)
    potential, pairs, unable = _potential(rows, supply, scores, ties)
    row, maker = (pairs[name].to_numpy().astype(np.int64) for name in ("row", "maker"))
    own = pairs["weight"].to_numpy()[:, None] * unable[maker]
    part = np.divide(own, potential[row], out=np.zeros_like(own), where=potential[row] > 0) * figures(rows, "value")[row]
    share = lookup(pairs, hhi.parts(supply.filter(pl.col("actor") == WORLD)), ["product", "supplier"], "share")
    return framed(pairs.select(*KEYS, "supplier"), share=share, part=part)


def measure(
    supply: pl.DataFrame,
    production: pl.DataFrame,
    trade: pl.DataFrame,
    use: pl.DataFrame,
    scores: pl.DataFrame,
    prices: pl.DataFrame,
    ties: pl.DataFrame,
) -> pl.DataFrame:
    """Return product, actor, value and reason; missing without a price, a GDP, import reliance or the world's output."""
    made = supply.filter(pl.col("actor") == WORLD).select("product").unique()
    used = sums(use.join(made, on="product", how="semi"), KEYS, t=figures(use.join(made, on="product", how="semi")))
    exposure = lookup(used, import_reliance.measure(production, trade, supply), KEYS, "value").clip(0.0, 1.0)
    price = lookup(used, prices, ["product"], "value")
    wealth = lookup(used, scores.filter(pl.col("score") == "gdp_usd"), ["actor"], "value")
    vulnerability = price * figures(used) / (PROFIT * wealth)
    potential, _, _ = _potential(used, supply, scores, ties)
    value = np.cbrt(potential * exposure * vulnerability)
    lacks = [(exposure, "import reliance not known"), (price, "no price known"), (wealth, "no GDP known")]
    told = pl.coalesce(*(pl.when(pl.Series(np.isnan(array[:, 0]))).then(pl.lit(word)) for array, word in lacks))
    return framed(used.select(*KEYS, reason=told), value=value)
