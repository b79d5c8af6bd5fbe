"""The tables that indicators take: one year, with a range for each figure, then drawn from these ranges.

An indicator names what it needs by the parameters of its `measure()`. Besides tables of the world there are those of derived.py and two
that are worked out here once for all of them:

    supply  product, actor, supplier, t, home: who supplies the world ('*': its producers) or an actor (own output that it keeps, and
            imports); home: supply from the actor itself or, for members of the EU, from the EU
    use     product, actor, t: final demand, and what producers need as input (recipe x output)

Flows move with their producer's output, so that nobody exports what is not made.
"""

from collections.abc import Mapping

import polars as pl

from ytterby.core.world import World
from ytterby.indicators import derived

WORLD = "*"
"""The actor of a world view."""
SINGLE_MARKET = "EU"
"""The bloc within which supply counts as home supply."""
SCORE_YEARS = 5
"""Scores are means of so many years, as the European Union's method has it."""
NOISE = 1e-6
"""A difference below this share of what it is the difference of is rounding, and counts as nothing."""


def central(
    world: World, year: int, stops: pl.DataFrame | None = None, weights: Mapping[str, float] | None = None
) -> dict[str, pl.DataFrame]:
    """Return the tables of one year with columns low, high, key (whose range it moves with), basis and source.

    >>> sorted(central(World({}), 2024))[:5]
    ['demand', 'factors', 'losses', 'prices', 'production']
    """
    production = _ranged(_of_year(world["production"], year), "t", "production", "product", "actor")
    trade = _trade(_of_year(world["trade"], year), production)
    demand = _ranged(_of_year(world["demand"], year), "t", "demand", "product", "actor", "use")
    use = _use(world, production, demand)
    return {
        "production": production,
        "trade": trade,
        "demand": demand,
        "scores": _scores(world["scores"], year),
        "supply": _supply(production, trade, followed(trade, use), _single_market(world, year)),
        "use": use,
        "stocks": _stocks(world["stocks"], use),
        "factors": derived.factors(world),
        "prices": derived.prices(world, year),
        "reserves": derived.reserves(world, year),
        "ties": derived.ties(world, year),
        "losses": derived.losses(world, stops, weights),
    }


def _of_year(frame: pl.DataFrame, year: int) -> pl.DataFrame:
    return frame.filter(pl.col("year") == year).drop("year")


def _key(stream: str, *columns: str) -> pl.Expr:
    return pl.concat_str([pl.lit(stream), *map(pl.col, columns)], separator="|").alias("key")


def _ranged(frame: pl.DataFrame, figure: str, stream: str, *columns: str) -> pl.DataFrame:
    """Fill absent ends of a range with the figure itself and name what it is drawn by."""
    low, high = pl.col("low").fill_null(pl.col(figure)), pl.col("high").fill_null(pl.col(figure))
    return frame.with_columns(
        pl.min_horizontal(low, figure).alias("low"), pl.max_horizontal(high, figure).alias("high"), _key(stream, *columns)
    )


def _moving(frame: pl.DataFrame, production: pl.DataFrame, producer: str) -> pl.DataFrame:
    """Give flows the relative range of their producer's output; one without output (an entrepot) keeps its figure."""
    made = production.filter(pl.col("t") > 0)
    spans = made.select("product", pl.col("actor").alias(producer), down=pl.col("low") / pl.col("t"), up=pl.col("high") / pl.col("t"))
    joined = frame.join(spans, on=["product", producer], how="left", validate="m:1")
    low, high = (pl.col("t") * pl.col(end).fill_null(1.0) for end in ("down", "up"))
    return joined.with_columns(low.alias("low"), high.alias("high"), _key("production", "product", producer)).drop("down", "up")


def _trade(trade: pl.DataFrame, production: pl.DataFrame) -> pl.DataFrame:
    flows = trade.filter((pl.col("t") > 0) & (pl.col("exporter") != pl.col("importer"))).drop("usd")
    return _moving(flows, production, "exporter")


def followed(trade: pl.DataFrame, use: pl.DataFrame) -> pl.DataFrame:
    """Return the products whose way from maker to user the world knows; of the others nobody knows who keeps or buys what is made.

    >>> followed(pl.DataFrame({"product": ["ore"]}), pl.DataFrame({"product": ["ore"]}))["product"].to_list()
    ['ore']
    """
    return pl.concat([trade.select("product"), use.select("product")]).unique()


def _supply(production: pl.DataFrame, trade: pl.DataFrame, known: pl.DataFrame, market: frozenset[str]) -> pl.DataFrame:
    made = production.select("product", pl.lit(WORLD).alias("actor"), pl.col("actor").alias("supplier"), "t", "basis", "source")
    bought = trade.select("product", pl.col("importer").alias("actor"), pl.col("exporter").alias("supplier"), "t", "basis", "source")
    sold = trade.group_by("product", pl.col("exporter").alias("supplier")).agg(pl.col("t").sum().alias("sold"))
    left = (
        made.join(known, on="product", how="semi")
        .join(sold, on=["product", "supplier"], how="left")
        .with_columns(left=pl.col("t") - pl.col("sold").fill_null(0.0))
    )
    kept = left.filter(pl.col("left") > NOISE * pl.col("t")).with_columns(actor=pl.col("supplier"), t=pl.col("left")).select(made.columns)
    both = pl.col("actor").is_in(list(market)) & pl.col("supplier").is_in(list(market))
    supply = pl.concat([made, bought, kept]).filter(pl.col("t") > 0)
    return _moving(supply.with_columns(home=(pl.col("actor") == pl.col("supplier")) | both), production, "supplier")


def _single_market(world: World, year: int) -> frozenset[str]:
    joined = pl.col("since").is_null() | (pl.col("since").dt.year() <= year)
    return frozenset(world["blocs"].filter((pl.col("bloc") == SINGLE_MARKET) & joined)["actor"])


def _use(world: World, production: pl.DataFrame, demand: pl.DataFrame) -> pl.DataFrame:
    inputs = world["recipes"].filter(pl.col("role") == "input").select("process", pl.col("product").alias("input"), "t_per_t")
    makers = world["processes"].select("process", "product").join(inputs, on="process")
    need = [(pl.col(figure) * pl.col("t_per_t")).alias(figure) for figure in ("t", "low", "high")]
    feeds = production.join(makers, on="product").with_columns(*need, _key("input", "input", "process", "actor"))
    columns = ["product", "actor", "t", "low", "high", "key", "basis", "source"]
    return pl.concat([demand.select(columns), feeds.with_columns(product=pl.col("input")).select(columns)]).filter(pl.col("t") > 0)


def _scores(scores: pl.DataFrame, year: int) -> pl.DataFrame:
    """Means of the last years; the errors of one country's years go together, so the mean's range is the mean of the ranges."""
    window = scores.filter(pl.col("year").is_between(year - SCORE_YEARS + 1, year))
    ranged = _ranged(window, "value", "scores", "actor", "score")
    means = [pl.col(column).mean() for column in ("value", "low", "high")]
    return ranged.group_by("actor", "score", "key").agg(*means, pl.col("basis").max(), pl.col("source").unique().sort().str.join(";"))


def _stocks(stocks: pl.DataFrame, use: pl.DataFrame) -> pl.DataFrame:
    """Each user's days of cover by holder: its own row, else that of 'ROW'."""
    ranged = _ranged(stocks, "days", "stocks", "product", "actor", "holder")
    users = use.select("product", "actor").unique().join(ranged.select("product", "holder").unique(), on="product")
    own = users.join(ranged, on=["product", "actor", "holder"], how="inner")
    rest = ranged.filter(pl.col("actor") == "ROW").drop("actor")
    others = users.join(ranged, on=["product", "actor", "holder"], how="anti").join(rest, on=["product", "holder"], how="inner")
    return pl.concat([own, others.select(own.columns)])
