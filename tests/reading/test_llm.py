"""A language model as adviser that lies: nothing unfounded enters the ledger."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.advice import ALONE, ARTICLE, DOCUMENT, SPLIT, TEXT, TRUE, judged, reply, told
from ytterby.reading.candidates import Candidate, Refusal
from ytterby.reading.document import analyse
from ytterby.reading.gate import check_record, faults
from ytterby.reading.lexicon import load_language
from ytterby.reading.llm import hinted


def test_a_true_hint_joins_what_stands_in_two_clauses() -> None:
    found, warnings = judged(TRUE)
    assert warnings == []
    (candidate,) = found
    assert isinstance(candidate, Candidate)
    assert (candidate.type, candidate.status, candidate.actors()) == ("agreement", "completed", frozenset({"JPN", "AUS"}))
    assert [material.value for material in candidate.materials] == ["lithium"]
    assert faults(DOCUMENT, candidate) == []


def test_a_hint_of_a_service_comes_into_the_ledger_as_such() -> None:
    reading, warnings, seen = told(reply({"events": [TRUE]}))
    assert warnings == []
    assert [request["path"] for request in seen] == ["/v1/chat/completions"]
    assert (seen[0]["model"], seen[0]["temperature"], seen[0]["messages"][1]["content"]) == ("tiny", 0, TEXT)
    assert {event["id"] for event in ALONE.events} <= {event["id"] for event in reading.events}
    agreement = next(event for event in reading.events if event["type"] == "agreement" and "lithium" in event["materials"])
    assert check_record(agreement, TEXT) == []
    assert agreement["id"] not in {event["id"] for event in ALONE.events}
    assert agreement["rule"].startswith("llm.")
    assert agreement["confidence"] < 0.95


LIES = {
    "a quote that is not in the text": {**TRUE, "quote": "Japan and Australia have signed an agreement on lithium."},
    "a quote that differs in one letter": {**TRUE, "quote": SPLIT.replace("lithium", "Lithium")},
    "a quote of two sentences": {**TRUE, "quote": TEXT[TEXT.index(SPLIT) : TEXT.index(" Brazil")]},
    "a party that the text does not name": {**TRUE, "roles": {"signatory": ["Japan", "India"]}},
    "a party of another sentence": {**TRUE, "roles": {"signatory": ["Japan", "China"]}},
    "a party that is no name": {**TRUE, "roles": {"signatory": ["agreement"]}},
    "another type": {**TRUE, "type": "sanction", "roles": {"imposer": ["Japan"]}},
    "no type of ours": {**TRUE, "type": "war"},
    "a context fact as an event": {**TRUE, "type": "policy_goal"},
    "who imposes is turned round": {
        "type": "export_control",
        "quote": "China has banned exports of gallium to Japan.",
        "roles": {"imposer": ["Japan"], "target": ["China"]},
    },
    "what was negated": {
        "type": "agreement",
        "quote": "Brazil did not sign an agreement on niobium with Germany.",
        "roles": {"signatory": ["Brazil", "Germany"]},
    },
    "a condition": {
        "type": "agreement",
        "quote": TEXT[TEXT.index("If Chile") : TEXT.index(" France")],
        "roles": {"signatory": ["Chile", "Peru"]},
    },
    "who only fears it": {
        "type": "export_control",
        "quote": "France fears that exports of graphite are restricted.",
        "roles": {"imposer": ["France"]},
    },
    "no roles": {"type": "agreement", "quote": SPLIT},
    "roles that are no texts": {**TRUE, "roles": {"signatory": [7, None]}},
    "an empty quote": {**TRUE, "quote": ""},
    "a quote that is a list": {**TRUE, "quote": [SPLIT]},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lie_is_rejected_with_a_reason(lie: dict[str, Any]) -> None:
    found, warnings = judged(lie)
    assert not [candidate for candidate in found if isinstance(candidate, Candidate) and not faults(DOCUMENT, candidate)]
    assert warnings or all(isinstance(refusal, Refusal) and refusal.reason for refusal in found)
    assert len(found) + len(warnings) == 1


@pytest.mark.parametrize(
    ("story", "imposer", "says"),
    [
        ("Exports of tungsten to India are restricted.", "India", "do not give IND this part"),
        ("Chile bans exports of lithium Bolivia needs.", "Bolivia", "do not give BOL this part"),
        ("France fears that exports of graphite are restricted.", "France", "hypothetical"),
        ("Prices rose in Peru, while exports of copper are restricted.", "Peru", "names nobody"),
    ],
)
def test_who_has_no_part_in_the_sentence_gets_none(story: str, imposer: str, says: str) -> None:
    document = analyse(story, ARTICLE.published, load_language("en"))
    hint = {"type": "export_control", "quote": story, "roles": {"imposer": [imposer]}}
    (refusal,) = hinted(document, [], [hint], pytest.fail)
    assert isinstance(refusal, Refusal)
    assert says in refusal.reason


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lying_service_changes_nothing(lie: dict[str, Any]) -> None:
    assert told(reply({"events": [lie]}))[0].events == ALONE.events


NAMES = ["China", "Japan", "Australia", "Brazil", "Germany", "Chile", "Peru", "France", "India", "gallium", "they", "", "a"]
STARTS = st.integers(0, len(TEXT) - 1)
HINTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["agreement", "export_control", "sanction", "meeting", "tariff", "pledge", "investment", "quota", "x"]),
        "quote": st.one_of(
            st.sampled_from([sentence.strip() for sentence in TEXT.split(".")]), st.builds(lambda a, n: TEXT[a : a + n], STARTS, STARTS)
        ),
        "roles": st.dictionaries(
            st.sampled_from(["imposer", "target", "signatory", "participant", "investor", "denier"]),
            st.lists(st.sampled_from(NAMES), max_size=3),
        ),
    }
)


@given(st.lists(HINTS, max_size=4))
@settings(max_examples=300)
def test_whatever_is_hinted_what_passes_is_said_by_one_sentence(hints: list[dict[str, Any]]) -> None:
    for candidate in judged(*hints)[0]:
        if isinstance(candidate, Candidate) and not faults(DOCUMENT, candidate):
            quote = TEXT[candidate.start : candidate.end]
            assert {"JPN": "Japan", "CHN": "China", "AUS": "Australia"}.keys() >= candidate.actors(), quote
            assert candidate.type in ("agreement", "export_control"), quote
            assert "not" not in quote.split()
            assert "If" not in quote.split()


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=5) | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
@settings(max_examples=200)
def test_hints_of_any_shape_are_judged(junk: Any) -> None:
    found, warnings = judged(
        {"type": junk, "quote": junk, "roles": junk}, {"type": "agreement", "quote": SPLIT, "roles": {"signatory": junk}}
    )
    assert len(found) + len(warnings) >= 1
