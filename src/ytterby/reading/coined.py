"""Names that nothing else explains: runs of capitals that may be a company, which a rule takes only where it lacks one.

"Tawana said its mine ..." teaches no company by itself; that the rule for a new mine wants an operator does. A run is no such name if
it is a place, a person, a paper or the beginning of a sentence. A short form ("Tawana") stands for the long one ("Tawana Resources").
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ytterby.reading.boundaries import suffix
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language
from ytterby.reading.mentions import NONE, Mention, within
from ytterby.reading.slugs import slug

LATIN = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚ"
_RUN = re.compile(rf"(?<![\w.&@/-])(?:[{LATIN}][\w&'’-]*|\d?[{LATIN}][\w&'’-]*)(?: (?:& |[{LATIN}0-9][\w&'’-]*)+){{0,3}}")
_QUOTED = re.compile(r"(?<=[«„])[А-ЯЁІЇЄ][\w-]*(?: [А-ЯЁІЇЄ0-9][\w-]*){0,3}(?=[»“”])")
"""Cyrillic sets the names of companies in quotes."""
ENDS, BEGINS = ".!?:;。！？：-", ' \t\n«»„“”"‘('
WINDOW = 8
_TAKEN = frozenset({"actor", "person", "office", "month", "weekday", "unit"})
SHORT, INITIALS, BESIDE, BEFORE = 4, 3, 30, 40
PLACES = frozenset({"PLANT", "WORKS"})
PRESS = re.compile(
    "reuters|bloomberg|afp|xinhua|nikkei|politico|axios|cnbc|cnn|bbc|antara|fastmarkets|argus|platts|mysteel|yonhap|kyodo|handelsblatt|spiegel|"
    "tass|interfax|anadolu|benchmark|goldman|citi|ubs|jpmorgan|macquarie|moody|fitch|rystad|telegram|forbes|fortune"
)
"""Who tells of it: papers, agencies, analysts."""
CASE = 2
MARKS = "«»„“”"


@dataclass(frozen=True)
class Run:
    """A stretch of capitals and whether it opens a sentence."""

    start: int
    end: int
    opens: bool


def coined(text: str, actors: Sequence[Mention], mentions: Sequence[Mention], language: Language) -> Iterator[Mention]:
    """Yield a mention of form `coined` for each run of capitals that may be an organisation.

    >>> from ytterby.reading.folding import fold
    >>> from ytterby.reading.lexicon import load_language
    >>> from ytterby.reading.mentions import find_mentions
    >>> story, english = "On Friday Sunny Creek opened its mine at Dull Hill.", load_language("en")
    >>> [m.value for m in coined(story, [], find_mentions(story, fold(story), english), english)]
    ['org:sunny-creek']
    """
    if language.grammar["nouns_capital"]:
        return
    whole_runs = (_undated(run, mentions) for run in _runs(text, language))
    runs = [run for run in whole_runs if _free(text, run, actors, mentions, language)]
    runs = [run for run in runs if not PRESS.fullmatch(re.split(r"[ '’]", text[run.start : run.end].lower(), maxsplit=1)[0])]
    told = {text[run.start : run.end] for run in runs if not run.opens or len(text[run.start : run.end].split()) > 1}
    letters = text.replace("’", "'")
    known = {text[a.start : a.end].strip(MARKS): a.value for a in actors if a.form == "body"}
    for run in runs:
        name = text[run.start : run.end]
        if bent := next((surface for surface in known if _bent(name, surface)), ""):
            yield Mention("actor", known[bent], run.start, run.end, "coined", f"a name: {bent}")
        elif name in told or any(other.startswith(f"{name} ") for other in told):
            whole = min((other for other in told if other == name or other.startswith(f"{name} ")), key=text.find)
            end, marks = suffix(letters, run.end, language) if language.inflected else (run.end, NONE)
            via = f"a name: {whole}"
            yield Mention("actor", f"org:{slug(whole)}", run.start, end, "coined", via, marks, tail=end - run.end)


def _bent(name: str, other: str) -> bool:
    """Whether two Cyrillic names are one in two cases: «Русредмет», «Русредмета»."""
    least = max(len(name), len(other), SHORT + CASE + 1) - CASE
    return not name.isascii() and name[:least] == other[:least]


def _runs(text: str, language: Language) -> Iterator[Run]:
    """The runs of capitals, without the words of the language at their head, without a possessive at their end."""
    little = language.words("determiners") | language.words("openers") | language.words("coordinators") | language.markers.keys()
    for found in _RUN.finditer(text):
        start, end = found.span()
        opens = _opens(text, start)
        words = found[0].split(" ")
        while words and (folded_word(words[0]) in little or words[0].casefold() in little):
            start += len(words[0]) + 1
            words, opens = words[1:], False
        name = re.split("['’]", text[start:end])[0] if language.inflected else re.sub(r"['’]s?$", "", text[start:end])
        if name:
            yield Run(start, start + len(name), opens)
    yield from (Run(*found.span(), False) for found in _QUOTED.finditer(text))


def _opens(text: str, start: int) -> bool:
    """Whether a sentence, a line or a quotation begins at a position."""
    before = text[max(0, start - WINDOW) : start]
    rest = before.rstrip(BEGINS)
    return (not rest and start <= WINDOW) or rest[-1:] in tuple(ENDS) or any(mark in before[len(rest) :] for mark in BEGINS[2:])


def _undated(run: Run, mentions: Sequence[Mention]) -> Run:
    """A run without the day or the month at its head: "On Friday Sunny Creek"."""
    heads = within(mentions, run.start, run.end)[:1]
    dated = heads and heads[0].kind in ("weekday", "month") and heads[0].start == run.start and heads[0].end + 1 < run.end
    return Run(heads[0].end + 1, run.end, False) if dated else run


def _free(text: str, run: Run, actors: Sequence[Mention], mentions: Sequence[Mention], language: Language) -> bool:
    """Whether a run is no known name, no word of the language, no initials, no place and no person."""
    name = text[run.start : run.end]
    letters = [letter for letter in name if letter.isalpha()]
    if len(letters) < SHORT and not (len(letters) == INITIALS and name.isupper() and not run.opens):
        return False
    near = within(actors, run.start - BESIDE, run.end) if actors else []
    if any(actor.start < run.end and run.start < actor.end for actor in near):
        return False
    covering = [m for m in within(mentions, run.start - BESIDE, run.end) if m.start < run.end and run.start < m.end]
    if any(m.kind in _TAKEN or (m.start <= run.start and m.end >= run.end) for m in covering):
        return False
    return not (_place(text, run, mentions, language) or _person(run, mentions))


def _place(text: str, run: Run, mentions: Sequence[Mention], language: Language) -> bool:
    """Whether a run names a place: "in Foo", "the Foo mine", "mina de Foo"."""
    before = folded_word(text[max(0, run.start - BEFORE) : run.start]).split()
    marks = language.markers.get(before[-1], frozenset()) if before else frozenset()
    if "in" in marks or ("at" in marks and "object" not in marks):  # Spanish "a" may be both "at" and "to"
        return True
    sites = [m for m in within(mentions, run.start - BEFORE, run.end + BESIDE, "concept") if m.value in PLACES]
    if any(0 <= m.start - run.end <= 1 for m in sites):
        return True
    gaps = (text[m.end : run.start] for m in sites if m.end <= run.start)
    return any(gap.strip(" «„“\"'").casefold() in ("", "de", "di", "do", "da", "von", "of", "del", "van") for gap in gaps)


def _person(run: Run, mentions: Sequence[Mention]) -> bool:
    """Whether an office of a state stands right beside a run."""
    index = bisect_left(mentions, run.start - BESIDE, key=lambda mention: mention.start)
    beside = [m for m in mentions[index:] if m.start <= run.end + 3][:20]
    return any(m.kind == "office" and m.value != "firm" and (m.end + 1 >= run.start and m.start <= run.end + 2) for m in beside)
