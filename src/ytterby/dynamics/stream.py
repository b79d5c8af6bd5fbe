"""Many draws of one scenario, written block by block: memory does not grow with their number, and a run that was stopped goes on.

A folder holds run.json (what is being run: it must be the same to go on), draws/NNNNNN.parquet (one a block of draws: a row for each draw
and final use) and, once all are there, stops.parquet (the table stops over all draws). Each file is written whole or not at all, and what
a block holds does not depend on when, after what, on how many threads or where it is run: a resumed run ends with the same bytes.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from ytterby.core.each import Each
from ytterby.core.grid import Floats
from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.dynamics.checks import reached
from ytterby.dynamics.folder import held, open_run, write_whole
from ytterby.dynamics.network import Network
from ytterby.dynamics.outcome import YEAR, labels_of, lost, stops_table, weeks_to_stop
from ytterby.dynamics.simulate import BLOCK, Progress, blocks, run_block
from ytterby.errors import InputError

ROWS = 200_000
"""Rows of the blocks that are read at once for the summary."""


def stream(
    world: World,
    scenario: Scenario,
    folder: Path,
    *,
    weeks: int = 156,
    draws: int = 1000,
    seed: int = 0,
    about: Mapping[str, object] | None = None,
    progress: Progress | None = None,
    each: Each = map,
    net: Network | None = None,
) -> pl.DataFrame:
    """Run a scenario's draws into a folder, block by block, and return the table stops over all of them.

    Blocks that are there already, and sound, are kept. about: what else must be the same to go on (versions, hashes). progress is called
    with draws done and in all. each: what spreads the blocks (core/each.py). net: as for `stress`.
    Raises InputError if the folder holds another run or cannot be written, and for weeks or draws below 1.
    """
    for name, value in (("weeks", weeks), ("draws", draws)):
        if value < 1:
            raise InputError(f"{name} is {value}", "stress", "give 1 or more")
    world, net = reached(world, scenario, net)
    open_run(folder, "draws", {"scenario": scenario.name, "weeks": weeks, "draws": draws, "seed": seed, "block": BLOCK, **(about or {})})
    parts = blocks(draws)
    missing = [block for block in parts if held(block_path(folder, block.start)) is None]
    made = each(partial(_block, net, world, scenario, weeks, seed), missing)
    lacks = set(missing)
    for block in parts:
        if block in lacks:
            write_whole(next(made), block_path(folder, block.start))
        if progress is not None:
            progress(block.stop, draws)
    table = _summary(world, net, scenario, folder, draws)
    write_whole(table, folder / "stops.parquet")
    return table


def block_path(folder: Path, first: int) -> Path:
    """Return where the block that begins with a draw is kept.

    >>> block_path(Path("out"), 128).as_posix()
    'out/draws/000002.parquet'
    """
    return folder / "draws" / f"{first // BLOCK:06d}.parquet"


def _block(net: Network, world: World, scenario: Scenario, weeks: int, seed: int, block: range) -> pl.DataFrame:
    """Run a block of draws; returns its rows."""
    one = run_block(net, world, scenario, weeks, seed, block)
    return _rows(net, scenario, block.start, one.wanted, one.got)


def _rows(net: Network, scenario: Scenario, first: int, wanted: Floats, got: Floats) -> pl.DataFrame:
    """A row for each draw and final use: its weeks to stop (null: never), tonnes wanted and missing in the first 52 weeks."""
    stop, finals, draws = weeks_to_stop(wanted, got), *got.shape[1:]
    numbers = pl.DataFrame(
        {
            "draw": np.repeat(np.arange(first, first + draws), finals),
            "slot": np.tile(np.arange(finals), draws),
            "weeks": pl.Series(stop.T.ravel()).replace(np.inf, None),
            "wanted": wanted[:YEAR].sum(axis=0).T.ravel(),
            "lost": lost(wanted, got).T.ravel(),
        }
    )
    labels = labels_of(scenario, net.grid).drop("scenario").with_row_index("slot").with_columns(pl.col("slot").cast(pl.Int64))
    return numbers.join(labels, on="slot", how="left", maintain_order="left", validate="m:1")


def _summary(world: World, net: Network, scenario: Scenario, folder: Path, draws: int) -> pl.DataFrame:
    """The table stops over all blocks, some final uses at a time."""
    labels, step = labels_of(scenario, net.grid), max(1, ROWS // draws)
    files = [block_path(folder, first) for first in range(0, draws, BLOCK)]
    tables = []
    for first in range(0, labels.height, step):
        here = labels.slice(first, step)
        rows = pl.scan_parquet(files).select("draw", "slot", "weeks", "wanted", "lost")
        held = rows.filter(pl.col("slot").is_between(first, first + here.height - 1)).sort("slot", "draw").collect()
        shape = (here.height, draws)
        weeks, wanted, missing = (held[name].fill_null(np.inf).to_numpy().reshape(shape) for name in ("weeks", "wanted", "lost"))
        tables.append(stops_table(here, world, weeks, missing, wanted))
    return pl.concat(tables)
