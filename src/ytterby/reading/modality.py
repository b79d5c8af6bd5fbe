"""Judge a clause: did it happen, will it, may it, was it denied; is it the news or its background; who says so."""

import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from typing import NamedTuple

from ytterby.reading.dates import Day, begins, ends, resolve
from ytterby.reading.document import Document
from ytterby.reading.lexicon import Language
from ytterby.reading.matching import Match
from ytterby.reading.mentions import Mention

OLD_YEARS = 3
# The concepts that no rule asks for, but the code: modality, speech, background, and words that stand for an actor named before.
CUES = frozenset(
    {"NOT", "DENY", "IF", "MAY", "PLAN", "WILL", "PRESENT", "ONCE", "THREATEN", "SAY", "UNNAMED", "BACKGROUND", "ALREADY", "PASSIVE"}
    | {"GOV", "SIDE", "COUNTRY", "COMPANY", "HE", "IT"}
)
PLAIN = frozenset({"WILL", "PLAN", "MAY"})
RECENT = timedelta(days=21)


class Verdict(NamedTuple):
    """How a clause means what it says. `reject` is the reason why it tells no event."""

    status: str
    reject: str = ""
    denied: bool = False
    cues: tuple[str, ...] = ()
    background: bool = False


def judge(document: Document, found: Match) -> Verdict:
    """Return the status that the cues of a clause give an event."""
    cues = _cues(document, found)
    return _verdict(document, found, cues)._replace(background="BACKGROUND" in cues or "ONCE" in cues)


def _verdict(document: Document, found: Match, cues: dict[str, Mention]) -> Verdict:
    sentence, rule = document.sentences[found.sentence], found.rule
    if document.text[sentence.start : sentence.end].rstrip(" »\"'”」』").endswith(("?", "？", "؟")):
        return Verdict("", "a question")
    if _denial(document, found):
        return Verdict("denied", "" if rule.denied else "denied", denied=True, cues=("DENY",))
    if "NOT" in cues and not rule.negated:
        return Verdict("", "negated", cues=("NOT",))
    if ("IF" in cues or found.clause.opener in document.language.words("conditions")) and rule.status != "threatened":
        return Verdict("", "hypothetical", cues=("IF",))
    return _outlook(document, found, cues)


def _outlook(document: Document, found: Match, cues: dict[str, Mention]) -> Verdict:
    rule = found.rule
    if rule.context:
        return Verdict(rule.status)
    if found.clause.opener in document.language.words("purposes") and not rule.purpose:
        return Verdict("", "an aim, no act")
    if "MAY" in cues and "WILL" not in cues and not ("THREATEN" in cues and rule.future == "announced"):
        return Verdict(rule.may, "" if rule.may else "hypothetical", cues=("MAY",))
    meant = {
        "THREATEN": "threatened" if rule.future == "announced" else "",
        "PLAN": "planned",
        "WILL": rule.future if rule.status != "planned" else "planned",
        "ONCE": "past",
    }
    cue = next((cue for cue, status in meant.items() if cue in cues and status), "")
    if not cue and _scheduled(document, found):
        cue = "WILL"
    return Verdict(meant.get(cue, rule.status), cues=(cue,) if cue else ())


def _scheduled(document: Document, found: Match) -> bool:
    """Whether a verb in the present tense stands with a day that is not the day of publication: "meets on Friday"."""
    now = document.published
    if now is None or not document.tells(found.clause.spans, "PRESENT"):
        return False
    days = [day for day in found.clause.inside(document.days) if day.role == "date"]
    moments = [moment for day in days if (day.day is not None or day.month or day.shift) and (moment := resolve(day, now, ahead=True))]
    return any(begins(moment[0]) > now for moment in moments) or any(day.shift is not None and day.shift[1] > 0 for day in days)


def _cues(document: Document, found: Match) -> dict[str, Mention]:
    """The cues of the clause that are no part of its triggers."""
    cues: dict[str, Mention] = {}
    glued = document.language.inflected  # there "will" and "not" are endings of the verb itself
    for mention in document.concepts_of(found.clause):
        if mention.value != "PLAN" and not glued and _hidden(found, mention):
            continue
        if mention.value == "NOT" and not _beside(found, mention) and not _governed(document, found, mention):
            continue
        if mention.value in PLAIN and not document.language.spaces and not verb_last(document.language) and not _beside(found, mention):
            continue  # Chinese strings clauses together with commas: each verb has its own cue
        cues.setdefault(mention.value, mention)
    if "WILL" in cues and _only_passive(document, found):
        del cues["WILL"]
    if "MAY" in cues and "WILL" in cues and _same_word(document, cues):
        # 'would' after 'announced' is a decision, without it a guess.
        plain = not glued or document.language.grammar["nouns_first"]
        said = plain and any(m.value == "SAY" for m in _concepts(document, found))
        del cues["MAY" if said else "WILL"]
    return cues


def _hidden(found: Match, cue: Mention) -> bool:
    """Whether a cue is (part of) a trigger itself; "will" in "will visit" still counts."""
    for trigger in found.triggers:
        if trigger.start < cue.end and cue.start < trigger.end:
            if (trigger.start <= cue.start and trigger.end < cue.end) or (cue.start < trigger.start and cue.end < trigger.end):
                continue  # "制限し|ていない", "将|访问": cue and act share a letter
            shorter = cue.end - cue.start < trigger.end - trigger.start
            return not (shorter and cue.value in ("WILL", "PASSIVE"))
    return False


def _beside(found: Match, cue: Mention) -> bool:
    """Whether a cue stands in the same piece of the clause as one of the triggers."""
    pieces = [span for span in found.clause.spans if span[0] <= cue.start < span[1]]
    return any(first <= trigger.start < last for first, last in pieces for trigger in found.triggers)


def _governed(document: Document, found: Match, cue: Mention) -> bool:
    """Whether all pieces between a trigger and a verb at the end of the sentence hold no verb of their own ("協定の交渉は、…決裂した")."""
    if not verb_last(document.language):
        return False
    last = max(trigger.end for trigger in found.triggers)
    ends = [end for _, end in found.clause.spans if last <= end <= cue.start]
    return bool(ends) and all(document.text[end - 1 : end] in document.language.suffixes for end in ends)


def _concepts(document: Document, found: Match) -> list[Mention]:
    return document.concepts_in(found.sentence)


def _same_word(document: Document, cues: dict[str, Mention]) -> bool:
    return document.text[cues["MAY"].start : cues["MAY"].end] == document.text[cues["WILL"].start : cues["WILL"].end]


def participle(document: Document, found: Match) -> bool:
    """Whether one of the triggers looks like a participle."""
    shape = document.language.grammar["participle"]
    words = [document.text[trigger.start : trigger.end].casefold() for trigger in found.triggers]
    return any(re.fullmatch(shape, word) for word in words)


def _only_passive(document: Document, found: Match) -> bool:
    auxiliary = document.language.words("auxiliary")
    future = [m for m in document.concepts_of(found.clause) if m.value == "WILL"]
    bare = all(document.text[m.start : m.end].casefold() in auxiliary for m in future)
    return bare and participle(document, found)


def _denial(document: Document, found: Match) -> bool:
    return document.tells(document.spans_of(found.sentence), "DENY")


def clause_days(document: Document, found: Match) -> list[Day]:
    """Return the dates of the clause, then those of the verbs of saying beside it."""
    own = found.clause.inside(document.days)
    spoken = [
        day
        for clause in document.clauses[found.sentence]
        if clause is not found.clause and (clause.opener or found.clause.opener)
        if _says(document, clause.spans)
        for day in clause.inside(document.days)
        if _is_day(day)
    ]
    return own + spoken or _told_before(document, found)


def _told_before(document: Document, found: Match) -> list[Day]:
    """The day of the main clause, for a relative clause without a date: "flew on Tuesday to Berlin, where he met"."""
    main = document.clauses[found.sentence][0]
    if found.clause.opener not in document.language.words("relatives") or main is found.clause:
        return []
    return [day for day in main.inside(document.days) if _is_day(day) and day.start < found.at]


def _is_day(day: Day) -> bool:
    return day.day is not None or (day.shift is not None and day.shift[0] == "day")


def _says(document: Document, spans: tuple[tuple[int, int], ...]) -> bool:
    return document.tells(spans, "SAY") or document.tells(spans, "DENY")


@dataclass(frozen=True)
class Dates:
    """The dates of an event with the mentions they come from."""

    date: tuple[str, str] | None = None
    effective: str | None = None
    until: str | None = None
    day: Day | None = None
    source: str | None = None
    used: tuple[Day, ...] = ()


UNDATED = Dates()


def date_event(document: Document, found: Match, status: str) -> Dates:
    """Return the dates of an event; relative ones stay open without a day of publication."""
    if found.rule.dated == "none" or not document.days:
        return UNDATED
    ahead = status in ("planned", "threatened")
    values: dict[str, str | None] = {"effective": None, "until": None}
    date = day = None
    used: list[Day] = []
    for candidate in clause_days(document, found):
        moment = resolve(candidate, document.published, ahead)
        slot = None if moment is None else _slot(document, found, candidate.role, moment[0], status)
        if moment is None or slot is None or (candidate.role not in values and date is not None):
            continue
        if slot == "date":
            date, day = moment, candidate
        else:
            values[slot] = values[slot] or moment[0]
        used.append(candidate)
    return Dates(date, values["effective"], values["until"], day, "text_or_relative" if date else None, tuple(used))


def _slot(document: Document, found: Match, role: str | None, moment: str, status: str) -> str | None:
    """Which slot of the event a day fills: effective, until, date; or none."""
    if role == "since" and found.rule.type == "export_control_relief":
        return None  # "lifts the ban, in force since 2021": that day is the ban's
    if role in ("effective", "until"):
        return role
    if status in ("planned", "threatened") or not _later(moment, document):
        return "date"
    if status == "completed":
        return None  # what is done is not dated by a day that lies ahead
    return "until" if found.rule.type == "pledge" else "effective"


def _later(moment: str, document: Document) -> bool:
    return document.published is not None and begins(moment) > document.published


def settle(document: Document, found: Match, verdict: Verdict, dates: Dates) -> tuple[str, str]:
    """Return the final (status, salience): effective dates ahead, old dates and background cues change them."""
    status, published = verdict.status, document.published
    moment = dates.date[0] if dates.date else dates.effective
    if published and dates.effective and status == "in_force" and begins(dates.effective) > published:
        status = "announced"
    old = bool(published and moment and ends(moment) < published - RECENT)
    if published and moment and ends(moment).year < published.year - OLD_YEARS and status in ("completed", "announced", "in_force"):
        status = "past"
    since = any(day.role == "since" for day in dates.used)
    background = old or since or verdict.background or status == "past" or _told_late(document, found, dates)
    return status, "background" if background and status not in ("planned",) else "news"


def _told_late(document: Document, found: Match, dates: Dates) -> bool:
    """A standing measure without a date, told after the lead, is the story's background."""
    if not found.rule.standing:
        return False
    lead = document.sentences[found.sentence].segment.kind == "lead"
    opening = sum(1 for _ in takewhile(lambda sentence: sentence.segment.kind == "lead", document.sentences))
    early = found.sentence <= max(1, opening)
    return not lead and not early and dates.date is None and dates.effective is None


def certainty(document: Document, found: Match, own: frozenset[str]) -> str:
    """Return 'reported' for unnamed sources and for a party's claim about the other party's act, else 'confirmed'."""
    whole = document.spans_of(found.sentence)
    if document.tells(whole, "UNNAMED"):
        return "reported"
    speaker = _speaker(document, found) if document.tells(whole, "SAY") else None
    return "reported" if speaker is not None and speaker not in own and len(speaker) == 3 else "confirmed"


def verb_last(language: Language) -> bool:
    """Whether a sentence ends with its verb and begins with who speaks (Japanese)."""
    return bool(language.grammar["marks_follow"]) and not language.spaces


def _speaker(document: Document, found: Match) -> str | None:
    last = document.language.grammar["marks_follow"]  # there the speaker opens the sentence and the verb ends it
    for clause in document.clauses[found.sentence]:
        for cue in document.concepts_of(clause):
            if cue.value != "SAY" or any(cue.start < t.end and t.start < cue.end for t in found.triggers):
                continue
            near = [
                a
                for a in document.actors_of(clause)
                if (last or abs(a.start - cue.end) < 90) and not a.markers & {"to", "with", "in", "possessive"}
            ]
            if near and last:
                return near[0].value
            if near:
                return min(near, key=lambda actor: min(abs(actor.start - cue.end), abs(cue.start - actor.end))).value
    return None
