"""The ledger store: history, corrections, and a file that survives kills, rivals and damage."""

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.reading.cases import ROOT
from tests.reading.tellings import SETS, Told, events, keep, telling
from ytterby.errors import InputError
from ytterby.reading.article import load_articles
from ytterby.reading.reader import read_article
from ytterby.reading.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "ledger.db", create=True) as opened:
        yield opened


@given(SETS)
@settings(max_examples=25)
def test_reading_again_changes_nothing_and_history_only_grows(tmp_path_factory: pytest.TempPathFactory, told: list[Told]) -> None:
    with open_store(tmp_path_factory.mktemp("law") / "ledger.db", create=True) as store:
        before: dict[str, list[Any]] = {}
        for article, record in told:
            assert store.append(article, [record])
            for name, versions in before.items():
                assert store.history(name)[: len(versions)] == versions
            before[record["id"]] = store.history(record["id"])
        ledger = store.ledger()
        assert ledger.events == events(*told)
        for article, record in told:
            assert not store.append(article, [record])
        assert store.ledger() == ledger
        for event in ledger.events:
            assert store.history(event["id"])[-1]["event"] == event


def test_what_one_article_tells_apart_stays_apart(store: Store) -> None:
    article, record = telling("a", date="2025-10-09")
    store.append(article, [record, {**record, "id": "another"}])
    assert len(store.ledger().events) == 2


def test_articles_of_two_languages_tell_one_ledger(store: Store) -> None:
    for article in load_articles([ROOT / "examples"]):
        store.append(article, read_article(article).events)
    ledger = store.ledger()
    assert len(ledger.events) == 7
    assert all({source["document"]["language"] for source in event["sources"]} == {"de", "en"} for event in ledger.events)


def test_a_record_that_the_text_does_not_bear_out_is_refused(store: Store) -> None:
    article, record = telling("a")
    for changed in ({"evidence": "China did not."}, {"start": 3}, {"actors": [{**record["actors"][0], "name": "Japan"}]}):
        with pytest.raises(InputError, match="does not bear out"):
            store.append(article, [{**record, **changed}])
    assert store.entries() == []


def test_the_text_is_kept_and_bears_out_every_offset(store: Store) -> None:
    keep(store, telling("a"), telling("b", date="2025-10-09"))
    documents = store.documents()
    sources = [source for event in store.ledger().events for source in event["sources"]]
    assert len(sources) == 2
    for source in sources:
        assert documents[source["document"]["sha256"]]["text"][source["start"] : source["end"]] == source["evidence"]


def test_a_correction_keeps_what_was_said_before(store: Store) -> None:
    article, record = telling("a", date="2025-10-09")
    keep(store, (article, record), telling("b", date="2025-10-09"))
    store.correct(record["id"][:6], "status", "denied", "the ministry said so")
    store.correct(record["id"], "date", "2025-10-08", "a misprint")
    (event,) = store.ledger().events
    assert (event["status"], event["date"], event["date_source"]) == ("denied", "2025-10-08", "correction")
    assert [(c["slot"], c["before"], c["value"], c["why"]) for c in event["corrections"]] == [
        ("status", "in_force", "denied", "the ministry said so"),
        ("date", "2025-10-09", "2025-10-08", "a misprint"),
    ]
    assert [version["event"]["status"] for version in store.history(record["id"])] == ["in_force", "in_force", "denied", "denied"]


def test_decisions_by_hand_put_together_take_apart_and_leave_out(store: Store) -> None:
    told = [telling("a", date="2025-10-09"), telling("b", date="2025-10-08"), telling("c", date="2025-10-09")]
    keep(store, *told)
    first, second, third = (record["id"] for _, record in told)
    assert len(store.ledger().events) == 2
    store.correct(second, "same_as", first, "one decree, two days")
    assert len(store.ledger().events) == 1
    store.correct(third, "alone", "yes", "another decree")
    assert sorted(len(event["sources"]) for event in store.ledger().events) == [1, 2]
    store.correct(third, "drop", "yes", "a hoax")
    assert [len(event["sources"]) for event in store.ledger().events] == [2]
    assert store.history(third)[-1]["event"] is None


@pytest.mark.parametrize(
    ("slot", "value", "why", "says"),
    [
        ("status", "over", "x", "'over' is no status"),
        ("type", "war", "x", "'war' is no type"),
        ("date", "soon", "x", "'soon' is no date"),
        ("date", "2025-13", "x", "is no date"),
        ("colour", "red", "x", "no slot 'colour'"),
        ("actors", "CHN", "x", "no actor with a role"),
        ("status", "denied", " ", "no reason given"),
        ("same_as", "ffffffff", "x", "no event"),
    ],
)
def test_a_bad_correction_is_refused(store: Store, slot: str, value: str, why: str, says: str) -> None:
    keep(store, told := telling("a"))
    with pytest.raises(InputError, match=says):
        store.correct(told[1]["id"], slot, value, why)
    assert len(store.entries()) == 1


def test_a_better_reading_replaces_a_former_one_that_stays_in_the_history(store: Store) -> None:
    article, record = telling("a")
    keep(store, (article, record))
    better = {**record, "materials": ["gallium"]}
    assert not store.append(article, [better])
    assert store.append(article, [better], anew=True)
    assert not store.append(article, [better], anew=True)
    assert store.ledger().events[0]["materials"] == ["gallium"]
    assert [version["event"]["materials"] for version in store.history(record["id"])] == [["rare_earths"], ["gallium"]]


def test_as_of_a_day_only_what_was_published_counts(store: Store) -> None:
    keep(store, telling("a", "2025-10-10"), telling("b", "2025-12-10"), telling("c", None), telling("d", "2025-10"))
    assert {e["article"] for e in store.ledger(date(2025, 10, 30)).events} == {"a"}
    assert len([source for e in store.ledger(date(2025, 10, 31)).events for source in e["sources"]]) == 2
    assert len([source for e in store.ledger().events for source in e["sources"]]) == 4


def writer(path: Path, first: int, last: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.reading.tellings", str(path), str(first), str(last)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_killed_writer_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    path, chance, done = tmp_path / "ledger.db", random.Random(7), set[int]()
    for kill in range(24):
        with writer(path, kill * 100_000, kill * 100_000 + 100_000) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            if kill % 4:  # every fourth is killed as it starts
                done |= {int(process.stdout.readline()) for _ in range(1 + kill % 3)}
            time.sleep(chance.random() * (0.1 if kill % 4 else 0.5))  # to meet it anywhere in its work
            process.kill()
            # Not communicate: it would miss what readline has taken from the pipe and not yet given.
            done |= {int(line) for line in process.stdout}
            assert process.stderr.read() == ""
        assert process.returncode == -9
    with open_store(path) as store:
        kept = {int(document["stem"]) for document in store.documents().values()}
        assert len(done) >= 36
        assert done <= kept
        assert len(kept) <= len(done) + 24  # at most one commit a kill was not yet reported
        assert sum(len(event["sources"]) for event in store.ledger().events) == len(kept)


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    writers = [writer(path, first, first + 40) for first in (0, 1000, 2000)]
    for process in writers:
        out, error = process.communicate(timeout=600)
        assert (process.returncode, error, len(out.splitlines())) == (0, "", 40)
    with open_store(path) as store:
        assert len(store.documents()) == len(store.entries()) == 120
        assert [entry.seq for entry in store.entries()] == list(range(1, 121))


def test_two_programs_that_read_the_same_article_keep_it_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    for process in [writer(path, 0, 30), writer(path, 0, 30)]:
        assert process.communicate(timeout=600)[1] == ""
    with open_store(path) as store:
        assert len(store.entries()) == 30


def sound(path: Path) -> None:
    with open_store(path, create=True) as store:
        keep(store, *(telling(number, date="2025-10-09", materials=["gallium"]) for number in range(60)))


@pytest.mark.parametrize("damage", ["head", "middle", "cut", "evidence", "story", "body"])
def test_a_damaged_file_is_refused_with_advice(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "ledger.db"
    sound(path)
    content = bytearray(path.read_bytes())
    letters = {"evidence": (b"as 17 writes", b"as 99 writes"), "story": (b"Story 17.", b"Story 99."), "body": (b"a test", b"a pest")}
    if damage == "head":
        content[:16] = b"garbage in front"
    elif damage == "middle":
        content[4096:12288] = random.Random(1).randbytes(8192)
    elif damage == "cut":
        del content[len(content) // 2 :]
    else:
        before, after = letters[damage]
        at = content.index(before)
        content[at : at + len(after)] = after
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"\.recover") as caught, open_store(path) as store:
        store.ledger()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_entries_and_documents_cannot_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    sound(path)
    with closing(sqlite3.connect(path)) as connection:
        for statement in (
            "DELETE FROM entries",
            "UPDATE entries SET body = '[]'",
            "DELETE FROM documents",
            "UPDATE documents SET text = ''",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                connection.execute(statement)


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such ledger"), open_store(tmp_path / "absent.db"):
        pass
    with pytest.raises(InputError, match="no such ledger"), open_store(tmp_path, create=True):
        pass
    with pytest.raises(InputError, match="cannot use the ledger"), open_store(tmp_path / "no" / "folder.db", create=True):
        pass
    (tmp_path / "text.db").write_text("not a database, but long enough to look at")
    with pytest.raises(InputError, match="no sound ledger"), open_store(tmp_path / "text.db", create=True):
        pass
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(InputError, match="no ledger of ytterby"), open_store(tmp_path / "other.db", create=True):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.db", "text.db"]


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    sound(tmp_path / "ledger.db")
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(InputError, match="version 99"), open_store(tmp_path / "ledger.db"):
        pass


def test_who_waits_too_long_for_another_program_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    sound(path)
    monkeypatch.setattr("ytterby.reading.store_file.PATIENCE", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as rival, open_store(path) as store:
        rival.execute("BEGIN IMMEDIATE")
        assert len(store.ledger().events) == 1  # readers do not wait
        with pytest.raises(InputError, match=r"locked.*wait"):
            keep(store, telling("late"))
        rival.execute("ROLLBACK")
        keep(store, telling("late"))
