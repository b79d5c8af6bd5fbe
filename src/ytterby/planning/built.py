"""The plan's plants as plants of the world, so that the weekly stress engine can run them.

The engine knows links of the base year only: a new plant at an old place would have the old plant's few suppliers, a plant where nothing is
made yet none at all. So each plant of the plan is an actor of its own. It has links to every ally that takes its product up, and from its
suppliers: the plan's own plants first, as far as their size reaches, then those that its country (else the allies, else anybody) buys from
today. In the base year it makes a millionth of its size; a shock `opening` (dynamics/shocks.py) gives it the whole when it opens.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

import numpy as np
import polars as pl

from ytterby.core.grid import Grid, grid
from ytterby.core.scenario import Shock
from ytterby.core.world import World
from ytterby.planning.options import Option

PART = 1e-6
"""Share of its size that a plant makes in the base year: next to nothing, but enough to have links."""
WEEKS = 365.25 / 7
Flow = tuple[str, str, str]
"""(product, exporter, importer)"""


def name_of(option: Option) -> str:
    """Return the actor that stands for a plant of the plan.

    >>> name_of(Option("mp_10x", "project", "10X", "USA", None, 0.0, 0.0, (), "s", 2028.0))
    'org:mp_10x'
    """
    return f"org:{option.option}"


def built(world: World, taken: Sequence[tuple[Option, float]], allies: Collection[str], start: datetime.date) -> tuple[World, list[Shock]]:
    """Return the world with the plan's projects in it, and the shocks that open them.

    taken: options with the share taken of each; those that are no projects are passed over. start: of the run. A plant that finds no
    buyer among the allies and their plants, or whose feed nobody makes, gets no links and makes nothing.
    """
    projects = [(option, share) for option, share in taken if option.kind == "project" and share > 0]
    if not projects:
        return world, []
    site = _Site(world, projects, allies)
    site.connect()
    return site.world(), _openings(site, start)


@dataclass
class _Site:
    """The plants that are added: sizes by (product, plant), flows of the base year, and what the world had before."""

    old: World
    projects: Sequence[tuple[Option, float]]
    allies: Collection[str]
    flat: Grid = field(init=False)
    size: dict[tuple[str, str], float] = field(init=False)
    flows: dict[Flow, float] = field(default_factory=lambda: defaultdict(float))

    def __post_init__(self) -> None:
        self.flat = grid(self.old)
        self.feeds = _feeds(self.old)
        self.host = {name_of(option): option.actor for option, _ in self.projects}
        self.size = defaultdict(float)
        self.free = {name_of(option): option.fed for option, _ in self.projects}
        for option, share in self.projects:
            for product, t in option.outputs:
                self._add(name_of(option), product, t * share, own=product in option.fed)

    def _add(self, plant: str, product: str, t: float, own: bool) -> None:
        """A plant that brings the feed of a product itself has all the steps before."""
        self.size[product, plant] += t
        for feed, ratio in self.feeds.get(product, ()) if own else ():
            self.free[plant] |= {feed}
            self._add(plant, feed, t * ratio, own=True)

    def connect(self) -> None:
        """Give each plant its buyers and suppliers, last products of the chain first: what a plant makes follows from what it sends."""
        after: dict[str, set[str]] = {product: set() for product, _ in self.size}
        for main, rows in self.feeds.items():
            for feed, _ in rows:
                after.setdefault(feed, set()).add(main)
        self._drop_unfed()
        sold = {(product, name_of(option)) for option, _ in self.projects for product, _ in option.outputs}
        self.made: dict[tuple[str, str], float] = defaultdict(float)
        for product in TopologicalSorter(after).static_order():
            for plant in sorted(plant for made, plant in self.size if made == product):
                if (product, plant) in sold:
                    self._sell(product, plant)
                self._supply(product, plant)

    def _drop_unfed(self) -> None:
        """Leave out what can have no feed, then what only that could have fed."""
        unfed = [
            (product, plant)
            for product, plant in self.size
            if not all(self._sources(product, feed, ratio, plant) for feed, ratio in self.feeds.get(product, ()))
        ]
        for one in unfed:
            del self.size[one]
        if unfed:
            self._drop_unfed()

    def _sell(self, product: str, plant: str) -> None:
        """Links to the allies, by their need."""
        for ally, part in _parts(self._needs(product)).items():
            self._send(product, plant, ally, PART * self.size[product, plant] * part)

    def _send(self, product: str, plant: str, to: str, t: float) -> None:
        self.flows[product, plant, to] += t
        if plant in self.host:
            self.made[product, plant] += t

    def _supply(self, product: str, plant: str) -> None:
        for feed, ratio in self.feeds.get(product, ()):
            wanted = ratio * self.made[product, plant]
            for source, part in self._sources(product, feed, ratio, plant).items():
                self._send(feed, source, plant, wanted * part)

    def _sources(self, product: str, feed: str, ratio: float, plant: str) -> dict[str, float]:
        """Who supplies a plant's feed, in shares: itself if it brings its feed, the plan's plants, those who supply its country today."""
        if product in self.free[plant] and (feed, plant) in self.size:
            return {plant: 1.0}
        own = {other: t for (made, other), t in self.size.items() if made == feed}
        reach = min(1.0, sum(own.values()) / (ratio * self.size[product, plant])) if own else 0.0
        buyers = [self.host[plant]], self.allies, self.flat.actors
        today = next((parts for parts in (_parts(self._suppliers(feed, names)) for names in buyers) if parts), {})
        if not today:
            return _parts(own)
        return {name: reach * part for name, part in _parts(own).items()} | {name: (1 - reach) * part for name, part in today.items()}

    def _needs(self, product: str) -> dict[str, float]:
        """What each ally takes up of a product (t a year)."""
        flat, found = self.flat, defaultdict[str, float](float)
        for slot in np.flatnonzero(flat.slot_product == flat.products.index(product)):
            actor = flat.actors[flat.slot_actor[slot]]
            if actor in self.allies:
                found[actor] += float(flat.need[slot])
        return found

    def _suppliers(self, product: str, buyers: Collection[str]) -> dict[str, float]:
        """Who sends some buyers a product in the base year (t a year)."""
        flat, found = self.flat, defaultdict[str, float](float)
        for link in np.flatnonzero(flat.slot_product[flat.link_slot] == flat.products.index(product)):
            if flat.actors[flat.slot_actor[flat.link_slot[link]]] in buyers:
                found[flat.actors[flat.node_actor[flat.link_node[link]]]] += float(flat.flow[link])
        return found

    def world(self) -> World:
        """The world with the plants' rows added."""
        basis = {"basis": "assumed", "source": "ytterby_settings", "year": self.flat.year}
        made = [(product, plant, t) for (product, plant), t in sorted(self.made.items()) if t > 0]
        sent = [(*flow, t) for flow, t in sorted(self.flows.items()) if t > 0 and flow[1] != flow[2]]
        actors = [(plant, option.name, "company") for plant, option in sorted((name_of(option), option) for option, _ in self.projects)]
        return (
            self.old.with_table("actors", _more(self.old["actors"], ["actor", "name", "kind"], actors, {}))
            .with_table("production", _more(self.old["production"], ["product", "actor", "t"], made, basis))
            .with_table("trade", _more(self.old["trade"], ["product", "exporter", "importer", "t"], sent, basis))
        )


def _feeds(world: World) -> dict[str, tuple[tuple[str, float], ...]]:
    """Inputs of each product, over all its processes, as the engine's network has them."""
    main = world["processes"].select("process", main="product")
    rows = world["recipes"].filter(pl.col("role") == "input").join(main, on="process").sort("main", "product")
    found: dict[str, list[tuple[str, float]]] = {}
    for product, feed, ratio in rows.select("main", "product", "t_per_t").iter_rows():
        found.setdefault(product, []).append((feed, ratio))
    return {product: tuple(inputs) for product, inputs in found.items()}


def _parts(amounts: dict[str, float]) -> dict[str, float]:
    total = sum(amounts.values())
    return {name: t / total for name, t in sorted(amounts.items()) if t > 0} if total > 0 else {}


def _more(table: pl.DataFrame, columns: Sequence[str], rows: Sequence[tuple[object, ...]], constant: dict[str, object]) -> pl.DataFrame:
    new = pl.DataFrame(rows, schema=columns, orient="row").with_columns(**{name: pl.lit(value) for name, value in constant.items()})
    return pl.concat([table, new.cast({name: table.schema[name] for name in new.columns})], how="diagonal")


def _openings(site: _Site, start: datetime.date) -> list[Shock]:
    """All of a plant's capacity from the middle of its ramp on: as many tonnes as the ramp gives, and far fewer changes to run through."""
    today = start.year + (start - datetime.date(start.year, 1, 1)).days / 365.25
    middle = {name_of(option): option.opening + option.ramp / 2 for option, _ in site.projects}
    found = []
    for (product, plant), size in sorted(site.size.items()):
        if site.made[product, plant] > 0:
            lead = float(max(0, round(WEEKS * (middle[plant] - today))))
            figures = {name: (value,) * 3 for name, value in (("t", size), ("lead_weeks", lead), ("ramp_weeks", 1.0))}
            found.append(Shock("opening", plant, ("*",), (product,), start, None, figures))
    return found
