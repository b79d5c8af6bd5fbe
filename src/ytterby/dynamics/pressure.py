"""All effects of a scenario in one week, put together: what the weekly step meets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ytterby.core.grid import Floats, Ints
from ytterby.dynamics.licences import Regime
from ytterby.dynamics.network import Network
from ytterby.dynamics.prices import Markets, markets
from ytterby.dynamics.shocks import Effect


@dataclass(frozen=True)
class Pressure:
    """The levers of one week (D draws); None where nothing moves.

    gates: links under a ban, and the part of orders that may pass (links, D). appeal (L, D): part of base orders that stays when buyers
    choose anew, before producers' own shortage. regime: licence rules on the licensed links (C, D). capacity (N, D), demand (S, D):
    factors. inflow (S, D): t/week. quotas: links, cap in t/week (D) and share of the week in force, each. late (links under a ban, D): part
    of what passes that comes through third countries. dearer (S, D): ln(1 + t) of tariffs and of the premium on such trade. markets:
    which price each place has. grown: some capacity is above the base year's.
    """

    gates: tuple[Ints, Floats] | None
    appeal: Floats | None
    regime: Regime | None
    capacity: Floats | None
    demand: Floats | None
    inflow: Floats | None
    quotas: tuple[tuple[Ints, Floats, float], ...]
    late: Floats | None = None
    dearer: Floats | None = None
    markets: Markets | None = None
    grown: bool = False


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
    late = None if gates is None or not net.settings.transshipment_weeks else _late(live, *gates, week)
    return Pressure(
        gates,
        appeal,
        regime,
        capacity,
        demand,
        _inflow(live, net, week, draws),
        quotas,
        late=late,
        dearer=_dearer(live, gates, net, week, draws),
        markets=markets(net, _targets(effects)) if net.settings.priced else None,
        grown=capacity is not None and bool((capacity > 1.0).any()),
    )


def _targets(effects: Sequence[Effect]) -> Ints:
    """Who is shut out at some time of the run, as numbers of product and actor: their market is another all the while."""
    return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(effect.outside for effect in effects)]))


def _late(live: Sequence[Effect], links: Ints, part: Floats, week: int) -> Floats:
    """Of what passes the gates, the part that goes through third countries: all but what passes before or after the ban's days."""
    direct = np.ones_like(part)
    for effect in live:
        if effect.lever == "gate":
            at = np.searchsorted(links, effect.where)
            direct[at] *= np.where(effect.size["factor"] < 1.0, 1.0 - effect.active[week], 1.0)
    return np.where(part > 0.0, 1.0 - np.minimum(1.0, direct / np.where(part > 0.0, part, 1.0)), 0.0)


def _dearer(live: Sequence[Effect], gates: tuple[Ints, Floats] | None, net: Network, week: int, draws: int) -> Floats | None:
    """ln of the mean price that a slot pays over its base suppliers (S, D), before the market's own price moves."""
    taxed = [effect for effect in live if effect.lever == "appeal" and "rate" in effect.size]
    premium = net.settings.transshipment_premium
    if not taxed and (gates is None or premium == 0.0):
        return None
    markup = np.zeros((len(net.flow), draws))
    for effect in taxed:
        markup[effect.where] += effect.active[week] * effect.size["rate"]
    if gates is not None and premium > 0.0:
        markup[gates[0]] += premium * gates[1] * _late(live, *gates, week)
    return np.asarray(np.log1p(net.slot_share @ markup))


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
