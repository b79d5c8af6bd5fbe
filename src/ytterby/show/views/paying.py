"""Of the plan: who pays what and by which instrument, what more money would buy, what else one asks of it, what comes too late."""

from typing import Any

import polars as pl

from ytterby.planning.plan import Plan
from ytterby.show.figures.compare import frontier
from ytterby.show.figures.paying import stacked, twins
from ytterby.show.figures.plan import bars
from ytterby.show.language import say
from ytterby.show.table import Cell, Chart, Select, Table, result
from ytterby.show.views.view import View, name_of
from ytterby.show.words import inside, money, percent, tonnes, word

FROM = "#scenarios"
"""Where results of the plan lead: the scenarios that it was made against."""
SHOWN = 16
"""Rows of a bar chart at most; the table behind it has all."""
SOON = 3
"""Years from the first in which little that is begun now can help."""


def charts(view: View, plan: Plan) -> list[Chart]:
    """Return the charts of money; each only if its table has rows."""
    made = [_cash_chart(view, plan), _means_chart(view, plan), _frontier_chart(view, plan), _soon_chart(view, plan)]
    return [chart for chart in made if chart is not None]


def _heads(*names: str) -> tuple[str, ...]:
    return tuple(say(f"paying.{name}") for name in names)


def _named(view: View, by: str, code: str) -> str:
    return view.names.actor(code) if by == "government" else word("instrument", code)


def _cash_chart(view: View, plan: Plan) -> Chart | None:
    """Money by year, by government or by instrument."""
    if plan.cash.is_empty():
        return None
    ways = ("government", "instrument")
    figures, tables = {}, []
    for by in ways:
        wide = plan.cash.group_by("year", by).agg(pl.col("usd").sum()).pivot(by, index="year", values="usd", sort_columns=True)
        all_years = pl.DataFrame({"year": list(plan.years)}, schema={"year": wide.schema["year"]})
        wide = all_years.join(wide, on="year", how="left").fill_null(0.0).sort("year")
        names = [name for name in wide.columns if name != "year"]
        figures[by] = stacked(list(plan.years), {_named(view, by, name): wide[name].to_list() for name in names}, FROM)
        rows = [[Cell(str(row["year"])), *(result(money(row[name]), FROM) for name in names)] for row in wide.iter_rows(named=True)]
        tables.append(Table((say("paying.year"), *(_named(view, by, name) for name in names)), rows, key=by))
    choice = Select("cash_by", tuple((by, say(f"paying.{by}")) for by in ways), "government")
    return Chart(
        name="cash",
        title=say("paying.cash"),
        says=say("paying.cash_says", total=money(float(plan.cash["usd"].sum())), cost=money(float(plan.cash["cost"].sum()))),
        figures=figures,
        tables=tables,
        unit=say("paying.cash_unit"),
        as_of=view.as_of,
        sources=view.citations.cite("ytterby_settings"),
        selects=(choice,),
    )


def _means_chart(view: View, plan: Plan) -> Chart | None:
    """Every instrument of the framework: its money, its public cost, what it supports; those without money too."""
    if plan.cash.is_empty():
        return None
    name = {row["option"]: name_of(view, row) for row in plan.options.iter_rows(named=True)}
    sums = plan.cash.group_by("instrument").agg(pl.col("usd", "cost").sum(), pl.col("option").unique().sort()).sort("usd", descending=True)
    used = {row["instrument"]: row for row in sums.iter_rows(named=True)}
    rest = [code for code in view.brief.world["instruments"]["instrument"] if code not in used]
    did = {row["instrument"]: row for row in plan.deeds.iter_rows(named=True)}
    rows = [
        [
            Cell(word("instrument", code)),
            *(result(money(row[key]), FROM) for key in ("usd", "cost")),
            Cell(say("comma").join(name.get(option, option) for option in row["option"])),
            *_lost(did.get(code)),
        ]
        for code, row in used.items()
    ]
    rows += [[Cell(word("instrument", code)), Cell(""), Cell(""), Cell(say("paying.unused")), *_lost(did.get(code))] for code in rest]
    series = {say("paying.money"): [row["usd"] for row in used.values()], say("paying.public"): [row["cost"] for row in used.values()]}
    return Chart(
        name="means",
        title=say("paying.means"),
        says=say("paying.means_says", count=len(used), all=len(used) + len(rest)),
        figures={"": twins([word("instrument", code) for code in used], series, {}, FROM)},
        tables=[Table(_heads("instrument", "money", "public", "supports", "without", "lost"), rows)],
        unit=say("paying.cash_unit"),
        as_of=view.as_of,
        sources=view.citations.cite("us_jp_framework_2025", "ytterby_settings"),
    )


def _lost(deed: dict[str, Any] | None) -> list[Cell]:
    """What would be lost without an instrument; nothing where it cannot be measured."""
    if deed is None or deed["worth"] is None:
        return [Cell(""), Cell("")]
    return [result(money(deed["worth"]), FROM), result(tonnes(deed["missing"]), FROM)]


def _frontier_chart(view: View, plan: Plan) -> Chart | None:
    """Budget against risk."""
    rows = list(plan.frontier.iter_rows(named=True))
    if len(rows) < 2:
        return None
    table = [[result(money(row[name]), FROM) for name in ("budget", "spent", "cost", "cvar")] for row in rows]
    heads = tuple(say(f"plan.{name}") for name in ("budget", "spent", "expected_left", "worst_left"))
    budgets, expected, worst = ([float(row[name]) for row in rows] for name in ("budget", "cost", "cvar"))
    return Chart(
        name="frontier",
        title=say("plan.frontier"),
        says=say("plan.frontier_says"),
        figures={"": frontier(budgets, expected, worst, plan.spent)},
        tables=[Table(heads, table)],
        unit=say("chart.discounted", first=plan.years[0], last=plan.years[-1]),
        as_of=view.as_of,
        sources=view.values(),
    )


def _soon_chart(view: View, plan: Plan) -> Chart | None:
    """What stays missing in the first years, with the plan: what it cannot mend in time."""
    until = plan.years[0] + SOON
    keys = ["actor", "product", "use"]
    early = plan.service.filter((pl.col("year") < until) & (pl.col("state") == "after"))
    short = early.group_by(keys).agg(pl.col("wanted", "missing").sum(), pl.col("worst").sum()).filter(pl.col("worst") > 0.5)
    if short.is_empty():
        return None
    ranked = short.with_columns(share=pl.col("worst") / pl.col("wanted")).sort("share", *keys, descending=[True, False, False, False])
    rows = [
        [
            Cell(view.names.actor(row["actor"])),
            Cell(view.use(row["use"], row["product"])),
            *(result(tonnes(row[name]), FROM) for name in ("wanted", "missing", "worst")),
            result(percent(row["share"]), FROM),
        ]
        for row in ranked.iter_rows(named=True)
    ]
    top = list(ranked.head(SHOWN).iter_rows(named=True))
    names = [_short(view, row) for row in top]
    texts = [percent(row["share"]) for row in top]
    shares = bars(names, [100 * row["share"] for row in top], texts, say("paying.soon_axis"), [FROM] * len(top), ["dominant"] * len(top))
    heads = (say("chart.country"), say("chart.use"), *_heads("wanted", "expected", "worst", "worst_share"))
    return Chart(
        name="soon",
        title=say("paying.soon", year=until),
        says=say("paying.soon_says", count=ranked.height, year=until),
        figures={"": shares},
        tables=[Table(heads, rows)],
        unit=say("paying.soon_unit", first=plan.years[0], last=until - 1),
        as_of=view.as_of,
        sources=view.citations.cite("ytterby_settings"),
    )


def _short(view: View, row: dict[str, Any]) -> str:
    product, use = view.names.product(row["product"]), inside(view.names.use(row["use"]))
    return say("paying.soon_row", product=product, use=use, who=view.names.actor(row["actor"]))


def answers(view: View, plan: Plan) -> list[Table]:
    """Return what foresight, time and cover are worth, and each agreement; tables without rows are left out."""
    asked = [[Cell(word("question", row["question"])), result(money(row["usd"]), FROM)] for row in plan.answers.iter_rows(named=True)]
    deals = [
        [Cell(str(row["name"])), Cell(view.names.actor(row["actor"])), *(result(money(row[name]), FROM) for name in ("worth", "shapley"))]
        for row in plan.accords.iter_rows(named=True)
    ]
    tables = [Table(_heads("question", "saves"), asked), Table(_heads("agreement", "gives", "worth", "shapley"), deals)]
    return [table for table in tables if table.rows]
