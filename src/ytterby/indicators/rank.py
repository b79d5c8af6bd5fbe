"""Ranks with their bands: in how many of the draws a material comes first, second, third, so that 'gallium is 3rd to 7th' can be said."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from ytterby.core import catalogue
from ytterby.core.world import World
from ytterby.indicators.bands import BAND
from ytterby.indicators.draws import Floats, Ints, figures, framed, reduced
from ytterby.indicators.inputs import WORLD
from ytterby.indicators.measure import ask, choose, results

COLUMNS = {
    "material": pl.String,
    "value": pl.Float64,
    "rank": pl.Float64,
    "rank_low": pl.Float64,
    "rank_high": pl.Float64,
    "reason": pl.String,
}


def places(values: Floats, worse: int = 1) -> Floats:
    """Return each row's place in its column, 1 for the greatest risk; equals share the better number, NaN has no place.

    >>> places(np.array([[3.0], [5.0], [3.0], [np.nan]])).ravel().tolist()
    [2.0, 1.0, 2.0, nan]
    """
    risk = np.where(np.isnan(values), -np.inf, worse * values)
    order = np.sort(-risk, axis=0)
    place = np.stack([np.searchsorted(order[:, column], -risk[:, column], side="left") for column in range(values.shape[1])], axis=1)
    return np.where(np.isnan(values), np.nan, place + 1.0)


def ranks(
    world: World,
    indicator: str,
    actor: str = WORLD,
    year: int | None = None,
    draws: int = 1000,
    seed: int = 0,
    materials: Sequence[str] | None = None,
    stops: pl.DataFrame | None = None,
    weights: Mapping[str, float] | None = None,
    stage: str | None = None,
) -> pl.DataFrame:
    """Return materials by risk: material, value (the riskiest of its products), rank, and the band of its rank over the draws.

    materials: only these compete; stage: only products of it; the other parameters as in `measure`. Ranks of draws are joint: an output
    that is high in one draw is so for all. A material without a value has no rank, and the reason.
    """
    worse = catalogue.indicator(indicator).spec.worse
    asked = ask(world, [indicator], choose(world, None, None, stage), actor, year, None, (), draws, seed, None, stops, weights)
    view = asked.rows["actor"][0]
    frames = [result for _, _, result in results(asked)]
    labelled = [_named(frame, world, view, materials) for frame in frames]
    found = pl.concat(labelled) if labelled else pl.DataFrame(schema=COLUMNS)
    if found.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    values = figures(found, "value")
    order = found["material"].unique().sort()
    number: Ints = np.searchsorted(order.to_numpy().astype(str), found["material"].to_numpy().astype(str))
    risk = np.where(np.isnan(values), -np.inf, worse * values)
    worst = reduced(np.maximum, risk, number)
    best = np.where(np.isinf(worst), np.nan, worse * worst)
    place = places(best, worse)
    low, high = _edges(place[:, 1:])
    why = found.group_by("material").agg(pl.col("reason").drop_nulls().first())
    frame = framed(pl.DataFrame({"material": order}), value=best[:, :1], rank=place[:, :1], rank_low=low, rank_high=high)
    known = frame.with_columns(pl.col(pl.Float64).fill_nan(None)).join(why, on="material", how="left")
    return known.select(*COLUMNS).cast(COLUMNS).sort("rank", "material", nulls_last=True)  # type: ignore[arg-type]


def _named(frame: pl.DataFrame, world: World, actor: str, materials: Sequence[str] | None) -> pl.DataFrame:
    """The rows of one view with their material; a wider material's products stand for the narrower that has none of its own."""
    products = world["products"].select("product", "material")
    kept = frame.filter(pl.col("actor") == actor).join(products, on="product")
    if "reason" not in kept.columns:
        kept = kept.with_columns(reason=pl.lit(None, pl.String))
    kept = kept.select("material", pl.col("reason").cast(pl.String), "value")
    return kept if materials is None else kept.filter(pl.col("material").is_in(list(materials)))


def _edges(place: Floats) -> tuple[Floats, Floats]:
    """The band of the ranks of each row, as whole places; a row without any is NaN."""
    if not place.shape[1]:
        none = np.full((len(place), 1), np.nan)
        return none, none
    known = ~np.isnan(place).all(axis=1)
    found = np.full((2, len(place)), np.nan)
    if known.any():
        found[:, known] = np.nanquantile(place[known], BAND, axis=1, method="nearest")
    return found[0][:, None], found[1][:, None]
