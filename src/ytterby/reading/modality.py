"""Judge a clause: did it happen, will it, may it, was it denied; is it the news or its background; who says so."""

import re
from datetime import timedelta
from itertools import takewhile
from typing import NamedTuple

from ytterby.reading.clauses import aimed
from ytterby.reading.dates import begins, ends, resolve
from ytterby.reading.dating import Dates
from ytterby.reading.denials import disputed, feared, refused
from ytterby.reading.document import Document
from ytterby.reading.lexicon import Language
from ytterby.reading.matching import Match
from ytterby.reading.mentions import Mention

OLD_YEARS = 3
CLOSING = ("”", "」", "』", "》")
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
    if disputed(document, found):
        return Verdict("denied", "" if rule.denied else "denied", denied=True, cues=("DENY",))
    # "threatened to tax ore if no smelter is built": what stands before the condition is threatened
    threat = rule.future == "announced" and cues.keys() >= {"THREATEN", "IF"} and found.at < cues["IF"].start
    if "NOT" in cues and not rule.negated and not threat:
        said = rule.denied and refused(document, found, cues)
        return Verdict("denied", denied=True, cues=("NOT",)) if said else Verdict("", "negated", cues=("NOT",))
    if not threat and rule.status != "threatened" and ("IF" in cues or found.clause.opener in document.language.words("conditions")):
        return Verdict("", "hypothetical", cues=("IF",))
    return _outlook(document, found, cues)


def _outlook(document: Document, found: Match, cues: dict[str, Mention]) -> Verdict:
    rule = found.rule
    if rule.context:
        return Verdict(rule.status)
    aim = rule.type not in ("meeting", "pledge") and aimed(document.text, found.triggers, document.language)
    if (found.clause.opener in document.language.words("purposes") or aim) and not rule.purpose:
        return Verdict("", "an aim, no act")
    if feared(document, found):
        return Verdict("", "hypothetical", cues=("MAY",))
    if "MAY" in cues and "WILL" not in cues and not ("THREATEN" in cues and rule.future == "announced"):
        return Verdict(rule.may, "" if rule.may else "hypothetical", cues=("MAY",))
    meant = {
        "THREATEN": "threatened" if rule.future == "announced" or rule.type == "outage" else "",
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
        if (mention.value == "PLAN" or glued or not _hidden(found, mention)) and _counts(document, found, mention):
            cues.setdefault(mention.value, mention)
    if "WILL" in cues and _only_passive(document, found):
        del cues["WILL"]
    if "MAY" in cues and "WILL" in cues and _same_word(document, cues):
        # 'would' after 'announced' is a decision, without it a guess.
        plain = not glued or document.language.grammar["nouns_first"]
        said = plain and any(m.value == "SAY" for m in _concepts(document, found))
        del cues["MAY" if said else "WILL"]
    return cues


def _counts(document: Document, found: Match, cue: Mention) -> bool:
    """Whether a cue bears on the act, and not on another verb of the clause."""
    if cue.value == "NOT":
        return _beside(found, cue) or _governed(document, found, cue)
    if cue.value not in PLAIN:
        return True
    if cue.value == "PLAN" and document.text[cue.end : cue.end + 1] in CLOSING:
        return False  # a plan by name: “金库计划”
    if document.language.grammar["marks_follow"]:
        return not _inside_act(found, cue)
    return document.language.spaces or _beside(found, cue)  # Chinese strings clauses together with commas: each verb has its own cue


def _hidden(found: Match, cue: Mention) -> bool:
    """Whether a cue is (part of) a trigger itself; "will" in "will visit" still counts."""
    for trigger in found.triggers:
        if trigger.start < cue.end and cue.start < trigger.end:
            if (trigger.start <= cue.start and trigger.end < cue.end) or (cue.start < trigger.start and cue.end < trigger.end):
                continue  # "制限し|ていない", "将|访问": cue and act share a letter
            shorter = cue.end - cue.start < trigger.end - trigger.start
            return not (shorter and cue.value in ("WILL", "PASSIVE"))
    return False


def _inside_act(found: Match, cue: Mention) -> bool:
    """Whether a cue belongs to a word that the act follows: where the verb comes last, the last trigger tells what was done.

    That word is a trigger, or it describes a noun: "üretecek tesis açıldı", the plant that will make it was opened.
    """
    last = max(trigger.start for trigger in found.triggers)
    if cue.value == "WILL" and cue.end <= last and not any(t.start < cue.end and cue.start < t.end for t in found.triggers):
        return True
    return any(t.start < cue.end and cue.start < t.end and t.start < last for t in found.triggers)


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
