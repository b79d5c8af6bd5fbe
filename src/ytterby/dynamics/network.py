"""Grid and settings compiled into what the weekly step needs: weekly masses, lags, and sums as sparse matrices.

Units from here on: tonnes and weeks of 7 days (a year has 365/7 of them).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ytterby.core.grid import Floats, Grid, Ints, grid
from ytterby.core.world import World
from ytterby.dynamics.extras import Hosts, Substitutes, building_weeks, hosts, served_first, substitutes
from ytterby.dynamics.settings import Settings, settings

WEEK = 7.0 / 365.0
"""Years per week."""

Matrix = Any
"""A scipy CSR matrix; its product with a (rows, draws) array adds rows in a fixed order, so results do not depend on the draws beside."""


@dataclass(frozen=True)
class Network:
    """The base year as weekly arrays (N nodes, S slots, L links, P products, G reserves = (product, actor) pairs).

    output, capacity (N): t/week, what a node makes and can make. need (S): t/week. share (L): w0, the part of a slot's need that a link
    brings. flow (L): t/week. lag (L): whole weeks from shipment to use. spare (L): its node's idle capacity, t/week.
    by_node (N x L), by_slot (S x L): sums over links; slot_share, slot_lag: by_slot with these weights.
    arrivals: per lag, its sum of links by slot. node_product (P x N), slot_product (P x S), reserve_product (P x G): sums by product;
    reserve_slot (G x S): sums of slots by product and actor.
    substitutes, hosts, lead, ramp (N, weeks), first (L): see extras.py.
    feeding: the slots that feed producers, sorted by producer; fed: those producers; starts: where each begins in `feeding`.
    """

    grid: Grid
    settings: Settings
    output: Floats
    capacity: Floats
    need: Floats
    share: Floats
    flow: Floats
    lag: Ints
    spare: Floats
    by_node: Matrix
    by_slot: Matrix
    arrivals: tuple[tuple[int, Matrix], ...]
    node_product: Matrix
    slot_product: Matrix
    reserve_product: Matrix
    reserve_slot: Matrix
    slot_reserve: Ints
    feeding: Ints
    fed: Ints
    starts: Ints
    final: Ints
    defence: npt.NDArray[np.bool_]
    substitutes: Substitutes
    hosts: Hosts
    lead: Floats
    ramp: Floats
    first: Ints

    @cached_property
    def slot_share(self) -> Matrix:
        """Return the sums over a slot's links, each times its share."""
        return gather(self.grid.link_slot, len(self.need), weight=self.share)

    @cached_property
    def slot_lag(self) -> Matrix:
        """Return the sums over a slot's links, each times its lag."""
        return gather(self.grid.link_slot, len(self.need), weight=self.lag.astype(float))


def network(world: World, given: Grid | None = None) -> Network:
    """Compile a world of its base year for the weekly model; raises InputError or DataError where `grid` does.

    given: the grid, where it does not follow from the world's tables of flows (core/links.py).
    """
    net, rules = grid(world) if given is None else given, settings(world)
    links, nodes, slots = len(net.flow), len(net.output), len(net.need)
    flow = net.flow * WEEK
    by_node, by_slot = gather(net.link_node, nodes), gather(net.link_slot, slots)
    output, need = _column(by_node, flow), _column(by_slot, flow)
    capacity = np.maximum(output, output + rules.spare_share * (net.capacity * WEEK - output))
    home = net.node_actor[net.link_node] == net.slot_actor[net.link_slot]
    lag = np.where(home, rules.domestic_weeks, rules.transit_weeks).astype(np.int64)
    pairs, slot_reserve = np.unique(net.slot_product * len(net.actors) + net.slot_actor, return_inverse=True)
    share, spare = flow / need[net.link_slot], (capacity - output)[net.link_node]
    feeding = np.flatnonzero(net.slot_node >= 0)
    feeding = feeding[np.argsort(net.slot_node[feeding], kind="stable")]
    fed, starts = np.unique(net.slot_node[feeding], return_index=True)
    guarded = [use for use, priority in world["uses"].select("use", "priority").iter_rows() if priority == "defence"]
    defence = np.isin(net.slot_use, [net.uses.index(use) for use in guarded])
    lead, ramp = building_weeks(world, net)
    return Network(
        grid=net,
        settings=rules,
        output=output,
        capacity=capacity,
        need=need,
        share=share,
        flow=flow,
        lag=lag,
        spare=spare,
        by_node=by_node,
        by_slot=by_slot,
        arrivals=tuple((int(weeks), gather(net.link_slot, slots, lag == weeks)) for weeks in np.unique(lag)) if links else (),
        node_product=gather(net.node_product, len(net.products)),
        slot_product=gather(net.slot_product, len(net.products)),
        reserve_product=gather(pairs // len(net.actors), len(net.products)),
        reserve_slot=gather(slot_reserve, len(pairs)),
        slot_reserve=slot_reserve.astype(np.int64),
        feeding=feeding,
        fed=fed,
        starts=starts.astype(np.int64),
        final=net.final(),
        defence=defence,
        substitutes=substitutes(world, net),
        hosts=hosts(world, net),
        lead=lead,
        ramp=ramp,
        first=served_first(rules.rationing, net, defence),
    )


def gather(row: Ints, rows: int, kept: npt.NDArray[np.bool_] | None = None, weight: Floats | None = None) -> Matrix:
    """Return the matrix that adds up column c, times its weight, into row[c], for all columns or those kept.

    >>> gather(np.array([0, 1, 0]), 2).toarray().tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    column = np.arange(len(row)) if kept is None else np.flatnonzero(kept)
    values = np.ones(len(row)) if weight is None else weight
    return sparse.csr_array((values[column], (row[column], column)), shape=(rows, len(row)))


def _column(matrix: Matrix, values: Floats) -> Floats:
    """Multiply in the very order in which the weekly step does, so that the base year is its fixed point to the last digit."""
    return np.asarray(matrix @ values[:, None])[:, 0]
