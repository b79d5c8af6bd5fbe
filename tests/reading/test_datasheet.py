"""The page on what the reader gets wrong is true: each example fares as it says, until somebody mends it."""

import re

import pytest

from tests.reading.cases import ROOT, Row, reading, summary

PAGE = (ROOT / "docs" / "reading-datasheet.md").read_text(encoding="utf-8")
TABLES = PAGE.split("## Figures", maxsplit=1)[0]
ROWS = [row for row in re.findall(r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \|$", TABLES, re.MULTILINE) if row[0] != "example"]


def says(event: Row) -> str:
    """An event in the words of the page."""
    told = summary(event)
    actors = [f"{actor['id']}:{actor['role']}" for actor in sorted(event["actors"], key=lambda actor: actor["start"])]
    return " ".join([told["type"], told["status"], *actors, *told["materials"]])


def test_the_page_has_its_rows() -> None:
    heads = TABLES.count("| kind |")
    assert len(ROWS) == TABLES.count("\n| ") - heads >= 20


@pytest.mark.parametrize(("example", "told"), ROWS)
def test_an_example_fares_as_the_page_says(example: str, told: str) -> None:
    events = reading(example, "2025-10-28", "en").events
    assert "; ".join(says(event) for event in events) == ("" if told == "nothing" else told)
    for event in events:
        assert event["quantities"] == []
