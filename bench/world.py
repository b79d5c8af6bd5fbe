"""The world: size in the wheel, time to load what a command needs, and a full rebuild from a folder of official downloads.

    python -m bench.world [--data FOLDER] [--quick]

Whole processes, in turn, five rounds (the rebuild once); seconds, with the peak of memory in MB. Compare only figures of one run.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path

from bench.rows import Row, asked, tell

NEEDS = {
    "python and polars alone": "import polars",
    "production": "from ytterby.core.world import load_world; load_world()['production']",
    "observations": "from ytterby.core.world import load_world; load_world()['observations']",
    "what the magnet chain needs": "from ytterby.core.world import load_world; w = load_world(); [w[t] for t in "
    "('production', 'demand', 'trade', 'recipes', 'processes', 'stocks', 'uses', 'actors', 'products')]",
    "customs (2012-2024, all economies)": "from ytterby.core.world import load_world; load_world()['customs']",
}


def run(command: list[str]) -> tuple[float, float]:
    """Wall seconds of one whole process, and the highest peak of any child so far in MB."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main(folder: str | None, rounds: int) -> None:
    """Print a table."""
    tables = Path(str(resources.files("ytterby") / "tables"))
    size = sum(file.stat().st_size for file in tables.iterdir()) / 1e6
    print(f"embedded tables: {size:.2f} MB")
    times: dict[str, list[float]] = {name: [] for name in NEEDS}
    for _ in range(rounds):
        for name, code in NEEDS.items():
            times[name].append(run([sys.executable, "-c", code])[0])
    for name, taken in times.items():
        print(f"{name:<36} min {min(taken):6.3f} s  median {statistics.median(taken):6.3f} s")
    least = {name: min(taken) for name, taken in times.items()}
    tell(Row("embedded tables", size, "MB", limit=12.0))
    seconds: float | None = None
    peak: float | None = None
    bare = least.pop("python and polars alone")
    tell(*(Row(f"load of {name}, beyond Python alone", taken - bare, "s", limit=0.15) for name, taken in least.items()))
    if folder:
        with tempfile.TemporaryDirectory() as out:
            seconds, peak = run([sys.executable, "-m", "ytterby", "world", "build", "--from", folder, "--out", out, "--quiet"])
        print(f"full rebuild: {seconds:.1f} s, at most {peak:.0f} MB")
    tell(Row("full rebuild", seconds, "s", limit=60.0), Row("memory of the rebuild", peak, "MB", limit=1000.0))


if __name__ == "__main__":
    options = asked(__doc__, data="the folder of official downloads")
    main(options.data, 1 if options.quick else 5)
