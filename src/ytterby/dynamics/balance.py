"""The law that every week obeys: goods held change by what is made, used and released, product by product, and nothing is negative."""

import numpy as np

from ytterby.core.grid import Floats
from ytterby.dynamics.network import Network
from ytterby.errors import ModelError

TOLERANCE = 1e-10
"""Largest gap, as a share of the goods held and made of a product."""


def check_balance(net: Network, week: int, before: Floats, after: Floats, change: Floats, shipped: Floats, stock: Floats) -> None:
    """Raise ModelError, with week, product and gap, unless after - before = change (each (P, D), t) and shipments and stocks are >= 0."""
    scale = (net.node_product @ net.output[:, None]) + before
    gap = np.abs(after - before - change)
    if not (gap <= TOLERANCE * scale).all():
        product, draw = np.argwhere(~(gap <= TOLERANCE * scale))[0]
        name = net.grid.products[int(product)]
        raise ModelError(f"week {week}: {name} does not balance, {gap[product, draw]:.3g} t are lost or made; please report it")
    if not ((shipped >= 0.0).all() and (stock >= 0.0).all()):
        raise ModelError(f"week {week}: a shipment or a stock is negative; please report it")
