"""The summary: one screen of text that a minister could read."""

import polars as pl

from ytterby.planning.plan import Plan
from ytterby.show.brief import Brief
from ytterby.show.figures.base import lines as broken
from ytterby.show.language import say
from ytterby.show.retelling import Retelling
from ytterby.show.table import Citations
from ytterby.show.views import article, stress
from ytterby.show.views.chain import made_of
from ytterby.show.views.plan import chosen
from ytterby.show.views.risk import shares, window
from ytterby.show.views.view import View, name_of
from ytterby.show.words import Names, day, heading, inside, kind_of, listed, money, percent, week

WIDTH = 100
LINES = {"events": 8, "choices": 4, "worst": 3, "due": 4}
"""Rows of a list at most; the report has all."""


def summary(result: Brief, report_path: str) -> str:
    """Return what happened, who depends, what the control does, what to do, what stands open, in at most some 40 lines of 100 letters.

    report_path: where the report lies. A brief without events says 'no event'.
    """
    view = View(result, Names(result.world), Citations(result.world))
    parts = [_happened(view)]
    if result.events:
        parts += [_depends(view), _does(view), _plan(view, result.plan), _open(view)]
    tables = say("summary.tables", tables=Retelling(result.world)(str(result.run.get("tables", ""))).text)
    parts.append((say("summary.report"), [report_path, tables, say("summary.estimated")] if result.scenarios else [report_path]))
    return "\n".join(line for title, lines in parts if lines for line in _block(title, lines))


def _block(title: str, lines: list[str]) -> list[str]:
    """A part: its title, then its lines, wrapped and indented."""
    found = [title]
    for text in lines:
        first, *rest = broken(text, WIDTH - 4)
        found += [f"  {first}", *(f"    {line}" for line in rest)]
    return found


def _first(lines: list[str], most: int) -> list[str]:
    """The first lines and, if there are more, how many."""
    return lines if len(lines) <= most else [*lines[:most], say("chart.more", count=len(lines) - most)]


def _happened(view: View) -> tuple[str, list[str]]:
    title = say("summary.title", day=day(view.brief.on))
    if not view.brief.events:
        return title, [say("summary.nothing")]
    return say("summary.happened", title=title), _first([line for line, _ in article.what_happened(view)], LINES["events"])


def _depends(view: View) -> tuple[str, list[str]]:
    """The dominant actor's share by stage: the least and the most over the stage's products."""
    products = view.brief.world["products"]
    stage = dict(products.select("product", "stage").iter_rows())
    span: dict[str, list[float]] = {}
    own = {row["product"]: row["share"] for row in made_of(view).iter_rows(named=True) if row["actor"] == view.dominant}
    made = set(made_of(view)["product"])
    for product in view.chain:
        if product in made:
            span.setdefault(stage[product], []).append(own.get(product, 0.0))
    texts = [say("summary.stage", stage=inside(view.names.stage(name)), share=_span(values)) for name, values in span.items()]
    if not texts or not view.dominant:
        return say("summary.depends"), []
    who = view.names.actor(view.dominant)
    return say("summary.depends"), [say("summary.share", who=who, year=view.brief.base_year, shares=say("comma").join(texts))]


def _span(values: list[float]) -> str:
    low, high = percent(min(values)), percent(max(values))
    return low if low == high else say("between", low=low, high=high)


def _does(view: View) -> tuple[str, list[str]]:
    title = say("summary.does")
    if not view.brief.scenarios:
        return title, [say("summary.no_scenario")]
    losses = stress.losses(view)
    rows = [
        say(
            "summary.scenario",
            scenario=heading(stress.scenario_name(scenario)),
            weight=percent(scenario.weight),
            usd=money(loss.middle),
            low=money(loss.low),
            high=money(loss.high),
        )
        for scenario, loss in zip(view.brief.scenarios, losses, strict=True)
    ]
    head = say("summary.at_risk", allies=view.allies_name, span=stress.span(view), usd=money(stress.expected(view)))
    return title, [head, *rows, _stops(view), _worst_uses(view)]


def _stops(view: View) -> str:
    found = stress.first_stop(view)
    if found is None:
        weeks = max(outcome.weeks for outcome in view.brief.outcomes)
        return say("summary.no_stop", allies=view.allies_name, weeks=weeks)
    scenario, row = found
    use, who = view.use(str(row["use"]), str(row["product"])), view.names.actor(str(row["actor"]))
    ends = {name: week(scenario.start, row[column]) for name, column in (("low", "low"), ("when", "weeks"), ("high", "high"))}
    name, chance = stress.scenario_name(scenario), percent(row["chance"])
    return say("summary.stop", use=use, who=who, scenario=name, chance=chance, **ends)


def _worst_uses(view: View) -> str:
    """The main product's use of each watched actor that lacks most in the worst scenario, the larger use first; defence beside it."""
    number = stress.worst(view)
    outcome = view.brief.outcomes[number]
    lacks = shares(outcome, window(outcome, view.brief.on))
    world = view.brief.world
    need = {(row["actor"], row["use"]): row["t"] for row in world["demand"].iter_rows(named=True) if row["product"] == view.main_product}
    defence = set(world["uses"].filter(pl.col("priority") == "defence")["use"])
    found = []
    for code in view.watched:
        own = {use: lost for (actor, product, use), lost in lacks.items() if actor == code and product == view.main_product}
        if any(own.values()):
            most = max(own, key=lambda use: (round(own[use], 3), need.get((code, use), 0.0), use))
            arms = "".join(
                say("comma") + say("summary.stage", stage=inside(view.names.use(use)), share=percent(own[use]))
                for use in sorted(defence - {most})
                if use in own
            )
            most_words = say("summary.use", who=view.names.actor(code), use=inside(view.names.use(most)), share=percent(own[most]))
            found.append((own[most], most_words + arms))
    texts = [text for _, text in sorted(found, key=lambda pair: -pair[0])][: LINES["worst"]]
    name = stress.scenario_name(view.brief.scenarios[number])
    return say("summary.worst", scenario=name, uses="; ".join(texts)) if texts else say("summary.no_worst", scenario=name)


def _plan(view: View, plan: Plan | None) -> tuple[str, list[str]]:
    title = say("summary.plan")
    if plan is None:
        return title, []
    if not plan.cost_before > 0:
        return title, [say("plan.idle")]
    usd = {name: money(getattr(plan, name)) for name in ("spent", "budget", "cost_before", "cost_after", "cvar_before", "cvar_after")}
    head = say("summary.cut", first=plan.years[0], last=plan.years[-1], **usd)
    rows = [
        say("summary.option", option=name_of(view, row), year=row["start"], usd=money(row["usd"]), worth=money(row["worth"]))
        for row in chosen(plan).iter_rows(named=True)
    ]
    worths = [
        say("summary.stage", stage=view.names.actor(row["actor"]), share=money(row["worth"]))
        for row in plan.partners.iter_rows(named=True)
        if row["worth"] > 0
    ]
    partners = [say("summary.partners", worths=say("comma").join(worths[:5]))] if worths else []
    return title, [head, *_first(rows, LINES["choices"]), *partners]


def _open(view: View) -> tuple[str, list[str]]:
    rows = sorted((row for row in view.brief.commitments if row["state"] == "open"), key=lambda row: (row["due"] is None, row["due"] or ""))
    texts = [
        say(
            "summary.promise",
            due=say("summary.due", day=day(row["due"])) if row["due"] else say("summary.undated"),
            event=inside(kind_of(row["type"])),
            who=listed(dict.fromkeys(view.names.actor(code) for code in row["actors"])),
        )
        for row in rows
    ]
    return say("summary.open"), _first(texts, LINES["due"])
