"""What all routers share: the desk and the jobs of a request, faults, tables as answers."""

from typing import Annotated, Any

import polars as pl
from fastapi import Depends, HTTPException, Path, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from ytterby.show.page import Fragment
from ytterby.web.desk import Desk, Held
from ytterby.web.jobs import Job, Jobs

API = "/api/v1"


class Detail(BaseModel):
    """What is wrong, where, what to do."""

    what: str
    where: str
    remedy: str


class Fault(BaseModel):
    """The answer to a request that cannot be met."""

    error: Detail


class Part(BaseModel):
    """A part of a page: HTML, and figures of Plotly by chart and choice."""

    html: str
    figures: dict[str, dict[str, Any]]


class Status(BaseModel):
    """A job: how far it is, where its result stands."""

    id: str
    kind: str
    state: str
    step: str
    done: int
    total: int
    result: str
    error: str


FAULTS: dict[int | str, dict[str, Any]] = {
    code: {"model": Fault, "description": words}
    for code, words in {
        400: "no JSON that can be read",
        404: "no such thing",
        405: "not this way",
        409: "not ready",
        413: "too large",
        415: "no JSON",
        422: "input that cannot be used",
        429: "too much at once",
        503: "no answer in time",
    }.items()
}


def fault(status: int, what: str, where: str, remedy: str) -> JSONResponse:
    """Return a fault as an answer.

    >>> fault(404, "no such brief", "briefs", "").status_code
    404
    """
    return JSONResponse({"error": {"what": what, "where": where, "remedy": remedy}}, status_code=status)


def the_desk(request: Request) -> Desk:
    """Return the server's desk."""
    desk: Desk = request.app.state.desk
    return desk


def the_jobs(request: Request) -> Jobs:
    """Return the server's jobs."""
    jobs: Jobs = request.app.state.jobs
    return jobs


TheDesk = Annotated[Desk, Depends(the_desk)]
TheJobs = Annotated[Jobs, Depends(the_jobs)]
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


def the_brief(brief: Id, desk: TheDesk) -> Held:
    """Return the brief of the path; 409 if it must be made again first (POST to its address), 404 if nothing is known of it."""
    held = desk.get(brief)
    if held is None:
        known = desk.inputs(brief) is not None
        raise HTTPException(409 if known else 404, "the brief is not in memory: open it first" if known else "no such brief")
    return held


TheBrief = Annotated[Held, Depends(the_brief)]


def the_job(job: Id, jobs: TheJobs) -> Job:
    """Return the job of the path, or 404."""
    found = jobs.get(job)
    if found is None:
        raise HTTPException(404, "no such job")
    return found


TheJob = Annotated[Job, Depends(the_job)]


def rows(frame: pl.DataFrame) -> Response:
    """Return a table as JSON: a list of objects.

    >>> rows(pl.DataFrame({"a": [1]})).body
    b'[{"a":1}]'
    """
    return Response(frame.write_json(), media_type="application/json")


def part(fragment: Fragment) -> Part:
    """Return a part of a page as an answer.

    >>> part(Fragment("<p>", {})).html
    '<p>'
    """
    return Part(html=fragment.html, figures=fragment.figures)
