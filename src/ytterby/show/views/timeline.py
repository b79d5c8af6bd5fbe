"""The ledger over many articles: what happened when, what was promised by when, and what ended what."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from ytterby.reading.dates import begins
from ytterby.show.figures.compare import Moment, moments
from ytterby.show.table import Cell, Chart, Table
from ytterby.show.words import Names, day, family_of, kind_of, plain

WHAT = {"act": "happened", "told": "told", "effective": "takes effect", "until": "ends", "due": "due"}


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
            Cell(WHAT.get(row["what"], row["what"])),
            Cell(kind_of(row["type"]), f"#event-{row['event']}"),
            Cell(plain(row["status"]) if row["status"] else ""),
            Cell(_who(row["actors"], names)),
            Cell(_what(row["materials"], names)),
            Cell(row["note"] or ""),
        ]
        for row in reversed(rows)
    ]
    first, last = (day(row["day"]) for row in (rows[0], rows[-1])) if rows else ("–", "–")
    return Chart(
        name="timeline",
        title="What happened when",
        says=f"{len(rows)} moments from {first} to {last}. Dotted: today. A click opens the sentence.",
        figures={"": moments(found, today)},
        tables=[Table(("Day", "What", "Kind", "Status", "Who", "Materials", "Note"), table)],
        unit="day, as precise as the text gives it",
        as_of=day(today),
        sources=(),
        est=False,
    )


def promises(rows: Sequence[dict[str, Any]], names: Names) -> Table:
    """Return commitments with their due dates and state, those still open first. rows: those of reading.view.promised."""
    rank = {"overdue": 0, "open": 1}
    ordered = sorted(rows, key=lambda row: (rank.get(row["state"], 2), row["due"] or "9999"))
    return Table(
        ("Due", "State", "What", "Who", "Quote"),
        [
            [
                Cell(day(row["due"]) if row["due"] else "no date in the text", f"#event-{row['event']}"),
                Cell(plain(row["state"])),
                Cell(kind_of(row["type"])),
                Cell(_codes(row["actors"], names)),
                Cell(f"“{row['evidence']}”", f"#event-{row['event']}"),
            ]
            for row in ordered
        ],
    )


def _words(row: dict[str, Any], names: Names) -> str:
    return f"{kind_of(row['type'])} {WHAT.get(row['what'], row['what'])}: {_who(row['actors'], names)}"


def _who(actors: str | None, names: Names) -> str:
    """Actors with their roles ('CHN:imposer; USA:target') in words."""
    parts = [part.rsplit(":", 1) for part in (actors or "").split("; ") if part]
    return ", ".join(f"{names.actor(part[0])} ({part[1]})" if len(part) > 1 else names.actor(part[0]) for part in parts)


def _codes(actors: str | None, names: Names) -> str:
    return ", ".join(names.actor(code) for code in (actors or "").split("; ") if code)


def _what(materials: str | None, names: Names) -> str:
    return ", ".join(names.material(code) for code in (materials or "").split("; ") if code)
