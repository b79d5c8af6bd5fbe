"""Supply risk as the European Union's list of critical raw materials has it, for any importer.

    SR = [HHI_GS * IR/2 + HHI_own * (1 - IR/2)] * (1 - EoL_RIR) * SI_SR

HHI_GS: weighted concentration of the world's supply (wgi_hhi of '*'), HHI_own: of the importer's own sourcing; IR: net import reliance,
kept in 0..1; EoL_RIR: end-of-life recycling input rate and SI_SR: substitution index, both as the study of 2023 gives them. Where one HHI
is missing the other counts alone; where IR is, the world's. The world's view ('*') is that of its supply alone. The study takes a
material's greatest SR over its stages.
"""

import numpy as np
import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.indicators import import_reliance, wgi_hhi
from ytterby.indicators.draws import KEYS, Floats, figures, framed, lookup
from ytterby.indicators.inputs import WORLD

SPEC = Indicator(
    title="Supply risk by the method of the European Union",
    formula="[HHI_GS IR/2 + HHI_own (1 - IR/2)] (1 - EoL_RIR) SI_SR; HHI: wgi_hhi of the world and of own sourcing; IR: import_reliance",
    unit="1",
    low=0.0,
    high=15.0,
    reference="Methodology for establishing the EU list of critical raw materials (2017), doi 10.2873/769526; factors: doi 10.2873/725585",
)
NO_FACTOR = "the study of 2023 gives no recycling rate or substitution index"


def combined(world: Floats, own: Floats, reliance: Floats) -> Floats:
    """Return the concentration of both supplies by import reliance (0..1); one alone where the other is NaN, the world's without IR.

    >>> combined(np.array([4.0, 4.0, np.nan, 4.0]), np.array([2.0, np.nan, 2.0, 2.0]), np.array([1.0, 1.0, 1.0, np.nan])).tolist()
    [3.0, 4.0, 2.0, 4.0]
    """
    half = np.clip(reliance, 0.0, 1.0) / 2
    both = world * half + own * (1.0 - half)
    alone = np.where(np.isnan(world), own, world)
    return np.where(np.isnan(both), alone, both)


def unreplaced(rows: pl.DataFrame, factors: pl.DataFrame) -> Floats:
    """Return (1 - recycling) * substitution index of each row's product; NaN where the study does not give both."""
    recycling, substitution = (
        lookup(rows, factors.filter(pl.col("factor") == name), ["product"], "value") for name in ("recycling", "substitution_risk")
    )
    return (1.0 - recycling) * substitution


def parts(
    supply: pl.DataFrame, scores: pl.DataFrame, controls: pl.DataFrame, production: pl.DataFrame, trade: pl.DataFrame, factors: pl.DataFrame
) -> pl.DataFrame:
    """Return each supplier's share of an importer's sourcing and its part of the risk, through the world's supply and its own."""
    found = wgi_hhi.parts(supply, scores, controls).drop("home", strict=False)
    world = found.select(KEYS).unique().join(found.filter(pl.col("actor") == WORLD).drop("actor", "share"), on="product")
    ones = [framed(end.select(*KEYS, "supplier"), part=np.nan_to_num(figures(end, "part"))) for end in (world, found)]
    rows = measure(supply, scores, controls, production, trade, factors)
    weights = _weights(rows, supply, scores, controls, production, trade, factors)
    pieces = [
        framed(one, part=figures(one, "part") * lookup(one, weights, KEYS, name)) for one, name in zip(ones, ("world", "own"), strict=True)
    ]
    joined = pl.concat(pieces).group_by(*KEYS, "supplier").agg(pl.col("part").sum())
    return joined.join(found.select(*KEYS, "supplier", "share"), on=[*KEYS, "supplier"], how="left")


def _weights(rows: pl.DataFrame, supply: pl.DataFrame, *tables: pl.DataFrame) -> pl.DataFrame:
    """By how much a unit of the world's and of the own concentration raises each importer's risk."""
    scores, controls, production, trade, factors = tables
    found = wgi_hhi.measure(supply, scores, controls)
    world, own = _both(rows, found)
    reliance = lookup(rows, import_reliance.measure(production, trade, supply), KEYS, "value")
    one, none = np.ones_like(world), np.zeros_like(world)
    known = (np.where(np.isnan(world), np.nan, one), np.where(np.isnan(own), np.nan, none))
    of_world = np.where(np.isnan(world), 0.0, combined(known[0], known[1], reliance))
    left = unreplaced(rows, factors)
    return framed(rows.select(KEYS), world=of_world * left, own=(1.0 - of_world) * left)


def _both(rows: pl.DataFrame, found: pl.DataFrame) -> tuple[Floats, Floats]:
    world = lookup(rows, found.filter(pl.col("actor") == WORLD), ["product"], "value")
    return world, lookup(rows, found, KEYS, "value")


def measure(
    supply: pl.DataFrame, scores: pl.DataFrame, controls: pl.DataFrame, production: pl.DataFrame, trade: pl.DataFrame, factors: pl.DataFrame
) -> pl.DataFrame:
    """Return product, actor, value (NaN without factors or scores) and reason."""
    found = wgi_hhi.measure(supply, scores, controls)
    rows = found.select(*KEYS, "reason")
    world, own = _both(rows, found)
    reliance = lookup(rows, import_reliance.measure(production, trade, supply), KEYS, "value")
    left = unreplaced(rows, factors)
    value = combined(world, own, reliance) * left
    no_factor = pl.Series(np.isnan(left[:, 0]))
    return framed(rows.with_columns(reason=pl.when(no_factor).then(pl.lit(NO_FACTOR)).otherwise("reason")), value=value)
