"""`ytterby stress`: scenario files to shortfalls, value at risk and stocks to hold; or every country and product in turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ytterby.cli.common import ALONE, DEFAULTS, Common, Hands, of_actor, require, the_world
from ytterby.cli.console import note, progress, write
from ytterby.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from ytterby.core.scenario import Scenario
    from ytterby.core.world import World
    from ytterby.dynamics.network import Network

Show = Literal["outcome", "stops", "risk", "countries", "n_minus_1"]
Kind = Literal["ban", "outage"]


def stress(
    *scenario: Path,
    weeks: int = 156,
    draws: int = 1,
    actor: str | None = None,
    show: Show | None = None,
    ride: int | None = None,
    sweep: bool = False,
    kind: Kind = "ban",
    rank: bool = False,
    network: Path | None = None,
    hands: Hands = ALONE,
    common: Common = DEFAULTS,
) -> None:
    """Stress the chain with scenario files: shortfall per week, product, actor and use.

    Example: ytterby stress control.toml --weeks 104 --draws 100 --actor JPN

    With a folder to write to (--out without a file's ending) the draws go there block by block: any number of them fits, and a run
    stopped by Ctrl-C goes on when it is started again. Standard output then has the table stops.

    Example: ytterby stress control.toml --draws 100000 --out runs

    With --sweep no scenario file is needed: each country stops each product, one at a time, and the table says what each stop costs
    (all countries, or --actor).

    Example: ytterby stress --sweep --actor USA --rank

    Parameters
    ----------
    scenario
        TOML files
    weeks
        weeks to simulate
    draws
        draws from the ranges of the figures
    actor
        only this actor
    show
        outcome (per week; default), stops (weeks to stop, losses), risk (USD by use), countries (USD, defence apart)
    ride
        the stock that each country would need to ride out so many weeks
    sweep
        each country stops each product, in turn (--show stops: what each use loses; n_minus_1: each use's worst single stop)
    kind
        what stops in a sweep: exports (ban) or plants (outage)
    rank
        with --sweep: minerals by expected loss, beside the order of the US survey of 2025
    network
        folder of a network given link by link (producers.parquet, links.parquet), in place of the world's flows
    """
    world = the_world(common)
    if sweep:
        _alone(scenario, ride, show, network)
        table = _swept(world, kind, weeks, draws, actor, show, rank, hands, common)
        write(table, common.format, None if _folder(common) else common.out)
        return
    require(scenario, "stress")
    if show == "n_minus_1":
        raise InputError("the table n_minus_1 comes from a sweep", "--show", "add --sweep")
    from ytterby.dynamics.scenario_file import load_scenarios

    net = None
    if network is not None:
        world, net = _given(network, world)
    futures = [future for path in scenario for future in load_scenarios(path, world)]
    _tell_idle(world, futures, ride or weeks, common, net)
    if ride is not None:
        if hands != ALONE or net is not None:
            raise InputError("--ride runs in one process, on the world's flows", "--workers, --cluster, --network", "drop them")
        write(of_actor(_ridden(world, futures, ride, draws, common), actor, world), common.format, common.out)
    elif (folder := _folder(common)) is not None:
        write(
            of_actor(_streamed(world, futures, weeks, draws, show, hands, common, folder, network, net), actor, world), common.format, None
        )
    else:
        write(of_actor(_run(world, futures, weeks, draws, show, hands, common, net), actor, world), common.format, common.out)


def _folder(common: Common) -> Path | None:
    """The folder to write to; None if --out names a file or is not given."""
    return common.out if common.out is not None and not common.out.suffix else None


def _given(folder: Path, world: "World") -> "tuple[World, Network]":
    """The network of a folder, and the world with its names."""
    from ytterby.core.links import load_links
    from ytterby.dynamics.network import network

    world, grid = load_links(folder, world)
    return world, network(world, grid)


def _tell_idle(world: "World", futures: "list[Scenario]", weeks: int, common: Common, net: "Network | None") -> None:
    """Say which shocks change nothing, and why."""
    from ytterby.dynamics.checks import without_effect

    for future in futures:
        for sentence in without_effect(future, world, weeks, net):
            note(sentence, common.quiet)


def _alone(scenario: tuple[Path, ...], ride: int | None, show: Show | None, network: Path | None) -> None:
    """Refuse what a sweep has no use for."""
    other = show if show not in (None, "stops", "n_minus_1") else None
    for given, name in ((scenario, "scenario files"), (ride, "--ride"), (other, f"--show {show}"), (network, "--network")):
        if given is not None and given != ():
            raise InputError(f"{name} and --sweep", "stress", "give one of them")


def _run(
    world: "World",
    futures: "list[Scenario]",
    weeks: int,
    draws: int,
    show: Show | None,
    hands: Hands,
    common: Common,
    net: "Network | None",
) -> "pl.DataFrame":
    """Run each scenario in memory; returns the table that was asked for."""
    import polars as pl

    from ytterby.dynamics.simulate import stress as run

    frames = []
    with hands.spread() as each:
        for future in futures:
            with progress(future.name, common.quiet) as tell:
                outcome = run(world, future, weeks=weeks, draws=draws, seed=common.seed, progress=tell, each=each, net=net)
            frames.append(getattr(outcome, show or "outcome") if show not in ("risk", "countries") else outcome.stops)
    return _valued(pl.concat(frames), world, show)


def _valued(table: "pl.DataFrame", world: "World", show: Show | None) -> "pl.DataFrame":
    """The table stops in USD, if that was asked for."""
    from ytterby.dynamics.risk import at_risk, by_country

    if show == "risk":
        return at_risk(table, world)
    return by_country(at_risk(table, world)) if show == "countries" else table


def _ridden(world: "World", futures: "list[Scenario]", weeks: int, draws: int, common: Common) -> "pl.DataFrame":
    import polars as pl

    from ytterby.dynamics.ride import minimum_stock

    tables = []
    for future in futures:
        with progress(future.name, common.quiet) as tell:
            tables.append(minimum_stock(world, future, weeks, draws, common.seed, progress=tell))
    return pl.concat(tables)


def _streamed(
    world: "World",
    futures: "list[Scenario]",
    weeks: int,
    draws: int,
    show: Show | None,
    hands: Hands,
    common: Common,
    folder: Path,
    network: Path | None,
    net: "Network | None",
) -> "pl.DataFrame":
    """Run each scenario into a folder of its own; returns the table stops of all, in USD if that was asked for."""
    import polars as pl

    from ytterby.core.links import digest
    from ytterby.dynamics.scenario_file import dump_scenarios
    from ytterby.dynamics.stream import stream
    from ytterby.pipeline import versions

    if show == "outcome":
        raise InputError("the table outcome and a folder", "stress", "write to a file, or show stops, risk or countries")
    held = versions(world) if network is None else {**versions(world), "network": digest(network)}
    tables = []
    with hands.spread() as each:
        for number, future in enumerate(futures, start=1):
            place = folder if len(futures) == 1 else folder / f"{number:02d}"
            about = {**held, "shocks": dump_scenarios([future])}
            with progress(future.name, common.quiet) as tell, _kept(place, common):
                run = partial(stream, world, future, place, weeks=weeks, draws=draws, seed=common.seed, about=about)
                tables.append(run(progress=tell, each=each, net=net))
    return _valued(pl.concat(tables), world, show)


@contextmanager
def _kept(folder: Path | None, common: Common) -> Iterator[None]:
    """Say on Ctrl-C what is kept, and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        if folder is not None:
            note(f"what is done is kept in {folder}: start the same command again to go on", common.quiet)
        raise


def _swept(
    world: "World", kind: Kind, weeks: int, draws: int, actor: str | None, show: Show | None, rank: bool, hands: Hands, common: Common
) -> "pl.DataFrame":
    """Run every country and product; returns what each stop costs (each use, if asked for), or minerals beside the published order."""
    from ytterby.dynamics.risk import by_scenario, expected, n_minus_1, official_order, ranking
    from ytterby.dynamics.sweep import sweep
    from ytterby.pipeline import versions

    viewpoint, folder = [] if actor is None else [actor], _folder(common)
    of_actor(world["actors"], actor, world)
    about = None if folder is None else versions(world)
    with progress("sweep", common.quiet) as tell, _kept(folder, common), hands.spread() as each:
        swept = sweep(world, kind=kind, weeks=weeks, draws=draws, seed=common.seed, folder=folder, about=about, progress=tell, each=each)
    if show is not None:
        return of_actor(swept.losses if show == "stops" else n_minus_1(swept), actor, world)
    if not rank:
        return by_scenario(swept, viewpoint)
    table, correlation = ranking(expected(swept, world, viewpoint), official_order(world))
    for name, (rho, count) in correlation.items():
        note(f"Spearman's rank correlation with the order of the US survey, ours by {name}: {rho:.2f} ({count} materials)", common.quiet)
    return table
