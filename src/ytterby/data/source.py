"""What a source file is: how it is recognised, what it says of itself, what reading it gives.

A source is one module of data/sources/ with a SPEC and `read(path) -> Loaded`. Its values come out in the world's own names and units;
what cannot be read is a fault with its line, never a guess.
"""

import csv
import datetime
import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Source:
    """The SPEC of a source module.

    source, title, url, licence, vintage, published, rank: its row of table `sources`. tables: the tables of the world that it feeds.
    header: column names that its files have, by which they are recognised (stripped, in any order; a byte-order mark does not count).
    also: the same for its other layouts.
    """

    source: str
    title: str
    url: str
    licence: str
    vintage: str
    published: datetime.date
    rank: int
    tables: tuple[str, ...]
    header: tuple[str, ...]
    note: str = ""
    also: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Fault:
    """What could not be read: the file's line (1 is its header) and the reason, in one sentence."""

    line: int
    reason: str


@dataclass(frozen=True)
class Loaded:
    """What a file gave: frames by table, in the columns of schema.csv, and the faults."""

    tables: dict[str, pl.DataFrame]
    faults: tuple[Fault, ...] = field(default=())


Read = Callable[[Path], Loaded]


def header_of(path: Path, encoding: str = "utf-8-sig") -> tuple[str, ...]:
    """Return the column names in the first line of a CSV file, packed or not; nothing for other files.

    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "a.csv"; _ = file.write_bytes(bytes([239, 187, 191]) + b" t,i ,k")
    >>> header_of(file)
    ('t', 'i', 'k')
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding=encoding, errors="replace", newline="") as lines:
            return tuple(name.strip() for name in next(csv.reader(lines), []))
    except (OSError, EOFError, csv.Error):
        return ()


def recognises(spec: Source, header: tuple[str, ...]) -> bool:
    """Say whether a file with these columns is one of a source's.

    >>> recognises(Source("x", "", "", "", "", datetime.date(2025, 1, 1), 1, (), ("t", "k")), ("k", "t", "v"))
    True
    """
    return any(set(layout) <= set(header) for layout in (spec.header, *spec.also))
