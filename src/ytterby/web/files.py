"""The page itself: its HTML, styles, modules, texts, Plotly and the world's outlines; a fixed list, so that no path of a user is opened."""

import json
from functools import cache
from importlib import resources

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from ytterby.show.geo import outlines
from ytterby.show.language import catalogue, languages, speaking
from ytterby.show.locale import locale
from ytterby.show.page import compact, plotly, styles, template
from ytterby.show.palette import swaps
from ytterby.web.sending import Page, packed

router = APIRouter(include_in_schema=False)
SHARED = ("charts.js", "marks.js")
"""Modules of the report that the app uses too."""


def own(name: str) -> str:
    """Return a file of the folder static."""
    return resources.files("ytterby.web").joinpath("static", name).read_text(encoding="utf-8")


@cache
def modules() -> tuple[str, ...]:
    """Return the names of the app's own modules.

    >>> "app.js" in modules()
    True
    """
    return tuple(sorted(file.name for file in resources.files("ytterby.web").joinpath("static").iterdir() if file.name.endswith(".js")))


@cache
def page(name: str) -> Page | None:
    """Return a file of the page by its name, None if there is no such file."""
    script = "text/javascript; charset=utf-8"
    if name == "app.css":
        return packed((styles() + own("app.css")).encode(), "text/css; charset=utf-8")
    if name == "plotly.js":
        return packed(plotly().encode(), script)
    if name == "world.json":
        return packed(compact({"world": outlines(), "swaps": swaps()}).encode(), "application/json")
    if name in SHARED or name in modules():
        return packed((template(name) if name in SHARED else own(name)).encode(), script)
    return None


@cache
def texts(language: str) -> Page:
    """Return the texts of the page in a language, what Plotly needs for it, and the languages that there are."""
    with speaking(language):
        found = {"code": language, "languages": {code: catalogue(code)["app"]["own"] for code in languages()}, "locale": locale()}
    return packed(json.dumps(catalogue(language)["app"] | found, ensure_ascii=False).encode(), "application/json")


@router.get("/")
def index(request: Request) -> Response:
    """Return the page."""
    return _html().answer(request)


@cache
def _html() -> Page:
    return packed(own("app.html").encode(), "text/html; charset=utf-8")


@router.get("/static/{name}")
def static(name: str, request: Request) -> Response:
    """Return a file of the page."""
    found = page(name)
    if found is None:
        raise HTTPException(404, "no such file")
    return found.answer(request)


@router.get("/texts/{language}")
def words(language: str, request: Request) -> Response:
    """Return the texts of the page in a language."""
    if language not in languages():
        raise HTTPException(404, "no such language")
    return texts(language).answer(request)
