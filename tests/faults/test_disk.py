"""A disk without room, a folder without rights, a path that is none: one line, exit 2, and what stood there before still stands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.test_kills import CONTROL, story, visible
from tests.faults.warm import Job, Warm
from ytterby.reading.store import open_store

STRESS = ("stress", "control.toml", "--weeks", "10", "--quiet")
VERBS: dict[str, tuple[str, ...]] = {
    "read": ("read", "1.txt", "--out", "{}/events.jsonl", "--quiet"),
    "read into a ledger": ("read", *(f"{number}.txt" for number in range(9)), "--store", "{}/ledger.db", "--quiet", "--out", "told"),
    "stress into a file": (*STRESS, "--out", "{}/outcome.csv"),
    "stress into a folder": (*STRESS, "--draws", "9", "--out", "{}/runs"),
    "plan": ("plan", "control.toml", "--allies", "USA", "--out", "{}/plan.csv", "--quiet"),
    "brief": ("brief", "1.txt", "--draws", "1", "--weeks", "4", "--out", "{}/brief", "--quiet"),
    "measure": ("measure", "hhi", "--draws", "0", "--out", "{}/hhi.parquet"),
    "workbook": ("measure", "hhi", "--draws", "0", "--out", "{}/hhi.xlsx"),
    "world": ("world", "import", "mine.csv", "--map", "mine.toml", "--out", "{}/world"),
    "export": ("ledger", "export", "old.db", "--out", "{}/events.parquet"),
}
OWN = {
    "mine.csv": "p,a,y,v\ngallium_refined,CHN,2024,5\n",
    "mine.toml": 'table = "stocks"\n[columns]\nproduct = "p"\nactor = "a"\ndays = "v"\n'
    '[constants]\nholder = "state"\nbasis = "assumed"\nsource = "usgs_mcs2026"\n',
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "control.toml").write_text(CONTROL, encoding="utf-8")
    for number in range(9):
        (tmp_path / f"{number}.txt").write_text(story(number), encoding="utf-8")
    for name, content in OWN.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "target").mkdir()
    return tmp_path


def words(verb: str, where: str = "target") -> tuple[str, ...]:
    return tuple(word.format(where) for word in VERBS[verb])


def one_line(place: Path) -> str:
    told = (place / "err").read_text(encoding="utf-8")
    assert told.startswith("ytterby: error: cannot "), told
    assert told.count("\n") == 1, told
    return told


@pytest.mark.parametrize("verb", VERBS)
def test_no_room(verb: str, place: Path, warm: Warm) -> None:
    if verb == "export":
        assert warm.run(Job(str(place), ("read", "1.txt", "--store", "old.db", "--quiet"))).code == 0
    for limit in (260, 5000):
        if warm.run(Job(str(place), words(verb), limit=limit)).code == 0:
            assert limit == 5000, "some of these are small"
            continue
        told = one_line(place)
        assert "too large" in told or "cannot use the ledger" in told
        assert "make room" in told
        assert not any(path.name.endswith(".partial") for path in place.rglob("*"))
    # What a run or a ledger keeps is whole; it goes on where there is room.
    assert set(visible(place / "target")) <= {"ledger.db", "runs/run.json"} or limit == 5000
    again = words(verb) + (("--overwrite",) if verb == "brief" else ())
    assert warm.run(Job(str(place), again)).code == 0, (place / "err").read_text()


def test_a_ledger_without_room_keeps_what_it_had(place: Path, warm: Warm) -> None:
    one = ("read", "0.txt", "--store", "ledger.db", "--quiet", "--out", "told")
    assert warm.run(Job(str(place), one)).code == 0
    many = ("read", *(f"{number}.txt" for number in range(9)), "--store", "ledger.db", "--quiet", "--out", "told")
    size = (place / "ledger.db").stat().st_size
    codes = {warm.run(Job(str(place), many, limit=limit)).code for limit in (size - 5000, size, size + 3000)}
    assert 2 in codes
    assert codes <= {0, 2}
    with open_store(place / "ledger.db") as store:
        kept = {document["stem"] for document in store.documents().values()}
        assert "0" in kept
        assert store.ledger().events
    assert warm.run(Job(str(place), many)).code == 0
    with open_store(place / "ledger.db") as store:
        assert len(store.entries()) == 9


def test_no_room_leaves_the_former_brief(place: Path, warm: Warm) -> None:
    again = (*words("brief"), "--overwrite")
    assert warm.run(Job(str(place), again)).code == 0
    before = visible(place / "target")
    for limit in (260, 5000, 100_000):
        assert warm.run(Job(str(place), again, limit=limit)).code == 2
        one_line(place)
        assert visible(place / "target") == before
        assert [path.name for path in (place / "target").iterdir()] == ["brief"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_folder_that_may_not_be_written(verb: str, place: Path, warm: Warm) -> None:
    if verb == "export":
        assert warm.run(Job(str(place), ("read", "1.txt", "--store", "old.db", "--quiet"))).code == 0
    (place / "target").chmod(0o555)
    try:
        assert warm.run(Job(str(place), words(verb), low=True)).code == 2
        one_line(place)
        assert list((place / "target").iterdir()) == []
    finally:
        (place / "target").chmod(0o755)


@pytest.mark.parametrize("verb", VERBS)
def test_a_path_that_leads_through_a_file(verb: str, place: Path, warm: Warm) -> None:
    if verb == "export":
        assert warm.run(Job(str(place), ("read", "1.txt", "--store", "old.db", "--quiet"))).code == 0
    before = visible(place)
    assert warm.run(Job(str(place), words(verb, "1.txt"))).code == 2
    told = (place / "err").read_text(encoding="utf-8")
    assert told.startswith("ytterby: error: ")
    assert told.count("\n") == 1
    assert {name: content for name, content in visible(place).items() if name not in ("out", "err")} == {
        name: content for name, content in before.items() if name not in ("out", "err")
    }


def test_a_ledger_in_a_folder_that_may_not_be_written_is_told_in_one_line(place: Path, warm: Warm) -> None:
    assert warm.run(Job(str(place), words("read into a ledger"))).code == 0
    (place / "target").chmod(0o555)
    try:
        for command in (("ledger", "list", "target/ledger.db"), ("read", "0.txt", "--store", "target/ledger.db")):
            if warm.run(Job(str(place), command, low=True)).code:
                one_line(place)
    finally:
        (place / "target").chmod(0o755)
    assert warm.run(Job(str(place), ("ledger", "list", "target/ledger.db"))).code == 0


@pytest.mark.parametrize("command", [("read", "1.txt"), ("world", "show", "trade", "--format", "csv"), ("--version",), ("read", "--help")])
def test_standard_output_without_room(command: tuple[str, ...], place: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "ytterby", *command], cwd=place, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert done.stderr == b"ytterby: error: cannot write: No space left on device; standard output; make room\n"


def test_a_device_is_no_file_and_a_link_is_followed(place: Path, warm: Warm) -> None:
    assert warm.run(Job(str(place), ("read", "1.txt", "--out", os.devnull, "--quiet"))).code == 2
    assert "no file but a device" in (place / "err").read_text()
    assert Path(os.devnull).is_char_device()
    (place / "link.jsonl").symlink_to(place / "target" / "events.jsonl")
    assert warm.run(Job(str(place), ("read", "1.txt", "--out", "link.jsonl", "--quiet"))).code == 0
    assert (place / "link.jsonl").is_symlink()
    assert (place / "target" / "events.jsonl").is_file()
