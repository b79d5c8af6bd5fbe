"""Charts of indicators over the whole world: a ranking with bands, and the same measures on two days."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from ytterby.core.catalogue import indicator
from ytterby.show.figures.compare import Level, levels
from ytterby.show.figures.plan import Change, changes
from ytterby.show.table import Cell, Chart, Table
from ytterby.show.views.view import View, sources_of
from ytterby.show.words import day, significant

ROWS = 30
"""Bars of a ranking at most; the table behind it has all."""


def ranking(view: View, name: str, frame: pl.DataFrame, actor: str) -> Chart:
    """Return products by an indicator, the riskiest first. frame: its rows of table `indicators`, one state, one actor."""
    spec = indicator(name).spec
    known = frame.filter(pl.col("value").is_not_null()).sort("value", "product", descending=[spec.worse > 0, False])
    found = [
        Level(
            view.names.product(row["product"]),
            row["value"],
            row["low"],
            row["high"],
            _words(row),
            view.citations.anchor(row["source"]),
        )
        for row in known.head(ROWS).iter_rows(named=True)
    ]
    rows = [
        [
            Cell(view.names.product(row["product"])),
            Cell(str(row["year"])),
            Cell(_words(row), view.citations.anchor(row["source"]), est=_estimated(view, row), number=True),
            Cell(row["reason"] or ""),
        ]
        for row in pl.concat([known, frame.filter(pl.col("value").is_null()).sort("product")]).iter_rows(named=True)
    ]
    who = "the world" if actor == "*" else view.names.actor(actor)
    missing = frame.height - known.height
    return Chart(
        name="ranking",
        title=f"{spec.title}: {who}",
        says=f"{known.height} products with a value, the {min(ROWS, known.height)} riskiest drawn; "
        f"{missing} without one stay missing. Whisker: P5 to P95.",
        figures={"": levels(found, spec.unit if spec.unit != "1" else "")},
        tables=[Table(("Product", "Year", "Value", "Remarks"), rows)],
        unit="share or index without unit" if spec.unit == "1" else spec.unit,
        as_of=", ".join(str(year) for year in sorted(set(frame["year"]))),
        sources=view.citations.cite(*sources_of(known.head(ROWS))),
    )


def _estimated(view: View, row: dict[str, Any]) -> bool:
    return row["value"] is not None and bool(set((row["source"] or "").split(";")) & view.estimates)


def _words(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return "–"
    band = row["low"] is not None and row["high"] is not None and row["low"] != row["high"]
    return significant(row["value"]) + (f" ({significant(row['low'])} to {significant(row['high'])})" if band else "")


def two_days(view: View, frames: tuple[pl.DataFrame, pl.DataFrame], days: tuple[date, date]) -> Chart:
    """Return measures of the brief's chain with what was in force on one day and on another. frames: table `indicators`, state after."""
    keys = ["indicator", "year", "product", "actor"]
    own = [frame.filter(pl.col("actor").is_in(["*", *view.watched]) & pl.col("product").is_in(view.chain)) for frame in frames]
    wide = own[0].join(own[1], on=keys, how="inner", suffix="_after", validate="1:1")
    wide = wide.filter(pl.col("value").is_not_null() & pl.col("value_after").is_not_null())
    moved = wide.filter(pl.col("value") != pl.col("value_after")).sort("indicator", "product", "actor")
    shown = moved if moved.height else wide.sort("indicator", "product", "actor")
    drawn = shown.group_by("indicator", maintain_order=True).head(8)
    rows = [_change(view, row) for row in drawn.iter_rows(named=True)]
    states = (day(days[0]), day(days[1]))
    says = (
        f"{moved.height} of {wide.height} measures differ between {states[0]} and {states[1]}."
        if moved.height
        else f"None of {wide.height} measures differs between {states[0]} and {states[1]}: they describe structure, not trade rules."
    )
    ends = [max(1.0, *(change.largest() for change in rows if change.panel == panel)) for panel in dict.fromkeys(c.panel for c in rows)]
    return Chart(
        name="two-days",
        title=f"In force on {states[0]} and on {states[1]}",
        says=says,
        figures={"": changes(rows, "", ends, states=states)} if rows else {"": levels([], "")},
        tables=[_table(view, shown, states)],
        unit="each panel in its own unit",
        as_of=view.as_of,
        sources=view.citations.cite(*sources_of(shown), *sources_of(shown, "source_after")),
    )


def _change(view: View, row: dict[str, Any]) -> Change:
    spec = indicator(row["indicator"]).spec
    panel = spec.title + (f" ({spec.unit})" if spec.unit not in ("", "1") else "")
    words = (significant(row["value"]), significant(row["value_after"]))
    return Change(panel, _label(view, row), row["value"], row["value_after"], words, view.citations.anchor(row["source"]))


def _label(view: View, row: dict[str, Any]) -> str:
    label = view.label(str(row["product"]))
    return label if row["actor"] == "*" else f"{label}, {view.names.actor(str(row['actor']))}"


def _table(view: View, frame: pl.DataFrame, states: Sequence[str]) -> Table:
    rows = [
        [
            Cell(indicator(row["indicator"]).spec.title),
            Cell(_label(view, row)),
            *(
                Cell(significant(row[f"value{end}"]), view.citations.anchor(row[f"source{end}"]), number=True, est=_estimated(view, row))
                for end in ("", "_after")
            ),
        ]
        for row in frame.iter_rows(named=True)
    ]
    return Table(("Indicator", "Product", *states), rows)
