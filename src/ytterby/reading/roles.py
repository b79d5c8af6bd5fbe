"""Fill the roles of an event from the actors of its clause, then, where the rule allows it, from a named earlier place."""

import re

from ytterby.reading.document import Document
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language
from ytterby.reading.matching import Match
from ytterby.reading.mentions import Mention, inside
from ytterby.reading.modality import participle, verb_last
from ytterby.reading.parties import MEASURES, distinct, may_take
from ytterby.reading.places import antecedent, inherited, is_object, remaining, speaking
from ytterby.reading.rules import Role

ACTIVE = ("bare", "pronoun", "possessive", "adjective", "attribute", "by", "of")
PASSIVE = ("by", "possessive", "adjective", "attribute", "of")
OWNING = frozenset({"possessive", "adjective", "attribute"})
PLACES = frozenset({"in", "at"})
PARTY = frozenset({"with", "by", "between", "possessive"})
NO_PARTY = frozenset({"about", "without", "against", "adjective", "attribute", "in"})
FOLLOWING = frozenset({"adjective", "of"})
REACH = 30
FAR = 60
LINKS = 5
LONGEST = 120
NEXT = 12
ADJOINING = MEASURES | {"WORKS", "PLANT", "OUTPUT", "MEETING"}
OPENING = 16
_WORDS = re.compile(r"[^\W_]+")
Filled = list[tuple[str, Mention]]


def fill(document: Document, found: Match, told: Filled | None = None) -> tuple[Filled, str]:
    """Return (role, actor mention) pairs and, if a needed role stays empty, the reason; `told` are the roles of the events before."""
    filled: Filled = []
    taken: set[str] = set()
    for role in found.rule.roles:
        actors = from_clause(document, found, role, taken)
        count = len({actor.value for actor in actors})
        if role.inherit and (count < role.least or not actors):
            actors = inherited(document, found, role, actors, taken, told or [])
            count = len({actor.value for actor in actors})
        if role.rest and not actors:
            actors = remaining(document, found, role, taken, told or [])
        if count < role.least:
            actors = from_clause(document, found, role, taken, coined=True)
            count = len({actor.value for actor in actors})
        if count < role.least:
            return filled, f"no {role.name}" + (f" ({len(actors)} of {role.least})" if actors else "")
        for actor in actors:
            if actor.value not in taken:
                taken.add(actor.value)
                filled.append((role.name, actor))
    return filled, ""


def from_clause(document: Document, found: Match, role: Role, taken: set[str], coined: bool = False) -> list[Mention]:
    """Return the actors of the clause that bear a role's markers, nobody twice; `coined`: names that nothing else explains too."""
    said = speaking(document, found) if role is found.rule.roles[0] else []
    named = [*antecedent(document, found), *said, *document.actors_of(found.clause)]
    candidates = [actor for actor in named if may_take(actor, role) and actor.value not in taken]
    candidates = _told_of(
        document,
        found,
        role,
        [a for a in candidates if a.form != "coined" or (coined and not (role.name == "operator" and "of" in a.markers))],
    )
    if role.many and role.markers != ("agent",):
        return distinct(_many(document, found, candidates, role))
    if role.markers == ("agent",) and (owners := _owners(document, found, candidates)):
        return owners
    for marker in _ordered(document, found, role.markers):
        chosen = [actor for actor in candidates if _bears(document, found, actor, marker)]
        if chosen:
            first = _first(chosen, found, marker)
            return distinct(actor for actor in chosen if actor.chain == first.chain)
    return distinct(_impersonal(document, found, candidates)[:1]) if role.markers == ("agent",) else []


def _impersonal(document: Document, found: Match, candidates: list[Mention]) -> list[Mention]:
    """Where verbs need no subject the place is who acts: "В Китае ввели ограничения"."""
    if not document.language.bends:
        return []
    start = found.clause.spans[0][0] + OPENING
    return [a for a in candidates if "in" in a.markers and ("to" not in a.markers or a.start <= start)]


def _told_of(document: Document, found: Match, role: Role, candidates: list[Mention]) -> list[Mention]:
    """Leave out who only speaks: "Trump said China would lift the ban" is about China."""
    concepts = document.concepts_of(found.clause)
    candidates = [actor for actor in candidates if not (role.markers == ("agent",) and is_object(document, actor))]
    if document.language.grammar["marks_follow"] and document.language.spaces:
        return _quoted(document, found, candidates, [m for m in concepts if m.value in ("SAY", "DENY") and m.start > found.at])
    if verb_last(document.language):
        return _topic_left_out(found, candidates, any(m.value == "SAY" and m.start > found.at for m in concepts))
    cues = [m.start for m in concepts if m.value == "SAY" and m.start < found.at]
    if not cues or any(trigger.start <= cues[0] < trigger.end for trigger in found.triggers):
        return candidates
    if any(m.value in ("HE", "IT") and cues[0] < m.start < found.at for m in concepts):
        return candidates  # "it said that it would": the speaker acts
    bare = [actor for actor in candidates if not actor.markers]
    speakers = {actor.chain for actor in bare if actor.start < cues[0]}
    verb = min((t.start for t in found.triggers if t.start > cues[0]), default=0)  # "宣布收购马里锂矿": what follows the verb is its object
    others = [a for a in bare if a.start > cues[0] and (document.language.spaces or a.start < verb)]
    return [actor for actor in candidates if actor.chain not in speakers] if others else candidates


def _quoted(document: Document, found: Match, candidates: list[Mention], says: list[Mention]) -> list[Mention]:
    """Leave out who only speaks, where the verb ends the sentence: of two subjects before one verb of saying, the inner one acts.

    The inner subject may stand in the genitive: "ABD, Çin'in ihracatı durduracağını açıkladı".
    """
    before = [actor for actor in candidates if actor.start < max(found.triggers, key=lambda t: t.end).end]
    subjects = [actor for actor in before if not actor.markers and not is_object(document, actor)]
    if not says or not subjects:
        return candidates
    inner = [actor for actor in subjects if actor.chain != subjects[0].chain]
    if not inner and document.language.words("objects") and not document.language.grammar["subjects_marked"]:
        inner = [a for a in before if a.markers == {"possessive"} and a.start > subjects[0].start]
        acting = [actor for actor in inner if not _owns_trigger(document, found, actor)]
        candidates = [actor._replace(markers=frozenset()) if actor in acting else actor for actor in candidates]
    return [actor for actor in candidates if actor.chain != subjects[0].chain] if inner else candidates


def _topic_left_out(found: Match, candidates: list[Mention], said: bool) -> list[Mention]:
    """Where the verb of saying ends the sentence, who speaks stands first: "米国は、中国が規制を解除すると発表した"."""
    chains = list(dict.fromkeys(actor.chain for actor in candidates if not actor.markers and actor.start < found.at))
    return [actor for actor in candidates if actor.chain != chains[0]] if said and len(chains) > 1 else candidates


def _owners(document: Document, found: Match, candidates: list[Mention]) -> list[Mention]:
    """Whose measure it is by the words right before it: "US-Strafzölle", "China's ban"; stronger than the subject of the clause."""
    anchor = found.triggers[0]
    if anchor.value not in MEASURES:
        return []
    if not found.clause.holds(anchor.start, anchor.end):
        # "Japan protested against the Chinese curbs, which took effect in May": the noun before the clause has its own owner.
        beside = inside(document.actors, anchor.start - FAR, anchor.end + REACH)
        candidates = [actor._replace(markers=actor.markers - {"against", "to"}) for actor in beside] + candidates
    follow = document.language.grammar["marks_follow"]
    bare = [actor for actor in candidates if follow and not actor.markers and actor.start < anchor.start]
    owners = [actor for actor in candidates if _owns(document, actor, anchor) and not (bare and "against" in actor.markers)]
    return distinct(owners[-1:])


def _many(document: Document, found: Match, candidates: list[Mention], role: Role) -> list[Mention]:
    if role.markers != ("all",):
        return [a for a in candidates if any(_bears(document, found, a, m) for m in _ordered(document, found, role.markers))]
    loose = [a for a in candidates if not (a.form == "capital" and a.markers & PLACES) and not a.markers & NO_PARTY]
    subject = next((actor.chain for actor in loose if not actor.markers), None)
    strict = [actor for actor in loose if actor.chain == subject or actor.markers & PARTY]
    return strict if len({actor.value for actor in strict}) >= role.least else loose


def _first(chosen: list[Mention], found: Match, marker: str) -> Mention:
    """The subject stands first; everything else stands nearest to the anchor."""
    if marker == "bare":
        return min(chosen, key=lambda actor: actor.start)
    return min(chosen, key=lambda actor: abs(actor.start - found.at))


def _ordered(document: Document, found: Match, markers: tuple[str, ...]) -> tuple[str, ...]:
    if markers != ("agent",):
        return markers
    return PASSIVE if is_passive(document, found) else ACTIVE


def is_passive(document: Document, found: Match) -> bool:
    """Whether the clause is in the passive voice: an auxiliary of it, and a participle among the triggers.

    The auxiliary stands before the participle, unless the verb ends the clause.
    """
    grammar = document.language.grammar
    last = max(trigger.start for trigger in found.triggers)
    either = grammar["auxiliary"] or grammar["marks_follow"] or grammar["inflected"]
    if not document.tells(found.clause.spans, "PASSIVE"):
        return False
    cues = [mention for mention in document.concepts_of(found.clause) if mention.value == "PASSIVE"]
    return any(either or cue.start <= last for cue in cues) and participle(document, found)


def _bears(document: Document, found: Match, actor: Mention, marker: str) -> bool:
    if marker == "bare":
        return not actor.markers
    if marker not in actor.markers:
        return marker == "possessive" and _possesses(document, found, actor)
    if marker == "from" and "of" in actor.markers and _behind(document):
        return actor.start > _first_word(document, found)  # "l'usine de Carester reçoit une aide de la France"
    return _shows(document, found, actor, marker)


def _first_word(document: Document, found: Match) -> int:
    """Where the first of the words stands that the rule asks for, whether it triggered it or not."""
    names = {name for alternatives in found.rule.when for name in alternatives}
    return min([found.at, *(m.start for m in document.concepts_of(found.clause) if m.value in names)])


def _possesses(document: Document, found: Match, actor: Mention) -> bool:
    """Whether an actor owns a trigger without a mark of possession: beside it, or behind it with 'of'."""
    if any(_adjoins(document, actor, trigger) for trigger in found.triggers if trigger.value in ADJOINING):
        return True
    return _behind(document) and "of" in actor.markers and _owns_trigger(document, found, actor)


def _shows(document: Document, found: Match, actor: Mention, marker: str) -> bool:
    """Whether a marker that an actor bears counts where it stands."""
    agent = any(role.markers == ("agent",) for role in found.rule.roles)
    if marker == "of" and agent:
        return _owns_trigger(document, found, actor)
    if marker == "possessive" and found.rule.type == "investment" and verb_last(document.language) and actor.value.startswith("org:"):
        return actor.start < max(trigger.start for trigger in found.triggers)  # "アラフラの事業に3億ドルを融資": whose project it is
    if marker == "adjective" and found.rule.type == "sanction" and inside(document.materials, actor.end, actor.end + NEXT * 2):
        return True  # "banned imports of Russian nickel"
    if marker in OWNING and (agent or marker != "possessive"):
        return _owns_trigger(document, found, actor) or (not agent and bool(actor.markers & PLACES))
    if marker == "of" and found.rule.type == "meeting":
        return actor.form != "capital" and any(
            0 <= other.start - found.triggers[0].end <= NEXT
            for other in inside(document.actors, found.triggers[0].end, found.triggers[0].end + LONGEST)
            if other.chain == actor.chain
        )
    return not (marker in ("from", "by", "object") and actor.form == "capital" and actor.markers & PLACES)


def _owns_trigger(document: Document, found: Match, actor: Mention) -> bool:
    """Whether "Chinese" or "China's" stands right beside one of the words that triggered the event."""
    return any(_owns(document, actor, trigger) for trigger in found.triggers)


def _behind(document: Document) -> bool:
    return bool(document.language.grammar["nouns_first"])


def _owns(document: Document, actor: Mention, trigger: Mention) -> bool:
    """Whether an actor owns what a word tells; where nouns come first the owner follows: "mesures chinoises", "mesures de la Chine"."""
    if not _behind(document):
        before = bool(actor.markers & OWNING) and not _toward(actor) and _stands_before(document, actor, trigger)
        return before or _adjoins(document, actor, trigger) or _stands_after(document, actor, trigger)
    gap = document.text[trigger.end : actor.start]
    if not actor.markers & FOLLOWING or actor.start < trigger.end or len(gap) > REACH or any(mark in gap for mark in ".,;:!?("):
        return False
    words = [folded_word(word) for word in _WORDS.findall(gap)]
    markers = document.language.markers
    return len(words) <= LINKS and all("of" in markers[word] for word in words if word in markers)


def _toward(actor: Mention) -> bool:
    """Whether a name is what a thing is turned to, unless it describes a noun or its marker may also mean 'of' (Bulgarian на)."""
    return bool(actor.markers & {"against", "to"}) and "of" not in actor.markers and actor.form != "adjective"


def _adjoins(document: Document, actor: Mention, trigger: Mention) -> bool:
    """Whether a name with no mark stands before a noun, where neither blank nor particle shows whose it is: "中国稀土出口管制"."""
    language = document.language
    if language.spaces or verb_last(language) or actor.markers or not actor.end <= trigger.start <= actor.end + NEXT:
        return False
    gap = document.text[actor.end : trigger.start]
    named = sum(m.end - m.start for m in inside(document.materials, actor.end, trigger.start))
    if gap and (not gap.isalnum() or (trigger.value in MEASURES and named < len(gap))):
        return False
    return not inside(document.concepts, actor.end, trigger.start)


def _stands_before(document: Document, actor: Mention, trigger: Mention) -> bool:
    gap = document.text[actor.end : trigger.start]
    if verb_last(document.language) and any(letter in gap for letter in _particles(document.language)):
        return False  # "カナダのアルミに関税": whose aluminium it is, not whose tariff
    return actor.end <= trigger.start and len(gap) <= REACH and not any(mark in gap for mark in ".,;:!?、。，")


def _particles(language: Language) -> set[str]:
    """Suffixes of one letter that end a part of the sentence."""
    return {ending for ending, marks in language.suffixes.items() if len(ending) == 1 and "possessive" not in marks}


def _stands_after(document: Document, actor: Mention, trigger: Mention) -> bool:
    """Whether who owns a thing is named right after it: "the ban of China", "запрет Китая"."""
    owns = "of" in actor.markers or ("possessive" in actor.markers and document.language.bends)
    gap = document.text[trigger.end : actor.start]
    return owns and trigger.end <= actor.start and len(gap) <= NEXT and not any(mark in gap for mark in ".,;:!?、。")
