"""Whose view: a country, a bloc or list of allies taken as one importer, or a company with its own purchases.

Allies are merged after the tables of the year are made, so that the world's concentration stays one of countries. Supply among allies is
supply from home; what they sell each other is no import. A control on some of them counts by the share of their trade that it covers.
"""

from dataclasses import dataclass

import polars as pl

from ytterby.core.catalogue import nearest
from ytterby.core.resolve import EVERYONE, members
from ytterby.core.world import World
from ytterby.errors import InputError

OWN = "own"
"""The actor of a company's view."""
PURCHASES = ("product", "exporter", "t")
SUMMED = r"^(gdp_usd|va_.*)$"
"""Scores that add up over countries; those of governance do not, and allies are home to each other."""
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class View:
    """An importer that is no single country: its label, the countries that it stands for, and a company's purchases."""

    label: str
    countries: frozenset[str]
    imports: pl.DataFrame | None = None


def viewpoint(world: World, actor: str | None, imports: pl.DataFrame | None = None) -> View | None:
    """Return the view that a name stands for: None for a country, '*' or nobody; a bloc or a list with commas is merged.

    imports: a company's purchases (product, exporter, t a year); actor is then its country, whose restrictions it shares, or None.
    Raises InputError for an unknown country or bloc, naming the nearest, and for purchases that the world cannot place.

    >>> viewpoint(World({}), None) is None
    True
    """
    names = [name.strip() for name in (actor or "").split(",") if name.strip()]
    known = [EVERYONE, *world["actors"]["actor"], *world["blocs"]["bloc"].unique().sort()]
    for name in names:
        if name not in known:
            told = nearest(name, known) or "give an ISO3 code, a bloc, several with commas, or * for the world"
            raise InputError(f"unknown actor '{name}'", "--actor", told)
    if imports is not None:
        return View(OWN, members(names, world) if names else frozenset(), _purchases(world, imports))
    if len(names) > 1 and EVERYONE in names:
        raise InputError("the world and a country cannot be merged", "--actor", "give * alone")
    single = len(names) < 2 and not set(names) & set(world["blocs"]["bloc"])
    return None if single else View(",".join(names), members(names, world))


def _purchases(world: World, imports: pl.DataFrame) -> pl.DataFrame:
    lacking = [name for name in PURCHASES if name not in imports.columns]
    if lacking:
        raise InputError(f"no column '{lacking[0]}'", "--imports", f"columns: {', '.join(PURCHASES)}")
    frame = imports.select("product", "exporter", pl.col("t").cast(pl.Float64, strict=False))
    for column, table in (("product", "products"), ("exporter", "actors")):
        known = world[table].to_series(0).to_list()
        for line, word in enumerate(frame[column], start=2):
            if word not in known:
                raise InputError(f"unknown {column} '{word}'", f"--imports, line {line}", nearest(str(word), known) or f"see table {table}")
    for line, t in enumerate(frame["t"], start=2):
        if t is None or not 0 <= t < float("inf"):
            raise InputError("t is no number from 0", f"--imports, line {line}", "tonnes a year in the product's own unit")
    return frame.group_by("product", "exporter", maintain_order=True).agg(pl.col("t").sum()).filter(pl.col("t") > 0)


def merged(tables: Tables, view: View) -> Tables:
    """Return the tables of a year (inputs.central) with one more actor, the view, in place of the countries that it stands for."""
    tables = _company(tables, view) if view.imports is not None else _allies(tables, view)
    label, inside = pl.lit(view.label), pl.col("actor").is_in(list(view.countries))
    ties = tables["ties"].filter(inside & ~pl.col("supplier").is_in(list(view.countries))).with_columns(actor=label)
    wealth = tables["scores"].filter(inside & pl.col("score").str.contains(SUMMED))
    summed = wealth.group_by("score").agg(pl.col("value", "low", "high").sum(), pl.col("basis").max(), pl.col("source").first())
    total = summed.select(
        actor=label,
        score="score",
        key=pl.concat_str([pl.lit(f"scores|{view.label}"), "score"], separator="|"),
        value="value",
        low="low",
        high="high",
        basis="basis",
        source="source",
    )
    scores = pl.concat([tables["scores"], total.select(tables["scores"].columns)])
    return {**tables, "ties": pl.concat([tables["ties"], ties.unique()]), "scores": scores}


def _allies(tables: Tables, view: View) -> Tables:
    def relabelled(name: str, *columns: str) -> pl.DataFrame:
        return tables[name].with_columns(
            pl.when(pl.col(c).is_in(list(view.countries))).then(pl.lit(view.label)).otherwise(c).alias(c) for c in columns
        )

    supply = relabelled("supply", "actor")
    own = supply.filter(pl.col("actor") == view.label).with_columns(home=pl.col("supplier").is_in(list(view.countries)))
    keys = ["product", "actor", "supplier", "home", "key"]
    joined = own.group_by(keys).agg(pl.col("t", "low", "high").sum(), pl.col("basis").max(), pl.col("source").unique().sort().str.join(";"))
    supply = pl.concat([supply.filter(pl.col("actor") != view.label), joined.select(supply.columns)])
    trade = relabelled("trade", "exporter", "importer").filter(pl.col("exporter") != pl.col("importer"))
    plain = {name: relabelled(name, "actor") for name in ("production", "demand", "use", "losses")}
    return {**tables, **plain, "supply": supply, "trade": trade, "stocks": _stocks(tables, view)}


def _stocks(tables: Tables, view: View) -> pl.DataFrame:
    """Days of cover of allies: the mean of theirs, weighted by what they use."""
    used = tables["use"].group_by("product", "actor").agg(used=pl.col("t").sum())
    inside = tables["stocks"].filter(pl.col("actor").is_in(list(view.countries))).join(used, on=["product", "actor"])
    share = pl.col("used") / pl.col("used").sum().over("product", "holder")
    mean = inside.with_columns(pl.col("days", "low", "high") * share, actor=pl.lit(view.label)).drop("used")
    return pl.concat([tables["stocks"].filter(~pl.col("actor").is_in(list(view.countries))), mean.select(tables["stocks"].columns)])


def _company(tables: Tables, view: View) -> Tables:
    """A company's purchases as the trade and use of its view; it makes nothing itself, and its figures have no range."""
    assert view.imports is not None
    bought = view.imports.with_columns(low="t", high="t", basis=pl.lit("measured"), source=pl.lit(OWN))
    key = pl.concat_str([pl.lit(OWN), "product", "exporter"], separator="|")
    trade = bought.with_columns(importer=pl.lit(OWN), key=key).select(tables["trade"].drop("year", strict=False).columns)
    home = pl.col("exporter").is_in(list(view.countries))
    supply = bought.with_columns(actor=pl.lit(OWN), supplier="exporter", home=home, key=key).select(tables["supply"].columns)
    use = bought.with_columns(actor=pl.lit(OWN), key=key).select(tables["use"].columns)
    world = tables["supply"].filter(pl.col("actor") == EVERYONE)
    return {**tables, "trade": trade, "supply": pl.concat([world, supply]), "use": use, "stocks": tables["stocks"].clear()}


def merged_controls(controls: pl.DataFrame, trade: pl.DataFrame, view: View) -> pl.DataFrame:
    """Return the controls with those on the view's countries put on the view: the share by its trade, the strictest kind.

    controls: table of controls.in_force; trade: the countries' own flows of the year (product, exporter, importer, t).
    """
    inside = list(view.countries)
    mine = controls.filter(pl.col("importer").is_in(inside) & ~pl.col("exporter").is_in(inside))
    flows = trade.filter(pl.col("importer").is_in(inside)).group_by("product", "exporter", "importer").agg(pl.col("t").sum())
    total = flows.group_by("product", "exporter").agg(total=pl.col("t").sum())
    widest = (
        mine.with_columns(pl.col("share").fill_null(1.0))
        .sort("share")
        .unique(["product", "exporter", "importer", "kind"], keep="last", maintain_order=True)
    )
    if view.imports is None:
        weighed = widest.join(flows, on=["product", "exporter", "importer"]).join(total, on=["product", "exporter"])
        widest = weighed.with_columns(share=pl.col("share") * pl.col("t") / pl.col("total"))
        added = pl.col("share").sum()
    else:
        added = pl.col("share").max()
    joined = widest.group_by("product", "exporter", "kind").agg(
        added.clip(0.0, 1.0), pl.col("basis").max(), pl.col("source").unique().sort().str.join(";")
    )
    everyone = (
        controls.filter((pl.col("importer") == EVERYONE) & ~pl.col("exporter").is_in(inside))
        if view.imports is not None and not inside
        else joined.clear()
    )
    named = pl.concat([joined, everyone.select(joined.columns)]).with_columns(importer=pl.lit(view.label))
    return pl.concat([controls.filter(~pl.col("importer").is_in(inside)), named.select(controls.columns)])
