"""What some networks have and others lack: substitutes, by-products bound to a host, times to build, who is served first.

Compiled from the world's tables `substitution`, `recipes` (role output) and `processes`; without rows nothing of it acts.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from ytterby.core.grid import Floats, Grid, Ints
from ytterby.core.world import World
from ytterby.errors import InputError

RULES = ("proportional", "domestic first", "defence first", "contract first", "smallest first")
"""Who is served first when a producer has too little, by the number that the parameter `rationing` gives."""
YEAR = 365.0 / 7.0


@dataclass(frozen=True)
class Substitutes:
    """K pairs: what slot `slot` lacks, slot `other` (-1: a good outside the network) replaces up to a share of need, `lag` weeks late."""

    slot: Ints
    other: Ints
    share: Floats
    lag: Floats


@dataclass(frozen=True)
class Hosts:
    """H by-products: node `node` makes at most `ratio` (t/t) of what node `host` of the same country made the week before."""

    node: Ints
    host: Ints
    ratio: Floats


def substitutes(world: World, net: Grid) -> Substitutes:
    """Return the pairs of the table `substitution` on a grid: final uses by use, inputs by the process that takes them up.

    A substitute that is a product of the network and taken up at the same place is drawn from there, tonne for tonne; any other comes
    from outside. A product replaced by two substitutes takes each after its own lag. Unknown use: InputError.
    """
    uses = set(world["uses"]["use"])
    outputs = dict(world["processes"].select("process", "product").iter_rows())
    place = {key: slot for slot, key in enumerate(_places(net))} if world["substitution"].height else {}
    found = []
    for product, use, other, share, lag in world["substitution"].select("product", "use", "substitute", "share", "lag").iter_rows():
        if use not in uses and use not in outputs:
            raise InputError(f"unknown use '{use}'", f"table substitution, product {product}", "give a use or a process")
        taker = use if use in uses else outputs[use]
        for actor in net.actors:
            if (slot := place.get((product, actor, taker))) is not None:
                found.append((slot, place.get((other, actor, taker), -1), share, lag))
    columns = np.array(found, float).reshape(-1, 4).T
    return Substitutes(columns[0].astype(np.int64), columns[1].astype(np.int64), columns[2].copy(), columns[3].copy())


def _places(net: Grid) -> list[tuple[str, str, str]]:
    """(product, actor, final use or output product) of each slot."""
    takers = [
        net.uses[use] if use >= 0 else net.products[net.node_product[node]] for use, node in zip(net.slot_use, net.slot_node, strict=True)
    ]
    return [
        (net.products[product], net.actors[actor], taker)
        for product, actor, taker in zip(net.slot_product, net.slot_actor, takers, strict=True)
    ]


def hosts(world: World, net: Grid) -> Hosts:
    """Return the by-products: rows of `recipes` with role output, of a process whose main product the same country makes.

    A country whose base output is above the table's ratio keeps its own: what it did in the base year it can do.
    """
    labels = zip(net.node_product, net.node_actor, strict=True) if world["recipes"].height else ()
    place = {(net.products[product], net.actors[actor]): node for node, (product, actor) in enumerate(labels)}
    rows = sorted(
        (place[product, actor], place[host, actor], ratio)
        for product, host, ratio in by_products(world)
        for actor in net.actors
        if (product, actor) in place and (host, actor) in place
    )
    node, host, ratio = zip(*rows, strict=True) if rows else ((), (), ())
    by, main = np.array(node, np.int64), np.array(host, np.int64)
    return Hosts(by, main, np.maximum(np.array(ratio, float), net.output[by] / net.output[main]))


def by_products(world: World) -> list[tuple[str, str, float]]:
    """Return (by-product, host, t of it per t of the host) of the table `recipes`: rows of role output beside the main product.

    >>> by_products(World({}))
    []
    """
    outputs = world["recipes"].filter(pl.col("role") == "output")
    pairs = outputs.join(world["processes"].select("process", host="product"), on="process").filter(pl.col("host") != pl.col("product"))
    return pairs.select("product", "host", "t_per_t").sort("product", "host").rows()


def building_weeks(world: World, net: Grid) -> tuple[Floats, Floats]:
    """Return (lead, ramp) of each node in weeks: from a decision to first output, from there to full output; 0 where no row says."""
    known = world["processes"].group_by("product").agg(pl.col("lead_time").max(), pl.col("ramp").max())
    times = {product: (lead * YEAR, ramp * YEAR) for product, lead, ramp in known.iter_rows()}
    rows = [times.get(net.products[product], (0.0, 0.0)) for product in net.node_product]
    weeks = np.array(rows, float).reshape(-1, 2)
    return weeks[:, 0].copy(), np.maximum(1.0, weeks[:, 1])


def served_first(rule: int, net: Grid, defence: npt.NDArray[np.bool_]) -> Ints:
    """Return 1 for each link that a rationing rule serves before the others, else 0 (L)."""
    if rule == RULES.index("domestic first"):
        home = net.node_actor[net.link_node] == net.slot_actor[net.link_slot]
        return np.asarray(home, dtype=np.int64)
    if rule == RULES.index("defence first"):
        return np.asarray(defence[net.link_slot], dtype=np.int64)
    return np.zeros(len(net.link_node), dtype=np.int64)
