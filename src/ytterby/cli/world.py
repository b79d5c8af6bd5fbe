"""`ytterby world`: look at the tables, check them, trace a number to its source, compare, build and import."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from ytterby.cli.common import DEFAULTS, Common, iso_date, known, the_world
from ytterby.cli.console import note, progress, put, write
from ytterby.errors import InputError

if TYPE_CHECKING:
    from ytterby.core.world import World

app = App(name="world", help="Look at the world's tables, check them, trace a number to its source, rebuild them.", help_format="plaintext")


@app.command
def show(table: str | None = None, *, common: Common = DEFAULTS) -> None:
    """Show one table of the world, or which tables it has.

    Example: ytterby world show production --format csv
    """
    import polars as pl

    from ytterby.core.schema import columns

    world = the_world(common)
    if table is None:
        rows = [(name, frame.height, ", ".join(c.name for c in columns(name))) for name, frame in world.items()]
        write(pl.DataFrame(rows, schema=["table", "rows", "columns"], orient="row"), common.format, common.out)
        return
    columns(table)
    write(world[table], common.format, common.out)


@app.command
def check(*, common: Common = DEFAULTS) -> None:
    """Check keys, references, units, ranges and balances of a world; exit 2 and every fault if one does not hold.

    Example: ytterby world check --world my-world
    """
    from ytterby.core.grid import unbalanced
    from ytterby.errors import DataError

    world = the_world(common)
    faults = world.check() + unbalanced(world)
    if faults:
        raise DataError("world", faults)
    put(f"sound: {len(world)} tables, {sum(frame.height for frame in world.values()):,} rows, balances closed\n", common.out)


@app.command
def sources(name: str | None = None, actor: str | None = None, year: int | None = None, *, common: Common = DEFAULTS) -> None:
    """List the sources of the world's numbers; or one source; or every value of a product, actor and year with its origin.

    Example: ytterby world sources rare_earths_mine CHN 2024

    Parameters
    ----------
    name
        a source, or a product if actor and year follow
    actor
        ISO3 code
    year
        year
    """
    import polars as pl

    from ytterby.core.catalogue import nearest
    from ytterby.core.compare import origins

    world = the_world(common)
    frame = world["sources"]
    if name is not None and actor is not None and year is not None:
        write(origins(world, name, actor, year), common.format, common.out)
        return
    if actor is not None:
        raise InputError(
            "a product, an actor and a year go together", "world sources", "as in: ytterby world sources gallium_refined CHN 2024"
        )
    if name is not None:
        if name not in frame["source"].to_list():
            raise InputError(f"unknown source '{name}'", "world sources", nearest(name, frame["source"].to_list()))
        frame = frame.filter(pl.col("source") == name)
    write(frame, common.format, common.out)


@app.command
def diff(before: str, after: str, *, table: str = "production", common: Common = DEFAULTS) -> None:
    """Show what changed from one world to another: folders, days (YYYY-MM-DD: as known then), or sources (two editions of a survey).

    Example: ytterby world diff usgs_mcs2025 usgs_mcs2026

    Parameters
    ----------
    before
        folder, day or source
    after
        folder, day or source
    table
        table to compare (of sources: observations)
    """
    from ytterby.core.compare import difference

    one, other = _side(before, common), _side(after, common)
    if (one is None) != (other is None):
        raise InputError(f"'{before}' and '{after}' are not of one kind", "world diff", "give two folders, two days or two sources")
    if one is not None and other is not None:
        write(difference(one, other, table), common.format, common.out)
        return
    world = the_world(common)
    told = difference(_edition(world, before), _edition(world, after), "observations", ignore=("source",))
    write(told, common.format, common.out)


def _side(name: str, common: Common) -> "World | None":
    """The world that a folder or a day stands for; None if it must be a source."""
    from ytterby.core.world import load_world

    if Path(name).is_dir():
        return load_world(Path(name))
    if name[:4].isdigit():
        return known(load_world(common.world), iso_date(name, "world diff"))
    return None


def _edition(world: "World", source: str) -> "World":
    """The world with one source's observations alone."""
    import polars as pl

    from ytterby.core.catalogue import nearest

    told = world["observations"].filter(pl.col("source") == source)
    if told.is_empty():
        known = world["observations"]["source"].unique().sort().to_list()
        raise InputError(
            f"'{source}' is no folder, no day and no source of observations",
            "world diff",
            nearest(source, known) or f"sources: {', '.join(known)}",
        )
    return world.with_table("observations", told)


@app.command
def build(*, source: Annotated[Path, Parameter(name="--from")], common: Common = DEFAULTS) -> None:
    """Build a world from a folder of official downloads into --out, and report what was used, not read and missing.

    Example: ytterby world build --from downloads --out my-world

    Parameters
    ----------
    source
        folder with the downloaded files, at any depth
    """
    from ytterby.data.build import build as run
    from ytterby.data.build import report

    if common.out is None:
        raise InputError("no folder to write to", "world build", "add --out FOLDER")
    with progress("build", common.quiet) as tell:
        built = run(source, iso_date(common.as_of, "--as-of"), lambda _step, done, total: tell(done, total))
    built.world.save(common.out)
    put(report(built), None)


@app.command(name="import")
def import_(file: Path, *, map_: Annotated[Path, Parameter(name="--map")], common: Common = DEFAULTS) -> None:
    """Add a user's own table to a world by a map of its columns; writes the new world into --out.

    Example: ytterby world import purchases.csv --map purchases.toml --out our-world

    Parameters
    ----------
    file
        CSV file
    map_
        TOML file: table, columns, constants, units (docs/world.md)
    """
    from ytterby.data.mapper import import_table
    from ytterby.data.merge import merged

    if common.out is None:
        raise InputError("no folder to write to", "world import", "add --out FOLDER")
    loaded = import_table(file, map_)
    world = merged(the_world(common), loaded.tables)
    for fault in loaded.faults:
        note(f"{file}:{fault.line}: {fault.reason}", common.quiet)
    world.save(common.out)
    rows = ", ".join(f"{frame.height} rows of {name}" for name, frame in loaded.tables.items())
    put(f"imported {rows}; {len(loaded.faults)} rows could not be read; the world is in {common.out}\n", None)
