"""A network given link by link, as firm-level and product-level data are: two Parquet files -> Grid.

producers.parquet   producer (a number or a text, once each), product, actor (the country that it works in), capacity (t/a, may be absent)
links.parquet       supplier, buyer (producers; no buyer: a final use), actor and use (of a final use), t (t/a)

What a producer makes is what leaves over its links; what it needs of each product is what reaches it, so that the base year balances by
itself. Each producer has coefficients of its own (t of input per t of output); all inputs are essential.
"""

from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ytterby.core.grid import Floats, Grid, Ints
from ytterby.core.world import World
from ytterby.errors import InputError

PRODUCERS, LINKS = "producers.parquet", "links.parquet"
COLUMNS = {PRODUCERS: ("producer", "product", "actor"), LINKS: ("supplier", "buyer", "actor", "use", "t")}
PLAIN = ("substitution", "recipes", "processes")
"""Tables that tell of a product everywhere; in such a network each producer tells for itself."""


def load_links(folder: str | Path, world: World) -> tuple[World, Grid]:
    """Load a network from its two files; returns the world with its products, actors and uses, and the grid.

    Of the world stay the model's parameters, stocks, values, blocs. Raises InputError for an absent file or column, a producer that is
    unknown, told twice or delivers nothing, a link without a positive t, and a final use without actor and use.
    """
    producers, links = (_read(Path(folder) / name) for name in (PRODUCERS, LINKS))
    twice = producers.filter(pl.col("producer").is_duplicated())
    if twice.height:
        raise InputError(f"producer {twice['producer'][0]} stands there twice", PRODUCERS, "give each producer one row")
    world = _with_labels(world, producers, links)
    return world, _grid(producers, links, *(tuple(sorted(set(world[f"{name}s"][name]))) for name in ("product", "actor", "use")))


def digest(folder: str | Path) -> str:
    """Return a hash of both files: what must be the same for a run to be gone on with."""
    found = []
    for name in (PRODUCERS, LINKS):
        with (Path(folder) / name).open("rb") as file:
            found.append(file_digest(file, "sha256").hexdigest())
    return " ".join(found)


def _read(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"not a Parquet file: {str(error).splitlines()[0]}", str(path), "see docs/stress.md for its columns") from None
    for name in COLUMNS[path.name]:
        if name not in frame.columns:
            raise InputError(f"no column '{name}'", str(path), f"it needs: {', '.join(COLUMNS[path.name])}")
    return frame


def _with_labels(world: World, producers: pl.DataFrame, links: pl.DataFrame) -> World:
    """The world with the network's names beside its own, and without what its tables tell of flows and recipes."""
    new: dict[str, dict[str, Any]] = {
        "products": {"product": producers["product"], "material": "", "stage": "", "counts": "as given"},
        "actors": {"actor": pl.concat([producers["actor"], links["actor"].drop_nulls().cast(producers["actor"].dtype)]), "kind": "company"},
        "uses": {"use": links["use"].drop_nulls(), "priority": "other", "basis": "missing", "source": ""},
    }
    tables = {name: world[name].clear() for name in (*PLAIN, "production", "trade", "demand", "capacity")}
    for table, columns in new.items():
        key = next(iter(columns))
        names = pl.Series(key, columns.pop(key)).cast(pl.String).unique().sort()
        added = pl.DataFrame({key: names, "name": names}).with_columns(**{name: pl.lit(value) for name, value in columns.items()})
        tables[table] = pl.concat([world[table], added.join(world[table], on=key, how="anti")], how="diagonal_relaxed")
    return world.with_tables(tables)


def _grid(producers: pl.DataFrame, links: pl.DataFrame, products: tuple[str, ...], actors: tuple[str, ...], uses: tuple[str, ...]) -> Grid:
    node_product, node_actor = _number(producers["product"], products), _number(producers["actor"], actors)
    flow = links["t"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    if (wrong := np.flatnonzero(~((flow > 0) & np.isfinite(flow)))).size:
        raise InputError(f"t is {links['t'][int(wrong[0])]}", f"{LINKS}, row {wrong[0]}", "give t/a above 0, or drop the link")
    supplier, buyer = _places(links["supplier"], producers["producer"]), _places(links["buyer"], producers["producer"])
    if (lost := np.flatnonzero(supplier < 0)).size:
        raise InputError("a link without a supplier", f"{LINKS}, row {lost[0]}", "name a producer")
    actor, use = _number(links["actor"], actors), _number(links["use"], uses)
    if (lost := np.flatnonzero((buyer < 0) & ((actor < 0) | (use < 0)))).size:
        raise InputError("a final use without actor and use", f"{LINKS}, row {lost[0]}", "give both, or a buyer")
    # One number for each place of use: the buyers' inputs first, then the final uses; both in order.
    product, width = node_product[supplier], len(products)
    final = len(node_product) * width + (product * len(actors) + actor) * max(1, len(uses)) + use
    keys, slot = np.unique(np.where(buyer >= 0, buyer * width + product, final), return_inverse=True)
    order = np.lexsort((supplier, slot))
    flow, supplier, slot = flow[order], supplier[order], slot[order].astype(np.int64)
    output, need = (np.bincount(of, flow, count).astype(float) for of, count in ((supplier, len(node_product)), (slot, len(keys))))
    if (idle := np.flatnonzero(output <= 0)).size:
        raise InputError(f"producer {producers['producer'][int(idle[0])]} delivers nothing", PRODUCERS, "drop it, or give its links")
    feeds = keys < len(node_product) * width
    rest = keys - len(node_product) * width
    place = rest // max(1, len(uses))
    node = np.where(feeds, keys // width, -1)
    slot_product = np.where(feeds, keys % width, place // len(actors))
    capacity = producers["capacity"].cast(pl.Float64).fill_null(0.0).to_numpy() if "capacity" in producers.columns else 0.0
    return Grid(
        year=2024,
        products=products,
        actors=actors,
        uses=uses,
        node_product=node_product,
        node_actor=node_actor,
        output=output,
        capacity=np.maximum(output, capacity),
        slot_product=slot_product,
        slot_actor=np.where(feeds, node_actor[node], place % len(actors)),
        slot_node=node,
        slot_use=np.where(feeds, -1, rest % max(1, len(uses))),
        need=need,
        coefficient=_coefficient(need, output, node),
        essential=np.ones(len(keys), dtype=bool),
        link_node=supplier,
        link_slot=slot,
        flow=flow,
    )


def _coefficient(need: Floats, output: Floats, node: Ints) -> Floats:
    return np.where(node >= 0, need / output[node], 1.0)


def _number(labels: pl.Series, known: tuple[str, ...]) -> Ints:
    """The number of each label among those known; -1 where there is none."""
    return _places(labels.cast(pl.String), pl.Series(known, dtype=pl.String))


def _places(names: pl.Series, known: pl.Series) -> Ints:
    """Where each name stands among those known; -1 where there is none. An InputError for a name that is not known."""
    table = pl.DataFrame({"name": known}).with_row_index("place")
    given = pl.DataFrame({"name": names.cast(known.dtype)})
    place = given.join(table, on="name", how="left", maintain_order="left")["place"]
    unknown = place.is_null() & given["name"].is_not_null()
    if unknown.any():
        row = int(unknown.arg_true()[0])
        raise InputError(f"unknown {names.name} {given['name'][row]}", f"{LINKS}, row {row}", f"add it to {PRODUCERS}, or correct it")
    return place.cast(pl.Int64).fill_null(-1).to_numpy()
