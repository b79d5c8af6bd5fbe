"""Section sources: where every number comes from, what the models leave out, how to make the report again."""

import json
import shlex
from collections.abc import Iterable
from typing import Any

import polars as pl

from ytterby.show.table import Cell, Table
from ytterby.show.views.article import web
from ytterby.show.views.view import View
from ytterby.show.words import significant

LIMITS = {
    "Reading": (
        "Only what the rules and word lists of a language know is read; an event in other words is missed, not guessed.",
        "Persons stand for their state; a date that the text does not give stays empty.",
    ),
    "Chain": (
        "Output by element, flows of magnets, stocks and end uses are estimates; the table of sources says how each was made.",
        "One base year; plants that opened or closed since are not in it.",
    ),
    "Stress": (
        "Prices and new plants only where asked for, substitution after a lag; trade takes the routes of the base year.",
        "Output lost is not made up for later; bands cover the figures of the controls and stocks, not the form of the model.",
        "Weights of scenarios are assumptions, not forecasts.",
    ),
}
"""What each model leaves out; the plan brings its own."""


def parameters(view: View) -> Table:
    """Return the settings of the models with range, basis and source."""
    rows = [
        [
            Cell(row["description"]),
            view.citations.number(significant(row["value"], 3), row["source"], basis=row["basis"]),
            view.citations.number(_range(row["low"], row["high"]), row["source"], basis=row["basis"]),
            Cell("" if row["unit"] == "1" else row["unit"]),
            Cell(row["basis"]),
        ]
        for row in view.brief.world["parameters"].iter_rows(named=True)
    ]
    return Table(("Setting", "Value", "Range", "Unit", "Basis"), rows)


def _range(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{significant(low, 3)} to {significant(high, 3)}"


def used(view: View) -> list[dict[str, Any]]:
    """Return the sources that the report cites, in order of their number."""
    rows = {row["source"]: row for row in view.brief.world["sources"].iter_rows(named=True)}
    numbers = sorted(view.citations.used.items(), key=lambda pair: pair[1])
    return [{**rows[name], "number": number, "link": web(rows[name]["url"]), "est": name in view.estimates} for name, number in numbers]


def vintages(view: View, names: Iterable[str]) -> str:
    """Return the span of some sources' vintages, as far as they are dates."""
    rows = view.brief.world["sources"].filter(pl.col("source").is_in(list(names)))
    known = rows.filter(pl.col("vintage").str.contains(r"^\d{4}(-|$)"))["vintage"].sort()
    return "" if known.is_empty() else str(known[0]) if known[0] == known[-1] else f"{known[0]} to {known[-1]}"


def run(view: View) -> str:
    """Return run.json as the folder holds it."""
    return json.dumps(view.brief.run, indent=1, sort_keys=True, default=str)


def command(view: View) -> str:
    """Return the command that makes the same brief again."""
    run = view.brief.run
    stems = " ".join(shlex.quote(f"{article.stem}.txt") for article in view.brief.articles)
    allies = f" --allies {','.join(view.brief.allies)}" if view.brief.allies else ""
    options = "".join(f" --{name} {run[name]:g}" for name in ("budget", "draws", "weeks", "seed") if name in run)
    return f"ytterby brief {stems}{allies}{options}"
