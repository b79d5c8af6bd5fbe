"""Several truths: which of the published values counts, and the world as it was known on a day."""

import datetime

import polars as pl

from ytterby.core.world import World

KEY = ["year", "product", "actor"]
PICKED = ("production", "reserves", "capacity")
"""Tables whose rows are picked from `observations`; each is a quantity there."""
OWN = "ytterby_"
"""Sources that are our own estimates: they say how, not what; they stand until the world is built anew."""
WORLD, REST = "WLD", "ROW"


def pick(observations: pl.DataFrame, sources: pl.DataFrame, quantity: str) -> pl.DataFrame:
    """Return one value per year, product and actor, with the spread of all sources as its low and high.

    Precedence: all actors of a product and year come from one source, that of the lowest rank, then the latest published, so that its
    'other countries' is not counted twice. Where that source knows of a value but withholds it, the next source's stands in. A value
    nobody gives is left out. low, high: the least and greatest of all sources' values and ranges. Columns as table `production`.

    >>> rows = pl.DataFrame({"year": 2024, "product": "x", "actor": "CHN", "quantity": "production", "source": ["old", "new"],
    ...                      "t": [9.0, 10.0], "low": None, "high": None, "basis": "measured"})
    >>> known = pl.DataFrame({"source": ["old", "new"], "rank": 1, "published": [datetime.date(2025, 1, 1), datetime.date(2026, 1, 1)]})
    >>> pick(rows, known, "production").select("t", "low", "high", "source").row(0)
    (10.0, 9.0, 10.0, 'new')
    """
    order = sources.sort("rank", "published", "source", descending=[False, True, False]).with_row_index("place").select("source", "place")
    told = observations.filter((pl.col("quantity") == quantity) & (pl.col("actor") != WORLD)).join(order, on="source", validate="m:1")
    best = told.with_columns(first=pl.col("place").min().over("year", "product"))
    named = best.filter(pl.col("place") == pl.col("first")).select(KEY)
    # Sources draw 'other countries' differently: those of one neither fill nor widen those of another.
    comparable = best.filter((pl.col("actor") != REST) | (pl.col("place") == pl.col("first")))
    given = comparable.join(named, on=KEY, how="semi").filter(pl.col("t").is_not_null()).sort(*KEY, "place")
    return given.group_by(KEY, maintain_order=True).agg(
        pl.col("t").first(),
        low=pl.min_horizontal("t", pl.col("low").cast(pl.Float64)).min(),
        high=pl.max_horizontal("t", pl.col("high").cast(pl.Float64)).max(),
        basis=pl.col("basis").first(),
        source=pl.col("source").first(),
    )


def known_on(world: World, day: datetime.date) -> World:
    """Return the world as it was known on a day: without what was published, announced, signed or claimed later.

    Picked tables are picked anew. Rows that rest on our own estimates stay; ytterby.data.rebuild makes those anew too. Of series that
    come out every year in one edition (SERIES) the years stay that an earlier edition had; revisions since then cannot be undone.

    >>> known_on(World({}), datetime.date(2025, 10, 28))["sources"].height
    0
    """
    known = world["sources"].filter((pl.col("published") <= day) | pl.col("source").str.starts_with(OWN))
    names = known["source"].to_list()
    told = {
        name: frame.filter((_rests_on(names) & _past(frame, day)) | _in_earlier_edition(name, day))
        for name, frame in world.items()
        if "source" in frame.columns and name not in (*PICKED, "sources", *DATED)
    }
    dated = {name: world[name].filter(pl.col(column) <= day) for name, column in DATED.items()}
    kept = {source for name in SERIES for source in told[name]["source"].unique()}
    sources = world["sources"].filter(pl.col("source").is_in([*names, *kept]))
    return World({**dict(world), **told, **dated, "sources": sources, **_picked(world, told["observations"], known)})


DATED = {"restrictions": "announced", "agreements": "date", "projects": "as_of", "blocs": "since", "lists": "since"}
"""Tables whose rows bear the day on which they became known themselves."""
SERIES = {"customs": 25, "scores": 23}
"""Months from the start of a year until its values came out: BACI in January of the year after next, WGI at the end of the next."""


def _past(frame: pl.DataFrame, day: datetime.date) -> pl.Expr:
    """Our own estimates are of years that had ended."""
    return (pl.col("year") < day.year) | ~pl.col("source").str.contains(OWN, literal=True) if "year" in frame.columns else pl.lit(True)


def _in_earlier_edition(table: str, day: datetime.date) -> pl.Expr:
    if table not in SERIES:
        return pl.lit(False)
    return pl.date(pl.col("year"), 1, 1).dt.offset_by(f"{SERIES[table]}mo") <= day


def _picked(world: World, observations: pl.DataFrame, sources: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Picked tables of what was known; rows of products that nobody observes (our own split of elements) stay."""
    tables = {}
    for name in PICKED:
        kind = "process" if name == "capacity" else "product"
        anew = pick(observations, sources, name)
        observed = world["observations"].filter(pl.col("quantity") == name).select(*KEY)
        if name == "capacity":
            anew, observed = anew.drop("low", "high").rename({"product": kind}), observed.rename({"product": kind})
        keys = ["year", kind, "actor"]
        own = world[name].join(observed.select("year", kind).unique(), on=["year", kind], how="anti")
        tables[name] = pl.concat([own.filter(_rests_on(sources["source"].to_list())), anew.select(own.columns)]).sort(keys)
    return tables


def _rests_on(sources: list[str]) -> pl.Expr:
    """Rows all of whose sources (joined by ;) are among these."""
    return pl.col("source").str.split(";").list.eval(pl.element().is_in(sources)).list.all()
