"""The world: a frozen bundle of tables, loaded, checked, saved and cut down, never changed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache, partial
from importlib import resources
from pathlib import Path

import polars as pl

from ytterby.core import schema
from ytterby.core.whole import whole, writing
from ytterby.errors import DataError, InputError

RUN_TABLES = frozenset(
    {
        "outcome",
        "stops",
        "flows",
        "sweep",
        "rides",
        "at_risk",
        "indicators",
        "plan",
        "service",
        "bottlenecks",
        "partners",
        "cash",
        "deeds",
        "accords",
        "answers",
        "frontier",
    }
)
"""Tables that a run makes; the world holds all the others of the schema."""

PACKED = frozenset({"trade", "customs"})
"""Tables that are saved as Parquet; the others are CSV, which shows what changed."""

Table = pl.DataFrame | Callable[[], pl.DataFrame]
"""A table of a world: a frame, or a function that loads it on first use."""


class World(Mapping[str, pl.DataFrame]):
    """The tables of one world by name. Nothing writes back into it: `with_table` returns a new one.

    A table may be given as a function that loads it on first use; absent ones are empty. Frames of other libraries pass through the
    Arrow interface. Raises InputError for a table that the schema lacks, DataError for columns or types that it does not have.

    >>> world = World({"stages": pl.DataFrame({"stage": ["mine"], "place": [1], "name": ["Mine"]})})
    >>> world["stages"].height, world["materials"].height
    (1, 0)
    """

    def __init__(self, tables: Mapping[str, Table]) -> None:
        unknown = [name for name in tables if name not in table_names()]
        if unknown:
            raise InputError(f"unknown table '{unknown[0]}'", "world", f"known: {', '.join(table_names())}")
        self._tables: dict[str, Table] = {name: tables.get(name, partial(empty, name)) for name in table_names()}
        for name, given in self._tables.items():
            if not callable(given):
                self._tables[name] = schema.cast(name, given if isinstance(given, pl.DataFrame) else pl.DataFrame(given))

    def __getitem__(self, table: str) -> pl.DataFrame:
        found = self._tables[table]
        if callable(found):
            if _by_name(found):
                return found()
            found = self._tables[table] = schema.cast(table, found())
        return found

    def __getstate__(self) -> dict[str, object]:
        # Where the package is, its tables are: they travel by name. Files of this machine travel as what is in them.
        return {"_tables": {name: given if not callable(given) or _by_name(given) else self[name] for name, given in self._tables.items()}}

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __repr__(self) -> str:
        filled = ", ".join(f"{name} {frame.height}" for name, frame in self.items() if frame.height)
        return f"World({filled})"

    def with_table(self, name: str, frame: pl.DataFrame) -> "World":
        """Return a world in which one table is another.

        >>> World({}).with_table("stages", pl.DataFrame({"stage": ["mine"], "place": [1], "name": ["Mine"]}))
        World(stages 1)
        """
        return self.with_tables({name: frame})

    def with_tables(self, frames: Mapping[str, pl.DataFrame]) -> "World":
        """Return a world in which some tables are others; the rest is not loaded for it.

        >>> World({}).with_tables({"stages": pl.DataFrame({"stage": ["mine"], "place": [1], "name": ["Mine"]})})
        World(stages 1)
        """
        return World({**self._tables, **frames})

    def check(self) -> list[str]:
        """Return every fault of every table, references included; an empty list is a sound world.

        >>> World({}).check()
        []
        """
        return [fault for name, frame in self.items() for fault in schema.check(name, frame, self)]

    def save(self, folder: str | Path) -> None:
        """Write each table that has rows as CSV (or Parquet, see PACKED) into a folder; if one cannot be written, none is.

        >>> import tempfile; World({}).save(tempfile.mkdtemp())
        """
        folder = Path(folder)
        with writing(folder), ExitStack() as drafts:
            folder.mkdir(parents=True, exist_ok=True)
            for name, frame in self.items():
                if frame.height and name in PACKED:
                    frame.write_parquet(drafts.enter_context(whole(folder / f"{name}.parquet")), compression="zstd", compression_level=19)
                elif frame.height:
                    frame.write_csv(drafts.enter_context(whole(folder / f"{name}.csv")))

    def parameter(self, name: str) -> float:
        """Return the central value of a model parameter; an unknown name is an InputError."""
        row = self["parameters"].filter(pl.col("parameter") == name)
        if row.height != 1:
            raise InputError(f"no parameter '{name}'", "table parameters", f"known: {', '.join(self['parameters']['parameter'])}")
        return float(row["value"].item())


def table_names() -> list[str]:
    """Return the names of the world's tables in the schema's order.

    >>> table_names()[:3]
    ['sources', 'materials', 'lists']
    """
    return [name for name in schema.tables() if name not in RUN_TABLES]


def empty(table: str) -> pl.DataFrame:
    """Return a table of the schema without rows.

    >>> empty("stages").columns
    ['stage', 'place', 'name']
    """
    return pl.DataFrame(schema={column.name: schema.DTYPES[column.dtype] for column in schema.columns(table)})


def load_world(folder: str | Path | None = None) -> World:
    """Load and check a world from a folder; without one, the embedded world (loaded once).

    Raises InputError for an absent folder and DataError, with every fault, for tables that break the schema.
    """
    return _embedded() if folder is None else _load(Path(folder))


@cache
def _embedded() -> World:
    # The tests prove the embedded tables sound; checking them on every start would cost what lazy loading saves.
    return World({name: partial(_embedded_table, name) for name in _embedded_files()})


@cache
def _embedded_files() -> dict[str, Table]:
    return _tables_of(Path(str(resources.files("ytterby") / "tables")))


@cache
def _embedded_table(name: str) -> pl.DataFrame:
    found = _embedded_files()[name]
    return schema.cast(name, found() if callable(found) else found)


def _by_name(table: Callable[[], pl.DataFrame]) -> bool:
    """Whether any machine with this package can load the table from its name alone."""
    return isinstance(table, partial) and table.func in (empty, _embedded_table)


def _load(folder: Path) -> World:
    if not folder.is_dir():
        raise InputError("no such folder", str(folder), "give a folder with the world's tables, see 'ytterby world'")
    tables = _tables_of(folder)
    if not tables:
        raise InputError("no table of a world", str(folder), "it should hold products.csv, production.csv, ...")
    world = World(tables)
    faults = world.check()
    if faults:
        raise DataError(str(folder), faults)
    return world


def _tables_of(folder: Path) -> dict[str, Table]:
    """The loaders of the tables that a folder holds, as CSV or Parquet."""
    found: dict[str, Table] = {}
    for name in table_names():
        csv, parquet = folder / f"{name}.csv", folder / f"{name}.parquet"
        if csv.exists():
            found[name] = partial(_read_csv, csv)
        elif parquet.exists():
            found[name] = partial(_read_parquet, parquet)
    return found


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise InputError("not a Parquet table", str(path), str(error).splitlines()[0]) from None


def _read_csv(path: Path) -> pl.DataFrame:
    try:
        return pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise InputError("not a CSV table", str(path), str(error).splitlines()[0]) from None
