"""Section article: the text with its evidence marked, and the events that it tells of beside it."""

from typing import Any

from ytterby.reading.article import Article
from ytterby.show.language import said, say
from ytterby.show.marking import runs
from ytterby.show.retelling import Retelling
from ytterby.show.table import Cell, Table, retold
from ytterby.show.views.view import View
from ytterby.show.words import day, family_of, inside, kind_of, significant, word

DATED = {"text_or_relative": "article.from_text", "publication": "article.from_publication", "text": "article.from_text"}


def articles(view: View) -> list[dict[str, Any]]:
    """Return each article with its runs of text, the cards of its events and those of its context facts."""
    return [_article(view, article, number) for number, article in enumerate(view.brief.articles)]


def _article(view: View, article: Article, number: int) -> dict[str, Any]:
    events, context = (_of(records, article) for records in (view.brief.events, view.brief.context))
    return {
        "number": number,
        "title": article.title or say("article.untitled", stem=article.stem),
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
    source = event.get("date_source") or ""
    dated = say(DATED[source]) if source in DATED else source
    return {
        "id": event["id"],
        "kind": kind_of(event["type"]),
        "family": family_of(event["type"]),
        "status": word("status", event["status"]) if event.get("status") else "",
        "salience": event.get("salience") or "",
        "reported": event.get("certainty") == "reported",
        "actors": [_actor(view, actor) for actor in event.get("actors", [])],
        "date": day(event["date"]) + (f" ({dated})" if dated else "") if event.get("date") else say("undated"),
        "effective": day(event["effective"]) if event.get("effective") else "",
        "until": day(event["until"]) if event.get("until") else "",
        "materials": say("comma").join(view.names.material(name) for name in event.get("materials", [])),
        "stage": "" if event.get("stage") in (None, "unspecified") else word("stage", event["stage"]),
        "quantities": [_quantity(quantity) for quantity in event.get("quantities", [])],
        "evidence": event["evidence"],
        "language": event["document"]["language"],
        "start": event["start"],
        "end": event["end"],
        "rule": event["rule"],
        "why": event["why"],
        "confidence": significant(event["confidence"]),
        "reasons": _reasons(view, event),
    }


def _reasons(view: View, event: dict[str, Any]) -> list[tuple[str, str]]:
    """How the event came about, as the reader explains it: label and words, empty ones left out."""
    told = next((one for one in view.brief.explained if one["event"] == event["id"]), None)
    if told is None:
        return []
    lines = [
        ("words", "; ".join(f"“{cue['quote']}” ({cue['concept']}, {cue['start']}–{cue['end']})" for cue in told["cues"])),
        ("status", told["status"]),
        ("date", told["date"] or ""),
        ("elsewhere", "; ".join(told["inherited"])),
        ("who_is_who", "; ".join(told["resolved"])),
        ("also", ", ".join(f"{start}–{end}" for start, end in told["also"])),
    ]
    return [(say(f"article.{label}"), words) for label, words in lines if words]


def _quantity(quantity: dict[str, Any]) -> tuple[str, str]:
    """A quantity in words, and what it counts as the article says it."""
    unit, of = quantity["unit"], quantity["of"] or ""
    # What is counted says more than its kind: 250 cherry trees, not 250 trees of them.
    counted = "" if of and said(f"unit.{unit}") and unit != "percent" else said(f"unit.{unit}") or unit
    return f"{significant(quantity['value'], 6)} {counted}".strip(), of


def _actor(view: View, actor: dict[str, Any]) -> dict[str, str]:
    return {"name": view.names.actor(actor["id"]), "role": inside(word("role", actor["role"])), "surface": actor["name"]}


def what_happened(view: View) -> list[tuple[str, dict[str, Any]]]:
    """Return a line an event, 'Agreement (28 Oct 2025, completed): Japan and United States; critical minerals', news first."""
    ranked = sorted(view.brief.acts, key=lambda event: event.get("salience") == "background")
    return [(line(view, event), event) for event in ranked]


def line(view: View, event: dict[str, Any]) -> str:
    """Return an event in one line."""
    when = day(event["date"] or event.get("effective")) if event.get("date") or event.get("effective") else say("undated")
    materials = say("comma").join(inside(view.names.material(name)) for name in event.get("materials", []))
    status = inside(word("status", event["status"]))
    told = say("top.reported", status=status) if event.get("certainty") == "reported" else status
    found, who = say("top.line", event=kind_of(event["type"]), when=when, status=told), view.names.actors_of(event)
    found = say("top.line_who", line=found, who=who) if who else found
    return say("top.line_what", line=found, what=materials) if materials else found


def commitments(view: View) -> Table:
    """Return the open commitments, those with a due date first."""
    rows = sorted((row for row in view.brief.commitments if row["state"] == "open"), key=lambda row: (row["due"] is None, row["due"] or ""))
    language = {event["id"]: event["document"]["language"] for event in view.brief.events}
    return Table(
        tuple(say(f"commitments.{head}") for head in ("due", "what", "who", "quote")),
        [
            [
                Cell(day(row["due"]) if row["due"] else say("undated"), f"#event-{row['event']}"),
                Cell(kind_of(row["type"]), f"#event-{row['event']}"),
                Cell(say("comma").join(dict.fromkeys(view.names.actor(code) for code in row["actors"]))),
                Cell(say("quote", text=row["evidence"]), f"#event-{row['event']}", lang=language.get(row["event"], "")),
            ]
            for row in rows
        ],
    )


def rejected(view: View) -> Table:
    """Return the candidates that the gate turned away, with the reason."""
    again = Retelling(view.brief.world)
    rows = [
        [
            Cell(kind_of(row["type"])),
            retold(again(row["reason"])),
            Cell(row["rule"]),
            Cell(say("quote", text=row["evidence"])),
            Cell(f"{row['start']}–{row['end']}"),
        ]
        for row in view.brief.rejected
    ]
    return Table(tuple(say(f"article.{head}") for head in ("looked_like", "because", "rule", "sentence", "span")), rows)
