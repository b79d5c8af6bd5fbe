"""The verbs of the command line for other programs: read, measure, stress, plan; tables as JSON."""

import json
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

import ytterby
from ytterby.dynamics.scenario_file import parse_scenarios
from ytterby.dynamics.simulate import stress
from ytterby.errors import InputError
from ytterby.indicators.measure import measure
from ytterby.planning.plan import check_allies, plan
from ytterby.reading.article import from_text
from ytterby.reading.reader import read_article
from ytterby.web.common import API, Status, TheDesk, TheJobs, rows
from ytterby.web.jobs import Tell

router = APIRouter(prefix=API, tags=["models"])


class TextIn(BaseModel):
    """A text to read and the day that it was published."""

    text: str = Field(min_length=1, max_length=1_000_000)
    published: date | None = None


class StressIn(BaseModel):
    """A scenario file in TOML to stress the world with."""

    scenario: str = Field(min_length=1, max_length=200_000)
    weeks: int = Field(156, ge=1, le=520)
    draws: int = Field(16, ge=1, le=500)


class PlanIn(BaseModel):
    """A scenario file in TOML to plan against. allies: ISO3 codes or blocs."""

    scenario: str = Field(min_length=1, max_length=200_000)
    allies: Annotated[list[Annotated[str, Field(max_length=20)]], Field(min_length=1, max_length=60)]
    budget: float = Field(5e9, ge=0, le=1e13, allow_inf_nan=False)
    risk: float = Field(0.5, ge=0, le=100, allow_inf_nan=False)


@router.get("")
def about(desk: TheDesk) -> dict[str, Any]:
    """Return the version, what the world is (a hash) and whether briefs are kept when the server stops."""
    return {"ytterby": ytterby.__version__, "world": desk.fingerprint, "kept": desk.kept}


@router.post("/read")
def read(given: TextIn) -> dict[str, Any]:
    """Read a text into events with their verbatim evidence, context facts and what was turned away."""
    reading = read_article(from_text(given.text, given.published))
    return {"events": reading.events, "context": reading.context, "rejected": reading.rejected}


@router.get("/measure", response_class=Response)
def measured(
    desk: TheDesk,
    indicator: Annotated[list[str], Query(min_length=1, max_length=10)],
    product: str | None = None,
    actor: str | None = None,
    year: int | None = None,
    on: date | None = None,
    draws: Annotated[int, Query(ge=0, le=1000)] = 200,
) -> Response:
    """Measure indicators with bands; rows of table `indicators`."""
    return rows(measure(desk.world, *indicator, product=product, actor=actor, year=year, on=on, draws=draws))


@router.get("/world", tags=["world"])
def tables(desk: TheDesk) -> dict[str, int]:
    """Return the world's tables and their rows."""
    return {name: frame.height for name, frame in desk.world.items()}


@router.get("/world/{table}", tags=["world"], response_class=Response)
def table(
    desk: TheDesk, table: str, offset: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=10_000)] = 1000
) -> Response:
    """Return rows of one of the world's tables."""
    if table not in desk.world:
        raise InputError(f"no table '{table[:40]}'", "world", f"known: {', '.join(desk.world)}")
    return rows(desk.world[table].slice(offset, limit))


@router.post("/stress", status_code=202)
def stressed(given: StressIn, desk: TheDesk, jobs: TheJobs) -> Status:
    """Stress the world; the job's result has the tables stops and outcome of each scenario."""
    futures = parse_scenarios(given.scenario, desk.world)

    def work(tell: Tell) -> list[dict[str, Any]]:
        found = []
        for future in futures:
            outcome = stress(desk.world, future, given.weeks, given.draws, progress=partial(tell, future.name))
            found.append(
                {"scenario": future.name, **{name: json.loads(getattr(outcome, name).write_json()) for name in ("stops", "outcome")}}
            )
        return found

    return Status(**jobs.start("stress", work).public())


@router.post("/plan", status_code=202)
def planned(given: PlanIn, desk: TheDesk, jobs: TheJobs) -> Status:
    """Plan against scenarios; the job's result has the costs and the tables options, service, bottlenecks and partners."""
    futures, allies = parse_scenarios(given.scenario, desk.world), check_allies(desk.world, given.allies)

    def work(tell: Tell) -> dict[str, Any]:
        tell("plan", 0, 1)
        made = plan(desk.world, futures, given.budget, allies, risk=given.risk)
        costs = {
            name: getattr(made, name) for name in ("budget", "spent", "cost_before", "cost_after", "cvar_before", "cvar_after", "limits")
        }
        return costs | {name: json.loads(getattr(made, name).write_json()) for name in ("options", "service", "bottlenecks", "partners")}

    return Status(**jobs.start("plan", work).public())
