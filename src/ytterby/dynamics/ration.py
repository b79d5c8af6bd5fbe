"""Who gets how much of too little: water filling along the links of each producer."""

import numpy as np

from ytterby.core.grid import Floats, Ints
from ytterby.dynamics.extras import RULES
from ytterby.dynamics.network import Matrix, Network, gather

PASSES = 60


def ration(orders: Floats, available: Floats, wanted: Floats, net: Network) -> Floats:
    """Return shipments F (L, D) with F <= orders and sum F <= available (N, D); wanted = sum of orders.

    The rule (extras.RULES, parameter `rationing`) says who is served first:
    proportional: F = min(order, lambda_i x base flow): each producer's lambda_i is as high as its goods allow, so that large orders do
    not crowd out regular ones (Inoue & Todo 2019). domestic, defence first: the same, in two rounds. contract first: base flows are under
    contract and served like that; what is ordered beyond them shares the rest in proportion. smallest first: F = min(order, lambda_i).
    """
    short = np.flatnonzero((wanted > available).any(axis=1))
    if not len(short):
        return orders
    rows = np.flatnonzero(np.isin(net.grid.link_node, short))
    node = np.searchsorted(short, net.grid.link_node[rows])
    given = _by_rule(RULES[net.settings.rationing], orders[rows], net.flow[rows], net.first[rows], available[short], node)
    shipped = orders.copy()
    shipped[rows] = np.where((wanted <= available)[net.grid.link_node[rows]], orders[rows], given)
    return shipped


def _by_rule(rule: str, orders: Floats, flow: Floats, first: Ints, available: Floats, node: Ints) -> Floats:
    sums = gather(node, len(available))
    if rule in ("proportional", "smallest first"):
        return fill(orders, flow if rule == "proportional" else np.ones_like(flow), available, sums @ orders, node)
    regular = np.minimum(orders, flow[:, None]) if rule == "contract first" else orders * first[:, None]
    rest = orders - regular
    given = fill(regular, flow, available, sums @ regular, node)
    left, wanted = np.maximum(0.0, available - sums @ given), sums @ rest
    if rule == "contract first":
        given += rest * np.minimum(1.0, left / np.where(wanted > 0.0, wanted, 1.0))[node]
        return given
    return given + fill(rest, flow, left, wanted, node)


def fill(orders: Floats, flow: Floats, available: Floats, wanted: Floats, group: Ints) -> Floats:
    """Water filling within groups: orders (L, D) by base flow (L), as far as what is available (G, D) goes; wanted: sums of orders.

    g(lambda) = sum min(order, lambda x flow) is concave: Newton's method from below never overshoots and ends after as many passes as
    there are kinks.

    >>> one = np.array([[6.0], [1.0]])
    >>> fill(one, np.array([2.0, 2.0]), np.array([[4.0]]), np.array([[7.0]]), np.array([0, 0])).ravel().tolist()
    [3.0, 1.0]
    """
    sums, flows = gather(group, len(available)), gather(group, len(available), weight=flow)
    level = _level(orders, flow[:, None], available, sums, flows, group)
    level = np.where(wanted <= available, np.inf, level)
    return np.minimum(orders, level[group] * flow[:, None])


def _level(orders: Floats, flow: Floats, available: Floats, sums: Matrix, flows: Matrix, group: Ints) -> Floats:
    """lambda (groups, D), by Newton's method; `waiting` is 1 for an order that is not yet filled to the brim."""
    waiting = np.where(orders > 0.0, 1.0, 0.0)
    level = np.zeros_like(available)
    for _ in range(PASSES):
        filled = sums @ (orders * (1.0 - waiting))
        open_flow = flows @ waiting
        # Goods at hand may be short of nothing by a rounding: then nobody gets anything, not less than that.
        level = np.where(open_flow > 0.0, np.maximum(0.0, (available - filled) / np.where(open_flow > 0.0, open_flow, 1.0)), level)
        # What is filled stays filled: a rounding at the brim would flip back and forth for ever.
        still = waiting * (orders > level[group] * flow)
        if (still == waiting).all():
            break
        waiting = still
    return level
