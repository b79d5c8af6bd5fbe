"""Where a word begins and ends, and which endings are glued to it: blanks, suffixes, or neither (Chinese, Japanese)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ytterby.reading.folding import hangul, katakana, unspaced, wordy
from ytterby.reading.lexicon import Entry, Language

CHAIN = 3
WORD = 100
"""A longer run of letters is no word."""
SCALES = "천만억조"  # Korean glues the unit to them: "5억달러"
NONE: frozenset[str] = frozenset()
Ending = tuple[int, frozenset[str]]


def joined(letters: str, at: int) -> bool:
    """Whether the characters before and at a position belong to one word, as far as the script shows it.

    Japanese sets no blanks, but its katakana stand apart from all other letters: "タイ" (Thailand) is no part of "タイヤ" (tyre).

    >>> joined("usa", 1), joined("us-a", 2), joined("米国", 1), joined("タイヤ", 2)
    (True, False, False, True)
    """
    return 0 < at < len(letters) and _one_word(letters[at - 1], letters[at])


@lru_cache(maxsize=1 << 16)
def _one_word(before: str, here: str) -> bool:
    if katakana(before) and katakana(here):
        return True
    return wordy(before) and wordy(here) and not (unspaced(before) or unspaced(here))


def tokens_before(shape: re.Pattern[str], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the words of a stretch from its end to its start, for a shape that holds no blank; mostly the first few are enough.

    >>> [word[0] for word in tokens_before(re.compile("[a-z]+"), "to the us-japan", 0, 15)]
    ['japan', 'us', 'the', 'to']
    """
    while end > start:
        blank = text.rfind(" ", start, end)
        yield from reversed(list(shape.finditer(text, blank + 1 if blank >= 0 else start, end)))
        end = blank


def suffix(letters: str, end: int, language: Language) -> Ending:
    """Return where the suffixes after a name end and what they mark; (end, nothing) if there are none.

    Where blanks part words the suffixes must reach the end of the word, otherwise the longest ones are taken.

    >>> from ytterby.reading.lexicon import load_language
    >>> suffix("chinas magnete", 5, load_language("de"))[0]
    6
    """
    if not language.suffixes:
        return end, NONE
    if language.spaces:
        return _to_the_end(letters, end, language, CHAIN) or (end, NONE)
    marks: frozenset[str] = NONE
    for _ in range(CHAIN):
        size = next((n for n in _sizes(letters, end, language) if letters[end : end + n] in language.suffixes), 0)
        if not size:
            break
        marks |= language.suffixes[letters[end : end + size]]
        end += size
    return end, marks


def _sizes(letters: str, end: int, language: Language) -> tuple[int, ...]:
    """How long a suffix that begins at a position can be, the longest first."""
    if end >= len(letters) or (sizes := language.suffix_sizes.get(letters[end])) is None:
        return ()
    return sizes if end + sizes[0] <= len(letters) else tuple(size for size in sizes if end + size <= len(letters))


def _to_the_end(letters: str, end: int, language: Language, left: int) -> Ending | None:
    for size in _sizes(letters, end, language):
        stop = end + size
        marks = language.suffixes.get(letters[end:stop])
        if marks is None:
            continue
        if not joined(letters, stop):
            return stop, marks
        if left > 1 and (rest := _to_the_end(letters, stop, language, left - 1)):
            return rest[0], rest[1] | marks
    return None


def span(letters: str, start: int, end: int, entry: Entry, language: Language) -> tuple[int, int, Ending] | None:
    """Return (start, end without suffixes, suffixes) of a match as whole words, or None if it ends inside a word that is not left open."""
    first = _first(letters, start, entry, language)
    if first is None:
        return None
    if entry.names or language.inflected:
        ending = suffix(letters, end, language) if entry.names or language.spaces else (end, NONE)
        if ending[0] > end:
            return first, end, ending
    if not joined(letters, end):
        return first, end, (end, NONE)
    if not entry.open_end:
        return (first, end, (end, NONE)) if entry.kind == "unit" and entry.value.startswith("x") and hangul(letters[end - 1]) else None
    while joined(letters, end) and end - first <= WORD:
        end += 1
    return (first, end, (end, NONE)) if end - first <= WORD else None


def _first(letters: str, start: int, entry: Entry, language: Language) -> int | None:
    if not joined(letters, start) or (entry.kind == "unit" and (letters[start - 1].isdigit() or letters[start - 1] in SCALES)):
        return start
    prefixes = language.words("prefixes")
    if not (entry.open_start or prefixes):
        return None
    first = start
    while joined(letters, first) and start - first <= WORD:
        first -= 1
    return first if start - first <= WORD and (entry.open_start or letters[first:start] in prefixes) else None
