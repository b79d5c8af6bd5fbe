"""Section article: the text with its evidence marked, and the events that it tells of beside it."""

from typing import Any

from ytterby.reading.article import Article
from ytterby.show.marking import runs
from ytterby.show.table import Cell, Table
from ytterby.show.views.view import View
from ytterby.show.words import day, family_of, kind_of, plain

DATED = {"text_or_relative": "from the text", "publication": "day of publication", "text": "from the text"}


def articles(view: View) -> list[dict[str, Any]]:
    """Return each article with its runs of text, the cards of its events and those of its context facts."""
    return [_article(view, article, number) for number, article in enumerate(view.brief.articles)]


def _article(view: View, article: Article, number: int) -> dict[str, Any]:
    events, context = (_of(records, article) for records in (view.brief.events, view.brief.context))
    return {
        "number": number,
        "title": article.title or f"Article {article.stem}",
        "stem": article.stem,
        "language": article.language if article.language != "und" else "",
        "published": day(article.stated or article.published),
        "url": web(article.url),
        "sha256": article.sha256,
        "runs": runs(article.text, events + context),
        "cards": [card(view, event) for event in events],
        "context": [card(view, fact) for fact in context],
    }


def _of(records: list[dict[str, Any]], article: Article) -> list[dict[str, Any]]:
    return [record for record in records if record["article"] == article.stem and record["document"]["sha256"] == article.sha256]


def web(url: str | None) -> str:
    """Return an address if it is one of the web, else nothing: no other scheme becomes a link.

    >>> web("https://example.org/a"), web("javascript:alert(1)"), web(None)
    ('https://example.org/a', '', '')
    """
    return url if url and url.lower().startswith(("https://", "http://")) else ""


def card(view: View, event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as its card shows it."""
    dated = DATED.get(event.get("date_source") or "", event.get("date_source") or "")
    return {
        "id": event["id"],
        "kind": kind_of(event["type"]),
        "family": family_of(event["type"]),
        "status": plain(event["status"]) if event.get("status") else "",
        "salience": event.get("salience") or "",
        "reported": event.get("certainty") == "reported",
        "actors": [_actor(view, actor) for actor in event.get("actors", [])],
        "date": day(event["date"]) + (f" ({dated})" if dated else "") if event.get("date") else "no date in the text",
        "effective": day(event["effective"]) if event.get("effective") else "",
        "until": day(event["until"]) if event.get("until") else "",
        "materials": ", ".join(view.names.material(name) for name in event.get("materials", [])),
        "stage": "" if event.get("stage") in (None, "unspecified") else plain(event["stage"]),
        "quantities": [
            f"{quantity['value']:,g} {quantity['unit']} {quantity['of'] or ''}".strip() for quantity in event.get("quantities", [])
        ],
        "evidence": event["evidence"],
        "language": event["document"]["language"],
        "start": event["start"],
        "end": event["end"],
        "rule": event["rule"],
        "why": event["why"],
        "confidence": f"{event['confidence']:g}",
        "reasons": _reasons(view, event),
    }


def _reasons(view: View, event: dict[str, Any]) -> list[tuple[str, str]]:
    """How the event came about, as the reader explains it: label and words, empty ones left out."""
    told = next((one for one in view.brief.explained if one["event"] == event["id"]), None)
    if told is None:
        return []
    lines = [
        ("Words", "; ".join(f"“{cue['quote']}” ({cue['concept']}, {cue['start']}–{cue['end']})" for cue in told["cues"])),
        ("Status", told["status"]),
        ("Date", told["date"] or ""),
        ("Taken from elsewhere", "; ".join(told["inherited"])),
        ("Who is who", "; ".join(told["resolved"])),
        ("Also told at", ", ".join(f"{start}–{end}" for start, end in told["also"])),
    ]
    return [(label, words) for label, words in lines if words]


def _actor(view: View, actor: dict[str, Any]) -> dict[str, str]:
    return {"name": view.names.actor(actor["id"]), "role": actor["role"], "surface": actor["name"]}


def what_happened(view: View) -> list[tuple[str, dict[str, Any]]]:
    """Return a line an event, 'Agreement (28 Oct 2025, completed): Japan and United States; critical minerals', news first."""
    ranked = sorted(view.brief.acts, key=lambda event: event.get("salience") == "background")
    return [(line(view, event), event) for event in ranked]


def line(view: View, event: dict[str, Any]) -> str:
    """Return an event in one line."""
    when = day(event["date"] or event.get("effective")) if event.get("date") or event.get("effective") else "no date in the text"
    materials = ", ".join(view.names.material(name).lower() for name in event.get("materials", []))
    status = plain(event["status"]).lower() + (", reported" if event.get("certainty") == "reported" else "")
    who = view.names.actors_of(event)
    return f"{kind_of(event['type'])} ({when}, {status})" + (f": {who}" if who else "") + (f"; {materials}" if materials else "")


def commitments(view: View) -> Table:
    """Return the open commitments, those with a due date first."""
    rows = sorted((row for row in view.brief.commitments if row["state"] == "open"), key=lambda row: (row["due"] is None, row["due"] or ""))
    language = {event["id"]: event["document"]["language"] for event in view.brief.events}
    return Table(
        ("Due", "What", "Who", "Quote"),
        [
            [
                Cell(day(row["due"]) if row["due"] else "no date in the text", f"#event-{row['event']}"),
                Cell(kind_of(row["type"]), f"#event-{row['event']}"),
                Cell(", ".join(dict.fromkeys(view.names.actor(code) for code in row["actors"]))),
                Cell(f"“{row['evidence']}”", f"#event-{row['event']}", lang=language.get(row["event"], "")),
            ]
            for row in rows
        ],
    )


def rejected(view: View) -> Table:
    """Return the candidates that the gate turned away, with the reason."""
    rows = [
        [
            Cell(kind_of(row["type"])),
            Cell(row["reason"]),
            Cell(row["rule"]),
            Cell(f"“{row['evidence']}”"),
            Cell(f"{row['start']}–{row['end']}"),
        ]
        for row in view.brief.rejected
    ]
    return Table(("Looked like", "Turned away because", "Rule", "Sentence", "Characters"), rows)
