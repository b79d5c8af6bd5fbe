"""Sentences of the models, told again in the language that is spoken.

The models say why in plain English sentences. Those that the catalogue knows (its table `told`) are taken apart and said again, names and
figures in them too; any other stays English and says so, for the language mark that a page needs.
"""

import re
from dataclasses import dataclass
from functools import cache

from ytterby.core.world import World
from ytterby.show.language import FIRST, flat, say, spoken
from ytterby.show.words import Names, amount, day, money, percent, significant, tonnes

PLACE = re.compile(r"\{(\w+)\}")
FIGURE = re.compile(r"(?P<n>-?\d[\d,]*\.?\d*)(?: (?P<size>tn|bn|M|k))?(?P<unit> USD| t| %|%)?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SIZES = {"tn": 1e12, "bn": 1e9, "M": 1e6, "k": 1e3}


@dataclass(frozen=True)
class Told:
    """A sentence and the language that it is in; empty: the language of its page."""

    text: str
    lang: str = ""


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """The English sentences as patterns, those with most letters of their own first."""
    known = {key: text for key, text in flat(FIRST).items() if key.startswith("told.")}
    ranked = sorted(known, key=lambda key: (-len(PLACE.sub("", known[key])), key))
    return [(key, _pattern(known[key])) for key in ranked]


def _pattern(text: str) -> re.Pattern[str]:
    parts = PLACE.split(text)
    inner = (f"(?P<{part}>[^;]+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(inner))


class Retelling:
    """Tells sentences about a world again."""

    def __init__(self, world: World) -> None:
        self.names = Names(world)
        self._kept: dict[tuple[str, str], str | None] = {}
        self._codes = {
            table: {code: code for code in world[f"{table}s"][table]}
            | {name: code for code, name in world[f"{table}s"].select(table, "name").iter_rows()}
            for table in ("product", "actor", "use")
        }

    def __call__(self, sentence: str) -> Told:
        """Return a sentence in the language that is spoken; an unknown one as it is, marked as English.

        >>> Retelling(World({}))("Left: it has ended.")
        Told(text='Left: it has ended.', lang='')
        """
        if spoken() == FIRST:
            return Told(sentence)
        if (spoken(), sentence) not in self._kept:
            self._kept[spoken(), sentence] = self._again(sentence)
        again = self._kept[spoken(), sentence]
        return Told(sentence, FIRST) if again is None else Told(again)

    def _again(self, text: str) -> str | None:
        """A sentence or a part of one; None if something in it is unknown."""
        short = self._name(text) or _figure(text) or self._matched(text)
        if short is not None:
            return short
        if text.endswith("."):
            told = self._again(text[:-1])
            return told and say("telling.end", told=told)
        for sign, join in (("; ", "telling.join"), (", ", "comma")):
            if sign in text:
                parts = [self._again(part) for part in text.split(sign)]
                return None if None in parts else say(join).join(part for part in parts if part)
        return None

    def _matched(self, text: str) -> str | None:
        for key, pattern in _patterns():
            found = pattern.fullmatch(text)
            if found:
                inner = {name: self._again(part) for name, part in found.groupdict().items()}
                if None not in inner.values():
                    return flat(spoken())[key].format(**inner)
        return None

    def _name(self, text: str) -> str | None:
        for table, say_name in (("product", self.names.product), ("actor", self.names.actor), ("use", self.names.use)):
            if text in self._codes[table]:
                return say_name(self._codes[table][text])
        return None


def _figure(text: str) -> str | None:
    """A figure or a day, written as the language does; None if it is no figure."""
    if DAY.fullmatch(text):
        return day(text)
    found = FIGURE.fullmatch(text)
    if not found:
        return None
    value, unit = float(found["n"].replace(",", "")), (found["unit"] or "").strip()
    words = {"USD": lambda: money(value * SIZES.get(found["size"], 1.0)), "%": lambda: percent(value / 100), "t": lambda: tonnes(value)}
    if unit in words:
        return words[unit]()
    # A year has no thousands; what was written with few digits keeps them.
    return text if "," not in text and "." not in text else amount(value) if abs(value) >= 10 else significant(value, 3)
