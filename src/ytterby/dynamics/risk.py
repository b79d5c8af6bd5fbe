"""USD at risk: what the uses that stop would have made, by country and use, defence apart; and what to expect of all countries at once.

    value at risk   = tonnes missing in the first 52 weeks x value added that stops per tonne                    (table values)
    expected loss   = sum over countries of (chance that it stops the product within a year) x (what its stop costs)
    chance          = base x (2.5 - political stability) / 5, political stability from -2.5 to 2.5              (World Bank, WGI)

The base scales all minerals alike, so the order of minerals does not depend on it. Values are as good as the table values: most are
estimates of the US survey's worst case per tonne of US use, so ranks in USD are no independent check of that survey's order; the expected
share of demand lost, which uses no value, is.
"""

from collections.abc import Collection

import polars as pl

from ytterby.core import schema
from ytterby.core.world import World
from ytterby.core.worth import ANY
from ytterby.dynamics.sweep import Sweep

BASE = 0.1
"""Chance a year that the least stable country stops exports of a product. Basis: assumed; it does not change any order."""
USD = ("usd", "usd_low", "usd_high")
ORDER = ("usgs_2025", "rank")
"""List and indicator (table published) of the US survey's order of 2025."""
NO_SCORE = 0.0
"""Political stability of a country without a score (the rest of the world): the mean of all countries. Basis: assumed."""


def at_risk(stops: pl.DataFrame, world: World) -> pl.DataFrame:
    """Return the table at_risk: USD of output that stops, by scenario, country, use and product, with the use's priority and its basis.

    usd: median loss x value; usd_low and usd_high: 5th (95th) percentile of the losses x the value's lower (upper) end. No value in the
    table values: usd is empty and its basis missing. Uses that lose nothing are left out.
    """
    losing = stops.filter(pl.col("lost_high") > 0.0)
    valued = _valued(losing, world)
    table = valued.join(world["uses"].select("use", "priority"), on="use", how="left", validate="m:1").select(
        "scenario",
        "actor",
        "use",
        "product",
        "priority",
        "lost",
        usd=pl.col("lost") * pl.col("value"),
        usd_low=pl.col("lost_low") * pl.col("value_low"),
        usd_high=pl.col("lost_high") * pl.col("value_high"),
        basis=pl.col("value_basis").fill_null("missing"),
        source=pl.col("value_source"),
    )
    return schema.require("at_risk", table.sort("scenario", "actor", "use", "product"))


def _valued(frame: pl.DataFrame, world: World) -> pl.DataFrame:
    """Add each row's value per tonne of (product, use), else of the product's other uses."""
    columns = {
        "value": pl.col("usd_per_t"),
        "value_low": pl.col("low").fill_null(pl.col("usd_per_t")),
        "value_high": pl.col("high").fill_null(pl.col("usd_per_t")),
        "value_basis": pl.col("basis"),
        "value_source": pl.col("source"),
    }
    values = world["values"].select("product", "use", **columns)
    own = frame.join(values, on=["product", "use"], how="left", validate="m:1", maintain_order="left")
    other = values.filter(pl.col("use") == ANY).drop("use")
    both = own.join(other, on="product", how="left", validate="m:1", suffix="_any", maintain_order="left")
    return both.with_columns(pl.coalesce(name, f"{name}_any") for name in columns).drop(f"{name}_any" for name in columns)


def by_country(table: pl.DataFrame) -> pl.DataFrame:
    """Return USD at risk of each country and priority (defence apart), and the tonnes that nobody gives a value for.

    >>> row = {"scenario": "x", "actor": "JPN", "priority": "defence", "lost": 2.0, "usd": 8.0, "usd_low": 4.0, "usd_high": 9.0}
    >>> by_country(pl.DataFrame([row])).row(0)
    ('x', 'JPN', 'defence', 8.0, 4.0, 9.0, 0.0)
    """
    usd = [pl.col(name).sum() for name in ("usd", "usd_low", "usd_high")]
    apart = pl.when(pl.col("priority") == "defence").then(pl.lit("defence")).otherwise(pl.lit("other uses")).alias("uses")
    unpriced = pl.col("lost").filter(pl.col("usd").is_null()).sum().alias("unpriced")
    summed = table.group_by("scenario", "actor", apart, maintain_order=True).agg(*usd, unpriced)
    return summed.sort("scenario", "usd", "actor", "uses", descending=[False, True, False, False])


def by_scenario(swept: Sweep, actors: Collection[str] = ()) -> pl.DataFrame:
    """Return product, exporter, stopped (t/a), share and usd (with low and high): what each stop costs all, or some, countries.

    share: the part of the countries' demand that is missing in the first 52 weeks, of the product used where it is largest. Uses of one
    scenario lose together, so their percentiles add up. A loss that nobody gives a value for leaves usd empty; no loss at all is 0. Where
    the world knows no final use of the chain in these countries, both are empty.
    """
    losses, wanted = (_of(frame, actors) for frame in (swept.losses, swept.wanted))
    # In order: sums in another order end in other digits.
    used = losses.group_by("product", "exporter", "used", maintain_order=True).agg(pl.col("lost").sum(), *(_total(name) for name in USD))
    shares = used.join(
        wanted.group_by("used", maintain_order=True).agg(pl.col("wanted").sum()),
        on="used",
        how="left",
        validate="m:1",
        maintain_order="left",
    )
    part = (pl.col("lost") / pl.col("wanted")).max().alias("share")
    summed = shares.group_by("product", "exporter", maintain_order=True).agg(part, *(_total(name) for name in USD))
    table = swept.scenarios.join(summed, on=["product", "exporter"], how="left", validate="1:1", maintain_order="left")
    known, felt = pl.col("chain").is_in(wanted["chain"].unique().to_list()), pl.col("share").is_not_null()
    filled = [pl.when(felt | ~known).then(pl.col(name)).otherwise(0.0).alias(name) for name in ("share", *USD)]
    return (
        table.with_columns(filled)
        .drop("chain")
        .sort("usd", "share", "product", "exporter", descending=[True, True, False, False], nulls_last=True)
    )


def _of(frame: pl.DataFrame, actors: Collection[str]) -> pl.DataFrame:
    return frame.filter(pl.col("actor").is_in(list(actors))) if actors else frame


def _total(name: str) -> pl.Expr:
    """The sum of what has a value; empty if nothing has."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)


def chances(world: World) -> pl.DataFrame:
    """Return actor and the chance that it stops a product within a year, with its basis; see the head of this file.

    >>> chances(World({})).height
    0
    """
    stable = world["scores"].filter(pl.col("score") == "wgi_pv").sort("year").group_by("actor").agg(pl.col("value").last())
    table = world["actors"].select("actor").join(stable, on="actor", how="left", validate="1:1")
    chance = BASE * (2.5 - pl.col("value").fill_null(NO_SCORE).clip(-2.5, 2.5)) / 5.0
    return table.select("actor", chance=chance, basis=pl.lit("assumed")).sort("actor")


def expected(swept: Sweep, world: World, actors: Collection[str] = (), risks: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return material, product, usd (low, high) and share expected a year over all countries that could stop a product; worst first.

    Of a material's products the one with the largest expected loss counts: they are stages of one chain, and not to be added. Empty as in
    `by_scenario`. risks: actor and chance, in place of `chances`.
    """
    chance = (chances(world) if risks is None else risks).select("chance", exporter="actor")
    table = by_scenario(swept, actors).join(chance, on="exporter", how="left", validate="m:1", maintain_order="left")
    products = table.group_by("product", maintain_order=True).agg(*(_expected(name) for name in ("share", *USD)))
    named = products.join(world["products"].select("product", "material"), on="product", how="left", validate="1:1")
    # A loss without a value comes before no loss at all.
    costly = pl.when(pl.col("usd") > 0.0).then(pl.col("usd"))
    worst = named.sort(costly, "share", "product", descending=[True, True, False], nulls_last=True)
    return worst.unique("material", keep="first", maintain_order=True).select("material", "product", *USD, "share")


def _expected(name: str) -> pl.Expr:
    """The mean over a product's exporters; empty if none of the stops that are felt has a figure."""
    felt = (pl.col("share") > 0.0) | pl.col("share").is_null()
    known = pl.col(name).filter(felt).is_not_null().any() | ~felt.any()
    return pl.when(known).then((pl.col("chance") * pl.col(name)).sum()).alias(name)


def beside(found: pl.DataFrame, published: pl.DataFrame, column: str = "usd") -> tuple[pl.DataFrame, float]:
    """Return material, theirs, ours (ranks from 1 among the materials that both have) and Spearman's rank correlation.

    found: the table of `expected`; published: material and value, the smaller the worse (an order). column: what ours are ranked by.

    >>> ours = pl.DataFrame({"material": ["a", "b", "c"], "usd": [5.0, 3.0, None]})
    >>> table, rho = beside(ours, pl.DataFrame({"material": ["b", "a", "d"], "value": [1.0, 2.0, 3.0]}))
    >>> table.rows(), rho
    ([('b', 1, 2), ('a', 2, 1)], -1.0)
    """
    both = found.filter(pl.col(column).is_not_null()).join(published.select("material", "value"), on="material", validate="1:1")
    theirs, ours = pl.col("value").rank("average"), pl.col(column).rank("average", descending=True)
    rho = float(both.select(pl.corr(theirs, ours)).item()) if both.height > 1 else float("nan")
    ranks = both.select("material", theirs=pl.col("value").rank("min").cast(pl.Int64), ours=ours.rank("min").cast(pl.Int64))
    return ranks.sort("theirs", "material"), rho


def official_order(world: World) -> pl.DataFrame:
    """Return material and value: the rank of each in the US survey's order of 2025 (table published), 1 the worst.

    >>> official_order(World({})).height
    0
    """
    found = world["published"].filter((pl.col("list") == ORDER[0]) & (pl.col("indicator") == ORDER[1]))
    return found.filter(pl.col("material").is_not_null()).select("material", "value").unique("material", keep="first", maintain_order=True)


def ranking(found: pl.DataFrame, published: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, tuple[float, int]]]:
    """Return the table of `expected` with the published order and our ranks by usd and by share beside it, and Spearman's correlations.

    The correlations are by column, each with the number of materials that both rank.
    """
    table, correlation = found, {}
    for column in ("usd", "share"):
        ranks, rho = beside(found, published, column)
        correlation[column] = (rho, ranks.height)
        table = table.join(ranks.select("material", pl.col("ours").alias(f"rank_{column}")), on="material", how="left", validate="1:1")
    order = published.select("material", published=pl.col("value").cast(pl.Int64))
    table = table.join(order, on="material", how="left", validate="1:1", maintain_order="left")
    return table.sort("usd", "share", "material", descending=[True, True, False], nulls_last=True), correlation


def n_minus_1(swept: Sweep) -> pl.DataFrame:
    """Return used, actor, exporter, product and share: for each country and product used, the one stop that costs it most.

    share: of a year's demand, missing in the first 52 weeks although all others deliver what they can (N-1); 0: no single stop is felt.
    """
    lost = swept.losses.group_by("used", "actor", "product", "exporter", maintain_order=True).agg(pl.col("lost").sum())
    rows = swept.wanted.join(lost, on=["used", "actor"], how="left", validate="1:m").with_columns(
        share=(pl.col("lost") / pl.col("wanted")).fill_null(0.0)
    )
    worst = rows.sort("used", "actor", "share", "product", "exporter", descending=[False, False, True, False, False])
    return worst.unique(["used", "actor"], keep="first", maintain_order=True).select("used", "actor", "product", "exporter", "share")
