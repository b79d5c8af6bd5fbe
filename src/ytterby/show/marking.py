"""Evidence in its article: cut a text into runs so that every quote, overlapping or not, can be marked. The text stays data."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ytterby.show.words import family_of


@dataclass(frozen=True)
class Run:
    """A run of text under the same quotes: the ids of its events, the colour family of the narrowest, and the ids that begin here."""

    text: str
    events: tuple[str, ...] = ()
    family: str = ""
    begins: tuple[str, ...] = ()


def runs(text: str, events: Iterable[dict[str, Any]]) -> list[Run]:
    """Return a text as runs; joined, their texts are the text again.

    events: records with id, type, start and end (half-open offsets). A record whose offsets lie outside the text or hold nothing is left
    out: it cannot be marked.

    >>> found = runs("abcdef", [{"id": "x", "type": "order", "start": 1, "end": 4}, {"id": "y", "type": "meeting", "start": 3, "end": 5}])
    >>> [(run.text, run.events, run.begins) for run in found]
    [('a', (), ()), ('bc', ('x',), ('x',)), ('d', ('x', 'y'), ('y',)), ('e', ('y',), ()), ('f', (), ())]
    """
    marked = [event for event in events if 0 <= event["start"] < event["end"] <= len(text)]
    cuts = sorted({0, len(text), *(event["start"] for event in marked), *(event["end"] for event in marked)})
    return [_run(text, first, last, marked) for first, last in pairwise(cuts)]


def _run(text: str, first: int, last: int, marked: list[dict[str, Any]]) -> Run:
    over = sorted((e for e in marked if e["start"] <= first and last <= e["end"]), key=lambda e: (e["start"], e["end"]))
    # The narrowest quote gives the colour: the wider one shows on both sides of it.
    narrowest = min(over, key=lambda e: e["end"] - e["start"], default=None)
    return Run(
        text=text[first:last],
        events=tuple(event["id"] for event in over),
        family=family_of(narrowest["type"]) if narrowest else "",
        begins=tuple(event["id"] for event in over if event["start"] == first),
    )
