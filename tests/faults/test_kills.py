"""kill -9 at 208 moments drawn by lot: whoever looks afterwards finds the former file or a whole one, nothing that was committed is lost,
and what is gone on with ends in the same bytes."""

import datetime
import json
import pickle
from functools import partial
from pathlib import Path

import pytest

from tests.faults.lives import Lane, campaign
from tests.faults.warm import Job
from ytterby import pipeline
from ytterby.reading.store import Entry, open_store

CONTROL = """[scenario]
name = "control"
start = 2025-04-04
[[shock]]
kind = "licence"
actor = "CHN"
products = ["gallium_refined"]
start = 2025-04-04
weeks = [20, 40, 60]
share = [0.8, 0.9, 1.0]
delay_days = 120
denied = 0.5
"""
BATCH = 8
FIRST = datetime.date(2025, 1, 1)


def story(number: int) -> str:
    """An article that tells one event; each number another."""
    day = FIRST + datetime.timedelta(number % 300)
    words = f"China has banned exports of gallium to Japan. It is notice number {number} of the ministry."
    return f"Beijing, {day:%d %B %Y} - {words}\n"


def visible(folder: Path) -> dict[str, bytes]:
    """The files that a reader of a folder sees."""
    paths = [path for path in folder.rglob("*") if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths) if path.is_file()}


# read, with a ledger and a file


def test_read_keeps_every_event_that_was_committed(tmp_path: Path) -> None:
    campaign(tmp_path, 64, _read, seed=1)


def _read(lane: Lane, kills: int) -> None:
    lane.unharmed(_batch(lane.place, 0))
    last, former = 1, list[Entry]()
    while lane.killed < kills:
        before = (lane.place / "events.jsonl").read_bytes()
        lane.harmed(_batch(lane.place, last))
        told = (lane.place / "events.jsonl").read_bytes()
        numbers = [str(number) for number in range(last * BATCH, (last + 1) * BATCH)]
        assert told == before or [json.loads(line)["article"] for line in told.splitlines()] == numbers
        former = _grown(lane.place, former)
        last += 1
    # Going on: all articles once more; each is there once, and the ledger says what one says that nobody killed.
    everything = sorted((lane.place).glob("*.txt"), key=lambda path: int(path.stem))
    words = ("read", *(path.name for path in everything), "--quiet", "--out", "events.jsonl", "--store")
    lane.unharmed(Job(str(lane.place), (*words, "ledger.db")))
    lane.unharmed(Job(str(lane.place), (*words, "fresh.db")))
    with open_store(lane.place / "ledger.db") as mended, open_store(lane.place / "fresh.db") as fresh:
        assert len(mended.entries()) == len(everything)
        assert mended.documents() == fresh.documents()
        assert mended.ledger() == fresh.ledger()


def _batch(place: Path, number: int) -> Job:
    """Read the next articles into the ledger and a file."""
    names = [f"{one}.txt" for one in range(number * BATCH, (number + 1) * BATCH)]
    for name in names:
        (place / name).write_text(story(int(name.removesuffix(".txt"))), encoding="utf-8")
    words = ("read", *names, "--store", "ledger.db", "--out", "events.jsonl", "--quiet")
    return Job(str(place), words, acks=str(place / "acks"))


def _grown(place: Path, former: list[Entry]) -> list[Entry]:
    """The entries of a ledger that is sound, holds what it held before, and all that it said it has kept."""
    with open_store(place / "ledger.db") as store:
        entries = store.entries()
        assert len(store.ledger().events) > 0
        documents = store.documents()
    assert entries[: len(former)] == former
    assert set((place / "acks").read_text().splitlines()) <= set(documents)
    return entries


# stress, into a folder and into a file


def test_stress_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    campaign(tmp_path, 40, _stress, seed=2)


def _stress(lane: Lane, kills: int) -> None:
    (lane.place / "control.toml").write_text(CONTROL, encoding="utf-8")

    def job(folder: str) -> Job:
        return Job(str(lane.place), ("stress", "control.toml", "--weeks", "20", "--draws", "300", "--out", folder, "--quiet"))

    lane.unharmed(job("whole"))
    whole, round_ = visible(lane.place / "whole"), 0
    assert len(whole) == 7
    while lane.killed < kills:
        folder = lane.place / f"run{round_}"
        if not lane.harmed(job(folder.name)):
            round_ += 1
        found = visible(folder) if folder.exists() else {}
        assert found.items() <= whole.items()
        if lane.killed % 4 == 0:
            lane.warm.run(job(folder.name))
            assert visible(folder) == whole
            assert [path.name for path in (folder / "draws").iterdir() if path.name.startswith(".")] == []
            round_ += 1


def test_stress_and_plan_leave_the_former_table_or_the_new_one(tmp_path: Path) -> None:
    campaign(tmp_path, 40, _tables, seed=3)


def _tables(lane: Lane, kills: int) -> None:
    (lane.place / "control.toml").write_text(CONTROL, encoding="utf-8")
    stress = ("stress", "control.toml", "--weeks", "30", "--draws", "2", "--out", "outcome.csv", "--quiet")
    plan = ("plan", "control.toml", "--allies", "USA,JPN", "--out", "plan.csv", "--quiet")
    for words, name in ((stress, "outcome.csv"), (plan, "plan.csv")):
        job, out = Job(str(lane.place), words), lane.place / name
        lane.unharmed(job)
        whole, wanted = out.read_bytes(), lane.killed + kills // 2
        out.unlink()
        while lane.killed < wanted:
            lane.harmed(job)
            found = out.read_bytes() if out.exists() else None
            assert found in (None, b"former", whole)
            out.write_bytes(b"former")
        lane.unharmed(job)
        assert out.read_bytes() == whole


# brief


def test_brief_leaves_the_former_brief_or_a_whole_one(tmp_path: Path) -> None:
    campaign(tmp_path, 12, _brief, seed=4)


def _brief(lane: Lane, kills: int) -> None:
    (lane.place / "ban.txt").write_text(story(1), encoding="utf-8")
    words = ("brief", "ban.txt", "--allies", "USA,JPN", "--draws", "2", "--weeks", "10", "--out", "brief", "--overwrite", "--quiet")
    job = Job(str(lane.place), words)
    lane.unharmed(job)
    whole = visible(lane.place / "brief")
    while lane.killed < kills:
        lane.harmed(job, moments=True)  # steps come at its end: see below
        assert _former_or_whole(lane.place / "brief") == whole


@pytest.fixture(scope="module")
def pickled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A brief that needs but be written."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "ban.txt").write_text(story(1), encoding="utf-8")
    made = pipeline.brief([folder / "ban.txt"], allies=("USA", "JPN"), draws=2, weeks=10)
    (folder / "brief.pickle").write_bytes(pickle.dumps(made))
    return folder / "brief.pickle"


def test_writing_a_brief_leaves_the_former_brief_or_a_whole_one(pickled: Path, tmp_path: Path) -> None:
    campaign(tmp_path, 40, partial(_save, pickled), seed=5)


def _save(pickled: Path, lane: Lane, kills: int) -> None:
    job, folder = Job(str(lane.place), save=(str(pickled), "brief")), lane.place / "brief"
    lane.unharmed(job)
    whole = visible(folder)
    while lane.killed < kills:
        (folder / "ledger.jsonl").write_text("former\n", encoding="utf-8")
        lane.harmed(job)
        assert _former_or_whole(folder) in (whole, whole | {"ledger.jsonl": b"former\n"})


def _former_or_whole(folder: Path) -> dict[str, bytes]:
    """What stands in a brief's folder; where a kill fell between two renames, after the mending that the next run begins with."""
    if not folder.exists():
        pipeline.check_folder(folder, overwrite=True)
    return visible(folder)
