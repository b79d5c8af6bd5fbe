"""Tell a denial, which is an event, from an act that just did not happen, which is none."""

from collections.abc import Mapping

from ytterby.reading.document import Document
from ytterby.reading.matching import Match
from ytterby.reading.mentions import Mention

QUOTES = (("«", "»"), ("“", "”"), ("「", "」"), ("『", "』"))


def disputed(document: Document, found: Match) -> bool:
    """Whether the sentence says that something is denied, false or a rumour."""
    return document.tells(document.spans_of(found.sentence), "DENY")


def refused(document: Document, found: Match, cues: Mapping[str, Mention]) -> bool:
    """Whether somebody says that an act will not be: "will not lift", "has no plans to", or in his own words: "We never signed it"."""
    sentence, plan = document.sentences[found.sentence], cues.get("PLAN")
    planned = plan is not None and not any(trigger.start <= plan.start < trigger.end for trigger in found.triggers)
    before = document.text[sentence.start : found.at]
    quoted = any(before.count(first) > before.count(last) for first, last in QUOTES)
    told = quoted and document.tells(document.spans_of(found.sentence), "SAY")
    return not cues.keys() & {"IF", "MAY"} and ("WILL" in cues or planned or told)


def feared(document: Document, found: Match) -> bool:
    """Whether a clause tells what another only fears or expects: "Experts are afraid, that Beijing will ban exports"."""
    words, start = document.language.words, found.clause.spans[0][0]
    if found.clause.opener not in words("openers"):
        return False
    before = [c for c in document.clauses[found.sentence] if c.spans[0][0] < start and c.opener not in words("relatives")]
    return bool(before) and document.tells(before[-1].spans, "MAY") and not document.tells(before[-1].spans, "SAY")
