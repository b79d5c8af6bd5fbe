"""From a folder of official downloads to a world: recognise the files, read them, pick, split, reconcile.

Curated tables (materials, processes, projects, restrictions, ...) come with the package. Built from the files: observations, customs,
scores, salient, outlook; from those production, reserves and capacity (core/vintage.py), the magnet chain by element (chain.py) and the
balanced network of the base year (network.py): see assemble.py. What a folder lacks is missing in the world, and the report says so.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import polars as pl

from ytterby.core import schema
from ytterby.core.vintage import known_on
from ytterby.core.world import World, load_world
from ytterby.data import gaps
from ytterby.data.assemble import assemble
from ytterby.data.source import Fault, Source, header_of, recognises
from ytterby.errors import InputError

ENDINGS = (".csv", ".csv.gz", ".txt")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Used:
    """A file that was read: which source's, rows by table, what could not be read."""

    file: str
    source: str
    rows: dict[str, int]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Built:
    """A world and how it came about: files used; files that no source recognises; sources of which no file was found."""

    world: World
    used: tuple[Used, ...]
    ignored: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


@cache
def sources() -> dict[str, ModuleType]:
    """Return every source module by its source's name.

    >>> "usgs_mcs2026" in sources()
    True
    """
    package = import_module("ytterby.data.sources")
    modules = [import_module(f"{package.__name__}.{info.name}") for info in iter_modules(package.__path__)]
    return {module.SPEC.source: module for module in modules}


def recognise(path: Path) -> str | None:
    """Return the source that a file is of, by its header; the most particular one, or nothing."""
    header = header_of(path)
    fitting = [module.SPEC for module in sources().values() if recognises(module.SPEC, header)]
    return max(fitting, key=_particular).source if fitting else None


def _particular(spec: Source) -> tuple[int, str]:
    return len(spec.header), spec.source


def build(folder: str | Path, as_of: datetime.date | None = None, progress: Progress | None = None) -> Built:
    """Build a world from the official files in a folder (at any depth).

    as_of: leave out sources published later. Raises InputError if the folder is absent or none of its files is recognised.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError("no such folder", str(folder), "give the folder that holds the downloaded files")
    tell = progress or (lambda _step, _done, _total: None)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name.endswith(ENDINGS)]
    chosen, ignored = _choose(folder, files, as_of)
    if not chosen:
        raise InputError("no file of a known source", str(folder), f"known: {', '.join(sources())}; see docs/world.md")
    used, parts = [], dict[str, list[pl.DataFrame]]()
    for number, (path, source) in enumerate(chosen):
        tell(f"read {path.name}", number, len(chosen))
        loaded = sources()[source].read(path)
        for name, frame in loaded.tables.items():
            parts.setdefault(name, []).append(schema.cast(name, frame))
        rows = {name: frame.height for name, frame in loaded.tables.items()}
        used.append(Used(str(path.relative_to(folder)), source, rows, loaded.faults))
    tell("assemble", len(chosen), len(chosen))
    base = load_world() if as_of is None else known_on(load_world(), as_of)
    for name, frame in (("observations", gaps.read()), ("published", gaps.published())):
        parts.setdefault(name, []).append(frame.join(base["sources"].select("source"), on="source", how="semi"))
    world, notes = assemble({name: pl.concat(frames) for name, frames in parts.items()}, base)
    found = {source for _, source in chosen}
    return Built(world, tuple(used), tuple(ignored), tuple(name for name in sources() if name not in found), tuple(notes))


def _choose(folder: Path, files: list[Path], as_of: datetime.date | None) -> tuple[list[tuple[Path, str]], list[str]]:
    """Files with their source, and those left aside with the reason."""
    chosen, ignored = [], []
    for path in files:
        source = recognise(path)
        if source is None:
            ignored.append(f"{path.relative_to(folder)}: no source has these columns")
        elif as_of is not None and sources()[source].SPEC.published > as_of:
            ignored.append(f"{path.relative_to(folder)}: {source} was published on {sources()[source].SPEC.published}, after {as_of}")
        else:
            chosen.append((path, source))
    return chosen, ignored


def report(built: Built, limit: int = 5) -> str:
    """Return what a build used, could not read, left out and lacks, as text for people."""
    lines = []
    for used in built.used:
        rows = ", ".join(f"{count:,} rows of {name}" for name, count in used.rows.items())
        lines.append(f"used     {used.file} ({used.source}): {rows}")
        lines += [f"unread   {used.file}:{fault.line}: {fault.reason}" for fault in used.faults[:limit]]
        if len(used.faults) > limit:
            lines.append(f"unread   {used.file}: {len(used.faults) - limit} more lines")
    lines += [f"ignored  {file}" for file in built.ignored]
    lines += [f"missing  {name}: {sources()[name].SPEC.title}, {sources()[name].SPEC.url}" for name in built.missing]
    lines += [f"note     {sentence}" for sentence in built.notes]
    return "\n".join(lines) + "\n"
