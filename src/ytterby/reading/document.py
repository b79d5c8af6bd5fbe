"""A document with everything that is found in it before any rule looks at it."""

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ytterby.reading.anaphora import anaphors
from ytterby.reading.clauses import Clause, Span, cut
from ytterby.reading.coined import coined
from ytterby.reading.dates import Day, find_days, turned
from ytterby.reading.folding import Folded, fold
from ytterby.reading.lexicon import Language
from ytterby.reading.marking import Around, marked
from ytterby.reading.mentions import Mention, find_mentions, inside
from ytterby.reading.people import learn
from ytterby.reading.quantities import Quantity, find_quantities
from ytterby.reading.segments import Segment, Sentence, segment, sentences

RARE_EARTHS = frozenset(
    [
        "rare_earths",
        "light_rare_earths",
        "heavy_rare_earths",
        "neodymium",
        "praseodymium",
        "dysprosium",
        "terbium",
        "samarium",
        "rare_earth_magnets",
    ]
)


@dataclass(frozen=True)
class Document:
    """The text of an article and what it names; all offsets are those of the text."""

    text: str
    folded: Folded
    published: date | None
    language: Language
    segments: list[Segment]
    sentences: list[Sentence]
    clauses: list[list[Clause]]
    mentions: list[Mention]
    actors: list[Mention]
    concepts: list[Mention]
    materials: list[Mention]
    days: list[Day]
    quantities: list[Quantity]
    _picked: dict[tuple[str, tuple[Span, ...]], list[Mention]] = field(default_factory=dict, repr=False, compare=False)
    _told: dict[tuple[Span, ...], frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def named(self) -> frozenset[tuple[int, int, str]]:
        """Where each actor is named: (start, end, id)."""
        return frozenset((actor.start, actor.end, actor.value) for actor in self.actors)

    def tells(self, spans: tuple[Span, ...], concept: str) -> bool:
        """Return whether a concept is named within the spans of a clause or a sentence."""
        found = self._told.get(spans)
        if found is None:
            found = self._told[spans] = frozenset(mention.value for mention in self._pick("concept", self.concepts, spans))
        return concept in found

    def concepts_of(self, clause: Clause) -> list[Mention]:
        """Return the concepts that a clause names; they are looked up once, since every rule asks for them."""
        return self._pick("concept", self.concepts, clause.spans)

    def actors_of(self, clause: Clause) -> list[Mention]:
        """Return the actors that a clause names."""
        return self._pick("actor", self.actors, clause.spans)

    def concepts_in(self, sentence: int) -> list[Mention]:
        """Return the concepts that a sentence names."""
        return self._pick("concept", self.concepts, self.spans_of(sentence))

    def spans_of(self, sentence: int) -> tuple[Span, ...]:
        """Return a sentence as spans, as a clause has them."""
        whole = self.sentences[sentence]
        return ((whole.start, whole.end),)

    def _pick(self, kind: str, mentions: list[Mention], spans: tuple[Span, ...]) -> list[Mention]:
        found = self._picked.get((kind, spans))
        if found is None:
            found = self._picked[kind, spans] = [mention for start, end in spans for mention in inside(mentions, start, end)]
        return found

    def sentence_at(self, position: int) -> int:
        """Return the index of the sentence that holds a position, or -1."""
        index = bisect_right(self.sentences, position, key=lambda sentence: sentence.start) - 1
        return index if index >= 0 and position < self.sentences[index].end else -1

    def words_in(self, sentence: int, words: Collection[str]) -> tuple[int, int] | None:
        """Return the span of the first of some folded phrases in a sentence."""
        whole = self.sentences[sentence]
        folded = fold(self.text[whole.start : whole.end])
        places = [(at, -len(word)) for word in words if (at := folded.text.find(word)) >= 0]
        if not places:
            return None
        at, length = min(places)
        first, last = folded.original(at, at - length)
        return whole.start + first, whole.start + last


def analyse(text: str, published: date | None, language: Language, title: str | None = None) -> Document:
    """Find all mentions, dates and quantities of a text.

    >>> from ytterby.reading.lexicon import load_language
    >>> document = analyse("China stoppt die Ausfuhr von Gallium.", None, load_language("de"))
    >>> [m.value for m in document.actors], [m.value for m in document.materials]
    (['CHN'], ['gallium'])
    """
    folded = fold(text)
    mentions = find_mentions(text, folded, language)
    segments = segment(text, language, folded)
    told = sentences(text, segments, language, {m.start for m in mentions if m.kind in ("actor", "person")})
    actors = _actors(text, mentions, language)
    named = [actor for actor in actors if actor.form in ("name", "body", "person")]
    days = [turned(day, published, mentions) for day in find_days(text, mentions, language)]
    return Document(
        text=text,
        folded=folded,
        published=published,
        language=language,
        segments=segments,
        sentences=told,
        clauses=[cut(text, one.start, one.end, mentions, language, _whole(days, named, one)) for one in told],
        mentions=mentions,
        actors=actors,
        concepts=[mention for mention in mentions if mention.kind == "concept"],
        materials=_materials(_traded(mentions, actors), title, language),
        days=days,
        quantities=find_quantities(text, mentions, language),
    )


def _whole(days: list[Day], named: list[Mention], sentence: Sentence) -> list[tuple[int, int]]:
    """What no comma or bracket of its own cuts: dates, and names ("欧州連合（EU）", "o presidente da China, Xi Jinping, ...")."""
    return [(part.start, part.end) for parts in (days, named) for part in inside(parts, sentence.start, sentence.end)]


def _actors(text: str, mentions: list[Mention], language: Language) -> list[Mention]:
    around: Around = {}
    known = learn(text, mentions, language)
    known = sorted([*known, *coined(text, known, mentions, language)], key=lambda actor: actor.start)
    named = marked(text, known, language, around)
    standing = anaphors(text, mentions, [actor for actor in named if actor.form != "coined"], language)
    spans = [(actor.opening if actor.opening >= 0 else actor.start, actor.end) for actor in standing]
    named = [a for a in named if not any(first <= a.start and a.end <= last for first, last in spans)]
    return marked(text, sorted([*named, *standing], key=lambda actor: actor.start), language, around) if standing else named


def _traded(mentions: list[Mention], actors: list[Mention]) -> list[Mention]:
    """The materials that are no part of an actor's name or office ("the minerals regulator")."""
    bodies = [m for m in mentions if (m.kind == "office" and m.value != "firm") or m.value == "GOV"]
    found = []
    for mention in mentions:
        if mention.kind == "material":
            named = any(actor.start <= mention.start and mention.end <= actor.end for actor in _around(actors, mention.start))
            if not named and not any(0 <= body.start - mention.end <= 1 for body in _around(bodies, mention.end)):
                found.append(mention)
    return found


def _around(mentions: list[Mention], position: int) -> list[Mention]:
    index = bisect_right(mentions, position, key=lambda mention: mention.start)
    return mentions[max(0, index - 2) : index + 1]


def _materials(mentions: list[Mention], title: str | None, language: Language) -> list[Mention]:
    """Take a bare 'magnet' as a rare-earth magnet where the text (or its title) has spoken of rare earths, else leave it out."""
    found: list[Mention] = []
    source: tuple[int, int] | None = None
    titled = False
    if title:
        titled = any(m.kind == "material" and m.value in RARE_EARTHS for m in find_mentions(title, fold(title), language))
    for mention in mentions:
        if mention.value in RARE_EARTHS and source is None:
            source = (mention.start, mention.end)
        if mention.value != "magnet":
            found.append(mention)
        elif source is not None or titled:
            found.append(mention._replace(value="rare_earth_magnets", via="rare earths named before", source=source))
    return found
