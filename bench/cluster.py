"""Draws on worker processes of this machine, and what a million of them would take on 64 machines, reckoned from what is measured here.

    python -m bench.cluster [--quick]

Wall seconds, so only a quiet machine tells the truth of the curve; a block's own cost is in processor seconds. The model:

    time = starting + max(blocks x block / workers, blocks x task, blocks x (unpack and write))
"""

import pickle
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.rows import Row, asked, tell
from bench.stress_sweep import licence
from ytterby.cluster import spread
from ytterby.core.world import load_world
from ytterby.dynamics.checks import reached
from ytterby.dynamics.compiled import cores
from ytterby.dynamics.folder import write_whole
from ytterby.dynamics.simulate import BLOCK
from ytterby.dynamics.stream import _block

WEEKS, BLOCKS, EMPTY = 156, 10, 200
DRAWS, NODES, CORES = 1_000_000, 64, 16


def main() -> None:
    """Print the curve, the measured parts and the model."""
    quick = asked(__doc__).quick
    weeks, blocks = (4, 2) if quick else (WEEKS, BLOCKS)
    curve = dict[str, float]()
    scenario = licence("ndfeb_magnet")
    world, net = reached(load_world(), scenario)
    work = partial(_block, net, world, scenario, weeks, 0)
    work(range(BLOCK))
    begin = time.process_time()
    table = work(range(BLOCK, 2 * BLOCK))
    block, sent = time.process_time() - begin, pickle.dumps(table)
    with tempfile.TemporaryDirectory() as place:
        begin = time.process_time()
        write_whole(pickle.loads(sent), Path(place) / "0.parquet")
        write = time.process_time() - begin
    parts = [range(number * BLOCK, (number + 1) * BLOCK) for number in range(blocks)]
    print(f"magnet chain, {len(net.flow):,} links, {weeks} weeks, {blocks * BLOCK:,} draws; this machine has {cores()} cores")
    task = starting = 0.0
    for workers in (None, 1, 2):
        begin = time.perf_counter()
        with spread(workers) as each:
            list(each(abs, range(4)))
            starting = time.perf_counter() - begin
            begin = time.perf_counter()
            for _ in each(work, parts):
                pass
            took = time.perf_counter() - begin
            begin = time.perf_counter()
            list(each(abs, range(EMPTY)))
            task = (time.perf_counter() - begin) / EMPTY
        name = "this process, all cores" if workers is None else f"{workers} workers, a core each"
        curve[name] = blocks * BLOCK / took
        print(f"  {name:<26} {took:7.2f} s {curve[name]:9,.0f} draws/s   start {starting:5.2f} s   task {1e3 * task:6.2f} ms")
    print(f"a block of {BLOCK}: {block:.3f} s of a core, {len(sent) / 1e3:,.0f} kB of result, {1e3 * write:.1f} ms to unpack and write")
    count, workers = -(-DRAWS // BLOCK), NODES * CORES
    bounds = {"computing": count * block / workers, "handing out": count * task, "writing": count * write}
    print(f"model: {DRAWS:,} draws on {NODES} machines of {CORES} cores, {count:,} blocks")
    for name, seconds in bounds.items():
        print(f"  {name:<12} {seconds:8.1f} s")
    worst = max(bounds, key=lambda name: bounds[name])
    hours = NODES * (starting + bounds[worst]) / 3600
    print(f"  in all {starting + bounds[worst]:.0f} s, bound by {worst}; {hours:.2f} machine hours; {count * len(sent) / 1e9:.1f} GB sent")
    here = curve.pop("this process, all cores")
    tell(*(Row(f"draws with {name}", rate, "1/s", less=False, peer="this process", theirs=here) for name, rate in curve.items()))
    tell(Row(f"model: {DRAWS:,} draws on {NODES} machines of {CORES} cores", starting + bounds[worst], "s"))


if __name__ == "__main__":
    main()
