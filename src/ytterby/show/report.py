"""The report: one HTML file that opens offline, with every number's source and every event's quote."""

import base64
import json
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ytterby.show.brief import Brief
from ytterby.show.geo import CREDIT, outlines
from ytterby.show.palette import DARK, LIGHT, swaps
from ytterby.show.table import Chart, Citations
from ytterby.show.views import article, chain, headline, indicators, plan, scenarios, sources, stress
from ytterby.show.views.view import View
from ytterby.show.words import Names, day

__all__ = ["Brief", "report"]


def report(result: Brief) -> str:
    """Return the report of a brief as one HTML file: no request leaves it, the same brief gives the same bytes.

    Articles are data: every text is escaped, and scripts run by hash only. A brief without events says so and shows no model.
    """
    view = View(result, Names(result.world), Citations(result.world))
    sections = _sections(view)
    charts = [chart for part in sections.values() if isinstance(part, list) for chart in part if isinstance(chart, Chart)]
    page = {
        **sections,
        "result": result,
        "on": day(result.on),
        "title": f"Supply brief, {day(result.on)}",
        "happened": article.what_happened(view),
        "headlines": headline.headlines(view),
        "articles": article.articles(view),
        "commitments": article.commitments(view),
        "rejected": article.rejected(view),
        "allies": view.allies_name,
        "parameters": sources.parameters(view),
        "limits": sources.LIMITS,
        "credit": CREDIT,
        "run": sources.run(view),
        "command": sources.command(view),
        "styles": Markup(_styles()),
        "figures": embedded(_figures(charts)),
        "world": embedded(outlines()),
        "swaps": embedded(swaps()),
        "scripts": [Markup(_plotly()), Markup(_file("report.js"))],
        "hashes": " ".join(f"'sha256-{_digest(script)}'" for script in (_plotly(), _file("report.js"))),
        "number": view.citations.used,
        "spans": {chart.name: sources.vintages(view, chart.sources) for chart in charts},
        "titles": dict(result.world["sources"].select("source", "title").iter_rows()),
    }
    # Last, when all that is cited is known.
    page |= {"sources": sources.used(view), "vintages": sources.vintages(view, view.citations.used)}
    return _environment().get_template("report.html.j2").render(page)


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


def _figures(charts: list[Chart]) -> dict[str, dict[str, Any]]:
    return {chart.name: {key: _slim(made.to_plotly_json()) for key, made in chart.figures.items()} for chart in charts}


def _slim(figure: dict[str, Any]) -> dict[str, Any]:
    """A figure without its outlines: the page holds them once."""
    traces = [{**trace, "geojson": "world"} if "geojson" in trace else trace for trace in figure["data"]]
    return {"data": traces, "layout": figure["layout"]}


def embedded(value: object) -> Markup:
    """Return a value as JSON that cannot end the script element that it stands in.

    >>> embedded({"a": "</script>"})
    Markup('{"a":"\\\\u003c/script\\\\u003e"}')
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@cache
def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    # A page's parser turns carriage returns into line feeds before it hashes.
    return str(get_plotlyjs()).replace("\r\n", "\n").replace("\r", "\n")


def _file(name: str) -> str:
    return resources.files("ytterby.show").joinpath("templates", name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(sha256(script.encode()).digest()).decode()


def _styles() -> str:
    """The style sheet with the palette's colours as variables, light and dark."""
    light, dark = (";".join(f"--{name.replace('_', '-')}:{colour}" for name, colour in tones.items()) for tones in (LIGHT, DARK))
    themes = f":root{{color-scheme:light dark;{light}}}\n@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"
    return themes + _file("report.css")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("ytterby.show", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
