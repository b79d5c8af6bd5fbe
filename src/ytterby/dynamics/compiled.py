"""The compiled weekly model: arrays in, arrays out; equal to model.py, many times as fast. Without a compiler model.py runs instead."""

import math
import os
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from ytterby.core.grid import Floats
from ytterby.dynamics.balance import LIMIT, LOG_LIMIT, check_place
from ytterby.dynamics.network import Network
from ytterby.dynamics.pressure import Pressure
from ytterby.dynamics.state import State
from ytterby.errors import InputError, ModelError

INTERFACE = 2
"""What is handed to the kernel, and how; kernel.cpp bears the same number."""
TOLERANCE = {False: 1e-12, True: 2e-4}
"""Largest gap of a balance, as a share of the goods held and made of a product: double, single precision."""

RULES = (
    *("order_weeks", "reroute_weeks", "nonessential_loss", "release_cover", "release_weeks", "rationing", "transshipment_weeks"),
    *("price_unmet", "price_cover", "expansion_share", "recycling_rate", "recycling_yield", "recycling_weeks", "recycling_capacity"),
    *("new_scrap", "priced", "expands", "recycles"),
)
"""Settings that the kernel takes as they are."""

Span = tuple[int, Pressure]
"""A number of weeks in which the same levers hold."""


@cache
def kernel() -> Any:
    """Return the compiled module, or None where it was not built (then model.py runs).

    Raises InputError for one that was built of other sources than these: it would misread what it is given.
    """
    try:
        built = import_module("ytterby.dynamics._kernel")
    except ImportError:
        return None
    if getattr(built, "interface", None) != INTERFACE:
        raise InputError(
            "the compiled model is older or newer than the program", str(built.__file__), "install ytterby again, it is built anew then"
        )
    return built


def threads() -> int:
    """Return how many cores this process may use: those that it is given, at most OMP_NUM_THREADS where that is set.

    >>> threads() >= 1
    True
    """
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores(), int(asked)) if asked.isdecimal() and int(asked) else cores()


def cores() -> int:
    """Return how many cores this process is given.

    >>> cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    net: Network, state: State, spans: Sequence[Span], single: bool = False, price: Floats | None = None, flows: bool = True
) -> tuple[Floats, Floats, Floats, Floats]:
    """Run all draws of a state through spans of weeks; returns wanted, got, stock (weeks, final slots, D), shipped (weeks, links; draw 0).

    t/week; stock in t. single: in single precision. price (weeks, 2 P, D): takes the log prices if given, for a network with prices.
    flows: record shipped, else no weeks of it. Raises ModelError if a balance does not close or the run diverges, as model.py does.
    """
    weeks, draws = sum(length for length, _ in spans), state.stock.shape[1]
    wanted, got, stock = (_on_line((weeks, len(net.final), draws)) for _ in range(3))
    shipped = np.empty((weeks if flows else 0, len(net.flow)))
    results = {"wanted": wanted, "got": got, "stock": stock, "shipped": shipped if flows else None, "price": price}
    forces = [_force(net, state, length, force) for length, force in spans]
    fault = kernel().run(_network(net, state, single), _initial(state), forces, results, threads=threads(), single=single)
    if fault:
        _raise(net, fault.split())
    return wanted, got, stock, shipped


def _on_line(shape: tuple[int, int, int]) -> Floats:
    """An empty array that starts on a cache line, so that a pack of draws is written to one line."""
    memory = np.empty(int(np.prod(shape)) + 7)
    first = -(memory.ctypes.data // 8) % 8
    return memory[first : first + int(np.prod(shape))].reshape(shape)


def _raise(net: Network, words: list[str]) -> None:
    week = int(words[0])
    if len(words) == 4:
        check_place(net, week, words[1], int(words[2]), float(words[3]))
    if words[1] == "negative":
        raise ModelError(f"week {week}: a shipment or a stock is negative; please report it")
    name = net.grid.products[int(words[1])]
    raise ModelError(f"week {week}: {name} does not balance, {float(words[2]):.3g} t are lost or made; please report it")


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
        "first": net.first,
        "pair_slot": net.substitutes.slot,
        "pair_other": net.substitutes.other,
        "host_node": net.hosts.node,
        "host": net.hosts.host,
    }
    reals = {name: getattr(net, name) for name in ("output", "capacity", "need", "share", "flow", "spare", "lead", "ramp")}
    reals |= {"coefficient": flat.coefficient, "host_ratio": net.hosts.ratio}
    reals |= {"pair_share": net.substitutes.share, "pair_lag": net.substitutes.lag}
    return {
        **{name: _copy(values, np.int64) for name, values in integers.items()},
        **{name: _copy(values) for name, values in reals.items()},
        **{name: getattr(rules, name) for name in RULES},
        "expansion_log": math.log(rules.expansion_price),
        "pairs_inside": bool((net.substitutes.other >= 0).any()),
        "limit": LIMIT,
        "log_limit": LOG_LIMIT,
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
    names = ("stock", "coming", "finished", "plan", "weights", "reserve", "cover", "price", "short", "replaced", "made", "in_use", "scrap")
    rows = {name: _copy(getattr(state, name)) for name in (*names, "triggered")}
    return rows | {name: _copy(getattr(state, name)[None, :]) for name in ("demand_elasticity", "supply_elasticity")}


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
        "late": None if gates is None else table(force.late, len(gates[0])),
        "dearer": table(force.dearer, len(net.need)),
        "grown": force.grown,
        "reference": None if force.markets is None else _copy(force.markets.reference),
        "slot_market": None if force.markets is None else _copy(force.markets.slot, np.int64),
        "node_market": None if force.markets is None else _copy(force.markets.node, np.int64),
        "quotas": [{"links": _copy(links, np.int64), "cap": table(cap, 1), "active": active} for links, cap, active in force.quotas],
    }
