"""Section chain: who makes what, who depends on whom."""

from typing import Any

import polars as pl

from ytterby.show.figures.chain import Node, Share, sankey, share_bars
from ytterby.show.figures.world_map import Place, world_map
from ytterby.show.language import say
from ytterby.show.table import Cell, Chart, Select, Table, any_estimated
from ytterby.show.views.view import View, production, sources_of, top
from ytterby.show.words import SYMBOLS, amount, between, percent, tonnes

FLOWS = 14
"""Flows drawn on a map."""
ELEMENTS = 8
"""Elements to choose from at most."""
LEAST = 0.012
"""Share of a stage below which a country stands among the others: its label would hide another."""


def made_of(view: View) -> pl.DataFrame:
    """Return the production of the brief's products in the year shown, with shares."""
    return production(view.brief.world, view.year or view.brief.base_year).filter(pl.col("product").is_in(view.chain))


def shares(view: View) -> list[tuple[str, Share, tuple[str, ...]]]:
    """Return each product of the chain with its shares by role and the sources of its rows."""
    made = made_of(view).with_columns(role=pl.col("actor").map_elements(view.role, return_dtype=pl.String()))
    found = []
    for product in view.chain:
        rows = made.filter(pl.col("product") == product)
        if rows.is_empty():
            continue
        part = {role: float(rows.filter(pl.col("role") == role)["share"].sum()) for role in ("dominant", "ally", "other")}
        sources = view.citations.cite(*sources_of(rows.sort("t", descending=True)))
        share = Share(view.label(product), **part, est=any_estimated(rows["basis"]), href=view.citations.anchor(*sources))
        found.append((product, share, sources))
    return found


def charts(view: View) -> list[Chart]:
    """Return the section's charts: none without output, no flows without trade."""
    if not view.chain:
        return []
    made = [share_chart(view), _sankey_chart(view), _map_chart(view)]
    return [chart for chart in made if chart.figures]


def share_chart(view: View) -> Chart:
    """Return who makes what in the year shown."""
    found, who = shares(view), view.names.actor(view.dominant)
    made = made_of(view).sort("product", "t", descending=[False, True])
    rows = [
        [
            Cell(view.names.product(row["product"])),
            Cell(view.names.actor(row["actor"])),
            view.citations.number(tonnes(row["t"]), row["source"], basis=row["basis"]),
            view.citations.number(between(row["low"], row["high"], tonnes, amount), row["source"], basis=row["basis"]),
            view.citations.number(percent(row["share"]), row["source"], basis=row["basis"]),
        ]
        for product, _, _ in found
        for row in made.filter(pl.col("product") == product).iter_rows(named=True)
    ]
    ranked = sorted(found, key=lambda one: one[1].dominant)
    ends = [
        say("chain.shares_end", share=percent(share.dominant), product=view.names.inside(product))
        for product, share, _ in (*ranked[:1], *ranked[-1:])
    ]
    says = say("chain.shares_says", who=who, ends=say("chain.shares_to").join(ends)) if ranked else say("chain.shares_none")
    return Chart(
        name="shares",
        title=say("chain.shares"),
        says=says,
        figures={"": share_bars([share for _, share, _ in found], who, view.allies_name)},
        tables=[Table(_heads("chart.product", "chart.country", "chain.output", "chain.range", "chain.share"), rows)],
        unit=say("chain.shares_unit"),
        as_of=view.as_of,
        sources=tuple(dict.fromkeys(source for _, _, sources in found for source in sources)),
    )


def _heads(*keys: str) -> tuple[str, ...]:
    return tuple(say(key) for key in keys)


def elements(view: View) -> list[tuple[str, str]]:
    """Return the elements of the chain: materials with a product at the first stage, with their symbol or name."""
    first = view.brief.world["stages"].sort("place")["stage"].to_list()[:1]
    rows = view.about("products").filter(pl.col("stage").is_in(first))["material"].to_list()
    return [(material, SYMBOLS.get(material, view.names.material(material))) for material in dict.fromkeys(rows)][:ELEMENTS]


def flows(view: View, material: str) -> pl.DataFrame:
    """Return the base year's flows of an element through the stages: from_stage, from, to_stage, to, t (contained) a year.

    What is made of the element (a magnet) counts with the element that its recipe needs.
    """
    world, net = view.brief.world, view.net
    own = set(world["products"].filter(pl.col("material") == material)["product"])
    inputs = world["recipes"].filter((pl.col("role") == "input") & pl.col("product").is_in(list(own)))
    made = inputs.join(world["processes"].select("process", main="product"), on="process").filter(~pl.col("main").is_in(list(own)))
    content = dict.fromkeys(own, 1.0) | dict(made.group_by("main").agg(pl.col("t_per_t").sum()).sort("main").iter_rows())
    stage = dict(world["products"].select("product", "stage").iter_rows())
    rows = []
    for node, slot, t in zip(net.link_node, net.link_slot, net.flow, strict=True):
        product = net.products[net.node_product[node]]
        into = net.slot_node[slot]
        following = net.products[net.node_product[into]] if into >= 0 else None
        if product in content and (following is None or following in content):
            to_stage = stage[following] if following else "use"
            rows.append(
                (stage[product], net.actors[net.node_actor[node]], to_stage, net.actors[net.slot_actor[slot]], t * content[product])
            )
    frame = pl.DataFrame(rows, schema=["from_stage", "from", "to_stage", "to", "t"], orient="row")
    keys = ["from_stage", "from", "to_stage", "to"]
    return frame.group_by(keys).agg(pl.col("t").sum()).sort(keys)


def _sankey_chart(view: View) -> Chart:
    found = [(material, symbol) for material, symbol in elements(view) if flows(view, material).height]
    figures: dict[str, Any] = {}
    tables = []
    for material, symbol in found:
        frame = flows(view, material)
        figures[material] = _sankey(view, frame, symbol)
        tables.append(_flow_table(view, frame, material))
    trade = view.about("trade").filter(pl.col("year") == view.brief.base_year)
    who = view.names.actor(view.dominant)
    return Chart(
        name="chain-flows",
        title=say("chain.flows"),
        says=say("chain.flows_says", who=who, allies=view.allies_name),
        figures=figures,
        tables=tables,
        unit=say("chain.flows_unit"),
        as_of=view.as_of,
        sources=view.citations.cite(*sources_of(trade), *sources_of(view.about("recipes"))),
        selects=(Select("element", tuple(found), found[0][0]),) if found else (),
        wide=720,
    )


def _sankey(view: View, frame: pl.DataFrame, symbol: str) -> object:
    passed = {*frame["from_stage"], *frame["to_stage"]}
    stages = view.brief.world["stages"].filter(pl.col("stage").is_in(list(passed))).sort("place")
    column = {stage: number for number, stage in enumerate(stages["stage"])}
    out, into = frame.select(stage="from_stage", actor="from", t="t"), frame.select(stage="to_stage", actor="to", t="t")
    ends = [end.group_by("stage", "actor").agg(pl.col("t").sum()) for end in (out, into)]
    # A stage's size is what leaves it; only at the end of the chain is it what arrives.
    both = ends[0].join(ends[1], on=["stage", "actor"], how="full", coalesce=True)
    totals = both.select("stage", "actor", pl.coalesce("t", "t_right").alias("t")).with_columns(
        share=pl.col("t") / pl.col("t").sum().over("stage")
    )
    kept = {
        stage: set(top(rows.select("actor", "share").rows(), (), LEAST, 7))
        for (stage,), rows in totals.partition_by("stage", as_dict=True).items()
    }
    nodes: dict[tuple[str, str], Node] = {}
    for stage in sorted(kept, key=lambda name: column[name]):
        nodes |= _column(view, totals.filter(pl.col("stage") == stage), kept[stage], column[stage])
    number = {key: place for place, key in enumerate(nodes)}
    links: dict[tuple[int, int], float] = {}
    for one, source, other, sink, t in frame.iter_rows():
        ends_of = number[one, source if source in kept[one] else "ROW"], number[other, sink if sink in kept[other] else "ROW"]
        links[ends_of] = links.get(ends_of, 0.0) + t
    return sankey(
        list(nodes.values()),
        [(*ends_of, t) for ends_of, t in links.items()],
        [view.names.stage(name) for name in stages["stage"]],
        say("chain.of", element=symbol),
    )


def _column(view: View, rows: pl.DataFrame, kept: set[str], column: int) -> dict[tuple[str, str], Node]:
    """The nodes of a stage from the top: the dominant actor, the allies, others by size, and all the rest as one."""
    rank = ("dominant", "ally", "other").index
    named = sorted(
        (row for row in rows.iter_rows(named=True) if row["actor"] in kept), key=lambda row: (rank(view.role(row["actor"])), -row["t"])
    )
    found = {
        (row["stage"], row["actor"]): Node(view.names.actor(row["actor"]), column, view.role(row["actor"]), row["t"], row["share"])
        for row in named
    }
    rest = rows.filter(~pl.col("actor").is_in(list(kept)))
    if rest.height:
        t, share = (float(rest[name].sum()) for name in ("t", "share"))
        found[rest["stage"][0], "ROW"] = Node(say("others"), column, "other", t, share)
    return found


def _flow_table(view: View, frame: pl.DataFrame, key: str) -> Table:
    trade = view.citations.anchor(*sources_of(view.about("trade")))
    rows = [
        [
            Cell(say("comma").join((view.names.stage(row["from_stage"]), view.names.actor(row["from"])))),
            Cell(say("comma").join((view.names.stage(row["to_stage"]), view.names.actor(row["to"])))),
            Cell(tonnes(row["t"]), trade, est=True, number=True),
        ]
        for row in frame.sort("t", descending=True).head(40).iter_rows(named=True)
    ]
    return Table(_heads("chart.from", "chart.to", "chain.flows_head"), rows, key)


def _map_chart(view: View) -> Chart:
    made, trade = made_of(view), view.about("trade").filter(pl.col("year") == view.brief.base_year)
    products = [product for product in view.chain if product in set(made["product"])]
    figures = {product: _map(view, made.filter(pl.col("product") == product), trade, product) for product in products}
    start = view.main_product if view.main_product in products else products[-1]
    return Chart(
        name="map",
        title=say("chain.map"),
        says=say("chain.map_says", count=FLOWS, credit=say("report.credit")),
        figures=figures,
        tables=[_trade_table(view, trade.filter(pl.col("product") == product), product) for product in products],
        unit=say("chain.map_unit"),
        as_of=view.as_of,
        sources=view.citations.cite(*sources_of(made), *sources_of(trade), "geo_centroids"),
        selects=(Select("product", tuple((product, view.names.product(product)) for product in products), start),),
    )


def _map(view: View, made: pl.DataFrame, trade: pl.DataFrame, product: str) -> object:
    rows = view.brief.world["actors"].select("actor", "lat", "lon").drop_nulls().rows()
    position = {code: (lat, lon) for code, lat, lon in rows}
    output = dict(made.select("actor", "t").iter_rows())
    share = dict(made.select("actor", "share").iter_rows())
    drawn = trade.filter(
        (pl.col("product") == product) & pl.col("exporter").is_in(list(position)) & pl.col("importer").is_in(list(position))
    )
    largest = (
        drawn.sort("t", "exporter", "importer", descending=[True, False, False]).head(FLOWS).select("exporter", "importer", "t").rows()
    )
    codes = [code for code in position if code in output or any(code in flow[:2] for flow in largest)]
    places = {
        code: Place(code, view.names.actor(code), lat, lon, view.role(code), output.get(code, 0.0), share.get(code, 0.0))
        for code, (lat, lon) in position.items()
        if code in codes
    }
    tinted = {code: view.role(code) for code in position}
    return world_map(places, largest, tinted, view.citations.anchor(*sources_of(made)))


def _trade_table(view: View, trade: pl.DataFrame, key: str) -> Table:
    rows = [
        [
            Cell(view.names.actor(row["exporter"])),
            Cell(view.names.actor(row["importer"])),
            view.citations.number(tonnes(row["t"]), row["source"], basis=row["basis"]),
        ]
        for row in trade.sort("t", descending=True).head(25).iter_rows(named=True)
    ]
    return Table(_heads("chain.exporter", "chain.importer", "chain.trade"), rows, key)
