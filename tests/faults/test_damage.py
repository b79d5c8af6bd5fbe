"""What is damaged on the disk is found: made again from what it came from, or refused in one line that says what to do."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.dynamics.test_stream import DRAWS, files, go
from tests.faults.test_kills import story
from tests.faults.warm import Job, Warm
from tests.reading.tellings import keep, telling
from ytterby.core.world import load_world
from ytterby.errors import InputError
from ytterby.reading.store import Ledger, open_store
from ytterby.reading.store_log import FRAME, HEAD, adds_up
from ytterby.web.app import Site, create_app
from ytterby.web.desk import Desk
from ytterby.web.inputs import Inputs, Text

PAGE = 4096
STEP = FRAME.size + PAGE


def told_by(path: Path) -> Ledger | None:
    """What a ledger says; nothing if it is refused, in one line."""
    try:
        with open_store(path) as store:
            return store.ledger()
    except InputError as error:
        message = str(error)
    assert "\n" not in message
    assert path.name in message
    return None


def flipped(content: bytes, at: int, bit: int = 0) -> bytes:
    return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger as a kill leaves it: the last additions stand in its log alone."""
    folder = tmp_path_factory.mktemp("left")
    with open_store(folder / "open.db", create=True) as store:
        keep(store, *(telling(number, date="2025-10-09", materials=["gallium"]) for number in range(20)))
        for ending in ("", "-wal"):
            shutil.copy(folder / f"open.db{ending}", folder / f"ledger.db{ending}")
    return folder


def copied(left: Path, place: Path, log: Callable[[bytes], bytes]) -> Path:
    """A copy of the ledger with a changed log."""
    shutil.copy(left / "ledger.db", place)
    (place / "ledger.db-wal").write_bytes(log((left / "ledger.db-wal").read_bytes()))
    return place / "ledger.db"


def test_a_log_that_a_kill_left_tells_everything(left: Path, tmp_path: Path) -> None:
    ledger = told_by(copied(left, tmp_path, lambda log: log))
    assert ledger is not None
    assert sum(len(event["sources"]) for event in ledger.events) == 20


def test_a_damaged_log_is_refused_and_left_as_it_is(left: Path, tmp_path: Path) -> None:
    log = (left / "ledger.db-wal").read_bytes()
    dice = random.Random(5)
    frames = range(HEAD.size, len(log) - STEP, STEP)
    assert len(frames) > 20
    places = [*range(HEAD.size), *(at + dice.randrange(STEP) for at in frames)]
    changed = [flipped(log, at, dice.randrange(8)) for at in places]
    for content in [dice.randbytes(len(log)), bytes(len(log)), log[1:], log[: 9 * STEP] + log[10 * STEP :], *changed]:
        path = copied(left, tmp_path, lambda _, content=content: content)  # type: ignore[misc]
        assert told_by(path) is None
        assert (tmp_path / "ledger.db-wal").read_bytes() == content


def test_a_log_cut_by_a_kill_tells_what_was_committed_before(left: Path, tmp_path: Path) -> None:
    known = 0
    for size in range(0, (left / "ledger.db-wal").stat().st_size, 3 * STEP // 2):
        path = copied(left, tmp_path, lambda log, size=size: log[:size])  # type: ignore[misc]
        assert adds_up((tmp_path / "ledger.db-wal").read_bytes())
        if size > 12 * STEP:  # the tables are there
            ledger = told_by(path)
            assert ledger is not None
            count = sum(len(event["sources"]) for event in ledger.events)
            assert count >= known
            known = count
    assert known > 10


def test_a_log_that_was_begun_anew_before_its_old_end_adds_up(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with open_store(path, create=True) as store, open_store(path) as other:
        keep(store, *(telling(number) for number in range(300)))  # beyond the thousand pages after which a log begins anew
        assert adds_up((tmp_path / "ledger.db-wal").read_bytes())
        assert len(other.entries()) == 300
        with open_store(path) as third:
            assert len(third.entries()) == 300


def test_one_changed_bit_anywhere_is_found_or_changes_nothing(tmp_path: Path) -> None:
    path, dice = tmp_path / "ledger.db", random.Random(3)
    with open_store(path, create=True) as store:
        keep(store, *(telling(number, date="2025-10-09", materials=["gallium"]) for number in range(60)))
    sound, content, refused = told_by(path), path.read_bytes(), 0
    for number in range(300):
        at = dice.randrange(len(content) if number % 3 else 2 * PAGE)
        path.write_bytes(flipped(content, at, dice.randrange(8)))
        ledger = told_by(path)
        assert ledger in (None, sound), f"byte {at}"
        refused += ledger is None
        for beside in tmp_path.glob("ledger.db-*"):
            beside.unlink()
    assert refused > 50


# Runs in a folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stream") / "whole"
    go(folder)
    return folder


@pytest.mark.parametrize("damage", ["empty", "cut", "bit", "seal", "other"])
def test_a_damaged_part_of_a_run_is_run_again(whole: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "run"
    shutil.copytree(whole, folder)
    part = folder / "draws" / "000001.parquet"
    content = part.read_bytes()
    hurt = {
        "empty": b"",
        "cut": content[: len(content) // 2],
        "bit": flipped(content, len(content) // 3),
        "seal": flipped(content, content.rindex(b"ytterby_sha256") + 20),
        "other": (folder / "stops.parquet").read_bytes()[:-8] + b"garbage!",
    }
    part.write_bytes(hurt[damage])
    (folder / "draws" / ".000002.parquet.0f0f0f0f.partial").write_bytes(b"left by a kill")
    told: list[tuple[int, int]] = []
    go(folder, progress=lambda now, total: told.append((now, total)))
    assert told[-1] == (DRAWS, DRAWS)
    assert files(folder) == files(whole)


def test_a_run_whose_description_is_damaged_is_refused(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "run")
    (tmp_path / "run" / "run.json").write_bytes(b"\xff\x00garbage")
    with pytest.raises(InputError, match="another run"):
        go(tmp_path / "run")


# Tables and lines


def test_a_cut_line_of_events_is_named(tmp_path: Path, warm: Warm) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(story(number), encoding="utf-8")
    assert warm.run(Job(str(tmp_path), ("read", "0.txt", "1.txt", "2.txt", "--out", "events.jsonl"))).code == 0
    content = (tmp_path / "events.jsonl").read_bytes()
    (tmp_path / "events.jsonl").write_bytes(content[:-40])
    assert warm.run(Job(str(tmp_path), ("measure", "under_control", "--ledger", "events.jsonl", "--draws", "0"))).code == 2
    told = (tmp_path / "err").read_text(encoding="utf-8")
    assert told == "ytterby: error: not JSON; events.jsonl:3; one event a line, as 'ytterby read' writes them\n"


@pytest.mark.parametrize("damage", ["cut", "bit", "text"])
def test_a_damaged_table_of_a_world_is_named(tmp_path: Path, damage: str) -> None:
    load_world().save(tmp_path / "world")
    path = tmp_path / "world" / "trade.parquet"
    content = path.read_bytes()
    path.write_bytes({"cut": content[:-1000], "bit": flipped(content, len(content) - 4), "text": b"year,product\n"}[damage])
    with pytest.raises(InputError, match=r"trade\.parquet") as caught:
        load_world(tmp_path / "world")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", [b"", b'{"articles": [', b"[]", b'{"articles": [{"name": 1}]}', b"\xff\xfe", b"[" * 9999])
def test_a_damaged_brief_of_the_server_hides_no_other_and_is_written_anew(tmp_path: Path, damage: bytes) -> None:
    app = create_app(Site(data=tmp_path))
    desk: Desk = app.state.desk
    asked = [Inputs((Text("a.txt", story(number)),)) for number in range(2)]
    names = [desk.keep(inputs) for inputs in asked]
    path = tmp_path / "briefs" / f"{names[0]}.json"
    sound = path.read_bytes()
    path.write_bytes(damage)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert {one["id"] for one in client.get("/api/v1/briefs").json()} == set(names)
        told = client.post(f"/api/v1/briefs/{names[0]}", json={})
        assert (told.status_code, told.json()["error"]["what"]) == (422, "the file of a brief is damaged")
    desk.keep(asked[0])
    assert path.read_bytes() == sound
