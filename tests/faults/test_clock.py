"""A clock that jumps: nothing but a ledger's note of when it was written, and what is due today, ever asks what time it is."""

import ast
import datetime
import os
from pathlib import Path

import pytest

from tests.reading.tellings import keep, telling
from ytterby.reading import store as module
from ytterby.reading.store import open_store
from ytterby.web.desk import Desk
from ytterby.web.inputs import Inputs, Text

SOURCE = Path(__file__).resolve().parents[2] / "src" / "ytterby"
ASK = {"now", "today", "utcnow", "time", "time_ns", "ctime", "localtime", "gmtime"}
MAY = {"cli/ledger.py": {"today"}, "web/ledger.py": {"today"}, "reading/store.py": {"now"}}
"""Due dates are compared with today (or --as-of); an entry bears the time of its writing, which nothing is sorted by."""


def asked(path: Path) -> set[str]:
    """The names by which a file asks the clock of the wall: time.time(), date.today(), datetime.now(), ..."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [call.func for call in calls if isinstance(call.func, ast.Attribute)]
    owners = {"time", "date", "datetime"}
    return {one.attr for one in named if one.attr in ASK and (getattr(one.value, "id", None) or getattr(one.value, "attr", "")) in owners}


def test_only_these_files_ask_what_time_it_is() -> None:
    found = {path.relative_to(SOURCE).as_posix(): asked(path) for path in SOURCE.rglob("*.py")}
    assert {name: names for name, names in found.items() if names} == MAY


def test_a_clock_that_goes_back_changes_no_order_of_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = iter([2030, 1970, 2026, 1999, 2262])

    class Jumping(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> "Jumping":
            return cls(next(hours), 1, 1, tzinfo=tz)

    told = [telling(number, date="2025-10-09") for number in range(4)]
    with open_store(tmp_path / "calm.db", create=True) as store:
        keep(store, *told)
        calm = store.ledger()
    monkeypatch.setattr(module, "datetime", Jumping)
    with open_store(tmp_path / "ledger.db", create=True) as store:
        keep(store, *told)
        assert store.ledger() == calm
        name = told[0][1]["id"]
        store.correct(name, "status", "denied", "the ministry said so")
        entries = store.entries()
        assert [entry.at[:4] for entry in entries] == ["2030", "1970", "2026", "1999", "2262"]
        assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
        assert [version["event"]["status"] for version in store.history(name)][-2:] == ["in_force", "denied"]


def test_files_from_the_future_or_before_the_epoch_hide_no_brief(tmp_path: Path) -> None:
    desk = Desk(folder=tmp_path)
    names = [desk.keep(Inputs((Text("a.txt", f"Story {number}."),))) for number in range(3)]
    for name, moment in zip(names, (4_000_000_000, -5, 0), strict=True):
        os.utime(tmp_path / "briefs" / f"{name}.json", (moment, moment))
    assert [title for _, title in desk.known()] == ["Story 0.", "Story 2.", "Story 1."]
