"""The two examples tell the same story in two languages, so they give the same ledger."""

from tests.reading.cases import ROOT, Row, summary
from ytterby.reading.article import load_articles
from ytterby.reading.reader import read_article

TYPES = ["agreement", "export_control", "joint_statement", "meeting", "meeting", "order", "pledge"]


def ledger(code: str) -> list[Row]:
    article = load_articles([ROOT / "examples" / f"usa-japan-2025-10-28.{code}.txt"])[0]
    assert article.language == code
    return read_article(article).events


def facts(events: list[Row]) -> list[tuple[object, ...]]:
    slots = ("type", "status", "certainty", "actors", "materials", "date", "quantities")
    return sorted((tuple(str(summary(event)[slot]) for slot in slots) for event in events), key=str)


def test_both_examples_tell_seven_events() -> None:
    assert sorted(event["type"] for event in ledger("de")) == TYPES


def test_german_and_english_give_the_same_facts() -> None:
    assert facts(ledger("de")) == facts(ledger("en"))


def test_the_days_are_those_of_the_text() -> None:
    assert {(event["type"], event["date"]) for event in ledger("en")} >= {("meeting", "2025-10-30"), ("agreement", "2025-10-28")}
