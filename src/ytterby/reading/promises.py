"""Commitments as of a day: what was promised, by when, and whether it is open, done, overdue or withdrawn.

What was promised and by when is read by ledger.commitments; here the links and the calendar say how it stands. An act without a date
stays open: it is never overdue, since nobody said by when.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ytterby.reading.dates import ends
from ytterby.reading.ledger import COMMITTED, commitments
from ytterby.reading.links import Link

PLANS = ("project_start", "investment", "export_control_relief")
"""Other types of which a plan is a promise too."""
STATES = ("open", "overdue", "done", "withdrawn")


def standing(events: Sequence[dict[str, Any]], links: Iterable[Link], on: date) -> list[dict[str, Any]]:
    """Return commitments with their due date and their state on a day, the earliest due first, those without a date last.

    Columns: event, type, actors, materials, due, due_precision, state, by (the event that did it or called it off), evidence.

    >>> standing([], [], date(2025, 10, 28))
    []
    """
    closing = {link.of: link for link in links if link.kind in ("fulfils", "withdraws")}
    promised = [event for event in events if event["type"] in COMMITTED or (event["type"] in PLANS and event["status"] == "planned")]
    rows = []
    for event in promised:
        # ledger.commitments knows the types of COMMITTED alone; a plan of another type is due like a pledge.
        known = event if event["type"] in COMMITTED else {**event, "type": "pledge"}
        for row in commitments([known]):
            link = closing.get(event["id"])
            state = _state(row, link, on)
            rows.append({**row, "type": event["type"], "materials": event["materials"], "state": state, "by": link.event if link else None})
    return sorted(rows, key=lambda row: (row["due"] or "9999", row["event"]))


def _state(row: dict[str, Any], link: Link | None, on: date) -> str:
    if link is not None:
        return "done" if link.kind == "fulfils" else "withdrawn"
    if row["state"] == "open" and row["due"] and ends(row["due"]) < on:
        return "overdue"
    return str(row["state"])
