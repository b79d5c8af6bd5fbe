"""The sweep: all minerals at once, the magnet chain alone, and how time grows with links, weeks and scenarios.

    python -m bench.stress_sweep [--quick]

Whole processes for time and memory (wall seconds). Growth in one process, in processor seconds, which other work on the machine disturbs
less, each size the best of three in turn. A slope of 1 in the logarithms is linear growth.
Compare only figures of one run.
"""

import datetime
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from bench.rows import Row, asked, tell
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.scope import within
from ytterby.core.world import World, load_world
from ytterby.dynamics import compiled
from ytterby.dynamics.draws import draw
from ytterby.dynamics.network import Network, network
from ytterby.dynamics.simulate import BLOCK, Engine, run

SWEEP = """
import sys, time
from ytterby.core.world import load_world
from ytterby.dynamics.sweep import sweep
begin = time.perf_counter()
found = sweep(load_world(), weeks=int(sys.argv[1]), draws=2)
print(found.scenarios.height * 2, time.perf_counter() - begin)
"""
STREAM = """
import resource, sys, tempfile
from pathlib import Path
from bench.stress_sweep import licence
from ytterby.core.world import load_world
from ytterby.dynamics.stream import stream
with tempfile.TemporaryDirectory() as folder:
    stream(load_world(), licence("gallium_refined"), Path(folder) / "runs", weeks=60, draws=int(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
DAY = datetime.date(2025, 4, 13)


def licence(product: str) -> Scenario:
    figures = {"share": (0.5, 0.75, 0.95), "delay_days": (45.0, 63.0, 90.0), "denied": (0.0, 0.05, 0.25)}
    return Scenario("licence", DAY, 1.0, (Shock("licence", "CHN", ("*",), (product,), DAY, None, figures),))


def job(world: World, net: Network, scenario: Scenario, weeks: int, draws: int, engine: Engine = None) -> Callable[[], None]:
    """All blocks of some draws."""
    drawn = draw(world, scenario, net, draws, seed=0)

    def work() -> None:
        for first in range(0, draws, BLOCK):
            run(net, world, scenario, drawn.part(first, min(draws, first + BLOCK)), weeks, engine=engine)

    return work


def spent(work: Callable[[], None], clock: Callable[[], float]) -> float:
    begin = clock()
    work()
    return clock() - begin


def copies(world: World, count: int) -> World:
    """The world's countries so many times over, side by side, with all their flows: as many times the links."""
    tables = {name: world[name] for name in world}
    for name, columns in {"production": ["actor"], "demand": ["actor"], "capacity": ["actor"], "trade": ["exporter", "importer"]}.items():
        tables[name] = pl.concat(world[name].with_columns(pl.col(column) + f"{number}" for column in columns) for number in range(count))
    names = [f"{actor}{number}" for number in range(count) for actor in world["actors"]["actor"]]
    actors = pl.DataFrame({"actor": names, "name": names, "kind": "country"})
    return World({**tables, "actors": actors, "stocks": world["stocks"].filter(pl.col("actor") == "ROW")})


def growth(name: str, jobs: dict[int, Callable[[], None]], rounds: int) -> None:
    """Print seconds by size, and their slope."""
    taken = [[spent(work, time.process_time) for work in jobs.values()] for _ in range(rounds)]
    sizes, seconds = list(jobs), np.min(taken, axis=0)
    slope = float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
    print(f"growth with {name}: slope {slope:.2f}")
    tell(Row(f"growth with {name} (1 is linear)", slope, "slope"))
    for size, second in zip(sizes, seconds, strict=True):
        bar = "#" * max(1, round(40 * second / max(seconds)))
        print(f"  {size:>8,}  {second:8.3f} s  {second / size / (seconds[0] / sizes[0]):5.2f} of linear  {bar}")


def child(code: str, *arguments: int) -> list[float]:
    """The figures that a whole process prints."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return [float(word) for word in done.stdout.split()]


def every_mineral(weeks: int) -> None:
    """All minerals, every country stops every product, in a process of its own."""
    count, seconds = child(SWEEP, weeks)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"all minerals, {weeks} weeks, {count:,.0f} scenarios: {seconds:.2f} s, {peak:.0f} MB (whole process), {compiled.threads()} threads"
    )
    name = f"all minerals, {weeks} weeks, {count:,.0f} scenarios"
    tell(
        Row(name, seconds, "s", limit=10.0),
        Row(f"memory of {name}", peak, "MB", limit=2000.0),
    )


def magnets(world: World, net: Network, weeks: int, draws: int, rounds: int) -> None:
    """The magnet chain alone: scenarios a second."""
    scenario = licence("ndfeb_magnet")
    seconds, cores = (
        min(spent(job(world, net, scenario, weeks, draws), clock) for _ in range(rounds))
        for clock in (time.perf_counter, time.process_time)
    )
    each = 1e9 * seconds / (len(net.flow) * weeks * draws)
    print(
        f"magnet chain, {len(net.flow):,} links, {weeks} weeks: {draws / seconds:,.0f} scenarios/s, {each:.2f} ns a link, week and scenario"
    )
    print(f"  {draws / cores:,.0f} scenarios for each second of a core")
    single = min(spent(job(world, net, scenario, weeks, draws, "single"), time.perf_counter) for _ in range(rounds))
    print(f"  in single precision {draws / single:,.0f} scenarios/s")
    tell(
        Row("magnet chain, scenarios", draws / seconds, "1/s", less=False, limit=2000.0),
        Row("magnet chain, scenarios, single precision", draws / single, "1/s", less=False, limit=2000.0),
    )


def main() -> None:
    """Print a table."""
    if compiled.kernel() is None:
        sys.exit("the kernel was not built: nothing to measure")
    quick = asked(__doc__).quick
    weeks, draws, rounds = (4, 16, 1) if quick else (156, 512, 3)
    every_mineral(weeks)
    world = within(load_world(), ["ndfeb_magnet"])
    net, scenario = network(world), licence("ndfeb_magnet")
    magnets(world, net, weeks, draws, rounds)
    for many in (16, 32) if quick else (500, 8000):
        (peak,) = child(STREAM, many)
        print(f"gallium, {many:,} draws to a folder: {peak:.0f} MB (whole process)")
        tell(Row(f"memory of {many:,} draws to a folder", peak, "MB"))

    part = 16 if quick else 1
    growth("weeks", {n // part: job(world, net, scenario, n // part, 128 // part) for n in (39, 78, 156, 312)}, rounds)
    growth("scenarios", {n // part: job(world, net, scenario, 78 // part, n // part) for n in (64, 128, 256, 512)}, rounds)
    ban = Scenario("ban", DAY, 1.0, (Shock("ban", "CHN0", ("*",), ("ndfeb_magnet",), DAY),))
    wide = [(network(one), one) for one in (copies(world, count) for count in ((1, 2) if quick else (1, 2, 4, 8)))]
    growth("links", {len(net.flow): job(one, net, ban, 78 // part, 64 // part) for net, one in wide}, rounds)
    print(f"highest memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
