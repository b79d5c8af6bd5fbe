"""Section indicators: each measure of dependence without and with the article's events."""

import math
from collections.abc import Iterable
from typing import Any

import polars as pl

from ytterby.core.catalogue import indicators as catalogue
from ytterby.show.figures.plan import Change, changes
from ytterby.show.language import say
from ytterby.show.retelling import Retelling
from ytterby.show.table import Cell, Chart, Table, retold
from ytterby.show.views.view import View, sources_of
from ytterby.show.words import NONE, named, significant

HEADS = ("for", "year", "without_head", "with_head", "remarks")
UNION = "EU"
"""Shown beside the allies: the largest importer that is no state."""
ROWS = 12
"""Rows of a panel at most; the table behind it has all."""


def charts(view: View) -> list[Chart]:
    """Return the section's chart; none without indicators."""
    frame = _wide(view)
    if frame.is_empty():
        return []
    known = catalogue()
    titles = {name: title_of(name) for name in frame["indicator"].unique(maintain_order=True)}
    unit = {name: unit_of(known[name].spec.unit) if name in known else "" for name in titles}
    rows = [row for name in titles for row in _rows(view, frame.filter(pl.col("indicator") == name), titles[name], unit[name])]
    ends = [_end(row for row in rows if row.panel == title) for title in dict.fromkeys(row.panel for row in rows)]
    cited = view.citations.cite(*sources_of(frame), *sources_of(frame, "source_after"))
    moved = sorted({row.panel for row in rows if row.before != row.after and row.after is not None})
    says = say("measures.moved", names="; ".join(moved)) if moved else say("measures.still")
    return [
        Chart(
            name="measures",
            title=say("measures.title"),
            says=says,
            figures={"": changes(rows, "", ends, wide=2, states=(say("measures.without"), say("measures.with")))},
            tables=[_table(view, frame, titles, unit)],
            unit=say("measures.unit"),
            as_of=view.as_of,
            sources=cited,
        )
    ]


def title_of(indicator: str) -> str:
    """Return the title of an indicator; of an unknown one its name.

    >>> title_of("days_of_cover"), title_of("mine")
    ('Days of cover', 'mine')
    """
    entry = catalogue().get(indicator)
    return named("indicator", indicator, entry.spec.title if entry else indicator)


def unit_of(unit: str) -> str:
    """Return the unit of an indicator in words; empty for pure numbers.

    >>> unit_of("1"), unit_of("USD")
    ('', 'USD')
    """
    return "" if unit == "1" else named("unit", unit, unit)


def _wide(view: View) -> pl.DataFrame:
    """One row an indicator, year, product and actor: before and after beside each other; the latest year of each."""
    frame = view.brief.indicators
    if frame.is_empty():
        return frame
    keys = ["indicator", "year", "product", "actor"]
    after = frame.filter(pl.col("state") == "after").drop("state")
    wide = frame.filter(pl.col("state") == "before").drop("state").join(after, on=keys, how="left", suffix="_after", validate="1:1")
    kept = wide.filter(pl.col("actor").is_in(["*", *view.watched, UNION]) & pl.col("product").is_in(view.chain))
    return kept.filter(pl.col("year") == pl.col("year").max().over("indicator"))


def _rows(view: View, frame: pl.DataFrame, title: str, unit: str) -> list[Change]:
    """The rows of a panel: known values, products at the end of the chain and those that move first."""
    order = {product: place for place, product in enumerate(reversed(view.chain))}
    known = [row for row in frame.iter_rows(named=True) if row["value"] is not None and row["product"] in order]
    known.sort(key=lambda row: (row["value"] == row["value_after"], order[row["product"]], row["actor"]))
    panel = f"{title} ({unit})" if unit else title
    found = []
    for row in sorted(known[:ROWS], key=lambda row: (order[row["product"]], row["actor"])):
        before, after = (_band(row[f"low{end}"], row[f"high{end}"]) for end in ("", "_after"))
        words = (_words(row["value"], before), _words(row["value_after"], after))
        href = view.citations.anchor(row["source"])
        found.append(Change(panel, _label(view, row), row["value"], row["value_after"], words, href, before, after))
    return found


def _label(view: View, row: dict[str, Any]) -> str:
    label = view.label(str(row["product"]))
    return label if row["actor"] == "*" else say("comma").join((label, view.names.actor(str(row["actor"]))))


def _band(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)


def _words(value: float | None, band: tuple[float, float] | None) -> str:
    if value is None:
        return NONE
    if not band or band[0] == band[1]:
        return significant(value)
    return say("measures.banded", value=significant(value), low=significant(band[0]), high=significant(band[1]))


def _end(rows: Iterable[Change]) -> float:
    """The end of a panel's axis: 1 for shares, else a round number above all."""
    largest = max(row.largest() for row in rows)
    if largest <= 1:
        return 1.0
    size = 10 ** math.floor(math.log10(largest))
    return float(math.ceil(largest / size) * size)


def _table(view: View, frame: pl.DataFrame, titles: dict[str, str], unit: dict[str, str]) -> Table:
    rows, again = [], Retelling(view.brief.world)
    for row in frame.iter_rows(named=True):
        before, after = (_words(row[f"value{end}"], _band(row[f"low{end}"], row[f"high{end}"])) for end in ("", "_after"))
        href, est = view.citations.anchor(row["source"]), bool(set(row["source"].split(";")) & view.estimates)
        words = again("; ".join(dict.fromkeys(text for text in (row["reason"], row["reason_after"]) if text)))
        who = say("the_world") if row["actor"] == "*" else view.names.actor(row["actor"])
        named = [Cell(titles[row["indicator"]]), Cell(view.names.product(row["product"])), Cell(who), Cell(str(row["year"]))]
        rows.append([*named, *(Cell(text, href, est=est and text != NONE, number=True) for text in (before, after)), retold(words)])
    return Table((say("measures.indicator"), say("chart.product"), *(say(f"measures.{head}") for head in HEADS)), rows)
