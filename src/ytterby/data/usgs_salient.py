"""The survey's figures of the United States -> table salient: production, trade, use, prices, import reliance, import sources."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import polars as pl

from ytterby.core import schema
from ytterby.core.units import TONNES
from ytterby.data.frames import YEARS
from ytterby.data.names import country, map_rows
from ytterby.data.source import Fault
from ytterby.data.usgs_tables import plain
from ytterby.data.usgs_values import Value, explained, is_estimate, read_value

STATISTICS = {
    "production": "production",
    "import": "imports",
    "export": "exports",
    "consumption": "consumption",
    "price": "price",
    "stock": "stocks",
    "employment": "employment",
    "net import reliance": "import_reliance",
    "import sources 2021-2024": "import_source",
    "sold or used": "shipments",
    "shipment": "shipments",
    "sales": "shipments",
    "sold": "shipments",
    "supply": "supply",
}
UNITS = {
    "percent": ("percent", 1.0),
    "number": ("persons", 1.0),
    "million dollars": ("USD", 1e6),
    "thousand metric dry tons": ("t", 1e3),
    "million metric tons": ("t", 1e6),
    "million cubic meters": ("million m3", 1.0),
    "million liters": ("million l", 1.0),
    "million carats": ("million carats", 1.0),
    "dollars per metric ton": ("USD/t", 1.0),
    "dollars per ton": ("USD/t", 1.0),
    "index": ("index", 1.0),
} | {unit: ("t", factor) for unit, factor in TONNES.items() if unit.endswith(("tons", "kilograms"))}
"""Unit of the table and factor; prices in other units keep the survey's words: a pound and a troy ounce stay what they are."""

VARIABLE = "variable"
"""Begins the survey's words for a price that has no one value."""


@cache
def materials() -> dict[tuple[str, str], tuple[str, str]]:
    """Return (chapter, commodity) -> material, label from maps/usgs_salient.csv; an empty material is left out on purpose.

    >>> materials()["rare earths (heavy)", "terbium"]
    ('terbium', '')
    """
    rows = map_rows("usgs_salient")
    return {(row["chapter"], row["commodity"]): (row["material"], row["label"]) for row in rows}


def salient(rows: Iterable[tuple[int, dict[str, str]]], source: str, estimated_year: int) -> tuple[pl.DataFrame, list[Fault]]:
    """Return table salient and the faults. 'E' (net exporter) is a reliance of at most 0; a bound (>50) gives one end and no value."""
    kept: dict[tuple[object, ...], tuple[object, ...]] = {}
    faults: list[Fault] = []
    for line, row in rows:
        found = _record(line, row, source, estimated_year)
        if isinstance(found, Fault):
            faults.append(found)
        elif found and kept.setdefault(found[:5], found) != found:
            faults.append(Fault(line, f"repeats another row of {' | '.join(str(part) for part in found[:5])} with another value"))
    names = [column.name for column in schema.columns("salient")]
    frame = pl.DataFrame(list(kept.values()), schema=names, orient="row", infer_schema_length=None)
    return schema.cast("salient", frame).sort("material", "statistic", "detail", "year"), faults


def _record(line: int, row: dict[str, str], source: str, estimated_year: int) -> tuple[object, ...] | Fault | None:
    place = plain(row["MCS chapter"]), plain(row["Commodity"])
    if place not in materials():
        return Fault(line, f"not on the map of chapters: {' | '.join(place)}")
    material, label = materials()[place]
    if not material:
        return None
    statistic = STATISTICS.get(plain(row["Statistics"]))
    detail = _detail(row, statistic, label)
    value, unit, year = _value(row), _unit(row, statistic), _year(row["Year"])
    if statistic is None or detail is None or value is None or unit is None or year is None:
        parts = {"Statistics": statistic, "Country": detail, "Value": value, "Unit": unit, "Year": year}
        wrong = next(name for name, part in parts.items() if part is None)
        return Fault(line, f"'{row[wrong]}' is no {wrong.lower()} that is known ({' | '.join(place)})")
    if unit[0] == "percent" and value.low and value.high is None:
        value = replace(value, high=100.0)
    numbers = [None if number is None else number * unit[1] for number in (value.value, value.low, value.high)]
    marked = is_estimate(row["Notes"]) or value.note.startswith("middle") or "estimated" in detail.lower()
    basis = "missing" if value.value is None else "estimated" if marked or year >= estimated_year else "measured"
    return (year, material, "USA", statistic, detail, *numbers, unit[0], basis, source, value.note or None)


def _detail(row: dict[str, str], statistic: str | None, label: str) -> str | None:
    """What is counted, in the survey's words; an import source is told by its country's code."""
    words = ": ".join(part for part in (label, " ".join(row["Statistics_detail"].split())) if part)
    if statistic != "import_source":
        return words
    actor = country(row["Country"])
    return None if actor is None else f"{words}: {actor}"


def _value(row: dict[str, str]) -> Value | None:
    text = row["Value"]
    if text == "E":
        return explained(Value(None, None, 0.0, "net exporter"), row["Notes"])
    if text.lower().startswith(VARIABLE):
        return Value(None, note="varies with the product")
    value = read_value(text)
    if value is None or value.value is None or value.note:
        return None if value is None else explained(value, row["Notes"])
    return explained(Value(value.value), row["Notes"])


def _unit(row: dict[str, str], statistic: str | None) -> tuple[str, float] | None:
    unit = plain(row["Unit"])
    if statistic == "employment" and not unit:
        return UNITS["number"]
    if re.match(r"(dollars|cents) per ", unit) and unit not in UNITS:
        return unit.replace("dollars", "USD").replace("mililiters", "milliliters"), 1.0
    return UNITS.get(unit)


def _year(text: str) -> int | None:
    """The year, or the last of a range (2021–24 is 2024)."""
    found = re.fullmatch(r"(\d{2})?(\d{2})(?:[-\N{EN DASH}](\d{2}|\d{4}))?", text)
    if found is None or found[1] is None:
        return None
    last = found[3] or found[2]
    year = int(last) if len(last) == 4 else int(found[1] + last)
    return year if YEARS[0] <= year <= YEARS[1] else None
