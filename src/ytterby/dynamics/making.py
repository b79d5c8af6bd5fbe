"""What a producer makes of what it has, what takers use up, what replaces what they lack, and what comes back as scrap.

capacity     K_i, at most ratio x last week's output of the host for a by-product; what prices make of it: prices.py
production   D_i = sum of shippable orders, U_i = min(K_i, [D_i - Y_i]+, X'_k / a_k over essential inputs k)          (2)
             an input that is not essential cuts output by up to nu, linearly
substitution X'_k = X_k + min(sigma_kl r_k, r_k - X_k, share of what l has beyond its own need), once k has been short for lag_kl weeks
scrap        of what is in use 1 / life is scrapped a week: min(r scrapped, cap) x yield comes back to its place as product (8)
"""

import numpy as np

from ytterby.core.grid import Floats
from ytterby.dynamics import prices
from ytterby.dynamics.network import Network, gather
from ytterby.dynamics.pressure import Pressure
from ytterby.dynamics.state import State

ROUNDING = 1e-9
"""A lack of goods below this share is rounding: no buyer turns away for it."""


def supply(net: Network, state: State, force: Pressure) -> tuple[Floats, Floats]:
    """Return capacity K (N, D or 1) and what would be sold at the price, at most K; t/week."""
    capacity, base = net.capacity[:, None], net.output[:, None]
    if force.capacity is not None:
        capacity, base = capacity * force.capacity, base * force.capacity
    if len(state.triggered):
        new = prices.built(net, state)
        capacity, base = capacity + new, base + new
    if len(net.hosts.node):
        capacity = np.repeat(capacity, state.made.shape[1] // capacity.shape[1], axis=1)
        limit = gather(net.hosts.node, len(net.output)) @ (net.hosts.ratio[:, None] * state.made[net.hosts.host])
        capacity[net.hosts.node] = np.minimum(capacity, limit)[net.hosts.node]
    if force.markets is None:
        return capacity, base
    sold = prices.offered(state, force.markets, base, capacity)
    return np.where(state.supply_elasticity > 0.0, sold, capacity), sold


def wanted_by(net: Network, state: State, force: Pressure, capacity: Floats) -> tuple[Floats, Floats]:
    """What each slot needs this week, r_s (S, D): at the price, to meet demand or last week's orders; and the same at the base price."""
    full = np.repeat(net.need[:, None], state.stock.shape[1], axis=1)
    if force.demand is not None:
        full = full * force.demand
    producer = net.grid.slot_node[net.feeding]
    full[net.feeding] = net.grid.coefficient[net.feeding, None] * np.minimum(capacity, state.plan)[producer]
    if not (state.demand_elasticity.any() and (force.markets is not None or force.dearer is not None)):
        return full, full
    factor = prices.price_factor(state, force.markets, force.dearer)
    wanted = full * factor
    wanted[net.feeding] = full[net.feeding]
    return wanted, full


def to_bring(net: Network, state: State, wanted: Floats) -> Floats:
    """What the links have to bring (S, D): what is wanted, more where the slot stands in for another, less what comes back as scrap."""
    inside = net.substitutes.other >= 0
    if inside.any():
        wanted = wanted + gather(net.substitutes.other[inside], len(net.need)) @ state.replaced[inside]
    return np.maximum(0.0, wanted - state.scrap) if len(state.scrap) else wanted


def aim_of(state: State, capacity: Floats) -> Floats:
    """What producers would make if no input lacked (N, D): orders less what is finished, up to capacity."""
    return np.minimum(capacity, np.maximum(0.0, state.plan - state.finished))


def replace(net: Network, state: State, wanted: Floats, usable: Floats, aim: Floats) -> Floats:
    """What each substitution pair may give this week (K, D), t; counts the weeks of shortage, in place."""
    pairs, slots = net.substitutes, len(net.need)
    own = wanted.copy()
    own[net.feeding] = net.grid.coefficient[net.feeding, None] * aim[net.grid.slot_node[net.feeding]]
    need = own[pairs.slot]
    lack = np.maximum(0.0, need - usable[pairs.slot])
    claim = np.where(state.short >= pairs.lag[:, None], np.minimum(pairs.share[:, None] * need, lack), 0.0)
    state.short = np.where(lack > ROUNDING * need, state.short + 1.0, state.short)
    inside = pairs.other >= 0
    claimed = gather(pairs.other[inside], slots) @ claim[inside]
    part = np.minimum(1.0, np.maximum(0.0, usable - own) / np.where(claimed > 0.0, claimed, 1.0))
    return np.where(inside[:, None], claim * part[pairs.other], claim)


def produce(net: Network, usable: Floats, aim: Floats, granted: Floats) -> tuple[Floats, Floats, Floats]:
    """Equation (2): output U (N, D), the part of the aim that inputs allow (N, D), and inputs needed (feeding slots, D)."""
    producer, coefficient = net.grid.slot_node[net.feeding], net.grid.coefficient[net.feeding, None]
    at_hand = usable[net.feeding]
    if len(granted):
        at_hand = (usable + gather(net.substitutes.slot, len(net.need)) @ granted)[net.feeding]
    enough = at_hand / coefficient
    target = aim[producer]
    part = np.where(enough >= target, 1.0, enough / np.where(target > 0.0, target, 1.0))
    loss = np.where(net.grid.essential[net.feeding], 1.0, net.settings.nonessential_loss)[:, None]
    meet = np.ones_like(aim)
    if len(net.fed):
        meet[net.fed] = np.minimum.reduceat(1.0 - loss * (1.0 - part), net.starts, axis=0)
    made = aim * meet
    return made, meet, coefficient * made[producer]


def use(net: Network, wanted: Floats, usable: Floats, inputs: Floats) -> Floats:
    """What each slot uses up (S, D): inputs as production takes them, final uses as far as their stock goes."""
    used = np.minimum(wanted, usable)
    used[net.feeding] = np.minimum(usable[net.feeding], inputs)
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


def stand_in(
    net: Network, state: State, granted: Floats, wanted: Floats, usable: Floats, used: Floats, inputs: Floats
) -> tuple[Floats, Floats]:
    """Return (used, wanted), (S, D) each, with what substitutes gave: an input only as far as production took it up."""
    pairs, slots = net.substitutes, len(net.need)
    lack = np.zeros_like(used)
    lack[net.feeding] = inputs - used[net.feeding]
    help_ = gather(pairs.slot, slots) @ granted
    taken = np.minimum(1.0, lack / np.where(help_ > 0.0, help_, 1.0))
    final = (net.grid.slot_use >= 0)[:, None]
    given = granted * np.where(final, 1.0, taken)[pairs.slot]
    inside = pairs.other >= 0
    to_others = gather(pairs.other[inside], slots) @ given[inside]
    state.replaced = given
    return np.minimum(usable, used + to_others), np.where(final, np.maximum(0.0, wanted - help_), wanted) + to_others


def scrap(net: Network, state: State, used: Floats) -> None:
    """Turn a week's use into the scrap that comes back next week, equation (8), in place."""
    rules = net.settings
    thrown = state.in_use / rules.recycling_weeks
    final = (net.grid.slot_use >= 0)[:, None]
    back = np.minimum(rules.recycling_rate * thrown, rules.recycling_capacity * net.need[:, None])
    state.scrap = np.where(final, rules.recycling_yield * back, rules.new_scrap * used)
    state.in_use = np.where(final, state.in_use + used - thrown, 0.0)
