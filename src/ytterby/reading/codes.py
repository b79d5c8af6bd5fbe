"""Codes of other event data beside our types: CAMEO, PLOVER and the intervention types of Global Trade Alert.

codes.csv says which; the most specific row wins (status, then rule). `fit` is exact or near; no code is missing, never a guess.
References: CAMEO, Schrodt (2012), CAMEO Conflict and Mediation Event Observations codebook 1.1b3, ch. 2 and 6; PLOVER by the authors'
own crosswalk, openeventdata/PLOVER, CAMEO2PLOVER-2021.txt (event-mode); Global Trade Alert, list of intervention types of its data
centre (states' measures only; a plan or a threat is none).
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent / "codes.csv"
STATE_ONLY = ("investment", "price_floor")
DONE = ("announced", "in_force", "completed", "past", "suspended")
NONE = {"cameo": None, "plover": None, "gta": None, "fit": None}
Key = tuple[str, str, str]


@cache
def _table() -> dict[Key, dict[str, str | None]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {(row["type"], row["status"], row["rule"]): {name: row[name] or None for name in NONE} for row in rows}


def codes(event: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the codes of an event: cameo, plover, gta and fit; None where the other scheme has none.

    >>> codes({"type": "agreement", "status": "completed", "rule": "agreement.signed"})["cameo"]
    '057'
    >>> codes({"type": "outage", "status": "in_force", "rule": "outage.halted"})["plover"] is None
    True
    """
    kind, status, rule = event["type"], event["status"], (event.get("rule") or "*").removeprefix("llm.")
    keys: list[Key] = [("*", status, "*"), (kind, status, rule), (kind, status, "*"), (kind, "*", rule), (kind, "*", "*")]
    table = _table()
    found = dict(next((table[key] for key in keys if key in table), NONE))
    if status not in DONE or (kind in STATE_ONLY and not _by_state(event)):
        found["gta"] = None
    return found


def _by_state(event: Mapping[str, Any]) -> bool:
    actors = list(event.get("actors") or ())
    return bool(actors) and (len(actors[0]["id"]) == 3 or actors[0]["id"] == "org:EU")
