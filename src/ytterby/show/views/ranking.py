"""Charts of indicators over the whole world: a ranking with bands, and the same measures on two days."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from ytterby.core.catalogue import indicator
from ytterby.show.figures.compare import Level, levels
from ytterby.show.figures.plan import Change, changes
from ytterby.show.language import say
from ytterby.show.retelling import Retelling
from ytterby.show.table import Cell, Chart, Table, retold
from ytterby.show.views.indicators import title_of, unit_of
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
    again, unit = Retelling(view.brief.world), unit_of(spec.unit)
    rows = [
        [
            Cell(view.names.product(row["product"])),
            Cell(str(row["year"])),
            Cell(_words(row), view.citations.anchor(row["source"]), est=_estimated(view, row), number=True),
            retold(again(row["reason"])) if row["reason"] else Cell(""),
        ]
        for row in pl.concat([known, frame.filter(pl.col("value").is_null()).sort("product")]).iter_rows(named=True)
    ]
    who = say("the_world") if actor == "*" else view.names.actor(actor)
    missing = frame.height - known.height
    return Chart(
        name="ranking",
        title=say("measures.ranking", title=title_of(name), who=who),
        says=say("measures.ranking_says", known=known.height, shown=min(ROWS, known.height), missing=missing),
        figures={"": levels(found, unit)},
        tables=[Table((say("chart.product"), *(say(f"measures.{head}") for head in ("year", "value", "remarks"))), rows)],
        unit=unit or say("measures.unitless"),
        as_of=", ".join(str(year) for year in sorted(set(frame["year"]))),
        sources=view.citations.cite(*sources_of(known.head(ROWS))),
    )


def _estimated(view: View, row: dict[str, Any]) -> bool:
    return row["value"] is not None and bool(set((row["source"] or "").split(";")) & view.estimates)


def _words(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return "–"
    if row["low"] is None or row["high"] is None or row["low"] == row["high"]:
        return significant(row["value"])
    return say("measures.banded", **{name: significant(row[name]) for name in ("value", "low", "high")})


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
    ends_of = {"one": states[0], "other": states[1]}
    says = say("measures.days_moved" if moved.height else "measures.days_still", moved=moved.height, all=wide.height, **ends_of)
    ends = [max(1.0, *(change.largest() for change in rows if change.panel == panel)) for panel in dict.fromkeys(c.panel for c in rows)]
    return Chart(
        name="two-days",
        title=say("measures.days", **ends_of),
        says=says,
        figures={"": changes(rows, "", ends, states=states)} if rows else {"": levels([], "")},
        tables=[_table(view, shown, states)],
        unit=say("measures.unit_days"),
        as_of=view.as_of,
        sources=view.citations.cite(*sources_of(shown), *sources_of(shown, "source_after")),
    )


def _change(view: View, row: dict[str, Any]) -> Change:
    title, unit = title_of(row["indicator"]), unit_of(indicator(row["indicator"]).spec.unit)
    panel = f"{title} ({unit})" if unit else title
    words = (significant(row["value"]), significant(row["value_after"]))
    return Change(panel, _label(view, row), row["value"], row["value_after"], words, view.citations.anchor(row["source"]))


def _label(view: View, row: dict[str, Any]) -> str:
    label = view.label(str(row["product"]))
    return label if row["actor"] == "*" else say("comma").join((label, view.names.actor(str(row["actor"]))))


def _table(view: View, frame: pl.DataFrame, states: Sequence[str]) -> Table:
    rows = [
        [
            Cell(title_of(row["indicator"])),
            Cell(_label(view, row)),
            *(
                Cell(significant(row[f"value{end}"]), view.citations.anchor(row[f"source{end}"]), number=True, est=_estimated(view, row))
                for end in ("", "_after")
            ),
        ]
        for row in frame.iter_rows(named=True)
    ]
    return Table((say("measures.indicator"), say("chart.product"), *states), rows)
