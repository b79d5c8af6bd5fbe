"""Section sources: where every number comes from, what the models leave out, how to make the report again."""

import json
import shlex
from collections.abc import Iterable
from typing import Any

import polars as pl

from ytterby.show.language import FIRST, say, spoken
from ytterby.show.table import Cell, Table
from ytterby.show.views.article import web
from ytterby.show.views.view import View
from ytterby.show.words import between, named, significant, word

LIMITS = {"reading": 2, "chain": 2, "stress": 3}
"""How many sentences say what each model leaves out; the plan brings its own."""


def limits() -> dict[str, list[str]]:
    """Return what each model leaves out, in sentences by the model's name.

    >>> list(limits())
    ['Reading', 'Chain', 'Stress']
    """
    return {say(f"limits.{name}"): [say(f"limits.{name}_{number}") for number in range(1, count + 1)] for name, count in LIMITS.items()}


def parameters(view: View) -> Table:
    """Return the settings of the models with range, basis and source."""
    rows = [
        [
            _described(row),
            view.citations.number(significant(row["value"], 3), row["source"], basis=row["basis"]),
            view.citations.number(between(row["low"], row["high"], lambda value: significant(value, 3)), row["source"], basis=row["basis"]),
            Cell("" if row["unit"] == "1" else named("unit", row["unit"], row["unit"])),
            Cell(word("basis", row["basis"])),
        ]
        for row in view.brief.world["parameters"].iter_rows(named=True)
    ]
    return Table(tuple(say(f"sources.{head}") for head in ("setting", "value", "range", "unit", "basis")), rows)


def _described(row: dict[str, Any]) -> Cell:
    """What a parameter sets; in English, and marked so, where the language has no words for it yet."""
    text = named("parameter", row["parameter"], row["description"])
    return Cell(text, lang=FIRST if text == row["description"] and spoken() != FIRST else "")


def used(view: View) -> list[dict[str, Any]]:
    """Return the sources that the report cites, in order of their number."""
    rows = {row["source"]: row for row in view.brief.world["sources"].iter_rows(named=True)}
    numbers = sorted(view.citations.used.items(), key=lambda pair: pair[1])
    return [{**rows[name], "number": number, "link": web(rows[name]["url"]), "est": name in view.estimates} for name, number in numbers]


def vintages(view: View, names: Iterable[str]) -> str:
    """Return the span of some sources' vintages, as far as they are dates."""
    rows = view.brief.world["sources"].filter(pl.col("source").is_in(list(names)))
    known = rows.filter(pl.col("vintage").str.contains(r"^\d{4}(-|$)"))["vintage"].sort()
    return "" if known.is_empty() else str(known[0]) if known[0] == known[-1] else say("between", low=known[0], high=known[-1])


def run(view: View) -> str:
    """Return how the brief was made, as run.json of its folder says it (there with the hash of each file)."""
    return json.dumps(view.brief.run, indent=1, sort_keys=True, default=str)


def command(view: View) -> str:
    """Return the command that makes the same brief again."""
    run = view.brief.run
    stems = " ".join(shlex.quote(f"{article.stem}.txt") for article in view.brief.articles)
    allies = f" --allies {','.join(view.brief.allies)}" if view.brief.allies else ""
    options = "".join(f" --{name} {run[name]:g}" for name in ("budget", "draws", "weeks", "seed") if name in run)
    return f"ytterby brief {stems}{allies}{options}"
