"""Tell the language of a text by its function words: whole words, endings (`-을`), letters (`*ы`), or, without blanks, letters alone.

A letter or word that the language hardly has (`!ъ`, `!los`) speaks against it, if more than a few words hold it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from ytterby.reading.folding import UNSPACED, unspaced
from ytterby.reading.lexicon import FOLDER, languages

LONGEST = 20_000
WORDS = 0.12
LETTERS = 0.06
FOREIGN, FEW = 0.04, 1
SHORT = 2
"""An ending of so many letters is one of other languages' words too."""
_WORD = re.compile(r"[^\W\d_]+")
_KANA = re.compile("[\u3041-\u30ff]")  # what is written in them is Japanese, whatever else it holds
_LINE = re.compile(r'function_words\s*=\s*"([^"]*)"')
Share = tuple[float, float]


class _Parts(NamedTuple):
    """What shows the language in a part of a word: endings, those of them that are long, and letters; `ascii` if plain ones can."""

    endings: tuple[str, ...]
    long: tuple[str, ...]
    letters: frozenset[str]
    ascii: bool


class _Script(NamedTuple):
    """The function words of a language that sets no blanks: letters, longer words, and whether it is written in kana."""

    single: frozenset[str]
    longer: tuple[str, ...]
    kana: bool


def detect_language(text: str) -> str:
    """Return the code of the language whose function words fill the text best, or 'und' if none does.

    >>> detect_language("Die Regierung hat das Abkommen mit Japan noch nicht unterzeichnet."), detect_language("???")
    ('de', 'und')
    """
    letters = text[:LONGEST].casefold()
    shares = _by_words(Counter(_WORD.findall(letters)))
    if script := sum(map(len, UNSPACED.findall(letters))):
        shares |= _by_letters(letters, script)
    told = [code for code, (share, _) in shares.items() if share >= 1]
    return max(told, key=lambda code: (shares[code][1], shares[code], code), default="und")


def _by_words(tokens: Counter[str]) -> dict[str, Share]:
    """How well function words fill a text, against the least that is a sign of the language (1); and the same weighed.

    Weighed: a word that n languages have counts 1/n, a short ending a half, so that of neighbours the one with words of its own is told.
    """
    whole, weighed = defaultdict[str, float](float), defaultdict[str, float](float)
    for token, count in tokens.items():
        for code, share in _signs(token):
            whole[code] += count
            weighed[code] += count / share
    size = max(1, tokens.total()) * WORDS
    kept = {code: hits for code, hits in whole.items() if not _foreign_to(code, tokens)}
    return {code: (hits / size, weighed[code] / size) for code, hits in kept.items()}


def _foreign_to(code: str, tokens: Counter[str]) -> bool:
    """Whether too many words are, or hold letters, that a language hardly has."""
    strange = _foreign().get(code, frozenset())
    words = sum(n for token, n in tokens.items() if token in strange or not strange.isdisjoint(token)) if strange else 0
    return words > max(FEW, FOREIGN * tokens.total())


def _by_letters(letters: str, script: int) -> dict[str, Share]:
    """The same for languages that set no blanks; script: how many letters of the text set none."""
    single = Counter(letters)
    size = max(1, script, len(letters) / 2)
    kana = len(_KANA.findall(letters)) > script * LETTERS
    found = {}
    for code, script_words in _unspaced_words().items():
        if not kana or script_words.kana:
            hits = sum(map(single.__getitem__, script_words.single.intersection(single)))
            hits += sum(letters.count(word) * len(word) for word in script_words.longer)
            found[code] = (hits / size / LETTERS,) * 2
    return found


@lru_cache(maxsize=50_000)
def _signs(token: str) -> tuple[tuple[str, int], ...]:
    """The languages that a word is a sign of, and how many of it make one full sign."""
    owners = _known_by().get(token, ())
    found = [(code, len(owners)) for code in owners]
    for code, part in _parts().items():
        if code not in owners and (part.ascii or not token.isascii()):
            full = not part.letters.isdisjoint(token) or token.endswith(part.long)
            if full or token.endswith(part.endings):
                found.append((code, 1 if full else 2))
    return tuple(found)


@cache
def _known_by() -> Mapping[str, tuple[str, ...]]:
    """The languages that have each function word, of all languages that set blanks."""
    found: dict[str, tuple[str, ...]] = {}
    for code, words in _function_words().items():
        for word in () if code in _unspaced_words() else words:
            found[word] = (*found.get(word, ()), code)
    return found


@cache
def _foreign() -> Mapping[str, frozenset[str]]:
    """The letters and words that speak against a language."""
    strange = {code: frozenset(word[1:] for word in words if word.startswith("!")) for code, words in _function_words().items()}
    return {code: letters for code, letters in strange.items() if letters}


@cache
def _parts() -> Mapping[str, _Parts]:
    """What shows a language in parts of its words, for those that have such a list."""
    found = {}
    for code, words in _function_words().items():
        endings = tuple(word[1:] for word in words if word.startswith("-"))
        inside = frozenset(word[1:] for word in words if word.startswith("*"))
        if (endings or inside) and code not in _unspaced_words():
            long = tuple(ending for ending in endings if len(ending) > SHORT)
            found[code] = _Parts(endings, long, inside, any(map(str.isascii, (*endings, *inside))))
    return found


@cache
def _unspaced_words() -> Mapping[str, _Script]:
    """The words of the languages that set no blanks."""
    return {code: _script(words) for code, words in _function_words().items() if _sets_none(words)}


def _script(words: frozenset[str]) -> _Script:
    longer = tuple(word for word in words if len(word) > 1)
    return _Script(words.difference(longer), longer, any(map(_KANA.match, words)))


def _sets_none(words: Iterable[str]) -> bool:
    """Whether one of some words belongs to a script that sets no blanks."""
    return any(unspaced(word[0]) for word in words)


@cache
def _function_words() -> dict[str, frozenset[str]]:
    # Only the first line of each file is read here: telling languages apart must not cost the parse of all of them.
    found = {}
    for code in languages():
        with (FOLDER / "lang" / f"{code}.toml").open(encoding="utf-8") as file:
            line = _LINE.match(file.readline())
        if line is not None:
            found[code] = frozenset(line[1].casefold().split())
    return found
