"""Start-up: what `import ytterby` adds to Python, and how long `ytterby read` and `ytterby brief` of the example take.

    python -m bench.start [--quick]

Whole processes, in turn, five rounds; minimum and median seconds. Compare only figures of one run.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.rows import Row, asked, tell

ARTICLE = Path(__file__).resolve().parents[1] / "examples" / "usa-japan-2025-10-28.de.txt"
PYTHON = sys.executable
BRIEF = [PYTHON, "-m", "ytterby", "brief", str(ARTICLE), "--allies", "USA,JPN", "--overwrite", "--out"]
COMMANDS = {
    "python alone": [PYTHON, "-c", "pass"],
    "import ytterby": [PYTHON, "-c", "import ytterby"],
    "ytterby --help": [PYTHON, "-m", "ytterby", "--help"],
    "ytterby read": [PYTHON, "-m", "ytterby", "read", str(ARTICLE)],
}


def seconds(command: list[str]) -> float:
    """Wall time of one whole process."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    """Time every command in turn and print a table."""
    quick = asked(__doc__).quick
    with tempfile.TemporaryDirectory() as folder:
        commands = {**COMMANDS, **({} if quick else {"ytterby brief": [*BRIEF, str(Path(folder) / "brief")]})}
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(1 if quick else 5):
            for name, command in commands.items():
                times[name].append(seconds(command))
    for name, taken in times.items():
        print(f"{name:<16} min {min(taken):7.3f} s  median {statistics.median(taken):7.3f} s")
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    added = min(times["import ytterby"]) - min(times["python alone"])
    tell(
        Row("import ytterby, beyond Python alone", added, "s", limit=0.1),
        Row("ytterby read, whole process", middle["ytterby read"], "s", limit=1.0),
        Row("ytterby brief, whole process", middle.get("ytterby brief"), "s", limit=60.0),
    )


if __name__ == "__main__":
    main()
