"""A server on a free port of this machine, in a process of its own as users start it, and a small brief in it."""

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GERMAN = ROOT / "examples" / "usa-japan-2025-10-28.de.txt"
PATIENCE = 600
"""Seconds that anything may take: a machine may be slow."""
SMALL = {"allies": ["USA", "JPN"], "draws": 8, "weeks": 104}


@dataclass(frozen=True)
class Server:
    """A running server: its address and where it keeps things."""

    address: str
    data: Path
    process: "subprocess.Popen[str]"

    def call(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Ask the API; returns the parsed JSON of its answer."""
        with urllib.request.urlopen(self.asked(path, body, method), timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def asked(self, path: str, body: Any = None, method: str | None = None) -> urllib.request.Request:
        """A question to the API."""
        data = None if body is None else json.dumps(body).encode()
        return urllib.request.Request(f"{self.address}/api/v1{path}", data, {"content-type": "application/json"}, method=method)

    def done(self, job: dict[str, Any]) -> dict[str, Any]:
        """Wait for a job's end."""
        return self.watched(job, lambda now: now["state"] not in ("waiting", "running"))

    def watched(self, job: dict[str, Any], enough: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Look at a job until it is seen as wanted."""
        for _ in range(10 * PATIENCE):
            if enough(job):
                return job
            time.sleep(0.1)
            job = self.call(f"/jobs/{job['id']}")
        raise AssertionError(f"not seen as wanted within {PATIENCE} s: {job}")


def status(asked: urllib.request.Request) -> int:
    """The status of an answer that may be a refusal."""
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def started(log: Path, *words: str) -> tuple["subprocess.Popen[str]", str]:
    """Start a server; returns its process and the line that it prints. Its complaints go into a file, as nobody would empty a pipe."""
    command = [sys.executable, "-m", "ytterby", "serve", "--port", "0", *words]
    with log.open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline()


def ended(process: "subprocess.Popen[str]") -> int:
    """Wait for a server's end, not for that of its child, which may hold its output open a little longer; returns its exit code."""
    assert process.stdout is not None
    process.stdout.close()
    return process.wait(PATIENCE)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data, log = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("log") / "errors.txt"
    process, line = started(log, "--data", str(data))
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line + log.read_text()
    yield Server(found.group(), data, process)
    process.terminate()
    ended(process)


@pytest.fixture(scope="session")
def first_brief(server: Server) -> str:
    """The id of the German example's brief."""
    job = server.done(server.call("/briefs", {"articles": [{"name": GERMAN.name, "text": GERMAN.read_text(encoding="utf-8")}], **SMALL}))
    assert job["state"] == "done", job
    return str(job["result"].rsplit("/", 1)[1])


@pytest.fixture
def brief(server: Server, first_brief: str) -> str:
    """The same, made again should the briefs of other tests have taken its place in memory."""
    assert server.done(server.call(f"/briefs/{first_brief}", method="POST"))["state"] == "done"
    return first_brief
