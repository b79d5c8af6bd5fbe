"""USGS Mineral Commodity Summaries 2025, world data: production 2023 and 2024 (estimated), capacity, reserves."""

import datetime
from collections.abc import Iterator
from pathlib import Path

from ytterby.data.source import Loaded, Source
from ytterby.data.usgs_tables import Cell, entries, observations, plain, rows_of
from ytterby.data.usgs_values import is_estimate

SPEC = Source(
    source="usgs_mcs2025",
    title="Mineral Commodity Summaries 2025, world data",
    url="https://doi.org/10.3133/mcs2025",
    licence="US public domain",
    vintage="MCS 2025",
    published=datetime.date(2025, 1, 31),
    rank=1,
    tables=("observations",),
    header=("SOURCE", "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS", "PROD_2023", "PROD_EST_ 2024", "RESERVES_2024"),
    note="An empty cell may be 'none' or 'not available'; it is taken as missing",
)
COLUMNS = (
    ("production", "PROD_2023", 2023, "PROD_NOTES"),
    ("production", "PROD_EST_ 2024", 2024, "PROD_NOTES"),
    ("capacity", "CAP_2023", 2023, "CAP_NOTES"),
    ("capacity", "CAP_EST_ 2024", 2024, "CAP_NOTES"),
    ("reserves", "RESERVES_2024", 2024, "RESERVE_NOTES"),
)
SUBTOTALS = ("world total (ilmenite, rounded)", "world total (rutile, rounded)")
"""Totals of one mineral of a chapter; the chapter's own total holds both, so these would count twice."""


def read(path: Path) -> Loaded:
    """Return table observations in the products' own tonnes and the faults.

    A column that is empty for all places of a chapter was not asked there and gives no rows, but for production where the chapter is of
    production (germanium: asked, not one figure given); an empty cell beside filled ones is missing.
    """
    rows = [(line, row) for line, row in rows_of(path) if plain(row["COUNTRY"]) not in SUBTOTALS]
    asked = {(_chapter(row), name) for _, row in rows for _, name, _, notes in COLUMNS if row[name] or row[notes]}
    made = [row for _, row in rows if not any(word in plain(row["TYPE"]) for word in ("capacity", "reserves"))]
    asked |= {(_chapter(row), name) for row in made for _, name, _, _ in COLUMNS[:2]}
    found, faults = entries(_cells(rows, asked), "2025")
    frame, more = observations(found, SPEC.source)
    return Loaded({"observations": frame}, (*faults, *more))


def _chapter(row: dict[str, str]) -> tuple[str, str, str]:
    return plain(row["COMMODITY"]), plain(row["TYPE"]), plain(row["UNIT_MEAS"])


def _cells(rows: list[tuple[int, dict[str, str]]], asked: set[tuple[tuple[str, str, str], str]]) -> Iterator[Cell]:
    for line, row in rows:
        for column, name, year, notes in COLUMNS:
            if (_chapter(row), name) in asked:
                estimated = column == "reserves" or "EST" in name or _estimated(row["TYPE"], row[notes], year)
                yield Cell(line, (*_chapter(row), column), row["COUNTRY"], year, row[name], row[notes], estimated)


def _estimated(kind: str, note: str, year: int) -> bool:
    """A chapter may be estimated as a whole ('Mine production, estimated') but for the places marked as reported."""
    return is_estimate(note, year) or (kind.endswith("estimated") and not note.lower().startswith("report"))
