"""The longer run: python -m tests.fuzz MINUTES [TARGET ...]; findings, made small, go to build/fuzz, and the exit code is 1."""

import sys
import time
from hashlib import sha256
from itertools import cycle
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.changes import variants
from tests.fuzz.targets import TARGETS, Target, finding, samples

ROUND = 100
"""Examples of a target before the next has its turn."""
BUILD = Path("build") / "fuzz"


class FoundError(AssertionError):
    """A finding; hypothesis looks for the smallest content that makes one."""


def one_round(target: Target) -> tuple[int, bytes | None]:
    """Try changed contents on a target; returns how many, and the smallest that is a finding."""
    tried, found = 0, None

    @given(variants(samples(target)))
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    def trial(content: bytes) -> None:
        nonlocal tried, found
        tried += 1
        if told := finding(target, content):
            found = content
            raise FoundError(told)

    try:
        trial()
    except FoundError as error:
        sys.stdout.write(f"{target.name}: {error}\n")
    return tried, found


def main(minutes: float, names: list[str]) -> int:
    """Give each target its turn until the time is over; returns the exit code."""
    until, tried, found = time.monotonic() + 60 * minutes, dict.fromkeys(names, 0), 0
    for name in cycle(names):
        if time.monotonic() > until:
            break
        count, content = one_round(TARGETS[name])
        tried[name] += count
        if content is not None:
            found += 1
            path = BUILD / name / sha256(content).hexdigest()[:12]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for name, count in tried.items():
        sys.stdout.write(f"{name}: {count} contents\n")
    sys.stdout.write(f"{sum(tried.values())} contents, {found} findings{f' in {BUILD}' if found else ''}\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0, sys.argv[2:] or list(TARGETS)))
