"""Find the personal name beside an office, and remember whom it stands for."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ytterby.reading.folding import folded_word, katakana, unspaced
from ytterby.reading.lexicon import Language
from ytterby.reading.mentions import Mention, within

_TOKEN = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_WORDS = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")
_PARTS = re.compile(r"[\s・·=＝]+")
Known = dict[str, tuple[str, str]]
TOKENS = 4
REACH = 30
DESCRIBED = 80
STEM = 3
FULL = 4


def name_after(text: str, end: int, mentions: Sequence[Mention], language: Language) -> tuple[int, int] | None:
    """Return the span of the capitalised words right after an office, without a possessive ending.

    >>> from ytterby.reading.lexicon import load_language
    >>> name_after("President Sanae Takaichi's trip", 9, [], load_language("en"))
    (10, 24)
    """
    if language.grammar["name"]:
        return _shaped(text, end, mentions, language)
    start = stop = None
    position = end
    for token in _TOKEN.finditer(text, end):
        gap = text[position : token.start()]
        word = folded_word(token[0])
        if gap.strip(' «„“"' if start is None else " .") or "\n" in gap or ("." in gap and start is not None):
            break
        if not (start is None and _is_title(word, language)):
            particle = start is not None and word in language.words("name_particles")
            if not (token[0][0].isupper() or particle) or _taken(mentions, token.start(), token.end()):
                break
            start = token.start() if start is None else start
            stop = token.end() if not particle else stop
        position = token.end()
        if start is not None and len(text[start:position].split()) >= TOKENS:
            break
    if start is None or stop is None:
        return None
    return start, _bare_end(text, start, stop, language)


def _bare_end(text: str, start: int, stop: int, language: Language) -> int:
    """Where a name ends without what an apostrophe glues to it."""
    if language.grammar["inflected"] and (mark := max(text.rfind("'", start, stop), text.rfind("’", start, stop))) > 0:
        return mark if folded_word(text[mark:stop]) in language.suffixes else stop
    return start + len(text[start:stop].removesuffix("'s").removesuffix("’s"))


def _shaped(text: str, end: int, mentions: Sequence[Mention], language: Language) -> tuple[int, int] | None:
    """The name right after an office by the language's own pattern, where no name stands before it ("外长王毅")."""
    known = next((m for m in within(mentions, end, end + REACH, "person") if m.start == end), None)
    if known is not None:
        return known.start, known.end - known.tail
    match = None if language.grammar["name_first"] else re.compile(language.grammar["name"]).match(text, end)
    return match.span() if match and not _taken(mentions, *match.span()) else None


def name_before(text: str, start: int, mentions: Sequence[Mention], language: Language) -> tuple[int, int] | None:
    """Return the span of the name right before an office, for languages that say how a name looks and that it stands first.

    >>> from ytterby.reading.lexicon import build_language
    >>> name_before("昨日、高市早苗首相", 7, [], build_language("xx", {"grammar": {"name": "[一-龥]{2,5}", "name_first": True}}))
    (3, 7)
    """
    if not (language.grammar["name"] and language.grammar["name_first"]):
        return None
    begin = max(0, start - REACH)
    match = _name_at_end(language.grammar["name"]).search(text, begin, start)
    if match is None or match.end() != start or _taken(mentions, match.start(1), match.end(1)):
        return None
    return match.span(1)


@cache
def _name_at_end(shape: str) -> re.Pattern[str]:
    return re.compile(rf"({shape})\s?$")


def description(text: str, end: int, actors: Sequence[Mention], language: Language) -> tuple[int, Mention | None]:
    """Return where the words that describe an office after it end, and the country among them, for languages that put the noun first.

    >>> from ytterby.reading.lexicon import build_language
    >>> french = build_language("xx", {"markers": {"of": "du"}, "grammar": {"nouns_first": True}})
    >>> description("ministre chinois du Commerce Wang", 8, [Mention("actor", "CHN", 9, 16, "adjective")], french)[0]
    28
    """
    country: Mention | None = None
    stop, position, link, field = end, end, "", False
    for token in _run(text, end):
        if token.start() < position:
            continue
        actor = next((one for one in actors if one.start <= token.start() < one.end), None)
        sort, position = _sort(token[0], actor, language), token.end()
        if actor is not None and country is None and (sort == "adjective" or (sort == "name" and link == "of")):
            country, stop, position, link = actor, actor.end, actor.end, ""
        elif sort in ("of", "to") or (field and sort == "and"):
            link = sort
        elif link and sort in ("word", "small"):
            stop, link, field = token.end(), "", True
        elif not (link and sort == "article") and not (field and sort == "small"):
            break
    return stop, country


def _run(text: str, end: int) -> Iterator[re.Match[str]]:
    """The words after a position, as long as nothing but blanks and apostrophes parts them."""
    position = end
    for token in _WORDS.finditer(text, end, min(len(text), end + DESCRIBED)):
        if text[position : token.start()].strip(" '’"):
            return
        yield token
        position = token.end()


def _sort(word: str, actor: Mention | None, language: Language) -> str:
    """What a word is in the description of an office."""
    if actor is not None:
        place = actor.form in ("region", "city") or (actor.value.startswith("org:") and actor.value != "org:EU")
        return "other" if place else "adjective" if actor.form == "adjective" else "name"
    folded = folded_word(word)
    marks = language.markers.get(folded, frozenset())
    if marks & {"of", "to"}:
        return "of" if "of" in marks else "to"
    lists = {"article": "determiners", "and": "coordinators"}
    return next((sort for sort, name in lists.items() if folded in language.words(name)), "small" if word[0].islower() else "word")


def _is_title(word: str, language: Language) -> bool:
    return word in language.words("titles") or f"{word}." in language.words("titles")


def _taken(mentions: Sequence[Mention], start: int, end: int) -> bool:
    kinds = {"actor", "month", "weekday", "office", "material"}
    return any(m.kind in kinds and m.start <= start and m.end >= end for m in within(mentions, start - REACH, end + REACH))


def remember(known: Known, who: str, value: str, via: str, language: Language) -> None:
    """Remember a name and its first and last part; the first lesson stays.

    >>> from ytterby.reading.lexicon import load_language
    >>> known = {}
    >>> remember(known, "Ursula von der Leyen", "org:EU", "here", load_language("de"))
    >>> sorted(known)
    ['Leyen', 'Ursula', 'Ursula von der Leyen']
    """
    words = [word for word in _PARTS.split(who) if word and folded_word(word) not in language.words("name_particles")]
    if language.grammar["name_first"] and len(who) == FULL and unspaced(who[0]) and not katakana(who[0]):
        words[:0] = [who[: FULL // 2]]  # Japanese sets no blank between surname and first name: 高市|早苗
    for part in {who, words[-1], words[0]} if words else set():
        if len(part) > 1:
            known.setdefault(part, (value, via))
        if language.bends and (stem := _stem(part, language)):
            known.setdefault(stem, (value, via))


def _stem(name: str, language: Language) -> str:
    """A name without the ending of its case, so that the other cases are known too."""
    endings = [ending for ending in language.suffixes if folded_word(name).endswith(ending)]
    stem = name[: len(name) - max(map(len, endings))] if endings else ""
    return stem if len(stem) >= STEM else ""
