"""Section plan: what to buy and build, what it costs and saves, who matters, what is scarce, what was left."""

from typing import Any

import polars as pl

from ytterby.planning.plan import Plan
from ytterby.show.figures.plan import Change, Choice, bars, changes, portfolio
from ytterby.show.table import Cell, Chart, Table, result
from ytterby.show.views.view import View, sources_of
from ytterby.show.words import estimated, money, percent, plain, tonnes

SHOWN = 16
"""Rows of a bar chart at most; the table behind it has all."""
FROM = "#scenarios"
"""Where results of the plan lead: the scenarios that it was made against."""


def charts(view: View, plan: Plan) -> list[Chart]:
    """Return the section's charts; none where the plan finds no shortage that costs anything."""
    if not plan.cost_before > 0:
        return []
    made = [
        _cost_chart(view, plan),
        _portfolio_chart(view, plan),
        _service_chart(view, plan),
        _partner_chart(view, plan),
        _scarce_chart(view, plan),
    ]
    return [chart for chart in made if chart is not None]


def chosen(plan: Plan) -> pl.DataFrame:
    """Return the options taken that change anything: with a cost or a worth, the worthiest first."""
    taken = plan.options.filter((pl.col("chosen") > 0) & ((pl.col("usd") > 0) | (pl.col("worth").fill_null(0.0) > 1.0)))
    return taken.sort("worth", "option", descending=[True, False], nulls_last=True)


def name_of(view: View, row: dict[str, Any]) -> str:
    """Return an option's name for people: codes of countries become names."""
    name, actor = str(row["name"]), str(row["actor"])
    named = view.names.actor(actor)
    for long, short in (("A new plant for ", "New plant: "), ("Stock of ", "Stock: "), (f" in {actor}", "")):
        name = name.replace(long, short)
    name = name.replace("Neodymium-praseodymium", "NdPr")
    return name if named in name or row["kind"] == "agreement" else f"{name} ({named})"


def left(view: View, plan: Plan) -> Table:
    """Return what the plan leaves out or finds running already without effect, and why."""
    rows = plan.options.filter(~pl.col("option").is_in(chosen(plan)["option"].to_list())).sort("kind", "name").iter_rows(named=True)
    return Table(("Option", "Kind", "Why not"), [[Cell(name_of(view, row)), Cell(row["kind"]), Cell(row["why"])] for row in rows])


def _gives(view: View, row: dict[str, Any]) -> str:
    size = tonnes(row["size"])
    a_year = " a year" if row["kind"] != "stock" else ""
    product = view.names.inside(str(row["product"])) if row["product"] else "output"
    return f"{size}{a_year}, {product}"


def _estimated(view: View, row: dict[str, Any]) -> bool:
    project = view.brief.world["projects"].filter(pl.col("option") == row["option"])
    return True if project.is_empty() else estimated(project["basis"][0])


def _portfolio_chart(view: View, plan: Plan) -> Chart:
    taken = chosen(plan)
    choices = [
        Choice(name_of(view, row), row["kind"], row["start"] or plan.years[0], _gives(view, row), view.citations.anchor(row["source"]))
        for row in taken.head(SHOWN).sort("start", "worth", descending=[False, True]).iter_rows(named=True)
    ]
    rows = [_option_row(view, row) for row in taken.iter_rows(named=True)]
    money_words = f"{money(plan.spent)} of a budget of {money(plan.budget)}"
    return Chart(
        name="portfolio",
        title="The portfolio",
        says=f"{len(rows)} options for {money_words}; each bar begins in the first year with effect.",
        figures={"": portfolio(choices, plan.years)},
        tables=[Table(("Option", "Gives", "From", "Share taken", "Cost", "Worth", "Why"), rows)],
        unit="year of first effect; t of the product",
        as_of=view.as_of,
        sources=view.citations.cite(*sources_of(taken)),
    )


def _option_row(view: View, row: dict[str, Any]) -> list[Cell]:
    href, est = view.citations.anchor(str(row["source"])), _estimated(view, row)
    texts = (_gives(view, row), str(row["start"] or ""), percent(row["chosen"]), money(row["usd"]))
    worth = result(money(row["worth"]), FROM)
    return [Cell(name_of(view, row)), *(Cell(text, href, est=est, number=True) for text in texts), worth, Cell(str(row["why"]))]


def _cost_chart(view: View, plan: Plan) -> Chart:
    pairs = [("Expected", plan.cost_before, plan.cost_after), ("Worst cases (CVaR)", plan.cvar_before, plan.cvar_after)]
    names = [f"{name}, {state}" for name, _, _ in pairs for state in ("without the plan", "with the plan")]
    values = [usd for _, before, after in pairs for usd in (before, after)]
    rows = [
        [Cell(name), result(money(before), FROM), result(money(after), FROM), result(money(before - after), FROM)]
        for name, before, after in pairs
    ]
    return Chart(
        name="cost",
        title="Cost of shortages, without and with the plan",
        says=f"The plan costs {money(plan.spent)} and lowers the expected cost of shortages from {money(plan.cost_before)} "
        f"to {money(plan.cost_after)}.",
        figures={
            "": bars(names, [usd / 1e9 for usd in values], [money(usd) for usd in values], "bn USD", [FROM] * 4, ["dominant", "ally"] * 2)
        },
        tables=[Table(("", "Without", "With", "Saved"), rows)],
        unit=f"USD of 2024, discounted to {plan.years[0]}, {plan.years[0]} to {plan.years[-1]}",
        as_of=view.as_of,
        sources=(*view.values(), *view.citations.cite("ytterby_settings")),
    )


def _service_chart(view: View, plan: Plan) -> Chart | None:
    if plan.service.is_empty():
        return None
    keys = ["actor", "product", "use", "state"]
    summed = plan.service.group_by(keys).agg(pl.col("wanted", "missing", "worst").sum()).sort(keys)
    wide = summed.filter(pl.col("state") == "before").join(
        summed.filter(pl.col("state") == "after"), on=keys[:3], suffix="_after", validate="1:1"
    )
    wide = wide.with_columns(share=pl.col("missing") / pl.col("wanted"), share_after=pl.col("missing_after") / pl.col("wanted_after"))
    lines = wide.sort("actor", "share", "use", descending=[False, True, False])
    shown = [row for row in lines.iter_rows(named=True) if row["product"] == view.main_product or row["share"] > 0]
    found = [
        Change(
            view.names.actor(row["actor"]),
            view.use(row["use"], row["product"]),
            100 * row["share"],
            100 * row["share_after"],
            (f"{percent(row['share'])} missing", f"{percent(row['share_after'])} missing"),
            FROM,
        )
        for row in shown
    ]
    rows = [
        [
            Cell(view.names.actor(row["actor"])),
            Cell(view.use(row["use"], row["product"])),
            *(result(tonnes(row[name]), FROM) for name in ("wanted", "missing", "missing_after", "worst", "worst_after")),
        ]
        for row in lines.iter_rows(named=True)
    ]
    heads = ("Country", "Use", "Wanted", "Missing without", "Missing with", "Worst case without", "Worst case with")
    return Chart(
        name="service",
        title="Shortages by use, without and with the plan",
        says=f"Share of the need of {plan.years[0]} to {plan.years[-1]} that is missing, expected over the scenarios.",
        figures={"": changes(found, "% of need missing", states=("without the plan", "with the plan"))},
        tables=[Table(heads, rows)],
        unit=f"% of the need of {plan.years[0]} to {plan.years[-1]}; tables: t of the product in these years",
        as_of=view.as_of,
        sources=view.citations.cite(*sources_of(view.about("demand"))),
    )


def _partner_chart(view: View, plan: Plan) -> Chart | None:
    rows = list(plan.partners.iter_rows(named=True))
    worthy = [row for row in rows if row["worth"] > 0][:SHOWN]
    if not worthy:
        return None
    names = [view.names.actor(row["actor"]) for row in worthy]
    values = [row["worth"] / 1e9 for row in worthy]
    colours = [view.role(row["actor"]) if view.role(row["actor"]) != "dominant" else "other" for row in worthy]
    table = [
        [
            Cell(view.names.actor(row["actor"])),
            *(result(money(row[name]), FROM) for name in ("worth", "shapley", "with_cost", "without_cost")),
        ]
        for row in rows
    ]
    return Chart(
        name="partners",
        title="What each partner is worth to the club",
        says=f"{names[0]} is worth most: plan and shortages would cost {money(worthy[0]['worth'])} more if it gave nothing.",
        figures={"": bars(names, values, [money(row["worth"]) for row in worthy], "bn USD", [FROM] * len(names), colours)},
        tables=[Table(("Partner", "Worth", "Shapley value", "Cost with it", "Cost without it"), table)],
        unit=f"USD of 2024, discounted to {plan.years[0]}; allies blue, others grey",
        as_of=view.as_of,
        sources=view.citations.cite(*sources_of(chosen(plan))),
    )


def _scarce_chart(view: View, plan: Plan) -> Chart | None:
    rows = list(plan.bottlenecks.iter_rows(named=True))
    most: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        if row["product"] != "*":
            most.setdefault((row["product"], row["actor"], row["constraint"]), row)
    found = list(most.values())[:10]
    if not found:
        return None
    names = [f"{_scarce(view, row)}, {row['year']}" for row in found]
    values = [float(row["usd_per_t"]) / 1e3 for row in found]
    texts = [f"{money(row['usd_per_t'])}/t" for row in found]
    table = [[Cell(_scarce(view, row)), result(str(row["year"]), FROM), result(f"{money(row['usd_per_t'])}/t", FROM)] for row in rows]
    return Chart(
        name="bottlenecks",
        title="What stays scarce",
        says="What one more tonne in the worst year would still save once the plan is in place (dual of its balance).",
        figures={"": bars(names, values, texts, "thousand USD a tonne", [FROM] * len(names), ["other"] * len(names))},
        tables=[Table(("What", "Year", "One more tonne saves"), table)],
        unit="USD per tonne; supply: material in the ally's hands; capacity: plant",
        as_of=view.as_of,
        sources=view.values(),
    )


def _scarce(view: View, row: dict[str, Any]) -> str:
    if row["product"] == "*":
        return "The budget (one more USD)"
    return f"{view.names.product(str(row['product']))}, {view.names.actor(str(row['actor']))}: {plain(str(row['constraint'])).lower()}"
