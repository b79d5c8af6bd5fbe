"""Files for other programs: a brief's tables, alone or as one workbook."""

import io
import json
from typing import Any

import polars as pl

from ytterby.errors import InputError
from ytterby.show.brief import Brief

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""A text of an article that begins with = is a text, no formula."""


def tables(brief: Brief) -> dict[str, pl.DataFrame]:
    """Return a brief's tables by name: events, indicators, stops, outcome, plan, bottlenecks, partners, cash, deeds, sources."""
    found = {
        "events": _flat(brief.events),
        "commitments": _flat(brief.commitments),
        "indicators": brief.indicators,
        **{name: pl.concat([getattr(one, name) for one in brief.outcomes]) for name in ("stops", "outcome") if brief.outcomes},
    }
    if brief.plan is not None:
        found |= {name: getattr(brief.plan, name) for name in ("bottlenecks", "partners", "cash", "deeds")} | {"plan": brief.plan.options}
    return {**found, "sources": brief.world["sources"]}


def _flat(records: list[dict[str, Any]]) -> pl.DataFrame:
    """Records as a table: what is nested becomes JSON."""
    cells = [
        {name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value for name, value in record.items()}
        for record in records
    ]
    return pl.DataFrame(cells, infer_schema_length=None)


def book_of(stream: io.BytesIO, options: dict[str, bool]) -> Any:
    """Return an empty workbook that is written when it closes. Raises InputError if the library for it is not installed."""
    try:
        import xlsxwriter
    except ImportError:
        raise InputError("xlsx needs the package xlsxwriter", "download", "pip install 'ytterby[web]', or take CSV") from None
    return xlsxwriter.Workbook(stream, options)


def workbook(sheets: dict[str, pl.DataFrame]) -> bytes:
    """Return tables as one workbook, a sheet each. Raises InputError if the library for it is not installed.

    >>> workbook({"a": pl.DataFrame({"x": ["=1+1"]})})[:2]
    b'PK'
    """
    stream = io.BytesIO()
    with book_of(stream, OPTIONS) as book:
        for name, frame in sheets.items():
            if frame.width:
                frame.write_excel(book, name, autofit=frame.height < 5000)
    return stream.getvalue()
