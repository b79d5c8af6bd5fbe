"""Campaigns of kills: two lanes of runs side by side, each with its own warm process, folder and dice, until enough were killed."""

import os
import random
import select
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.warm import Ended, Job, Warm

LANES = 2


@dataclass
class Lane:
    """A row of runs. seconds, steps: how long the shortest run that nobody killed took, and of how many steps the last was."""

    warm: Warm
    place: Path
    dice: random.Random
    killed: int = 0
    seconds: float = 0.0
    steps: int = 1
    kinds: dict[str, int] = field(default_factory=lambda: {"step": 0, "moment": 0})

    def unharmed(self, job: Job) -> Ended:
        """Let a run come to its end, which must be a good one, and learn from it how long it takes."""
        begun = time.monotonic()
        ended = self.warm.run(job)
        assert ended.code == 0, (self.place / "err").read_text()
        self.seconds, self.steps = time.monotonic() - begun, max(1, ended.steps)
        return ended

    def harmed(self, job: Job, moments: bool = False) -> bool:
        """Kill a run: every other time at a step of its own drawn by lot, else (or always, with `moments`) at a moment drawn by lot.

        Says whether it was in time.
        """
        kind = "step" if self.killed % 2 and not moments else "moment"
        if kind == "step":
            ended = self.warm.run(replace(job, at=self.dice.randrange(self.steps)))
        else:
            pid = self.warm.start(job)
            begun = time.monotonic()
            if _ends_within(pid, self.dice.random() * self.seconds):
                self.seconds = min(self.seconds, time.monotonic() - begun)
            else:
                os.kill(pid, signal.SIGKILL)
            ended = self.warm.wait(pid)
        assert ended.code in (0, -signal.SIGKILL), (self.place / "err").read_text()
        if ended.code:
            self.killed += 1
            self.kinds[kind] += 1
        return bool(ended.code)


def _ends_within(pid: int, seconds: float) -> bool:
    """Whether a process that nobody has waited for yet comes to its end meanwhile."""
    handle = os.pidfd_open(pid)
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


def campaign(place: Path, kills: int, live: Callable[[Lane, int], None], seed: int = 0) -> None:
    """Run `live(lane, kills of this lane)` in each lane and see that the kills took place, of both kinds."""

    def one(number: int) -> Lane:
        folder = place / f"lane{number}"
        folder.mkdir()
        warm = Warm()
        try:
            lane = Lane(warm, folder, random.Random(1000 * seed + number))
            live(lane, kills // LANES)
        finally:
            warm.close()
        return lane

    with ThreadPoolExecutor(LANES) as pool:
        lanes = list(pool.map(one, range(LANES)))
    assert sum(lane.killed for lane in lanes) >= kills
    assert all(lane.kinds["moment"] for lane in lanes)
