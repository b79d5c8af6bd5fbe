"""World -> arrays: the one place where labels become numbers.

A *node* is a producer, (product, actor). A *slot* is where a product is taken up: by a producer as one input of its recipe, or by a
final use, (product, actor, use). A *link* carries a product from a node to a slot; domestic supply is a link too. In the base year
all flows balance: what a node makes leaves over its links, what a slot needs arrives over its links.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from ytterby.core.world import World
from ytterby.errors import DataError, InputError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-4
"""Largest gap between supply and need that counts as rounding, as a share of the product's world output."""


@dataclass(frozen=True)
class Grid:
    """A world of one base year as arrays (t/a; shapes N nodes, S slots, L links).

    products, actors, uses: the labels, in order of their number.
    node_product, node_actor (N); output, capacity (N) t/a.
    slot_product, slot_actor (S); slot_node (S): the producer it feeds, or -1; slot_use (S): the final use, or -1;
    need (S) t/a; coefficient (S) t of input per t of output (1 for a final use); essential (S) bool.
    link_node, link_slot (L); flow (L) t/a.
    """

    year: int
    products: tuple[str, ...]
    actors: tuple[str, ...]
    uses: tuple[str, ...]
    node_product: Ints
    node_actor: Ints
    output: Floats
    capacity: Floats
    slot_product: Ints
    slot_actor: Ints
    slot_node: Ints
    slot_use: Ints
    need: Floats
    coefficient: Floats
    essential: npt.NDArray[np.bool_]
    link_node: Ints
    link_slot: Ints
    flow: Floats

    def final(self) -> Ints:
        """Return the numbers of the slots that are final uses."""
        return np.flatnonzero(self.slot_use >= 0)


def grid(world: World, year: int = 2024) -> Grid:
    """Turn a world's tables of one year into arrays; raises DataError where supply and need do not match.

    Need of an input = recipe x output; trade is split over the slots of the importer by their need. Rounding in the tables is taken up
    by the needs, so that what leaves a node is its output and what reaches a slot is its need, both to machine precision.
    """
    production = _in_use(world, world["production"].filter((pl.col("year") == year) & (pl.col("t") > 0))).sort("product", "actor")
    if production.is_empty():
        raise InputError(f"no production of {year}", "table production", f"years: {sorted(set(world['production']['year']))}")
    products, actors = tuple(sorted(set(world["products"]["product"]))), tuple(sorted(set(world["actors"]["actor"])))
    uses = tuple(sorted(set(world["uses"]["use"])))
    nodes = production.select("product", "actor", "t").with_row_index("node")
    slots = _slots(world, nodes, year)
    links = _links(world, nodes, slots, year)
    flow, need = _balance(nodes, slots, links)
    return Grid(
        year=year,
        products=products,
        actors=actors,
        uses=uses,
        node_product=_number(nodes["product"], products),
        node_actor=_number(nodes["actor"], actors),
        output=nodes["t"].to_numpy().astype(float),
        capacity=_capacity(world, nodes, year),
        slot_product=_number(slots["product"], products),
        slot_actor=_number(slots["actor"], actors),
        slot_node=slots["node"].fill_null(-1).to_numpy().astype(np.int64),
        slot_use=_number(slots["use"], uses),
        need=need,
        coefficient=_coefficients(nodes, slots, need),
        essential=slots["essential"].to_numpy().astype(bool),
        link_node=links["node"].to_numpy().astype(np.int64),
        link_slot=links["slot"].to_numpy().astype(np.int64),
        flow=flow,
    )


def unbalanced(world: World, year: int = 2024) -> list[str]:
    """Return where supply and need of the base year's network do not match, as sentences; an empty list is a closed network.

    >>> unbalanced(World({}))
    []
    """
    if world["trade"].is_empty() and world["demand"].is_empty():
        return []
    try:
        grid(world, year)
    except DataError as error:
        return list(error.faults)
    return []


def _in_use(world: World, production: pl.DataFrame) -> pl.DataFrame:
    """Production of products that the tables ship or use; of others the world holds statistics only, and they are no part of the net."""
    makers = world["processes"].filter(pl.col("product").is_in(production["product"].unique().to_list()))
    inputs = world["recipes"].filter(pl.col("role") == "input").join(makers.select("process"), on="process", how="semi")["product"]
    used = pl.concat([world["trade"]["product"], world["demand"]["product"], inputs]).unique()
    return production.filter(pl.col("product").is_in(used.to_list()))


def _number(labels: pl.Series, known: tuple[str, ...]) -> Ints:
    place = {label: number for number, label in enumerate(known)}
    return np.array([-1 if label is None else place[label] for label in labels], dtype=np.int64)


def _capacity(world: World, nodes: pl.DataFrame, year: int) -> Floats:
    """Capacity of each node, at least its output; a node without a row runs full."""
    made = world["capacity"].filter(pl.col("year") == year).join(world["processes"].select("process", "product"), on="process")
    per_node = made.group_by("product", "actor", maintain_order=True).agg(pl.col("t").sum().alias("capacity"))
    joined = nodes.join(per_node, on=["product", "actor"], how="left", maintain_order="left")
    return joined.select(pl.max_horizontal("t", pl.col("capacity").fill_null(0.0))).to_series().to_numpy().astype(float)


def _slots(world: World, nodes: pl.DataFrame, year: int) -> pl.DataFrame:
    inputs = world["recipes"].filter(pl.col("role") == "input").select("process", pl.col("product").alias("input"), "t_per_t", "essential")
    process = world["processes"].select("process", "product")
    feeds = nodes.join(process, on="product").join(inputs, on="process").sort("node", "input")
    intermediate = feeds.select(
        pl.col("input").alias("product"),
        "actor",
        pl.col("node").cast(pl.Int64),
        pl.lit(None, pl.String()).alias("use"),
        (pl.col("t") * pl.col("t_per_t")).alias("need"),
        pl.col("essential").cast(pl.Boolean()),
    )
    demand = world["demand"].filter((pl.col("year") == year) & (pl.col("t") > 0)).sort("product", "actor", "use")
    final = demand.select(
        "product",
        "actor",
        pl.lit(None, pl.Int64()).alias("node"),
        "use",
        pl.col("t").alias("need"),
        pl.lit(True).alias("essential"),
    )
    return pl.concat([intermediate, final]).with_row_index("slot")


def _links(world: World, nodes: pl.DataFrame, slots: pl.DataFrame, year: int) -> pl.DataFrame:
    trade = world["trade"].filter((pl.col("year") == year) & (pl.col("t") > 0)).select("product", "exporter", "importer", "t")
    exports = trade.group_by("product", pl.col("exporter").alias("actor"), maintain_order=True).agg(pl.col("t").sum().alias("out"))
    kept = nodes.join(exports, on=["product", "actor"], how="left").with_columns(left=pl.col("t") - pl.col("out").fill_null(0.0))
    # An actor that uses a product and keeps nothing of its own output has no domestic link.
    domestic = kept.filter(pl.col("left") > 1e-9 * pl.col("t")).select("product", exporter="actor", importer="actor", t="left")
    flows = pl.concat([trade, domestic]).join(nodes.select("node", "product", exporter="actor"), on=["product", "exporter"])
    shares = slots.select("slot", "product", importer="actor", share=pl.col("need") / pl.col("need").sum().over("product", "actor"))
    return flows.join(shares, on=["product", "importer"]).select("node", "slot", t=pl.col("t") * pl.col("share")).sort("slot", "node")


def _coefficients(nodes: pl.DataFrame, slots: pl.DataFrame, need: Floats) -> Floats:
    """Input per output as the balanced flows have it (the recipe's figure to rounding); 1 for a final use."""
    node = slots["node"].fill_null(-1).to_numpy().astype(np.int64)
    output = nodes["t"].to_numpy().astype(float)
    return np.where(node >= 0, need / output[node], 1.0)


def _balance(nodes: pl.DataFrame, slots: pl.DataFrame, links: pl.DataFrame) -> tuple[Floats, Floats]:
    """Check that supply meets need, then let the last digits of the needs follow the flows."""
    output, need = nodes["t"].to_numpy().astype(float), slots["need"].to_numpy().astype(float)
    node, slot = links["node"].to_numpy().astype(np.int64), links["slot"].to_numpy().astype(np.int64)
    flow = links["t"].to_numpy().astype(float)
    leaves, arrives = np.bincount(node, flow, len(output)), np.bincount(slot, flow, len(need))
    over = np.abs(leaves - output) / _per_product(nodes["product"], output, nodes["product"])
    gap = np.where(arrives > 0, np.abs(arrives - need) / _per_product(nodes["product"], output, slots["product"]), np.inf)
    faults = [_slot_fault(slots.row(int(s), named=True), arrives[s]) for s in np.argsort(-gap)[:5] if not gap[s] <= TOLERANCE]
    faults += [_node_fault(nodes.row(int(n), named=True), leaves[n]) for n in np.argsort(-over)[:5] if over[n] > TOLERANCE]
    if faults:
        raise DataError("trade", faults)
    flow = flow * (output / leaves)[node]
    return flow, np.bincount(slot, flow, len(need)).astype(float)


def _per_product(product: pl.Series, output: Floats, of: pl.Series) -> Floats:
    total: dict[Any, float] = {}
    for label, value in zip(product, output, strict=True):
        total[label] = total.get(label, 0.0) + float(value)
    return np.array([total.get(label, np.nan) for label in of])


def _slot_fault(slot: dict[str, Any], arrives: float) -> str:
    taker = slot["use"] or "the next stage"
    return (
        f"trade: {slot['product']} for {taker} in {slot['actor']}: {arrives:.6g} t/a arrive but {slot['need']:.6g} t/a are needed. "
        "Correct production, trade or demand, or run the reconciliation."
    )


def _node_fault(node: dict[str, Any], leaves: float) -> str:
    return (
        f"trade: {node['product']} of {node['actor']}: {node['t']:.6g} t/a are made but {leaves:.6g} t/a leave for a use. "
        "Correct production, trade or demand, or run the reconciliation."
    )
