"""Trade of a week: orders, the measures on them, transit and re-routing; sharing out is in ration.py, the licence office in licences.py.

orders       O_s = [r_s + (n_s r_s - X_s + P*_s - P_s) / tau_k]+ ,  O_e = w_e O_s                                    (1)
             r_s = a_sj min(K_j, D_j) for an input, the demand for a final use; X stock, P under way, P* = r_s sum_e w_e lag_e
             what waits for a licence counts as under way only beyond phi mu r_s w_e, which the queue must hold (Little's law)
measures     ban: O_e -> theta' min(O_e, w_e r_s); licence: the share phi waits mu weeks (licences.py); quota: sum of its links <= Q
             theta' = min(1, theta max(1, w0_e / w_e)): what has gone elsewhere is what would have been stopped; refusals likewise
transit      F_e is there for use lag_e weeks later; what passes a ban goes through third countries and takes longer         (6)
re-routing   w += (w* - w) / tau_r; w* keeps the base share w0_e v_e; of what is lost idle capacity takes what it can, in proportion
             to v_e x the idle capacity of the link's producer, and the rest goes by w0_e v_e                         (5)
             v_e: part of orders that may pass and that the producer's capacity and inputs can meet
"""

from dataclasses import replace

import numpy as np

from ytterby.core.grid import Floats, Ints
from ytterby.dynamics.licences import Regime, accept_orders, file_applications, held
from ytterby.dynamics.making import ROUNDING
from ytterby.dynamics.network import Network, gather
from ytterby.dynamics.pressure import Pressure
from ytterby.dynamics.ration import fill
from ytterby.dynamics.state import State


def under_way(state: State) -> Floats:
    """P (S, D): the sum over weeks of arrival, in a fixed order."""
    total: Floats = state.coming[0].copy()
    for row in state.coming[1:]:
        total += row
    return total


def orders_of(net: Network, state: State, force: Pressure, wanted: Floats) -> Floats:
    """O_s (S, D), equation (1), before this week's goods arrive."""
    time = net.slot_lag @ (state.weights if state.moved else net.share[:, None])
    if force.late is not None and force.gates is not None:
        links, part = force.gates
        time = np.repeat(time, wanted.shape[1] // time.shape[1], axis=1)
        longer = net.settings.transshipment_weeks * (force.late * part) * state.weights[links]
        np.add.at(time, net.grid.link_slot[links], longer)
    gap = wanted * (state.cover + time) - state.stock - under_way(state)
    if len(state.licensed):
        gap -= state.licensed_slot @ _ahead(net, state, force, wanted)
    orders: Floats = np.maximum(0.0, wanted + gap / net.settings.order_weeks)
    return orders


def _ahead(net: Network, state: State, force: Pressure, wanted: Floats) -> Floats:
    """Orders on licensed links (C, D) that count as under way: those licensed, and those that wait beyond phi mu r_s w_e."""
    waiting = held(state.queue)
    if force.regime is not None:
        normal = wanted[net.grid.link_slot[state.licensed]] * state.weights[state.licensed]
        waiting = np.maximum(0.0, waiting - force.regime.share * force.regime.weeks * normal)
    ahead: Floats = state.permits + waiting
    return ahead


def close(net: Network, state: State, force: Pressure, orders: Floats, wanted: Floats) -> None:
    """Let only the open part of normal orders through a gate, in place: nobody gets round a ban by ordering more."""
    if force.gates is not None:
        links, part = force.gates
        normal = wanted[net.grid.link_slot[links]] * state.weights[links]
        passing = np.minimum(1.0, part * _eased(net, state, links))
        orders[links] = np.where(part < 1.0, passing * np.minimum(orders[links], normal), orders[links])


def _eased(net: Network, state: State, links: Ints) -> Floats:
    """Base share of a link in its slot's orders over the present one, at least 1 (links, D).

    What buyers have taken elsewhere is what would have been stopped: a measure that stops 30 % of base orders stops nothing more once 30 %
    have left, and never takes a share of what is left as well.
    """
    now, base = state.weights[links], net.share[links, None]
    return np.where((now < base) & (now > 0.0), base / np.where(now > 0.0, now, 1.0), 1.0)


def _still_refused(net: Network, state: State, rule: Regime) -> Regime:
    """The regime with the share refused of what is still filed: 1 - phi d' = min(1, (1 - phi d) x eased)."""
    eased = _eased(net, state, state.licensed)
    granted = np.minimum(1.0, (1.0 - rule.share * rule.denied) * eased)
    changed = (eased > 1.0) & (rule.share > 0.0)
    return replace(rule, denied=np.where(changed, (1.0 - granted) / np.where(rule.share > 0.0, rule.share, 1.0), rule.denied))


def license_orders(net: Network, state: State, force: Pressure, orders: Floats, wanted: Floats, week: int) -> Floats | None:
    """Send orders on licensed links through the office, in place; returns what may be shipped there, or None if nothing needs a licence."""
    if force.regime is None:
        return None
    normal = wanted[net.grid.link_slot[state.licensed]] * state.weights[state.licensed]
    free, applied, state.bank = accept_orders(orders[state.licensed], normal, state.bank, force.regime)
    state.queue, released = file_applications(state.queue, applied, _still_refused(net, state, force.regime), week)
    state.permits = state.permits + released
    shippable: Floats = free + state.permits
    orders[state.licensed] = shippable
    return shippable


def spend_permits(state: State, shippable: Floats, shipped: Floats) -> None:
    """Permits lapse in the measure in which their link's orders were met."""
    met = shipped[state.licensed] / np.where(shippable > 0.0, shippable, 1.0)
    state.permits = state.permits * (1.0 - np.minimum(1.0, met))


def limit(net: Network, orders: Floats, force: Pressure) -> None:
    """Keep the links of each quota together under its cap, regular customers first, in place."""
    for links, cap, active in force.quotas:
        group = np.zeros(len(links), dtype=np.int64)
        total = gather(group, 1) @ orders[links]
        allowed = active * np.minimum(total, cap) + (1.0 - active) * total
        orders[links] = fill(orders[links], net.flow[links], allowed, total, group)


def deliver(net: Network, state: State, force: Pressure, shipped: Floats, week: int) -> None:
    """Send goods on their way, equation (6), in place."""
    rows, prompt = len(state.coming), shipped
    if force.late is not None and force.gates is not None:
        links = force.gates[0]
        late = force.late * shipped[links]
        prompt = shipped.copy()
        prompt[links] -= late
        arrival = (week + net.lag[links] + net.settings.transshipment_weeks) % rows
        np.add.at(state.coming, (arrival, net.grid.link_slot[links]), late)
    for lag, arrivals in net.arrivals:
        state.coming[(week + lag) % rows] += arrivals @ prompt


def reroute(net: Network, state: State, force: Pressure, inputs_meet: Floats, capacity: Floats) -> None:
    """Equation (5): move order shares towards suppliers that may and can deliver; nothing moves while all can."""
    meet = np.where(inputs_meet < 1.0 - ROUNDING, inputs_meet, 1.0)
    if force.appeal is None and not state.moved and bool((meet == 1.0).all()):
        return
    can = np.take(meet, net.grid.link_node, axis=0)
    if force.appeal is not None:
        can *= force.appeal
    spare = net.spare[:, None]
    if force.grown or len(state.triggered):
        spare = spare + np.maximum(0.0, capacity - net.capacity[:, None])[net.grid.link_node]
    kept, reach = net.slot_share @ can, net.by_slot @ (spare * can)
    lost = net.slot_share @ np.ones_like(can[:, :1]) - kept
    # What idle capacity can take goes there, the rest to those who still deliver: so a trifle of idle capacity changes a trifle.
    moved = np.minimum(lost, reach / net.need[:, None])
    by_spare = moved / np.where(reach > 0.0, reach, 1.0)
    by_share = 1.0 + (lost - moved) / np.where(kept > 0.0, kept, 1.0)
    slot, base = net.grid.link_slot, net.share[:, None]
    aim = np.take(by_spare, slot, axis=0)
    aim *= spare
    aim += base * by_share[slot]
    aim *= can
    if (kept <= 0.0).any():
        aim = np.where((kept <= 0.0)[slot], base, aim)
    aim -= state.weights
    aim /= net.settings.reroute_weeks
    state.weights += aim
    state.moved = True
