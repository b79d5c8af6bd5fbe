"""What a scenario did: three tables (outcome, stops, flows of schema.csv) and the arrays that they were made from."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ytterby.core import schema
from ytterby.core.grid import Floats, Grid, Ints
from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.core.worth import worths
from ytterby.dynamics.network import WEEK

YEAR = 52
"""Weeks over which losses are counted."""
HALF = 0.5
"""A use stops in the first week in which it gets less than this share of what it wants."""
NEVER = np.inf
PRICES = {
    **{"scenario": pl.String, "week": pl.Int64, "product": pl.String, "side": pl.String},
    **dict.fromkeys(("low", "price", "high"), pl.Float64),
}


@dataclass(frozen=True)
class Outcome:
    """The result of one stress test.

    outcome, stops, flows: tables as schema.csv describes them. wanted, got, stock: t/week (stock: t), shape (weeks, final slots, draws);
    draw 0 is the central run. shipped: t/week, shape (weeks, links), of the central run. grid: the labels of slots and links.
    """

    scenario: Scenario
    weeks: int
    draws: int
    outcome: pl.DataFrame
    stops: pl.DataFrame
    flows: pl.DataFrame
    grid: Grid
    wanted: Floats
    got: Floats
    stock: Floats
    shipped: Floats
    price: Floats

    def prices(self) -> pl.DataFrame:
        """Return scenario, week, product, side of the controls, low, price, high: P5, P50, P95 in multiples of the base year's price.

        Only products that the run's network holds; empty where no prices run (table `parameters`, price_unmet and price_cover).
        """
        products, count = self.grid.products, len(self.grid.products)
        if not self.price.shape[1]:
            return pl.DataFrame(schema=PRICES)
        low, middle, high = np.exp(np.quantile(self.price, (0.05, 0.5, 0.95), axis=2))
        rows = [
            (self.scenario.name, week, products[at], side, low[week, place], middle[week, place], high[week, place])
            for at in sorted(set(self.grid.node_product.tolist()))
            for place, side in ((at, "inside"), (count + at, "outside"))
            for week in range(len(self.price))
        ]
        return pl.DataFrame(rows, schema=PRICES, orient="row")

    def lost(self, weeks: int = YEAR) -> Floats:
        """Return the tonnes missing in the first weeks, shape (final slots, draws)."""
        return lost(self.wanted, self.got, weeks)

    def exports(self, product: str, exporter: str) -> Floats:
        """Return what an actor ships abroad of a product, t/week, in the central run."""
        net = self.grid
        source, sink = net.node_actor[net.link_node], net.slot_actor[net.link_slot]
        kind = net.node_product[net.link_node] == net.products.index(product)
        here = net.actors.index(exporter)
        return np.asarray(self.shipped[:, kind & (source == here) & (sink != here)].sum(axis=1))


def lost(wanted: Floats, got: Floats, weeks: int = YEAR) -> Floats:
    """Return the tonnes missing in the first weeks; the first axis counts weeks.

    >>> lost(np.array([2.0, 2.0]), np.array([2.0, 0.5])).item()
    1.5
    """
    return np.asarray((wanted[:weeks] - got[:weeks]).sum(axis=0))


def weeks_to_stop(wanted: Floats, got: Floats) -> Floats:
    """Return the first week in which less than half of what is wanted arrives; never: infinite.

    >>> weeks_to_stop(np.array([2.0, 2.0, 2.0]), np.array([2.0, 1.5, 0.5])).item()
    2.0
    """
    stopped = got < HALF * wanted
    return np.where(stopped.any(axis=0), stopped.argmax(axis=0), NEVER)


def outcome_tables(
    scenario: Scenario, world: World, grid: Grid, wanted: Floats, got: Floats, stock: Floats
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tables outcome and stops from arrays of shape (weeks, final slots, draws)."""
    labels = labels_of(scenario, grid)
    per_week = labels.join(pl.DataFrame({"week": np.arange(len(got))}), how="cross", maintain_order="left_right")
    low, middle, high = _band(got)
    table = per_week.with_columns(
        wanted=pl.Series(np.median(wanted, axis=2).T.ravel()),
        got=pl.Series(middle.T.ravel()),
        low=pl.Series(low.T.ravel()),
        high=pl.Series(high.T.ravel()),
        stock=pl.Series(np.median(stock, axis=2).T.ravel()),
    )
    return schema.require("outcome", table), stops_table(
        labels, world, weeks_to_stop(wanted, got), lost(wanted, got), wanted[:YEAR].sum(axis=0)
    )


def labels_of(scenario: Scenario, grid: Grid) -> pl.DataFrame:
    """Return scenario, product, actor and use of each final slot, in their order."""
    final = grid.final()
    columns = {
        "product": _named(grid.products, grid.slot_product[final]),
        "actor": _named(grid.actors, grid.slot_actor[final]),
        "use": _named(grid.uses, grid.slot_use[final]),
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).select(pl.lit(scenario.name).alias("scenario"), *columns)


def stops_table(labels: pl.DataFrame, world: World, weeks: Floats, missing: Floats, wanted: Floats) -> pl.DataFrame:
    """Return the table stops from weeks to stop, tonnes missing and tonnes wanted in the first 52 weeks, each (rows of labels, draws)."""
    # The order statistic next above the rank: a mean of 'week 8' and 'never' would mean nothing.
    low, middle, high = (np.quantile(weeks, rank, axis=1, method="higher") for rank in (0.05, 0.5, 0.95))
    low_t, middle_t, high_t = np.maximum(0.0, np.quantile(missing, (0.05, 0.5, 0.95), axis=1))
    asked = np.median(wanted, axis=1)
    value = [None if worth is None else worth.usd for worth in worths(world, labels.select("product", "use").iter_rows())]
    table = labels.with_columns(
        weeks=_finite(middle),
        low=_finite(low),
        high=_finite(high),
        chance=pl.Series(np.isfinite(weeks).mean(axis=1)),
        lost=pl.Series(middle_t),
        lost_low=pl.Series(low_t),
        lost_high=pl.Series(high_t),
        share=pl.Series(np.minimum(1.0, middle_t / np.where(asked > 0.0, asked, 1.0))),
        usd=pl.Series(middle_t) * pl.Series(value, dtype=pl.Float64),
    )
    return schema.require("stops", table)


def _finite(weeks: Floats) -> pl.Series:
    return pl.Series([None if week == NEVER else float(week) for week in weeks], dtype=pl.Float64)


def _band(values: Floats) -> tuple[Floats, Floats, Floats]:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95), axis=2)
    return low, middle, high


def flows_table(scenario: Scenario, grid: Grid, shipped: Floats) -> pl.DataFrame:
    """Return the table flows: t/a by product, exporter, importer, before and in the first 52 weeks of the central run (weeks, links)."""
    if not len(shipped):
        return empty_flows()
    after = shipped[:YEAR].mean(axis=0) / WEEK
    frame = pl.DataFrame(
        {
            "product": _named(grid.products, grid.node_product[grid.link_node]),
            "exporter": _named(grid.actors, grid.node_actor[grid.link_node]),
            "importer": _named(grid.actors, grid.slot_actor[grid.link_slot]),
            "before": grid.flow,
            "after": after,
        }
    )
    summed = frame.group_by("product", "exporter", "importer", maintain_order=True).agg(pl.col("before").sum(), pl.col("after").sum())
    table = summed.sort("product", "exporter", "importer").select(pl.lit(scenario.name).alias("scenario"), pl.all())
    return schema.require("flows", table)


def empty_flows() -> pl.DataFrame:
    """Return the table flows without rows.

    >>> empty_flows().columns
    ['scenario', 'product', 'exporter', 'importer', 'before', 'after']
    """
    return pl.DataFrame(schema={column.name: schema.DTYPES[column.dtype] for column in schema.columns("flows")})


def _named(names: tuple[str, ...], numbers: Ints) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(numbers)
