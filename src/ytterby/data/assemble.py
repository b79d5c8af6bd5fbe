"""From what the loaders gave to a whole world: pick, split the magnet chain by element, close the balances, add what is typical."""

from collections.abc import Mapping

import polars as pl

from ytterby.core import schema
from ytterby.core.vintage import PICKED, pick
from ytterby.core.world import World
from ytterby.data import chain, closed, elements, flows, network

READ = ("observations", "customs", "scores", "salient", "outlook", "published")
"""Tables that loaders give."""
BUILT = (*READ, *PICKED, "demand", "trade", "corrections")
"""Tables that a build makes in full; all others are kept by hand, but for the rows of closed.OURS."""
AGGREGATES = ("rare_earths", "magnet_rare_earths")
"""Materials counted together that the magnet chain holds element by element: closing them too would count them twice."""
SPECIAL_CHAINS = (("bauxite_mine", "alumina_refined", "aluminium_metal"),)
"""Chains whose stages are different materials; all other chains are a material's products in the order of the stages."""


def assemble(read: Mapping[str, pl.DataFrame], base: World) -> tuple[World, list[str]]:
    """Return the world made of the loaders' tables and a base world's curated ones, and sentences on what was left out.

    What cannot be built for want of a source stays empty.
    """
    notes: list[str] = []
    tables = {name: _own(name, frame) for name, frame in base.items() if name not in BUILT}
    for name in READ:
        if name in schema.tables():
            tables[name] = _known_actors(name, _once(name, read.get(name, _empty(name)), notes), tables["actors"], notes)
    for name in PICKED:
        tables[name] = _pick(tables, name)
    tables["production"] = pl.concat([tables["production"], elements.split(tables["production"])])
    tables |= _magnets(tables, notes)
    tables |= _others(tables)
    return World({name: _settled(name, frame) for name, frame in tables.items()}), notes


def _own(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(~pl.col("source").is_in(closed.OURS)) if name in ("recipes", "processes", "stocks") else frame


def _empty(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema={column.name: schema.DTYPES[column.dtype] for column in schema.columns(name)})


def _once(name: str, frame: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    """Drop rows that a second file gives again (the first file counts) and say how many."""
    keys = [column.name for column in schema.columns(name) if column.key]
    kept = frame.unique(keys, keep="first", maintain_order=True)
    if kept.height < frame.height:
        notes.append(f"{name}: {frame.height - kept.height} rows come twice; those of the first file count.")
    return kept.sort(keys)


def _known_actors(name: str, frame: pl.DataFrame, actors: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    """Drop rows of places that are no economies of the world (stateless ships' stores, former countries) and say which."""
    for column in ("actor", "exporter", "importer"):
        if column in frame.columns:
            known = pl.col(column).is_in(actors["actor"].to_list())
            lost = frame.filter(~known)
            if lost.height:
                places = ", ".join(sorted(lost[column].unique().to_list()))
                notes.append(f"{name}: {lost.height} rows of {places} are left out; table actors does not have them.")
            frame = frame.filter(known)
    return frame


def _pick(tables: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
    picked = pick(tables["observations"], tables["sources"], name)
    return picked.drop("low", "high").rename({"product": "process"}) if name == "capacity" else picked


def _magnets(tables: Mapping[str, pl.DataFrame], notes: list[str]) -> dict[str, pl.DataFrame]:
    """Production, demand and trade of the magnet chain, element by element."""
    made = chain.production(tables["outlook"])
    if made.is_empty():
        notes.append("production: no anchor of the magnet chain (IEA supply), so it is not split by element.")
        return {name: _empty(name) for name in ("demand", "trade")}
    demand = flows.demand(made)
    trade = flows.trade(tables["customs"], made, demand)
    production = pl.concat([_like("production", tables["production"]), _like("production", made)])
    return {"production": production, "demand": _like("demand", demand), "trade": _like("trade", trade)}


def _like(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return schema.cast(name, frame)


def chains(products: pl.DataFrame, stages: pl.DataFrame, done: set[str]) -> list[tuple[str, ...]]:
    """Return the chains of products, mine first, that are to be closed: all but those already in balance.

    >>> rows = pl.DataFrame({"product": ["x_refined", "x_mine"], "material": "x", "stage": ["separation", "mine"]})
    >>> chains(rows, pl.DataFrame({"stage": ["mine", "separation"], "place": [1, 2]}), set())
    [('x_mine', 'x_refined')]
    """
    special = [chain for chain in SPECIAL_CHAINS if set(chain) <= set(products["product"])]
    inside = {product for chain in special for product in chain} | done
    ordered = products.join(stages.select("stage", "place"), on="stage", validate="m:1").sort("material", "place", "product")
    plain = ordered.filter(~pl.col("product").is_in(list(inside))).group_by("material", maintain_order=True).agg("product")
    return [*special, *(tuple(chain) for chain in plain["product"])]


def _others(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Close the balances of all other chains; what they add to each table is in closed.py."""
    year, done = chain.YEAR, set(tables["demand"]["product"]) | set(tables["trade"]["product"])
    made = tables["production"].filter(pl.col("year") == year)["product"].unique().to_list()
    kinds = {name: name in AGGREGATES or name in elements.ELEMENTS.values() for name in tables["products"]["material"]}
    open_ = tables["products"].filter(pl.col("product").is_in(made) & ~pl.col("material").replace_strict(kinds, return_dtype=pl.Boolean))
    todo = chains(open_, tables["stages"], done)
    return closed.tables_of(tables, network.close(tables, year, todo), year)


def _settled(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A built table in the order of its keys, to nine significant digits: more than any source has, and enough for flows to add up."""
    if name not in BUILT:
        return frame
    keys = [column.name for column in schema.columns(name) if column.key]
    return schema.cast(name, frame).with_columns(pl.col(pl.Float64).round_sig_figs(9)).sort(keys)
