"""Words of a language, read from its toml file, as one automaton.

An entry of a language file is a word or a phrase. `*` at an end leaves that end open (`zoll*`, `*zölle`), `~` stands for the language's
endings (`selten~ erden`), `a|b` asks for b later in the same clause (separable verbs: `kündig*|an`). An entry that starts with a capital
wants a capital in the text, one all in capitals wants capitals throughout ("US" is no "us"), one that starts with = a small letter.
"""

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick

from ytterby.reading.declension import bent
from ytterby.reading.folding import fold_text
from ytterby.reading.format import beside, complete, definite

FOLDER = Path(__file__).resolve().parent
Marked = dict[str, frozenset[str]]


STANDING = frozenset({"GOV", "SIDE", "COUNTRY", "COMPANY", "HE"})


class Entry(NamedTuple):
    """One way a word may stand in a text, and what it means there."""

    kind: str
    value: str
    form: str = ""
    open_start: bool = False
    open_end: bool = False
    capital: tuple[bool, ...] = ()
    capitals: bool = False
    small: bool = False
    later: str = ""
    marks: frozenset[str] = frozenset()

    @property
    def names(self) -> bool:
        """Whether the word names an actor, so that suffixes show its part in the sentence."""
        return self.kind in ("person", "office", "pair") or self.value in STANDING or (self.kind == "actor" and self.form != "adjective")


@dataclass(frozen=True)
class Language:
    """A language's words: the automaton over folded entries, and the tables that need no automaton.

    `markers` are words before a name, `suffixes` are glued to it, `postpositions` are words after it; each gives the parts they mark.
    """

    code: str
    automaton: Any
    grammar: dict[str, Any]
    lists: dict[str, frozenset[str]]
    markers: Marked
    suffixes: Marked
    postpositions: Marked
    unless: dict[str, list[str]]
    cues: dict[str, str]

    @cached_property
    def bends(self) -> bool:
        """Whether names have cases."""
        return bool(self.grammar["cases"])

    @cached_property
    def spaces(self) -> bool:
        """Whether blanks part the words."""
        return bool(self.grammar["spaces"])

    @cached_property
    def inflected(self) -> bool:
        """Whether suffixes may be glued to every word."""
        return bool(self.grammar["inflected"])

    @cached_property
    def suffix_sizes(self) -> dict[str, tuple[int, ...]]:
        """The lengths of the suffixes that begin with a letter, the longest first."""
        heads = {word[0] for word in self.suffixes if word}
        return {head: _sizes(word for word in self.suffixes if word.startswith(head)) for head in heads}

    @cached_property
    def marker_sizes(self) -> tuple[int, ...]:
        """The lengths of the markers, the longest first."""
        return _sizes(self.markers)

    @cached_property
    def postposition_sizes(self) -> tuple[int, ...]:
        """The lengths of the postpositions, the longest first."""
        return _sizes(self.postpositions)

    @cached_property
    def cue_sizes(self) -> tuple[int, ...]:
        """The lengths of the words beside a date, the longest first."""
        return _sizes(self.cues)

    def words(self, name: str) -> frozenset[str]:
        """Return a word list of the grammar table, folded.

        >>> "der" in load_language("de").words("determiners")
        True
        """
        return self.lists[name]


def opening(letters: str, words: Collection[str], sizes: Iterable[int]) -> str:
    """Return the longest of some words with which letters begin, or nothing; sizes: the lengths of the words, the longest first.

    >>> opening("fromage", {"from", "fro"}, (4, 3))
    'from'
    """
    return next((letters[:size] for size in sizes if letters[:size] in words), "")


def ending(letters: str, words: Collection[str], sizes: Iterable[int]) -> str:
    """Return the longest of some words with which letters end, or nothing; sizes: the lengths of the words, the longest first.

    >>> ending("in die", {"die", "in die"}, (6, 3))
    'in die'
    """
    return next((letters[-size:] for size in sizes if letters[-size:] in words), "")


def _sizes(words: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({len(word) for word in words if word}, reverse=True))


def languages() -> list[str]:
    """Return the codes of the languages that have a file.

    >>> {"de", "en"} <= set(languages())
    True
    """
    return list(_codes())


@cache
def _codes() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (FOLDER / "lang").glob("*.toml")))


@cache
def load_language(code: str) -> Language:
    """Read a language's file and build its automaton, once per process.

    >>> load_language("de").code
    'de'
    """
    return build_language(code, read_table(code))


def read_table(code: str) -> dict[str, Any]:
    """Read a language's file; one that is `like` another has its tables too, where it has none of its own.

    >>> read_table("zh-Hant")["concept"] == read_table("zh-Hans")["concept"]
    True
    """
    own = _toml(FOLDER / "lang" / f"{code}.toml")
    like = own.pop("like", None)
    return beside(read_table(like), own) if like else own


def build_language(code: str, table: dict[str, Any]) -> Language:
    """Build a language from the tables of its file; raises InputError for a key that the format does not know.

    >>> build_language("xx", {"concept": {"SIGN": ["sain*"]}}).words("openers")
    frozenset()
    """
    table = complete(table, f"{code}.toml")
    bodies = _shared()
    grammar = table["grammar"]
    endings, cases = [fold_text(ending) for ending in grammar["endings"]], grammar["cases"].split()
    found: dict[str, list[Entry]] = defaultdict(list)
    for written, entry in _entries(table, bodies):
        _add(found, written, entry, endings)
        if entry.names and table["declension"]:
            for form, marks in bent(written, entry.kind, cases, table["declension"]):
                _add(found, form, entry._replace(marks=marks), endings)
    return Language(
        code=code,
        automaton=_automaton(found, grammar),
        grammar=grammar,
        lists={name: _folded(value) for name, value in grammar.items() if isinstance(value, (str, list))}
        | {"definite": _folded(definite(table))},
        markers=_marked(table["markers"]),
        suffixes=_marked(table["suffixes"]),
        postpositions=_marked(table["postpositions"]),
        unless=bodies["unless"],
        cues={word.replace("_", " "): role for role, words in table["date_cues"].items() for word in _folded(words)},
    )


@cache
def _shared() -> dict[str, Any]:
    """The names that all languages share: bodies and people, companies, places."""
    bodies, firms, places = (_toml(FOLDER / f"{name}.toml") for name in ("bodies", "companies", "places"))
    names = bodies["bodies"] | {slug: words for section in firms.values() for slug, words in section.items()}
    return {**bodies, "bodies": names, "cities": places}


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _automaton(found: dict[str, list[Entry]], grammar: dict[str, Any]) -> Any:
    """What finds all words in one pass, each with its length, its entries and whether they may begin and end inside a longer word."""
    automaton = ahocorasick.Automaton()
    loose: dict[tuple[Entry, ...], tuple[bool, bool]] = {}  # the forms of a word share their entry
    for word, given in found.items():
        entries = tuple(dict.fromkeys(given)) if len(given) > 1 else tuple(given)
        if entries not in loose:
            loose[entries] = _loose(entries, grammar)
        automaton.add_word(word, (len(word), entries, *loose[entries]))
    automaton.make_automaton()
    return automaton


def _loose(entries: Iterable[Entry], grammar: dict[str, Any]) -> tuple[bool, bool]:
    """Whether a word may begin inside a longer one, and whether it may end there, by any of its entries; most do neither."""
    start = bool(grammar["prefixes"]) or any(entry.open_start or entry.kind == "unit" for entry in entries)
    end = grammar["inflected"] or any(entry.open_end or entry.names or entry.kind == "unit" for entry in entries)
    return start, end


def _folded(value: str | list[str]) -> frozenset[str]:
    return frozenset(fold_text(word) for word in (value.split() if isinstance(value, str) else value))


def _marked(table: dict[str, str]) -> Marked:
    """Words with the parts they mark; `bare` marks nothing: it shows the subject or the object."""
    found: Marked = {}
    for name, words in table.items():
        for word in (word.replace("_", " ") for word in _folded(words)):
            found[word] = found.get(word, frozenset()) | ({name} - {"bare"})
    return found


def _entries(table: dict[str, Any], bodies: dict[str, Any]) -> Iterator[tuple[str, Entry]]:
    """All entries of a language: its own tables and the bodies and people that every language shares."""
    bend = "~" if table["grammar"]["adjectives_bend"] else ""
    for code, (names, adjectives, capitals) in table["countries"].items():
        for form, words in (("name", names), ("adjective", adjectives), ("capital", capitals)):
            yield from ((word + (bend if form == "adjective" else ""), Entry("actor", code, form)) for word in words.split("|") if word)
    for code, words in _both(bodies["bodies"], table["bodies"]):
        yield from ((word, Entry("actor", code if code in table["countries"] else f"org:{code}", "body")) for word in words)
    yield from ((word, Entry("actor", "org:EU", "region")) for word in bodies["regions"])
    for code, words in _both(bodies["cities"], table["cities"]):
        yield from ((word, Entry("actor", code, "city")) for word in words)
    yield from ((word, Entry("actor", "", "none")) for word in [*bodies["none"], *table["none"].get("names", [])])
    yield from ((word, Entry("concept", "none")) for word in table["none"].get("words", []))
    for code, words in _both(bodies["people"], table["people"]):
        yield from ((name, Entry("person", code)) for name in words)
    yield from ((word, Entry("pair", " ".join(codes))) for word, codes in table["pairs"].items())
    yield from _toward(table["toward"])
    for kind in ("concept", "material", "office", "month", "weekday", "number", "unit", "relative"):
        for value, words in table[kind].items():
            yield from ((word, Entry(kind, value)) for word in words)


def _toward(table: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, Entry]]:
    """Names that show their part by themselves ("대중": against China)."""
    for mark, states in table.items():
        for code, words in states.items():
            yield from ((word, Entry("actor", code, "name", marks=frozenset({mark}))) for word in words)


def _both(shared: dict[str, list[str]], own: dict[str, list[str]]) -> Iterable[tuple[str, list[str]]]:
    return [*shared.items(), *own.items()]


def _add(found: dict[str, list[Entry]], written: str, entry: Entry, endings: list[str]) -> None:
    first, _, later = written.partition("|")
    small, first = first.startswith("="), first.removeprefix("=")
    word = first.strip("*")
    letters = [letter for letter in word if letter.isalpha()]
    made = Entry(
        entry.kind,
        entry.value,
        entry.form,
        open_start=first.startswith("*"),
        open_end=first.endswith("*"),
        capital=tuple(part[:1].isupper() for part in word.split()) if any(part[:1].isupper() for part in word.split()) else (),
        capitals=len(letters) > 1 and all(letter.isupper() for letter in letters),
        small=small,
        later=fold_text(later),
        marks=entry.marks,
    )
    parts = [fold_text(part) for part in word.split("~")]
    for chosen in product(endings, repeat=len(parts) - 1):
        found["".join(map("".join, zip(parts, [*chosen, ""], strict=True)))].append(made)
