"""A server on a free port of this machine, in a process of its own as users start it, and a small brief in it."""

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GERMAN = ROOT / "examples" / "usa-japan-2025-10-28.de.txt"
SMALL = {"allies": ["USA", "JPN"], "draws": 8, "weeks": 104}


@dataclass(frozen=True)
class Server:
    """A running server: its address and where it keeps things."""

    address: str
    data: Path
    process: "subprocess.Popen[str]"

    def call(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Ask the API; returns the parsed JSON of its answer."""
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"{self.address}/api/v1{path}", data, {"content-type": "application/json"}, method=method)
        with urllib.request.urlopen(asked, timeout=120) as answer:
            return json.loads(answer.read())

    def done(self, job: dict[str, Any]) -> dict[str, Any]:
        """Wait for a job's end."""
        while job["state"] in ("waiting", "running"):
            time.sleep(0.1)
            job = self.call(f"/jobs/{job['id']}")
        return job


def started(*words: str) -> tuple["subprocess.Popen[str]", str]:
    """Start a server; returns its process and the line that it prints."""
    command = [sys.executable, "-m", "ytterby", "serve", "--port", "0", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("data")
    process, line = started("--data", str(data))
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line
    yield Server(found.group(), data, process)
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture(scope="session")
def brief(server: Server) -> str:
    """The id of the German example's brief."""
    job = server.done(server.call("/briefs", {"articles": [{"name": GERMAN.name, "text": GERMAN.read_text(encoding="utf-8")}], **SMALL}))
    assert job["state"] == "done", job
    return str(job["result"].rsplit("/", 1)[1])
