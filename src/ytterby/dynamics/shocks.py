"""Kinds of shock: each one short function from a Shock to what it does to links, producers or uses; and the annual view of the same.

The dict KINDS holds them by name; a new kind is one more function in it. A tariff is the importer's (its actor buys, its targets sell);
every other trade measure is the exporter's.
"""

import calendar
import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from ytterby.core.grid import Floats, Ints
from ytterby.core.resolve import members
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.network import WEEK, Network
from ytterby.dynamics.settings import parameter_range
from ytterby.errors import InputError

Figures = Mapping[str, Floats]
"""The shock's own figures, one value a draw (D)."""


@dataclass(frozen=True)
class Effect:
    """What one shock does: `lever` is moved at the places `where`, in the share `active` (weeks) of each week, by `size` (D each).

    gate (links): part of orders that may pass; appeal (links): part of orders that stay when buyers choose anew; licence (links): share,
    weeks, denied; quota (links): t/week over all of them; capacity (nodes), demand (slots): factor; inflow (slots): t/week for all.
    outside: whom a control shuts out, product x number of actors + actor.
    """

    lever: str
    where: Ints
    active: Floats
    size: dict[str, Floats]
    outside: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def effect_of(shock: Shock, figures: Figures, net: Network, world: World, span: "Calendar") -> Effect:
    """Return what a shock does on a network over a calendar. Unknown kind: InputError."""
    if shock.kind not in KINDS:
        raise InputError(f"unknown kind of shock '{shock.kind}'", "scenario", f"known: {', '.join(KINDS)}")
    active = active_weeks(shock, span.start, span.weeks)
    return KINDS[shock.kind](Place(shock, figures, net, world, active, span.draws, (shock.start - span.start).days / 7.0))


@dataclass(frozen=True)
class Calendar:
    """First day, number of weeks and number of draws of a run."""

    start: datetime.date
    weeks: int
    draws: int


def active_weeks(shock: Shock, start: datetime.date, weeks: int) -> Floats:
    """Return the share of each week (counted from `start`) in which a shock is in force; its last day counts.

    >>> day = datetime.date(2025, 4, 4)
    >>> active_weeks(Shock("ban", "CHN", ("*",), (), day, datetime.date(2025, 4, 10)), day, 3).tolist()
    [1.0, 0.0, 0.0]
    """
    first = (shock.start - start).days
    past = weeks * 7 if shock.end is None else (shock.end - start).days + 1
    monday = np.arange(weeks) * 7.0
    share: Floats = np.clip(np.minimum(past, monday + 7) - np.maximum(first, monday), 0.0, 7.0) / 7.0
    return share


@dataclass(frozen=True)
class Place:
    """A shock on a network: its figures in each draw, and the links, nodes and slots where it acts."""

    shock: Shock
    figures: Figures
    net: Network
    world: World
    active: Floats
    draws: int
    first_week: float = 0.0

    def figure(self, name: str, default: float = 0.0) -> Floats:
        """One of the shock's figures in each draw; the default if it gives none."""
        return self.figures.get(name, np.full(self.draws, default))

    def _numbers(self, names: frozenset[str]) -> list[int]:
        return [number for number, actor in enumerate(self.net.grid.actors) if actor in names]

    def _products(self) -> list[int]:
        return [number for number, product in enumerate(self.net.grid.products) if product in self.shock.products]

    def links(self, inward: bool = False) -> Ints:
        """Links from the imposer to its targets (inward: from the targets to the imposer) that carry the shock's products."""
        net, own = self.net.grid, members([self.shock.actor], self.world)
        others = frozenset().union(*(members(self.shock.targets, self.world, actor) for actor in own)) - own
        sellers, buyers = (others, own) if inward else (own, others)
        source, sink = net.node_actor[net.link_node], net.slot_actor[net.link_slot]
        kind = np.isin(net.slot_product[net.link_slot], self._products())
        return np.flatnonzero(kind & np.isin(source, self._numbers(sellers)) & np.isin(sink, self._numbers(buyers)))

    def nodes(self) -> Ints:
        """Producers of the shock's products at its actor."""
        net, here = self.net.grid, self._numbers(members([self.shock.actor], self.world))
        return np.flatnonzero(np.isin(net.node_product, self._products()) & np.isin(net.node_actor, here))

    def slots(self, final: bool) -> Ints:
        """Where the shock's products are taken up at its actor: final uses only, or all."""
        net, here = self.net.grid, self._numbers(members([self.shock.actor], self.world))
        found: npt.NDArray[np.bool_] = np.isin(net.slot_product, self._products()) & np.isin(net.slot_actor, here)
        return np.flatnonzero(found & (net.slot_use >= 0)) if final else np.flatnonzero(found)

    def effect(self, lever: str, where: Ints, **size: Floats) -> Effect:
        """An effect in force while the shock is."""
        return Effect(lever, where, self.active, size)

    def control(self, lever: str, **size: Floats) -> Effect:
        """A control of exports: an effect on the links to the targets, which then have a market of their own."""
        own = members([self.shock.actor], self.world)
        targets = frozenset().union(*(members(self.shock.targets, self.world, actor) for actor in own)) - own
        count, shut = len(self.net.grid.actors), self._numbers(targets)
        outside = np.array([product * count + actor for product in self._products() for actor in shut], dtype=np.int64)
        return replace(self.effect(lever, self.links(), **size), outside=outside)


def ban(place: Place) -> Effect:
    """No trade: orders pass only in the share theta that third countries let through (parameter transshipment_share)."""
    return place.control("gate", factor=place.figure("passing", place.net.settings.transshipment_share))


def licence(place: Place) -> Effect:
    """A share phi of orders waits for a licence, mu = delay_days / 7 weeks on average; a share `denied` of it is refused."""
    weeks = place.figure("delay_days") / 7.0
    return place.control("licence", share=place.figure("share"), weeks=weeks, denied=place.figure("denied"))


def quota(place: Place) -> Effect:
    """All shipments of the products to the targets together stay under the quota (t/a), spread evenly over the weeks."""
    return place.control("quota", cap=place.figure("quota") * WEEK)


def tariff(place: Place) -> Effect:
    """Buyers turn from the taxed suppliers: kept share (1 + rate)^-sigma (Armington 1969), and pay the rate; no limit on what may pass."""
    kept = (1.0 + place.figure("rate")) ** -place.figure("elasticity", place.net.settings.armington_elasticity)
    return place.effect("appeal", place.links(inward=True), factor=kept, rate=place.figure("rate"))


def outage(place: Place) -> Effect:
    """Capacity falls to (1 + severity) of itself."""
    return place.effect("capacity", place.nodes(), factor=1.0 + place.figure("severity"))


def demand(place: Place) -> Effect:
    """Final demand changes to (1 + severity) of itself."""
    return place.effect("demand", place.slots(final=True), factor=1.0 + place.figure("severity"))


def release(place: Place) -> Effect:
    """A stock from outside the model (t) reaches the actor's users of the product, evenly over the shock's days and by need."""
    return place.effect("inflow", place.slots(final=False), rate=place.figure("t") / max(float(place.active.sum()), 1e-9))


def opening(place: Place) -> Effect:
    """New capacity of t tonnes a year, decided at the start: nothing for lead_weeks, then in even steps over ramp_weeks; equation (9).

    It is added where the actor makes the product already, in proportion to capacity. The times are the central ones in all draws.
    """
    nodes = place.nodes()
    begin = place.first_week + place.shock.figure("lead_weeks")
    grown = np.clip((np.arange(len(place.active)) - begin) / max(1.0, place.shock.figure("ramp_weeks")), 0.0, 1.0)
    old = max(float(place.net.capacity[nodes].sum()), 1e-300)
    return Effect("capacity", nodes, grown * (place.active > 0.0), {"factor": 1.0 + place.figure("t") * WEEK / old})


KINDS: dict[str, Callable[[Place], Effect]] = {
    kind.__name__: kind for kind in (ban, licence, quota, tariff, outage, demand, release, opening)
}
"""Each kind of shock by name."""

FIGURES = {
    "ban": (),
    "licence": ("share", "delay_days", "denied"),
    "quota": ("quota",),
    "tariff": ("rate",),
    "outage": ("severity",),
    "demand": ("severity",),
    "release": ("t",),
    "opening": ("t", "lead_weeks", "ramp_weeks"),
}
"""The figures that each kind takes."""


AVAILABILITY = {"year": pl.Int64, "product": pl.String, "exporter": pl.String, "importer": pl.String, "share": pl.Float64}


def availability(world: World, scenario: Scenario, years: Iterable[int]) -> pl.DataFrame:
    """Return year, product, exporter, importer and the share (0..1) of base flow that can pass; links at 1 are left out.

    Central figures. Ban: theta (trans-shipment). Licence: (1 - phi) + phi (1 - denied), less phi x delay / year in the year in which it
    starts: the flow that the filling queue holds back once. Quota: min(1, quota / base flow of all its links). Outage:
    1 + severity, at home too. Each pro rata to the days of the year; several measures multiply. Tariffs, demand and releases change no
    availability. Shares hold for every pair of countries, traded in the base year or not.

    >>> availability(World({}), Scenario("none", datetime.date(2025, 1, 1), 1.0, ()), [2025]).height
    0
    """
    rows = []
    for shock in scenario.shocks:
        for year in years if shock.kind in ("ban", "licence", "quota", "outage") else ():
            share = _share(shock, year, world)
            rows += [(year, product, *pair, share) for product in shock.products for pair in _pairs(shock, world)]
    frame = pl.DataFrame(rows, schema=AVAILABILITY, orient="row")
    frame = frame.group_by("year", "product", "exporter", "importer", maintain_order=True).agg(pl.col("share").product())
    return frame.filter(pl.col("share") < 1.0).sort("year", "product", "exporter", "importer")


def passing(shock: Shock, year: int, world: World) -> float:
    """Return the share of its base flow that one shock lets pass in a calendar year, wherever it acts; central figures.

    >>> day = datetime.date(2025, 7, 2)
    >>> passing(Shock("outage", "CHN", (), ("ore",), day, figures={"severity": (-1.0, -1.0, -1.0)}), 2026, World({}))
    0.0
    """
    return _share(shock, year, world)


def _pairs(shock: Shock, world: World) -> list[tuple[str, str]]:
    sellers = sorted(members([shock.actor], world))
    if shock.kind == "outage":
        everyone = world["actors"]["actor"].to_list()
        return [(seller, buyer) for seller in sellers for buyer in everyone]
    outside = {seller: members(shock.targets, world, seller) - set(sellers) for seller in sellers}
    return [(seller, buyer) for seller in sellers for buyer in sorted(outside[seller])]


def _share(shock: Shock, year: int, world: World) -> float:
    """Share of the year's base flow that passes."""
    days = 366 if calendar.isleap(year) else 365
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    until = last if shock.end is None else min(last, shock.end)
    active = max(0, (until - max(first, shock.start)).days + 1) / days
    share = 1.0 - active * (1.0 - _while_active(shock, world))
    if shock.kind == "licence" and shock.start.year == year:
        passing = shock.figure("share") * (1.0 - shock.figure("denied"))
        share -= min(active, shock.figure("delay_days") / days) * passing
    return max(0.0, share)


def _while_active(shock: Shock, world: World) -> float:
    if shock.kind == "ban":
        return parameter_range(world, "transshipment_share")[1]
    if shock.kind == "licence":
        return 1.0 - shock.figure("share") * shock.figure("denied")
    if shock.kind == "outage":
        return max(0.0, 1.0 + shock.figure("severity"))
    flow = _base_flow(shock, world)
    return min(1.0, shock.figure("quota") / flow) if flow > 0.0 else 1.0


def _base_flow(shock: Shock, world: World) -> float:
    """Base flow (t/a) of all links of a shock in the latest year of trade."""
    pairs = pl.DataFrame(_pairs(shock, world), schema=["exporter", "importer"], orient="row")
    trade = world["trade"].filter((pl.col("year") == pl.col("year").max()) & pl.col("product").is_in(list(shock.products)))
    return float(trade.join(pairs, on=["exporter", "importer"], how="semi")["t"].sum())
