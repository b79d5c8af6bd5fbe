"""Export restrictions in force on a day: what the table `restrictions` knew then, and what the ledger's events tell beyond it.

Only what was known on the day counts: announced by then, in force, not ended or relieved as far as was known. An event that speaks of a
restriction of the table (the same imposer, overlapping materials) adds nothing to it; any other control in force counts for all trade of
what it names. A relief of the ledger ends its imposer's measures on its materials, unless the table knows that relief: then the table
says what it ends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from ytterby.core.resolve import EVERYONE, members, overlap, products_of
from ytterby.core.world import World

Event = Mapping[str, Any]
"""An event of the ledger, as a JSON object."""
KINDS = ("licence", "quota", "ban")
"""Kinds of restriction that control exports."""
TOLD = {"export_control": "licence", "quota": "quota"}
"""Types of event that tell of a control, and the kind that stands for it where the table does not know it."""
IMPOSERS = ("imposer", "host")
NO_RELIEF = ("denied", "past", "suspended", "planned", "threatened")
"""Statuses of a relief that does not hold (yet)."""
NEAR = timedelta(days=45)
"""A relief of the ledger and one of the table this close in time are the same."""
ARTICLE = "article"
"""The source of a control that only the ledger tells of."""
SCHEMA = {
    "product": pl.String(),
    "exporter": pl.String(),
    "importer": pl.String(),
    "kind": pl.String(),
    "share": pl.Float64(),
    "basis": pl.String(),
    "source": pl.String(),
}


@dataclass(frozen=True)
class Control:
    """One measure on one material: who imposes it on whom, since when; `freed` are targets that a relief has let go."""

    actor: str
    target: str
    kind: str
    material: str
    stage: str | None
    start: date
    share: float | None
    basis: str
    source: str
    freed: frozenset[str] = frozenset()


def in_force(world: World, on: date, events: Iterable[Event] = ()) -> pl.DataFrame:
    """Return the controls in force on a day: product, exporter, importer ('*': everyone else), kind, share of trade, basis, source.

    >>> in_force(World({}), date(2025, 10, 28)).is_empty()
    True
    """
    told = [event for event in events if event.get("certainty") != "reported"]
    found = _known(world, on)
    for event in told:
        if event["type"] in TOLD and event.get("status") == "in_force":
            found += _from_event(event, found, world, on)
    for event in told:
        if event["type"] == "export_control_relief" and event.get("status") not in NO_RELIEF and _start(event, on) <= on:
            found = [kept for control in found if (kept := _after(control, event, world, on)) is not None]
    rows = [row for control in found for row in _rows(control, world)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").unique().sort(list(SCHEMA))


def _known(world: World, on: date) -> list[Control]:
    rows = world["restrictions"].filter((pl.col("announced") <= on) & (pl.col("start") <= on))
    reliefs = rows.filter(pl.col("kind") == "relief").rows(named=True)
    found = []
    for row in rows.filter(pl.col("kind").is_in(KINDS)).iter_rows(named=True):
        if not _ended(row, on) and not any(_relieves(relief, row, world, on) for relief in reliefs):
            fields = (row["actor"], row["target"], row["kind"], row["material"], row["stage"], row["start"], row["share"])
            found.append(Control(*fields, row["basis"], row["source"]))
    return found


def _ended(row: dict[str, Any], on: date) -> bool:
    """Say whether a row had ended by a day as far as was known then; without `known` its end was known from the beginning."""
    return row["end"] is not None and row["end"] < on and (row["known"] is None or row["known"] <= on)


def _relieves(relief: dict[str, Any], row: dict[str, Any], world: World, on: date) -> bool:
    names = (relief["relieves"] or "").split(";")
    wide = relief["target"] in (EVERYONE, row["target"])
    return row["restriction"] in names and wide and not _ended(relief, on) and overlap(relief["material"], row["material"], world)


def _actors(event: Event, *roles: str) -> tuple[str, ...]:
    return tuple(actor["id"] for actor in event.get("actors") or () if actor.get("role") in roles and actor.get("id"))


def _start(event: Event, on: date) -> date:
    """From when an event holds: its day of effect, else its day, else the article's; of a month or year its first day."""
    text = event.get("effective") or event.get("date")
    return date.fromisoformat(f"{text}-01-01"[:10]) if text else on


def _over(event: Event, on: date) -> bool:
    """Say whether an event's validity, given as a day, a month or a year, had passed on a day."""
    until = event.get("until") or "9999"
    return bool(until < on.isoformat()[: len(until)])


def _from_event(event: Event, known: list[Control], world: World, on: date) -> list[Control]:
    actors, targets = set(world["actors"]["actor"]), _actors(event, "target") or (EVERYONE,)
    if _over(event, on) or _start(event, on) > on:
        return []
    return [
        Control(actor, target, TOLD[event["type"]], material, None, _start(event, on), None, "assumed", ARTICLE)
        for actor in _actors(event, *IMPOSERS)
        if actor in actors and not any(c.actor == actor and overlap(c.material, name, world) for c in known for name in event["materials"])
        for target in targets
        for material in event["materials"]
    ]


def _after(control: Control, relief: Event, world: World, on: date) -> Control | None:
    """A control after a relief of the ledger: as it was, with some targets freed, or ended."""
    begins = _start(relief, on)
    named = not relief["materials"] or any(overlap(control.material, name, world) for name in relief["materials"])
    if control.actor not in _actors(relief, *IMPOSERS) or not named or control.start > begins or _in_table(relief, world, on):
        return control
    freed = members(_actors(relief, "target") or (EVERYONE,), world)
    left = members([control.target], world, control.actor) - control.freed - freed
    return replace(control, freed=control.freed | freed) if left else None


def _in_table(relief: Event, world: World, on: date) -> bool:
    """Say whether the table knows a relief of the same imposer, materials and time."""
    begins, imposers = _start(relief, on), _actors(relief, *IMPOSERS)
    rows = world["restrictions"].filter((pl.col("kind") == "relief") & (pl.col("announced") <= on) & pl.col("actor").is_in(list(imposers)))
    return any(
        abs(row["start"] - begins) <= NEAR and any(overlap(row["material"], name, world) for name in relief["materials"])
        for row in rows.iter_rows(named=True)
    )


def _rows(control: Control, world: World) -> list[tuple[object, ...]]:
    importers = set(members([control.target], world, control.actor)) - control.freed
    if control.target == EVERYONE and not control.freed:
        importers.add(EVERYONE)
    rest = (control.kind, control.share, control.basis, control.source)
    products = products_of(control.material, world, control.stage)
    return [(product, control.actor, importer, *rest) for product in products for importer in sorted(importers)]
