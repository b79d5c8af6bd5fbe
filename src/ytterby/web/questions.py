"""Questions to a brief and to the world: what if, compare, another budget, another year, another day; rankings, search, sources."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from ytterby.core.catalogue import indicators as catalogue
from ytterby.core.catalogue import nearest
from ytterby.core.resolve import products_of
from ytterby.core.scope import within
from ytterby.core.world import World
from ytterby.dynamics.scenario_file import dump_scenarios
from ytterby.errors import InputError
from ytterby.indicators.measure import measure
from ytterby.pipeline import INDICATORS
from ytterby.show.brief import Brief
from ytterby.show.language import say
from ytterby.show.page import Fragment, fragment, rendered, view_of
from ytterby.show.views import chain, compare, indicators, plan, ranking, trace
from ytterby.show.views.view import View
from ytterby.show.words import Names, named
from ytterby.web.common import API, Part, Status, TheBrief, TheDesk, TheJobs, part
from ytterby.web.desk import Desk, Held
from ytterby.web.jobs import Tell
from ytterby.web.what_if import changed, usual_delay

router = APIRouter(prefix=API, tags=["questions"])
STEPS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0)
"""Budgets of the frontier, in parts of the brief's."""
Actor = Annotated[str | None, Query(max_length=20, description="ISO3; default: the ally with the largest loss")]
Name = Annotated[str, Query(max_length=100)]


class WhatIf(BaseModel):
    """What is changed. severity: factor of the controls' figures; delay_days: mean time to a licence; cover: factor of industry stocks."""

    scenario: str = Field(max_length=100)
    actor: str | None = Field(None, max_length=20)
    severity: float = Field(1.0, ge=0, le=2, allow_inf_nan=False)
    delay_days: float | None = Field(None, ge=0, le=365, allow_inf_nan=False)
    cover: float = Field(1.0, ge=0, le=5, allow_inf_nan=False)


class Answer(Part):
    """What changes, and the changed scenario as a file."""

    scenario: str


class Found(BaseModel):
    """Something that a search found: its kind, code, name, what it is, and the state of the page that shows it."""

    kind: str
    code: str
    name: str
    detail: str
    state: dict[str, str]


def _actor(view: View, actor: str | None) -> str:
    """The actor whose view is asked for, or the first that is watched."""
    known = view.brief.world["actors"]["actor"].to_list()
    if actor is not None and actor not in known:
        raise InputError(f"unknown actor '{actor}'", "actor", nearest(actor, known))
    return actor or view.watched[0]


@router.post("/briefs/{brief}/what-if")
def what_if(held: TheBrief, asked: WhatIf) -> Answer:
    """Run a scenario with changed figures beside the scenario as it is, with the same few draws."""
    view = view_of(held.brief)
    actor = _actor(view, asked.actor)
    one = compare.Run(say("compare.as_told"), held.run(asked.scenario))
    other = compare.Run(say("compare.what_if"), held.run(asked.scenario, asked.severity, asked.delay_days, asked.cover))
    chart = compare.side_by_side(view, one, other, actor, "what-if", say("compare.what_if_title"))
    made = fragment(view, [chart], head=[(say("compare.changes"), compare.headline(view, one, other, actor))])
    text = dump_scenarios([changed(held.scenario(asked.scenario), asked.severity, asked.delay_days)])
    return Answer(html=made.html, figures=made.figures, scenario=text)


@router.get("/briefs/{brief}/compare")
def two_scenarios(held: TheBrief, one: Name, other: Name, actor: Actor = None) -> Part:
    """Show two scenarios beside each other."""
    view = view_of(held.brief)
    who, first, second = _actor(view, actor), *(compare.Run(named("scenario", name, name), held.run(name)) for name in (one, other))
    chart = compare.side_by_side(view, first, second, who, "compare", say("compare.two"))
    return part(fragment(view, [chart], head=[(say("compare.changes"), compare.headline(view, first, second, who))]))


@router.get("/briefs/{brief}/sliders")
def sliders(held: TheBrief) -> dict[str, Any]:
    """Return where the sliders begin: the mean time to a licence of each scenario, days of industry stock of the brief's products."""
    stocks = view_of(held.brief).about("stocks").filter(pl.col("holder") == "industry")
    delays = {scenario.name: usual_delay(scenario) for scenario in held.brief.scenarios}
    return {"delay_days": delays, "days_of_cover": stocks["days"].median(), "budget": held.inputs.budget}


@router.get("/briefs/{brief}/plan")
def planned(held: TheBrief, budget: Annotated[float, Query(ge=0, le=1e13, allow_inf_nan=False)]) -> Part:
    """Plan for another budget."""
    view = view_of(held.brief)
    made = held.planned(budget)
    return part(fragment(view, plan.charts(view, made)))


@router.post("/briefs/{brief}/frontier", status_code=202)
def frontier(held: TheBrief, jobs: TheJobs) -> Status:
    """Plan for several budgets, from none to twice the brief's; the job's result is a part of a page."""
    if held.brief.plan is None:
        raise InputError("there is nothing to plan against", "plan", "a plan needs a scenario and an ally")
    return Status(**jobs.start("frontier", lambda tell: _frontier(held, tell)).public())


def _frontier(held: Held, tell: Tell) -> Part:
    base = held.inputs.budget or 1e9
    plans = []
    for number, step in enumerate(STEPS):
        tell("plan", number, len(STEPS))
        plans.append(held.planned(step * base))
    view = view_of(held.brief)
    return part(fragment(view, [compare.budgets(view, plans, held.inputs.budget)]))


@router.get("/briefs/{brief}/days")
def two_days(held: TheBrief, before: date, after: date) -> Part:
    """Measure the brief's chain with what was in force on one day and on another."""
    view = view_of(held.brief)
    world = within(held.brief.world, view.chain)
    frames = [
        measure(world, *INDICATORS, on=on, events=held.brief.events, draws=0).filter(pl.col("state") == "after") for on in (before, after)
    ]
    return part(fragment(view, [ranking.two_days(view, (frames[0], frames[1]), (before, after))]))


@router.get("/chain")
def the_chain(
    desk: TheDesk, material: Annotated[str | None, Query(max_length=60)] = None, brief: Name = "", year: int | None = None
) -> Part:
    """Show who makes what of a material (or of a brief's products), in a year; in the base year also the flows."""
    return part(_chain(desk, material, brief, year))


def _chain(desk: Desk, material: str | None, name: str, year: int | None) -> Fragment:
    held, years = desk.get(name), years_of(desk.world)
    if year is not None and year not in years:
        raise InputError(f"no production of {year}", "year", f"known: {', '.join(map(str, years))}")
    view = view_of(held.brief if held and not material else empty(desk.world), asked=_products(desk.world, material) if material else ())
    if year not in (None, view.brief.base_year):
        # Other years stand in today's world: what was known on the day of an article may hold one year only.
        view = view_of(replace(empty(desk.world), allies=view.brief.allies), year, view.chain)
        made = [chain.share_chart(view)] if view.chain else []
    else:
        made = chain.charts(view)
    if not made:
        raise InputError("no production is known of this", "material", "choose another material or year")
    return fragment(view, made)


def _products(world: World, material: str) -> tuple[str, ...]:
    known = world["materials"]["material"].to_list()
    if material not in known:
        raise InputError(f"unknown material '{material}'", "material", nearest(material, known))
    return tuple(products_of(material, world))


def years_of(world: World, material: str | None = None) -> list[int]:
    """Return the years with production (of a material), ascending.

    >>> years_of(World({}))
    []
    """
    made = world["production"]
    if material is not None:
        made = made.filter(pl.col("product").is_in(list(products_of(material, world))))
    return sorted(int(year) for year in made["year"].unique())


def empty(world: World) -> Brief:
    """Return a brief without an article: the world alone.

    >>> empty(World({})).events
    []
    """
    return Brief([], [], [], [], [], [], [], pl.DataFrame(), None, world, (), {})


@router.get("/choices")
def choices(desk: TheDesk) -> dict[str, Any]:
    """Return what can be chosen: years, materials with products, stages, countries with demand, indicators."""
    world = desk.world
    made = world["products"].filter(pl.col("product").is_in(world["production"]["product"].unique().to_list()))
    names = Names(world)
    demand = set(world["demand"]["actor"])
    return {
        "years": {material: years_of(world, material) for material in made["material"].unique().sort()},
        "base": empty(world).base_year,
        "materials": sorted(((code, names.material(code)) for code in made["material"].unique()), key=lambda pair: pair[1]),
        "stages": [(code, names.stage(code)) for code in world["stages"].sort("place")["stage"]],
        "actors": sorted(((code, names.actor(code)) for code in world["actors"]["actor"] if code in demand), key=lambda pair: pair[1]),
        "blocs": sorted(world["blocs"]["bloc"].unique()),
        "indicators": [
            {
                "name": name,
                "title": indicators.title_of(name),
                "formula": entry.spec.formula,
                "reference": entry.spec.reference,
                "views": entry.spec.views,
            }
            for name, entry in catalogue().items()
            if not entry.spec.run
        ],
    }


@router.get("/indicators/{indicator}/ranking")
def ranked(desk: TheDesk, indicator: str, actor: Annotated[str, Query(max_length=20)] = "*", stage: str | None = None) -> Part:
    """Rank products by an indicator, with bands."""
    frame = desk.measured(indicator, actor, stage)
    view = view_of(empty(desk.world))
    return part(fragment(view, [ranking.ranking(view, indicator, frame, actor)]))


@router.get("/search")
def search(desk: TheDesk, q: Annotated[str, Query(min_length=1, max_length=80)]) -> list[Found]:
    """Find materials, products, countries, indicators and events by a part of their name or code."""
    from ytterby.web.finding import find

    return [Found(**one) for one in find(desk, q)]


@router.get("/sources/{source}")
def source(desk: TheDesk, source: str, brief: Name = "") -> Part:
    """Return a source's record and the rows of the world that rest on it, those of the brief's products first."""
    held = desk.get(brief)
    view = view_of(held.brief if held else empty(desk.world))
    found = trace.source(view, source, view.chain if held else ())
    if found is None:
        raise HTTPException(404, "no such source")
    return Part(html=rendered("source", found), figures={})
