"""What the outside world still sends the allies, year by year, when a scenario's controls are in force.

Everyone who is no ally keeps the base year's claims: a supplier outside rations all its customers alike. Each link carries

    base flow x share let through by the controls x running share of the exporter,

and a plant outside runs at its scarcest essential input (Leontief), so a control that starves a partner's plant reaches the allies too.
"""

import datetime
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from ytterby.core.grid import Floats, Grid, Ints
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.extras import Hosts

Flags = npt.NDArray[np.bool_]


def let_through(grid: Grid, frame: pl.DataFrame, years: Sequence[int]) -> Floats:
    """Return the share of each link's base flow that controls let through: (years, links), 1 where the frame has no row.

    frame: year, product, exporter, importer, share, as ytterby.dynamics.shocks.availability gives it.
    """
    share = np.ones((len(years), len(grid.flow)))
    links = pl.DataFrame(
        {
            "product": np.array(grid.products)[grid.node_product[grid.link_node]],
            "exporter": np.array(grid.actors)[grid.node_actor[grid.link_node]],
            "importer": np.array(grid.actors)[grid.slot_actor[grid.link_slot]],
        }
    ).with_row_index("link")
    listed = frame.filter(pl.col("year").is_in(list(years))).join(links, on=["product", "exporter", "importer"])
    place = {year: number for number, year in enumerate(years)}
    rows = np.array([place[year] for year in listed["year"]], dtype=np.int64)
    share[rows, listed["link"].to_numpy().astype(np.int64)] = np.clip(listed["share"].to_numpy(), 0.0, 1.0)
    return share


def running(grid: Grid, share: Floats, allied: Flags, hosts: Hosts | None = None) -> Floats:
    """Return the running share of each node of the outside world, from 0 to 1: (..., nodes) for shares (..., links).

    allied: flags per actor. Allied plants count as running: what they send outside is a share of what they make (template.py).
    hosts: a by-product is at most ratio x what its host makes.
    """
    lead = share.shape[:-1]
    flow = (grid.flow * share).reshape(-1, len(grid.flow))
    arrive = sparse.csr_array(
        (np.ones(len(grid.flow)), (np.arange(len(grid.flow)), grid.link_slot)), shape=(len(grid.flow), len(grid.need))
    )
    fed = np.flatnonzero(grid.essential & (grid.slot_node >= 0) & (grid.need > 0))
    fed = fed[np.argsort(grid.slot_node[fed], kind="stable")]
    plant, first = np.unique(grid.slot_node[fed], return_index=True)
    free = ~allied[grid.node_actor[plant]]
    rate = np.ones((len(flow), len(grid.output)))
    capped, tied = _tied(grid, hosts, allied)
    sold = sales(grid, share).reshape(len(flow), -1)
    for _ in range(len(grid.products) + 1 if len(plant) or len(capped) else 0):
        new = rate.copy()
        if len(plant):
            supplied = np.asarray((flow * rate[:, grid.link_node]) @ arrive)[:, fed] / grid.need[fed]
            scarcest = np.minimum.reduceat(np.where(supplied > 1 - 1e-9, 1.0, supplied), first, axis=1)
            new[:, plant[free]] = scarcest[:, free]
        if len(capped):
            new[:, capped] = np.minimum(new[:, capped], np.asarray((rate * sold) @ tied))
        if np.array_equal(new, rate):
            break
        rate = new
    return rate.reshape(*lead, -1)


def sales(grid: Grid, share: Floats) -> Floats:
    """Return which share of its base output each node can still sell, (..., nodes): what it cannot sell it does not make."""
    leave = sparse.csr_array((grid.flow, (np.arange(len(grid.flow)), grid.link_node)), shape=(len(grid.flow), len(grid.output)))
    sold = np.asarray(share.reshape(-1, len(grid.flow)) @ leave) / grid.output
    return sold.reshape(*share.shape[:-1], -1)


def _tied(grid: Grid, hosts: Hosts | None, allied: Flags) -> tuple[Ints, sparse.csr_array]:
    """By-products outside, and what each node's running share allows them to run at, (nodes, by-products)."""
    if hosts is None or not len(hosts.node):
        return np.zeros(0, dtype=np.int64), sparse.csr_array((len(grid.output), 0))
    free = ~allied[grid.node_actor[hosts.node]]
    capped, place = np.unique(hosts.node[free], return_inverse=True)
    ratio = hosts.ratio[free] * grid.output[hosts.host[free]] / grid.output[hosts.node[free]]
    return capped, sparse.csr_array((ratio, (hosts.host[free], place)), shape=(len(grid.output), len(capped)))


def demand_factor(grid: Grid, scenario: Scenario, years: Sequence[int]) -> Floats:
    """Return demand as a multiple of the base year's: (years, slots); a demand shock counts for the part of the year that it lasts."""
    factor = np.ones((len(years), len(grid.need)))
    for shock in (shock for shock in scenario.shocks if shock.kind == "demand"):
        touched = _touched(grid.slot_product, grid.products, shock.products) & (grid.slot_use >= 0)
        touched &= np.array([shock.actor in ("*", actor) for actor in grid.actors])[grid.slot_actor]
        for number, year in enumerate(years):
            factor[number, touched] *= max(0.0, 1 + shock.figure("severity") * in_force(shock, year))
    return factor


def _touched(number: Ints, labels: Sequence[str], wanted: Sequence[str]) -> Flags:
    return np.array([label in wanted or "*" in wanted for label in labels], dtype=bool)[number]


def in_force(shock: Shock, year: int) -> float:
    """Return the share of a calendar year in which a shock is in force.

    >>> in_force(Shock("demand", "JPN", (), ("ore",), datetime.date(2025, 7, 2), datetime.date(2025, 9, 12)), 2025)
    0.2
    """
    first, after = datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1)
    start = max(first, shock.start)
    end = min(after, shock.end + datetime.timedelta(days=1)) if shock.end else after
    return max(0, (end - start).days) / (after - first).days


def touched_products(
    world: World, grid: Grid, short: Flags, scenarios: Sequence[Scenario], beside: Sequence[tuple[str, str]] = ()
) -> set[str]:
    """Return the products that a control or shock reaches, and all that are linked with them by a recipe, up or down the chain.

    short: links that ever carry less than their base flow. beside: other pairs that are linked.
    """
    found = {grid.products[number] for number in np.unique(grid.node_product[grid.link_node[short]])}
    found |= {product for scenario in scenarios for shock in scenario.shocks for product in shock.products if product in grid.products}
    pairs = world["recipes"].join(world["processes"].select("process", main="product"), on="process").select("product", "main").rows()
    pairs = [*pairs, *beside]
    size = -1
    while size != len(found):
        size = len(found)
        found |= {product for pair in pairs if found & set(pair) for product in pair}
    return found
