"""The ledger over many articles: what happened when, what was promised by when, and what ended what."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from ytterby.reading.dates import begins
from ytterby.show.figures.compare import Moment, moments
from ytterby.show.language import say
from ytterby.show.table import Cell, Chart, Table
from ytterby.show.words import Names, day, family_of, inside, kind_of, word

HEADS = ("day", "what", "kind", "status", "who", "materials", "note")


def timeline(rows: Sequence[dict[str, Any]], names: Names, today: date) -> Chart:
    """Return the moments of a ledger as dots in time and as a table. rows: those of reading.view.timeline."""
    found = [
        Moment(begins(row["day"]), kind_of(row["type"]), family_of(row["type"]), _words(row, names), f"#event-{row['event']}")
        for row in rows
        if row["day"] and row["day"] != "9999"
    ]
    table = [
        [
            Cell(day(row["day"]), f"#event-{row['event']}"),
            Cell(word("timeline", row["what"])),
            Cell(kind_of(row["type"]), f"#event-{row['event']}"),
            Cell(word("status", row["status"]) if row["status"] else ""),
            Cell(_who(row["actors"], names)),
            Cell(_what(row["materials"], names)),
            Cell(row["note"] or ""),
        ]
        for row in reversed(rows)
    ]
    first, last = (day(row["day"]) for row in (rows[0], rows[-1])) if rows else ("–", "–")
    return Chart(
        name="timeline",
        title=say("timeline.title"),
        says=say("timeline.says", count=len(rows), first=first, last=last),
        figures={"": moments(found, today)},
        tables=[Table(tuple(say(f"timeline.{head}") for head in HEADS), table)],
        unit=say("timeline.unit"),
        as_of=day(today),
        sources=(),
        est=False,
    )


def promises(rows: Sequence[dict[str, Any]], names: Names) -> Table:
    """Return commitments with their due dates and state, those still open first. rows: those of reading.view.promised."""
    rank = {"overdue": 0, "open": 1}
    ordered = sorted(rows, key=lambda row: (rank.get(row["state"], 2), row["due"] or "9999"))
    return Table(
        tuple(say(f"commitments.{head}") for head in ("due", "state", "what", "who", "quote")),
        [
            [
                Cell(day(row["due"]) if row["due"] else say("undated"), f"#event-{row['event']}"),
                Cell(word("state", row["state"])),
                Cell(kind_of(row["type"])),
                Cell(_codes(row["actors"], names)),
                Cell(say("quote", text=row["evidence"]), f"#event-{row['event']}"),
            ]
            for row in ordered
        ],
    )


def _words(row: dict[str, Any], names: Names) -> str:
    return say("timeline.moment", event=kind_of(row["type"]), what=word("timeline", row["what"]), who=_who(row["actors"], names))


def _who(actors: str | None, names: Names) -> str:
    """Actors with their roles ('CHN:imposer; USA:target') in words."""
    parts = [part.rsplit(":", 1) for part in (actors or "").split("; ") if part]
    return say("comma").join(
        f"{names.actor(part[0])} ({inside(word('role', part[1]))})" if len(part) > 1 else names.actor(part[0]) for part in parts
    )


def _codes(actors: str | None, names: Names) -> str:
    return say("comma").join(names.actor(code) for code in (actors or "").split("; ") if code)


def _what(materials: str | None, names: Names) -> str:
    return say("comma").join(names.material(code) for code in (materials or "").split("; ") if code)
