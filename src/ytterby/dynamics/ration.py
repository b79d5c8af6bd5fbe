"""Who gets how much of too little: water filling along the links of each producer."""

import numpy as np

from ytterby.core.grid import Floats, Ints
from ytterby.dynamics.network import Matrix, Network, gather

PASSES = 60


def ration(orders: Floats, available: Floats, wanted: Floats, net: Network) -> Floats:
    """Return shipments F (L, D) with F = min(orders, lambda_i x base flow) and sum F <= available (N, D); wanted = sum of orders.

    Each producer's lambda_i is as high as its goods allow: customers are served in proportion to their base flow, none beyond its order,
    so that large orders do not crowd out regular ones. g(lambda) = sum min(order, lambda x flow) is concave: Newton's method from below
    never overshoots and ends after as many passes as there are kinks.
    """
    short = np.flatnonzero((wanted > available).any(axis=1))
    if not len(short):
        return orders
    rows = np.flatnonzero(np.isin(net.grid.link_node, short))
    node = np.searchsorted(short, net.grid.link_node[rows])
    shipped = orders.copy()
    shipped[rows] = fill(orders[rows], net.flow[rows], available[short], wanted[short], node)
    return shipped


def fill(orders: Floats, flow: Floats, available: Floats, wanted: Floats, group: Ints) -> Floats:
    """Water filling within groups: orders (L, D) by base flow (L), as far as what is available (G, D) goes; wanted: sums of orders.

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
        level = np.where(open_flow > 0.0, (available - filled) / np.where(open_flow > 0.0, open_flow, 1.0), level)
        # What is filled stays filled: a rounding at the brim would flip back and forth for ever.
        still = waiting * (orders > level[group] * flow)
        if (still == waiting).all():
            break
        waiting = still
    return level
