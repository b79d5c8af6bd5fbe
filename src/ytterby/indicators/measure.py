"""`measure`: indicators of a world with bands, before and after what restricts its trade."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from importlib import import_module

import polars as pl

from ytterby.core import catalogue, schema
from ytterby.core.catalogue import Entry
from ytterby.core.each import Each
from ytterby.core.resolve import products_of
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.indicators.bands import banded, tabled
from ytterby.indicators.controls import SCHEMA, Event, in_force
from ytterby.indicators.draws import drawn
from ytterby.indicators.inputs import WORLD, central
from ytterby.indicators.proof import behind, evidence
from ytterby.indicators.viewpoint import View, merged, merged_controls, viewpoint

FIGURES = {"scores": "value", "stocks": "days", "factors": "value", "prices": "value", "losses": "usd"}
"""The figure of a table; elsewhere it is t."""
ROWS = 2500
"""Rows of the largest table that are drawn at once: more would leave the processor's cache and fill the memory."""

Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True, eq=False)
class Asked:
    """A question to the indicators: the world's tables of one year, the restrictions by state, whose view, which products."""

    entries: tuple[Entry, ...]
    year: int
    tables: Tables
    states: Tables
    rows: pl.DataFrame
    draws: int
    seed: int


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
    material: str | None = None,
    stage: str | None = None,
    imports: pl.DataFrame | None = None,
    stops: pl.DataFrame | None = None,
    weights: Mapping[str, float] | None = None,
    each: Each = map,
) -> pl.DataFrame:
    """Measure indicators (none named: all) for each product and view ('*': the world's); returns the schema's table `indicators`.

    state 'before' is without any restriction; 'after' counts those known and in force on a day (`on`, else the day of the latest
    article) and those that the events tell of; without a day and events there is no 'after'. low and high are the 5th and 95th
    percentile of draws from the ranges of output, demand, stocks, prices and scores; 0 draws: no band. Missing is empty and has a
    reason. year: default the latest with demand, else with production. material, stage: only products of these. actor: a country, a
    bloc or several with commas, merged into one importer; imports: a company's purchases (product, exporter, t). stops: the table of a
    stress run, weights: the probability of its scenarios; without stops, indicators that need a run are left out unless named.
    each: what spreads the batches of products (core/each.py). Raises InputError for an unknown indicator, product, material, stage, actor
    or year, naming the nearest.

    >>> measure(World({}))
    Traceback (most recent call last):
    ytterby.errors.InputError: no production in this world; table production; 'ytterby world check' shows what it holds
    """
    chosen = choose(world, product, material, stage)
    asked = ask(world, indicators, chosen, actor, year, on, list(events), draws, seed, imports, stops, weights)
    bands: dict[tuple[str, str], list[pl.DataFrame]] = {}
    for found in each(partial(_bands, asked), _batches(asked)):
        for key, frame in found:
            bands.setdefault(key, []).append(frame)
    proofs, frames = evidence(asked.tables), []
    for entry in asked.entries:
        for state, controls in asked.states.items():
            frames_of = bands.get((entry.name, state)) or bands[entry.name, "before"]
            known = {**proofs, **evidence({"controls": controls})}
            table = tabled(entry, pl.concat(frames_of), asked.rows, behind(entry.needs, known, asked.rows), asked.year)
            frames.append(table.with_columns(state=pl.lit(state)))
    order = {entry.name: place for place, entry in enumerate(asked.entries)}
    frame = pl.concat(frames).sort(pl.col("indicator").replace_strict(order), "product", "actor", pl.col("state") == "after")
    return schema.cast("indicators", frame)


def ask(
    world: World,
    indicators: Sequence[str],
    chosen: list[str] | None,
    actor: str | None = None,
    year: int | None = None,
    on: date | None = None,
    events: Sequence[Event] = (),
    draws: int = 0,
    seed: int = 0,
    imports: pl.DataFrame | None = None,
    stops: pl.DataFrame | None = None,
    weights: Mapping[str, float] | None = None,
) -> Asked:
    """Check a question and gather what its answer needs; parameters as in `measure`, chosen: the products (None: all)."""
    usual = [entry for entry in catalogue.indicators().values() if stops is not None or not entry.spec.run]
    entries = tuple(catalogue.indicator(name) for name in dict.fromkeys(indicators)) or tuple(usual)
    year = _year(world, year, draws, seed)
    view = viewpoint(world, actor, imports)
    states = _states(world, on, events)
    tables = {name: only(frame, chosen) for name, frame in central(world, year, stops, weights).items()}
    if view is not None:
        states = {state: merged_controls(controls, tables["trade"], view) for state, controls in states.items()}
        tables, actor = merged(tables, view), view.label
    return Asked(entries, year, tables, states, _universe(world, tables, chosen, actor, view), draws, seed)


def choose(world: World, product: str | None, material: str | None = None, stage: str | None = None) -> list[str] | None:
    """Return the products of a choice, None for all; raises InputError for a name that is none, or a choice without products.

    >>> choose(World({}), None) is None
    True
    """
    asked = (("product", product, "products"), ("material", material, "materials"), ("stage", stage, "stages"))
    for option, name, table in asked:
        known = world[table].to_series(0).to_list()
        if name is not None and name not in known:
            told = catalogue.nearest(name, known) or f"known: {', '.join(known)}"
            raise InputError(f"unknown {option} '{name}'", f"--{option}", told)
    if product is not None:
        return [product]
    if material is not None:
        found = list(products_of(material, world, stage))
    elif stage is not None:
        found = world["products"].filter(pl.col("stage") == stage)["product"].to_list()
    else:
        return None
    if not found:
        raise InputError("no product of this choice", "--material, --stage", "'ytterby world show products' lists them")
    return found


def results(asked: Asked) -> Iterator[tuple[Entry, str, pl.DataFrame]]:
    """Yield each indicator's result with its draws, batch by batch of products; a state that changes nothing is not worked out again."""
    for batch in _batches(asked):
        yield from _results(asked, batch)


def _results(asked: Asked, batch: list[str] | None) -> Iterator[tuple[Entry, str, pl.DataFrame]]:
    """The results of one batch of products (None: all)."""
    whole, needed = _whole(asked), {need for entry in asked.entries for need in entry.needs}
    ready = whole | {n: _drawn(n, only(f, batch), asked) for n, f in asked.tables.items() if n in needed and n not in whole}
    for entry in asked.entries:
        for state, controls in asked.states.items():
            if state == "before" or "controls" in entry.needs:
                given = {**ready, "controls": controls}
                yield entry, state, entry.measure(**{need: given[need] for need in entry.needs})


@lru_cache(maxsize=1)
def _whole(asked: Asked) -> Tables:
    """The drawn tables that know no product: the same for all batches."""
    needed = {need for entry in asked.entries for need in entry.needs}
    return {name: _drawn(name, frame, asked) for name, frame in asked.tables.items() if name in needed and "product" not in frame.columns}


def _bands(asked: Asked, batch: list[str] | None) -> list[tuple[tuple[str, str], pl.DataFrame]]:
    """The bands of one batch by indicator and state: the draws stay where they were made."""
    return [((entry.name, state), banded(result)) for entry, state, result in _results(asked, batch)]


def _batches(asked: Asked) -> list[list[str] | None]:
    """Products in batches of about ROWS rows of supply; without draws, all at once (None)."""
    if not asked.draws:
        return [None]
    sizes = dict(asked.tables["supply"].group_by("product").len().iter_rows())
    batches: list[list[str] | None] = []
    batch: list[str] = []
    for product in asked.rows["product"].unique().sort():
        batch.append(product)
        if sum(sizes.get(name, 0) for name in batch) >= ROWS:
            batches.append(batch)
            batch = []
    return [*batches, batch] if batch or not batches else batches


def _year(world: World, year: int | None, draws: int, seed: int) -> int:
    years = sorted(set(world["production"]["year"]))
    base = world["demand"]["year"].max() if world["demand"].height else None
    if not years:
        raise InputError("no production in this world", "table production", "'ytterby world check' shows what it holds")
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


def only(frame: pl.DataFrame, products: Sequence[str] | None) -> pl.DataFrame:
    """Keep the rows of some products (None: all) in a table that has any."""
    return frame if products is None or "product" not in frame.columns else frame.filter(pl.col("product").is_in(list(products)))


def _drawn(name: str, frame: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    if "low" not in frame.columns:
        return frame
    return drawn(frame.drop("basis", "source"), FIGURES.get(name, "t"), asked.draws, asked.seed)


def _universe(world: World, tables: Tables, chosen: list[str] | None, actor: str | None, view: View | None) -> pl.DataFrame:
    """The rows that an indicator should have: each product with '*' and with each actor that makes, trades or uses it."""
    products = world["products"].select("product") if chosen is None else pl.DataFrame({"product": chosen})
    if view is not None and view.imports is not None and chosen is None:
        products = view.imports.select("product").unique(maintain_order=True)
    if actor is not None:
        return products.with_columns(actor=pl.lit(actor))
    sides = [("production", "actor"), ("use", "actor"), ("trade", "exporter"), ("trade", "importer")]
    taking = [tables[name].select("product", pl.col(side).alias("actor")) for name, side in sides]
    return pl.concat([products.with_columns(actor=pl.lit(WORLD)), *taking]).unique()


def contributions(
    world: World,
    indicator: str,
    product: str,
    actor: str = WORLD,
    year: int | None = None,
    on: date | None = None,
    events: Iterable[Event] = (),
    imports: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return what each supplier adds to an indicator: actor, share of the supply, part (the parts sum to the value), largest first.

    Raises InputError for an indicator that is not a sum over suppliers, and for unknown names.
    """
    entry = catalogue.indicator(indicator)
    parts: Callable[..., pl.DataFrame] | None = getattr(import_module(entry.measure.__module__), "parts", None)
    if parts is None:
        raise InputError(f"'{indicator}' is no sum over suppliers", "contributions", "try hhi")
    asked = ask(world, [indicator], choose(world, product), actor, year, on, list(events), imports=imports)
    given = {need: _drawn(need, asked.tables[need], asked) for need in entry.needs if need in asked.tables}
    given |= {"controls": list(asked.states.values())[-1]} if "controls" in entry.needs else {}
    view = asked.rows["actor"][0]
    found = parts(**given).filter(pl.col("actor") == view)
    found = found.select(pl.col("supplier").alias("actor"), "share", pl.col("part").fill_nan(None))
    return found.sort("part", "actor", descending=[True, False], nulls_last=True)
