"""View: a brief with names, citations and roles at hand; every section is made from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from ytterby.core.grid import Grid, grid
from ytterby.core.resolve import products_of
from ytterby.core.world import World
from ytterby.show.brief import Brief
from ytterby.show.language import say
from ytterby.show.table import Citations, slug
from ytterby.show.words import BASES, SYMBOLS, Names, listed

CROWD = 4
"""Countries watched where no ally is named."""
MOST = 24
"""Products of a brief at most: more make no picture."""


@dataclass(frozen=True)
class View:
    """What all sections share. year: of the output shown, the base year by default; asked: products to show instead of the brief's."""

    brief: Brief
    names: Names
    citations: Citations
    year: int | None = None
    asked: frozenset[str] = frozenset()

    @cached_property
    def dominant(self) -> str:
        """The actor whose power over supply is watched; empty in a world without production."""
        return self.brief.dominant() or ""

    @cached_property
    def watched(self) -> tuple[str, ...]:
        """The allies; without any, the largest users outside the dominant actor."""
        if self.brief.allies:
            return self.brief.allies
        need = self.brief.world["demand"].filter(~pl.col("actor").is_in([self.dominant, "ROW"]))
        ranked = need.group_by("actor").agg(pl.col("t").sum()).sort("t", "actor", descending=[True, False])
        return tuple(sorted(ranked["actor"].to_list()[:CROWD]))

    @cached_property
    def net(self) -> Grid:
        """The world's base year as arrays."""
        return self.brief.outcomes[0].grid if self.brief.outcomes else grid(self.brief.world, self.brief.base_year)

    @cached_property
    def main_product(self) -> str:
        """The product of most final uses: a use of it needs no further name."""
        uses = self.about("demand").select("product", "use").unique()
        ranked = uses.group_by("product").len().sort("len", "product", descending=[True, False])
        return str(ranked["product"][0]) if ranked.height else ""

    @cached_property
    def allies_name(self) -> str:
        """The watched actors in words."""
        return listed(self.names.actor(code) for code in self.watched) or say("nobody")

    @cached_property
    def as_of(self) -> str:
        """The year that the figures stand for, as every caption says it."""
        return say("chart.base_year", year=self.brief.base_year) if self.year is None else say("chart.year", year=self.year)

    @cached_property
    def estimates(self) -> frozenset[str]:
        """The sources of rows that are estimated or assumed."""
        tables = [frame for frame in self.brief.world.values() if {"basis", "source"} <= set(frame.columns)]
        return frozenset(source for frame in tables for source in frame.filter(pl.col("basis").is_in(list(BASES)))["source"])

    def role(self, actor: str) -> str:
        """Return dominant, ally or other: the colour of an actor."""
        return "dominant" if actor == self.dominant else "ally" if actor in self.watched else "other"

    def label(self, product: str) -> str:
        """Return 'Metal · Dy': a product's stage and element; a material without a symbol goes by its name."""
        row = self.brief.world["products"].row(by_predicate=pl.col("product") == product, named=True)
        symbol = SYMBOLS.get(row["material"])
        stage = self.names.stage(row["stage"])
        name = self.names.product(product)
        return name if stage.lower() in name.lower() and not symbol else f"{stage} · {symbol or self.names.material(row['material'])}"

    @cached_property
    def chain(self) -> list[str]:
        """The products that the brief is about, in order of stage: those with output that its shocks or events touch, at most MOST.

        What the shocks touch and all that recipes tie to it; without shocks, what the events' materials stand for. Of these, those that
        recipes link into a chain, if there are any; nothing found ('critical minerals' is too wide): the chain of all recipes.
        """
        world = self.brief.world
        made = production(world, self.year or self.brief.base_year)
        shocked = {product for scenario in self.brief.scenarios for shock in scenario.shocks for product in shock.products}
        told = [products_of(name, world) for name in sorted({name for event in self.brief.events for name in event["materials"]})]
        named = {product for products in told if len(products) <= MOST for product in products}
        linked = {end for pair in links(world) for end in pair} & set(made["product"])
        found = tied(world, self.asked or shocked or named) & set(made["product"])
        share = dict(made.filter(pl.col("actor") == self.dominant).select("product", "share").iter_rows())
        kept = sorted(found & linked or found or linked, key=lambda product: (-share.get(product, 0.0), product))[:MOST]
        place, order = dict(world["stages"].select("stage", "place").iter_rows()), world["products"]["product"].to_list()
        stage = dict(world["products"].select("product", "stage").iter_rows())
        return sorted(kept, key=lambda product: (place.get(stage[product], MOST), order.index(product)))

    def about(self, table: str) -> pl.DataFrame:
        """Return the rows of one of the world's tables that are on the products of the brief."""
        return self.brief.world[table].filter(pl.col("product").is_in(self.chain))

    def values(self) -> tuple[str, ...]:
        """Return the sources of the value per tonne of the uses that the brief is about."""
        return self.citations.cite(*sources_of(self.about("values")))

    def use(self, use: str, product: str) -> str:
        """Return a final use in words."""
        return self.names.use_of(use, product, self.main_product)


def production(world: World, year: int) -> pl.DataFrame:
    """Return a year's production with each actor's share of the product's world output."""
    made = world["production"].filter((pl.col("year") == year) & (pl.col("t") > 0))
    return made.with_columns(share=pl.col("t") / pl.col("t").sum().over("product"))


def tied(world: World, products: Iterable[str]) -> set[str]:
    """Return products and all that recipes tie to them, up and down the chain.

    >>> sorted(tied(World({}), ["dy_oxide"]))
    ['dy_oxide']
    """
    found, before = set(products), 0
    while len(found) > before:
        before = len(found)
        found |= {end for pair in links(world) if found & set(pair) for end in pair}
    return found


def links(world: World) -> list[tuple[str, str]]:
    """Return what recipes tie together: main output and input or by-product.

    >>> links(World({}))
    []
    """
    main = dict(world["processes"].select("process", "product").iter_rows())
    return [(main[process], product) for process, product in world["recipes"].select("process", "product").iter_rows()]


def scenario_anchor(name: str) -> str:
    """Return the anchor of a scenario's card.

    >>> scenario_anchor("status quo")
    '#scenario-status-quo'
    """
    return f"#scenario-{slug(name)}"


def sources_of(frame: pl.DataFrame, column: str = "source") -> tuple[str, ...]:
    """Return the distinct sources of a table in order of appearance.

    >>> sources_of(pl.DataFrame({"source": ["b", "a", "b"]}))
    ('b', 'a')
    """
    return tuple(dict.fromkeys(name for name in frame[column].to_list() if name))


def top(codes: Iterable[tuple[str, float]], keep: Iterable[str], least: float, most: int) -> list[str]:
    """Return the codes worth a place of their own, largest first: those to keep, and others above `least`, at most `most` in all.

    >>> top([("a", 0.5), ("b", 0.3), ("c", 0.01), ("d", 0.1)], keep=["c"], least=0.05, most=3)
    ['a', 'b', 'c']
    """
    ranked = sorted((code for code in codes if code[1] > 0 and code[0] != "ROW"), key=lambda pair: (-pair[1], pair[0]))
    kept = set(keep)
    first = [code for code, _ in ranked if code in kept]
    rest = [code for code, share in ranked if code not in kept and share >= least][: max(0, most - len(first))]
    return [code for code, _ in ranked if code in first or code in rest]


def name_of(view: View, row: dict[str, Any]) -> str:
    """Return an option's name for people: codes of countries become names; projects and agreements keep their own."""
    name, who = str(row["name"]), view.names.actor(str(row["actor"]))
    for start, key in (("A new plant for ", "plan.new_plant"), ("Stock of ", "plan.stock")):
        if name.startswith(start):
            return say("plan.option_at", option=say(key, product=view.names.inside(str(row["product"]))), who=who)
    return name if who in name or row["kind"] == "agreement" else say("plan.option_at", option=name, who=who)
