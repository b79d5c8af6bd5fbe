"""The seed article: its seven events, its context facts, and what must not happen in it. The text itself stays outside the repository."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reading.cases import Row, shared
from ytterby.reading.article import Article, load_articles
from ytterby.reading.ledger import commitments, to_jsonl
from ytterby.reading.reader import Reading, read_article


@pytest.fixture(scope="module")
def article() -> Article:
    found = sorted(shared("seeds").glob("*.txt"))
    assert len(found) == 1
    return load_articles(found)[0]


@pytest.fixture(scope="module")
def told(article: Article) -> Reading:
    return read_article(article)


def of(told: Reading, kind: str) -> list[Row]:
    return [event for event in told.events + told.context if event["type"] == kind]


def ids(event: Row) -> dict[str, str]:
    return {actor["id"]: actor["role"] for actor in event["actors"]}


def test_the_gold_is_met_in_full(told: Reading, tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    gold.mkdir()
    name = "de-seed-usjp.json"
    (gold / name).write_text(shared("articles", "gold", name).read_text(encoding="utf-8"), encoding="utf-8")
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text(to_jsonl({**event, "article": "de-seed-usjp"} for event in told.events), encoding="utf-8")
    words = [sys.executable, shared("articles", "score.py"), ledger, "--gold", gold, "--articles", shared("articles", "dev")]
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=True)
    rows = dict(line.split(maxsplit=1) for line in done.stdout.splitlines()[:4])
    assert rows["record"] == "P 1.000  R 1.000  F1 1.000"
    assert rows["unfounded"] == "0 of 7"


def test_the_day_of_publication_is_read_from_the_head(article: Article) -> None:
    assert article.stated == "2025-10-28"
    assert article.language == "de"


def test_context_facts_are_kept_apart(told: Reading) -> None:
    assert ids(of(told, "market_dominance")[0]) == {"CHN": "holder"}
    goals = [ids(event) for event in of(told, "policy_goal")]
    assert {"USA": "proposer", "CHN": "target"} in goals
    assert any("Lieferketten" in event["evidence"] for event in of(told, "policy_goal"))
    assert not {"market_dominance", "policy_goal"} & {event["type"] for event in told.events}


def test_photographer_and_agency_are_no_actors(told: Reading) -> None:
    names = json.dumps(told.events + told.context, ensure_ascii=False)
    assert "Schiefelbein" not in names
    assert "AP Photo" not in names


def test_an_ordinal_is_no_quantity_and_no_end_of_a_sentence(told: Reading) -> None:
    pledge = of(told, "pledge")[0]
    assert [(q["value"], q["unit"]) for q in pledge["quantities"]] == [(250.0, "trees")]
    assert sum(len(event["quantities"]) for event in told.events) == 1
    assert all(not event["evidence"].endswith("250.") for event in told.events + told.rejected)


def test_a_caption_tells_no_event(told: Reading) -> None:
    captions = [part for part in told.segments if part.kind == "caption"]
    assert len(captions) == 1
    for event in told.events + told.context:
        assert not (captions[0].start < event["end"] and event["start"] < captions[0].end)


def test_no_word_is_taken_for_a_date(told: Reading) -> None:
    assert {event["date"] for event in told.events} == {"2025-10-28", "2025-10-30", None}
    assert all(event["effective"] is None and event["until"] is None for event in told.events)


def test_apec_is_no_party_and_the_meeting_lies_ahead(told: Reading) -> None:
    ahead = next(event for event in of(told, "meeting") if event["date"] == "2025-10-30")
    assert ids(ahead) == {"USA": "participant", "CHN": "participant", "KOR": "host"}
    assert ahead["status"] == "planned"
    assert not any("APEC" in actor for event in told.events for actor in ids(event))


def test_the_export_control_is_chinas(told: Reading) -> None:
    control = of(told, "export_control")
    assert [ids(event) for event in control] == [{"CHN": "imposer"}]
    assert control[0]["materials"] == ["rare_earths", "rare_earth_magnets"]


def test_the_order_is_a_claim_of_the_other_party(told: Reading) -> None:
    order = of(told, "order")[0]
    assert order["certainty"] == "reported"
    assert ids(order) == {"JPN": "buyer", "USA": "supplier"}
    assert order["date"] is None


def test_open_commitments_have_their_due_date(told: Reading) -> None:
    due = {row["type"]: row["due"] for row in commitments(told.events)}
    assert due["meeting"] == "2025-10-30"
    assert set(due) == {"agreement", "meeting", "order", "pledge"}
