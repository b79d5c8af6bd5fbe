"""Cut a sentence into clauses: what belongs together when roles, negation and modality are looked for.

Pieces between commas, colons and dashes are joined again unless they open a clause of their own (a conjunction, a relative pronoun, a
verb of saying). After a relative clause the main clause goes on.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language
from ytterby.reading.mentions import Mention, Placed, inside, within

_CUT = re.compile(r"[;:]\s|,(?=[\s»«\"”“])|\s[–—-]\s|—|[()]|[、，；：（），]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_VERB = ("ar", "er", "ir", "re")  # how an infinitive ends in these languages
_QUOTES = "«»„“”\"'‘"
GOES_ON = "and"
"""Opens a clause that goes on with the subject of the one before."""
SHORT = 3
SUBJECT = 45
Span = tuple[int, int]
LETTERS = 8


class Clause(NamedTuple):
    """The pieces of one clause, as spans of the document; `opener` is the word that opened it, if it is no main clause."""

    spans: tuple[tuple[int, int], ...]
    opener: str = ""

    def holds(self, start: int, end: int) -> bool:
        """Whether a span lies inside one of the pieces.

        >>> Clause(((0, 5), (9, 12))).holds(5, 9)
        False
        """
        return any(first <= start and end <= last for first, last in self.spans)

    def pick(self, mentions: list[Mention], kind: str | None = None) -> list[Mention]:
        """Return the mentions inside the clause."""
        return [mention for start, end in self.spans for mention in within(mentions, start, end, kind)]

    def inside(self, things: Sequence[Placed]) -> list[Placed]:
        """Return the dates or quantities inside the clause."""
        return [thing for start, end in self.spans for thing in inside(things, start, end)]


def cut(text: str, start: int, end: int, mentions: list[Mention], language: Language, whole: Sequence[Span] = ()) -> list[Clause]:
    """Return the clauses of a sentence, in order of their first piece; nothing is cut inside a `whole` span (a date, a number).

    >>> from ytterby.reading.lexicon import load_language
    >>> story = "Peking, das Gallium fördert, stoppt die Ausfuhr, sagte Trump."
    >>> [[story[a:b].strip() for a, b in c.spans] for c in cut(story, 0, len(story), [], load_language("de"))]
    [['Peking', 'stoppt die Ausfuhr'], ['das Gallium fördert'], ['sagte Trump.']]
    """
    groups: list[tuple[list[tuple[int, int]], str]] = []
    main: int | None = None
    last = 0
    closed = False
    for first, beyond, mark in _pieces(text, start, end, whole, language.grammar["cuts"]):
        opener = _opener(text, first, beyond, bool(groups), mentions, language)
        if opener == "say" and not within(mentions, start, first, "concept"):
            opener = ""  # "On Monday, the group declared ...": nothing stands before that it could say
        subject = mark == "，" and not opener and _subject(text, (first, beyond), groups[-1:], mentions, language)
        act = mark == "," and main is not None and _second_act(text, groups[main][0], (first, beyond), mentions, language)
        goes_on = closed or mark == GOES_ON
        fresh = goes_on or subject or act or mark in (";", ":", "；", "：")
        closed = _closed(text[first:beyond], language)
        if groups and not opener and not fresh and _listing(text, first, beyond, language):
            groups[last][0].append((first, beyond))
            continue
        if opener:
            groups.append(([(first, beyond)], opener))
            last = len(groups) - 1
            continue
        if main is None or fresh:
            groups.append(([(first, beyond)], "subject" if subject else GOES_ON if goes_on else ""))
            main = len(groups) - 1
        else:
            groups[main][0].append((first, beyond))
        last = main
    return [Clause(tuple(spans), opener) for spans, opener in groups]


def _subject(text: str, piece: Span, before: list[tuple[list[Span], str]], mentions: list[Mention], language: Language) -> bool:
    """Whether a piece after a comma has a subject of its own, as the piece before has one: "中国宣布管制，美国则加征关税"."""
    if language.spaces or not before:
        return False
    acts = ("actor", "person", "pair")
    first = next((m for m in within(mentions, *piece) if m.kind in acts and not text[piece[0] : m.start].strip()), None)
    earlier = [m for span in before[0][0] for m in within(mentions, *span)]
    told = any(m.kind in acts and m.form not in ("capital", "city") for m in earlier) and any(m.kind == "concept" for m in earlier)
    return first is not None and told


def _pieces(text: str, start: int, end: int, whole: Sequence[Span], own: str) -> Iterator[tuple[int, int, str]]:
    begin, mark = start, ""
    marks = _cutting(own) if own else _CUT
    cuts = [match for match in marks.finditer(text, start, end) if not any(first < match.start() < last for first, last in whole)]
    for match in [*cuts, None]:
        stop = match.start() if match else end
        if text[begin:stop].strip():
            yield begin, stop, mark
        if match:
            begin, mark = match.end(), match.lastgroup or match[0].strip()


@cache
def _cutting(own: str) -> re.Pattern[str]:
    """Where a clause ends without a mark of its own: after an ending of the verb that goes on with the next one (Korean -고, -며)."""
    return re.compile(f"(?P<{GOES_ON}>{own})|{_CUT.pattern}")


def _closed(piece: str, language: Language) -> bool:
    """Whether a piece ends with a word that closes its clause (Japanese が, ため; Turkish -ken), so that a new one begins."""
    closers = language.words("closers")
    return bool(closers) and folded_word(piece).rstrip().endswith(tuple(closers))


def _opener(text: str, start: int, end: int, within_sentence: bool, mentions: list[Mention], language: Language) -> str:
    if not language.spaces:
        piece = folded_word(text[start:end]).lstrip()
        return next((word for word in language.words("openers") if within_sentence and piece.startswith(word)), "")
    word = _WORD.search(text, start, end)
    if word is None:
        return ""
    first = folded_word(word[0])
    if first in language.words("openers"):
        return first if within_sentence or first in language.words("subordinators") else ""
    return _opener_of(first, text, start, end, mentions, language) if within_sentence else ""


def _opener_of(first: str, text: str, start: int, end: int, mentions: list[Mention], language: Language) -> str:
    """What opens a piece inside a sentence, if it is no conjunction: a relative pronoun or a verb of saying."""
    relatives = language.words("relatives")
    if first in relatives or first in language.markers:
        words = _WORD.findall(text[start:end])
        quoted = text[start:end].lstrip()[:1] in _QUOTES
        finite = not _infinitive(words, language)
        if first in relatives and finite and not quoted and not _listing(text, start, end, language):
            return first
        second = folded_word(words[1]) if len(words) > 1 else ""
        if first in language.markers and finite and second in relatives and second not in language.words("determiners"):
            return second
    says = within(mentions, start, end, "concept")
    return "say" if any(m.value == "SAY" for m in says) and not any(m.value in _ACTS for m in says) else ""


_ACTS = frozenset(
    {"SIGN", "EXPORT", "EXPORT_CONTROL", "TARIFF", "QUOTA", "MEET", "GIVE", "AGREEMENT", "ORDER", "RELIEF"}
    | {"STAKE", "OFFTAKE", "STOCKPILE", "PRICE_FLOOR", "SANCTION", "INQUIRY", "FORCE_MAJEURE"}
)


_DOING = frozenset(
    {"SIGN", "RESTRICT", "IMPOSE", "INVEST", "MEET", "START", "HALT", "CHANGE", "GRANT", "ORDER", "RELIEF", "VISIT", "PROMISE", "STORE"}
)


def _second_act(text: str, before: Sequence[Span], piece: Span, mentions: list[Mention], language: Language) -> bool:
    """Whether a piece goes on with another act of another actor: "Canada signed it, and the Japanese government will invest"."""
    word = _WORD.search(text, *piece)
    if word is None or folded_word(word[0]) not in language.words("coordinators"):
        return False
    told = any(m.value in _DOING for start, end in before for m in within(mentions, start, end, "concept"))
    acts = [m.start for m in within(mentions, *piece, "concept") if m.value in _DOING]
    who = [m.end for m in within(mentions, piece[0], piece[0] + SUBJECT) if m.kind in ("actor", "person")]
    return told and bool(acts) and bool(who) and min(who) <= acts[0]


def aimed(text: str, words: Sequence[Mention], language: Language) -> bool:
    """Whether one of some words is an infinitive right after 'for', in languages that put the noun first; a noun has an article there.

    >>> from ytterby.reading.lexicon import load_language
    >>> aimed("fondos para abrir minas", [Mention("concept", "START", 12, 17)], load_language("es"))
    True
    """
    if not language.grammar["nouns_first"]:
        return False
    verbs = [word.start for word in words if text[word.start : word.end].split(maxsplit=1)[0].casefold().endswith(_VERB)]
    before = [folded_word(text[max(0, start - SUBJECT) : start]).split()[-1:] for start in verbs]
    return any("for" in language.markers.get(word[0], ()) for word in before if word)


def _infinitive(words: list[str], language: Language) -> bool:
    """Whether a piece ends with an infinitive, so that it belongs to the verb before ("plant, die Ausfuhr zu verbieten")."""
    shape = language.grammar["infinitive"]
    return bool(shape) and any(re.fullmatch(shape, word.casefold()) for word in words[-2:])


def _listing(text: str, start: int, end: int, language: Language) -> bool:
    """Whether a piece goes on with a list: few words, and 'and' as the only link."""
    if not language.spaces:
        return len(text[start:end].strip()) <= LETTERS
    words = _WORD.findall(text[start:end])
    if len(words) > SHORT + 2:
        return False
    little = language.words("determiners") | language.words("coordinators")
    content = [word for word in words if folded_word(word) not in little]
    return len(content) <= SHORT and not any(word[0].islower() for word in content)
