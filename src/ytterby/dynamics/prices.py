"""Prices per product and side of the controls, equation (10), and what they do to demand, to idle capacity and to new capacity.

    ln p_m += kappa_1 (unmet_m - surplus_m) / ref_m + kappa_2 (N*_m - X_m) / max(N*_m, X_m)                             (10)
              m = (product, outside or inside the controls); unmet: asked for and not shipped to takers of m; surplus: what producers of m
              would sell at p and can make, less what they are asked to; X: stock, N* = sum of n_s r_s: normal stock; ref: base need
    demand    D = D0 (p (1 + t))^eps_d of final uses; t: tariffs and the premium on third-country trade, averaged over base suppliers
    supply    K' = min(K, U0 (p)^eps_s) where eps_s > 0; where it is 0 all idle capacity works at any price
    building  from the week in which p passes p_build: K += g K0 min(1, (weeks since - lead) / ramp)                    (9)

Where a price rests, unmet = surplus: iso-elastic supply and demand cross there, p/p0 = (1 - q)^(1 / (eps_d - eps_s)) after a cut of q.
What is unmet of an input counts by p^eps_d, as its buyers could pay less and less of it; prices of inputs do not pass on to the products
made from them. Every price is relative to the base year's. Excess demand moving a price:
Samuelson (1941), Econometrica 9(2), 97; stock below normal raising it: Deaton & Laroque (1992), Rev. Econ. Stud. 59(1), 1.
"""

from dataclasses import dataclass

import numpy as np

from ytterby.core.grid import Floats, Ints
from ytterby.dynamics.network import Matrix, Network, gather
from ytterby.dynamics.state import State


@dataclass(frozen=True)
class Markets:
    """The market of each slot (S) and node (N): product + P if its country is a target of a control on it. Sums by market (2 P rows)."""

    slot: Ints
    node: Ints
    by_slot: Matrix
    by_node: Matrix
    reference: Floats


def markets(net: Network, targets: Ints) -> Markets:
    """Split each product's market: `targets` holds product x number of actors + actor of those that a control shuts out."""
    flat, count = net.grid, len(net.grid.products)
    actors = len(flat.actors)
    slot = flat.slot_product + count * np.isin(flat.slot_product * actors + flat.slot_actor, targets)
    node = flat.node_product + count * np.isin(flat.node_product * actors + flat.node_actor, targets)
    by_slot, by_node = gather(slot, 2 * count), gather(node, 2 * count)
    # A market in which nobody takes anything up is measured by what is made there.
    reference = np.maximum(by_slot @ net.need, by_node @ net.output)
    return Markets(slot, node, by_slot, by_node, np.where(reference > 0.0, reference, 1.0))


def price_factor(state: State, place: Markets | None, dearer: Floats | None) -> Floats | float:
    """(p (1 + t))^eps_d of each slot (S, D); 1 where nothing moves it."""
    factor: Floats | float = 1.0
    if place is not None and len(state.price):
        factor = np.exp(state.demand_elasticity * state.price)[place.slot]
    if dearer is not None:
        factor = factor * np.exp(state.demand_elasticity * dearer)
    return factor


def built(net: Network, state: State) -> Floats:
    """New capacity (N, D), t/week, that high prices have brought so far."""
    done = np.clip((state.triggered - net.lead[:, None]) / net.ramp[:, None], 0.0, 1.0)
    return (net.settings.expansion_share * net.capacity)[:, None] * done


def offered(state: State, place: Markets, base: Floats, capacity: Floats) -> Floats:
    """What producers (N, D) would sell at the price: base output x p^eps_s, at most their capacity."""
    return np.minimum(capacity, base * np.exp(state.supply_elasticity * state.price)[place.node])


def move_prices(net: Network, state: State, place: Markets, unmet: Floats, surplus: Floats, wanted: Floats) -> None:
    """Equation (10), in place: unmet, wanted (S, D) and surplus (N, D) of the week, t."""
    rules = net.settings
    bids = np.where((net.grid.slot_use >= 0)[:, None], unmet, unmet * np.exp(state.demand_elasticity * state.price)[place.slot])
    excess = (place.by_slot @ bids - place.by_node @ surplus) / place.reference[:, None]
    normal, held = place.by_slot @ (state.cover * wanted), place.by_slot @ state.stock
    fuller = np.maximum(normal, held)
    lacking = np.where(fuller > 0.0, (normal - held) / np.where(fuller > 0.0, fuller, 1.0), 0.0)
    state.price = state.price + rules.price_unmet * excess + rules.price_cover * lacking
    if len(state.triggered):
        high = state.price[place.node] >= np.log(rules.expansion_price)
        state.triggered = np.where(high | (state.triggered > 0.0), state.triggered + 1.0, 0.0)
