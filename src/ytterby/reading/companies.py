"""Learn the companies that a text names: 'company word + Name' ("the miner Arafura"), 'Name + Corp', and the language's own shape."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from ytterby.reading.boundaries import suffix
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language
from ytterby.reading.mentions import NONE, Mention
from ytterby.reading.names import description, name_after

LEGAL = r"Inc|Corp|Corporation|Ltd|Limited|plc|AG|GmbH|SE"
TRADES = (
    r"Resources|Minerals|Metals|Mining|Materials|Elements|Lithium|Graphite|Rare Earths|Magnetics|Holdings|Energy|Group|Technologies|"
    r"Industries|Chemicals|Steel|Motors"
)
_LAST = (*LEGAL.split("|"), *TRADES.split("|"))
# What no name is: a picture in letters, a key. A pattern would try it from each letter on.
_LONG = re.compile(r"(?<![A-Za-z0-9_&.-])[A-Za-z0-9_&.-]{100,}")
_LEGAL = {"inc", "corp", "corporation", "ltd", "limited", "plc", "ag", "gmbh", "se", "the", "die", "der", "das"}


def companies(
    text: str, offices: Sequence[Mention], actors: Sequence[Mention], mentions: Sequence[Mention], language: Language
) -> Iterator[Mention]:
    """Yield the companies that the text itself teaches, where no other actor is named.

    >>> from ytterby.reading.lexicon import load_language
    >>> [m.value for m in companies("Sunny Creek Minerals Ltd digs.", [], [], [], load_language("en"))]
    ['org:sunny-creek-minerals']
    """
    words = {office.start: office.end for office in offices if office.value == "firm"}
    shape = _shape(language.grammar["company"], language.grammar["nouns_capital"])
    told = bool(language.grammar["company"]) or any(word in text for word in _LAST)
    matches = shape.finditer(_LONG.sub(_blank, text)) if told else ()
    spans = [_without_opening(text, *match.span(), words, language) for match in matches]
    for office in offices:
        if office.value != "firm":
            continue
        end = description(text, office.end, actors, language)[0] if language.grammar["nouns_first"] else office.end
        name = name_after(text, end, mentions, language)
        # Where every noun has a capital, a bare company word teaches only names that are no words of the language.
        if name and (not language.grammar["nouns_capital"] or len(text[name[0] : name[1]].split()) > 1):
            spans.append(name)
    letters = text.replace("’", "'")
    for start, end in spans:
        index = bisect_left(actors, end, key=lambda actor: actor.start)
        if not any(start < actor.end for actor in actors[max(0, index - 3) : index]):
            slug = _slug(text[start:end])
            if slug:
                beyond, marks = (end, NONE) if language.spaces and not language.grammar["inflected"] else suffix(letters, end, language)
                via = f"company name: {text[start:end]}"
                yield Mention("actor", f"org:{slug}", start, beyond, "body", via, marks, tail=beyond - end)


@cache
def _shape(own: str, nouns_capital: bool) -> re.Pattern[str]:
    """What a company's name looks like; where every noun has a capital, "Tonnen Lithium" is none."""
    last = LEGAL if nouns_capital else f"{LEGAL}|{TRADES}"
    latin = rf"(?:[A-Z][\w&-]+ ){{1,3}}(?:{last})\b"
    return re.compile(f"{latin}|{own}" if own else latin)


def _blank(run: re.Match[str]) -> str:
    return " " * len(run[0])


def _without_opening(text: str, start: int, end: int, words: dict[int, int], language: Language) -> tuple[int, int]:
    """A name does not begin with an article that opens the sentence, nor with a company word ("Firma")."""
    first, _, rest = text[start:end].partition(" ")
    if start in words and words[start] < end:
        return words[start] + 1, end
    return (end - len(rest), end) if rest and folded_word(first) in language.words("determiners") else (start, end)


def _slug(name: str) -> str:
    words = [word for word in folded_word(name).split() if word not in _LEGAL]
    return re.sub(r"[^\w]+", "-", " ".join(words)).strip("-")
