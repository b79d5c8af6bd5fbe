"""Swap a country, a person, a number or a date of a text for another, and say how its ledger must change: by that slot alone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from zlib import crc32

from tests.reading.cases import Row
from ytterby.reading.declension import bent
from ytterby.reading.document import Document
from ytterby.reading.folding import folded_word, unspaced
from ytterby.reading.format import complete
from ytterby.reading.lexicon import read_table
from ytterby.reading.mentions import Mention, within

Form = tuple[str, tuple[str, int]]
FORMS = ("name", "adjective", "capital")
PLAIN = ("type", "status", "salience", "certainty", "materials", "stage", "date_precision", "date_source", "confidence")
NUMBER = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d+)*")
PARTNERS = 3
INTRODUCED = re.compile(r"office\+name: (.+) = \w+ of [\w:]+, learnt at (\d+)\.\.(\d+)")
VOWELS = "aeiouäöüéèêáàâíóúôæøåhyаеиоуыэюя"
ROUNDS = (
    "bdfgklmnprstv",
    "aeiou",
    "бвгдзклмнпрст",
    "аоуеи",
    "タカサマナラ",
    "ダガザバデゴ",
    "林江田文平高谷方白宋",
    "김박최정윤조임한오서",
)


@dataclass(frozen=True)
class Edit:
    """A stretch of the text and what is put in its place."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Swap:
    """Edits of one thing, and how the slots change: actors and dates by name, quantities by their place in the old text."""

    kind: str
    what: str
    edits: tuple[Edit, ...]
    actors: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    factors: Mapping[tuple[int, int], float] = field(default_factory=dict)

    def text(self, old: str) -> str:
        """Return the swapped text."""
        parts, position = [], 0
        for edit in self.edits:
            parts += [old[position : edit.start], edit.new]
            position = edit.end
        return "".join([*parts, old[position:]])

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the old text lies in the new one."""
        return start + self._shift(start), end + self._shift(end)

    def _shift(self, position: int) -> int:
        return sum(len(edit.new) - (edit.end - edit.start) for edit in self.edits if edit.end <= position)


def sound(edits: Sequence[Edit]) -> bool:
    """Whether there is something to edit and no edit lies over another."""
    return bool(edits) and all(one.end <= other.start for one, other in pairwise(edits))


def expected(swap: Swap, events: Sequence[Row], text: str) -> list[Row]:
    """Return the ledger that a swapped text must give, in the form of `shape`."""
    changed = []
    for event in events:
        actors = [{**a, "id": swap.actors.get(a["id"], a["id"]), **_at(swap, a, text, "name")} for a in event["actors"]]
        amounts = [{**q, "value": q["value"] * swap.factors.get((q["start"], q["end"]), 1.0), **_at(swap, q)} for q in event["quantities"]]
        days = {name: swap.dates.get(event[name], event[name]) for name in ("date", "effective", "until")}
        changed.append({**event, **days, **_at(swap, event, text, "evidence"), "actors": actors, "quantities": amounts})
    return shape(changed)


def _at(swap: Swap, thing: Row, text: str = "", slot: str = "") -> Row:
    start, end = swap.moved(thing["start"], thing["end"])
    return {"start": start, "end": end, **({slot: text[start:end]} if slot else {})}


def shape(events: Sequence[Row]) -> list[Row]:
    """Return what must agree of each event, in an order of its own."""
    rows = [
        {
            **{slot: event[slot] for slot in (*PLAIN, "date", "effective", "until", "evidence", "start", "end")},
            "materials": sorted(event["materials"]),
            "actors": sorted((a["start"], a["end"], a["id"], a["role"], a["name"]) for a in event["actors"]),
            "quantities": sorted((q["start"], q["end"], float(f"{q['value']:.9g}"), q["unit"]) for q in event["quantities"]),
        }
        for event in events
    ]
    return sorted(rows, key=lambda row: (row["start"], row["end"], row["type"], str(row["actors"])))


def difference(wanted: list[Row], found: list[Row]) -> str:
    """Return the first slot that differs, or nothing."""
    if len(wanted) != len(found):
        return f"{len(found)} events instead of {len(wanted)}: {sorted(event['type'] for event in found)}"
    unlike = ((one, other, slot) for one, other in zip(wanted, found, strict=True) for slot in one if one[slot] != other[slot])
    return next((f"{one['type']}.{slot}: {other[slot]!r} instead of {one[slot]!r}" for one, other, slot in unlike), "")


# Countries


def countries(document: Document, name: str) -> Iterator[Swap]:
    """Swap each country that the text names for another of the same form, everywhere in the text."""
    table = complete(read_table(document.language.code), "")
    named = [m for m in document.mentions if m.kind == "actor"]
    units = [m for m in document.mentions if m.kind == "unit"]
    others = {m.value for m in document.mentions if m.kind == "person"} | {m.value for m in named if m.form not in FORMS}
    for code in sorted({m.value for m in named} - others):
        mine = [m for m in named if m.value == code]
        if code not in table["countries"] or any(one.start < m.end and m.start < one.end for one in units for m in mine):
            continue  # the Australian dollar does not become another state's
        if any(document.text[m.end : m.end + 1] in ("（", "(") for m in mine):
            continue  # "刚果（金）": what is in the brackets is a part of the name
        ranked = sorted(_partners(document, table, code, mine), key=lambda one: (-one[0], crc32(f"{name}{one[1]}".encode())))
        taken = {m.value for m in document.mentions} | {actor.value for actor in document.actors}
        for _, other, edits in [partner for partner in ranked if partner[1] not in taken][:PARTNERS]:
            yield Swap("country", f"{code} -> {other}", edits, actors={code: other})


def _partners(document: Document, table: Row, code: str, mine: Sequence[Mention]) -> Iterator[tuple[int, str, tuple[Edit, ...]]]:
    for other in table["countries"]:
        if other == code or other in document.language.unless:
            continue
        found = [_put(document, table, mention, other) for mention in mine]
        edits = [edit for edit in found if edit is not None]
        if len(edits) == len(mine) and sound(edits):
            alike = min(_alike(document.text[edit.start : edit.end], edit.new) for edit in edits)
            yield alike, other, tuple(edits)


def _put(document: Document, table: Row, mention: Mention, other: str) -> Edit | None:
    """The same form of another country's name, or None if its grammar differs."""
    end = mention.end - mention.tail
    surface, column = document.text[mention.start : end], FORMS.index(mention.form)
    bend = table["grammar"]["endings"] if table["grammar"]["adjectives_bend"] and mention.form == "adjective" else []
    mine, theirs = (table["countries"][code][column].split("|") for code in (mention.value, other))
    for number, written in enumerate(mine):
        key = next((key for form, key in _forms(table, written, bend) if folded_word(form) == folded_word(surface)), None)
        if key is None or number >= len(theirs) or not _same_grammar(written, theirs[number], mention.form, document.language.spaces):
            continue
        new = next((form for form, place in _forms(table, theirs[number], bend) if place == key), None)
        if new is not None and len(list(_forms(table, written, bend))) == len(list(_forms(table, theirs[number], bend))):
            return Edit(mention.start, end, new[0].upper() + new[1:] if surface[0].isupper() else new)
    return None


def _forms(table: Row, written: str, bend: Sequence[str]) -> Iterator[Form]:
    yield written, ("", 0)
    yield from ((written + ending, ("ending", number)) for number, ending in enumerate(bend))
    cases = bent(written, "actor", table["grammar"]["cases"].split(), table["declension"])
    yield from ((form, ("case", number)) for number, (form, _) in enumerate(cases))


def _same_grammar(one: str, other: str, form: str, spaces: bool) -> bool:
    """Whether two names bend alike, as far as their letters show: words, capitals, a vowel before, the last letters."""
    if not other or any(mark in one + other for mark in "*~=") or (one.isupper() and not unspaced(one[0])) != other.isupper():
        return False
    if not spaces:
        return len(other) > 1 and (len(one) > 1 or form == "name")
    alike = one.count(" ") == other.count(" ") and (one[0].lower() in VOWELS) == (other[0].lower() in VOWELS)
    return alike and _alike(one, other) >= {"name": 1, "adjective": 2, "capital": 0}[form]


def _alike(one: str, other: str) -> int:
    """How many last letters two words share."""
    size = 0
    while size < min(len(one), len(other)) and one[-size - 1].lower() == other[-size - 1].lower():
        size += 1
    return size


# People


def people(document: Document, name: str) -> Iterator[Swap]:
    """Swap each person whom the text itself introduces for one with letters of the same kind, everywhere in the text."""
    for via in sorted({actor.via or "" for actor in document.actors if actor.form == "person"}):
        told = INTRODUCED.fullmatch(via)
        if told is None or not within(document.mentions, int(told[2]), int(told[3]), "actor"):
            continue  # known by name alone, not by a country that the text names
        who = told[1]
        edits = sorted(_renamed(document.text, who, 3 if document.language.bends else 0), key=lambda edit: edit.start)
        if sound(edits) and not any(folded_word(edit.new) in folded_word(document.text) for edit in edits):
            yield Swap("person", f"{who} -> {', '.join(sorted({edit.new for edit in edits}))}", tuple(edits))


def _renamed(text: str, who: str, kept: int) -> list[Edit]:
    """A name's words replaced wherever they stand; the first letter stays, and the last ones where names bend."""
    found: dict[int, Edit] = {}
    for word in who.split(" "):
        begin, stop = (0, len(word)) if unspaced(word[0]) else (1, len(word) - kept)
        new = "".join(map(_next, word[begin:stop]))
        if stop > begin and new != word[begin:stop] and not word[0].islower():
            for match in re.finditer(re.escape(word[:stop]) if unspaced(word[0]) else rf"\b{re.escape(word[:stop])}", text):
                found[match.start()] = Edit(match.start() + begin, match.start() + stop, new)
    return list(found.values())


def _next(letter: str) -> str:
    """The next letter of the same kind; a Chinese character becomes one of a family name."""
    for letters in ROUNDS:
        if letter in letters:
            return letters[(letters.index(letter) + 1) % len(letters)]
    if "\u4e00" <= letter <= "\u9fff":
        return ROUNDS[6][ord(letter) % len(ROUNDS[6])]
    return letter


# Numbers


def numbers(document: Document, name: str) -> Iterator[Swap]:
    """Swap the number of each quantity for another in the same notation and of the same grammatical number."""
    for quantity in document.quantities:
        runs = list(NUMBER.finditer(document.text, quantity.start, quantity.end))
        if len(runs) != 1 or any(day.start < quantity.end and quantity.start < day.end for day in document.days):
            continue
        old = runs[0][0]
        new = _larger(old)
        factor = int(re.sub(r"\D", "", new)) / int(re.sub(r"\D", "", old)) if int(re.sub(r"\D", "", old)) else 0.0
        if factor:
            edit = Edit(runs[0].start(), runs[0].end(), new)
            yield Swap("number", f"{old} -> {new}", (edit,), factors={(quantity.start, quantity.end): factor})


def _larger(written: str) -> str:
    """Another number that ends alike: a digit more in front, or, of three digits in front, another first one."""
    first = re.match(r"\d+", written)
    assert first is not None
    if len(first[0]) >= 3:
        digit = "3" if written[0] != "3" else "5"
        return digit + written[1:]
    wide = ord(written[0]) > 0x7F
    return ("３" if wide else "3") + (written if first[0] != "0" else written[1:] if len(first[0]) > 1 else written)
