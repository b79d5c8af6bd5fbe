"""The state of the weekly model, and what a week reports."""

from dataclasses import dataclass

import numpy as np

from ytterby.core.grid import Floats, Ints
from ytterby.dynamics.network import Matrix, Network, gather


@dataclass
class State:
    """What one week hands to the next (D draws, last axis).

    stock X (S, D), t. coming (R, S, D): goods under way by week of arrival, row = week modulo R. finished Y (N, D), t. plan (N, D): orders
    received last week, t/week. weights w (L, D). queue (n, C, D), permits (C, D): orders waiting for, or holding, a licence on the C
    licensed links; bank (C, D): orders filed beyond normal so far, t. reserve (G, D): government stock, t. cover n (S, D): normal stock in
    weeks of need.
    price (2 P or 0, D): ln(p / p0) of each product, where no control shuts out, then outside the controls. demand_elasticity,
    supply_elasticity (D). short (K, D): weeks in which the slot of a substitution pair lacked goods; replaced (K, D): what the other gave
    last week, t. made (N, D): last week's output. in_use (S, D): goods in use, t; scrap (S, D): what comes back as product this week, t.
    triggered (N, D): weeks since the price began new capacity. Those that a network does not need have no rows.
    """

    stock: Floats
    coming: Floats
    finished: Floats
    plan: Floats
    weights: Floats
    queue: Floats
    permits: Floats
    bank: Floats
    reserve: Floats
    cover: Floats
    licensed: Ints
    licensed_slot: Matrix
    price: Floats
    demand_elasticity: Floats
    supply_elasticity: Floats
    short: Floats
    replaced: Floats
    made: Floats
    in_use: Floats
    scrap: Floats
    triggered: Floats
    moved: bool = False


@dataclass(frozen=True)
class Week:
    """What happened in a week, t: made U (N, D), used (S, D), wanted by all slots (S, D), shipped F (L, D), inflow (S, D).

    wanted: at the base price, less what a substitute replaced; so what a high price drives out counts as missing.
    """

    made: Floats
    used: Floats
    wanted: Floats
    shipped: Floats
    inflow: Floats


def initial_state(net: Network, cover: Floats, reserve: Floats, licensed: Ints) -> State:
    """Return the base year's fixed point with stocks of `cover` weeks (S, D) and government stocks of `reserve` t (G, D)."""
    draws, rules = cover.shape[1], net.settings
    coming = np.zeros((int(net.lag.max()) + 1 + rules.transshipment_weeks, len(net.need), draws))
    for lag, arrivals in net.arrivals:
        coming[:lag] += arrivals @ np.repeat(net.flow[:, None], draws, axis=1)

    def constant(values: Floats, wanted: bool = True) -> Floats:
        """Values that are the same in all draws; without rows where the network does not need them."""
        return np.repeat(values[: len(values) if wanted else 0, None], draws, axis=1)

    pairs = np.zeros((len(net.substitutes.slot), draws))
    return State(
        stock=cover * net.need[:, None],
        coming=coming,
        finished=np.zeros((len(net.output), draws)),
        plan=constant(net.output),
        weights=constant(net.share),
        queue=np.zeros((rules.licence_stages, len(licensed), draws)),
        permits=np.zeros((len(licensed), draws)),
        bank=np.zeros((len(licensed), draws)),
        reserve=reserve.copy(),
        cover=cover,
        licensed=licensed,
        licensed_slot=gather(net.grid.link_slot[licensed], len(net.need)),
        price=np.zeros((2 * len(net.grid.products) if rules.priced else 0, draws)),
        demand_elasticity=np.full(draws, rules.demand_elasticity),
        supply_elasticity=np.full(draws, rules.supply_elasticity),
        short=pairs,
        replaced=pairs.copy(),
        made=constant(net.output, len(net.hosts.node) > 0),
        in_use=constant(np.where(net.grid.slot_use >= 0, net.need * rules.recycling_weeks, 0.0), rules.recycles),
        scrap=constant(np.zeros_like(net.need), rules.recycles),
        triggered=constant(np.zeros_like(net.output), rules.expands),
    )
