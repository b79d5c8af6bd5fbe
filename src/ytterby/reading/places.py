"""Inherit a role's actor from a named place beside the clause: 'both sides', the rest of the sentence, a sentence before, the dateline."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from ytterby.reading.clauses import GOES_ON
from ytterby.reading.document import Document
from ytterby.reading.folding import folded_word
from ytterby.reading.matching import Match
from ytterby.reading.mentions import Mention, inside
from ytterby.reading.parties import MEASURES, distinct, may_take
from ytterby.reading.rules import Role

AT = frozenset({"in", "at"})
LOCAL = frozenset({"in", "at", "adjective", "possessive"})
TOGETHER = frozenset({"with"})
LONGEST = 120
OWN = frozenset({"possessive"})
SITES = frozenset({"PLANT", "WORKS"})
SPEAKERS = frozenset({"operator", "recipient"})
RUNS = frozenset({"operator", "recipient", "supplier", "denier"})
WITH = frozenset({"with", "object"})
NEAR = 60
BACK = 20


def inherited(
    document: Document, found: Match, role: Role, have: list[Mention], taken: set[str], told: Sequence[tuple[str, Mention]]
) -> list[Mention]:
    """Return the actors of a role that the clause does not name, each with the place it comes from."""
    if not role.least and _of_another_time(document, found):
        return have
    if role.least >= 2 or (role.many and document.words_in(found.sentence, document.language.words("both"))):
        return _pair(document, found, role, have)
    if role.name == "host":
        return _host(document, found, taken, [] if role.near else _before(found.sentence))
    for number, actors in enumerate(_places(document, found, role, told)):
        chosen = [a for a in actors if may_take(a, role) and a.value not in taken and not a.markers - OWN and not _is_place(a)]
        if chosen:
            # Inside the sentence the nearest is meant, in another one its subject.
            meant = chosen[0] if role.kind == "org" and number else chosen[-1]
            together = role.kind == "state" or role.many  # whoever joins a state in its act; of two firms one runs a mine
            return [_from(actor) for actor in distinct(a for a in chosen if a is meant or (together and a.chain == meant.chain))]
    return have


def remaining(document: Document, found: Match, role: Role, taken: set[str], told: Sequence[tuple[str, Mention]]) -> list[Mention]:
    """The other state where nobody bears the markers of a role: the only one of the sentence, else whose measure was told before."""
    sentence = document.sentences[found.sentence]
    near = _others(inside(document.actors, sentence.start, sentence.end), role, taken)
    if not near and role.rest == "text":
        before = [actor for name, actor in reversed(told) if name == "imposer"]
        near = _others(before, role, taken)[:1]
    return [_from(near[0])] if len({actor.value for actor in near}) == 1 else []


def _others(actors: Sequence[Mention], role: Role, taken: set[str]) -> list[Mention]:
    """Whom a role may take and no other role has; a city or a continent is nobody's other party."""
    return [a for a in actors if may_take(a, role) and a.value not in taken and a.form not in ("city", "region")]


def speaking(document: Document, found: Match) -> list[Mention]:
    """Who says what the clause tells, where the clause has no subject of its own: "Rosatom said that it would invest"."""
    words, start = document.language.words, found.clause.spans[0][0]
    if found.clause.opener not in words("openers") or any(not a.markers for a in document.actors_of(found.clause) if a.form != "adjective"):
        return []
    clauses = [c for c in document.clauses[found.sentence] if c.spans[0][0] < start and c.opener not in words("relatives")]
    if not any(document.tells(clause.spans, "SAY") for clause in clauses):
        return []
    subjects = [a for clause in reversed(clauses) for a in document.actors_of(clause) if not a.markers and a.start < start]
    return [actor for actor in subjects if actor.chain == subjects[0].chain]


def _of_another_time(document: Document, found: Match) -> bool:
    """Whether the clause tells of another year, where nothing that the text tells of today is at home."""
    years = [day.year for day in found.clause.inside(document.days) if day.year]
    return document.published is not None and any(year < document.published.year for year in years)


def _of_another_place(document: Document, found: Match) -> bool:
    """Whether the clause says where the plant is, so that it need not be that of the company named before."""
    return any("in" in actor.markers and len(actor.value) == 3 for actor in document.actors_of(found.clause))


def _is_place(actor: Mention) -> bool:
    return actor.form == "capital" and bool(actor.markers & AT)


def _places(document: Document, found: Match, role: Role, told: Sequence[tuple[str, Mention]]) -> Iterator[list[Mention]]:
    sentence = document.sentences[found.sentence]
    beside = [a for a in inside(document.actors, sentence.start, sentence.end) if not found.clause.holds(a.start, a.end)]
    yield [actor for actor in beside if actor.start < found.at]
    if role.kind != "org" or role.name in SPEAKERS:
        yield [actor for actor in beside if role.kind != "org" or _says(document, found, actor)]
    yield _protagonist(document) if role.name in RUNS else []
    yield _told_as(document, found, role, told)
    if role.name == "operator" and not role.least and _of_another_place(document, found):
        return
    for number in _before(found.sentence):
        yield _of_sentence(document, number)
    for part in document.segments:
        if part.kind == "dateline":
            yield [actor._replace(markers=frozenset()) for actor in inside(document.actors, part.start, part.end)]
    if role.kind == "org" and found.sentence + 1 < len(document.sentences):
        yield _of_sentence(document, found.sentence + 1)


def _told_as(document: Document, found: Match, role: Role, told: Sequence[tuple[str, Mention]]) -> list[Mention]:
    """Who bore a role like this one in the events before: who imposed; who runs, builds or sells, the one named most often first."""
    if role.name == "imposer" and found.triggers[0].value in MEASURES:
        return [actor._replace(markers=frozenset()) for name, actor in told if name in ("imposer", "denier")]
    if role.name not in RUNS:
        return []
    actors = [actor._replace(markers=frozenset()) for name, actor in told[::-1] if name in RUNS]
    often = Counter(actor.value for actor in document.actors)
    return sorted(actors, key=lambda actor: -often[actor.value])


def _protagonist(document: Document) -> list[Mention]:
    """The company that the text is about: named more often than any other, by name or as "the company"."""
    firms = [actor for actor in document.actors if actor.value.startswith("org:") and actor.value[4:].islower() and actor.form != "coined"]
    often = Counter(actor.value for actor in firms).most_common(2)
    if not often or often[0][1] < 2 or (len(often) > 1 and often[0][1] == often[1][1]):
        return []
    return [actor._replace(markers=frozenset()) for actor in firms if actor.value == often[0][0] and not actor.source][:1]


def _says(document: Document, found: Match, actor: Mention) -> bool:
    """Whether an actor stands in a clause that says so ("..., BHP said")."""
    clauses = [clause for clause in document.clauses[found.sentence] if clause.holds(actor.start, actor.end)]
    return any(m.value == "SAY" for clause in clauses for m in document.concepts_of(clause))


def _of_sentence(document: Document, number: int) -> list[Mention]:
    sentence = document.sentences[number]
    return inside(document.actors, sentence.start, sentence.end)


def _before(sentence: int) -> list[int]:
    """The sentences before one, the nearest first, no farther than a reader remembers."""
    return list(range(sentence - 1, max(-1, sentence - 1 - BACK), -1))


def _host(document: Document, found: Match, taken: set[str], before: list[int]) -> list[Mention]:
    """Where a plant named before stands: the nearest state with 'in' or an adjective beside a mine or a factory."""
    for number in [found.sentence, *before]:
        for actor in reversed(_of_sentence(document, number)):
            state = len(actor.value) == 3 and actor.form != "city" and actor.value not in taken and bool(actor.markers & LOCAL)
            near = inside(document.concepts, actor.end - NEAR, actor.end + NEAR)
            if state and any(site.value in SITES for site in near):
                return [_from(actor)]
    return []


def _from(actor: Mention) -> Mention:
    via = f"inherited from {actor.start}..{actor.end}" + (f": {actor.via}" if actor.via else "")
    return actor._replace(via=via)


def _pair(document: Document, found: Match, role: Role, have: list[Mention]) -> list[Mention]:
    """Two or more who act together: named by 'both sides' or 'their', or the rest of the pair that acted before."""
    stands = document.words_in(found.sentence, document.language.words("both"))
    own = [actor for actor in have if not _is_place(actor)]
    if stands is None and (found.rule.type == "meeting" or (len(own) == 1 and own[0].markers & WITH)):
        return own + _dropped(document, found, role, own)
    pair = _last_pair(document, found.clause.spans[0][0], role)
    if pair and ({actor.value for actor in own} <= {actor.value for actor in pair}):
        kept = {actor.value for actor in own}
        return own + [_from(actor) for actor in pair if actor.value not in kept]
    return own


def _dropped(document: Document, found: Match, role: Role, own: list[Mention]) -> list[Mention]:
    """The subject of the verb before, where the clause has none of its own: "viajará a Ottawa, donde se reunirá con Carney"."""
    if len(own) != 1 or not own[0].markers & WITH:
        return []
    for number in (found.sentence, *_before(found.sentence)[:1]):
        acting = [a for a in _of_sentence(document, number) if a.start < found.clause.spans[0][0] and not a.markers]
        chosen = [a for a in acting if may_take(a, role) and a.value != own[0].value]
        if chosen:
            return [_from(chosen[-1])]
    return []


def _last_pair(document: Document, before: int, role: Role) -> list[Mention]:
    """The last two or more who were named together."""
    chains: dict[int, list[Mention]] = {}
    index = bisect_left(document.actors, before, key=lambda actor: actor.start)
    for actor in document.actors[max(0, index - 4 * BACK) : index]:
        if may_take(actor, role) and not _is_place(actor) and document.sentence_at(actor.start) >= 0:
            chains.setdefault(actor.chain, []).append(actor)
    for chain in reversed(list(chains)):
        members = distinct(chains[chain])
        if len(members) >= max(2, role.least):
            return members
    alone = distinct(actor for members in chains.values() for actor in members)
    if len(alone) == 2:
        return alone  # nobody else was named, so these two are meant
    return []


def antecedent(document: Document, found: Match) -> list[Mention]:
    """Whom a relative clause is about: "China, which holds a monopoly"."""
    if found.clause.opener == GOES_ON:
        return _carried(document, found)
    if found.clause.opener not in document.language.words("relatives"):
        return []
    near = inside(document.actors, (start := found.clause.spans[0][0]) - LONGEST, start)
    before = [actor for actor in near if start - 3 <= near[-1].end and actor.chain == near[-1].chain]
    places = [actor for actor in before if actor.form == "capital" and actor.markers & AT]  # "viajará a Ottawa, donde ..."
    return [actor._replace(markers=frozenset()) for actor in before if actor not in places]


def _carried(document: Document, found: Match) -> list[Mention]:
    """Who acted in the clauses before, where the verb goes on and names no subject of its own."""
    if any(not actor.markers for actor in document.actors_of(found.clause)):
        return []
    before = inside(document.actors, document.sentences[found.sentence].start, found.clause.spans[0][0])
    return [actor for actor in before if actor.markers <= TOGETHER and not is_object(document, actor)]


def is_object(document: Document, actor: Mention) -> bool:
    """Whether a name bears an ending of the object ("중국을", "Çin'i")."""
    return actor.tail > 0 and folded_word(document.text[actor.end - actor.tail : actor.end]) in document.language.words("objects")
