"""Large networks given link by link: time to load, time a step, bytes a link, and how they grow.

    python -m bench.network [--links N,...] [--quick]    (links: 100000,300000,1000000,3000000,10000000; a tenth as many producers)

Each size in a process of its own: highest memory of the process, less that of one that loads nothing, is divided by the links. Processor
seconds of one core; one draw (which takes a pack of eight), a ban and an outage in force. Compare only figures of one run.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from bench.rows import Row, asked, tell

SIZES = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
SMALL = (8000,)  # one size: of steps this short no slope can be told
WEEKS = (2, 22)
CHILD = "import sys, pathlib; from bench.network import measure; measure(pathlib.Path(sys.argv[1]))"
STAGES, COUNTRIES = 20, 40


def make(folder: Path, links: int) -> None:
    """A network of stages: each producer sells to producers of the next three stages, those of the last to final uses."""
    dice, firms = np.random.default_rng(0), links // 10
    stage, country = np.sort(dice.integers(0, STAGES, firms)), dice.integers(0, COUNTRIES, firms)
    first = np.searchsorted(stage, np.arange(STAGES + 1))
    supplier = np.repeat(np.arange(firms), 10)
    nearest = np.minimum(stage[supplier] + 1 + dice.integers(0, 3, links), STAGES - 1)
    low, high = first[nearest], first[nearest + 1]
    last = stage[supplier] == STAGES - 1
    buyer = np.where(last, 0, low + (dice.random(links) * np.maximum(1, high - low)).astype(np.int64))
    names = np.array([f"C{number:02d}" for number in range(COUNTRIES)])
    pl.DataFrame({"producer": np.arange(firms), "product": pl.Series([f"p{n:02d}" for n in range(STAGES)]).gather(stage)}).with_columns(
        actor=pl.Series(names).gather(country)
    ).write_parquet(folder / "producers.parquet")
    final = pl.Series(last)
    pl.DataFrame(
        {
            "supplier": supplier,
            "buyer": pl.Series(buyer).set(final, None),
            "actor": pl.Series(names).gather(dice.integers(0, COUNTRIES, links)).set(~final, None),
            "use": pl.Series(["goods"]).gather(np.zeros(links, dtype=np.int64)).set(~final, None),
            "t": dice.uniform(1.0, 10.0, links),
        }
    ).write_parquet(folder / "links.parquet")


def measure(folder: Path) -> None:
    """Load and run; prints nodes, slots, links, seconds to load, seconds a step, MB at most."""
    import datetime

    from ytterby.core.links import load_links
    from ytterby.core.scenario import Scenario, Shock
    from ytterby.core.world import load_world
    from ytterby.dynamics.draws import draw
    from ytterby.dynamics.network import network
    from ytterby.dynamics.simulate import run

    begin = time.process_time()
    world, grid = load_links(folder, load_world())
    net = network(world, grid)
    load, day = time.process_time() - begin, datetime.date(2025, 1, 1)
    shocks = Shock("ban", "C00", ("*",), ("p00",), day), Shock("outage", "C01", ("*",), ("p05",), day, figures={"severity": (-0.5,) * 3})
    scenario = Scenario("hit", day, 1.0, shocks)
    drawn, seconds = draw(world, scenario, net, 1, seed=0), []
    run(net, world, scenario, drawn, 1, flows=False)  # the first asks the machine for its memory
    for weeks in WEEKS:
        begin = time.process_time()
        run(net, world, scenario, drawn, weeks, flows=False)
        seconds.append(time.process_time() - begin)
    step = (seconds[1] - seconds[0]) / (WEEKS[1] - WEEKS[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(len(net.output), len(net.need), len(net.flow), load, seconds[0] - WEEKS[0] * step, step, peak)


def main(sizes: list[int]) -> None:
    """Print a table and the slopes."""
    bare = "import resource; from ytterby.dynamics import simulate; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    none = float(subprocess.run([sys.executable, "-c", bare], check=True, capture_output=True, text=True).stdout)
    rows, command, root = [], [sys.executable, "-c", CHILD], Path(__file__).parents[1]
    heads = ("producers", "slots", "links", "load s", "begin s", "step s", "ns/link", "MB", "bytes/link")
    print("".join(f"{head:>12}" for head in heads))
    for links in sizes:
        with tempfile.TemporaryDirectory() as place:
            make(Path(place), links)
            done = subprocess.run([*command, place], check=True, capture_output=True, text=True, cwd=root).stdout.split()
        nodes, slots, count, load, begin, step, peak = (float(word) for word in done)
        each = (peak - none) * 2**20 / count
        rows.append((count, load, step, peak - none))
        figures = (nodes, slots, count, load, begin, step, 1e9 * step / count, peak, each)
        print("".join(f"{figure:12,.3f}" if figure < 10 else f"{figure:12,.0f}" for figure in figures))
    table = np.log(np.array(rows))
    count, _, step, memory = rows[-1]
    tell(
        Row(f"network of {count:,.0f} links, a step", step, "s"),
        Row(f"network of {count:,.0f} links, memory", memory, "MB", limit=24_000.0),
        Row("bytes a link", memory * 2**20 / count, "bytes"),
    )
    for name, column in (("load", 1), ("step", 2), ("memory", 3)):
        if len(rows) > 1:
            slope = float(np.polyfit(table[:, 0], table[:, column], 1)[0])
            print(f"growth of {name} with links: slope {slope:.2f} (1 is linear)")
            tell(Row(f"growth of {name} with links of large networks (1 is linear)", slope, "slope"))


if __name__ == "__main__":
    options = asked(__doc__, links="numbers of links, with commas")
    given = options.links.split(",") if options.links else SMALL if options.quick else SIZES
    main([int(word) for word in given])
