"""Long work as resources: asked for, watched, called off, looked up. One job runs at a time; those that wait are few."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, Literal

from ytterby.errors import InputError

WAITING = 8
"""Jobs that may wait or run at once."""
KEPT = 100
"""Jobs that are remembered."""
LONGEST = 900.0
"""Seconds that a job may take."""
State = Literal["waiting", "running", "done", "failed", "cancelled"]
Tell = Callable[[str, int, int], None]
"""Called with (step, done, total); raises Cancelled if the job was called off or takes too long."""
Work = Callable[[Tell], Any]


class Cancelled(Exception):  # noqa: N818 - no error: somebody asked for it
    """A job was called off."""


class Busy(Exception):  # noqa: N818 - no error of ours: too much is asked for at once
    """Too many jobs wait already."""


@dataclass
class Job:
    """One job: what it is, how far it is, where its result stands, what went wrong."""

    kind: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    state: State = "waiting"
    step: str = ""
    done: int = 0
    total: int = 0
    result: str = ""
    error: str = ""
    value: Any = None
    called_off: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state in ("done", "failed", "cancelled")

    def public(self) -> dict[str, Any]:
        """Return what a client may see."""
        names = ("id", "kind", "state", "step", "done", "total", "result", "error")
        return {name: getattr(self, name) for name in names}


class Jobs:
    """The jobs of a server."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Job] = OrderedDict()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job")
        self._lock = threading.Lock()

    def start(self, kind: str, work: Work, result: str = "") -> Job:
        """Queue a piece of work; result: where it will stand. Raises Busy if too many wait."""
        job = Job(kind, result=result)
        job.result = job.result or f"/api/v1/jobs/{job.id}/result"
        with self._lock:
            if sum(not one.over for one in self._known.values()) >= WAITING:
                raise Busy
            self._known[job.id] = job
            for name in [name for name, one in self._known.items() if one.over][: max(0, len(self._known) - KEPT)]:
                del self._known[name]
        # In the context of who asked: its language is also that of the result.
        self._pool.submit(copy_context().run, _run, job, work)
        return job

    def get(self, name: str) -> Job | None:
        """Return a job by its id."""
        return self._known.get(name)

    def cancel(self, job: Job) -> None:
        """Call a job off: at once if it waits, at its next step if it runs."""
        job.called_off.set()
        with self._lock:
            if job.state == "waiting":
                job.state = "cancelled"

    def close(self) -> None:
        """Call everything off and wait for the step that runs."""
        for job in list(self._known.values()):
            self.cancel(job)
        self._pool.shutdown(wait=True, cancel_futures=True)


def _run(job: Job, work: Work) -> None:
    if job.called_off.is_set():
        job.state = "cancelled"
        return
    job.state, begun = "running", time.monotonic()

    def tell(step: str, done: int, total: int) -> None:
        if job.called_off.is_set():
            raise Cancelled
        if time.monotonic() - begun > LONGEST:
            raise InputError(f"no result within {LONGEST:g} s", job.kind, "ask for fewer draws or weeks")
        job.step, job.done, job.total = step, done, total

    try:
        job.value = work(tell)
        job.state = "done"
    except Cancelled:
        job.state = "cancelled"
    except InputError as error:
        job.state, job.error = "failed", str(error)
    except Exception:
        import logging

        logging.getLogger("ytterby").exception("job %s failed", job.kind)
        job.state, job.error = "failed", "this is our fault, not yours; the server's log says more"
