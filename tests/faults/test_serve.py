"""kill -9 of the server while it makes briefs: every brief that it took on can be opened again, and what it said is done stands."""

import http.client
import json
import os
import re
import signal
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.faults.lives import Lane, campaign
from tests.faults.test_kills import story
from tests.faults.warm import Job
from ytterby.reading.store import open_store

PULSE = 0.05


def test_the_server_keeps_what_it_took_on(tmp_path: Path) -> None:
    campaign(tmp_path, 12, _lives, seed=6)


def _lives(lane: Lane, kills: int) -> None:
    """Life after life in one data folder: ask for a brief, then die in mid-work, at a step of its own, or as soon as it is done."""
    job = Job(str(lane.place), ("serve", "--port", "0", "--data", "data"))
    asked, done = set[str](), set[str]()
    for number in range(kills):
        way = ("done", "moment", "step")[number % 3]
        (lane.place / "out").unlink(missing_ok=True)
        pid = lane.warm.start(replace(job, at=lane.dice.randrange(1, lane.steps) if way == "step" else None))
        begun, moment = time.monotonic(), lane.dice.random() * lane.seconds if way == "moment" else float("inf")
        if (address := _address(lane.place / "out", pid)) and (brief := _asked(address, number)):
            asked.add(brief[0])
            if _followed(address, brief[1], begun + moment):
                done.add(story(number))
                lane.seconds = time.monotonic() - begun
        family = _children(pid)
        os.kill(pid, signal.SIGKILL)
        ended = lane.warm.wait(pid)
        assert ended.code == -signal.SIGKILL, (lane.place / "err").read_text()
        lane.steps = max(lane.steps, ended.steps)
        lane.killed += 1
        lane.kinds["step" if way == "step" else "moment"] += 1
        while any(map(_lives_still, family)):  # a brief in a process of its own ends by itself when nobody listens
            time.sleep(PULSE)
    _looked_after(lane, job, asked, done)


def _looked_after(lane: Lane, job: Job, asked: set[str], done: set[str]) -> None:
    """What the next life of the server finds."""
    (lane.place / "out").unlink()
    pid = lane.warm.start(job)
    address = _address(lane.place / "out", pid)
    assert len(asked) > len(done) > 0
    assert asked <= {one["id"] for one in _call(f"{address}/briefs")}
    os.kill(pid, signal.SIGINT)
    assert lane.warm.wait(pid).code == 0
    with open_store(lane.place / "data" / "ledger.db") as store:
        assert store.ledger().events
        assert done <= {document["text"] for document in store.documents().values()}
    for path in (lane.place / "data" / "briefs").glob("[0-9a-f]*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["articles"]


def _address(out: Path, pid: int) -> str:
    """Where the API is, once the server says so; nothing if it died before."""
    while _lives_still(pid):
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/ ", out.read_text() if out.exists() else ""):
            return f"{found[1]}/api/v1"
        time.sleep(PULSE)
    return ""


def _call(address: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(address, data, {"content-type": "application/json"})
    with urllib.request.urlopen(asked, timeout=300) as answer:
        return json.loads(answer.read())


def _asked(address: str, number: int) -> tuple[str, str] | None:
    """Ask for a brief; returns its id and its job's, or nothing if the server died over it."""
    article = {"name": "a.txt", "text": story(number)}
    try:
        job = _call(f"{address}/briefs", {"articles": [article], "allies": ["USA", "JPN"], "draws": 1, "weeks": 4})
    except (OSError, http.client.HTTPException):
        return None
    return job["result"].rsplit("/", 1)[1], job["id"]


def _followed(address: str, job: str, until: float) -> bool:
    """Follow a job to its end (True), or until a moment or the server's death."""
    while time.monotonic() < until:
        try:
            state = _call(f"{address}/jobs/{job}")["state"]
        except (OSError, http.client.HTTPException):
            return False
        if state not in ("waiting", "running"):
            assert state == "done"
            return True
        time.sleep(PULSE)
    return False


def _lives_still(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()]
    except OSError:  # it died meanwhile
        return []
