"""Briefs and jobs: an article in, a job to watch, a brief's views, tables and files out."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.responses import Response, StreamingResponse

from ytterby.dynamics.scenario_file import dump_scenarios
from ytterby.planning.plan import check_allies
from ytterby.reading.ledger import to_jsonl
from ytterby.show.page import SECTIONS
from ytterby.web.common import API, Id, Status, TheBrief, TheDesk, TheJob, TheJobs
from ytterby.web.desk import facts
from ytterby.web.downloads import tables, workbook
from ytterby.web.inputs import Inputs, Text
from ytterby.web.jobs import Job, Tell
from ytterby.web.sending import packed

router = APIRouter(prefix=API, tags=["briefs"])
PULSE = 0.15
"""Seconds between two looks at a job."""
Section = Literal["top", "article", "chain", "stress", "indicators", "plan", "commitments", "sources"]
assert set(SECTIONS) == set(Section.__args__)  # type: ignore[attr-defined]


class ArticleIn(BaseModel):
    """An article: the name of its file (for its kind: .txt, .html, .json, .jsonl, .xml) and its text."""

    name: str = Field("article.txt", max_length=200)
    text: str = Field(min_length=1, max_length=10_000_000)


class BriefIn(BaseModel):
    """What a brief is made from. budget: USD of 2024; published: where a text has no date."""

    articles: Annotated[list[ArticleIn], Field(min_length=1, max_length=50)]
    allies: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=60)] = []
    budget: float = Field(5e9, ge=0, le=1e13, allow_inf_nan=False)
    draws: int = Field(64, ge=1, le=500)
    weeks: int = Field(156, ge=1, le=520)
    published: date | None = None


class Kept(BaseModel):
    """A brief that can be opened: its id and the first words of its first article."""

    id: str
    title: str


@router.post("/briefs", status_code=202)
def ask(given: BriefIn, desk: TheDesk, jobs: TheJobs) -> Status:
    """Ask for a brief; the job's result is its address."""
    allies = check_allies(desk.world, given.allies) if given.allies else ()
    inputs = Inputs(
        tuple(Text(one.name, one.text) for one in given.articles),
        allies,
        given.budget,
        given.draws,
        given.weeks,
        given.published.isoformat() if given.published else None,
    )
    return _asked(desk.keep(inputs), inputs, desk, jobs)


@router.get("/briefs")
def known(desk: TheDesk) -> list[Kept]:
    """List the briefs that can be opened, the latest first."""
    return [Kept(id=name, title=title) for name, title in desk.known()]


@router.post("/briefs/{brief}", status_code=202)
def again(brief: Id, desk: TheDesk, jobs: TheJobs) -> Status:
    """Make a brief again that is no longer in memory, from its inputs."""
    inputs = desk.inputs(brief)
    if inputs is None:
        raise HTTPException(404, "no such brief")
    return _asked(brief, inputs, desk, jobs)


def _asked(name: str, inputs: Inputs, desk: TheDesk, jobs: TheJobs) -> Status:
    where = f"{API}/briefs/{name}"
    if desk.get(name) is not None:
        return Status(**Job("brief", state="done", result=where).public())

    def work(tell: Tell) -> None:
        desk.make(inputs, tell)

    return Status(**jobs.start("brief", work, where).public())


@router.get("/briefs/{brief}")
def short(held: TheBrief) -> dict[str, Any]:
    """Return a brief in short: day, articles, scenarios, allies, options."""
    return facts(held)


@router.get("/briefs/{brief}/sections/{section}", response_class=Response)
def section(held: TheBrief, section: Section, request: Request) -> Response:
    """Return a part of a brief's page: its HTML and the figures of its charts."""
    return held.page(section).answer(request)


@router.get("/briefs/{brief}/report.html", response_class=Response)
def report(held: TheBrief, request: Request) -> Response:
    """Return the report: one file that opens offline."""
    return held.page("report").answer(request)


@router.get("/briefs/{brief}/scenarios.toml", response_class=Response)
def scenarios(held: TheBrief, request: Request) -> Response:
    """Return the scenario file."""
    text = dump_scenarios(held.brief.scenarios)
    return packed(text.encode(), "application/toml", "scenarios.toml").answer(request)


@router.get("/briefs/{brief}/ledger.jsonl", response_class=Response)
def ledger(held: TheBrief, request: Request) -> Response:
    """Return the events, one JSON object a line."""
    return packed(to_jsonl(held.brief.events).encode(), "application/x-ndjson", "ledger.jsonl").answer(request)


@router.get("/briefs/{brief}/brief.xlsx", response_class=Response)
def book(held: TheBrief, request: Request) -> Response:
    """Return the tables of a brief as one workbook, with its sources; the weeks of table outcome, too many for a sheet, as CSV only."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    sheets = {name: frame for name, frame in tables(held.brief).items() if name != "outcome"}
    return packed(workbook(sheets), kind, "brief.xlsx").answer(request)


@router.get("/briefs/{brief}/tables/{table}.{form}", response_class=Response)
def table(held: TheBrief, table: str, form: Literal["csv", "json"], request: Request) -> Response:
    """Return one table of a brief as CSV or JSON."""
    frame = tables(held.brief).get(table)
    if frame is None:
        raise HTTPException(404, f"no table '{table[:40]}'; there are {', '.join(tables(held.brief))}")
    body, kind = (frame.write_csv(), "text/csv") if form == "csv" else (frame.write_json(), "application/json")
    return packed(body.encode(), kind, f"{table}.{form}").answer(request)


@router.get("/jobs/{job}", tags=["jobs"])
def status(job: TheJob) -> Status:
    """Return how far a job is."""
    return Status(**job.public())


@router.delete("/jobs/{job}", tags=["jobs"])
def cancel(job: TheJob, jobs: TheJobs) -> Status:
    """Call a job off; what has not begun ends at once, what runs at its next step."""
    jobs.cancel(job)
    return Status(**job.public())


@router.get("/jobs/{job}/result", tags=["jobs"])
def result(job: TheJob) -> Any:
    """Return what a job made: 409 while it runs or if it failed."""
    if job.state != "done":
        raise HTTPException(409, job.error or f"the job is {job.state}")
    return job.value


@router.get("/jobs/{job}/events", tags=["jobs"], response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
def events(job: TheJob) -> StreamingResponse:
    """Follow a job: server-sent events, one for each step, the last when it is over."""
    return StreamingResponse(_told(job), media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _told(job: Job) -> AsyncIterator[str]:
    last: dict[str, Any] = {}
    while True:
        now = job.public()
        if now != last:
            yield f"data: {json.dumps(now)}\n\n"
            last = now
        if now["state"] in ("done", "failed", "cancelled"):
            return
        await asyncio.sleep(PULSE)
