"""Work spread over the processes of a Dask cluster: the one module that knows Dask. All else takes a mapping function (core/each.py).

    function + items --> tasks on workers, some ahead of the next result --> results in order

A task is pure, so that it may be lost, repeated or done twice: when a worker dies Dask gives its tasks to others; when a task is late
(LATE times as long as usual) another worker gets a copy, the first to finish counts, and whoever was beaten gets no more. Workers may join
at any time. Each task carries the fingerprint of this machine's ytterby and refuses to run beside another.
"""

import contextlib
import logging
import math
import pickle
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from ytterby.core.each import Each, Item, Result
from ytterby.core.identity import Identity, identity, refuse
from ytterby.errors import InputError

AHEAD = 3
"""Tasks given out at a time, for each thread of the cluster: enough that none waits for work."""
LATE, LEAST = 10.0, 60.0
"""A task is late after LATE times the median of those done, but not before LEAST seconds."""
TICK = 0.5
"""Seconds between two looks for late tasks and lost workers."""
PATIENCE = 30.0
"""Seconds to wait for a scheduler, and for a first worker."""
MISSING = InputError("Dask is not installed", "--workers, --cluster", "pip install 'ytterby[cluster]'")


@contextmanager
def spread(workers: int | None = None, address: str | None = None) -> Iterator[Each]:
    """Give a function like `map` that works on N processes of this machine, or on the cluster at an address; without either, `map`.

    The processes of this machine listen on its loopback alone, under a key made for the run. Raises InputError for both at once, a number
    below 1, if Dask is not installed, and if nothing answers at the address.

    >>> with spread() as each:
    ...     each is map
    True
    """
    if workers is not None and address is not None:
        raise InputError("--workers and --cluster", "cluster", "give one of them")
    if workers is not None and workers < 1:
        raise InputError(f"workers is {workers}", "--workers", "give 1 or more")
    if workers is None and address is None:
        yield map
        return
    with _local(workers) if workers is not None else contextlib.nullcontext(address) as place, connected(place) as cluster:
        yield cluster.each


class Cluster:
    """A Dask client that maps; late, least: when a task counts as late (LATE, LEAST)."""

    def __init__(self, client: Any, late: float = LATE, least: float = LEAST) -> None:
        self.client, self.late, self.least = client, late, least

    def each(self, function: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
        """Yield function(item) for each item in order. Raises what a task raises, and InputError if the cluster is gone."""
        work = _Work(self, pickle.dumps(function, protocol=5))
        try:
            yield from work.results(iter(items))
        finally:
            work.stop()


class _Work:
    """One mapping under way: copies (futures) by the number of their item, results that wait for their turn."""

    def __init__(self, cluster: Cluster, function: bytes) -> None:
        self.cluster, self.client, self.function = cluster, cluster.client, function
        # As a task of its own it is sent once to each worker; if its holders die it is made anew from the scheduler's copy.
        self.shared: Any = self.client.submit(_same, function, pure=False)
        self.copies: dict[int, list[Any]] = {}
        self.items: dict[int, Any] = {}
        self.begun: dict[int, float] = {}
        self.done: dict[int, Any] = {}
        self.took: list[float] = []
        self.threads: dict[str, int] = {}
        self.suspects: dict[int, set[str]] = {}
        self.placed: dict[str, str] = {}
        self.hanging: set[str] = set()

    def results(self, items: Iterator[Any]) -> Iterator[Any]:
        """Yield results in order; never more than a few tasks a thread are ahead of the one that is yielded next."""
        given = turn = counted = 0
        while True:
            if turn >= counted:
                with _answering():
                    self._count()
                counted = turn + self._ahead()
            for item in islice(items, max(0, turn + self._ahead() - given)):
                self._give(given, item)
                given += 1
            if turn == given:
                return
            while turn not in self.done:
                self._gather()
            yield self.done.pop(turn)
            turn += 1

    def stop(self) -> None:
        """Take back what is not done."""
        with contextlib.suppress(Exception):
            self.client.cancel(list(chain.from_iterable(self.copies.values())))

    def _ahead(self) -> int:
        return AHEAD * max(1, sum(self.threads.values()))

    def _give(self, number: int, item: Any) -> None:
        self.items[number], self.begun[number] = item, time.monotonic()
        workers = [one for one in self.threads if one not in self.hanging] if self.hanging else None
        self.copies[number] = [self.client.submit(_do, identity(), self.shared, item, pure=False, workers=workers or None)]

    def _gather(self) -> None:
        """Wait a tick for results; take in those that are there, and give copies of late tasks to free workers."""
        given = list(chain.from_iterable(self.copies.values()))
        with contextlib.suppress(TimeoutError), _answering(), self.client.as_current():
            _dask().wait(given, timeout=TICK, return_when="FIRST_COMPLETED")
        for number, copies in list(self.copies.items()):
            for copy in [copy for copy in copies if copy.done()]:
                try:
                    self._take(number, copy)
                    break
                except TimeoutError:
                    # Done, but who did it does not answer: another copy is due.
                    copies.remove(copy)
                    self.begun[number] = -math.inf
        with _answering():
            self._copy_late()

    def _take(self, number: int, copy: Any) -> None:
        """Take in the first result of an item; TimeoutError if its holder does not give it."""
        self.done[number] = _result(copy, max(TICK, self.cluster.least))
        begun = self.begun.pop(number)
        if number not in self.suspects:
            self.took.append(time.monotonic() - begun)
        del self.copies[number], self.items[number]
        if copy.key in self.placed:
            self.hanging = (self.hanging | self.suspects[number]) - {self.placed[copy.key]}

    def _copy_late(self) -> None:
        usual = statistics.median(self.took[-101:]) if self.took else 0.0
        bound = time.monotonic() - max(self.cluster.least, self.cluster.late * usual)
        late = [number for number, begun in self.begun.items() if begun < bound]
        if not late:
            return
        # From now on each task brings its function along: who has the shared one may be the one that hangs.
        self.shared = self.function
        self._count()
        holds = {worker: list(keys) for worker, keys in self.client.processing().items() if worker in self.threads}
        for number in late if holds else ():
            keys = {copy.key for copy in self.copies[number]}
            here = {worker: len(keys.intersection(held)) for worker, held in holds.items()}
            _, _, worker = min((here[one] + (one in self.hanging), len(held), one) for one, held in holds.items())
            copy = self.client.submit(_do, identity(), self.function, self.items[number], pure=False, workers=[worker])
            self.suspects.setdefault(number, {one for one, count in here.items() if count})
            self.copies[number].append(copy)
            self.placed[copy.key] = worker
            holds[worker].append(copy.key)
            self.begun[number] = time.monotonic()

    def _count(self) -> None:
        self.threads = self.client.nthreads()


@contextmanager
def connected(place: Any) -> Iterator[Cluster]:
    """Give the cluster at an address (or a Dask cluster object), once a first worker is there; InputError if nothing answers."""
    dask = _dask()
    try:
        client = dask.Client(place, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        told = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"no scheduler answers: {told}", str(place), "start one with 'dask scheduler', see docs/cluster.md") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise InputError("the scheduler has no workers", str(place), "start some with 'dask worker'") from None
        yield Cluster(client)


def _same(function: bytes) -> bytes:
    return function


def _do(client: Identity, function: bytes, item: Any) -> Any:
    """What a worker does: see that it is the same ytterby, then one item."""
    refuse(client, identity())
    return _loaded(function)(item)


@lru_cache(maxsize=2)
def _loaded(function: bytes) -> Callable[[Any], Any]:
    loaded: Callable[[Any], Any] = pickle.loads(function)
    return loaded


def _result(future: Any, patience: float) -> Any:
    """What a task returned; what went wrong, in words for the user."""
    if future.status == "finished":
        with _answering():
            return future.result(timeout=patience)
    error = future.exception() if future.status == "error" else None
    if isinstance(error, _dask().KilledWorker):
        raise InputError("a task ended every worker that took it, most likely for want of memory", "--cluster", "give the workers more")
    if isinstance(error, (ImportError, AttributeError, pickle.UnpicklingError)):
        raise InputError(f"a worker cannot load its task: {error}", "--cluster", "install the same ytterby, world and packages there")
    raise _lost() if error is None else error


def _lost() -> InputError:
    return InputError("the cluster is gone", "--cluster", "start the same command again; with --out FOLDER it goes on")


@contextmanager
def _answering() -> Iterator[None]:
    """Around what is asked of the scheduler."""
    try:
        yield
    except TimeoutError:
        raise
    except (CancelledError, OSError):
        raise _lost() from None


@contextmanager
def _local(workers: int) -> Iterator[Any]:
    """Worker processes on this machine, reachable by this run alone."""
    dask = _dask()
    try:
        cluster = dask.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol="tls",
            security=dask.Security.temporary(),
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            env={"POLARS_MAX_THREADS": "1"},
        )
    except RuntimeError as error:
        raise InputError(f"worker processes do not start: {error}", "--workers", "start fewer, or run from a file or the command") from None
    with cluster:
        yield cluster


def _dask() -> Any:
    """Dask's distributed package, told to keep its remarks to itself: what matters here comes as an error of one line."""
    try:
        import dask
        import distributed
    except ImportError:
        raise MISSING from None
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"})
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed
