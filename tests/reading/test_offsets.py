"""Offsets count code points of the untouched document, whatever it holds: text[start:end] is the evidence and the name, always."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.cases import ROOT, reading
from ytterby.reading.folding import fold

GERMAN = (ROOT / "examples" / "usa-japan-2025-10-28.de.txt").read_text(encoding="utf-8")
ENGLISH = (ROOT / "examples" / "usa-japan-2025-10-28.en.txt").read_text(encoding="utf-8")
CHANGES: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "decomposed accents": lambda text: unicodedata.normalize("NFD", text),
    "Windows lines": lambda text: text.replace("\n", "\r\n"),
    "a byte-order mark": lambda text: "\ufeff" + text,
    "emoji": lambda text: text.replace(". ", ". 🙂 ").replace("Trump", "Trump\u200b"),
    "soft hyphens": lambda text: text.replace("Mineralien", "Minera\u00adlien").replace("minerals", "min\u00aderals"),
    "hard blanks": lambda text: text.replace("seltene Erden", "seltene\u00a0Erden").replace("rare earths", "rare\u00a0earths"),
    "typographic quotes": lambda text: text.replace("'", "’"),
    "sharp s": lambda text: text.replace("ausser", "außer").replace("grosse", "große"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("code", "text"), [("de", GERMAN), ("en", ENGLISH)])
def test_the_same_events_at_their_own_offsets(code: str, text: str, change: str) -> None:
    changed = CHANGES[change](text)
    events = reading(changed, code=code).events
    assert sorted(event["type"] for event in events) == sorted(event["type"] for event in reading(text, code=code).events)
    for event in events:
        assert changed[event["start"] : event["end"]] == event["evidence"]
        for actor in event["actors"]:
            assert changed[actor["start"] : actor["end"]] == actor["name"] != ""
        for quantity in event["quantities"]:
            assert "250" in changed[quantity["start"] : quantity["end"]]


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=150)
def test_any_text_around_a_sentence_keeps_the_offsets_true(before: str, after: str) -> None:
    text = f"{before}\n\nChina hat die Ausfuhr von Gallium verboten.\n\n{after}"
    told = reading(text, code="de")
    for event in told.events + told.context:
        assert text[event["start"] : event["end"]] == event["evidence"]


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_folded_text_knows_where_it_came_from(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.first) == len(folded.last)
    assert all(0 <= first <= last < len(text) for first, last in zip(folded.first, folded.last, strict=True))
    assert list(folded.first) == sorted(folded.first)


@given(st.text(alphabet="aäßÉ ñ한日\u0301İ", max_size=40))
@settings(max_examples=200)
def test_folding_is_done_once(text: str) -> None:
    assert fold(fold(text).text).text == fold(text).text


def test_composed_and_decomposed_text_fold_alike() -> None:
    assert fold(unicodedata.normalize("NFD", "Türkei, Länder, Öl")).text == fold("Türkei, Länder, Öl").text
