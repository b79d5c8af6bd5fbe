"""Turn a match into a candidate for the ledger: roles, materials, dates, quantities, evidence; nothing is checked here."""

from collections.abc import Sequence
from dataclasses import dataclass

from ytterby.reading.acts import lineage
from ytterby.reading.dating import Dates, date_event, dated_by_lead
from ytterby.reading.document import Document
from ytterby.reading.folding import folded_word
from ytterby.reading.matching import NOUNS, Match, quantities
from ytterby.reading.mentions import Mention, inside
from ytterby.reading.modality import Verdict, certainty, judge, settle
from ytterby.reading.quantities import Quantity
from ytterby.reading.roles import Filled, fill

STAGES = {"rare_earth_magnets": "magnet", "magnet_scrap": "magnet", "rare_earth_technology": "separation"}
TRADED = frozenset({"EXPORT", "EXPORT_CONTROL", "IMPORT"})
VAGUE = frozenset({"raw_materials", "raw_minerals"})
GENERIC = VAGUE | {"critical_minerals", "battery_materials"}
BACK = 12


@dataclass(frozen=True)
class Candidate:
    """What may become an event; every slot keeps the mention that it came from."""

    match: Match
    verdict: Verdict
    status: str
    salience: str
    certainty: str
    roles: Filled
    materials: list[Mention]
    stage: str
    dates: Dates
    published: str | None
    quantities: list[Quantity]
    start: int
    end: int
    also: tuple[tuple[int, int], ...] = ()

    @property
    def type(self) -> str:
        """The type of the event."""
        return self.match.rule.type

    def actors(self) -> frozenset[str]:
        """Who takes part, as ids."""
        return frozenset(mention.value for _, mention in self.roles)


@dataclass(frozen=True)
class Refusal:
    """A match that tells no event, and why."""

    match: Match
    reason: str


def propose(document: Document, found: Match, before: Sequence[Candidate] = (), given: Filled | None = None) -> Candidate | Refusal:
    """Return a candidate for a match, or the reason why there is none; `before` are those that passed, `given` roles found elsewhere."""
    verdict = judge(document, found)
    if verdict.reject:
        return Refusal(found, verdict.reject)
    if found.rule.yields and any(one.type in found.rule.yields and one.match.clause == found.clause for one in before[-BACK:]):
        return Refusal(found, "part of another act")
    roles, missing = (given, "") if given is not None else fill(document, found, told(before))
    if missing:
        return Refusal(found, missing)
    if verdict.denied:
        roles = _denied(document, found, roles)
    materials = _materials(document, found)
    if found.rule.materials == "need" and not materials:
        return Refusal(found, "no material")
    dates = date_event(document, found, verdict.status)
    status, salience = settle(document, found, verdict, dates)
    if _fresh(document, found, status, salience):
        dates = dated_by_lead(document, dates)
    counted = [q for m in quantities(document, found.clause, found.rule.quantities) for q in inside(document.quantities, m.start, m.end)]
    things = [(m.start, m.end) for m in materials] + [(d.start, d.end) for d in dates.used] + [(q.start, q.end) for q in counted]
    start, end = _evidence(document, found, roles, things)
    own = frozenset(mention.value for role, mention in roles if role in (found.rule.roles[0].name, "denier"))
    return Candidate(
        match=found,
        verdict=verdict,
        status=status,
        salience=salience,
        certainty=certainty(document, found, own),
        roles=roles,
        materials=materials,
        stage=_stage(found, materials),
        dates=dates,
        published=_publication(document, found, status, salience, dates),
        quantities=counted,
        start=start,
        end=end,
    )


def told(before: Sequence[Candidate]) -> Filled:
    """Return the roles of the last events before, from which a later one may inherit."""
    return [row for candidate in before[-BACK:] for row in candidate.roles]


def _denied(document: Document, found: Match, roles: Filled) -> Filled:
    """In a denial who would have acted is the denier, unless somebody else denies it."""
    first = found.rule.roles[0].name
    return [("denier" if role == first else role, actor) for role, actor in roles]


def _materials(document: Document, found: Match) -> list[Mention]:
    if found.rule.materials == "none":
        return []
    sentence = document.sentences[found.sentence]
    near = inside(document.materials, sentence.start, sentence.end)
    own = [m for m in near if found.clause.holds(m.start, m.end)]
    if found.rule.materials == "own":
        own = [m for m in own if not _parted(document, found, m)]
    chosen = own if found.rule.materials == "own" else own or near
    if not chosen and found.rule.materials in ("need", "seek") and not _other_goods(document, found):
        chosen = _earlier(document, found)
    distinct: dict[str, Mention] = {}
    for mention in chosen:
        distinct.setdefault(mention.value, mention)
    wider = {family for name in distinct for family in lineage(name)[1:]} - GENERIC  # "samarium and six other rare earths"
    distinct = {name: mention for name, mention in distinct.items() if name not in wider}
    if not all(name in GENERIC for name in distinct):
        return [mention for name, mention in distinct.items() if name not in VAGUE]  # "raw materials such as tin"
    return list(distinct.values())


def _other_goods(document: Document, found: Match) -> bool:
    """Whether the clause says what is traded, and it is no material: "exports of chip tools"."""
    language = document.language
    for trigger in found.triggers:
        if trigger.value in TRADED:
            words = [folded_word(word) for word in document.text[trigger.end : trigger.end + BACK * 3].split()[:2]]
            of = bool(words) and "of" in language.markers.get(words[0], ())
            if of and len(words) == 2 and words[1] not in language.words("determiners"):
                return True
    return False


def _parted(document: Document, found: Match, material: Mention) -> bool:
    """Whether another act's noun stands between the anchor and a material."""
    first, last = sorted([(found.triggers[0].start, found.triggers[0].end), (material.start, material.end)])
    return any(m.value in NOUNS | {"EXPORT"} for m in inside(document.concepts, first[1], last[0]))


def _earlier(document: Document, found: Match) -> list[Mention]:
    """The materials of the sentence before, else what the text is about: the first that it names, in a sentence or a heading."""
    told = document.sentences
    before = told[max(0, found.sentence - 1) : found.sentence]
    headings = [part for part in document.segments if part.kind == "heading"]
    places = [
        (place.start, place.end) for group in (before, told[: found.sentence], headings, told[found.sentence + 1 :]) for place in group
    ]
    named = (inside(document.materials, start, end) for start, end in places)
    return next((materials for materials in named if materials), [])


def _stage(found: Match, materials: list[Mention]) -> str:
    if found.rule.stage != "unspecified":
        return found.rule.stage
    stages = {STAGES.get(mention.value, "") for mention in materials}
    if len(stages) > 1:
        return "multiple"
    return stages.pop() or "unspecified" if stages else "unspecified"


def _publication(document: Document, found: Match, status: str, salience: str, dates: Dates) -> str | None:
    """The day of publication dates an act that is the day's news and has no date of its own."""
    if not document.published or not _fresh(document, found, status, salience) or dates.date is not None:
        return None
    return document.published.isoformat()


def _fresh(document: Document, found: Match, status: str, salience: str) -> bool:
    """Whether an act is the day's news."""
    news = salience == "news" and status in ("completed", "announced", "denied") and found.rule.dated == "publication"
    return news and not document.tells(found.clause.spans, "ALREADY")


def _evidence(document: Document, found: Match, roles: Filled, things: list[tuple[int, int]]) -> tuple[int, int]:
    """The smallest run of whole pieces that covers the triggers and all that the sentence itself gives."""
    sentence = document.sentences[found.sentence]
    spans = [(trigger.start, trigger.end) for trigger in found.triggers]
    spans += [trigger.second for trigger in found.triggers if trigger.second]
    spans += [(mention.start, mention.end) for _, mention in roles] + things
    own = [(a, b) for a, b in spans if sentence.start <= a and b <= sentence.end]
    pieces = [span for clause in document.clauses[found.sentence] for span in clause.spans]
    covered = [piece for piece in pieces if any(a < piece[1] and piece[0] < b for a, b in own)]
    start, end = min(piece[0] for piece in covered), max(piece[1] for piece in covered)
    text = document.text[start:end]
    return start + len(text) - len(text.lstrip()), end - (len(text) - len(text.rstrip()))
