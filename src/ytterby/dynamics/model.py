"""The weekly model of supply under stress, in NumPy: the readable specification that any faster kernel must equal.

Nodes i make one product in one country, slots s take one product up (an input of a producer j, or a final use), links e carry it from i to
s. Every array has the draws as its last axis. One week, each part with its equations in its own file:

    supply        capacity, what by-products' hosts and prices make of it        making.py, prices.py (9, 10)
    orders        what slots want and what refills their stock                   trade.py (1), prices.py
    measures      bans, licences, quotas                                         trade.py, licences.py
    production    from orders, capacity and inputs, or what replaces inputs      making.py (2)
    shipment      V_i = Y_i + U_i, F_e <= O_e, sum F <= V: who gets too little   ration.py (3)
    transit       goods are there for use weeks later                            trade.py (6)
    re-routing    order shares move to suppliers that can deliver                trade.py (5)
    scrap         what is thrown away comes back in part                         making.py (8)
    prices        move with what is unmet and what is in stock                   prices.py (10)

Orders that cannot be met are dropped and placed anew next week; lost final use is not made up for later.
Left out, and said so rather than faked: trade on links that the base year lacks; plants where nobody makes the product today; prices of
inputs in the price of what is made from them; the material of goods in use before the base year beyond a steady state.
Sources: Hallegatte (2008), Risk Analysis 28(3); Inoue & Todo (2019), doi 10.1038/s41893-019-0351-x; Diem et al. (2022),
doi 10.1038/s41598-022-11522-z; Guan et al. (2020), doi 10.1038/s41562-020-0896-8.
"""

import numpy as np

from ytterby.core.grid import Floats
from ytterby.dynamics import making, trade
from ytterby.dynamics.balance import check_balance, check_course, check_prices
from ytterby.dynamics.network import Network
from ytterby.dynamics.pressure import Pressure
from ytterby.dynamics.prices import move_prices
from ytterby.dynamics.ration import ration
from ytterby.dynamics.state import State, Week, initial_state

__all__ = ["State", "Week", "initial_state", "step"]


def step(net: Network, state: State, force: Pressure, week: int) -> Week:
    """Move the state on by one week; raises ModelError if a balance does not close or the run diverges."""
    check_prices(net, week, state.price)
    before = _held(net, state)
    capacity, sold = making.supply(net, state, force)
    wanted, full = making.wanted_by(net, state, force, capacity)
    needed = making.to_bring(net, state, wanted)
    asked = trade.orders_of(net, state, force, needed)
    usable, inflow = _receive(net, state, force, wanted, week)
    orders = np.take(asked, net.grid.link_slot, axis=0)
    orders *= state.weights
    trade.close(net, state, force, orders, needed)
    shippable = trade.license_orders(net, state, force, orders, needed, week)
    trade.limit(net, orders, force)
    state.plan = net.by_node @ orders
    check_course(net, week, state.plan, usable)
    aim = making.aim_of(state, capacity)
    granted = making.replace(net, state, wanted, usable, aim) if len(state.short) else state.replaced
    made, meet, inputs = making.produce(net, usable, aim, granted)
    available = state.finished + made
    shipped = ration(orders, available, state.plan, net)
    if shippable is not None:
        trade.spend_permits(state, shippable, shipped)
    used = making.use(net, wanted, usable, inputs)
    if len(granted):
        used, full = making.stand_in(net, state, granted, full, usable, used, inputs)
    state.stock = usable - used
    state.finished = available - net.by_node @ shipped
    trade.deliver(net, state, force, shipped, week)
    trade.reroute(net, state, force, _can_meet(net, meet, capacity), capacity)
    if force.markets is not None:
        unmet = np.maximum(0.0, asked - net.by_slot @ shipped)
        move_prices(net, state, force.markets, unmet, meet * np.maximum(0.0, sold - aim), wanted)
    if len(state.scrap):
        making.scrap(net, state, used)
    if len(state.made):
        state.made = made
    check_balance(net, week, before, _held(net, state), net.node_product @ made + net.slot_product @ (inflow - used), shipped, state.stock)
    return Week(made, used, full, shipped, inflow)


def _held(net: Network, state: State) -> Floats:
    """All goods held, by product (P, D): in stock, under way, finished, in government stock."""
    under_way = trade.under_way(state)
    return np.asarray(
        net.slot_product @ (state.stock + under_way) + net.node_product @ state.finished + net.reserve_product @ state.reserve
    )


def _can_meet(net: Network, meet: Floats, capacity: Floats) -> Floats:
    """The part of base output that a node can make (N, D), as its inputs and its host allow."""
    if not len(net.hosts.node):
        return meet
    bound = meet.copy()
    bound[net.hosts.node] *= np.minimum(1.0, capacity / net.output[:, None])[net.hosts.node]
    return bound


def _receive(net: Network, state: State, force: Pressure, wanted: Floats, week: int) -> tuple[Floats, Floats]:
    """Return what is at hand (S, D): stock, arrivals, inflow with scrap, and the government's stock where cover is under its threshold."""
    row = week % len(state.coming)
    usable = state.stock + state.coming[row]
    state.coming[row] = 0.0
    inflow = np.zeros_like(usable) if force.inflow is None else force.inflow
    if len(state.scrap):
        inflow = inflow + state.scrap
    usable = usable + inflow
    if state.reserve.any():
        lacking = np.maximum(0.0, wanted * (1.0 + net.settings.release_cover * state.cover) - usable)
        total = net.reserve_slot @ lacking
        given = np.minimum(state.reserve / net.settings.release_weeks, total)
        usable = usable + lacking * (given / np.where(total > 0.0, total, 1.0))[net.slot_reserve]
        state.reserve = state.reserve - given
    return usable, inflow
