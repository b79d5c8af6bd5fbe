"""All effects of a scenario in one week, put together: what the weekly step meets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ytterby.core.grid import Floats, Ints
from ytterby.dynamics.licences import Regime
from ytterby.dynamics.network import Network
from ytterby.dynamics.shocks import Effect


@dataclass(frozen=True)
class Pressure:
    """The levers of one week (D draws); None where nothing moves.

    gates: links under a ban, and the part of orders that may pass (links, D). appeal (L, D): part of base orders that stays when buyers
    choose anew, before producers' own shortage. regime: licence rules on the licensed links (C, D). capacity (N, D), demand (S, D):
    factors. inflow (S, D): t/week. quotas: links, cap in t/week (D) and share of the week in force, each.
    """

    gates: tuple[Ints, Floats] | None
    appeal: Floats | None
    regime: Regime | None
    capacity: Floats | None
    demand: Floats | None
    inflow: Floats | None
    quotas: tuple[tuple[Ints, Floats, float], ...]


def licensed_links(effects: Sequence[Effect]) -> Ints:
    """Return the numbers of all links that come under licence at some time.

    >>> licensed_links([]).tolist()
    []
    """
    found = [effect.where for effect in effects if effect.lever == "licence"]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def pressure(effects: Sequence[Effect], net: Network, licensed: Ints, week: int, draws: int) -> Pressure:
    """Put the effects of a week together; those on the same place multiply (licences: see `_regime`).

    A buyer that chooses anew leaves a banned, taxed, refused or broken-down supplier in the measure of what it has lost there.
    """
    live = [effect for effect in effects if effect.active[week] > 0.0 and len(effect.where)]
    shape = (len(net.flow), draws)
    open_ = _factor(live, "gate", shape, week)
    gates = None
    if open_ is not None:
        links = np.unique(np.concatenate([effect.where for effect in live if effect.lever == "gate"]))
        gates = (links, open_[links])
    capacity = _factor(live, "capacity", (len(net.output), draws), week)
    regime = _regime(live, licensed, week, draws) if len(licensed) else None
    appeal = _factor(live, "appeal", shape, week)
    if live and (open_ is not None or regime is not None or capacity is not None or appeal is not None):
        appeal = np.ones(shape) if appeal is None else appeal
        appeal = appeal if open_ is None else appeal * open_
        if regime is not None:
            appeal[licensed] *= 1.0 - regime.share * regime.denied
        if capacity is not None:
            appeal = appeal * np.minimum(1.0, capacity * (net.capacity / net.output)[:, None])[net.grid.link_node]
    quotas = tuple((effect.where, effect.size["cap"], float(effect.active[week])) for effect in live if effect.lever == "quota")
    demand = _factor(live, "demand", (len(net.need), draws), week)
    return Pressure(gates, appeal, regime, capacity, demand, _inflow(live, net, week, draws), quotas)


def _factor(live: Sequence[Effect], lever: str, shape: tuple[int, int], week: int) -> Floats | None:
    moved = [effect for effect in live if effect.lever == lever]
    if not moved:
        return None
    factor = np.ones(shape)
    for effect in moved:
        factor[effect.where] *= 1.0 + effect.active[week] * (effect.size["factor"] - 1.0)
    return factor


def _regime(live: Sequence[Effect], licensed: Ints, week: int, draws: int) -> Regime:
    """Overlapping licences: trade escapes only if it escapes each; the slowest office and the strictest refusal hold."""
    escape = np.ones((len(licensed), draws))
    weeks, denied = np.zeros_like(escape), np.zeros_like(escape)
    for effect in live:
        if effect.lever == "licence":
            at = np.searchsorted(licensed, effect.where)
            escape[at] *= 1.0 - effect.active[week] * effect.size["share"]
            weeks[at] = np.maximum(weeks[at], effect.size["weeks"])
            denied[at] = np.maximum(denied[at], effect.size["denied"])
    return Regime(1.0 - escape, weeks, denied)


def _inflow(live: Sequence[Effect], net: Network, week: int, draws: int) -> Floats | None:
    given = [effect for effect in live if effect.lever == "inflow"]
    if not given:
        return None
    inflow = np.zeros((len(net.need), draws))
    for effect in given:
        part = net.need[effect.where] / net.need[effect.where].sum()
        inflow[effect.where] += part[:, None] * effect.active[week] * effect.size["rate"]
    return inflow
