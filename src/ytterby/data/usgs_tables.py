"""The survey's rows -> table observations: by the map of names, parts added up, figures that break their own world total left out."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from ytterby.core import schema
from ytterby.data.frames import YEARS
from ytterby.data.names import country, map_rows
from ytterby.data.source import Fault
from ytterby.data.usgs_values import Value, explained, is_elsewhere, read_value
from ytterby.errors import InputError

Key = tuple[str, str, str, str]
"""Chapter, what is counted, unit, and the column of the file: production, capacity or reserves."""


@dataclass(frozen=True)
class Target:
    """Where a kind of row goes: product, quantity, the product's tonnes per unit, a remark; no product: left out, the remark says why."""

    product: str
    quantity: str
    factor: float
    note: str


@dataclass(frozen=True)
class Entry:
    """One figure of a file on its way into the table: in the file's unit, with the target that says what it is.

    part: the file's words for what and where; the same words twice are a repetition, different ones are parts of a sum.
    """

    line: int
    year: int
    actor: str
    target: Target
    value: Value
    estimated: bool
    part: tuple[str, str]


class _Row(dict[str, str]):
    """A row; a cell that it lacks is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and row of a CSV file, names and cells stripped; UTF-8 with or without mark, else Windows-1252.

    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "a.csv"; _ = file.write_bytes(b" a ,b\\r\\nC\\xf4te, 1")
    >>> list(rows_of(file))
    [(2, {'a': 'Côte', 'b': '1'})]
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        names = [name.strip() for name in next(reader, [])]
        for cells in reader:
            yield reader.line_num, _Row((name, cell.strip()) for name, cell in zip(names, cells, strict=False) if name)
    except csv.Error as error:
        raise InputError(f"not a CSV table: {error}", f"{path}:{reader.line_num}", "download the file again") from None


def plain(text: str) -> str:
    """Return a text as the map writes it: lower case, single spaces, without the mark of a rounded total.

    >>> plain("Mine production: Palladium, rounded")
    'mine production: palladium'
    """
    small = " ".join(text.lower().split())
    return small.removesuffix(": rounded").removesuffix(", rounded")


@cache
def targets(edition: str) -> dict[Key, Target]:
    """Return the map of one edition (2024, 2025, 2026) from maps/usgs.csv.

    >>> targets("2026")["gallium", "primary production", "kilograms", "production"].product
    'gallium_refined'
    """
    return {
        (row["chapter"], row["detail"], row["unit"], row["column"]): Target(
            row["product"], row["quantity"], float(row["factor"]) if row["factor"] else 0.0, row["note"]
        )
        for row in map_rows("usgs")
        if row["edition"] == edition
    }


@dataclass(frozen=True)
class Cell:
    """One cell of a file with what stands beside it, all as written."""

    line: int
    key: Key
    country: str
    year: int
    text: str
    note: str = ""
    estimated: bool = False


def entries(cells: Iterable[Cell], edition: str) -> tuple[list[Entry], list[Fault]]:
    """Return the figures of the world's products and the faults: rows off the map, unknown places, texts that are no value."""
    found: list[Entry] = []
    faults: list[Fault] = []
    for cell in cells:
        target, actor, value = _target(edition, cell.key), country(cell.country), read_value(cell.text)
        if target is None:
            faults.append(Fault(cell.line, f"not on the map of edition {edition}: {' | '.join(cell.key)}"))
        elif not target.product:
            continue
        elif actor is None:
            faults.append(Fault(cell.line, f"no country known by the name '{cell.country}'"))
        elif not YEARS[0] <= cell.year <= YEARS[1]:
            faults.append(Fault(cell.line, "no year that can be"))
        elif value is None:
            faults.append(Fault(cell.line, f"'{cell.text}' is no value of {cell.key[1]} in {cell.country}"))
        else:
            part = (cell.key[1], cell.country)
            found.append(Entry(cell.line, cell.year, actor, target, explained(value, cell.note), cell.estimated, part))
    return found, faults


def _target(edition: str, key: Key) -> Target | None:
    """The map's row of a key; a star stands for every detail and unit of a chapter, or for the whole chapter."""
    chapter, _, _, column = key
    known = targets(edition)
    return known.get(key) or known.get((chapter, "*", "*", column)) or known.get((chapter, "*", "*", "*"))


def observations(entries: Sequence[Entry], source: str) -> tuple[pl.DataFrame, list[Fault]]:
    """Return table observations of one edition and the faults: figures above their own world total are left out.

    Rows of one product, place and year (ilmenite and rutile, two helium fields) are parts and add up.
    """
    groups: dict[tuple[int, str, str, str], list[Entry]] = {}
    faults: list[Fault] = []
    for entry in entries:
        group = groups.setdefault((entry.year, entry.target.product, entry.actor, entry.target.quantity), [])
        if earlier := next((part for part in group if part.part == entry.part), None):
            faults.append(Fault(entry.line, f"repeats line {earlier.line}: {' | '.join(entry.part)}"))
        else:
            group.append(entry)
    rows = {key: _sum(parts) for key, parts in groups.items()}
    faults += [_too_much(key, groups[key][0].line, rows) for key in rows if _exceeds(key, rows)]
    kept = [_row(key, value, groups[key], source) for key, value in rows.items() if not _exceeds(key, rows)]
    names = [column.name for column in schema.columns("observations")]
    frame = pl.DataFrame(kept, schema=names, orient="row", infer_schema_length=None)
    return schema.cast("observations", frame).sort("product", "quantity", "year", "actor"), faults


def _sum(parts: Sequence[Entry]) -> Value:
    """The parts in the product's tonnes, added; one part missing makes the sum missing, what is known then is its lower end."""
    scaled = [_scaled(part) for part in parts if not is_elsewhere(part.value)] or [_scaled(parts[0])]
    if len(scaled) == 1:
        return scaled[0]
    note = "; ".join(dict.fromkeys(words for value in scaled for words in value.note.split("; ") if words))
    low = sum(value.low or 0.0 for value in scaled)
    if any(value.value is None for value in scaled):
        return Value(None, low or None, None, f"a part is missing: {note}")
    return Value(sum(value.value or 0.0 for value in scaled), low, sum(value.high or 0.0 for value in scaled), note)


def _scaled(entry: Entry) -> Value:
    value, target = entry.value, entry.target
    number, low, high = (None if part is None else part * target.factor for part in (value.value, value.low, value.high))
    told = target.note if (number, low, high) != (None, None, None) else ""
    return Value(number, low, high, "; ".join(part for part in (value.note, told) if part))


def _exceeds(key: tuple[int, str, str, str], rows: dict[tuple[int, str, str, str], Value]) -> bool:
    """Whether even the lower end of a place is above the upper end of the world: a misprint, as of digits of a footnote glued on."""
    year, product, actor, quantity = key
    world = rows.get((year, product, "WLD", quantity))
    low = rows[key].low
    return actor != "WLD" and world is not None and world.value is not None and low is not None and low > (world.high or 0.0)


def _too_much(key: tuple[int, str, str, str], line: int, rows: dict[tuple[int, str, str, str], Value]) -> Fault:
    year, product, actor, quantity = key
    found, world = rows[key].value or rows[key].low, rows[year, product, "WLD", quantity].value
    return Fault(line, f"{quantity} of {product} in {actor} {year} is {found:.10g} t, more than the world total of {world:.10g} t")


def _row(key: tuple[int, str, str, str], value: Value, parts: Iterable[Entry], source: str) -> tuple[object, ...]:
    year, product, actor, quantity = key
    estimated = any(part.estimated for part in parts) or value.note.startswith("middle")
    basis = "missing" if value.value is None else "estimated" if estimated else "measured"
    return (year, product, actor, quantity, source, value.value, value.low, value.high, basis, value.note or None)


def sums(frame: pl.DataFrame) -> pl.DataFrame:
    """Return for each year, product and quantity the sum of the places, the published total, sum / total - 1, and whether they agree.

    They agree if their bands overlap; the sum's band has no upper end while a place is missing. Figures may differ by several per cent
    and agree, as totals are rounded to one or two digits.

    >>> made = {"year": 2024, "product": "x", "quantity": "production", "source": "s", "actor": ["CHN", "ROW", "WLD"]}
    >>> numbers = {"t": [60.0, 30.0, 100.0], "low": [55.0, 25.0, 95.0], "high": [65.0, 35.0, 105.0]}
    >>> sums(pl.DataFrame({**made, **numbers})).row(0)[4:]
    (90.0, 100.0, -0.1, True)
    """
    keys = ["year", "product", "quantity", "source"]
    world = frame.filter(pl.col("actor") == "WLD").select(*keys, total="t", bottom="low", top="high").drop_nulls("total")
    missing = pl.col("t").is_null().any()
    places = frame.filter(pl.col("actor") != "WLD").group_by(keys).agg(pl.col("t", "low", "high").sum(), missing=missing)
    joined = places.join(world, on=keys, validate="1:1").sort("product", "quantity", "year")
    agrees = (pl.col("low") <= pl.col("top")) & ((pl.col("high") >= pl.col("bottom")) | pl.col("missing"))
    return joined.select(*keys, "t", "total", gap=(pl.col("t") / pl.col("total") - 1).round(6), agrees=agrees)
