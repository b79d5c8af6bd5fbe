"""The app: one desk, one set of jobs, a router a subject, behind the guard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse

import ytterby
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.web import briefs, files, ledger, models, questions, sheets
from ytterby.web.common import FAULTS, fault
from ytterby.web.desk import Desk
from ytterby.web.guard import LARGEST, PATIENCE, Guard
from ytterby.web.jobs import Busy, Jobs
from ytterby.web.sending import Tagged
from ytterby.web.speaking import Speaking

THREADS = 6
"""Requests that are worked on at once."""
ABOUT = "From a news article to a plan for the supply of critical minerals. The same functions as the command line."


@dataclass(frozen=True)
class Site:
    """How the app is served. data: folder for briefs and ledger; token: asked for if given; largest, patience: see Guard."""

    data: Path | None = None
    world: World | None = None
    token: str | None = None
    largest: int = LARGEST
    patience: float = PATIENCE


def create_app(site: Site | None = None) -> FastAPI:
    """Return the app as ASGI. Raises InputError if the data folder cannot be written.

    >>> create_app().title
    'ytterby'
    """
    site = site or Site()
    desk, jobs = Desk(site.world, site.data), Jobs()

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        # More threads would not answer faster, and each keeps memory of its own.
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield
        jobs.close()
        desk.close()

    app = FastAPI(
        title="ytterby",
        version=ytterby.__version__,
        description=ABOUT,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=living,
        responses=FAULTS,
    )
    app.state.desk, app.state.jobs = desk, jobs
    for router in (files.router, briefs.router, questions.router, ledger.router, models.router, sheets.router):
        app.include_router(router)
    app.add_exception_handler(InputError, _of_input)
    app.add_exception_handler(RequestValidationError, _of_request)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Busy, _of_crowd)
    app.add_middleware(Speaking)
    app.add_middleware(Tagged)
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.add_middleware(Guard, token=site.token, largest=site.largest, patience=site.patience)
    return app


def _of_input(_: Request, error: Exception) -> JSONResponse:
    what, where, remedy = ([*str(error).split("; ", 2), "", ""])[:3]
    return fault(422, what, where, remedy)


def _of_request(_: Request, error: Exception) -> JSONResponse:
    """The first thing that is wrong with a request, in one line; what was sent is not sent back."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return fault(422, str(first["msg"]), ".".join(str(part) for part in first["loc"]), "see /api/v1/openapi.json")


def _of_http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    answer = fault(error.status_code, str(error.detail), "request", "see /api/v1/openapi.json")
    answer.headers.update(error.headers or {})
    return answer


def _of_crowd(_: Request, __: Exception) -> JSONResponse:
    return fault(429, "too many jobs wait", "jobs", "try again when one is done")
