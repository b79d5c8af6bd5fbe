"""A warm process that gives birth to runs of the command line: it has imported all once, each run is a fork of it.

As a program: a line of JSON in, a line of JSON out. {"start": JOB} answers {"pid": N}; {"wait": N} answers {"code": C, "steps": S}. C is
the exit code, or minus the signal that ended the run. S counts its steps: the moments at which it opens a file to write, is in the middle
of a file, renames, removes, makes a folder, opens a database, begins or ends an addition to it. A job may say at which step it is to kill
itself (SIGKILL).
"""

import ctypes
import io
import json
import mmap
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "sqlite3.connect", "ytterby.append", "ytterby.half")
CALM = {"POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""A fork takes no threads along, so there must be none that anybody waits for."""


@dataclass(frozen=True)
class Job:
    """One run.

    words: of the command line, or save: a pickled brief and the folder to write it to. place: where it runs and where the files out and
    err go. at: the step at which it dies. limit: bytes that a file may have. low: modes hold, even for root. acks: a file for the hashes
    of the articles that the ledger has committed.
    """

    place: str
    words: tuple[str, ...] = ()
    save: tuple[str, str] | None = None
    at: int | None = None
    limit: int | None = None
    low: bool = False
    acks: str | None = None


@dataclass(frozen=True)
class Ended:
    """How a run ended; see the head of the file."""

    code: int
    steps: int


class Warm:
    """The warm process, from outside."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.warm"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **CALM}
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "warm\n"

    def start(self, job: Job) -> int:
        """Begin a run; returns its process id, which stays its own until it is waited for."""
        return int(self._ask({"start": asdict(job)})["pid"])

    def wait(self, pid: int) -> Ended:
        """Wait for a run's end."""
        return Ended(**self._ask({"wait": pid}))

    def run(self, job: Job) -> Ended:
        """Begin a run and wait for its end."""
        return self.wait(self.start(job))

    def close(self) -> None:
        """End the warm process."""
        self._process.communicate()

    def _ask(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def _serve() -> None:
    _import_all()
    print("warm", flush=True)
    counters: dict[int, mmap.mmap] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "start" in asked:
            counter = mmap.mmap(-1, 8)
            pid = os.fork()
            if pid == 0:
                _live(Job(**asked["start"]), counter)
            counters[pid] = counter
            answer = {"pid": pid}
        else:
            status = os.waitpid(asked["wait"], 0)[1]
            (steps,) = struct.unpack("q", counters.pop(asked["wait"])[:8])
            answer = {"code": os.waitstatus_to_exitcode(status), "steps": steps}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _import_all() -> None:
    """Everything that the verbs load when they are called."""
    import highspy  # noqa: F401
    import plotly.graph_objects  # noqa: F401

    import ytterby.cli
    import ytterby.dynamics.stream
    import ytterby.dynamics.sweep
    import ytterby.pipeline
    import ytterby.web.serve  # noqa: F401
    from ytterby.cli import brief, ledger, plan, read, serve, stress  # noqa: F401


def _live(job: Job, counter: mmap.mmap) -> None:
    """What a fork does: never returns."""
    code = 70
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for name, number in (("out", 1), ("err", 2)):
            os.dup2(os.open(Path(job.place) / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), number)
        os.chdir(job.place)
        if job.low:
            _bow()
        if job.limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (job.limit, job.limit))
        if job.acks is not None:
            _acknowledge(os.open(job.acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666))
        _slow_disk()
        _count(counter, job.at)
        code = _run(job)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _bow() -> None:
    """Let go of root's right to pass over the modes of files (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH); others never had it."""
    if os.getuid() != 0:
        return
    library = ctypes.CDLL(None, use_errno=True)
    header, sets = struct.pack("Ii", 0x20080522, 0), ctypes.create_string_buffer(24)
    if library.capget(header, sets):
        raise OSError(ctypes.get_errno(), "capget")
    words = [word & ~0b110 if number < 3 else word for number, word in enumerate(struct.unpack("6I", sets.raw))]
    if library.capset(header, struct.pack("6I", *words)):
        raise OSError(ctypes.get_errno(), "capset")


def _run(job: Job) -> int:
    if job.save is not None:
        from ytterby import pipeline

        pipeline.save(pickle.loads(Path(job.save[0]).read_bytes()), job.save[1], overwrite=True)
        return 0
    from ytterby.cli import main

    sys.argv = ["ytterby", *job.words]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _count(counter: mmap.mmap, at: int | None) -> None:
    def step(event: str, given: tuple[Any, ...]) -> None:
        if event in STEPS or (event == "open" and isinstance(given[1], str) and set(given[1]) & set("wax+")):
            (steps,) = struct.unpack("q", counter[:8])
            counter[:8] = struct.pack("q", steps + 1)
            if steps == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(step)


def _slow_disk() -> None:
    """Let each file be written in two halves, with a step between them."""
    import polars as pl

    def write_bytes(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            sys.audit("ytterby.half")
            return file.write(content[len(content) // 2 :])

    def write_text(path: Path, text: str, encoding: str | None = None, errors: str | None = None, newline: str | None = None) -> int:
        return write_bytes(path, text.encode(encoding or "utf-8", errors or "strict"))

    def halved(write: Callable[..., Any]) -> Callable[..., Any]:
        def written(frame: pl.DataFrame, file: Any = None, **options: Any) -> Any:
            if not isinstance(file, Path):
                return write(frame, file, **options)
            stream = io.BytesIO()
            write(frame, stream, **options)
            return write_bytes(file, stream.getvalue())

        return written

    patches: dict[tuple[type, str], Callable[..., Any]] = {(Path, "write_bytes"): write_bytes, (Path, "write_text"): write_text}
    patches |= {(pl.DataFrame, name): halved(getattr(pl.DataFrame, name)) for name in ("write_csv", "write_parquet")}
    for (owner, name), function in patches.items():
        setattr(owner, name, function)


def _acknowledge(file: int) -> None:
    """Write down what the ledger says it has kept, as a client that was answered would."""
    from ytterby.reading.store import Store

    former: Callable[..., bool] = Store.append

    def append(store: Store, article: Any, *rest: Any) -> bool:
        sys.audit("ytterby.append")
        done = former(store, article, *rest)
        sys.audit("ytterby.append")
        os.write(file, f"{article.sha256}\n".encode())
        return done

    Store.append = append  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    _serve()
