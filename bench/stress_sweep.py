"""The sweep: all minerals at once, the magnet chain alone, and how time grows with links, weeks and scenarios.

    python bench/stress_sweep.py

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

import numpy as np
import polars as pl

from ytterby.core.scenario import Scenario, Shock
from ytterby.core.scope import within
from ytterby.core.world import World, load_world
from ytterby.dynamics import compiled
from ytterby.dynamics.draws import draw
from ytterby.dynamics.network import Network, network
from ytterby.dynamics.simulate import BLOCK, Engine, run

SWEEP = """
import time
from ytterby.core.world import load_world
from ytterby.dynamics.sweep import sweep
begin = time.perf_counter()
found = sweep(load_world(), weeks=156, draws=2)
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


def growth(name: str, jobs: dict[int, Callable[[], None]]) -> None:
    """Print seconds by size, and their slope."""
    rounds = [[spent(work, time.process_time) for work in jobs.values()] for _ in range(3)]
    sizes, seconds = list(jobs), np.min(rounds, axis=0)
    print(f"growth with {name}: slope {np.polyfit(np.log(sizes), np.log(seconds), 1)[0]:.2f}")
    for size, second in zip(sizes, seconds, strict=True):
        bar = "#" * max(1, round(40 * second / max(seconds)))
        print(f"  {size:>8,}  {second:8.3f} s  {second / size / (seconds[0] / sizes[0]):5.2f} of linear  {bar}")


def main() -> None:
    """Print a table."""
    if compiled.kernel() is None:
        sys.exit("the kernel was not built: nothing to measure")
    done = subprocess.run([sys.executable, "-c", SWEEP], check=True, capture_output=True, text=True).stdout.split()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    count, seconds = int(done[0]), float(done[1])
    print(f"all minerals, 156 weeks, {count:,} scenarios: {seconds:.2f} s, {peak:.0f} MB (whole process), {compiled.threads()} threads")

    world, draws = within(load_world(), ["ndfeb_magnet"]), 512
    net, scenario = network(world), licence("ndfeb_magnet")
    seconds, cores = (
        min(spent(job(world, net, scenario, 156, draws), clock) for _ in range(3)) for clock in (time.perf_counter, time.process_time)
    )
    each = 1e9 * seconds / (len(net.flow) * 156 * draws)
    print(f"magnet chain, {len(net.flow):,} links, 156 weeks: {draws / seconds:,.0f} scenarios/s, {each:.2f} ns a link, week and scenario")
    print(f"  {draws / cores:,.0f} scenarios for each second of a core")
    single = min(spent(job(world, net, scenario, 156, draws, "single"), time.perf_counter) for _ in range(3))
    print(f"  in single precision {draws / single:,.0f} scenarios/s")

    for many in (500, 8000):
        done = subprocess.run([sys.executable, "-c", STREAM, str(many)], check=True, capture_output=True, text=True).stdout.split()
        print(f"gallium, {many:,} draws to a folder: {float(done[0]):.0f} MB (whole process)")

    growth("weeks", {weeks: job(world, net, scenario, weeks, 128) for weeks in (39, 78, 156, 312)})
    growth("scenarios", {many: job(world, net, scenario, 78, many) for many in (64, 128, 256, 512)})
    ban = Scenario("ban", DAY, 1.0, (Shock("ban", "CHN0", ("*",), ("ndfeb_magnet",), DAY),))
    wide = [(network(one), one) for one in (copies(world, count) for count in (1, 2, 4, 8))]
    growth("links", {len(net.flow): job(one, net, ban, 78, 64) for net, one in wide})
    print(f"highest memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
