"""Concentration of supply weighted by governance and trade: the European Union's HHI_WGI,t.

    HHI_WGI,t = sum over suppliers c of S_c^2 * WGI_c * t_c,   WGI_c = 2 * (2.5 - mean of c's governance scores), kept in 0..10

Scores are means of five years and, where the table has several dimensions, of these; the embedded world has one, political stability.
t_c is 0.8 for supply from home or within the European Union, above 1 under an export restriction in force, else 1. The method gives 1.1
to 1.5 for restrictions; which kind gets which is our choice, by how much it stops: licence 1.1, quota 1.3, ban 1.5. A supplier without
a score (a group of countries) is left out up to a share of 5 %; beyond it the index is missing.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators import hhi
from ytterby.indicators.draws import KEYS, Floats, figures, framed, lookup, sums

SPEC = Indicator(
    title="Concentration of supply weighted by governance and export restrictions",
    formula="sum of S_c^2 * WGI_c * t_c; WGI_c = 2 (2.5 - mean score); t_c: 0.8 home or EU, licence 1.1, quota 1.3, ban 1.5, else 1",
    unit="1",
    low=0.0,
    high=15.0,
    reference="Methodology for establishing the EU list of critical raw materials (2017), doi 10.2873/769526; grades of t: ours",
)
HOME = 0.8
UNDER = {"licence": 1.1, "quota": 1.3, "ban": 1.5}
UNSCORED = 0.05
"""Largest share of supply without a governance score that may be left out."""


def parts(supply: pl.DataFrame, scores: pl.DataFrame, controls: pl.DataFrame) -> pl.DataFrame:
    """Return each supplier's share and its part S^2 * WGI * t (NaN without a score)."""
    shares = hhi.parts(supply)
    wgi = scores.filter(pl.col("score").str.starts_with("wgi_"))
    dimensions = sums(wgi, ["actor"], total=figures(wgi, "value"), count=np.ones((wgi.height, 1)))
    mean = figures(dimensions, "total") / figures(dimensions, "count")
    weak = framed(dimensions.select(supplier="actor"), weak=(2.0 * (2.5 - mean)).clip(0.0, 10.0))
    weight = lookup(shares, weak, ["supplier"], "weak") * _trade(supply, controls)
    return framed(shares, part=figures(shares, "part") * weight)


def _trade(supply: pl.DataFrame, controls: pl.DataFrame) -> Floats:
    """The parameter t of each row (n, 1)."""
    grade = pl.col("kind").replace_strict(UNDER, return_dtype=pl.Float64())
    under = controls.group_by("product", supplier="exporter", actor="importer").agg(under=grade.max())
    restricted = lookup(supply, under, ["product", "supplier", "actor"], "under")
    return np.where(supply["home"].to_numpy()[:, None], HOME, np.where(np.isnan(restricted), 1.0, restricted))


def measure(supply: pl.DataFrame, scores: pl.DataFrame, controls: pl.DataFrame) -> pl.DataFrame:
    """Return product, actor, value (NaN if too much of the supply has no score) and reason.

    >>> made = pl.DataFrame({"product": "dy_oxide", "actor": "*", "supplier": ["CHN"], "t": [9.0], "home": False})
    >>> scores = pl.DataFrame({"actor": ["CHN"], "score": ["wgi_pv"], "value": [-0.5]})
    >>> ban = pl.DataFrame({"product": ["dy_oxide"], "exporter": ["CHN"], "importer": ["*"], "kind": ["ban"]})
    >>> measure(made, scores, ban)["value"].item(), measure(made, scores, ban.clear())["value"].item()
    (9.0, 6.0)
    """
    found = parts(supply, scores, controls)
    part, share = figures(found, "part"), figures(found, "share")
    both = sums(found, KEYS, value=np.nan_to_num(part), unscored=np.where(np.isnan(part), share, 0.0))
    return without(both, UNSCORED, "supply")


def without(found: pl.DataFrame, most: float, of: str) -> pl.DataFrame:
    """Make values missing where more than a share has no score, and say how much was left out."""
    unscored = figures(found, "unscored")
    value = np.where(unscored <= most, figures(found, "value"), np.nan)
    left = pl.Series("left", unscored[:, 0])
    told = pl.format(f"{{}} % of the {of} has no governance score", (100 * pl.col("left")).round_sig_figs(2))
    reason = pl.when(pl.col("left") > most).then(told).when(pl.col("left") > 0).then(pl.format("{}: left out", told))
    return framed(found.select(KEYS).with_columns(left).select(*KEYS, reason=reason), value=value)
