"""Anybody's CSV into a table of the world: MAP.toml says which column is which, in which unit, and what names mean.

table = "customs"                     # a table of the schema
[columns]                             # ours = theirs
hs6 = "HS code"
importer = "Buyer country"
exporter = "Supplier country"
t = "Net weight"
[constants]
year = 2025
source = "acme_imports"
basis = "measured"
[units]                               # of columns of mass; ours are tonnes
t = "kg"
[factors]                             # of other numbers: thousand USD -> USD
usd = 1000
[names.importer]                      # theirs = ours; what is not named is looked up (countries) or taken as it is
"Werk Ulm" = "DEU"
[format]                              # optional
separator = ";"
decimal = ","
encoding = "latin-1"
"""

import codecs
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ytterby.core import schema
from ytterby.core.catalogue import nearest
from ytterby.core.schema import Column
from ytterby.core.units import to_tonnes
from ytterby.core.world import World, load_world, table_names
from ytterby.data.frames import filled, number, refuse, with_lines
from ytterby.data.names import country
from ytterby.data.source import Fault, Loaded
from ytterby.errors import InputError

PARTS = ("table", "columns", "constants", "units", "factors", "names", "format")
FORMAT = {"separator": ",", "decimal": ".", "encoding": "utf-8-sig", "date": "%Y-%m-%d"}
MASSES = ("t", "t/a", "t/week")
ACTOR = "actors.actor"


def import_table(file: Path, map_toml: Path, world: World | None = None) -> Loaded:
    """Return one table of the world from a CSV and a map; rows that do not fit are faults with the file's line.

    A row is refused if a required value is empty, a number is none or out of its range, a date is none, a choice or reference is unknown,
    or its key repeats. Column `source` is not looked up: it is the reader's own. Raises InputError for a map or a file that cannot be used.
    """
    plan = _plan(map_toml)
    table = plan["table"]
    frame = _rows(file, {**FORMAT, **plan["format"]})
    absent = [theirs for theirs in plan["columns"].values() if theirs not in frame.columns]
    if absent:
        known = [name for name in frame.columns if name != "line"]
        raise InputError(f"no column '{absent[0]}'", str(file), nearest(absent[0], known) or f"it has: {', '.join(known)}")
    parsed, rules = [], []
    for column in schema.columns(table):
        value, wrong = _column(column, plan, frame, world or load_world())
        parsed.append(value.alias(f"our {column.name}"))
        rules += wrong
    keys = pl.struct(f"our {column.name}" for column in schema.columns(table) if column.key)
    rules.append((keys.is_duplicated() & ~keys.is_first_distinct(), "repeats the key of an earlier row"))
    kept, faults = refuse(frame.with_columns(parsed), *rules, together=False)
    return Loaded({table: kept.select(pl.col(f"our {c.name}").alias(c.name) for c in schema.columns(table))}, faults)


def _plan(path: Path) -> dict[str, Any]:
    """Read and check the map: tables, columns and units that exist, each column given once, every required one there."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError("cannot read the map", str(path), str(error)) from None
    plan: dict[str, Any] = {**{part: {} for part in PARTS}, **given}
    _only(given, PARTS, path)
    if plan["table"] not in table_names():
        raise InputError(
            f"unknown table '{plan['table'] or ''}'", str(path), nearest(str(plan["table"]), table_names()) or 'give table = "..."'
        )
    wanted = {column.name: column for column in schema.columns(plan["table"])}
    for part in PARTS[1:-1]:
        _only(plan[part], wanted, path)
    _only(plan["format"], FORMAT, path)
    both = set(plan["columns"]) & set(plan["constants"])
    if both:
        raise InputError(f"'{min(both)}' is given twice", str(path), "as a column or as a constant")
    lacking = [name for name, column in wanted.items() if column.required and name not in plan["columns"] and name not in plan["constants"]]
    if lacking:
        raise InputError(f"nothing for {', '.join(lacking)}", str(path), "name the column that holds it, or a constant")
    _parts_of_the_right_kind(plan, path)
    for name, unit in plan["units"].items():
        if wanted[name].unit not in MASSES:
            raise InputError(f"'{name}' is no mass", str(path), "give a factor instead")
        to_tonnes(1.0, unit)
    return plan


def _parts_of_the_right_kind(plan: dict[str, Any], path: Path) -> None:
    """Columns, units and formats are texts, factors numbers, names tables of texts."""
    kinds: dict[str, type | tuple[type, ...]] = {"columns": str, "units": str, "factors": (int, float), "names": dict, "format": str}
    for part, kind in kinds.items():
        for name, value in plan[part].items():
            if not isinstance(value, kind) or isinstance(value, bool):
                raise InputError(f"{part}.{name} cannot be {value!r}", str(path), "see 'ytterby world import --help'")


def _only(given: Mapping[str, Any], known: Mapping[str, Any] | tuple[str, ...], path: Path) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise InputError(f"unknown name '{unknown[0]}'", str(path), nearest(unknown[0], known) or f"known: {', '.join(known)}")


def _rows(file: Path, form: Mapping[str, str]) -> pl.DataFrame:
    """The file as text with line numbers."""
    try:
        text = codecs.decode(file.read_bytes(), form["encoding"])
        frame = pl.read_csv(text.encode(), infer_schema=False, separator=form["separator"])
    except (OSError, LookupError, ValueError, pl.exceptions.PolarsError) as error:
        raise InputError("cannot read the file", str(file), str(error).splitlines()[0]) from None
    return with_lines(frame.rename({name: name.strip() for name in frame.columns}), 2)


def _column(column: Column, plan: dict[str, Any], frame: pl.DataFrame, world: World) -> tuple[pl.Expr, list[tuple[pl.Expr, pl.Expr | str]]]:
    """One of our columns as an expression over theirs, and the rules that refuse a row for its sake."""
    if column.name in plan["constants"]:
        text: pl.Expr = pl.lit(str(plan["constants"][column.name]))
    elif column.name in plan["columns"]:
        theirs = plan["columns"][column.name]
        text = pl.when(filled(theirs)).then(_renamed(column, frame[theirs], plan["names"].get(column.name, {})))
    else:
        return pl.lit(None, schema.DTYPES[column.dtype]), []
    value = _typed(column, text, plan, column.name in plan["constants"])
    said = pl.format("{}: '{}'", pl.lit(column.name), text)
    rules: list[tuple[pl.Expr, pl.Expr | str]] = [(text.is_not_null() & value.is_null(), said + f" is no {column.dtype}")]
    if column.required:
        rules.append((value.is_null(), f"{column.name} is empty"))
    if column.dtype in ("int", "float"):
        low, high = column.low if column.low is not None else -float("inf"), column.high if column.high is not None else float("inf")
        rules.append(((value < low) | (value > high), said + f" is outside {low:g}..{high:g}"))
    if column.choices:
        rules.append((~value.is_in(list(column.choices)), said + f" is not one of {', '.join(column.choices)}"))
    if column.reference and column.name != "source":
        table, key = column.reference.split(".")
        rules.append(
            (~value.is_in(world[table][key].to_list()), said + f" is not in table {table}; add it there or to [names.{column.name}]")
        )
    return value, rules


def _renamed(column: Column, values: pl.Series, names: Mapping[str, str]) -> pl.Expr:
    """What their names mean: by the map; for countries also by the names that sources write; else as it stands."""
    stripped = pl.col(values.name).str.strip_chars()
    meaning = dict(names)
    if column.reference == ACTOR:
        found = {name: country(name) for name in values.str.strip_chars().drop_nulls().unique() if name not in meaning}
        meaning |= {name: code for name, code in found.items() if code is not None}
    return stripped.replace(meaning) if meaning else stripped


def _typed(column: Column, text: pl.Expr, plan: dict[str, Any], constant: bool) -> pl.Expr:
    """Text in the column's type and our unit; the map's own constants are already in our unit and form."""
    if constant:
        plan = {**plan, "format": {}, "factors": {}, "units": {}}
    form = {**FORMAT, **plan["format"]}
    if column.dtype == "date":
        return text.str.to_date(form["date"], strict=False)
    if column.dtype == "str":
        return text.str.zfill(6) if column.name == "hs6" else text
    value = number(text, form["decimal"]) * plan["factors"].get(column.name, 1.0) * to_tonnes(1.0, plan["units"].get(column.name, "t"))
    return pl.when(value == value.round(0)).then(value).cast(pl.Int64) if column.dtype == "int" else value


def told(faults: tuple[Fault, ...], file: Path) -> str:
    """The faults of an import as lines 'file:line: reason'.

    >>> told((Fault(3, "t is empty"),), Path("imports.csv"))
    'imports.csv:3: t is empty'
    """
    return "\n".join(f"{file}:{fault.line}: {fault.reason}" for fault in faults)
