"""The gate: nothing enters the ledger that the text does not say, word for word.

A record passes only if its evidence is the text at its offsets, and every actor, material, date and quantity is a mention inside the
evidence or is inherited from a place that the record names. Never fuzzy: what differs in one letter fails.
"""

from collections.abc import Iterator
from typing import Any

from ytterby.reading.candidates import Candidate
from ytterby.reading.dates import resolve
from ytterby.reading.dating import UNDATED
from ytterby.reading.document import Document
from ytterby.reading.mentions import Mention, inside


def faults(document: Document, candidate: Candidate) -> list[str]:
    """Return what a candidate claims without support; an empty list lets it pass."""
    found = list(_evidence_faults(document, candidate))
    for role, actor in candidate.roles:
        found += _actor_faults(document, candidate, role, actor)
    for material in candidate.materials:
        if material not in inside(document.materials, material.start, material.end):
            found.append(f"material {material.value} is no mention of the text")
    if candidate.dates is not UNDATED:
        found += _date_faults(document, candidate)
    return [*found, *_published_faults(document, candidate), *_quantity_faults(document, candidate)]


def _evidence_faults(document: Document, candidate: Candidate) -> Iterator[str]:
    start, end = candidate.start, candidate.end
    if not (0 <= start < end <= len(document.text)) or not document.text[start:end].strip():
        yield "no evidence at its offsets"
    elif not all(start <= trigger.start and trigger.end <= end for trigger in candidate.match.triggers):
        yield "the words of the act are outside the evidence"


def _actor_faults(document: Document, candidate: Candidate, role: str, actor: Mention) -> Iterator[str]:
    place = (actor.start, actor.end)
    if not _is_named(document, place, actor.value):
        yield f"{role} {actor.value} is no mention of the text"
    elif not _inside(candidate, *place) and not (actor.via or "").startswith(f"inherited from {actor.start}..{actor.end}"):
        yield f"{role} {actor.value} is neither in the evidence nor inherited from a named place"
    if actor.source and not _is_named(document, actor.source, actor.value):
        yield f"{role} {actor.value} stands for nobody at {actor.source[0]}..{actor.source[1]}"


def _date_faults(document: Document, candidate: Candidate) -> Iterator[str]:
    dates = candidate.dates
    for day in dates.used:
        if day not in inside(document.days, day.start, day.end) or not _inside(candidate, day.start, day.end):
            yield f"the date at {day.start}..{day.end} is outside the evidence"
    if dates.lead is not None and dates.lead not in inside(document.days, dates.lead.start, dates.lead.end):
        yield "the date of the lead is no date of the text"
    told = (*dates.used, dates.lead) if dates.lead else dates.used
    given = {moment[0] for day in told for ahead in (False, True) if (moment := resolve(day, document.published, ahead))}
    for name, value in (("date", dates.date[0] if dates.date else None), ("effective", dates.effective), ("until", dates.until)):
        if value is not None and value not in given:
            yield f"no date of the evidence gives {name} {value}"


def _published_faults(document: Document, candidate: Candidate) -> Iterator[str]:
    if candidate.published is not None and (document.published is None or candidate.published != document.published.isoformat()):
        yield "dated by a day of publication that is not the document's"


def _quantity_faults(document: Document, candidate: Candidate) -> Iterator[str]:
    for quantity in candidate.quantities:
        if quantity not in inside(document.quantities, quantity.start, quantity.end) or not _inside(
            candidate, quantity.start, quantity.end
        ):
            yield f"the quantity at {quantity.start}..{quantity.end} is outside the evidence"


def _is_named(document: Document, place: tuple[int, int], value: str) -> bool:
    """Whether exactly this actor is named at exactly this place."""
    return (*place, value) in document.named


def _inside(candidate: Candidate, first: int, last: int) -> bool:
    return candidate.start <= first < last <= candidate.end


def check_record(record: dict[str, Any], text: str) -> list[str]:
    """Return the faults of a finished record against the untouched text: evidence, actor names and quantities stand at their offsets.

    >>> check_record({"evidence": "Japan", "start": 0, "end": 5, "actors": []}, "Japan signs")
    []
    >>> check_record({"evidence": "Japan", "start": 1, "end": 6, "actors": []}, "Japan signs")
    ['the evidence is not the text at 1..6']
    """
    found = []
    start, end = record["start"], record["end"]
    if not record["evidence"] or start < 0 or text[start:end] != record["evidence"]:
        found.append(f"the evidence is not the text at {start}..{end}")
    for actor in record["actors"]:
        if not actor["name"] or actor["start"] < 0 or text[actor["start"] : actor["end"]] != actor["name"]:
            found.append(f"{actor['name']!r} is not the text at {actor['start']}..{actor['end']}")
    for quantity in record.get("quantities", []):
        if not start <= quantity["start"] < quantity["end"] <= end or not any(
            c.isalnum() for c in text[quantity["start"] : quantity["end"]]
        ):
            found.append(f"the quantity {quantity['value']:g} is outside the evidence")
    return found
