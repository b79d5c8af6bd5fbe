"""Section plan: what to buy and build, what it costs and saves, who matters, what is scarce, what was left."""

from typing import Any

import polars as pl

from ytterby.planning.plan import Plan
from ytterby.show.figures.paying import twins
from ytterby.show.figures.plan import Change, Choice, bars, changes, portfolio
from ytterby.show.language import say
from ytterby.show.retelling import Retelling
from ytterby.show.table import Cell, Chart, Table, result, retold
from ytterby.show.views import paying
from ytterby.show.views.view import View, name_of, sources_of
from ytterby.show.words import estimated, inside, money, percent, scale, tonnes, word

SHOWN = 16
"""Rows of a bar chart at most; the table behind it has all."""
NOTHING = 1e4
"""Partners worth less than this (USD) are in the table only."""
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
    return [*(chart for chart in made if chart is not None), *paying.charts(view, plan)]


def chosen(plan: Plan) -> pl.DataFrame:
    """Return the options taken that change anything: with a cost or a worth, the worthiest first."""
    taken = plan.options.filter((pl.col("chosen") > 0) & ((pl.col("usd") > 0) | (pl.col("worth").fill_null(0.0) > 1.0)))
    return taken.sort("worth", "option", descending=[True, False], nulls_last=True)


def left(view: View, plan: Plan) -> Table:
    """Return what the plan leaves out or finds running already without effect, and why."""
    rows = plan.options.filter(~pl.col("option").is_in(chosen(plan)["option"].to_list())).sort("kind", "name").iter_rows(named=True)
    again = Retelling(view.brief.world)
    cells = [[Cell(name_of(view, row)), Cell(word("option", row["kind"])), retold(again(row["why"]))] for row in rows]
    return Table(_heads("option", "kind", "why_not"), cells)


def _heads(*names: str) -> tuple[str, ...]:
    return tuple(say(f"plan.{name}") for name in names)


def solved(plan: Plan) -> str:
    """Return how the plan was solved, and how far it may be from the best."""
    return say("plan.solver", status=inside(word("solved", plan.status)), gap=percent(plan.gap))


def _gives(view: View, row: dict[str, Any]) -> str:
    mass = tonnes(row["size"]) if row["kind"] == "stock" else say("number.a_year", mass=tonnes(row["size"]))
    return say("plan.gives", mass=mass, product=view.names.inside(str(row["product"])) if row["product"] else say("plan.output"))


def _estimated(view: View, row: dict[str, Any]) -> bool:
    project = view.brief.world["projects"].filter(pl.col("option") == row["option"])
    return True if project.is_empty() else estimated(project["basis"][0])


def _portfolio_chart(view: View, plan: Plan) -> Chart:
    taken = chosen(plan)
    choices = [
        Choice(name_of(view, row), row["kind"], row["start"] or plan.years[0], _gives(view, row), view.citations.anchor(row["source"]))
        for row in taken.head(SHOWN).sort("start", "worth", descending=[False, True]).iter_rows(named=True)
    ]
    again = Retelling(view.brief.world)
    rows = [_option_row(view, row, again) for row in taken.iter_rows(named=True)]
    return Chart(
        name="portfolio",
        title=say("plan.portfolio"),
        says=say("plan.portfolio_says", count=len(rows), spent=money(plan.spent), budget=money(plan.budget)),
        figures={"": portfolio(choices, plan.years)},
        tables=[Table(_heads("option", "gives_head", "from", "share", "cost_head", "worth", "why"), rows)],
        unit=say("plan.portfolio_unit"),
        as_of=view.as_of,
        sources=view.citations.cite(*sources_of(taken)),
    )


def _option_row(view: View, row: dict[str, Any], again: Retelling) -> list[Cell]:
    href, est = view.citations.anchor(str(row["source"])), _estimated(view, row)
    texts = (_gives(view, row), str(row["start"] or ""), percent(row["chosen"]), money(row["usd"]))
    worth = result(money(row["worth"]), FROM)
    return [Cell(name_of(view, row)), *(Cell(text, href, est=est, number=True) for text in texts), worth, retold(again(row["why"]))]


def _cost_chart(view: View, plan: Plan) -> Chart:
    pairs = [(say("plan.expected"), plan.cost_before, plan.cost_after), (say("plan.worst"), plan.cvar_before, plan.cvar_after)]
    names = [say("plan.cost_row", cost=name, state=say(f"plan.{state}")) for name, _, _ in pairs for state in ("without", "with")]
    values = [usd for _, before, after in pairs for usd in (before, after)]
    size, unit = scale(max(values))
    rows = [
        [Cell(name), result(money(before), FROM), result(money(after), FROM), result(money(before - after), FROM)]
        for name, before, after in pairs
    ]
    return Chart(
        name="cost",
        title=say("plan.cost"),
        says=say("plan.cost_says", spent=money(plan.spent), before=money(plan.cost_before), after=money(plan.cost_after)),
        figures={
            "": bars(names, [usd / size for usd in values], [money(usd) for usd in values], unit, [FROM] * 4, ["dominant", "ally"] * 2)
        },
        tables=[Table(("", *_heads("without_head", "with_head", "saved")), rows)],
        unit=say("chart.discounted", first=plan.years[0], last=plan.years[-1]),
        as_of=view.as_of,
        sources=(*view.values(), *view.citations.cite("ytterby_settings")),
    )


def _missing(share: float) -> str:
    return say("plan.service_missing", share=percent(share))


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
            (_missing(row["share"]), _missing(row["share_after"])),
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
    ends = _heads("wanted", "missing_without", "missing_with", "worst_without", "worst_with")
    heads = (say("chart.country"), say("chart.use"), *ends)
    return Chart(
        name="service",
        title=say("plan.service"),
        says=say("plan.service_says", first=plan.years[0], last=plan.years[-1]),
        figures={"": changes(found, say("plan.service_axis"), states=(say("plan.without"), say("plan.with")))},
        tables=[Table(heads, rows)],
        unit=say("plan.service_unit", first=plan.years[0], last=plan.years[-1]),
        as_of=view.as_of,
        sources=view.citations.cite(*sources_of(view.about("demand"))),
    )


def _partner_chart(view: View, plan: Plan) -> Chart | None:
    rows = list(plan.partners.iter_rows(named=True))
    worthy = [row for row in rows if max(row["worth"], row["shapley"] or 0.0) > NOTHING][:SHOWN]
    if not worthy:
        return None
    names = [view.names.actor(row["actor"]) for row in worthy]
    series = {
        say("plan.marginal"): [row["worth"] for row in worthy],
        say("plan.shapley"): [max(0.0, row["shapley"] or 0.0) for row in worthy],
    }
    errors = {say("plan.shapley"): [row["error"] or 0.0 for row in worthy]}
    table = [
        [
            Cell(view.names.actor(row["actor"])),
            *(result(money(row[name]), FROM) for name in ("worth", "shapley", "with_cost", "without_cost")),
        ]
        for row in rows
    ]
    return Chart(
        name="partners",
        title=say("plan.partners"),
        says=say("plan.partners_says", who=names[0], usd=money(worthy[0]["worth"])),
        figures={"": twins(names, series, errors, FROM)},
        tables=[Table(_heads("partner", "worth", "shapley", "cost_with", "cost_without"), table), *paying.answers(view, plan)],
        unit=say("plan.partners_unit", first=plan.years[0]),
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
    size, unit = scale(max(float(row["usd_per_t"]) for row in found))
    values = [float(row["usd_per_t"]) / size for row in found]
    texts = [say("number.per_tonne", usd=money(row["usd_per_t"])) for row in found]
    table = [
        [Cell(_scarce(view, row)), result(str(row["year"]), FROM), result(say("number.per_tonne", usd=money(row["usd_per_t"])), FROM)]
        for row in rows
    ]
    return Chart(
        name="bottlenecks",
        title=say("plan.scarce"),
        says=say("plan.scarce_says"),
        figures={"": bars(names, values, texts, say("plan.scarce_axis", unit=unit), [FROM] * len(names), ["other"] * len(names))},
        tables=[Table(_heads("scarce_what", "scarce_year", "scarce_saves"), table)],
        unit=say("plan.scarce_unit"),
        as_of=view.as_of,
        sources=view.values(),
    )


def _scarce(view: View, row: dict[str, Any]) -> str:
    if row["product"] == "*":
        return say("plan.scarce_budget")
    product, who = view.names.product(str(row["product"])), view.names.actor(str(row["actor"]))
    return say("plan.scarce_row", product=product, who=who, what=inside(word("constraint", str(row["constraint"]))))
