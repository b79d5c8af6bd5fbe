"""Every language reads its own sentences, and has words for every concept that a rule may ask for."""

from pathlib import Path

import pytest

from tests.reading.cases import HERE, Row, articles, differences, reading
from ytterby.reading.detect import detect_language
from ytterby.reading.lexicon import languages, read_table
from ytterby.reading.modality import CUES
from ytterby.reading.rules import load_rules

FILES = sorted((HERE / "sentences").glob("*.toml"))
CASES = [pytest.param(path.stem, article, id=f"{path.stem}-{article['name']}") for path in FILES for article in articles(path)]
TYPES = {
    "agreement", "joint_statement", "export_control", "export_control_relief", "tariff", "quota", "investment", "offtake", "order",
    "stockpile", "price_floor", "project_start", "outage", "meeting", "pledge", "sanction", "other_policy",
}  # fmt: skip


@pytest.mark.parametrize(("code", "article"), CASES)
def test_a_sentence_tells_its_events(code: str, article: Row) -> None:
    told = reading(article["text"], article["published"], code)
    assert differences(article, told) == []


@pytest.mark.parametrize(("code", "article"), CASES)
def test_the_language_of_a_sentence_is_told(code: str, article: Row) -> None:
    assert detect_language(article["text"]) == code


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_language_has_sentences_for_every_type_and_for_nothing(path: Path) -> None:
    rows = articles(path)
    assert len(rows) >= 40
    assert {event["type"] for article in rows for event in article["events"]} == TYPES
    assert sum(not article["events"] for article in rows) >= 8


def test_every_language_has_sentences() -> None:
    assert {path.stem for path in FILES} == set(languages())


@pytest.mark.parametrize("code", languages())
def test_a_language_has_words_for_every_concept(code: str) -> None:
    used = {name for rule in load_rules() for names in (*rule.when, rule.without) for name in names if not name.startswith("@")}
    table = read_table(code)["concept"]
    assert sorted(name for name in used | CUES if not table.get(name)) == [], f"{code}.toml lacks words for these concepts"
    assert sorted(set(table) - used - CUES) == [], f"{code}.toml has concepts that no rule asks for"
