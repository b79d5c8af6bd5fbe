"""Articles in the manner of agencies, with invented facts and labelled events: how much the reader tells of them; it invents nothing.

The texts were written without a look at the reader. All of them have since taught it words and weights, so that these figures flatter;
docs/reading-datasheet.md has those of articles that had not.
"""

import json
from functools import cache

import pytest

from tests.reading.cases import HERE, Row, reading
from ytterby.reading.gate import check_record

FILES = sorted((HERE / "wire").glob("*.json"))
PRECISION, RECALL = 0.7, 0.3


@cache
def labelled(code: str) -> list[Row]:
    found: list[Row] = json.loads((HERE / "wire" / f"{code}.json").read_text(encoding="utf-8"))
    return found


def hits(article: Row, events: list[Row]) -> int:
    """How many labelled events are told: one of the same type whose evidence overlaps, each used once."""
    left, count = list(events), 0
    for wanted in article["events"]:
        start = article["text"].find(wanted["evidence"])
        end = start + len(wanted["evidence"])
        match = next((e for e in left if e["type"] == wanted["type"] and e["start"] < end and start < e["end"]), None)
        if match is not None:
            left.remove(match)
            count += 1
    return count


@pytest.mark.parametrize("code", [path.stem for path in FILES])
def test_the_labels_are_of_the_text(code: str) -> None:
    for article in labelled(code):
        assert all(article["text"].count(event["evidence"]) >= 1 for event in article["events"]), article["id"]


@pytest.mark.parametrize("code", [path.stem for path in FILES])
def test_most_of_what_is_told_is_right_and_nothing_is_invented(code: str) -> None:
    told = wanted = right = 0
    for article in labelled(code):
        events = reading(article["text"], article["published"], code).events
        assert [fault for event in events for fault in check_record(event, article["text"])] == []
        told, wanted, right = told + len(events), wanted + len(article["events"]), right + hits(article, events)
    print(f"{code}: precision {right / told:.2f}, recall {right / wanted:.2f}")
    assert right >= PRECISION * told
    assert right >= RECALL * wanted
