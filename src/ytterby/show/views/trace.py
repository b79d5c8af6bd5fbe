"""Where a number comes from: the source's record and its rows; where an event comes from: the sentence in its article."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from ytterby.core.compare import figure
from ytterby.show.language import say
from ytterby.show.table import Cell, Table
from ytterby.show.views.article import card, web
from ytterby.show.views.view import View
from ytterby.show.words import BASES, day, significant

ROWS = 40
"""Rows of a table shown at most."""
AROUND = 260
"""Letters of the article shown on either side of a quote."""


def source(view: View, name: str, products: Iterable[str] = ()) -> dict[str, Any] | None:
    """Return a source's record and its rows in the world's tables, those of some products if any are named; None if it is unknown."""
    known = view.brief.world["sources"].filter(pl.col("source") == name)
    if known.is_empty():
        return None
    row = known.row(0, named=True)
    wanted, tables = set(products), [table for table in view.brief.world if table != "sources"]
    own = [found for table in tables if wanted and (found := _rows(view, table, name, wanted)) is not None]
    return {
        "source": row,
        "link": web(row["url"]),
        "est": name in view.estimates,
        "tables": own or [found for table in tables if (found := _rows(view, table, name, None)) is not None],
    }


def _rows(view: View, table: str, name: str, products: set[str] | None) -> tuple[str, Table] | None:
    """The rows of a table that rest on a source, only those of some products if any are given."""
    frame = view.brief.world[table]
    if "source" not in frame.columns or figure(table) is None:
        return None
    rows = frame.filter(pl.col("source").str.split(";").list.contains(name))
    if products is not None:
        processes = view.brief.world["processes"].filter(pl.col("product").is_in(list(products)))["process"]
        about = {"product": list(products), "process": processes.to_list()}
        known = [column for column in about if column in rows.columns]
        rows = rows.filter(pl.any_horizontal(pl.col(column).is_in(about[column]) for column in known)) if known else rows.clear()
    if rows.is_empty():
        return None
    heads = [column for column in rows.columns if column not in ("source", "low", "high")]
    cells = [[_cell(view, column, row) for column in heads] for row in rows.head(ROWS).iter_rows(named=True)]
    caption = say("sources.table_part" if rows.height > ROWS else "sources.table", name=table, shown=ROWS, all=rows.height)
    return caption, Table(tuple(heads), cells)


def _cell(view: View, column: str, row: dict[str, Any]) -> Cell:
    value = row[column]
    if isinstance(value, float):
        return Cell(significant(value, 4), est=row.get("basis") in BASES)
    if column in ("actor", "exporter", "importer"):
        return Cell(view.names.actor(str(value)))
    return Cell(view.names.product(value) if column == "product" and value else "–" if value is None else str(value))


def sentence(view: View, event: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return an event and its sentence amid the text that it stands in."""
    text, start, end = document["text"], event["start"], event["end"]
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    return {
        "card": card(view, event),
        "title": document["title"] or document["stem"],
        "published": day(document["published"]) if document["published"] else "",
        "url": web(document["url"]),
        "language": document["language"],
        "before": text[first:start],
        "after": text[end:last],
        "before_cut": first > 0,
        "after_cut": last < len(text),
    }
