"""The law that every week obeys: goods held change by what is made, used and released, product by product, and nothing is negative."""

from typing import NoReturn

import numpy as np

from ytterby.core.grid import Floats
from ytterby.dynamics.network import Network
from ytterby.errors import ModelError

TOLERANCE = 1e-12
"""Largest gap, as a share of the goods held and made of a product."""

LIMIT, LOG_LIMIT = 1e6, 100.0
"""A run explodes when orders or stocks are more than 1e6 times what the world makes of the product in a week, or a price is above e^100
of the base price: without elastic demand a lasting shortage has no price at all."""


def check_course(net: Network, week: int, plan: Floats, stock: Floats) -> None:
    """Raise ModelError, with week, product and place, if orders (N, D) or stocks (S, D) explode or are no numbers."""
    world = LIMIT * (net.node_product @ net.output)
    _check(net, week, "orders", plan, world[net.grid.node_product])
    _check(net, week, "stock", stock, world[net.grid.slot_product])


def check_prices(net: Network, week: int, price: Floats) -> None:
    """Raise ModelError, with week, product and side of the controls, if a price ln p (2 P, D) explodes or is no number."""
    _check(net, week, "ln(price)", price, np.full(len(price), LOG_LIMIT))


def _check(net: Network, week: int, what: str, values: Floats, most: Floats) -> None:
    wrong = ~(np.abs(values) <= most[:, None])
    if wrong.any():
        row, draw = np.argwhere(wrong)[0]
        check_place(net, week, what, int(row), float(values[row, draw]))


def check_place(net: Network, week: int, what: str, row: int, value: float) -> NoReturn:
    """Raise ModelError for a run that diverges: what (orders, stock, ln(price)) in which row."""
    flat = net.grid
    if what == "ln(price)":
        place = ("inside the controls", "outside the controls")[row // len(flat.products)]
        product = flat.products[row % len(flat.products)]
    else:
        actor, number = (flat.node_actor, flat.node_product) if what == "orders" else (flat.slot_actor, flat.slot_product)
        place, product = flat.actors[actor[row]], flat.products[number[row]]
    raise ModelError(
        f"week {week}: the run diverges, {what} of {product} in {place} is {value:.3g}; "
        "look for a parameter out of its range (order_weeks, price_unmet, price_cover, elasticities)"
    )


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
