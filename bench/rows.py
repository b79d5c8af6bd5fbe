"""The figures that a bench tells of itself: one row each, with its limit and its peer, for the table of bench/all.py."""

import argparse
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

PLACE = "BENCH_ROWS"
"""Environment variable that names the file to which rows are added; without it a bench only prints."""


@dataclass(frozen=True)
class Row:
    """A figure: what it is, ours and its unit, whether less is better, its limit; the peer's figure and how many times better ours must be.

    `ours` is None where the figure needs something that is not there, `theirs` where the peer was not run.
    """

    what: str
    ours: float | None
    unit: str
    less: bool = True
    limit: float | None = None
    peer: str = ""
    theirs: float | None = None
    times: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times better ours is than the peer's; None if either is missing or 0."""
        if not self.ours or not self.theirs:
            return None
        return self.theirs / self.ours if self.less else self.ours / self.theirs

    @property
    def met(self) -> bool | None:
        """Whether limit and ratio are met; None if none is stated or one cannot be told."""
        if self.ours is None or (self.times is not None and self.ratio is None):
            return None
        checks = []
        if self.limit is not None:
            checks.append(self.ours <= self.limit if self.less else self.ours >= self.limit)
        if self.times is not None:
            checks.append((self.ratio or 0.0) >= self.times)
        return all(checks) if checks else None


def tell(*rows: Row) -> None:
    """Add rows to the file that the environment names, if it names one."""
    if place := os.environ.get(PLACE):
        with Path(place).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(row)) + "\n" for row in rows)


def told(place: Path) -> list[Row]:
    """Return the rows of a file."""
    lines = place.read_text(encoding="utf-8").splitlines() if place.exists() else []
    return [Row(**json.loads(line)) for line in lines]


def asked(about: str | None, **options: str) -> argparse.Namespace:
    """Read the command line: the options that are named, each with its help, and `--quick`, sizes that show only that all runs."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that all runs, tells nothing of speed")
    for name, text in options.items():
        parser.add_argument(f"--{name}", help=text)
    return parser.parse_args()
