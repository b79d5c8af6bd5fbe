"""Speed of the stress models, as ratios within one run.

1. Plain ARIO (dynamics/ario.py) against BoARIO 0.7.2: the same figures on pymrio's test system, then time and memory a scenario on 40
   regions x 60 sectors. BoARIO is a black box in an environment of its own:
       python -m venv peer && peer/bin/pip install boario==0.7.2 progressbar2 pymrio
       python -m bench.stress --peer peer/bin/python
2. Both models against memory: ns for each link, step and scenario beside the time in which 8 bytes stream, measured here.

Core time is the fairer figure where other work shares the machine.

    python -m bench.stress [--peer PYTHON] [--steps 365] [--scenarios 64] [--quick]
"""

import datetime
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bench.rows import Row, asked, tell
from ytterby.core.grid import Floats
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import load_world
from ytterby.dynamics import compiled
from ytterby.dynamics.ario import Economy, Rules, compile_economy, run, start, step
from ytterby.dynamics.draws import draw
from ytterby.dynamics.model import initial_state
from ytterby.dynamics.network import network
from ytterby.dynamics.pressure import licensed_links
from ytterby.dynamics.shocks import Calendar
from ytterby.dynamics.spans import effects_of, spans_of

LARGE, SMALL = (40, 60), (4, 6)
"""Regions and sectors."""
CASES = {
    "fixed shares": {"adaptive": False, "cover": 90.0, "loss": 0.4, "days": 30},
    "adaptive": {"adaptive": True, "cover": 90.0, "loss": 0.4, "days": 30},
    "scarce": {"adaptive": False, "cover": 10.0, "loss": 0.8, "days": 60},
}
HIT = ("reg1 mining", "reg2 manufactoring")

PEER = """
import json, logging, resource, sys, time, warnings
warnings.filterwarnings("ignore"); logging.disable(logging.CRITICAL)
import numpy, pandas, pymrio
from boario import event
from boario.extended_models import ARIOPsiModel
from boario.simulation import Simulation
job = json.load(open(sys.argv[1])); folder = job["folder"]
if job["table"] == "test":
    table = pymrio.load_test().calc_all()
    labels = [" ".join(pair) for pair in table.Z.index]
    numpy.savez(folder + "/table.npz", flows=table.Z.to_numpy(), final=table.Y.to_numpy().sum(axis=1), labels=labels)
    hit = [tuple(name.split(" ", 1)) for name in job["hit"]]
else:
    data = numpy.load(folder + "/large.npz")
    regions, sectors = [f"r{k:02}" for k in range(job["regions"])], [f"s{k:02}" for k in range(job["sectors"])]
    index = pandas.MultiIndex.from_product([regions, sectors], names=["region", "sector"])
    final = pandas.MultiIndex.from_product([regions, ["use"]], names=["region", "category"])
    demand = numpy.zeros((len(index), len(final)))
    demand[numpy.arange(len(index)), numpy.arange(len(index)) // job["sectors"]] = data["final"]
    table = pymrio.IOSystem(Z=pandas.DataFrame(data["flows"], index, index), Y=pandas.DataFrame(demand, index, final)).calc_all()
    hit = [("r00", "s01")]
for name, case in job["cases"].items():
    begin, clock = time.process_time(), time.perf_counter()
    model = ARIOPsiModel(table, order_type="alt" if case["adaptive"] else "noalt", main_inv_dur=int(case["cover"]))
    simulation = Simulation(model, n_temporal_units_to_sim=job["steps"])
    loss = pandas.Series(case["loss"], index=pandas.MultiIndex.from_tuples(hit, names=["region", "sector"]))
    simulation.add_event(event.from_series(loss, event_type="arbitrary", occurrence=5, duration=case["days"], recovery_tau=1))
    simulation.loop()
    made = simulation.production_realised
    numpy.savez(f"{folder}/{name}.npz", made=made.to_numpy(), labels=[" ".join(pair) for pair in made.columns])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"case": name, "cpu": time.process_time() - begin, "wall": time.perf_counter() - clock, "mb": peak}))
"""


def peer(python: str, folder: Path, **job: object) -> list[dict[str, float]]:
    (folder / "peer.py").write_text(PEER)
    (folder / "job.json").write_text(json.dumps({"folder": str(folder), "hit": HIT, **job}))
    done = subprocess.run([python, str(folder / "peer.py"), str(folder / "job.json")], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the peer failed:\n{done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def equality(python: str, folder: Path, steps: int) -> float:
    """Print the differences from the peer and return the largest."""
    peer(python, folder, table="test", cases=CASES, steps=steps)
    table = np.load(folder / "table.npz")
    labels = list(table["labels"])
    sectors = np.unique([label.split(" ", 1)[1] for label in labels], return_inverse=True)[1].astype(np.int64)
    worst = 0.0
    economy, hit = Economy(table["flows"], table["final"], sectors), np.isin(labels, HIT)
    for name, case in CASES.items():
        theirs = np.load(folder / f"{name}.npz")
        rates = np.where(hit, float(case["loss"]), 0.0)[:, None]
        # Their event of day 5 is felt from the 7th record on, and for the days, the recovery's step and one more.
        last = 7 + int(case["days"])
        net = compile_economy(economy, Rules(adaptive=bool(case["adaptive"]), cover=float(case["cover"])))
        mine = run(net, lambda t, rates=rates, last=last: rates * (6 <= t <= last), steps, 1)[0]  # type: ignore[misc]
        order = [labels.index(label) for label in theirs["labels"]]
        gap = np.abs(mine[:, order, 0] - theirs["made"]).max(axis=1) / np.abs(theirs["made"][0]).max()
        share = np.abs(mine[:, order, 0] / theirs["made"] - 1.0).max()
        worst = max(worst, float(share))
        fall = 1.0 - (theirs["made"] / theirs["made"][0]).min()
        print(
            f"  {name:13} deepest fall {fall:6.1%}, largest difference {share:.1e} of an industry's output ({gap.max():.1e} of the largest)"
        )
    return worst


def large(folder: Path, regions: int, sectors: int) -> Economy:
    rng, count = np.random.default_rng(0), regions * sectors
    recipe = rng.lognormal(0.0, 2.0, (count, count))
    recipe *= 0.5 / recipe.sum(axis=0)
    final = rng.lognormal(0.0, 1.0, count)
    flows = recipe * np.linalg.solve(np.eye(count) - recipe, final)
    np.savez(folder / "large.npz", flows=flows, final=final)
    return Economy(flows, final, np.tile(np.arange(sectors), regions))


def plain(economy: Economy, scenarios: int, steps: int, threads: int, single: bool = False) -> tuple[float, float]:
    """Seconds of the clock and of all cores for the steps of a batch."""
    net = compile_economy(economy, Rules(), single)
    rng = np.random.default_rng(1)
    shape = len(economy.final), scenarios
    loss = rng.uniform(0.0, 0.5, shape) * (rng.random(shape) < 0.02)
    loss = loss.astype(net.output.dtype)
    state = start(net, scenarios)
    begin, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(steps):
            step(net, state, loss, pool if threads > 1 else None)
    return time.perf_counter() - begin, time.process_time() - cpu


def streaming(threads: int) -> float:
    """ns in which 8 bytes stream: the best of some passes over a[i] = a[i] x c, each 8 bytes in and out, in arrays beyond the cache."""
    size = 8_000_000
    arrays = [np.ones(size) for _ in range(threads)]

    def scale(array: Floats) -> None:
        np.multiply(array, 1.0000001, out=array)

    best = np.inf
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(10):
            begin = time.perf_counter()
            list(pool.map(scale, arrays))
            best = min(best, (time.perf_counter() - begin) / (2 * size * threads))
    return float(best) * 1e9


def full(weeks: int, draws: int, single: bool) -> tuple[float, int]:
    """ns for each link, week and scenario of the weekly model, magnet chain under a ban, and its links."""
    from ytterby.core.scope import within

    day = datetime.date(2025, 4, 4)
    future = Scenario("ban", day, 1.0, (Shock("ban", "CHN", ("*",), ("ndfeb_magnet", "dy_oxide"), day),))
    world = within(load_world(), {"ndfeb_magnet"})
    net = network(world)
    drawn = draw(world, future, net, draws, seed=0)
    calendar = Calendar(day, weeks, draws)
    effects = effects_of(future, drawn, net, world, calendar)
    licensed = licensed_links(effects)
    spans = spans_of(future, drawn, effects, net, licensed, calendar)
    state = initial_state(net, drawn.cover, drawn.reserve, licensed)
    begin = time.perf_counter()
    compiled.run(net, state, spans, single=single)
    return (time.perf_counter() - begin) / weeks / draws / len(net.flow) * 1e9, len(net.flow)


def alone() -> None:
    """Start again with one thread in each matrix product: scenarios and goods fill the cores, threads within threads only spin."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        os.execv(sys.executable, [sys.executable, "-m", "bench.stress", *sys.argv[1:]])


def beside(python: str, folder: Path, steps: int, size: tuple[int, int]) -> dict[str, float]:
    """What the peer takes for one scenario on the table that `large` wrote."""
    case = {"adaptive": False, "cover": 90.0, "loss": 0.4, "days": 30}
    (theirs,) = peer(python, folder, table="large", cases={"large": case}, steps=steps, regions=size[0], sectors=size[1])
    print(f"   BoARIO: {theirs['wall']:.1f} s for a scenario ({theirs['cpu']:.1f} s of all cores), peak {theirs['mb']:.0f} MB")
    return theirs


def plain_figures(python: str | None, folder: Path, steps: int, scenarios: int, size: tuple[int, int]) -> float:
    """Print and tell part 1; returns ns for each link, step and scenario of plain ARIO."""
    apart = equality(python, folder, 300) if python else None
    threads, economy = compiled.threads(), large(folder, *size)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = plain(economy, scenarios, steps, threads)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"   {size[0]} regions x {size[1]} sectors, {steps} steps, {scenarios} scenarios, {threads} threads:")
    print(f"   plain ARIO: {wall / scenarios:.3f} s a scenario ({cpu / scenarios:.3f} s of all cores); peak {peak:.0f} MB,")
    print(f"   {(peak - base) / scenarios:.1f} MB a scenario beyond table and libraries")
    half = plain(economy, scenarios, steps, threads, single=True)
    print(f"   in single precision {half[0] / scenarios:.3f} s a scenario ({half[1] / scenarios:.3f} s of all cores)")
    theirs: dict[str, float] = {}
    if python:
        theirs = beside(python, folder, steps, size)
        for kind, taken in (("double", (wall, cpu)), ("single", half)):
            faster, by_core = theirs["wall"] * scenarios / taken[0], theirs["cpu"] * scenarios / taken[1]
            print(f"   in {kind} precision a scenario is {faster:.0f} times faster by the clock, {by_core:.0f} times by core time")
        print(f"   as many scenarios side by side take {theirs['mb'] * scenarios / peak:.0f} times less memory")
    name = "BoARIO"
    tell(
        Row("plain ARIO, largest difference from BoARIO", apart, "of output", limit=1e-6),
        Row("plain ARIO, a scenario", wall / scenarios, "s", peer=name, theirs=theirs.get("wall"), times=100.0),
        Row("plain ARIO, a scenario, all cores", cpu / scenarios, "s", peer=name, theirs=theirs.get("cpu"), times=100.0),
        Row("plain ARIO, a scenario, single precision", half[0] / scenarios, "s", peer=name, theirs=theirs.get("wall"), times=100.0),
        Row("plain ARIO, memory a scenario", peak / scenarios, "MB", peer=name, theirs=theirs.get("mb"), times=10.0),
    )
    return wall / steps / scenarios / (size[0] * size[1]) ** 2 * 1e9


def floor_figures(mine: float, weeks: int, draws: int) -> None:
    """Print and tell part 2: plain ARIO's ns, and the weekly model's, beside what memory allows."""
    threads = compiled.threads()
    floor = streaming(threads)
    print("2. ns for each link, step and scenario:")
    print(f"   8 bytes stream in {floor:.3f} ns with {threads} threads")
    print(f"   plain ARIO {mine:.3f} ns: {floor / mine:.0%} of the floor's speed")
    name = "8 bytes streaming"
    tell(Row("plain ARIO, a link, step and scenario", mine, "ns", peer=name, theirs=floor, times=0.25))
    for single in (False, True):
        whole, count = full(weeks, draws, single)
        kind = "single" if single else "double"
        print(f"   weekly model, {kind} precision, magnet chain of {count} links: {whole:.2f} ns, {floor / whole:.0%} of the floor's speed")
        tell(Row(f"weekly model, {kind} precision, a link, week and scenario", whole, "ns", peer=name, theirs=floor))


def main() -> None:
    """Print the figures."""
    options = asked(__doc__, peer="a Python that has boario 0.7.2 and pymrio", steps="steps (365)", scenarios="scenarios (64)")
    size, steps, scenarios, weeks, draws = (SMALL, 60, 8, 8, 16) if options.quick else (LARGE, 365, 64, 156, 1024)
    print("1. Plain ARIO (beside BoARIO, on pymrio's test system and a large table, if a peer is named):")
    with tempfile.TemporaryDirectory() as name:
        mine = plain_figures(options.peer, Path(name), int(options.steps or steps), int(options.scenarios or scenarios), size)
    floor_figures(mine, weeks, draws)


if __name__ == "__main__":
    alone()
    main()
