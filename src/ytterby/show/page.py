"""A brief as what templates show: the same contents for the report's one file and for the app's views."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ytterby.show.brief import Brief
from ytterby.show.language import say, spoken
from ytterby.show.palette import DARK, LIGHT
from ytterby.show.retelling import Retelling
from ytterby.show.table import Chart, Citations, Table
from ytterby.show.views import article, chain, headline, indicators, plan, scenarios, sources, stress
from ytterby.show.views.view import View
from ytterby.show.words import Names, day

SECTIONS = ("top", "article", "chain", "stress", "indicators", "plan", "commitments", "sources")
"""Parts of a brief's page, each with a template of its own."""


@dataclass(frozen=True)
class Fragment:
    """A part of a page: its HTML and the figures of its charts as JSON values, by chart and choice."""

    html: str
    figures: dict[str, dict[str, Any]]


def parts(page: dict[str, Any], charts: list[Chart]) -> dict[str, Fragment]:
    """Return each section of a brief's page by name, from its contents; every text of an article is escaped."""
    found = {}
    for name in SECTIONS:
        html = environment().get_template(f"sections/{name}.html.j2").render(page)
        found[name] = Fragment(html, figures([chart for chart in charts if f'id="chart-{chart.name}"' in html]))
    return found


Captioned = Iterable[tuple[str, Table]]


def fragment(view: View, charts: list[Chart], tables: Captioned = (), head: Captioned = ()) -> Fragment:
    """Return some charts as a part of a page; tables with their captions below them, head: above them."""
    cited = {name for chart in charts for name in chart.sources}
    page = {
        "charts": charts,
        "tables": list(tables),
        "head": list(head),
        "number": {name: number for number, name in enumerate(sorted(view.citations.cite(*cited)), 1)},
        "spans": {chart.name: sources.vintages(view, chart.sources) for chart in charts},
        "titles": _titles(view.brief),
    }
    return Fragment(environment().get_template("sections/charts.html.j2").render(page), figures(charts))


def rendered(name: str, page: dict[str, Any]) -> str:
    """Return a section's template filled in."""
    return environment().get_template(f"sections/{name}.html.j2").render(page)


def view_of(result: Brief, year: int | None = None, asked: Iterable[str] = ()) -> View:
    """Return a brief with names and citations at hand; year, asked: see View."""
    return View(result, Names(result.world), Citations(result.world), year, frozenset(asked))


def contents(result: Brief) -> tuple[dict[str, Any], list[Chart]]:
    """Return what the templates of a brief's page ask for, and its charts in their order."""
    view, again = view_of(result), Retelling(result.world)
    sections = _sections(view)
    charts = [chart for part in sections.values() if isinstance(part, list) for chart in part if isinstance(chart, Chart)]
    page = {
        **sections,
        "result": result,
        "on": day(result.on),
        "title": say("report.title", day=day(result.on)),
        "happened": article.what_happened(view),
        "headlines": headline.headlines(view),
        "articles": article.articles(view),
        "commitments": article.commitments(view),
        "rejected": article.rejected(view),
        "allies": view.allies_name,
        "parameters": sources.parameters(view),
        "limits": sources.limits(),
        "plan_limits": [again(limit) for limit in result.plan.limits] if result.plan else [],
        "solved": plan.solved(result.plan) if result.plan else "",
        "run": sources.run(view),
        "command": sources.command(view),
        "number": view.citations.used,
        "spans": {chart.name: sources.vintages(view, chart.sources) for chart in charts},
        "titles": _titles(result),
    }
    # Last, when all that is cited is known.
    page |= {"sources": sources.used(view), "vintages": sources.vintages(view, view.citations.used)}
    return page, charts


def _titles(result: Brief) -> dict[str, str]:
    return dict(result.world["sources"].select("source", "title").iter_rows())


def _sections(view: View) -> dict[str, Any]:
    """Charts and cards of the sections; without events only the chain has something to show."""
    result = view.brief
    stressed = bool(result.scenarios)
    return {
        "chain": chain.charts(view) if result.events else [],
        "cards": scenarios.cards(view) if stressed else [],
        "selects": stress.selects(view) if stressed else (),
        "stress": stress.charts(view) if stressed else [],
        "measures": indicators.charts(view) if result.events else [],
        "plan": plan.charts(view, result.plan) if result.plan is not None else [],
        "left": plan.left(view, result.plan) if result.plan is not None else None,
    }


def figures(charts: list[Chart]) -> dict[str, dict[str, Any]]:
    """Return the figures of charts as JSON values, without the outlines of countries: a page holds them once."""
    return {chart.name: {key: _slim(made.to_plotly_json()) for key, made in chart.figures.items()} for chart in charts}


def _slim(figure: dict[str, Any]) -> dict[str, Any]:
    traces = [{**trace, "geojson": "world"} if "geojson" in trace else trace for trace in figure["data"]]
    return {"data": traces, "layout": figure["layout"]}


def compact(value: object) -> str:
    """Return a value as JSON without spaces.

    >>> compact({"a": [1.5, None]})
    '{"a":[1.5,null]}'
    """
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def embedded(value: object) -> Markup:
    """Return a value as JSON that cannot end the script element that it stands in.

    >>> embedded({"a": "</script>"})
    Markup('{"a":"\\\\u003c/script\\\\u003e"}')
    """
    return Markup(compact(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@cache
def plotly() -> str:
    """Return Plotly's script as its wheel ships it."""
    from plotly.offline import get_plotlyjs

    # A page's parser turns carriage returns into line feeds before it hashes.
    return str(get_plotlyjs()).replace("\r\n", "\n").replace("\r", "\n")


def template(name: str) -> str:
    """Return a file of the templates' folder as it is."""
    return resources.files("ytterby.show").joinpath("templates", name).read_text(encoding="utf-8")


def styles() -> str:
    """Return the style sheet with the palette's colours as variables, light and dark."""
    light, dark = (";".join(f"--{name.replace('_', '-')}:{colour}" for name, colour in tones.items()) for tones in (LIGHT, DARK))
    themes = f":root{{color-scheme:light dark;{light}}}\n@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"
    return themes + template("report.css")


@cache
def environment() -> Environment:
    """Return the templates' environment: all that is put in is escaped, what is missing is an error."""
    made = Environment(
        loader=PackageLoader("ytterby.show", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # Whatever the language is when a page is made: asked each time, never kept.
    made.globals |= {"say": say, "spoken": spoken}
    return made
