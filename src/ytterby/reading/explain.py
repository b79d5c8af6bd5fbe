"""Why an event is in the ledger: the words that made it, what gave it its status and date, and what was inherited from elsewhere."""

from typing import Any

from ytterby.reading.candidates import Candidate
from ytterby.reading.document import Document
from ytterby.reading.matching import Match


def explain(document: Document, candidate: Candidate, record: dict[str, Any]) -> dict[str, Any]:
    """Return the explanation of a record: rule, cues, status, date, inherited, resolved, also (where else it is told)."""
    verdict = candidate.verdict
    return {
        "event": record["id"],
        "type": record["type"],
        "rule": candidate.match.rule.name,
        "cues": words_of(document, candidate.match),
        "status": _status(verdict.status, verdict.cues, record["status"]),
        "date": _date(document, candidate),
        "inherited": _inherited(document, candidate),
        "resolved": [f"{actor['name']} = {actor['id']}: {actor['via']}" for actor in record["actors"] if _resolved(actor)],
        "also": [list(span) for span in candidate.also],
        "confidence": record["confidence"],
    }


def words_of(document: Document, found: Match) -> list[dict[str, Any]]:
    """Return the words that triggered a match: the concept, the quote and its place."""
    return [
        {"concept": trigger.value, "quote": document.text[trigger.start : trigger.end], "start": trigger.start, "end": trigger.end}
        for trigger in sorted(found.triggers, key=lambda trigger: trigger.start)
    ]


def _status(meant: str, cues: tuple[str, ...], settled: str) -> str:
    by = f"by {', '.join(cues)}" if cues else "by the rule"
    return f"{settled}: {by}" if meant == settled else f"{settled}: {meant} {by}, changed by its dates"


def _date(document: Document, candidate: Candidate) -> str | None:
    if candidate.dates.used:
        return ", ".join(f"{document.text[day.start : day.end]!r} ({day.role}) at {day.start}..{day.end}" for day in candidate.dates.used)
    if lead := candidate.dates.lead:
        return f"{document.text[lead.start : lead.end]!r} at the head of the text, at {lead.start}..{lead.end}"
    return "the day of publication" if candidate.published else None


def _inherited(document: Document, candidate: Candidate) -> list[str]:
    """What the evidence does not name itself, each with the quote and place that it comes from."""
    actors = [(role, actor) for role, actor in candidate.roles if (actor.via or "").startswith("inherited")]
    materials = [("material", material) for material in candidate.materials if not candidate.start <= material.start < candidate.end]
    return [f"{role} {m.value} from {document.text[m.start : m.end]!r} at {m.start}..{m.end}" for role, m in [*actors, *materials]]


def _resolved(actor: dict[str, Any]) -> bool:
    return bool(actor["via"]) and not actor["via"].startswith("inherited")
