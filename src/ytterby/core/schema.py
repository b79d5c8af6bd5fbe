"""The schema is a table: schema.csv says what every column of every table means.

`check` finds every fault of a table at once; `require` raises on them. Tables are polars frames.
"""

import csv
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import polars as pl

from ytterby.errors import DataError, InputError

DTYPES: dict[str, pl.DataType] = {"str": pl.String(), "int": pl.Int64(), "float": pl.Float64(), "date": pl.Date()}

JOINED = "sources.source"
"""The reference that may name several rows, joined by ;."""


@dataclass(frozen=True)
class Column:
    """One column as schema.csv describes it; `reference` is 'table.column' whose values it must use."""

    table: str
    name: str
    dtype: str
    unit: str
    key: bool
    required: bool
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    reference: str
    description: str


@cache
def tables() -> dict[str, tuple[Column, ...]]:
    """Return the columns of every table, in order.

    >>> [column.name for column in tables()["stages"]]
    ['stage', 'place', 'name']
    """
    found: dict[str, list[Column]] = {}
    with resources.files("ytterby.core").joinpath("schema.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["table"], []).append(_column(row))
    return {table: tuple(columns) for table, columns in found.items()}


def _column(row: Mapping[str, str]) -> Column:
    return Column(
        table=row["table"],
        name=row["column"],
        dtype=row["dtype"],
        unit=row["unit"],
        key=row["key"] == "1",
        required=row["required"] == "1",
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        choices=tuple(row["choices"].split("|")) if row["choices"] else (),
        reference=row["reference"],
        description=row["description"],
    )


def columns(table: str) -> tuple[Column, ...]:
    """Return the columns of one table; an unknown table is an InputError.

    >>> columns("stages")[0].key
    True
    """
    try:
        return tables()[table]
    except KeyError:
        raise InputError(f"unknown table '{table}'", "schema", f"known: {', '.join(tables())}") from None


def cast(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Bring a frame into the table's columns, order and types; absent optional columns become null.

    >>> cast("stages", pl.DataFrame({"name": ["Mine"], "stage": ["mine"], "place": ["1"]})).row(0)
    ('mine', 1, 'Mine')
    """
    wanted = columns(table)
    known = {column.name for column in wanted}
    faults = [f"{table}: unknown column '{name}'. Drop or rename it." for name in frame.columns if name not in known]
    faults += [f"{table}: column '{c.name}' is absent. Add it." for c in wanted if c.required and c.name not in frame.columns]
    if faults:
        raise DataError(table, faults)
    series = []
    for column in wanted:
        if column.name in frame.columns:
            series.append(_cast_column(table, column, frame[column.name]))
        else:
            series.append(pl.Series(column.name, [None] * frame.height, DTYPES[column.dtype]))
    return pl.DataFrame(series)


def _cast_column(table: str, column: Column, values: pl.Series) -> pl.Series:
    dtype = DTYPES[column.dtype]
    if values.dtype == dtype:
        return values
    cast = values.str.to_date(strict=False) if column.dtype == "date" and values.dtype == pl.String() else values.cast(dtype, strict=False)
    lost = (values.is_not_null() & cast.is_null()).arg_true().to_list()
    if lost:
        raise DataError(table, [f"{table}.{column.name}: row {row} holds {values[row]!r}, not a {column.dtype}." for row in lost[:20]])
    return cast


def check(table: str, frame: pl.DataFrame, world: Mapping[str, pl.DataFrame] | None = None) -> list[str]:
    """Return every fault of a frame that `cast` has passed: nulls, bounds, choices, repeated keys, broken references.

    >>> check("stages", pl.DataFrame({"stage": ["mine", "mine"], "place": [1, 0], "name": ["a", "b"]}))
    ['stages.place: row 1 holds 0, outside 1..inf.', 'stages: row 1 repeats stage of row 0. Merge them or drop one.']
    """
    faults: list[str] = []
    for column in columns(table):
        faults += _check_column(column, frame[column.name])
        if world is not None and column.reference:
            faults += _check_reference(column, frame[column.name], world)
    return faults + _check_keys(table, frame)


def _check_column(column: Column, values: pl.Series) -> list[str]:
    where = f"{column.table}.{column.name}"
    faults = []
    if column.required:
        faults += [f"{where}: row {row} is empty. Give a value." for row in values.is_null().arg_true().to_list()[:5]]
    if column.dtype in ("int", "float"):
        low, high = column.low if column.low is not None else -float("inf"), column.high if column.high is not None else float("inf")
        outside = (values < low) | (values > high) | (values.cast(pl.Float64()).is_nan())
        bounds = f"{low:g}..{high:g}"
        faults += [f"{where}: row {row} holds {values[row]}, outside {bounds}." for row in outside.arg_true().to_list()[:5]]
    if column.choices:
        wrong = (values.is_not_null() & ~values.is_in(list(column.choices))).arg_true().to_list()
        faults += [f"{where}: row {row} holds '{values[row]}', not one of {', '.join(column.choices)}." for row in wrong[:5]]
    return faults


def _check_reference(column: Column, values: pl.Series, world: Mapping[str, pl.DataFrame]) -> list[str]:
    table, name = column.reference.split(".")
    if table not in world:
        return [f"{column.table}.{column.name}: refers to table '{table}', which is absent."]
    known = world[table][name].to_list()
    unknown = values.is_not_null() & ~values.is_in(known)
    if column.reference == JOINED:
        unknown &= ~values.fill_null("").str.split(";").list.eval(pl.element().is_in(known)).list.all()
    return [
        f"{column.table}.{column.name}: row {row} holds '{values[row]}', which {column.reference} lacks. Add it there or correct it."
        for row in unknown.arg_true().to_list()[:5]
    ]


def _check_keys(table: str, frame: pl.DataFrame) -> list[str]:
    keys = [column.name for column in columns(table) if column.key]
    first: dict[tuple[object, ...], int] = {}
    faults = []
    for row, key in enumerate(frame.select(keys).iter_rows()):
        if key in first:
            faults.append(f"{table}: row {row} repeats {', '.join(keys)} of row {first[key]}. Merge them or drop one.")
        first.setdefault(key, row)
    return faults[:5]


def require(table: str, frame: pl.DataFrame, world: Mapping[str, pl.DataFrame] | None = None) -> pl.DataFrame:
    """Return the frame in the table's columns and types, or raise a DataError that lists every fault.

    >>> require("stages", pl.DataFrame({"stage": ["mine"], "place": [1], "name": ["Mine"]})).height
    1
    """
    frame = cast(table, frame)
    faults = check(table, frame, world)
    if faults:
        raise DataError(table, faults)
    return frame


def parse_date(text: str, where: str) -> datetime.date:
    """Read an ISO date, or raise an InputError that says where.

    >>> parse_date("2025-10-28", "--published")
    datetime.date(2025, 10, 28)
    """
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"'{text}' is no date", where, "write it as YYYY-MM-DD") from None
