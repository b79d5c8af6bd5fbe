"""A Dask cluster as it is deployed, for tests, and tasks that tell what happens to them.

Real schedulers and workers, processes of their own. A task tells by a file that it has begun, and waits for a file before it ends: nothing
rests on how long anything takes.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from ytterby.cluster import Cluster
from ytterby.core.each import Each
from ytterby.errors import ModelError

ROOT = Path(__file__).resolve().parents[1]
DASK = [sys.executable, "-m", "dask"]
QUIET = {"DASK_LOGGING__DISTRIBUTED": "critical", "PYTHONPATH": str(ROOT)}


class Site:
    """A scheduler and workers as they are deployed: processes of their own that know each other by a file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file, self.processes = folder, folder / "scheduler.json", list[subprocess.Popen[bytes]]()
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        until(self.file.exists)

    def start(self, what: str, *words: str) -> subprocess.Popen[bytes]:
        command = [*DASK, what, "--scheduler-file", str(self.file), *words]
        # Its own words go to a file: a full pipe would hold it up.
        with (self.folder / f"{what}.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, env={**os.environ, **QUIET})
        self.processes.append(process)
        return process

    def worker(self) -> int:
        """Start a worker; returns its process."""
        return self.start("worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard").pid

    @property
    def address(self) -> str:
        return str(json.loads(self.file.read_text())["address"])

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def until(ready: Callable[[], Any]) -> Any:
    """Wait until something is there; what never comes is a fault of the test, told instead of waited for."""
    last = time.monotonic() + 300
    while not (found := ready()):
        assert time.monotonic() < last
        time.sleep(0.02)
    return found


def told(folder: Path, function: Callable[[Any], Any], item: Any) -> Any:
    """Say that the item has begun here; its first one waits until it is let go."""
    number = item.start if isinstance(item, range) else item
    (folder / f"{number}-{os.getpid()}").touch()
    if number == 0:
        until((folder / "go").exists)
    return function(item)


def begun(folder: Path, item: int) -> list[int]:
    """The processes in which an item has begun."""
    return [int(path.name.split("-")[1]) for path in folder.glob(f"{item}-*")]


def told_each(cluster: Cluster, folder: Path) -> Each:
    def each(function: Callable[[Any], Any], items: Iterable[Any], /) -> Iterator[Any]:
        return cluster.each(partial(told, folder, function), items)

    return each


def in_background(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def meet(folder: Path, item: int) -> int:
    """Go on once two processes have met."""
    (folder / f"{item}-{os.getpid()}").touch()
    until(lambda: len({path.name.split("-")[1] for path in folder.iterdir()}) > 1)
    return item


def fail(item: int) -> int:
    if item:
        raise ModelError("week 3: ore does not balance")
    return item


def end(_item: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
