"""Tables that several indicators take and the world does not hold as such, each with a range, a key to draw by, basis and source.

factors   product, factor, value: recycling, substitution_risk, substitution_importance (shares of 1, published by the EU)
prices    product, value (USD/t): the world price of the year, else of the latest year before it
reserves  product, actor, t: of the latest year up to the asked one
ties      actor, supplier: pairs of countries that share a bloc (without ranges)
losses    product, actor, use, scenario, usd, weeks: of a stress run (table `stops`), usd weighted by the scenario's probability
"""

from collections.abc import Mapping

import polars as pl

from ytterby.core.resolve import lineage
from ytterby.core.world import World
from ytterby.core.worth import worths
from ytterby.errors import InputError

FACTORS = {
    "recycling_input_rate": ("recycling", 100.0, 0.005),
    "substitution_index_risk": ("substitution_risk", 1.0, 0.005),
    "substitution_index_importance": ("substitution_importance", 1.0, 0.005),
}
"""Published figure -> our factor, what it is divided by, and half its last digit: the range within which it was rounded."""
LIST = "eu_2023"
STOPS = ("scenario", "product", "actor", "use", "weeks", "low", "high", "lost", "lost_low", "lost_high")


def factors(world: World) -> pl.DataFrame:
    """Return the EU's factors for each product, by its material, the nearest wider one that the study has, or the mean of narrower ones.

    Where the study splits a material by stage (magnesite and magnesium, titanium and its metal) the row of the processed one counts.

    >>> factors(World({})).height
    0
    """
    told = world["published"].filter((pl.col("list") == LIST) & pl.col("indicator").is_in(list(FACTORS)) & pl.col("material").is_not_null())
    # The processed form's name comes last in the alphabet (Magnesium, Titanium metal).
    by_material = told.sort("name").group_by("material", "indicator").agg(pl.col("value").last(), pl.col("source").last())
    name, divisor, half = (
        pl.col("indicator").replace_strict({key: row[place] for key, row in FACTORS.items()}, return_dtype=dtype)
        for place, dtype in enumerate((pl.String, pl.Float64, pl.Float64))
    )
    joined = _standing(world, set(by_material["material"])).join(by_material, on="material")
    value = pl.col("value") / divisor
    ranged = joined.select(
        "product", factor=name, value=value, low=(value - half).clip(0.0), high=(value + half).clip(None, 1.0), source="source"
    )
    mean = ranged.group_by("product", "factor").agg(pl.col("value", "low", "high").mean(), pl.col("source").first())
    key = pl.concat_str([pl.lit("factor"), "product", "factor"], separator="|")
    return mean.with_columns(
        key=key, basis=pl.lit("measured"), low=pl.min_horizontal("low", "value"), high=pl.max_horizontal("high", "value")
    )


def _standing(world: World, known: set[str]) -> pl.DataFrame:
    """Pairs of a product and the materials of the study that stand for it."""
    narrower = {
        material: [name for name in sorted(known) if material in lineage(name, world)] for material in world["materials"]["material"]
    }
    rows = []
    for product, material in world["products"].select("product", "material").iter_rows():
        wider = [name for name in lineage(material, world) if name in known][:1]
        rows += [(product, name) for name in wider or narrower.get(material, [])]
    return pl.DataFrame(rows, schema={"product": pl.String, "material": pl.String}, orient="row")


def prices(world: World, year: int) -> pl.DataFrame:
    """Return each product's price outside any control (bloc 'world'): mean, lowest and highest of the dates of the year.

    >>> prices(World({}), 2024).height
    0
    """
    dated = world["prices"].filter((pl.col("bloc") == "world") & (pl.col("date").dt.year() <= year))
    latest = dated.filter(pl.col("date").dt.year() == pl.col("date").dt.year().max().over("product"))
    usd = pl.col("usd_per_t")
    return latest.group_by("product").agg(
        value=usd.mean(),
        low=usd.min(),
        high=usd.max(),
        key=pl.concat_str([pl.lit("price"), pl.col("product").first()], separator="|"),
        basis=pl.col("basis").max(),
        source=pl.col("source").unique().sort().str.join(";"),
    )


def reserves(world: World, year: int) -> pl.DataFrame:
    """Return the reserves of the latest survey up to a year.

    >>> reserves(World({}), 2024).height
    0
    """
    known = world["reserves"].filter((pl.col("year") <= year) & (pl.col("t") > 0))
    latest = known.filter(pl.col("year") == pl.col("year").max().over("product")).drop("year")
    low, high = pl.col("low").fill_null(pl.col("t")), pl.col("high").fill_null(pl.col("t"))
    key = pl.concat_str([pl.lit("reserves"), "product", "actor"], separator="|")
    return latest.with_columns(low=pl.min_horizontal(low, "t"), high=pl.max_horizontal(high, "t"), key=key)


def ties(world: World, year: int, blocs: tuple[str, ...] = ("EU", "G7", "QUAD", "MSP", "OECD", "ASEAN")) -> pl.DataFrame:
    """Return pairs (actor, supplier) that share a bloc which both had joined by a year; BRICS and APEC are no alliances of supply.

    >>> ties(World({}), 2024).height
    0
    """
    joined = pl.col("since").is_null() | (pl.col("since").dt.year() <= year)
    seats = world["blocs"].filter(pl.col("bloc").is_in(list(blocs)) & joined).select("bloc", "actor")
    pairs = seats.join(seats.rename({"actor": "supplier"}), on="bloc").filter(pl.col("actor") != pl.col("supplier"))
    return pairs.select("actor", "supplier").unique()


def losses(world: World, stops: pl.DataFrame | None, weights: Mapping[str, float] | None) -> pl.DataFrame:
    """Return the losses of a stress run, each scenario's times its weight; without weights all weigh the same and sum to 1.

    usd: tonnes lost in a year (median, 5th and 95th percentile) x value added per tonne, null where nobody gives one; weeks,
    soonest, latest: until the use stops (null: never). Raises InputError for a table that is none of a stress run and for a scenario
    without a weight. The table of a sweep (every country stops every product) will do too: each stop is a scenario.

    >>> losses(World({}), None, None).height
    0
    """
    if stops is None:
        stops = pl.DataFrame(schema={name: pl.String if name in STOPS[:4] else pl.Float64 for name in STOPS})
    if {"exporter", "used"} <= set(stops.columns):
        stops = _of_sweep(stops)
    lacking = [name for name in STOPS if name not in stops.columns]
    if lacking:
        raise InputError(f"no column '{lacking[0]}'", "table stops", "give the table that 'ytterby stress' writes")
    try:
        stops = stops.with_columns(pl.col(name).cast(pl.String if name in STOPS[:4] else pl.Float64) for name in STOPS)
    except pl.exceptions.PolarsError:
        raise InputError("a cell that should be a number is none", "table stops", "give the table that 'ytterby stress' writes") from None
    names = stops["scenario"].unique().to_list()
    weights = weights or dict.fromkeys(names, 1.0 / max(len(names), 1))
    for name in names:
        if name not in weights:
            raise InputError(f"no weight for scenario '{name}'", "weights", f"given: {', '.join(weights)}")
    worth = worths(world, stops.select("product", "use").iter_rows())
    usd, low, high = ([getattr(w, end) if w else None for w in worth] for end in ("usd", "low", "high"))
    weight = pl.col("scenario").replace_strict(weights, return_dtype=pl.Float64, default=0.0)
    worthy = stops.with_columns(
        usd_=pl.Series(usd, dtype=pl.Float64), low_=pl.Series(low, dtype=pl.Float64), high_=pl.Series(high, dtype=pl.Float64)
    )
    # What loses nothing loses nothing whatever its worth.
    value = {
        name: pl.when(pl.col("lost_high") == 0).then(0.0).otherwise(pl.col(tonnes) * pl.col(f"{name}_")) * weight
        for name, tonnes in (("usd", "lost"), ("low", "lost_low"), ("high", "lost_high"))
    }
    return worthy.select(
        "product",
        "actor",
        "use",
        "scenario",
        weeks=pl.col("weeks").cast(pl.Float64),
        soonest=pl.col("low").cast(pl.Float64),
        latest=pl.col("high").cast(pl.Float64),
        **value,
        key=pl.concat_str([pl.lit("loss"), "scenario", "product", "actor", "use"], separator="|"),
        basis=pl.lit("estimated"),
        source=pl.Series([w.source if w else "stress" for w in worth], dtype=pl.String),
    )


def _of_sweep(sweep: pl.DataFrame) -> pl.DataFrame:
    """A sweep's rows as those of a stress run: scenario 'exporter product', the product that is used, weeks without a band."""
    scenario = pl.concat_str(["exporter", "product"], separator=" ")
    never = pl.lit(None, pl.Float64)
    return sweep.with_columns(scenario=scenario, product="used", low=never, high=never)
