"""Find what a text names: one pass of the automaton over the folded text, then the longest reading of each stretch.

A mention is a stretch of the untouched text with a kind (actor, office, material, concept, month, number, unit ...) and a value.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple, Protocol, TypeVar

from ytterby.reading.boundaries import Ending, joined, span
from ytterby.reading.folding import Folded
from ytterby.reading.lexicon import Entry, Language

MAX_GAP = 220
_SENTENCE = re.compile(r"(?<!\d)\. |[!?;] |[。！？；]")
NONE: frozenset[str] = frozenset()


class Stretch(Protocol):
    """Anything with a place in the text."""

    @property
    def start(self) -> int:
        """Where it starts."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...


Placed = TypeVar("Placed", bound=Stretch)
_START = attrgetter("start")


class Mention(NamedTuple):
    """A stretch of the text and what it names. `via` says how an indirect name (a person, a capital, a pronoun) was resolved.

    `markers` are the parts in the sentence that words around it show; `tail` is how many of its last characters are a suffix,
    `opening` where a description before it starts ("the Japanese agency Jogmec").
    """

    kind: str
    value: str
    start: int
    end: int
    form: str = ""
    via: str | None = None
    markers: frozenset[str] = NONE
    chain: int = -1
    source: tuple[int, int] | None = None
    second: tuple[int, int] | None = None
    tail: int = 0
    opening: int = -1


def find_mentions(text: str, folded: Folded, language: Language) -> list[Mention]:
    """Return all mentions in order of start, of the longest reading for each kind.

    >>> from ytterby.reading.folding import fold
    >>> from ytterby.reading.lexicon import load_language
    >>> words = "Magnetschule trifft Chinas Magnete"
    >>> [(m.kind, m.value, words[m.start : m.end]) for m in find_mentions(words, fold(words), load_language("de")) if m.kind != "concept"]
    [('actor', 'CHN', 'Chinas'), ('material', 'magnet', 'Magnete')]
    """
    found = list(_matches(text, folded, language))
    named = {mention.value for mention in found if mention.kind == "actor"}
    elsewhere = {value for value in named & language.unless.keys() if any(word in folded.text for word in language.unless[value])}
    return _longest([m._replace(kind="nobody") if m.kind == "actor" and m.value in elsewhere else m for m in found])


def _matches(text: str, folded: Folded, language: Language) -> Iterator[Mention]:
    letters, heads = folded.text, language.suffix_sizes
    for last, (length, entries, loose_start, loose_end) in language.automaton.iter(letters):
        start, end = last - length + 1, last + 1
        before = start > 0 and letters[start - 1] != " " and joined(letters, start)
        after = letters[end : end + 1] != " " and joined(letters, end)
        if (before and not loose_start) or (after and not loose_end):
            continue  # inside a longer word
        # Most of what is left is a word for itself: nothing is glued to it, and no suffix can begin where it ends.
        apart = not (before or after or letters[end : end + 1] in heads)
        plain = (start, end, (end, NONE))
        for entry in entries:
            whole = plain if apart else span(letters, start, end, entry, language)
            mention = _mention(text, folded, whole, entry, language) if whole is not None else None
            if mention is None:
                continue
            if entry.kind == "pair":
                yield from _pair(mention)
            else:
                yield mention


def _mention(text: str, folded: Folded, whole: tuple[int, int, Ending], entry: Entry, language: Language) -> Mention | None:
    begin, stop, (beyond, marks) = whole
    first, last = folded.original(begin, beyond)
    tail = last - folded.original(begin, stop)[1] if beyond > stop else 0
    if (entry.capital or entry.small or entry.capitals) and not _case_fits(text[first : last - tail], entry):
        return None
    second = _later(folded, stop, entry.later, language) if entry.later else None
    if entry.later and second is None:
        return None
    return Mention(entry.kind, entry.value, first, last, entry.form, None, marks | entry.marks, -1, None, second, tail)


def _pair(mention: Mention) -> Iterator[Mention]:
    """Two or more states named by one word ("日米"), each by its share of the letters."""
    codes = mention.value.split()
    share = (mention.end - mention.tail - mention.start) // len(codes)
    for number, code in enumerate(codes):
        last = number + 1 == len(codes)
        start = mention.start + number * share
        yield mention._replace(
            kind="actor",
            value=code,
            form="pair",
            start=start,
            end=mention.end if last else start + share,
            tail=mention.tail if last else 0,
        )


def _case_fits(surface: str, entry: Entry) -> bool:
    if entry.capitals:
        return all(not letter.isalpha() or letter.isupper() for letter in surface.rstrip("s"))
    if entry.small:
        return surface[:1].islower()
    if len(entry.capital) < 2:
        return surface[:1].isupper()
    words = surface.split()
    return all(word[:1].isupper() for word, capital in zip(words, entry.capital, strict=False) if capital)


def _later(folded: Folded, end: int, second: str, language: Language) -> tuple[int, int] | None:
    """The second part of a separable verb: later in the same sentence, at the end of its clause."""
    letters = folded.text
    needle = f" {second}" if language.spaces else second
    skipped = len(needle) - len(second)
    at = letters.find(needle, end)
    while 0 <= at <= end + MAX_GAP:
        stop = at + len(needle)
        if _SENTENCE.search(letters, end, at):
            return None
        if " " in second or not language.spaces or _closes(letters, stop, language):
            return folded.original(at + skipped, stop)
        at = letters.find(needle, at + 1)
    return None


def _closes(letters: str, stop: int, language: Language) -> bool:
    if stop >= len(letters) or letters[stop] in ".,;:!?»”\"')":
        return True
    following = letters[stop + 1 : stop + 12].split(" ", 1)[0]
    # What a language moves behind its verb begins with a preposition: "legt heffingen op | voor staal".
    return letters[stop] == " " and (following in language.words("coordinators") or following in language.markers)


def _longest(found: list[Mention]) -> list[Mention]:
    """Drop each mention that lies inside a longer one of the same kind."""
    kept: list[Mention] = []
    reach: dict[str, int] = {}
    for mention in sorted(found, key=lambda m: (m.start, -m.end, m.kind, m.tail, m.form != "pair", m.value)):
        name = mention.kind if mention.kind != "concept" else mention.value
        if mention.end <= reach.get(name, -1):
            continue
        reach[name] = mention.end
        kept.append(mention)
    if seeming := [m for m in kept if m.kind == "concept" and m.value == "none"]:
        kept = [m for m in kept if not (m.kind in ("concept", "relative") and any(s.start <= m.start and m.end <= s.end for s in seeming))]
    # A name of something else stays as such, so that nobody takes it for a company's.
    return [m._replace(kind="nobody") if m.form == "none" else m for m in kept if m.value != "none"]


def within(mentions: Sequence[Mention], start: int, end: int, kind: str | None = None) -> list[Mention]:
    """Return the mentions that lie in a span, optionally of one kind.

    >>> within([Mention("unit", "t", 3, 5), Mention("unit", "t", 9, 11)], 0, 6, "unit")[0].start
    3
    """
    found = inside(mentions, start, end)
    return found if kind is None else [mention for mention in found if mention.kind == kind]


def inside(things: Sequence[Placed], start: int, end: int) -> list[Placed]:
    """Return what lies in a span, of things in order of start (mentions, dates, quantities).

    >>> inside([Mention("unit", "t", 3, 5), Mention("unit", "t", 9, 11)], 4, 20)[0].start
    9
    """
    found = []
    for index in range(bisect_left(things, start, key=_START), len(things)):
        thing = things[index]
        if thing.start >= end:
            break
        if thing.end <= end:
            found.append(thing)
    return found
