"""The report: every quote and number leads somewhere, the text of an article stays data, the same brief gives the same bytes."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from tests.show.conftest import GERMAN
from tests.show.pages import Page, read
from ytterby import pipeline
from ytterby.show.brief import Brief
from ytterby.show.report import report
from ytterby.show.summary import summary

LARGEST = 8_000_000
ATTACK = """Tokio, 28. Oktober 2025 - <script>alert("x")</script> Test.

China hat die Ausfuhr von <b onmouseover=alert(1)>Gallium</b> verboten. --> ]]> </script></style> {{ 7 * 7 }} {% raw %}
"""


@pytest.fixture(scope="module")
def parsed(page: str) -> Page:
    return read(page)


def test_the_file_is_small_enough_and_well_formed(page: str, parsed: Page) -> None:
    assert len(page.encode()) <= LARGEST
    assert parsed.faults == []
    assert parsed.open == []
    assert len(parsed.ids) == len(set(parsed.ids))


def test_every_link_inside_the_page_has_its_target(parsed: Page) -> None:
    inside = {href[1:] for href in parsed.hrefs if href.startswith("#")}
    assert inside <= set(parsed.ids)
    assert len(inside) > 50


def test_every_number_of_a_table_leads_to_a_source_an_event_or_a_scenario(parsed: Page) -> None:
    assert len(parsed.numbers) > 300
    bad = [pair for pair in parsed.numbers if not re.match(r"#(source-|event-|scenario-|scenarios$|assumptions$)", pair[1])]
    assert bad == []


def test_every_event_and_fact_has_its_quote_and_its_mark(made: Brief, parsed: Page) -> None:
    for event in made.events + made.context:
        assert event["evidence"] in parsed.quotes
        assert f"event-{event['id']}" in parsed.ids
        assert f"quote-{event['id']}" in parsed.ids
        assert made.articles[0].text[event["start"] : event["end"]] == event["evidence"]
    assert {event["evidence"] for event in made.events} & set(parsed.marks)


def test_the_text_of_the_article_is_whole(made: Brief, parsed: Page) -> None:
    assert made.articles[0].text in parsed.text


def test_rejected_candidates_commitments_and_limits_are_told(made: Brief, parsed: Page) -> None:
    assert made.plan is not None
    assert all(row["reason"] in parsed.text for row in made.rejected)
    assert all(row["evidence"] in parsed.text for row in made.commitments)
    assert all(limit in parsed.text for limit in made.plan.limits)
    assert all(row["why"] in parsed.text for row in made.plan.options.iter_rows(named=True))


def test_every_event_tells_how_it_came_about(made: Brief, parsed: Page) -> None:
    assert {line["event"] for line in made.explained} == {event["id"] for event in made.events + made.context}
    for line in made.explained:
        assert all(f"“{cue['quote']}” ({cue['concept']}, {cue['start']}–{cue['end']})" in parsed.text for cue in line["cues"])
        assert line["status"] in parsed.text
        assert all(words in parsed.text for words in [*line["inherited"], *line["resolved"]])


def test_every_cited_source_is_listed_with_licence_vintage_and_address(made: Brief, parsed: Page) -> None:
    listed = [name[7:] for name in parsed.ids if name.startswith("source-")]
    assert len(listed) > 20
    for row in made.world["sources"].iter_rows(named=True):
        if row["source"] in listed:
            assert row["url"] in parsed.text
            assert row["licence"] in parsed.text
            assert row["vintage"] in parsed.text


def test_the_run_is_told_in_full(made: Brief, parsed: Page) -> None:
    assert json.dumps(made.run, indent=1, sort_keys=True) in parsed.text
    assert "ytterby brief usa-japan-2025-10-28.de.txt --allies JPN,USA --budget 5e+09 --draws 4 --weeks 60 --seed 0" in parsed.text


def test_the_same_brief_gives_the_same_bytes(made: Brief, page: str) -> None:
    assert report(made) == page


def test_only_our_scripts_may_run_and_nothing_may_be_fetched(page: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    rules = dict(part.strip().split(" ", 1) for part in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].count("'sha256-") == 2
    assert "unsafe" not in rules["script-src"]
    assert not re.search(r'(?:src|srcset|poster)="(?!data:)', page[: page.index('<script type="application/json"')])


def test_an_article_is_data_never_html(tmp_path: Path) -> None:
    path = tmp_path / "attack.json"
    text = {"text": ATTACK, "published": "2025-10-28", "url": "javascript:alert(1)", "title": "<img src=x onerror=alert(1)>"}
    path.write_text(json.dumps(text), encoding="utf-8")
    html = report(pipeline.brief([path], draws=2, weeks=4))
    page = read(html)
    assert page.faults == []
    assert ATTACK.strip() in page.text
    assert "<img src=x onerror=alert(1)>" in page.text
    assert not [href for href in page.hrefs if href.lower().startswith("javascript")]
    before = html[: html.index('<script type="application/json"')]
    assert "<script" not in before
    assert "<b " not in before
    assert "<img" not in before


def test_no_event_is_said_plainly(calm: Brief) -> None:
    page = read(report(calm))
    assert "no event" in page.text.lower()
    assert page.faults == []
    assert {href[1:] for href in page.hrefs if href.startswith("#")} <= set(page.ids)
    assert not [name for name in page.ids if name.startswith("chart-")]
    assert "no event" in summary(calm, "report.html").lower()


def test_a_brief_without_allies_or_plan_is_whole(made: Brief) -> None:
    page = read(report(dataclasses.replace(made, plan=None, allies=())))
    assert page.faults == []
    assert {href[1:] for href in page.hrefs if href.startswith("#")} <= set(page.ids)
    assert "plan" not in page.ids


def test_the_summary_fits_a_screen_and_says_it_all(made: Brief) -> None:
    text = summary(made, "brief/report.html")
    lines = text.splitlines()
    assert len(lines) <= 41
    assert max(map(len, lines)) <= 100
    for words in (
        "28 Oct 2025",
        "China’s share",
        "est.",
        "Status quo",
        "Escalation",
        "of 5 bn USD",
        "due 30 Oct 2025",
        "brief/report.html",
    ):
        assert words in text


def test_an_act_that_two_articles_tell_is_told_once_at_the_top() -> None:
    two = pipeline.brief([GERMAN, GERMAN.with_suffix("").with_suffix(".en.txt")], allies=["USA", "JPN"], draws=2, weeks=4)
    acts = [(event["type"], event["date"], tuple(sorted(actor["id"] for actor in event["actors"]))) for event in two.acts]
    assert len(two.events) > len(acts) == len(set(acts))
    assert len({row["event"] for row in two.commitments} - {event["id"] for event in two.acts}) == 0
