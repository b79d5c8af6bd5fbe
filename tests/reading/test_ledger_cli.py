"""`ytterby read --store` and `ytterby ledger` as users meet them, and the codes beside our types."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from tests.reading.advice import TRUE, reply, service
from tests.reading.cases import ROOT
from tests.test_shell import run
from ytterby.reading.codes import FILE, codes
from ytterby.reading.events import STATUSES
from ytterby.reading.rules import load_rules
from ytterby.reading.store import open_store

ARTICLES = ROOT / "examples"
# openeventdata/PLOVER, CAMEO2PLOVER-2021.txt, the codes that codes.csv uses: event and mode.
CROSSWALK = {
    **dict.fromkeys(("030", "031", "033", "036", "0311", "0331", "0354"), "AGREE"),
    **{"040": "CONSULT", "042": "CONSULT-visit", "050": "SUPPORT", "057": "SUPPORT", "061": "COOPERATE"},
    **{"085": "RETREAT-ease", "090": "ACCUSE-investigate", "163": "COERCE-restrict", "1312": "THREATEN-restrict"},
}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    (path.parent / "later.txt").write_text(
        "SEOUL, 31. Oktober 2025 - US-Präsident Donald Trump und Chinas Staatschef Xi Jinping haben sich am Donnerstag "
        "in Südkorea getroffen. "
        "China setzt die Exportkontrollen für seltene Erden aus.\n",
        encoding="utf-8",
    )
    done = run("read", ARTICLES, path.parent / "later.txt", "--store", path)
    assert done.returncode == 0, done.stderr
    assert "3 articles added, 0 known already" in done.stderr
    return path


def rows(*words: object) -> list[dict[str, str]]:
    done = run("ledger", *words)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(done.stdout.splitlines()))


def test_reading_again_adds_nothing(ledger: Path) -> None:
    before = run("ledger", "export", ledger).stdout
    done = run("read", ARTICLES, "--store", ledger)
    assert "0 articles added, 2 known already" in done.stderr
    assert len(done.stdout.splitlines()) == 14
    assert run("ledger", "export", ledger).stdout == before


def test_the_list_joins_languages_and_says_what_ends_what(ledger: Path) -> None:
    found = rows("list", ledger)
    assert len(found) == 9
    by_type = {(row["type"], row["status"]): row for row in found}
    control, relief = by_type["export_control", "in_force"], next(row for row in found if row["type"] == "export_control_relief")
    assert (control["actors"], control["materials"], control["sources"]) == ("CHN:imposer", "rare_earths; rare_earth_magnets", "2")
    assert control["links"] == f"relieved by {relief['event']} (in part)"
    planned = by_type["meeting", "planned"]
    assert planned["links"].startswith("done by ")


def test_filters_choose(ledger: Path) -> None:
    assert {row["type"] for row in rows("list", ledger, "--actor", "CHN")} == {"export_control", "export_control_relief", "meeting"}
    assert all("rare_earth" in row["materials"] for row in rows("list", ledger, "--material", "rare_earths"))
    assert len(rows("list", ledger, "--material", "critical_minerals")) == 3
    assert [row["date"] for row in rows("list", ledger, "--type", "meeting", "--since", "2025-10-29")] == ["2025-10-30"] * 2
    assert rows("list", ledger, "--until", "2024-12-31") == []
    assert len(rows("list", ledger, "--as-of", "2025-10-28")) == 7
    assert {row["status"] for row in rows("list", ledger, "--status", "planned")} == {"planned"}


def test_commitments_stand_as_of_a_day(ledger: Path) -> None:
    states = {row["type"]: row["state"] for row in rows("list", ledger, "--commitments", "--as-of", "2025-10-30")}
    assert states == {"meeting": "open", "pledge": "open", "agreement": "open", "order": "open"}
    later = {row["type"]: (row["due"], row["state"]) for row in rows("list", ledger, "--commitments", "--as-of", "2027-01-01")}
    assert later["meeting"] == ("2025-10-30", "done")
    assert later["pledge"] == ("2026", "overdue")


def test_the_timeline_runs_by_the_day(ledger: Path) -> None:
    found = rows("timeline", ledger, "--as-of", "2025-12-01")
    assert [row["day"] for row in found] == sorted(row["day"] for row in found)
    due = [(row["day"], row["note"][:4]) for row in found if row["what"] == "due"]
    assert due == [("2025-10-30", "done"), ("2026", "open")]


def test_an_event_is_shown_with_its_sources_and_history(ledger: Path) -> None:
    name = rows("list", ledger, "--type", "pledge")[0]["event"]
    told = json.loads(run("ledger", "show", ledger, name[:6]).stdout)
    assert {source["document"]["language"] for source in told["event"]["sources"]} == {"de", "en"}
    assert len(told["history"]) == 2
    assert told["event"]["codes"] == {"cameo": "033", "plover": "AGREE", "gta": None, "fit": "exact"}


def test_exports_hold_the_same_events(ledger: Path, tmp_path: Path) -> None:
    for suffix in ("jsonl", "csv", "parquet"):
        assert run("ledger", "export", ledger, "--out", tmp_path / f"e.{suffix}").returncode == 0
    lines = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text(encoding="utf-8").splitlines()]
    flat, parquet = pl.read_csv(tmp_path / "e.csv", infer_schema=False), pl.read_parquet(tmp_path / "e.parquet")
    assert [event["id"] for event in lines] == flat["event"].to_list() == parquet["event"].to_list()
    assert flat["cameo"].to_list() == parquet["cameo"].to_list() == [event["codes"]["cameo"] for event in lines]
    assert flat["evidence"].to_list() == [event["evidence"] for event in lines]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.csv", "e.jsonl", "e.parquet"]
    assert run("ledger", "export", ledger, "--format", "csv").stdout == (tmp_path / "e.csv").read_text(encoding="utf-8")


def test_a_correction_by_hand_is_named_wherever_it_is_shown(ledger: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(ledger.read_bytes())
    name = rows("list", copy, "--type", "order")[0]["event"]
    assert run("ledger", "correct", copy, name, "status=denied", "--why", "a hoax").returncode == 0
    assert rows("list", copy, "--type", "order")[0]["status"] == "denied"
    assert next(row for row in rows("export", copy, "--format", "csv") if row["event"] == name)["corrected"] == "status"
    told = json.loads(run("ledger", "show", copy, name).stdout)
    assert told["event"]["corrections"] == [{"slot": "status", "before": "completed", "value": "denied", "why": "a hoax"}]
    assert [version["event"]["status"] for version in told["history"]][-2:] == ["completed", "denied"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["list", "absent.db"], "no such ledger; absent.db"),
        (["list", "LEDGER", "--actor", "CHX"], "did you mean CHN?"),
        (["list", "LEDGER", "--material", "rare_eart"], "did you mean rare_earths?"),
        (["list", "LEDGER", "--since", "soon"], "'soon' is no date; --since"),
        (["show", "LEDGER", "ffffffff"], "no event 'ffffffff'"),
        (["export", "LEDGER", "--out", "events.xlsx"], "no format '.xlsx'"),
        (["export", "LEDGER", "--out", "absent/events.parquet"], "cannot write"),
        (["correct", "LEDGER", "ffffffff", "denied", "--why", "x"], "write SLOT=VALUE"),
    ],
)
def test_bad_usage_is_one_line(ledger: Path, tmp_path: Path, words: list[str], says: str) -> None:
    done = run("ledger", *[ledger if word == "LEDGER" else word for word in words], cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("ytterby: error: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_bad_article_leaves_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    done = run("read", ARTICLES / "usa-japan-2025-10-28.de.txt", "empty.txt", "--store", "ledger.db", cwd=tmp_path)
    assert done.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["empty.txt"]


def test_explain_gives_cues_and_reasons_as_json_lines() -> None:
    done = run("read", ARTICLES / "usa-japan-2025-10-28.en.txt", "--explain")
    text = (ARTICLES / "usa-japan-2025-10-28.en.txt").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    told = {line["event"]: line for line in lines if "event" in line}
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {event["id"] for event in events} <= told.keys()
    assert all(text[cue["start"] : cue["end"]] == cue["quote"] for line in lines for cue in line["cues"])
    assert all(line["cues"] and line["reason"] for line in lines if "event" not in line)
    for event in events:
        line = told[event["id"]]
        assert line["rule"] == event["rule"]
        assert line["status"].startswith(event["status"])
        inherited = [actor for actor in event["actors"] if (actor["via"] or "").startswith("inherited")]
        assert len(line["inherited"]) >= len(inherited)


def test_nothing_is_sent_unless_asked_and_a_service_that_fails_is_a_warning(tmp_path: Path) -> None:
    article = ARTICLES / "usa-japan-2025-10-28.en.txt"
    alone = run("read", article)
    with service(reply({"events": [TRUE]})) as (url, seen):
        assert run("read", article, "--store", tmp_path / "a.db").stdout == alone.stdout
        assert seen == []
        advised = run("read", article, "--llm", url, "--llm-model", "tiny", "--quiet")
        assert [request["model"] for request in seen] == ["tiny"]
    assert advised.stdout == alone.stdout
    assert "a hint of the language model was rejected" in advised.stderr
    gone = run("read", article, "--llm", url, "--quiet")
    assert (gone.returncode, gone.stdout) == (0, alone.stdout)
    assert "the rules go on alone" in gone.stderr
    assert run("read", article, "--llm", "nowhere").returncode == 2


def test_a_ledger_in_a_folder_is_not_read_as_an_article(ledger: Path) -> None:
    assert len(run("read", ledger.parent).stdout.splitlines()) == 2


def test_every_type_and_status_has_a_row_of_codes() -> None:
    with FILE.open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))
    kinds = {rule.type for rule in load_rules() if not rule.context}
    named = {rule.name for rule in load_rules()} | {"*"}
    assert {row["type"] for row in table} == kinds | {"*"}
    assert {row["rule"] for row in table} <= named, "a rule of codes.csv is gone from events.toml"
    for row in table:
        assert row["status"] in (*STATUSES, "*")
        assert row["plover"] == CROSSWALK.get(row["cameo"], ""), row
        assert bool(row["cameo"] or row["gta"]) == bool(row["fit"])
        assert row["fit"] or row["note"]
    assert len({(row["type"], row["status"], row["rule"]) for row in table}) == len(table)


@pytest.mark.parametrize(
    ("slots", "gta"),
    [
        ({"type": "export_control", "status": "in_force", "rule": "export_control.ban"}, "Export ban"),
        ({"type": "export_control", "status": "planned", "rule": "export_control.ban"}, None),
        ({"type": "tariff", "status": "announced", "rule": "tariff.changed"}, "Import tariff"),
        ({"type": "price_floor", "status": "announced", "rule": "x", "actors": [{"id": "org:mp-materials"}]}, None),
        ({"type": "price_floor", "status": "announced", "rule": "x", "actors": [{"id": "USA"}]}, "Price stabilisation"),
    ],
)
def test_a_measure_has_its_intervention_type(slots: dict[str, object], gta: str | None) -> None:
    assert codes(slots)["gta"] == gta


def test_the_store_and_the_command_line_agree(ledger: Path) -> None:
    with open_store(ledger) as store:
        assert [event["id"] for event in store.ledger().events] == [row["event"] for row in rows("list", ledger)]
