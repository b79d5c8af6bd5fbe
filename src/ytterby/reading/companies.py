"""Learn the companies that a text names: 'company word + Name' ("the miner Arafura"), 'Name + Corp', and the language's own shape."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from functools import cache

from ytterby.reading.boundaries import joined, suffix
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language
from ytterby.reading.mentions import NONE, Mention, inside
from ytterby.reading.names import description, name_after
from ytterby.reading.slugs import slug

LEGAL = r"Inc|Corp|Corporation|Ltd|Limited|plc|AG|GmbH|SE|BV|NV|KG|KGaA|SAS|SpA|ASA|Oyj|LLC|Pty"
ENGLISH = (
    r"Resources|Minerals|Metals|Mining|Materials|Elements|Rare Earths|Magnetics|Holdings|Technologies|Industries|Chemicals|Steel|Motors"
)
TRADES = rf"{ENGLISH}|Lithium|Graphite|Energy|Group"
_LAST = (*LEGAL.split("|"), *TRADES.split("|"))
BEFORE = 16
# What no name is: a picture in letters, a key. A pattern would try it from each letter on.
_LONG = re.compile(r"(?<![A-Za-z0-9_&.-])[A-Za-z0-9_&.-]{100,}")
_BRACKETED = re.compile(r" \(([A-Z][A-Z&.-]{1,9})\)")
_COMMON = frozenset(
    [
        "general",
        "first",
        "critical",
        "northern",
        "southern",
        "eastern",
        "western",
        "american",
        "national",
        "united",
        "new",
        "rare",
        "energy",
        "standard",
        "strategic",
        "european",
        "african",
        "global",
        "international",
        "royal",
        "pacific",
        "atlantic",
        "state",
        "federal",
        "central",
        "port",
        "bank",
        "black",
        "blue",
        "green",
        "red",
        "south",
        "north",
        "east",
        "west",
        "old",
        "great",
    ]
)
"""What many names begin with tells none of them."""
_LEGAL = {
    "inc",
    "corp",
    "corporation",
    "ltd",
    "limited",
    "plc",
    "ag",
    "gmbh",
    "se",
    "the",
    "die",
    "der",
    "das",
    "bv",
    "nv",
    "kg",
    "kgaa",
    "sas",
    "spa",
    "asa",
    "oyj",
    "llc",
    "pty",
    "oy",
    "a.ş",
    "aş",
    "ао",
    "оао",
    "зао",
    "пао",
    "ооо",
    "гк",
    "гмк",
    "нпо",
    "оод",
    "ад",
    "еоод",
    "еад",
} | {"sa", "s.a", "sas", "spa", "s.p.a", "srl", "s.r.l", "sl", "s.l", "sau", "s.a.u", "ltda", "lda", "asa", "llc", "llp", "nv", "bv"}


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
    spans += _by_country(text, actors, mentions, language) if language.grammar["nouns_first"] else []
    letters = text.replace("’", "'")
    for start, end in spans:
        index = bisect_left(actors, end, key=lambda actor: actor.start)
        if not any(start < actor.end for actor in actors[max(0, index - 3) : index]):
            slug = _slug(text[start:end])
            if slug:
                beyond, marks = (end, NONE) if language.spaces and not language.grammar["inflected"] else suffix(letters, end, language)
                via = f"company name: {text[start:end]}"
                yield Mention("actor", f"org:{slug}", start, beyond, "body", via, marks, tail=beyond - end)


def short_names(text: str, companies: Sequence[Mention], mentions: Sequence[Mention], language: Language) -> Iterator[Mention]:
    """Yield later mentions of companies by the first word of their name, or by the letters in brackets after it.

    A first word that the text also has in small letters, or that means something else, is no name.

    >>> from ytterby.reading.lexicon import load_language
    >>> story = "Vulcan Elements (VE) digs. Vulcan sells."
    >>> named = [Mention("actor", "org:vulcan-elements", 0, 15, "body")]
    >>> [story[m.start : m.end] for m in short_names(story, named, [], load_language("en"))]
    ['VE', 'Vulcan']
    """
    known: dict[str, Mention] = {}
    first = {(company.value, text[company.start : company.end]): company for company in reversed(companies)}  # its first mention tells
    small = {word for word in re.findall(r"\w+", text) if word[0].islower()} if first else frozenset()
    for company in first.values():
        for name in _short(text, company, mentions, small):
            known[name] = company if name not in known or known[name].value == company.value else company._replace(value="")
    folded = text.replace("’", "'").casefold()
    letters = folded if len(folded) == len(text) else text
    for name, company in known.items():
        at = text.find(name, company.end) if company.value else -1
        while at >= 0:
            stop = at + len(name)
            end, marks = suffix(letters, stop, language) if language.grammar["inflected"] else (stop, NONE)
            if not (joined(letters, at) or joined(letters, end) or _goes_on(text, end)):
                via = f"{name} = {company.value}, named at {company.start}..{company.end}"
                yield Mention("actor", company.value, at, end, "body", via, marks, tail=end - stop)
            at = text.find(name, stop)


def _short(text: str, company: Mention, mentions: Sequence[Mention], small: Set[str]) -> Iterator[str]:
    """The short forms that a company's name gives: "ThorDan" of "ThorDan Metals Limited", "AFC" of "Africa Finance Corporation (AFC)"."""
    if bracketed := _BRACKETED.match(text, company.end):
        yield bracketed[1]
    first, _, rest = text[company.start : company.end - company.tail].partition(" ")
    plain = any(m.value not in (company.value, "IT") for m in inside(mentions, company.start, company.start + len(first)))
    common = plain or folded_word(first) in _COMMON or first.lower() in small
    if rest and len(first) > 1 and first[0].isupper() and not common:
        yield first


def _goes_on(text: str, end: int) -> bool:
    """Whether another word of a name follows: "Vulcan Energy" is not Vulcan Elements."""
    return text[end : end + 1] in (" ", "-") and text[end + 1 : end + 2].isupper()


def _by_country(text: str, actors: Sequence[Mention], mentions: Sequence[Mention], language: Language) -> list[tuple[int, int]]:
    """The names after an adjective that stands for a noun: "l'australien Lynas", "dalla giapponese Toho Titanium"."""
    found = []
    for actor in actors:
        if actor.form == "adjective" and text[actor.start].islower():
            before = folded_word(text[max(0, actor.start - BEFORE) : actor.start]).replace("'", " ").split()[-1:]
            article = before and (before[0] in language.words("determiners") or before[0] in language.markers)
            name = name_after(text, actor.end, mentions, language) if article else None
            found += [name] if name and name[0] == actor.end + 1 else []
    return found


@cache
def _shape(own: str, nouns_capital: bool) -> re.Pattern[str]:
    """What a company's name looks like; where every noun has a capital, "Tonnen Lithium" is none."""
    last = f"{LEGAL}|{ENGLISH if nouns_capital else TRADES}"
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
    return slug(" ".join(word for word in name.split() if folded_word(word).strip(".,") not in _LEGAL))
