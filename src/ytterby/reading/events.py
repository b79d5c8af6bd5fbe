"""An event of the ledger out of all records that tell it, with every source; corrections by hand on top.

The evidence is that of the record that says most. A slot that only another record fills says so in `from`; actors and quantities from
another document name it. Status is that of the latest source, certainty that of the surest.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ytterby.errors import InputError
from ytterby.reading.acts import Record, gather
from ytterby.reading.dates import ends
from ytterby.reading.rules import load_rules

Event = dict[str, Any]
STATUSES = ("announced", "in_force", "completed", "planned", "suspended", "denied", "threatened", "past")
LIFE = {status: place for place, status in enumerate(("planned", "announced", "in_force", "completed", "suspended", "past"))}
CHOICES = {"status": STATUSES, "salience": ("news", "background"), "certainty": ("confirmed", "reported")}
DATES = ("date", "effective", "until")
SLOTS = ("type", *CHOICES, *DATES, "materials", "actors")
DECISIONS = ("drop", "alone", "same_as")
"""Corrections that are no slot: leave the event out; take a record out of its event; put two events together."""


def build(records: Iterable[Record], corrections: Sequence[Record] = ()) -> list[Event]:
    """Return the events that records tell, in order of their day; corrections are taken in their order.

    >>> build([])
    []
    """
    alone = frozenset(c["record"] for c in corrections if c["slot"] == "alone")
    groups = _joined(gather(records, alone), [c for c in corrections if c["slot"] == "same_as"])
    events = [_corrected(merged(group), corrections) for group in groups]
    return sorted((event for event in events if event is not None), key=lambda event: (day_of(event), event["id"]))


def day_of(event: Event) -> str:
    """Return the day that puts an event in order: of the act, else of its effect, else when it was first told; "9999" if unknown."""
    return str(event["date"] or event["effective"] or event["first_published"] or "9999")


def _joined(groups: list[list[Record]], orders: Sequence[Record]) -> list[list[Record]]:
    place = {record["id"]: index for index, group in enumerate(groups) for record in group}
    for order in orders:
        one, other = place.get(order["record"]), place.get(order["value"])
        if one is not None and other is not None and one != other:
            groups[one] += groups[other]
            place |= {record["id"]: one for record in groups[other]}
            groups[other] = []
    return [group for group in groups if group]


def merged(group: Sequence[Record]) -> Event:
    """Return the event that a group of records tells; the first of them says most."""
    lead = group[0]
    told = sorted(group, key=lambda record: (record["document"]["published"] or "9999", record["id"]))
    dated = [record for record in told if record["document"]["published"]]
    event = {**lead, "id": told[0]["id"], "lead": lead["id"]}
    event["status"] = max(told, key=_recency)["status"]
    event["salience"] = "news" if any(record["salience"] == "news" for record in group) else "background"
    event["certainty"] = "confirmed" if any(record["certainty"] == "confirmed" for record in group) else "reported"
    event["confidence"] = max(record["confidence"] for record in group)
    event["materials"] = list(dict.fromkeys(name for record in group for name in record["materials"]))
    event["actors"] = _gleaned(group, "actors", lambda actor: actor["id"])
    event["quantities"] = _gleaned(group, "quantities", lambda quantity: (quantity["value"], quantity["unit"]))
    event |= _dates(group)
    event["first_published"] = dated[0]["document"]["published"] if dated else None
    event["last_published"] = dated[-1]["document"]["published"] if dated else None
    event["sources"] = [_source(record) for record in told]
    return event


def _recency(record: Record) -> tuple[Any, ...]:
    published = record["document"]["published"]
    return ends(published[:10]).isoformat() if published else "", LIFE.get(record["status"], -1), record["id"]


def _gleaned(group: Sequence[Record], slot: str, key: Any) -> list[Record]:
    """The entries of the first record and what only others have, with the document that has it."""
    found = {key(entry): dict(entry) for entry in group[0][slot]}
    for record in group[1:]:
        for entry in record[slot]:
            found.setdefault(key(entry), {**entry, "document": record["document"]["sha256"]})
    return list(found.values())


def _dates(group: Sequence[Record]) -> Event:
    """The sharpest date of each kind, and from which record it is if not from the first."""
    found: Event = {"from": {}}
    for slot in DATES:
        having = [record for record in group if record[slot]]
        if not having:
            continue
        best = min(having, key=lambda record: _doubt(record, slot))
        found[slot] = best[slot]
        if slot == "date":
            found |= {name: best[name] for name in ("date_precision", "date_source")}
        if best is not group[0]:
            found["from"][slot] = best["id"]
    return found


def _doubt(record: Record, slot: str) -> tuple[bool, int]:
    """Least for a full date that the text itself gives; at a draw the record that says more comes first."""
    return slot == "date" and record["date_source"] == "publication", -len(record[slot])


def _source(record: Record) -> Record:
    kept = ("id", "article", "document", "status", "certainty", "evidence", "start", "end", "rule", "confidence")
    return {name: record[name] for name in kept}


def _corrected(event: Event, corrections: Sequence[Record]) -> Event | None:
    """The event with what was corrected by hand, each change named; None if it was dropped."""
    mine = {source["id"] for source in event["sources"]}
    event["corrections"] = []
    for correction in corrections:
        if correction["record"] not in mine:
            continue
        slot, value = correction["slot"], correction["value"]
        if slot == "drop":
            return None
        before = event[slot] if slot in SLOTS else None
        if slot in SLOTS:
            event[slot] = value
        if slot == "date":
            event |= {"date_precision": {4: "year", 7: "month", 10: "day"}[len(value)] if value else None, "date_source": "correction"}
        event["corrections"].append({"slot": slot, "before": before, "value": value, "why": correction["why"]})
    return event


def read_correction(slot: str, text: str) -> Any:
    """Return the value that a correction gives a slot; an InputError names what may stand there.

    >>> read_correction("materials", "gallium,germanium")
    ['gallium', 'germanium']
    """
    if slot in DATES:
        return _moment(slot, text)
    if slot == "materials":
        return [name.strip() for name in text.split(",") if name.strip()]
    if slot == "actors":
        return [_actor(part) for part in text.split(",") if part.strip()]
    if slot in DECISIONS:
        return text
    choices = CHOICES.get(slot) or (tuple(sorted({rule.type for rule in load_rules()})) if slot == "type" else None)
    if choices is None:
        raise InputError(f"no slot '{slot}'", "correction", f"slots: {', '.join((*SLOTS, *DECISIONS))}")
    if text not in choices:
        raise InputError(f"'{text}' is no {slot}", "correction", f"one of {', '.join(choices)}")
    return text


def _moment(slot: str, text: str) -> str | None:
    if text in ("", "none"):
        return None
    try:
        ends(text)
        if len(text) not in (4, 7, 10):
            raise ValueError
    except ValueError:
        raise InputError(f"'{text}' is no date", slot, "write YYYY-MM-DD, YYYY-MM, YYYY or none") from None
    return text


def _actor(text: str) -> Record:
    name, colon, role = text.strip().rpartition(":")
    if not colon or not name or not role:
        raise InputError(f"'{text}' is no actor with a role", "actors", "write CHN:imposer,USA:target")
    return {"id": name, "role": role, "name": None, "via": "correction", "start": None, "end": None}
