"""The weekly model of supply under stress, in NumPy: the readable specification that any faster kernel must equal.

Nodes i make one product in one country, slots s take one product up (an input of a producer j, or a final use), links e carry it from i to
s. Every array has the draws as its last axis. One week:

    orders       O_s = [r_s + (n_s r_s - X_s + P*_s - P_s) / tau_k]+ ,  O_e = w_e O_s                                    (1)
                 r_s = a_sj min(K_j, D_j) for an input, the demand for a final use; X stock, P under way, P* = r_s sum_e w_e lag_e
                 what waits for a licence counts as under way only beyond phi mu r_s w_e, which the queue must hold (Little's law)
    measures     ban: O_e -> theta min(O_e, w_e r_s); licence: the share phi waits mu weeks (licences.py); quota: sum of its links <= Q
    production   D_i = sum of shippable orders, U_i = min(K_i, [D_i - Y_i]+, X_k / a_k over essential inputs k)          (2)
                 an input that is not essential cuts output by up to nu, linearly
    shipment     V_i = Y_i + U_i, F_e = min(O_e, lambda_i b_e), sum F <= V                                               (3, ration.py)
    transit      F_e is there for use lag_e weeks later
    re-routing   w += (w* - w) / tau_r; w* keeps the base share w0_e v_e; of what is lost idle capacity takes what it can, in proportion
                 to v_e x the idle capacity of the link's producer, and the rest goes by w0_e v_e                         (5)
                 v_e: part of orders that may pass and that the producer's capacity and inputs can meet

Left out, and said so rather than faked: prices (eq. 10), ramp-up of new capacity, recycling, substitution in use, by-products bound to
their host, trade on links that the base year lacks, the longer way of trans-shipped goods. Orders that cannot be met are dropped and
placed anew next week; lost final use is not made up for later.
Sources: Hallegatte (2008), Risk Analysis 28(3); Inoue & Todo (2019), doi 10.1038/s41893-019-0351-x; Diem et al. (2022),
doi 10.1038/s41598-022-11522-z; Guan et al. (2020), doi 10.1038/s41562-020-0896-8.
"""

from dataclasses import dataclass

import numpy as np

from ytterby.core.grid import Floats, Ints
from ytterby.dynamics.balance import check_balance
from ytterby.dynamics.licences import accept_orders, file_applications, held
from ytterby.dynamics.network import Matrix, Network, gather
from ytterby.dynamics.pressure import Pressure
from ytterby.dynamics.ration import fill, ration

ROUNDING = 1e-9
"""A lack of inputs below this share is rounding: no buyer turns away for it."""


@dataclass
class State:
    """What one week hands to the next (D draws, last axis).

    stock X (S, D), t. coming (R, S, D): goods under way by week of arrival, row = week modulo R. finished Y (N, D), t. plan (N, D): orders
    received last week, t/week. weights w (L, D). queue (n, C, D), permits (C, D): orders waiting for, or holding, a licence on the C
    licensed links; bank (C, D): orders filed beyond normal so far, t. reserve (G, D): government stock, t. cover n (S, D): normal stock in
    weeks of need.
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
    moved: bool = False


@dataclass(frozen=True)
class Week:
    """What happened in a week, t: made U (N, D), used (S, D), wanted by all slots (S, D), shipped F (L, D), inflow (S, D)."""

    made: Floats
    used: Floats
    wanted: Floats
    shipped: Floats
    inflow: Floats


def initial_state(net: Network, cover: Floats, reserve: Floats, licensed: Ints) -> State:
    """Return the base year's fixed point with stocks of `cover` weeks (S, D) and government stocks of `reserve` t (G, D)."""
    draws = cover.shape[1]
    coming = np.zeros((int(net.lag.max()) + 1, len(net.need), draws))
    for lag, arrivals in net.arrivals:
        coming[:lag] += arrivals @ np.repeat(net.flow[:, None], draws, axis=1)
    return State(
        stock=cover * net.need[:, None],
        coming=coming,
        finished=np.zeros((len(net.output), draws)),
        plan=np.repeat(net.output[:, None], draws, axis=1),
        weights=np.repeat(net.share[:, None], draws, axis=1),
        queue=np.zeros((net.settings.licence_stages, len(licensed), draws)),
        permits=np.zeros((len(licensed), draws)),
        bank=np.zeros((len(licensed), draws)),
        reserve=reserve.copy(),
        cover=cover,
        licensed=licensed,
        licensed_slot=gather(net.grid.link_slot[licensed], len(net.need)),
    )


def step(net: Network, state: State, force: Pressure, week: int) -> Week:
    """Move the state on by one week; raises ModelError if a balance does not close."""
    before = _held(net, state)
    capacity = net.capacity[:, None] if force.capacity is None else net.capacity[:, None] * force.capacity
    wanted = _wanted(net, state, force, capacity)
    orders = _orders(net, state, force, wanted)
    usable, inflow = _receive(net, state, force, wanted, week)
    orders = np.take(orders, net.grid.link_slot, axis=0)
    orders *= state.weights
    _close(net, state, force, orders, wanted)
    shippable = _license(net, state, force, orders, wanted, week)
    _limit(net, orders, force)
    state.plan = net.by_node @ orders
    made, inputs_meet, taken = _produce(net, state, capacity, usable)
    available = state.finished + made
    shipped = ration(orders, available, state.plan, net)
    if shippable is not None:
        _spend_permits(state, shippable, shipped)
    used = _use(net, wanted, usable, taken)
    state.stock = usable - used
    state.finished = available - net.by_node @ shipped
    for lag, arrivals in net.arrivals:
        state.coming[(week + lag) % len(state.coming)] += arrivals @ shipped
    _reroute(net, state, force, inputs_meet)
    check_balance(net, week, before, _held(net, state), net.node_product @ made + net.slot_product @ (inflow - used), shipped, state.stock)
    return Week(made, used, wanted, shipped, inflow)


def _held(net: Network, state: State) -> Floats:
    """All goods held, by product (P, D): in stock, under way, finished, in government stock."""
    under_way = _under_way(state)
    return np.asarray(
        net.slot_product @ (state.stock + under_way) + net.node_product @ state.finished + net.reserve_product @ state.reserve
    )


def _under_way(state: State) -> Floats:
    """P (S, D): the sum over weeks of arrival, in a fixed order."""
    total: Floats = state.coming[0].copy()
    for row in state.coming[1:]:
        total += row
    return total


def _wanted(net: Network, state: State, force: Pressure, capacity: Floats) -> Floats:
    """r_s (S, D): what each slot needs this week to meet demand or last week's orders."""
    wanted = np.repeat(net.need[:, None], state.stock.shape[1], axis=1)
    if force.demand is not None:
        wanted = wanted * force.demand
    producer = net.grid.slot_node[net.feeding]
    wanted[net.feeding] = net.grid.coefficient[net.feeding, None] * np.minimum(capacity, state.plan)[producer]
    return wanted


def _orders(net: Network, state: State, force: Pressure, wanted: Floats) -> Floats:
    """O_s (S, D), equation (1), before this week's goods arrive."""
    time = net.slot_lag @ (state.weights if state.moved else net.share[:, None])
    gap = wanted * (state.cover + time) - state.stock - _under_way(state)
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


def _receive(net: Network, state: State, force: Pressure, wanted: Floats, week: int) -> tuple[Floats, Floats]:
    """Return what is at hand (S, D): stock, arrivals, inflow, and the government's stock where cover has fallen under its threshold."""
    row = week % len(state.coming)
    usable = state.stock + state.coming[row]
    state.coming[row] = 0.0
    inflow = np.zeros_like(usable) if force.inflow is None else force.inflow
    usable = usable + inflow
    if state.reserve.any():
        lacking = np.maximum(0.0, wanted * (1.0 + net.settings.release_cover * state.cover) - usable)
        total = net.reserve_slot @ lacking
        given = np.minimum(state.reserve, total)
        usable = usable + lacking * (given / np.where(total > 0.0, total, 1.0))[net.slot_reserve]
        state.reserve = state.reserve - given
    return usable, inflow


def _close(net: Network, state: State, force: Pressure, orders: Floats, wanted: Floats) -> None:
    """Let only the open part of normal orders through a gate, in place: nobody gets round a ban by ordering more."""
    if force.gates is not None:
        links, part = force.gates
        normal = wanted[net.grid.link_slot[links]] * state.weights[links]
        orders[links] = np.where(part < 1.0, part * np.minimum(orders[links], normal), orders[links])


def _license(net: Network, state: State, force: Pressure, orders: Floats, wanted: Floats, week: int) -> Floats | None:
    """Send orders on licensed links through the office, in place; returns what may be shipped there, or None if nothing needs a licence."""
    if force.regime is None:
        return None
    normal = wanted[net.grid.link_slot[state.licensed]] * state.weights[state.licensed]
    free, applied, state.bank = accept_orders(orders[state.licensed], normal, state.bank, force.regime)
    state.queue, released = file_applications(state.queue, applied, force.regime, week)
    state.permits = state.permits + released
    shippable: Floats = free + state.permits
    orders[state.licensed] = shippable
    return shippable


def _spend_permits(state: State, shippable: Floats, shipped: Floats) -> None:
    """Permits lapse in the measure in which their link's orders were met."""
    met = shipped[state.licensed] / np.where(shippable > 0.0, shippable, 1.0)
    state.permits = state.permits * (1.0 - np.minimum(1.0, met))


def _limit(net: Network, orders: Floats, force: Pressure) -> None:
    """Keep the links of each quota together under its cap, regular customers first, in place."""
    for links, cap, active in force.quotas:
        group = np.zeros(len(links), dtype=np.int64)
        total = gather(group, 1) @ orders[links]
        allowed = active * np.minimum(total, cap) + (1.0 - active) * total
        orders[links] = fill(orders[links], net.flow[links], allowed, total, group)


def _produce(net: Network, state: State, capacity: Floats, usable: Floats) -> tuple[Floats, Floats, Floats]:
    """Equation (2): output U (N, D), the part of it that inputs allow (N, D), and inputs taken (feeding slots, D)."""
    aim = np.minimum(capacity, np.maximum(0.0, state.plan - state.finished))
    producer, coefficient = net.grid.slot_node[net.feeding], net.grid.coefficient[net.feeding, None]
    enough = usable[net.feeding] / coefficient
    target = aim[producer]
    part = np.where(enough >= target, 1.0, enough / np.where(target > 0.0, target, 1.0))
    loss = np.where(net.grid.essential[net.feeding], 1.0, net.settings.nonessential_loss)[:, None]
    meet = np.ones_like(aim)
    if len(net.fed):
        meet[net.fed] = np.minimum.reduceat(1.0 - loss * (1.0 - part), net.starts, axis=0)
    made = aim * meet
    return made, meet, np.minimum(usable[net.feeding], coefficient * made[producer])


def _use(net: Network, wanted: Floats, usable: Floats, taken: Floats) -> Floats:
    """What each slot uses up (S, D): inputs as production took them, final uses as far as their stock goes."""
    used = np.minimum(wanted, usable)
    used[net.feeding] = taken
    return _defence_first(net, used, wanted, usable) if net.settings.defence_first and net.defence.any() else used


def _defence_first(net: Network, used: Floats, wanted: Floats, usable: Floats) -> Floats:
    """Let defence uses take what they lack from other final uses of the same product and country; usable is changed in place."""
    defence = net.defence[:, None]
    lack = np.where(defence, wanted - used, 0.0)
    spare = np.where(~defence & (net.grid.slot_use >= 0)[:, None], usable, 0.0)
    lacking, offered = net.reserve_slot @ lack, net.reserve_slot @ spare
    moved = np.minimum(lacking, offered)
    takes = lack * (moved / np.where(lacking > 0.0, lacking, 1.0))[net.slot_reserve]
    gives = spare * (moved / np.where(offered > 0.0, offered, 1.0))[net.slot_reserve]
    usable += takes - gives
    return np.minimum(np.where(net.grid.slot_use[:, None] >= 0, wanted, used), usable)


def _reroute(net: Network, state: State, force: Pressure, inputs_meet: Floats) -> None:
    """Equation (5): move order shares towards suppliers that may and can deliver; nothing moves while all can."""
    meet = np.where(inputs_meet < 1.0 - ROUNDING, inputs_meet, 1.0)
    if force.appeal is None and not state.moved and bool((meet == 1.0).all()):
        return
    can = np.take(meet, net.grid.link_node, axis=0)
    if force.appeal is not None:
        can *= force.appeal
    kept, reach = net.slot_share @ can, net.slot_spare @ can
    lost = net.slot_share @ np.ones_like(can[:, :1]) - kept
    # What idle capacity can take goes there, the rest to those who still deliver: so a trifle of idle capacity changes a trifle.
    moved = np.minimum(lost, reach / net.need[:, None])
    by_spare = moved / np.where(reach > 0.0, reach, 1.0)
    by_share = 1.0 + (lost - moved) / np.where(kept > 0.0, kept, 1.0)
    slot, base = net.grid.link_slot, net.share[:, None]
    aim = np.take(by_spare, slot, axis=0)
    aim *= net.spare[:, None]
    aim += base * by_share[slot]
    aim *= can
    if (kept <= 0.0).any():
        aim = np.where((kept <= 0.0)[slot], base, aim)
    aim -= state.weights
    aim /= net.settings.reroute_weeks
    state.weights += aim
    state.moved = True
