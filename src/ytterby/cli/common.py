"""What every verb shares: its common options and how it reads them."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ytterby.cli.console import Format
from ytterby.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from ytterby.core.each import Each
    from ytterby.core.world import World


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Options that every verb has."""

    format: Annotated[Format | None, Parameter(help="table (default on a terminal), csv or json")] = None
    out: Annotated[Path | None, Parameter(help="write here instead of standard output")] = None
    world: Annotated[Path | None, Parameter(help="folder with a world's tables (default: the embedded world)")] = None
    as_of: Annotated[str | None, Parameter(help="YYYY-MM-DD: use only what was known on that day")] = None
    seed: Annotated[int, Parameter(help="the same seed gives the same bytes")] = 0
    quiet: Annotated[bool, Parameter(help="no progress and no remarks", negative="")] = False


@Parameter(name="*")
@dataclass(frozen=True)
class Hands:
    """Who does the work: this process, others of this machine, or a cluster. The result is the same (docs/cluster.md)."""

    workers: Annotated[int | None, Parameter(help="spread the work over so many processes of this machine")] = None
    cluster: Annotated[str | None, Parameter(help="spread the work over a Dask cluster, as in tcp://host:8786")] = None

    def spread(self) -> "AbstractContextManager[Each]":
        """Give what spreads work over them."""
        from ytterby.cluster import spread

        return spread(self.workers, self.cluster)


DEFAULTS = Common()
ALONE = Hands()


def the_world(common: Common) -> "World":
    """Return the world that the user chose, or the embedded one."""
    from ytterby.core.world import load_world

    return known(load_world(common.world), iso_date(common.as_of, "--as-of"))


def known(world: "World", day: date | None) -> "World":
    """Return the world as it was known on a day, or as it is."""
    if day is None:
        return world
    from ytterby.data.rebuild import as_of

    return as_of(world, day)


def split(names: str | None) -> tuple[str, ...]:
    """Return names given with commas between them.

    >>> split("USA, JPN")
    ('USA', 'JPN')
    """
    return tuple(part.strip() for part in (names or "").split(",") if part.strip())


def iso_date(text: str | None, option: str) -> date | None:
    """Read the date of an option; an InputError names the option."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"'{text}' is no date", option, "write it as YYYY-MM-DD") from None


def require(given: tuple[object, ...], verb: str) -> None:
    """Raise an InputError if a verb was given nothing to work on."""
    if not given:
        raise InputError("nothing to work on", verb, f"see 'ytterby {verb} --help'")


def of_actor(frame: "pl.DataFrame", actor: str | None, world: "World") -> "pl.DataFrame":
    """Keep one actor's rows; an unknown actor is an InputError that names the nearest."""
    if actor is None:
        return frame
    from ytterby.core.catalogue import nearest

    known = world["actors"]["actor"].to_list()
    if actor not in known:
        raise InputError(f"unknown actor '{actor}'", "--actor", nearest(actor, known))
    return frame.filter(frame["actor"] == actor)
