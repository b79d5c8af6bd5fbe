"""The ledger as text: one JSON object a line; and the commitments that stand open in it."""

import json
from collections.abc import Iterable
from typing import Any

COMMITTED = ("pledge", "order", "agreement", "meeting", "offtake")
OPEN = ("planned", "announced")


def to_jsonl(events: Iterable[dict[str, Any]]) -> str:
    """Return events as JSON lines, the same bytes for the same events.

    >>> to_jsonl([{"type": "order", "evidence": "für"}])
    '{"type": "order", "evidence": "für"}\\n'
    """
    return "".join(json.dumps(event, ensure_ascii=False, allow_nan=False) + "\n" for event in events)


def commitments(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return pledges, orders, agreements, offtakes and meetings with their due date, as far as the text gives one.

    `state` is open while something is still to come and done once the act itself was the whole commitment. `due` has the precision
    that the text has ("2026" for "next year"); it is None where the text sets no date.

    >>> commitments([{"id": "a", "type": "meeting", "status": "planned", "date": "2025-10-30", "actors": []}])[0]["due"]
    '2025-10-30'
    """
    found = []
    for event in events:
        if event["type"] not in COMMITTED or event.get("status") in ("denied", "past"):
            continue
        due, precision = _due(event)
        found.append(
            {
                "event": event["id"],
                "type": event["type"],
                "actors": [actor["id"] for actor in event.get("actors", [])],
                "due": due,
                "due_precision": precision,
                "state": _state(event),
                "evidence": event.get("evidence"),
            }
        )
    return [row for row in found if row["type"] != "meeting" or row["state"] == "open"]


def _due(event: dict[str, Any]) -> tuple[str | None, str | None]:
    ahead = event.get("date") if event.get("status") == "planned" else None
    due = ahead or event.get("until") or event.get("effective")
    return due, {4: "year", 7: "month", 10: "day"}.get(len(due)) if due else None


def _state(event: dict[str, Any]) -> str:
    # A signed agreement and a placed order bind until delivery; the text rarely tells their end, so only a held meeting is done.
    return "done" if event["type"] == "meeting" and event.get("status") not in OPEN else "open"
