"""`measure`: indicators of a world with bands, before and after what restricts its trade."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from importlib import import_module

import numpy as np
import polars as pl

from ytterby.core import catalogue, schema
from ytterby.core.catalogue import Entry
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.indicators.controls import SCHEMA, Event, in_force
from ytterby.indicators.draws import Floats, drawn, figures, framed
from ytterby.indicators.inputs import WORLD, central, evidence

BAND = (0.05, 0.95)
"""Quantiles of the draws that bound the band."""
DIGITS = 10
"""Significant digits kept: below them the order of a sum shows."""
ROUNDING = 1e-9
"""A value this close outside its band, relative to itself, is inside."""
FIGURES = {"scores": "value", "stocks": "days"}
"""The figure of a table; elsewhere it is t."""
ROW = ("product", "actor")
MISSING = {
    "supply": "no supply known",
    "production": "output, or trade and use, not known",
    "trade": "no imports known",
    "stocks": "no use or no stocks known",
}
"""Why a row that an indicator leaves out is missing, by the first table that it needs."""

Tables = dict[str, pl.DataFrame]


def measure(
    world: World,
    *indicators: str,
    product: str | None = None,
    actor: str | None = None,
    year: int | None = None,
    on: date | None = None,
    events: Iterable[Event] = (),
    draws: int = 1000,
    seed: int = 0,
) -> pl.DataFrame:
    """Measure indicators (none named: all) for each product and view ('*': the world's); returns the schema's table `indicators`.

    state 'before' is without any restriction; 'after' counts those known and in force on a day (`on`, else the day of the latest
    article) and those that the events tell of; without a day and events there is no 'after'. low and high are the 5th and 95th
    percentile of draws from the ranges of output, demand, stocks and scores; 0 draws: no band. Missing is empty and has a reason.
    year: default the latest with demand, else with production. Raises InputError for an unknown indicator, product, actor or year,
    naming the nearest.

    >>> measure(World({}))
    Traceback (most recent call last):
    ytterby.errors.InputError: no production in this world; table production; 'ytterby world check' shows what it holds
    """
    entries = [catalogue.indicator(name) for name in dict.fromkeys(indicators)] or list(catalogue.indicators().values())
    year = _check(world, product, actor, year, draws, seed)
    states = _states(world, on, list(events))
    tables = {name: _only(frame, product) for name, frame in central(world, year).items()}
    rows, proofs = _universe(world, tables, product, actor), evidence(tables)
    needed = sorted({need for entry in entries for need in entry.needs} & set(tables))
    ready = {name: _drawn(name, tables[name], draws, seed) for name in needed}
    frames = []
    for entry in entries:
        for state, controls in states.items():
            if state == "before" or "controls" in entry.needs:
                given = {**ready, "controls": controls}
                result = entry.measure(**{need: given[need] for need in entry.needs})
                found = _table(entry, result, rows, _proof(entry, proofs, tables, controls), year)
            frames.append(found.with_columns(state=pl.lit(state)))
    order = {entry.name: place for place, entry in enumerate(entries)}
    found = pl.concat(frames).sort(pl.col("indicator").replace_strict(order), "product", "actor", pl.col("state") == "after")
    return schema.cast("indicators", found)


def _check(world: World, product: str | None, actor: str | None, year: int | None, draws: int, seed: int) -> int:
    years = sorted(set(world["production"]["year"]))
    base = world["demand"]["year"].max() if world["demand"].height else None
    if not years:
        raise InputError("no production in this world", "table production", "'ytterby world check' shows what it holds")
    products, actors = world["products"]["product"].to_list(), [WORLD, *world["actors"]["actor"]]
    if product is not None and product not in products:
        raise InputError(
            f"unknown product '{product}'", "--product", catalogue.nearest(product, products) or f"known: {', '.join(products)}"
        )
    if actor is not None and actor not in actors:
        raise InputError(f"unknown actor '{actor}'", "--actor", catalogue.nearest(actor, actors) or "give an ISO3 code, or * for the world")
    if year is not None and year not in years:
        nearest = min(years, key=lambda known: abs(known - year))
        raise InputError(f"no data of {year}", "--year", f"the nearest year is {nearest}")
    if draws < 0 or seed < 0:
        raise InputError("draws and seed are whole numbers from 0", "measure", f"given: draws {draws}, seed {seed}")
    if year is not None:
        return year
    return base if isinstance(base, int) and base in years else int(years[-1])


def _states(world: World, on: date | None, events: Sequence[Event]) -> Tables:
    states = {"before": pl.DataFrame(schema=SCHEMA)}
    if on is None and events:
        days = [str(event["document"]["published"])[:10] for event in events if (event.get("document") or {}).get("published")]
        if not days:
            raise InputError("no event says when its article was published", "measure", "give the day: on=DATE")
        on = schema.parse_date(max(days), "ledger: document.published")
    return states if on is None else {**states, "after": in_force(world, on, events)}


def _only(frame: pl.DataFrame, product: str | None) -> pl.DataFrame:
    return frame if product is None or "product" not in frame.columns else frame.filter(pl.col("product") == product)


def _drawn(name: str, frame: pl.DataFrame, draws: int, seed: int) -> pl.DataFrame:
    return drawn(frame.drop("basis", "source"), FIGURES.get(name, "t"), draws, seed)


def _universe(world: World, tables: Tables, product: str | None, actor: str | None) -> pl.DataFrame:
    """The rows that an indicator should have: each product with '*' and with each actor that makes, trades or uses it."""
    products = world["products"].select("product") if product is None else pl.DataFrame({"product": [product]})
    everyone = products.with_columns(actor=pl.lit(WORLD))
    if actor is not None:
        return products.with_columns(actor=pl.lit(actor))
    sides = [("production", "actor"), ("use", "actor"), ("trade", "exporter"), ("trade", "importer")]
    taking = [tables[name].select("product", pl.col(side).alias("actor")) for name, side in sides]
    return pl.concat([everyone, *taking]).unique()


def _proof(entry: Entry, proofs: Tables, tables: Tables, controls: pl.DataFrame) -> pl.DataFrame:
    """The sources behind each row, joined by ';', and the tables that rest on estimates, joined by ', '."""
    found = [proofs[need].with_columns(table=pl.lit(need)) for need in entry.needs if need in proofs]
    if "controls" in entry.needs:
        found.append(controls.select("product", pl.col("importer").alias("actor"), "basis", "source", table=pl.lit("controls")))
        found.append(controls.select("product", pl.lit(WORLD).alias("actor"), "basis", "source", table=pl.lit("controls")))
    rows = pl.concat(found)
    if "scores" in entry.needs:
        scores = tables["scores"].select("basis", "source", table=pl.lit("scores")).unique()
        rows = pl.concat([rows, rows.select(ROW).unique().join(scores, how="cross").select(rows.columns)])
    guessed = pl.col("table").filter(pl.col("basis") != "measured").unique().sort().str.join(", ")
    sources = pl.col("source").str.split(";").explode(empty_as_null=True).drop_nulls().unique().sort().str.join(";")
    return rows.group_by(ROW).agg(source=sources, guessed=guessed)


def _table(entry: Entry, result: pl.DataFrame, rows: pl.DataFrame, proof: pl.DataFrame, year: int) -> pl.DataFrame:
    """Bring an indicator's draws into rows: value, band, reason, source; rows that it left out are missing, with the reason."""
    if "reason" not in result.columns:
        result = result.with_columns(reason=pl.lit(None, pl.String()))
    wanted = rows.filter(pl.any_horizontal(*(_view(view) for view in entry.spec.views)))
    point = _band(result)
    joined = wanted.join(point, on=ROW, how="left", validate="1:1").join(proof, on=ROW, how="left", validate="1:1")
    value, known = pl.col("value"), pl.col("value").is_not_null()
    slack = ROUNDING * value.abs()
    outside = known & ((value < pl.col("low") - slack) | (value > pl.col("high") + slack))
    joined = joined.with_columns(
        pl.when(known & pl.col("low").is_not_null()).then(pl.min_horizontal("low", "value")).alias("low"),
        pl.when(known & pl.col("high").is_not_null()).then(pl.max_horizontal("high", "value")).alias("high"),
        _reason(known, outside, f"{MISSING[entry.needs[0]]} in {year}").alias("reason"),
        pl.col("source").fill_null(""),
    )
    figures = [pl.col(name).round_sig_figs(DIGITS) for name in ("value", "low", "high")]
    return joined.select(pl.lit(entry.name).alias("indicator"), pl.lit(year).alias("year"), *ROW, *figures, "reason", "source")


def _band(result: pl.DataFrame) -> pl.DataFrame:
    """The central value of each row and the quantiles of its draws; draws in which it is missing do not count."""
    values = figures(result, "value")
    found = framed(
        result.select(*ROW, "reason"), value=values[:, :1], low=_quantile(values[:, 1:], BAND[0]), high=_quantile(values[:, 1:], BAND[1])
    )
    return found.with_columns(pl.col("value", "low", "high").fill_nan(None))


def _quantile(values: Floats, edge: float) -> Floats:
    whole = ~np.isnan(values).any(axis=1)
    found = np.full((len(values), 1), np.nan)
    if values.shape[1]:
        found[whole, 0] = np.quantile(values[whole], edge, axis=1)
        some = ~whole & ~np.isnan(values).all(axis=1)
        found[some, 0] = np.nanquantile(values[some], edge, axis=1) if some.any() else 0.0
    return found


def _view(view: str) -> pl.Expr:
    return pl.col("actor") == WORLD if view == "world" else pl.col("actor") != WORLD


def _reason(known: pl.Expr, outside: pl.Expr, missing_why: str) -> pl.Expr:
    missing = pl.when(~known).then(pl.col("reason").fill_null(missing_why))
    own = pl.when(known).then(pl.col("reason"))
    guess = pl.when(known & (pl.col("guessed") != "")).then(pl.format("rests on estimates of {}", pl.col("guessed")))
    edge = pl.when(outside).then(pl.lit("lopsided ranges: the central value is an end of the band"))
    joined = pl.concat_str([missing, own, guess, edge], separator="; ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def contributions(
    world: World,
    indicator: str,
    product: str,
    actor: str = WORLD,
    year: int | None = None,
    on: date | None = None,
    events: Iterable[Event] = (),
) -> pl.DataFrame:
    """Return what each supplier adds to an indicator: actor, share of the supply, part (the parts sum to the value), largest first.

    Raises InputError for an indicator that is not a sum over suppliers, and for unknown names.
    """
    entry, year = catalogue.indicator(indicator), _check(world, product, actor, year, 0, 0)
    parts: Callable[..., pl.DataFrame] | None = getattr(import_module(entry.measure.__module__), "parts", None)
    if parts is None:
        raise InputError(f"'{indicator}' is no sum over suppliers", "contributions", "try hhi")
    controls = list(_states(world, on, list(events)).values())[-1]
    tables = {name: _only(frame, product) for name, frame in central(world, year).items()}
    given = {need: _drawn(need, tables[need], 0, 0) for need in entry.needs if need in tables}
    given |= {need: controls for need in entry.needs if need not in tables}
    found = parts(**given).filter(pl.col("actor") == actor)
    found = found.select(pl.col("supplier").alias("actor"), "share", pl.col("part").fill_nan(None))
    return found.sort("part", "actor", descending=[True, False], nulls_last=True)
