"""The compiled weekly model: arrays in, arrays out; equal to model.py, many times as fast. Without a compiler model.py runs instead."""

import os
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from ytterby.core.grid import Floats
from ytterby.dynamics.model import State
from ytterby.dynamics.network import Network
from ytterby.dynamics.pressure import Pressure
from ytterby.errors import ModelError

TOLERANCE = {False: 1e-10, True: 2e-4}
"""Largest gap of a balance, as a share of the goods held and made of a product: double, single precision."""

Span = tuple[int, Pressure]
"""A number of weeks in which the same levers hold."""


@cache
def kernel() -> Any:
    """Return the compiled module, or None where it was not built (then model.py runs)."""
    try:
        return import_module("ytterby.dynamics._kernel")
    except ImportError:
        return None


def threads() -> int:
    """Return how many cores this process may use.

    >>> threads() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(net: Network, state: State, spans: Sequence[Span], single: bool = False) -> tuple[Floats, Floats, Floats, Floats]:
    """Run all draws of a state through spans of weeks; returns wanted, got, stock (weeks, final slots, D), shipped (weeks, links; draw 0).

    t/week; stock in t. single: in single precision. Raises ModelError if a balance does not close, as model.py does.
    """
    weeks, draws = sum(length for length, _ in spans), state.stock.shape[1]
    wanted, got, stock = (np.empty((weeks, len(net.final), draws)) for _ in range(3))
    shipped = np.empty((weeks, len(net.flow)))
    results = {"wanted": wanted, "got": got, "stock": stock, "shipped": shipped}
    forces = [_force(net, state, length, force) for length, force in spans]
    fault = kernel().run(_network(net, state, single), _initial(state), forces, results, threads=threads(), single=single)
    if fault:
        _raise(net, fault.split())
    return wanted, got, stock, shipped


def _raise(net: Network, fault: list[str]) -> None:
    if fault[1] == "negative":
        raise ModelError(f"week {fault[0]}: a shipment or a stock is negative; please report it")
    name = net.grid.products[int(fault[1])]
    raise ModelError(f"week {fault[0]}: {name} does not balance, {float(fault[2]):.3g} t are lost or made; please report it")


def _network(net: Network, state: State, single: bool) -> dict[str, object]:
    flat, rules = net.grid, net.settings
    pairs = np.unique(flat.slot_product * len(flat.actors) + flat.slot_actor)
    integers = {
        "link_node": flat.link_node,
        "link_slot": flat.link_slot,
        "lag": net.lag,
        "slot_node": flat.slot_node,
        "slot_product": flat.slot_product,
        "node_product": flat.node_product,
        "slot_reserve": net.slot_reserve,
        "reserve_product": pairs // len(flat.actors),
        "feeding": net.feeding,
        "final": net.final,
        "licensed": state.licensed,
        "essential": flat.essential,
        "defence": net.defence,
        "slot_is_final": flat.slot_use >= 0,
    }
    reals = {"output": net.output, "capacity": net.capacity, "need": net.need, "share": net.share, "flow": net.flow, "spare": net.spare}
    return {
        **{name: _copy(values, np.int64) for name, values in integers.items()},
        **{name: _copy(values) for name, values in {**reals, "coefficient": flat.coefficient}.items()},
        "order_weeks": rules.order_weeks,
        "reroute_weeks": rules.reroute_weeks,
        "nonessential_loss": rules.nonessential_loss,
        "release_cover": rules.release_cover,
        "tolerance": TOLERANCE[single],
        "defence_first": rules.defence_first and bool(net.defence.any()),
        "products": len(flat.products),
        "stages": len(state.queue),
        "rows": len(state.coming),
    }


def _copy(values: Any, kind: Any = np.float64) -> Any:
    """A copy of its own, in rows: tables lend their memory read-only."""
    return np.array(values, dtype=kind, order="C")


def _initial(state: State) -> dict[str, object]:
    names = ("stock", "coming", "finished", "plan", "weights", "reserve", "cover")
    return {name: _copy(getattr(state, name)) for name in names}


def _force(net: Network, state: State, weeks: int, force: Pressure) -> dict[str, object]:
    draws = state.stock.shape[1]

    def table(values: Floats | None, rows: int) -> Floats | None:
        return None if values is None else _copy(np.broadcast_to(values, (rows, draws)))

    regime, gates, licences = force.regime, force.gates, len(state.licensed)
    return {
        "weeks": weeks,
        "gate_links": None if gates is None else _copy(gates[0], np.int64),
        "gate": None if gates is None else table(gates[1], len(gates[0])),
        "appeal": table(force.appeal, len(net.flow)),
        "share": None if regime is None else table(regime.share, licences),
        "delay": None if regime is None else table(regime.weeks, licences),
        "denied": None if regime is None else table(regime.denied, licences),
        "capacity": table(force.capacity, len(net.output)),
        "demand": table(force.demand, len(net.need)),
        "inflow": table(force.inflow, len(net.need)),
        "quotas": [{"links": _copy(links, np.int64), "cap": table(cap, 1), "active": active} for links, cap, active in force.quotas],
    }
