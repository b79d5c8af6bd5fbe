"""Cut a document into segments (header, dateline, heading, caption, credit, lead, body) and sentences.

A blank line ends a paragraph, unless the page broke its lines in the middle of a sentence. Only lead and body tell events; the other
kinds may be named as the place something was inherited from.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ytterby.reading.folding import Folded, fold, folded_word
from ytterby.reading.lexicon import Language

_BREAK = re.compile(r"\n(?:[ \t\r\f\v\u00a0]*\n)+[ \t\r\f\v\u00a0]*")
_HEADER = re.compile(r"\A\s*date:?\s+\d{4}-\d{2}(?:-\d{2})?\b[ \t]*", re.IGNORECASE)
_DATELINE = r"[^\W\d_][\w .'’/-]{1,30}(?:,[^\n–—]{1,40}?)?(?:\s*\([^)\n]{1,25}\))?\s+[-–—]\s+"
# A full stop wants a blank after it; the stops of scripts without blanks end a sentence by themselves, but not before a closing quote.
_UNSEEN = r"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_END = re.compile(rf"(?<![.!?…।؟۔])[.!?…।؟۔]+[\"'»“”’)\]{_UNSEEN}]*(?=\s|$)|[。！？｡]+(?![」』”’）〉》])[{_UNSEEN}]*")
_TERMINAL = re.compile(rf"[.!?…:;,。！？、，：；।؟۔][\"'»“”’)\]」』）{_UNSEEN}]*\Z")
_MEASURED = re.compile(r"(?<!\d)\d{1,6} \w{1,5}\.\Z")
_VISIBLE = re.compile(r"\S")
SHORT = 14
HEADING = 120
TAIL = 80
LETTERS = 3
WORD = 24


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the document with its kind; offsets are half-open."""

    kind: str
    start: int
    end: int

    @property
    def tells(self) -> bool:
        """Whether events may be told here."""
        return self.kind in ("lead", "body")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a telling segment."""

    start: int
    end: int
    segment: Segment


def segment(text: str, language: Language, folded: Folded | None = None) -> list[Segment]:
    """Return the document's segments in order; `folded` is the folded text, if it is at hand.

    >>> from ytterby.reading.lexicon import load_language
    >>> german = load_language("de")
    >>> [part.kind for part in segment(" date 2025-10-28 Es regnet.\\n\\nWetter heute\\n\\nFoto: AP\\n\\nDie Sonne scheint.", german)]
    ['header', 'lead', 'heading', 'credit', 'body']
    """
    found: list[Segment] = []
    header = _HEADER.match(text)
    begin = header.end() if header else 0
    if header:
        found.append(Segment("header", header.start(), header.end()))
    for start, end in _joined(text, list(_paragraphs(text, begin)), language):
        opening = not any(part.tells and part.end - part.start > HEADING for part in found)
        found += _with_dateline(text, start, end, language) if opening else [Segment("body", start, end)]
    return _named(text, found, language, folded or fold(text))


def _paragraphs(text: str, begin: int) -> Iterator[tuple[int, int]]:
    start = begin
    for gap in [*_BREAK.finditer(text, begin), None]:
        end = gap.start() if gap else len(text)
        stripped = text[start:end].strip()
        if stripped:
            at = text.index(stripped, start)
            yield at, at + len(stripped)
        start = gap.end() if gap else end


def _joined(text: str, paragraphs: list[tuple[int, int]], language: Language) -> list[tuple[int, int]]:
    """Join paragraphs that a page broke in mid-sentence."""
    found: list[tuple[int, int]] = []
    glue = language.words("glue")
    for start, end in paragraphs:
        if found:
            before = text[max(found[-1][0], found[-1][1] - TAIL) : found[-1][1]]
            if not _terminal(before) and (text[start].islower() or folded_word(before.rsplit(maxsplit=1)[-1]) in glue):
                found[-1] = (found[-1][0], end)
                continue
        found.append((start, end))
    return found


def _with_dateline(text: str, start: int, end: int, language: Language) -> list[Segment]:
    own = language.grammar["dateline"]
    dateline = re.compile(own or _DATELINE).match(text, start, end)
    if dateline is None or not (own or text[start].isupper()) or dateline.end() >= end:
        return [Segment("body", start, end)]
    return [Segment("dateline", start, dateline.end()), Segment("body", dateline.end(), end)]


def _named(text: str, parts: list[Segment], language: Language, folded: Folded) -> list[Segment]:
    """Give each paragraph its kind; the first that tells is the lead."""
    found: list[Segment] = []
    led = False
    for part in parts:
        kind = part.kind
        if kind == "body":
            first, beyond = bisect_left(folded.first, part.start), bisect_left(folded.first, part.end)
            kind = _kind(text[part.start : part.end], folded.text[first:beyond], language)
            if kind == "body" and not led:
                kind, led = "lead", True
        found.append(Segment(kind, part.start, part.end))
    return found


def _terminal(text: str) -> bool:
    """Whether a text ends with a mark that ends a sentence or a part of it, closing quotes and brackets aside."""
    return _TERMINAL.search(text) is not None


def _kind(text: str, folded: str, language: Language) -> str:
    if folded.startswith(tuple(language.words("captions"))):
        return "caption"
    short = len(folded.split(maxsplit=SHORT)) <= SHORT if language.spaces else len(folded) <= SHORT * LETTERS
    if short and any(cue in folded for cue in language.words("credits")):
        return "credit"
    if short and not _terminal(text):
        return "heading"
    return "body"


def sentences(text: str, parts: list[Segment], language: Language, names: Collection[int] = ()) -> list[Sentence]:
    """Return the sentences of the telling segments; `names` are the places where a known name begins.

    >>> from ytterby.reading.lexicon import load_language
    >>> german = load_language("de")
    >>> story = "Am 28. Oktober feiert man den 250. Jahrestag. Danach nicht."
    >>> [story[s.start : s.end] for s in sentences(story, segment(story, german), german)]
    ['Am 28. Oktober feiert man den 250. Jahrestag.', 'Danach nicht.']
    """
    found = []
    for part in parts:
        if part.tells:
            found += [Sentence(start, end, part) for start, end in _cut(text, part.start, part.end, language, names)]
    return found


def _cut(text: str, start: int, end: int, language: Language, names: Collection[int]) -> Iterator[tuple[int, int]]:
    begin = start
    for stop in _END.finditer(text, start, end):
        rest = _VISIBLE.search(text, stop.end(), end)
        if rest and not _ends(text[begin : stop.end()], text[rest.start() :][:WORD], language, rest.start() in names):
            continue
        if stop.end() > begin:
            yield begin, stop.end()
        begin = rest.start() if rest else end
    if begin < end and text[begin:end].strip():
        yield begin, end


def _ends(before: str, following: str, language: Language, named: bool) -> bool:
    """Whether a full stop ends a sentence: not after an abbreviation, an initial or an ordinal, nor before a small letter.

    A preposition with a capital can only begin a sentence ("от 2013 г. През 2010 г. ..."), nor can most words after a number and its unit,
    unless they are names ("през 2010 г. Китай").
    """
    if following[:1].islower():
        return False
    if not before.endswith("."):
        return True
    last = before.rsplit(maxsplit=1)[-1].lstrip("(«\"'“„")
    folded = folded_word(last)
    if folded in language.words("abbreviations"):
        opening = folded_word(following).split(maxsplit=1)[0]
        if opening in language.markers or opening in language.words("glue"):
            return opening not in language.words("name_particles")
        return not (named or language.grammar["nouns_capital"]) and _MEASURED.search(before) is not None
    if re.fullmatch(r"(?:[^\W\d_]\.)+", last):
        return False
    number = re.fullmatch(r"(\d{1,3})\.", last)
    return not (number and language.grammar["ordinal_dot"])
