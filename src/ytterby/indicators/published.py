"""Official rankings and ours beside them: `compare` recomputes a list from the world's tables, with the difference and its reason.

Lists are rows of table `published`. A difference has a reason where one is known: other years, other stages, another model. What cannot
be recomputed from the tables is missing and says why; nothing is fitted to the published value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from ytterby.core.catalogue import nearest
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.indicators.derived import losses
from ytterby.indicators.measure import measure
from ytterby.indicators.rank import ranks

COLUMNS = ("list", "name", "indicator", "material", "theirs", "unit", "ours", "low", "high", "difference", "reason")
LISTS = {"EU2023": "eu_2023", "USGS2025": "usgs_2025", "BGS2015": "bgs_2015", "IEA2025": "iea_2025"}
"""What users type -> list of table `published`."""
MINE, REFINED = ("mine",), ("separation", "metal")
STAGES = {"extraction": MINE, "processing": REFINED}
SCHEMA = {"name": pl.String, "indicator": pl.String, "ours": pl.Float64, "low": pl.Float64, "high": pl.Float64, "reason": pl.String}


@dataclass(frozen=True)
class Question:
    """What a comparison works with: the world, the list's rows, and the options of `compare`."""

    world: World
    rows: pl.DataFrame
    year: int | None
    draws: int
    seed: int
    stops: pl.DataFrame | None
    weights: Mapping[str, float] | None


def compare(
    world: World,
    name: str,
    year: int | None = None,
    draws: int = 0,
    seed: int = 0,
    stops: pl.DataFrame | None = None,
    weights: Mapping[str, float] | None = None,
) -> pl.DataFrame:
    """Return a published list with ours beside theirs: COLUMNS; name: EU2023, USGS2025, BGS2015 or IEA2025.

    stops, weights: a stress run for the expected loss (USGS2025); year, draws, seed as in `measure`. Raises InputError for another name.

    >>> compare(World({}), "EU2024")
    Traceback (most recent call last):
    ytterby.errors.InputError: unknown list 'EU2024'; --published; did you mean EU2023?
    """
    key = name.upper().replace("_", "").replace("-", "")
    if key not in LISTS:
        raise InputError(f"unknown list '{name}'", "--published", nearest(key, LISTS) or f"known: {', '.join(LISTS)}")
    rows = world["published"].filter(pl.col("list") == LISTS[key])
    found = HOW[key](Question(world, rows, year, draws, seed, stops, weights))
    joined = rows.rename({"value": "theirs"}).join(found, on=["name", "indicator"], how="left", validate="1:1")
    told = pl.when(pl.col("material").is_null()).then(pl.lit("not one of the world's materials")).otherwise(pl.lit("not recomputed"))
    reason = pl.when(pl.col("ours").is_null()).then(pl.col("reason").fill_null(told)).otherwise("reason")
    return joined.with_columns(reason=reason, difference=pl.col("ours") - pl.col("theirs")).select(COLUMNS)


def _measured(asked: Question, indicator: str, actor: str) -> pl.DataFrame:
    """An indicator by material and stage: material, stage, value, low, high, reason."""
    frame = measure(asked.world, indicator, actor=actor, year=asked.year, draws=asked.draws, seed=asked.seed)
    staged = frame.join(asked.world["products"].select("product", "material", "stage"), on="product")
    return staged.select("material", "stage", "value", "low", "high", "reason")


def _greatest(rows: pl.DataFrame, ours: pl.DataFrame, stages: tuple[str, ...], indicator: str, scale: float, why: str) -> pl.DataFrame:
    """Ours of each of a list's rows: the greatest value over some stages of its material, or the reason why there is none."""
    asked = rows.filter(pl.col("indicator") == indicator).drop_nulls("material").select("name", "indicator", "material")
    kept = ours.filter(pl.col("stage").is_in(list(stages))).sort("value", descending=True, nulls_last=True)
    first = kept.unique("material", keep="first", maintain_order=True)
    joined = asked.join(first, on="material", how="left", validate="m:1")
    lacking = pl.col("reason").fill_null("no product of this stage")
    reason = pl.when(pl.col("value").is_null()).then(lacking).otherwise(pl.lit(why))
    numbers = {new: pl.col(old) * scale for new, old in (("ours", "value"), ("low", "low"), ("high", "high"))}
    return joined.select("name", "indicator", **numbers, reason=reason).cast(SCHEMA)  # type: ignore[arg-type]


def _eu(asked: Question) -> pl.DataFrame:
    """Supply risk (the world's where the EU's sourcing is not known) and import reliance by stage, economic importance."""
    years = "theirs: mean of 2016-2020 with six WGI dimensions; ours: one year, political stability"
    own, alone, reliance = (
        _measured(asked, name, view) for name, view in (("eu_supply_risk", "EU"), ("eu_supply_risk", "*"), ("import_reliance", "EU"))
    )
    risk = own.filter(pl.col("value").is_not_null()).vstack(alone.join(own.drop_nulls("value"), on=["material", "stage"], how="anti"))
    reliance = reliance.with_columns(pl.col("value", "low", "high").clip(0.0, 1.0))
    frames = [_greatest(asked.rows, risk, (*MINE, *REFINED), "supply_risk", 1.0, years)]
    for stage, places in STAGES.items():
        frames.append(_greatest(asked.rows, risk, places, f"supply_risk_{stage}", 1.0, years))
        frames.append(
            _greatest(asked.rows, reliance, places, f"import_reliance_{stage}", 100.0, "theirs: mean of 2016-2020; ours: one year")
        )
    importance = _measured(asked, "economic_importance", "EU")
    frames.append(_greatest(asked.rows, importance, (*MINE, *REFINED, "precursor", "magnet"), "economic_importance", 1.0, years))
    inputs = asked.rows.filter(pl.col("indicator").str.contains("substitution_index|recycling")).select(
        "name", "indicator", ours=None, low=None, high=None, reason=pl.lit("an input of the method: ours takes the study's own figure")
    )
    return pl.concat([*frames, inputs.cast(SCHEMA)])  # type: ignore[arg-type]


def _usgs(asked: Question) -> pl.DataFrame:
    """Worst-case loss of the United States and the order by expected loss, both of a stress run; without one they are missing."""
    if asked.stops is None:
        why = pl.lit("needs a stress run: --stops FILE")
        return asked.rows.select("name", "indicator", ours=None, low=None, high=None, reason=why).cast(SCHEMA)  # type: ignore[arg-type]
    why = pl.lit("theirs: model of the economy; ours: stress run, whose value added per tonne rests on their worst cases for most minerals")
    ordered = asked.rows.filter(pl.col("indicator") == "rank").drop_nulls("material")
    materials = ordered["material"].to_list()
    place = ranks(asked.world, "expected_loss", "USA", asked.year, asked.draws, asked.seed, materials, asked.stops, asked.weights)
    order = ordered.select("name", "indicator", "material").join(place, on="material", how="left")
    printed = asked.rows.filter(pl.col("indicator") == "worst_case_loss").select("name", "indicator", "material")
    worst = printed.join(_worst(asked), on="material", how="left").with_columns(low=None, high=None)
    found = [
        order.select("name", "indicator", "reason", ours="rank", low="rank_low", high="rank_high"),
        worst.select("name", "indicator", "reason", "ours", "low", "high"),
    ]
    frame = pl.concat([part.select(*SCHEMA).cast(SCHEMA) for part in found])  # type: ignore[arg-type]
    lacking = pl.coalesce("reason", pl.lit("no scenario of the stress run loses any of it"))
    return frame.with_columns(reason=pl.when(pl.col("ours").is_null()).then(lacking).otherwise(why))


def _worst(asked: Question) -> pl.DataFrame:
    """The greatest loss over the scenarios, million USD, by material, all uses together; missing where a use has no worth."""
    each = losses(asked.world, asked.stops, None).filter(pl.col("actor") == "USA")
    # Without weights each scenario counts for one over their number.
    count = losses(asked.world, asked.stops, None)["scenario"].n_unique()
    named = each.join(asked.world["products"].select("product", "material"), on="product")
    total = pl.when(pl.col("usd").null_count() == 0).then(pl.col("usd").sum() * count / 1e6)
    found = named.group_by("material", "scenario").agg(usd=total).group_by("material").agg(ours=pl.col("usd").max())
    return found.with_columns(reason=pl.when(pl.col("ours").is_null()).then(pl.lit("no value added per tonne known")))


def _bgs(asked: Question) -> pl.DataFrame:
    """The index at the first stage that the world holds: the list is of elements, most of them as mined."""
    ours = _measured(asked, "bgs_risk", "*").drop_nulls("value")
    places = dict(asked.world["stages"].select("stage", "place").iter_rows())
    first = ours.sort(pl.col("stage").replace_strict(places, return_dtype=pl.Int64)).unique("material", keep="first", maintain_order=True)
    why = "theirs: data of about 2013; ours: of now, companionship unknown (2 points), the EU's recycling and substitution"
    return _greatest(asked.rows, first, tuple(places), "risk_index", 1.0, why)


def _iea(asked: Question) -> pl.DataFrame:
    """Mean share of the three largest refiners, and N-1 of 2035 from the agency's own outlook (stated policies)."""
    refined = ("copper_refined", "lithium_refined", "nickel_refined", "cobalt_refined", "graphite_refined", "magnet_rare_earths_refined")
    rows: list[tuple[object, ...]] = []
    for row in asked.rows.iter_rows(named=True):
        if row["indicator"].startswith("top3"):
            rows.append((row["name"], row["indicator"], *_top3(asked, refined, int(row["indicator"][-4:]))))
        else:
            rows.append((row["name"], row["indicator"], *_without_largest(asked.world, row["material"])))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _top3(asked: Question, products: tuple[str, ...], year: int) -> tuple[object, ...]:
    if year not in asked.world["production"]["year"]:
        return None, None, None, f"no output of {year} in the tables"
    frame = measure(asked.world, "top3", actor="*", year=year, draws=asked.draws, seed=asked.seed)
    kept = frame.filter(pl.col("product").is_in(list(products))).drop_nulls("value")
    low, high = ((kept[end].mean() or None) if asked.draws else None for end in ("low", "high"))
    value = kept["value"].mean()
    return (
        None if value is None else 100 * float(value),  # type: ignore[arg-type]
        None if low is None else 100 * float(low),  # type: ignore[arg-type]
        None if high is None else 100 * float(high),  # type: ignore[arg-type]
        f"mean of {kept.height} refined minerals; theirs may hold others",
    )


def _without_largest(world: World, material: str | None) -> tuple[object, ...]:
    """N-1 of 2035 in per cent: of refining, with mining and refining as the ends of the range."""
    outlook = world["outlook"].filter((pl.col("year") == 2035) & (pl.col("material") == _outlook_name(material)))
    wanted = outlook.filter((pl.col("flow") == "demand") & (pl.col("scenario") == "STEPS") & (pl.col("sector") == "*"))["t"].sum()
    found = []
    for flow in ("mining", "refining"):
        supply = outlook.filter((pl.col("flow") == flow) & (pl.col("actor") != "WLD"))
        named = supply.filter(pl.col("actor") != "ROW")["t"].to_list()
        if named and wanted > 0:
            found.append(100 * (float(supply["t"].sum()) - max(named)) / float(wanted))
    if len(found) < 2:
        return None, None, None, "not in the agency's outlook"
    why = "ours: refining (mining is the other end); their demand counts what recycling meets, and graphite that is no battery's"
    return found[1], min(found), max(found), why


def _outlook_name(material: str | None) -> str | None:
    return "magnet_rare_earths" if material == "rare_earths" else material


HOW: dict[str, Callable[[Question], pl.DataFrame]] = {"EU2023": _eu, "USGS2025": _usgs, "BGS2015": _bgs, "IEA2025": _iea}
