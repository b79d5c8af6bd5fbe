"""The report: one HTML file that opens offline, with every number's source and every event's quote."""

import base64
import re
from functools import cache
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from ytterby.show.brief import Brief
from ytterby.show.geo import outlines
from ytterby.show.language import FIRST, speaking
from ytterby.show.locale import locale
from ytterby.show.page import contents, embedded, environment, figures, plotly, styles, template
from ytterby.show.palette import swaps
from ytterby.show.table import Chart

__all__ = ["Brief", "report"]


def report(result: Brief, language: str = FIRST) -> str:
    """Return the report of a brief as one HTML file: no request leaves it, the same brief gives the same bytes.

    Articles are data: every text is escaped, and scripts run by hash only. A brief without events says so and shows no model.
    """
    with speaking(language):
        return assembled(*contents(result))


def assembled(page: dict[str, Any], charts: list[Chart]) -> str:
    """Return the report from the contents of its page."""
    scripts = (plotly(), _script())
    page = {
        **page,
        "styles": Markup(styles()),
        "figures": embedded(figures(charts)),
        "world": embedded(outlines()),
        "swaps": embedded(swaps()),
        "locale": embedded(locale()),
        "scripts": [Markup(script) for script in scripts],
        "hashes": " ".join(f"'sha256-{_digest(script)}'" for script in scripts),
    }
    return environment().get_template("report.html.j2").render(page)


@cache
def _script() -> str:
    """The page's modules as one script: in one scope, what a module exports needs no import."""
    modules = [re.sub(r"^export .*$", "", template(name), flags=re.MULTILINE) for name in ("charts.js", "marks.js", "report.js")]
    return '(() => {\n"use strict";\n' + "\n".join(modules) + "})();\n"


def _digest(script: str) -> str:
    return base64.b64encode(sha256(script.encode()).digest()).decode()
