"""USGS Mineral Commodity Summaries 2026: the world by country 2024 and 2025 (estimated), the United States 2021 to 2025."""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

from ytterby.data.names import country
from ytterby.data.source import Fault, Loaded, Source
from ytterby.data.usgs_salient import salient
from ytterby.data.usgs_tables import Cell, entries, observations, plain, rows_of
from ytterby.data.usgs_values import is_estimate

SPEC = Source(
    source="usgs_mcs2026",
    title="Mineral Commodity Summaries 2026",
    url="https://doi.org/10.5066/P1WKQ63T",
    licence="US public domain",
    vintage="MCS 2026",
    published=datetime.date(2026, 2, 6),
    rank=1,
    tables=("observations", "salient"),
    header=("MCS chapter", "Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit", "Year", "Value", "Notes"),
    note="2025 is estimated; United States 2021 to 2025",
)
ESTIMATED = 2025
"""The year of the edition's own estimates."""

SUBTOTALS = ("mine production: ilmenite", "mine production: rutile", "reserves: ilmenite", "reserves: rutile")
"""Where a world total is of one mineral of a chapter; the chapter's own total holds both, so these would count twice."""


def read(path: Path) -> Loaded:
    """Return tables observations (the products' own tonnes) and salient (units kept), and the faults."""
    rows = list(rows_of(path))
    found, faults = entries(_cells(rows), "2026")
    frame, more = observations(found, SPEC.source)
    table, others = salient(((line, row) for line, row in rows if not _is_world(row)), SPEC.source, ESTIMATED)
    every: list[Fault] = [*faults, *more, *others]
    return Loaded({"observations": frame, "salient": table}, tuple(sorted(every, key=lambda fault: fault.line)))


def _is_world(row: dict[str, str]) -> bool:
    return row["Section"].startswith("World")


def _is_subtotal(row: dict[str, str]) -> bool:
    return country(row["Country"]) == "WLD" and plain(row["Statistics_detail"]) in SUBTOTALS


def _cells(rows: list[tuple[int, dict[str, str]]]) -> Iterator[Cell]:
    for line, row in rows:
        if _is_world(row) and not _is_subtotal(row):
            year = int(row["Year"]) if re.fullmatch(r"\d{4}", row["Year"]) else 0
            column = plain(row["Statistics"])
            key = (plain(row["MCS chapter"]), plain(row["Statistics_detail"]), plain(row["Unit"]), column)
            estimated = column == "reserves" or year >= ESTIMATED or is_estimate(row["Notes"])
            yield Cell(line, key, row["Country"], year, row["Value"], row["Notes"], estimated)
