"""The ledger as flat rows: a list, a timeline, an export; chosen by actor, material, type, status and time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ytterby.core.catalogue import nearest
from ytterby.errors import InputError
from ytterby.reading.acts import lineage
from ytterby.reading.codes import codes
from ytterby.reading.dates import begins, ends
from ytterby.reading.events import Event, day_of
from ytterby.reading.links import Link
from ytterby.reading.promises import standing

Row = dict[str, Any]
BACKWARD = {"relieves": "relieved by", "supersedes": "superseded by", "fulfils": "done by", "withdraws": "withdrawn by"}


@dataclass(frozen=True)
class Choice:
    """Which events are meant; None leaves a side open. A material stands for its narrower ones too."""

    actor: str | None = None
    material: str | None = None
    type: str | None = None
    status: str | None = None
    since: date | None = None
    until: date | None = None


def chosen(events: Sequence[Event], choice: Choice) -> list[Event]:
    """Return the events that a choice means; a name that no event bears is an InputError that says the nearest.

    >>> chosen([], Choice())
    []
    """
    sides: dict[str, Callable[[Event], set[str]]] = {
        "actor": lambda event: {actor["id"] for actor in event["actors"]},
        "material": lambda event: {wider for name in event["materials"] for wider in lineage(name)},
        "type": lambda event: {event["type"]},
        "status": lambda event: {event["status"]},
    }
    found = list(events)
    for side, names in sides.items():
        wanted = getattr(choice, side)
        if wanted is None:
            continue
        known = {name for event in events for name in names(event)}
        if wanted not in known:
            raise InputError(f"no event with {side} '{wanted}'", f"--{side}", nearest(wanted, sorted(known)))
        found = [event for event in found if wanted in names(event)]
    return [event for event in found if _in_time(event, choice)]


def _in_time(event: Event, choice: Choice) -> bool:
    day = day_of(event)
    if day == "9999":
        return choice.since is None and choice.until is None
    return (choice.since is None or ends(day) >= choice.since) and (choice.until is None or begins(day) <= choice.until)


def listed(events: Iterable[Event], links: Sequence[Link]) -> list[Row]:
    """Return one row an event: event, date, type, status, certainty, actors, materials, amounts, sources, links."""
    return [
        {
            "event": event["id"],
            "date": event["date"],
            "type": event["type"],
            "status": event["status"],
            "certainty": event["certainty"],
            "actors": parties(event),
            "materials": "; ".join(event["materials"]) or None,
            "amounts": amounts(event),
            "sources": len(event["sources"]),
            "links": "; ".join(link_notes(event["id"], links)) or None,
        }
        for event in events
    ]


def parties(event: Event) -> str | None:
    """Return the actors with their roles in one text.

    >>> parties({"actors": [{"id": "CHN", "role": "imposer"}]})
    'CHN:imposer'
    """
    return "; ".join(f"{actor['id']}:{actor['role']}" for actor in event["actors"]) or None


def amounts(event: Event) -> str | None:
    """Return the quantities in one text.

    >>> amounts({"quantities": [{"value": 96600.0, "unit": "t/a"}]})
    '96600 t/a'
    """
    return "; ".join(f"{quantity['value']:.15g} {quantity['unit']}" for quantity in event["quantities"]) or None


def link_notes(event: str, links: Iterable[Link]) -> list[str]:
    """Return what an event does to others and what others do to it, in words; 'in part' where the earlier one still holds."""
    found = []
    for link in links:
        part = "" if link.ends else " (in part)"
        if link.event == event:
            found.append(f"{link.kind} {link.of}{part}")
        if link.of == event:
            found.append(f"{BACKWARD[link.kind]} {link.event}{part}")
    return found


def timeline(events: Sequence[Event], links: Sequence[Link], on: date) -> list[Row]:
    """Return what happens when, in order of the day: acts, their effect, their end, due commitments with their state on a day.

    Columns: day (as precise as the text), what (act, told, effective, until, due), event, type, status, actors, materials, note.
    """
    rows = []
    notes = {event["id"]: "; ".join(link_notes(event["id"], links)) or None for event in events}
    for event in events:
        moments = [("act", event["date"]), ("effective", event["effective"]), ("until", event["until"])]
        if not any(moment for _, moment in moments[:2]):
            moments.insert(0, ("told", event["first_published"]))
        rows += [_moment(event, what, moment, notes[event["id"]]) for what, moment in moments if moment]
    by_id = {event["id"]: event for event in events}
    for promise in standing(events, links, on):
        if promise["due"]:
            event = by_id[promise["event"]]
            rows.append(_moment(event, "due", promise["due"], promise["state"] + (f" by {promise['by']}" if promise["by"] else "")))
    return sorted(rows, key=lambda row: (row["day"], row["event"], row["what"]))


def _moment(event: Event, what: str, day: str, note: str | None) -> Row:
    return {
        "day": day,
        "what": what,
        "event": event["id"],
        "type": event["type"],
        "status": event["status"],
        "actors": parties(event),
        "materials": "; ".join(event["materials"]) or None,
        "note": note,
    }


def promised(events: Sequence[Event], links: Sequence[Link], on: date) -> list[Row]:
    """Return commitments as flat rows, see promises.standing."""
    flat = standing(events, links, on)
    return [{**row, "actors": "; ".join(row["actors"]), "materials": "; ".join(row["materials"]) or None} for row in flat]


def full(event: Event, links: Sequence[Link]) -> Row:
    """Return an event with its codes in other schemes and its links, as the export in JSON lines has it."""
    mine = [{"kind": x.kind, "event": x.event, "of": x.of, "ends": x.ends, "why": x.why} for x in links if event["id"] in (x.event, x.of)]
    return {**event, "codes": codes(event), "links": mine}


FLAT = ("certainty", "salience", "stage", "date", "date_precision", "date_source", "effective", "until")


def flat(events: Iterable[Event], links: Sequence[Link]) -> list[Row]:
    """Return one row an event with everything that fits a cell, as the exports in CSV and Parquet have it."""
    rows = []
    for event in events:
        documents = [source["document"] for source in event["sources"]]
        rows.append(
            {
                "event": event["id"],
                "type": event["type"],
                "status": event["status"],
                **{name: event[name] for name in FLAT},
                "actors": parties(event),
                "materials": "; ".join(event["materials"]) or None,
                "amounts": amounts(event),
                "evidence": event["evidence"],
                "start": event["start"],
                "end": event["end"],
                "article": event["article"],
                "document": event["document"]["sha256"],
                "language": event["document"]["language"],
                "first_published": event["first_published"],
                "last_published": event["last_published"],
                "sources": len(documents),
                "urls": "; ".join(document["url"] for document in documents if document["url"]) or None,
                "links": "; ".join(link_notes(event["id"], links)) or None,
                "corrected": "; ".join(correction["slot"] for correction in event["corrections"]) or None,
                "confidence": event["confidence"],
                **codes(event),
            }
        )
    return rows
