"""Read an article: from its text to events, each with verbatim evidence. The one way in is `read` (text) or `read_article`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from ytterby.errors import ModelError
from ytterby.reading.article import Article, parse_published
from ytterby.reading.candidates import Candidate, Refusal, propose
from ytterby.reading.detect import detect_language
from ytterby.reading.document import Document, analyse
from ytterby.reading.explain import explain, words_of
from ytterby.reading.gate import check_record, faults
from ytterby.reading.lexicon import Language, languages, load_language
from ytterby.reading.likely import UNSAID, likely
from ytterby.reading.matching import Match, match
from ytterby.reading.mentions import Mention
from ytterby.reading.merging import merge
from ytterby.reading.rules import load_rules
from ytterby.reading.segments import Segment

CONTEXT = frozenset(rule.type for rule in load_rules() if rule.context)


@dataclass(frozen=True)
class Reading:
    """What an article tells: events, facts that are no events, what was rejected and why, the segments, how events came about."""

    events: list[dict[str, Any]]
    context: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    segments: list[Segment]
    explained: list[dict[str, Any]] = field(default_factory=list)


Adviser = Callable[[Document, Sequence[Candidate]], list[Candidate | Refusal]]
"""Something else than the rules that proposes candidates, given the document and what has passed; the gate judges them alike."""


def read(
    text: str,
    published: str | date | None = None,
    *,
    stem: str = "article",
    url: str | None = None,
    title: str | None = None,
    context: bool = False,
) -> list[dict[str, Any]]:
    """Return the events of a text in order of their evidence; with `context`, also facts that are no events.

    published: the day of publication (default: the date at the text's head, else unknown). Raises InputError for a bad date.

    >>> [event["type"] for event in read("China hat die Ausfuhr von Gallium verboten.", "2024-12-03")]
    ['export_control']
    """
    from ytterby.reading.article import from_text

    reading = read_article(from_text(text, parse_published(published, "published"), stem=stem, url=url, title=title))
    return sorted(reading.events + reading.context, key=lambda event: (event["start"], event["end"])) if context else reading.events


def read_article(article: Article, adviser: Adviser | None = None) -> Reading:
    """Return what an article tells; an article in a language without a file tells nothing. adviser: see llm.py.

    >>> from ytterby.reading.article import from_text
    >>> read_article(from_text("日米両首脳が署名した。")).events
    []
    """
    code = article.language if article.language in languages() else article.language.split("-")[0]
    return interpret(article, load_language(code), adviser) if code in languages() else Reading([], [], [], [])


def interpret(article: Article, language: Language, adviser: Adviser | None = None) -> Reading:
    """Return what an article tells, read with the words of a language."""
    document = analyse(article.text, article.published, language, article.title)
    passed, refused = by_rules(document)
    for matches in likely(document, passed, refused):
        _take(_first(document, matches, passed), passed, refused)
    for advised in adviser(document, passed) if adviser else ():
        _take(_judged(document, advised), passed, refused)
    kept = merge(passed)
    sound = [_record(document, article, candidate) for candidate in kept]
    for record in sound:
        if wrong := check_record(record, article.text):
            raise ModelError(f"a record got past the gate: {'; '.join(wrong)}")
    return Reading(
        events=[record for record in sound if record["type"] not in CONTEXT],
        context=[record for record in sound if record["type"] in CONTEXT],
        rejected=[_refused(document, refusal) for refusal in refused],
        segments=document.segments,
        explained=[explain(document, candidate, record) for candidate, record in zip(kept, sound, strict=True)],
    )


def by_rules(document: Document) -> tuple[list[Candidate], list[Refusal]]:
    """Return what the rules propose and the gate lets through, and what it does not."""
    passed: list[Candidate] = []
    refused: list[Refusal] = []
    taken: list[tuple[int, int]] = []
    for found in match(document, load_rules(), taken):
        proposed = _judged(document, propose(document, found, passed))
        _take(proposed, passed, refused)
        if isinstance(proposed, Candidate) and not found.rule.context:
            anchor = found.triggers[0]
            taken += [span for span in ((anchor.start, anchor.end), anchor.second) if span]
            taken.extend((quantity.start, quantity.end) for quantity in proposed.quantities)
    return passed, refused


def _first(document: Document, matches: Sequence[Match], passed: Sequence[Candidate]) -> Candidate | Refusal:
    """The first of several matches that passes; what a clause denies or only supposes ends the search."""
    first: Candidate | Refusal | None = None
    for found in matches:
        proposed = _judged(document, propose(document, found, passed))
        first = first or proposed
        if isinstance(proposed, Candidate) or proposed.reason in UNSAID:
            return proposed
    assert first is not None
    return first


def _take(proposed: Candidate | Refusal, passed: list[Candidate], refused: list[Refusal]) -> None:
    if isinstance(proposed, Candidate):
        passed.append(proposed)
    else:
        refused.append(proposed)


def _judged(document: Document, proposed: Candidate | Refusal) -> Candidate | Refusal:
    """A candidate that the gate lets through, else the reason."""
    if isinstance(proposed, Refusal) or not (reasons := faults(document, proposed)):
        return proposed
    return Refusal(proposed.match, "; ".join(reasons))


def detect(text: str) -> str:
    """Return the language of a text, or 'und'.

    >>> detect("The two countries have signed an agreement on the supply of magnets.")
    'en'
    """
    return detect_language(text)


def _refused(document: Document, refusal: Refusal) -> dict[str, Any]:
    found = refusal.match
    sentence = document.sentences[found.sentence]
    return {
        "type": found.rule.type,
        "rule": found.rule.name,
        "reason": refusal.reason,
        "evidence": document.text[sentence.start : sentence.end],
        "start": sentence.start,
        "end": sentence.end,
        "cues": words_of(document, found),
    }


def _record(document: Document, article: Article, candidate: Candidate) -> dict[str, Any]:
    rule, dates = candidate.match.rule, candidate.dates
    day, precision = dates.date or (candidate.published, "day" if candidate.published else None)
    return {
        "id": _identity(article, candidate),
        "article": article.stem,
        "document": {
            "sha256": article.sha256,
            "language": article.language,
            "published": article.stated,
            "url": article.url,
        },
        "type": rule.type,
        "status": candidate.status,
        "salience": candidate.salience,
        "certainty": candidate.certainty,
        "actors": [_actor(document, role, mention) for role, mention in candidate.roles],
        "materials": [material.value for material in candidate.materials],
        "stage": candidate.stage,
        "date": day,
        "date_precision": precision,
        "date_source": dates.source or ("publication" if candidate.published else None),
        "effective": dates.effective,
        "until": dates.until,
        "quantities": [{"value": q.value, "unit": q.unit, "of": q.of, "start": q.start, "end": q.end} for q in candidate.quantities],
        "evidence": article.text[candidate.start : candidate.end],
        "start": candidate.start,
        "end": candidate.end,
        "rule": rule.name,
        "why": _why(document, candidate),
        "confidence": _confidence(candidate),
    }


def _identity(article: Article, candidate: Candidate) -> str:
    key = f"{article.sha256}|{candidate.type}|{candidate.start}|{candidate.end}|{'+'.join(sorted(candidate.actors()))}|{candidate.status}"
    return sha256(key.encode()).hexdigest()[:16]


def _actor(document: Document, role: str, mention: Mention) -> dict[str, Any]:
    end = mention.end - mention.tail
    surface = document.text[mention.start : end]
    via = mention.via or (f"metonym {surface}" if mention.form == "capital" else None)
    return {"id": mention.value, "role": role, "name": surface, "via": via, "start": mention.start, "end": end}


def _why(document: Document, candidate: Candidate) -> str:
    """Say in one sentence which words made the event and what was inherited."""
    words = ", ".join(
        f"{trigger.value} {document.text[trigger.start : trigger.end]!r}"
        for trigger in sorted(candidate.match.triggers, key=lambda t: t.start)
    )
    parts = [f"{candidate.match.rule.name}: {words}"]
    for material in candidate.materials:
        if not candidate.start <= material.start < candidate.end:
            parts.append(f"{material.value} inherited from {material.start}..{material.end}")
        elif material.via:
            parts.append(f"{document.text[material.start : material.end]!r} = {material.value} ({material.via})")
    if lead := candidate.dates.lead:
        parts.append(f"date inherited from {lead.start}..{lead.end}")
    if candidate.certainty == "reported":
        parts.append("reported: unnamed sources or one party's word about the other")
    parts += [f"also told at {start}..{end}" for start, end in candidate.also]
    return "; ".join(parts)


def _confidence(candidate: Candidate) -> float:
    """A plain score: full marks less a tenth for a reported claim, for an inherited actor or material, for a model's proposal."""
    inherited = any((actor.via or "").startswith("inherited") for _, actor in candidate.roles)
    borrowed = any(not candidate.start <= material.start < candidate.end for material in candidate.materials)
    name = candidate.match.rule.name
    less = 0.1 * name.startswith("llm.") + 0.2 * name.endswith(".likely")
    return round(0.95 - 0.1 * (candidate.certainty == "reported") - 0.1 * inherited - 0.1 * borrowed - less, 2)
