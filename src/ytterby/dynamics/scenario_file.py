"""Scenario files: TOML in, Scenario out, and back; every fault named with its line and the nearest right word.

One scenario: a table [scenario] and any number of [[shock]]. Several: [[scenario]], each followed by its own [[scenario.shock]].
A TOML parser does not say where a value stood, so the line of a fault is found by searching the text, from the shock's or scenario's own
heading on, for the key or the quoted word at fault.
"""

import datetime
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ytterby.core.catalogue import nearest
from ytterby.core.resolve import EVERYONE, products_of
from ytterby.core.scenario import Range, Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.shocks import FIGURES
from ytterby.dynamics.spans import last_day
from ytterby.errors import InputError

SCENARIO_KEYS = ("name", "start", "weight", "why", "shock")
PLACE_KEYS = ("kind", "actor", "targets", "products", "material", "stage", "start", "end", "weeks", "event", "source")
BOUNDS = {
    "share": (0.0, 1.0),
    "denied": (0.0, 1.0),
    "delay_days": (0.0, 1000.0),
    "quota": (0.0, float("inf")),
    "rate": (0.0, 100.0),
    "severity": (-1.0, 10.0),
    "t": (0.0, float("inf")),
    "weeks": (0.0, 1040.0),
    "lead_weeks": (0.0, 1040.0),
    "ramp_weeks": (0.0, 1040.0),
}
"""What each figure of a shock may be."""


@dataclass(frozen=True)
class _Part:
    """One table of the file and the line of its heading, to say where a fault is."""

    file: str
    lines: tuple[str, ...]
    heading: int
    table: Mapping[str, Any]

    def where(self, word: str) -> str:
        """File and line of the first mention of a key or value at or after the heading."""
        pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        found = (number for number in range(self.heading, len(self.lines)) if pattern.search(self.lines[number].split("#")[0]))
        return f"{self.file}:{next(found, self.heading) + 1}"

    def keys(self, known: Iterable[str]) -> None:
        """Refuse a key that is not known."""
        for key in self.table:
            if key not in known:
                raise InputError(f"unknown key '{key}'", self.where(key), nearest(key, known) or f"known: {', '.join(known)}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.table.get(key, default)
        if not isinstance(value, str) or not value:
            raise InputError(f"'{key}' is {'missing' if value is None else 'no text'}", self.where(key), f'write {key} = "..."')
        return value

    def date(self, key: str, default: datetime.date | None = None) -> datetime.date | None:
        value = self.table.get(key, default)
        if isinstance(value, datetime.datetime) or not (value is None or isinstance(value, datetime.date)):
            raise InputError(f"'{key}' is no date", self.where(key), "write it as 2025-04-04, without quotes")
        return value

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.table.get(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            raise InputError(f"'{key}' is no list of names", self.where(key), f'write {key} = ["...", "..."]')
        return tuple(value)

    def known(self, word: str, names: Iterable[str], what: str) -> str:
        """Return a word that must be one of the world's names."""
        if word not in names:
            raise InputError(f"unknown {what} '{word}'", self.where(word), nearest(word, names) or f"see 'ytterby world show {what}s'")
        return word


def load_scenario(path: str | Path, world: World) -> Scenario:
    """Read a file that holds one scenario; raises InputError (file:line and remedy) for any fault, and if there are several."""
    found = load_scenarios(path, world)
    if len(found) != 1:
        raise InputError(f"{len(found)} scenarios where one is wanted", str(path), "use load_scenarios, or split the file")
    return found[0]


def load_scenarios(path: str | Path, world: World) -> list[Scenario]:
    """Read all scenarios of a file, in either form; raises InputError for any fault, with file:line and remedy."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"cannot be read ({fault.__class__.__name__})", str(path), "give a scenario file in TOML") from None
    return parse_scenarios(text, world, path.name)


def parse_scenarios(text: str, world: World, file: str = "scenario") -> list[Scenario]:
    """Read all scenarios of a text; `file` is the name that faults bear.

    >>> [one.name for one in parse_scenarios('[scenario]\\nname = "calm"\\nstart = 2025-01-01', World({}))]
    ['calm']
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        line = re.search(r"line (\d+)", str(fault))
        where = f"{file}:{line.group(1)}" if line else file
        raise InputError(f"this is not TOML: {fault}", where, "see the scenario file in the documentation") from None
    lines = tuple(text.splitlines())
    top = _Part(file, lines, 0, content)
    top.keys(("scenario", "shock"))
    single = isinstance(content.get("scenario"), dict)
    if single:
        content = {"scenario": [{**content["scenario"], "shock": content.get("shock", [])}]}
    if not isinstance(content.get("scenario"), list) or not content["scenario"]:
        raise InputError("no scenario", top.where("scenario"), 'write [scenario] with name = "..." and start = DATE')
    headings = _headings(lines, "scenario")
    shocks = iter(_headings(lines, "shock" if single else "scenario.shock"))
    return [
        _scenario(_Part(file, lines, line, table), shocks, world)
        for line, table in zip(headings + [0] * len(content["scenario"]), content["scenario"], strict=False)
    ]


def _headings(lines: tuple[str, ...], name: str) -> list[int]:
    pattern = re.compile(rf"\s*\[\[?\s*{re.escape(name)}\s*\]")
    return [number for number, line in enumerate(lines) if pattern.match(line)]


def _scenario(part: _Part, headings: Iterable[int], world: World) -> Scenario:
    part.keys(SCENARIO_KEYS)
    weight = part.table.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0.0 <= weight < float("inf"):
        raise InputError(f"weight is {weight!r}", part.where("weight"), "give a number from 0 up")
    shocks = part.table.get("shock", [])
    if not isinstance(shocks, list) or not all(isinstance(shock, dict) for shock in shocks):
        raise InputError("'shock' is no list of tables", part.where("shock"), "head each shock with double brackets")
    place = iter(headings)
    found = tuple(_shock(_Part(part.file, part.lines, next(place, part.heading), shock), world) for shock in shocks)
    start = part.date("start", min((shock.start for shock in found), default=None))
    if start is None:
        raise InputError("'start' is missing", part.where("scenario"), "write start = 2025-04-04")
    return Scenario(part.text("name"), start, float(weight), found, part.text("why") if "why" in part.table else "")


def _shock(part: _Part, world: World) -> Shock:
    kind = part.known(part.text("kind"), FIGURES, "kind of shock") if "kind" in part.table else part.text("kind")
    part.keys((*PLACE_KEYS, *FIGURES[kind]))
    actors = (*world["actors"]["actor"], *dict.fromkeys(world["blocs"]["bloc"]))
    start, end, lasts = _when(part)
    return Shock(
        kind=kind,
        actor=part.known(part.text("actor"), actors, "actor"),
        targets=tuple(part.known(word, (EVERYONE, *actors), "actor") for word in part.words("targets", (EVERYONE,))),
        products=_products(part, world),
        start=start,
        end=end,
        figures={name: _figure(part, name) for name in FIGURES[kind] if _needed(part, name)} | lasts,
        event=part.text("event") if "event" in part.table else None,
        source=part.text("source") if "source" in part.table else None,
    )


def _when(part: _Part) -> tuple[datetime.date, datetime.date | None, dict[str, Range]]:
    """Start, end and, where a duration in weeks is given in place of an end, its range; the end is then that of its mode."""
    start, end = part.date("start"), part.date("end")
    if start is None:
        raise InputError("'start' is missing", part.where("shock"), "write start = 2025-04-04")
    if end is not None and end < start:
        raise InputError(f"the end {end} is before the start {start}", part.where("end"), "correct one of them")
    if "weeks" not in part.table:
        return start, end, {}
    if end is not None:
        raise InputError("both 'end' and 'weeks'", part.where("weeks"), "give the last day, or how many weeks it lasts")
    weeks = _figure(part, "weeks")
    return start, last_day(start, weeks[1]), {"weeks": weeks}


def _products(part: _Part, world: World) -> tuple[str, ...]:
    """Products by name, or those of a material and/or a stage."""
    if "products" in part.table:
        for other in ("material", "stage"):
            if other in part.table:
                raise InputError(f"both 'products' and '{other}'", part.where(other), "give products, or material and stage")
        return tuple(part.known(word, world["products"]["product"].to_list(), "product") for word in part.words("products"))
    stage = part.known(part.text("stage"), world["stages"]["stage"].to_list(), "stage") if "stage" in part.table else None
    if "material" in part.table:
        material = part.known(part.text("material"), world["materials"]["material"].to_list(), "material")
        found = products_of(material, world, stage, moved=True)
    elif stage is not None:
        found = tuple(sorted(world["products"].filter(world["products"]["stage"] == stage)["product"]))
    else:
        raise InputError("no products", part.where("shock"), 'write products = ["..."], or material = "..." and stage = "..."')
    if not found:
        raise InputError("no product of the world fits", part.where("material" if "material" in part.table else "stage"), "drop the shock")
    return found


def _needed(part: _Part, name: str) -> bool:
    """A kind's main figure must be given; delay and refusals may be left out (0)."""
    if name not in part.table and name not in ("delay_days", "denied"):
        raise InputError(f"'{name}' is missing", part.where("kind"), f"write {name} = NUMBER or {name} = [low, mode, high]")
    return name in part.table


def _figure(part: _Part, name: str) -> Range:
    value = part.table[name]
    three = value if isinstance(value, list) else [value] * 3
    if len(three) != 3 or any(isinstance(one, bool) or not isinstance(one, int | float) for one in three):
        raise InputError(f"'{name}' is {value!r}", part.where(name), "give a number or [low, mode, high]")
    low, mode, high = (float(one) for one in three)
    if not low <= mode <= high:
        raise InputError(f"the range of '{name}' is out of order: {value}", part.where(name), "write [low, mode, high], rising")
    least, most = BOUNDS[name]
    if not least <= low <= high <= most or high == float("inf"):
        raise InputError(f"'{name}' is {value}, outside {least:g}..{most:g}", part.where(name), "correct it")
    return (low, mode, high)


def dump_scenarios(scenarios: Iterable[Scenario]) -> str:
    """Write scenarios as a TOML text that `parse_scenarios` reads back as they were.

    >>> print(dump_scenarios([Scenario("calm", datetime.date(2025, 1, 1), 1.0, ())]))
    [[scenario]]
    name = "calm"
    start = 2025-01-01
    weight = 1.0
    <BLANKLINE>
    """
    return "\n".join(_dump(scenario) for scenario in scenarios)


def _dump(scenario: Scenario) -> str:
    lines = ["[[scenario]]", _line("name", scenario.name), _line("start", scenario.start), _line("weight", scenario.weight)]
    lines += [_line("why", scenario.why)] if scenario.why else []
    for shock in scenario.shocks:
        own = {name: getattr(shock, name) for name in ("kind", "actor", "targets", "products", "start", "end", "event", "source")}
        figures = {name: limits[1] if limits[0] == limits[2] else limits for name, limits in shock.figures.items()}
        own["end"] = None if "weeks" in figures else own["end"]
        lines += ["", "[[scenario.shock]]"] + [_line(name, value) for name, value in {**own, **figures}.items() if value is not None]
    return "\n".join(lines) + "\n"


def _line(key: str, value: object) -> str:
    return f"{key} = {_toml(value)}"


def _toml(value: object) -> str:
    if isinstance(value, str):
        escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else "\\" * (c in '"\\') + c for c in value)
        return f'"{escaped}"'
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return value.isoformat() if isinstance(value, datetime.date) else repr(float(str(value)))
