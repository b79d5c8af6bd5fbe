"""The summary: one screen of text that a minister could read."""

from textwrap import wrap

import polars as pl

from ytterby.planning.plan import Plan
from ytterby.show.brief import Brief
from ytterby.show.table import Citations
from ytterby.show.views import article, stress
from ytterby.show.views.chain import made_of
from ytterby.show.views.plan import chosen, name_of
from ytterby.show.views.risk import shares, window
from ytterby.show.views.view import View
from ytterby.show.words import Names, day, kind_of, listed, money, percent, week

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
    parts.append(("REPORT", [report_path, f"Tables: {result.run.get('tables', '')}.", ESTIMATED] if result.scenarios else [report_path]))
    return "\n".join(line for title, lines in parts if lines for line in _block(title, lines))


IDLE = "The plan finds no shortage with a cost under these scenarios, and so nothing to buy."
ESTIMATED = (
    "Estimated: stocks, end uses, magnet flows, output by element, values per tonne, scenario weights and all that rests on them; "
    "the report marks each figure."
)


def _block(title: str, lines: list[str]) -> list[str]:
    """A part: its title, then its lines, wrapped and indented."""
    wrapped = [part for line in lines for part in wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)]
    return [title, *wrapped]


def _first(lines: list[str], most: int) -> list[str]:
    """The first lines and, if there are more, how many."""
    return lines if len(lines) <= most else [*lines[:most], f"and {len(lines) - most} more"]


def _happened(view: View) -> tuple[str, list[str]]:
    title = f"SUPPLY BRIEF, {day(view.brief.on)}"
    if not view.brief.events:
        return title, ["No event found: nothing in the text changes supply, so there is no scenario and no plan."]
    return f"{title}: WHAT HAPPENED", _first([line for line, _ in article.what_happened(view)], LINES["events"])


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
    texts = [f"{view.names.stage(name).lower()} {_span(values)}" for name, values in span.items()]
    if not texts or not view.dominant:
        return "WHO DEPENDS", []
    who = f"{view.names.actor(view.dominant)}'s share of world output, {view.brief.base_year}: {', '.join(texts)} (est.)."
    return "WHO DEPENDS", [who]


def _span(values: list[float]) -> str:
    low, high = percent(min(values)), percent(max(values))
    return low if low == high else f"{low[:-2]}–{high}"


def _does(view: View) -> tuple[str, list[str]]:
    title = "WHAT THE CONTROL DOES (est.)"
    if not view.brief.scenarios:
        return title, ["Nothing told changes the supply of a product that this world knows."]
    losses = stress.losses(view)
    rows = [
        f"{scenario.name.capitalize()} ({percent(scenario.weight)}): {money(loss.middle)} ({money(loss.low)} to {money(loss.high)})"
        for scenario, loss in zip(view.brief.scenarios, losses, strict=True)
    ]
    head = (
        f"Value added at risk in {view.allies_name}, {stress.span(view)}: {money(stress.expected(view))} weighed over the scenarios; "
        "median (P5 to P95) of each:"
    )
    return title, [head, *rows, _stops(view), _worst_uses(view)]


def _stops(view: View) -> str:
    found = stress.first_stop(view)
    if found is None:
        weeks = max(outcome.weeks for outcome in view.brief.outcomes)
        return f"In the median no use of {view.allies_name} falls below half of its need within {weeks} weeks."
    scenario, row = found
    use, who = view.use(str(row["use"]), str(row["product"])), view.names.actor(str(row["actor"]))
    band = f"P5 {week(scenario.start, row['low'])}, P95 {week(scenario.start, row['high'])}"
    when = week(scenario.start, row["weeks"])
    return f"First to stop: {use}, {who}, {when}; {band}; {scenario.name}, chance {percent(row['chance'])}."


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
            arms = "".join(f", {view.names.use(use).lower()} {percent(own[use])}" for use in sorted(defence - {most}) if use in own)
            found.append((own[most], f"{view.names.actor(code)} {view.names.use(most).lower()} {percent(own[most])}{arms}"))
    texts = [text for _, text in sorted(found, key=lambda pair: -pair[0])][: LINES["worst"]]
    name = view.brief.scenarios[number].name
    return f"Worst uses, share of need missing in {name}: {'; '.join(texts)}." if texts else f"No use lacks anything in {name}."


def _plan(view: View, plan: Plan | None) -> tuple[str, list[str]]:
    title = "WHAT TO DO (est.)"
    if plan is None:
        return title, []
    if not plan.cost_before > 0:
        return title, [IDLE]
    head = (
        f"{money(plan.spent)} of {money(plan.budget)} cut the expected cost of shortages {plan.years[0]}–{plan.years[-1]} "
        f"from {money(plan.cost_before)} to {money(plan.cost_after)}; "
        f"in the worst cases from {money(plan.cvar_before)} to {money(plan.cvar_after)}."
    )
    rows = [
        f"{name_of(view, row)}, from {row['start']}: {money(row['usd'])}, worth {money(row['worth'])}"
        for row in chosen(plan).iter_rows(named=True)
    ]
    worths = [f"{view.names.actor(row['actor'])} {money(row['worth'])}" for row in plan.partners.iter_rows(named=True) if row["worth"] > 0]
    partners = [f"Worth of partners to the others: {', '.join(worths[:5])}."] if worths else []
    return title, [head, *_first(rows, LINES["choices"]), *partners]


def _open(view: View) -> tuple[str, list[str]]:
    rows = sorted((row for row in view.brief.commitments if row["state"] == "open"), key=lambda row: (row["due"] is None, row["due"] or ""))
    texts = [
        f"{'due ' + day(row['due']) if row['due'] else 'no due date'}: {kind_of(row['type']).lower()}, "
        + listed(dict.fromkeys(view.names.actor(code) for code in row["actors"]))
        for row in rows
    ]
    return "OPEN COMMITMENTS", _first(texts, LINES["due"])
