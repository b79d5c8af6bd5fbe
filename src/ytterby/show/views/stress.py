"""Section stress: what the control does, to whom, from when, under which scenario."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from ytterby.core.scenario import Scenario
from ytterby.dynamics.outcome import Outcome
from ytterby.show.figures.stress import Fan, Risk, Stop, fans, heat, risk_bars, stop_dots
from ytterby.show.language import say
from ytterby.show.table import Cell, Chart, Select, Table, result
from ytterby.show.views.risk import Loss, loss, shares, window
from ytterby.show.views.view import View, scenario_anchor, sources_of, top
from ytterby.show.words import amount, between, day, heading, money, named, percent, tonnes, week, week_day

STEP = 13
"""Weeks between the columns of the tables behind the fans: a quarter."""
PANELS = 12
"""Uses that the fans show: the worst."""
ROWS = 14
"""Countries of the heat map."""


def losses(view: View) -> list[Loss]:
    """Return what the watched actors together have at risk, a scenario each."""
    return [at_risk(view, outcome, view.watched) for outcome in view.brief.outcomes]


def at_risk(view: View, outcome: Outcome, actors: tuple[str, ...]) -> Loss:
    """Return what some actors have at risk in the year from the day of the article."""
    return loss(outcome, view.brief.world, actors, window(outcome, view.brief.on))


def span(view: View) -> str:
    """Return the weeks over which losses count, in words."""
    start, weeks = view.brief.scenarios[0].start, window(view.brief.outcomes[0], view.brief.on)
    return say("stress.span", count=weeks.last - weeks.first, day=day(max(view.brief.on, start) if weeks.first else start))


def worst(view: View) -> int:
    """Return the number of the scenario with the largest loss of the watched actors (the likelier of equals)."""
    found = losses(view)
    return max(range(len(found)), key=lambda number: (found[number].middle, view.brief.scenarios[number].weight))


def expected(view: View) -> float:
    """Return the medians at risk weighed by the scenarios' weights, USD."""
    return sum(one.middle * scenario.weight for one, scenario in zip(losses(view), view.brief.scenarios, strict=True))


def selects(view: View) -> tuple[Select, ...]:
    """Return the section's choices: whose view, which scenario (the worst first shown)."""
    most = worst(view)
    allies = tuple((code, view.names.actor(code)) for code in view.watched)
    names = tuple((one.name, f"{heading(scenario_name(one))} ({percent(one.weight)})") for one in view.brief.scenarios)
    lost = [at_risk(view, view.brief.outcomes[most], (code,)).middle for code in view.watched]
    return Select("country", allies, view.watched[int(np.argmax(lost))]), Select("scenario", names, names[most][0])


def scenario_name(scenario: Scenario) -> str:
    """Return what to call a scenario."""
    return named("scenario", scenario.name, scenario.name)


def charts(view: View) -> list[Chart]:
    """Return the section's charts."""
    return [_fan_chart(view), _stop_chart(view), _heat_chart(view), _risk_chart(view)]


def sources(view: View) -> tuple[str, ...]:
    """Return what every result of the weekly model rests on."""
    world = view.brief.world
    shocks = [shock.source for scenario in view.brief.scenarios for shock in scenario.shocks]
    tables = [name for table in ("stocks", "demand", "trade") for name in sources_of(view.about(table))] + [
        *sources_of(world["parameters"])
    ]
    return view.citations.cite(*shocks, *tables)


def _pairs(view: View) -> list[tuple[str, str, Scenario, Outcome]]:
    outcomes = list(zip(view.brief.scenarios, view.brief.outcomes, strict=True))
    return [(f"{ally}|{scenario.name}", ally, scenario, outcome) for ally in view.watched for scenario, outcome in outcomes]


def _fan_chart(view: View) -> Chart:
    figures, tables = {}, []
    for key, ally, scenario, outcome in _pairs(view):
        found = _fans(view, outcome, ally)
        weeks = [week_day(scenario.start, number) for number in range(outcome.weeks)]
        figures[key] = fans(weeks, found, view.brief.on)
        tables.append(_fan_table(scenario, found, key))
    return Chart(
        name="fan",
        title=say("stress.fan"),
        says=say("stress.fan_says"),
        figures=figures,
        tables=tables,
        unit=say("stress.fan_unit"),
        as_of=say("stress.fan_as_of", as_of=view.as_of, day=day(view.brief.scenarios[0].start)),
        sources=sources(view),
        selects=selects(view),
        group="stress",
    )


def _fans(view: View, outcome: Outcome, actor: str) -> list[Fan]:
    rows = outcome.outcome.filter((pl.col("actor") == actor) & (pl.col("wanted") > 0) & pl.col("product").is_in(view.chain))
    found = []
    for (product, use), part in rows.partition_by("product", "use", as_dict=True, maintain_order=True).items():
        short = {name: (100 * (1 - part[name] / part["wanted"])).clip(0, 100).round(1).to_list() for name in ("low", "got", "high")}
        # Much received is little missing: the bands change sides.
        found.append(Fan(view.use(use, product), short["high"], short["got"], short["low"]))
    return sorted(found, key=lambda fan: (-sum(fan.middle), -sum(fan.high), fan.label))[:PANELS]


def _fan_table(scenario: Scenario, found: list[Fan], key: str) -> Table:
    weeks = range(STEP, len(found[0].middle) if found else 0, STEP)
    href = scenario_anchor(scenario.name)
    rows = [[Cell(fan.label), *(result(_percents(fan.low[w], fan.middle[w], fan.high[w]), href) for w in weeks)] for fan in found]
    return Table((say("chart.use"), *(week(scenario.start, number) for number in weeks)), rows, key)


def _percents(low: float, middle: float, high: float) -> str:
    return percent(middle / 100) if high - low < 0.5 else f"{percent(middle / 100)} ({low:.0f}–{high:.0f})"


def _stop_chart(view: View) -> Chart:
    figures, tables = {}, []
    for key, ally, scenario, outcome in _pairs(view):
        rows = outcome.stops.filter((pl.col("actor") == ally) & pl.col("product").is_in(view.chain)).sort(
            "weeks", "low", "share", descending=[False, False, True], nulls_last=True
        )
        last = week_day(scenario.start, outcome.weeks)
        stops = [_stop(view, scenario, row) for row in rows.iter_rows(named=True) if row["chance"] > 0]
        figures[key] = stop_dots(stops, scenario.start, last)
        tables.append(Table(_stop_heads(), [_stop_row(view, scenario, row) for row in rows.iter_rows(named=True)], key))
    return Chart(
        name="stops",
        title=say("stress.stops"),
        says=say("stress.stops_says"),
        figures=figures,
        tables=tables,
        unit=say("stress.stops_unit"),
        as_of=view.as_of,
        sources=sources(view),
        selects=selects(view),
        group="stress",
    )


def _stop_heads() -> tuple[str, ...]:
    ends = (say(f"stress.{head}") for head in ("chance_head", "lost", "lost_share", "lost_value"))
    return say("chart.use"), say("stress.stops_median"), "P5", "P95", *ends


def _stop(view: View, scenario: Scenario, row: dict[str, Any]) -> Stop:
    def on(weeks: object) -> date | None:
        return week_day(scenario.start, float(weeks)) if isinstance(weeks, float) else None

    label = view.use(str(row["use"]), str(row["product"]))
    chance = float(row["chance"])
    return Stop(label, on(row["low"]), on(row["weeks"]), on(row["high"]), chance, scenario_anchor(scenario.name))


def _stop_row(view: View, scenario: Scenario, row: dict[str, Any]) -> list[Cell]:
    href = scenario_anchor(scenario.name)
    cells = [
        *(week(scenario.start, row[name]) for name in ("weeks", "low", "high")),
        percent(row["chance"]),
        f"{tonnes(row['lost'])} ({between(row['lost_low'], row['lost_high'], amount)})",
        percent(row["share"]),
        money(row["usd"]),
    ]
    return [Cell(view.use(str(row["use"]), str(row["product"]))), *(result(text, href) for text in cells)]


def _heat_chart(view: View) -> Chart:
    figures, tables = {}, []
    columns = _columns(view)
    for scenario, outcome in zip(view.brief.scenarios, view.brief.outcomes, strict=True):
        share = shares(outcome, window(outcome, view.brief.on))
        actors = _hit(view, share)
        grid_of = [[share.get((actor, product, use)) for product, use in columns] for actor in actors]
        heads = [_short(view, product, use) for product, use in columns]
        href = scenario_anchor(scenario.name)
        figures[scenario.name] = heat([view.names.actor(code) for code in actors], heads, grid_of, href)
        rows = [
            [Cell(view.names.actor(code)), *(result(percent(value), href, est=value is not None) for value in line)]
            for code, line in zip(actors, grid_of, strict=True)
        ]
        tables.append(Table((say("chart.country"), *heads), rows, scenario.name))
    return Chart(
        name="heat",
        title=say("stress.heat"),
        says=say("stress.heat_says", span=span(view)),
        figures=figures,
        tables=tables,
        unit=say("stress.heat_unit", span=span(view)),
        as_of=view.as_of,
        sources=sources(view),
        selects=selects(view)[1:],
        group="stress",
        wide=760,
    )


def _hit(view: View, share: dict[tuple[str, str, str], float]) -> list[str]:
    """The countries of the heat map: the watched and those whose main uses lack most, the larger user first among equals."""
    need = dict(view.about("demand").group_by("actor").agg(pl.col("t").sum()).rows())
    size = sum(need.values())
    lacks: dict[str, float] = {}
    for (actor, product, _), lost in share.items():
        if product == view.main_product:
            lacks[actor] = max(lacks.get(actor, 0.0), lost)
    ranked = [(code, round(lost, 3) + 1e-6 * need.get(code, 0.0) / size) for code, lost in lacks.items() if code != view.dominant]
    found = top(ranked, view.watched, 0.0, ROWS)
    return [code for code in found if code in view.watched] + [code for code in found if code not in view.watched]


def _columns(view: View) -> list[tuple[str, str]]:
    rows = view.about("demand").select("product", "use").unique().rows()
    rank = {"defence": 0, "essential": 1, "other": 2}
    priority = dict(view.brief.world["uses"].select("use", "priority").iter_rows())
    return sorted(rows, key=lambda row: (row[0] != view.main_product, rank.get(priority.get(row[1], ""), 3), row[1], row[0]))


def _short(view: View, product: str, use: str) -> str:
    """A short head for a column: long names wrap badly when turned."""
    if product == view.main_product:
        first = view.names.use(use).split(say("and"))[0]
        return view.names.use(use) if first.endswith("-") else first
    return say("stress.oxide", element=view.label(product).split(" · ")[-1]) if product.endswith("_oxide") else view.names.product(product)


def _risk_chart(view: View) -> Chart:
    risks, rows = [], []
    for ally in view.watched:
        for scenario, outcome in zip(view.brief.scenarios, view.brief.outcomes, strict=True):
            found, href = at_risk(view, outcome, (ally,)), scenario_anchor(scenario.name)
            label = say("comma").join((view.names.actor(ally), scenario_name(scenario)))
            risks.append(Risk(label, found.defence, found.others, found.low, found.high, href))
            cells = (found.middle, found.low, found.high, found.defence, found.others, found.cheap, found.dear)
            rows.append([Cell(view.names.actor(ally)), Cell(scenario_name(scenario)), *(result(money(usd), href) for usd in cells)])
    ends = (say(f"stress.{head}") for head in ("defence", "other_uses", "low_value", "high_value"))
    heads = (say("chart.country"), say("chart.scenario"), say("stress.risk_median"), "P5", "P95", *ends)
    return Chart(
        name="risk",
        title=say("stress.risk"),
        says=say("stress.risk_says", span=span(view)),
        figures={"": risk_bars(risks)},
        tables=[Table(heads, rows)],
        unit=say("stress.risk_unit"),
        as_of=view.as_of,
        sources=tuple(dict.fromkeys((*view.values(), *sources(view)))),
    )


def first_stop(view: View) -> tuple[Scenario, dict[str, Any]] | None:
    """Return the scenario and row of the stop that comes first in the median, the likelier scenario first; None if nothing stops."""
    for scenario, outcome in sorted(zip(view.brief.scenarios, view.brief.outcomes, strict=True), key=lambda pair: -pair[0].weight):
        rows = outcome.stops.filter(pl.col("actor").is_in(list(view.watched)) & pl.col("weeks").is_not_null())
        if rows.height:
            return scenario, rows.sort("weeks", "usd", "actor", descending=[False, True, False]).row(0, named=True)
    return None
