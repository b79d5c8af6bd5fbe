"""Tell the language of a text by its function words: whole words, endings (`-을`), letters (`*ы`), or, without blanks, letters alone."""

import re
from collections import Counter
from functools import cache

from ytterby.reading.folding import unspaced
from ytterby.reading.lexicon import FOLDER, languages

LONGEST = 20_000
WORDS = 0.12
LETTERS = 0.06
SHORT = 2
"""An ending of so many letters is one of other languages' words too."""
_WORD = re.compile(r"[^\W\d_]+")
_KANA = re.compile("[\u3041-\u30ff]")  # what is written in them is Japanese, whatever else it holds
_LINE = re.compile(r'function_words\s*=\s*"([^"]*)"')


def detect_language(text: str) -> str:
    """Return the code of the language whose function words fill the text best, or 'und' if none does.

    >>> detect_language("Die Regierung hat das Abkommen mit Japan noch nicht unterzeichnet."), detect_language("???")
    ('de', 'und')
    """
    letters = text[:LONGEST].casefold()
    tokens = Counter(_WORD.findall(letters))
    script = sum(map(unspaced, letters))
    shares = {code: _share(words, letters, tokens, script) for code, words in _function_words().items()}
    told = [code for code, (share, _) in shares.items() if share >= 1]
    return max(told, key=lambda code: (shares[code][1], shares[code], code), default="und")


def _share(words: frozenset[str], letters: str, tokens: Counter[str], script: int) -> tuple[float, float]:
    """How well function words fill a text, against the least that is a sign of the language (1); and the same weighed.

    Weighed: a word that n languages have counts 1/n, a short ending a half, so that of neighbours the one with words of its own is told.
    script: letters of the text that set no blanks.
    """
    if any(unspaced(word[0]) for word in words):
        foreign = script and not any(map(_KANA.match, words)) and len(_KANA.findall(letters)) > script * LETTERS
        hits = sum(letters.count(word) * len(word) for word in words) if script and not foreign else 0
        share = hits / max(1, script, len(letters) / 2) / LETTERS
        return share, share
    endings = tuple(word[1:] for word in words if word.startswith("-"))
    inside = {word[1:] for word in words if word.startswith("*")}
    found = [word for word in words if word in tokens]
    whole = sum(tokens[word] for word in found)
    weighed = sum(tokens[word] / _known_by()[word] for word in found)
    partly = plainly = 0
    if endings or inside:
        long = tuple(ending for ending in endings if len(ending) > SHORT)
        rest = [(token, count) for token, count in tokens.items() if token not in words]
        partly = sum(count for token, count in rest if token.endswith(endings) or not inside.isdisjoint(token))
        plainly = sum(count for token, count in rest if token.endswith(long) or not inside.isdisjoint(token))
    size = max(1, tokens.total()) * WORDS
    return (whole + partly) / size, (weighed + (partly + plainly) / 2) / size


@cache
def _known_by() -> Counter[str]:
    """How many languages have each function word."""
    return Counter(word for words in _function_words().values() for word in words)


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
