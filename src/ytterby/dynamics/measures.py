"""From events of the ledger to shocks: which measure an event speaks of, and what figures it has.

A measure that the world's table `restrictions` knows brings its own dates, share, delay and source; any other gets the ranges of the
table `parameters` (basis: assumed) and the event's own dates. What became known only after the day of the article is not used.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ytterby.core.resolve import EVERYONE, members, overlap, products_of
from ytterby.core.scenario import Range, Shock
from ytterby.core.world import World
from ytterby.dynamics.settings import parameter_range, parameter_source
from ytterby.dynamics.spans import last_day

Event = Mapping[str, Any]
"""An event of the ledger: the JSON object of INTERFACE.md."""
Row = dict[str, Any]
"""A row of the table restrictions."""

CONTROLS = {"export_control": ("ban", "licence", "quota"), "quota": ("quota",)}
"""Kinds of restriction that each type of event may speak of."""
SUPPLY = ("export_control", "quota", "tariff", "outage", "sanction")
"""Types of event that change supply."""
OVER = ("denied", "past", "suspended")
"""Statuses of what does not (or no longer) happen."""
DOUBTFUL = ("planned", "threatened")
"""Statuses of what may happen."""
NEAR_DAYS = 45
"""A relief of the ledger and one of the table this close in time are the same."""
EXPORTER_ROLES = ("imposer", "host")
DEFAULT_FIGURES = {
    "licence": {"share": "licence_share", "delay_days": "licence_delay_days", "denied": "licence_denied"},
    "outage": {"severity": "outage_severity"},
    "tariff": {"rate": "tariff_rate"},
}
"""The parameters that stand in for figures that nobody gives, by kind of shock."""


@dataclass(frozen=True)
class Measure:
    """A shock with the measure that it comes from: the names of its restrictions and the materials that it names."""

    shock: Shock
    restrictions: frozenset[str]
    materials: frozenset[str]


def actors_of(event: Event, *roles: str) -> tuple[str, ...]:
    """Return the ids of an event's actors in some roles.

    >>> actors_of({"actors": [{"id": "CHN", "role": "imposer"}, {"id": "USA", "role": "target"}]}, "target")
    ('USA',)
    """
    return tuple(actor["id"] for actor in event.get("actors") or () if actor.get("role") in roles and actor.get("id"))


def day(text: str | None, last: bool = False) -> datetime.date | None:
    """Read a date of the ledger, which may be a year or a month only: its first day, or its last.

    >>> day("2025-04"), day("2025", last=True), day(None)
    (datetime.date(2025, 4, 1), datetime.date(2025, 12, 31), None)
    """
    if not text:
        return None
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return datetime.date(*parts)
    year, month = parts[0], parts[1] if len(parts) == 2 else (12 if last else 1)
    return datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(1) if last else datetime.date(year, month, 1)


def start_of(event: Event, on: datetime.date) -> datetime.date:
    """Return from when an event holds: its day of effect, else its day, else the article's.

    >>> start_of({"date": "2024-08-15", "effective": "2024-09-15"}, datetime.date(2024, 8, 15))
    datetime.date(2024, 9, 15)
    """
    return day(event.get("effective")) or day(event.get("date")) or on


def ended(row: Row, on: datetime.date) -> bool:
    """Say whether, as far as was known on a day, a restriction had ended by then."""
    return known_end(row, on) is not None and row["end"] < on


def known_end(row: Row, on: datetime.date) -> datetime.date | None:
    """Return a restriction's last day if it was known on a day; a row without `known` had its end from the beginning."""
    if row["end"] is None or (row["known"] is not None and row["known"] > on):
        return None
    return row["end"]  # type: ignore[no-any-return]


def matching(event: Event, world: World, on: datetime.date, coming: bool = False) -> list[Row]:
    """Return the restrictions that an event may speak of: same actor, overlapping materials, known on the day and in force
    (coming: announced but not yet in force). General ones go first: those against one country only if the event names it."""
    kinds, actors = CONTROLS.get(event["type"], ()), actors_of(event, *EXPORTER_ROLES)
    rows = []
    for row in world["restrictions"].iter_rows(named=True):
        fits = row["kind"] in kinds and row["actor"] in actors and row["announced"] <= on and not ended(row, on)
        if fits and (row["start"] > on) == coming and any(overlap(row["material"], name, world) for name in event["materials"]):
            rows.append(row)
    targets = members(actors_of(event, "target"), world)
    named = [row for row in rows if row["target"] == EVERYONE or members([row["target"]], world) & targets]
    return named or rows


def from_rows(rows: Iterable[Row], world: World, on: datetime.date, event: Event, sharper: bool = False) -> list[Measure]:
    """Return one measure for all rows that agree in everything but material and stage; rows on goods without data give none."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        same = ("restriction", "actor", "kind", "start", "share", "delay_days", "denied", "quota", "source")
        groups.setdefault(tuple(row[name] for name in same), []).append(row)
    found = []
    for group in groups.values():
        row = group[0]
        products = sorted({product for one in group for product in products_of(one["material"], world, one["stage"], moved=True)})
        figures, assumed = _row_figures(row, products, world, sharper)
        source = ";".join(dict.fromkeys([row["source"], *assumed]))
        targets = tuple(dict.fromkeys(one["target"] for one in group))
        shock = Shock(
            row["kind"], row["actor"], targets, tuple(products), row["start"], known_end(row, on), figures, event_id(event), source
        )
        if products:
            found.append(Measure(shock, frozenset({row["restriction"]}), frozenset(one["material"] for one in group)))
    return found


def event_id(event: Event) -> str | None:
    """Return an event's id ('id' in a ledger, 'eid' in a labelled file)."""
    found = event.get("id") or event.get("eid")
    return None if found is None else str(found)


def _row_figures(row: Row, products: Iterable[str], world: World, sharper: bool) -> tuple[dict[str, Range], list[str]]:
    """A restriction's figures: its own as the mode within the parameter's range, the parameter where it gives none."""
    if row["kind"] == "quota":
        own = row["quota"]
        return ({"quota": (own, own, own)}, []) if own is not None else ({"quota": _quota(row["actor"], products, world)}, ["assumed"])
    figures, sources = {}, []
    for name, parameter in DEFAULT_FIGURES.get(row["kind"], {}).items():
        low, mode, high = parameter_range(world, _sharper(name, parameter) if sharper else parameter)
        if row[name] is not None:
            mode, low, high = row[name], min(low, row[name]), max(high, row[name])
        figures[name] = (low, mode, high)
        sources.append(parameter_source(world, parameter))
    return figures, sources


def _sharper(figure: str, parameter: str) -> str:
    return f"escalation_{figure}" if figure in ("share", "denied") else parameter


def _quota(actor: str, products: Iterable[str], world: World) -> Range:
    """A quota that nobody states: a share of the base year's exports (parameter quota_share)."""
    names = list(products)
    trade = world["trade"]
    latest = trade.filter((trade["year"] == trade["year"].max()) & trade["product"].is_in(names) & (trade["exporter"] == actor))
    exported = float(latest["t"].sum())
    low, mode, high = parameter_range(world, "quota_share")
    return (low * exported, mode * exported, high * exported)


def from_event(event: Event, world: World, on: datetime.date, sharper: bool = False) -> list[Measure]:
    """Return the measures that only the event itself describes, one for each actor that imposes or suffers it."""
    kind = {"export_control": "licence", "sanction": "ban"}.get(str(event["type"]), str(event["type"]))
    products = sorted({product for name in event["materials"] for product in products_of(name, world, moved=True)})
    start = start_of(event, on)
    end = day(event.get("until"), last=True)
    lasts: dict[str, Range] = {}
    if kind == "outage" and end is None:
        lasts = {"weeks": parameter_range(world, "outage_weeks")}
        end = last_day(start, lasts["weeks"][1])
    known = set(world["actors"]["actor"])
    found = []
    for actor in actors_of(event, *EXPORTER_ROLES):
        targets = tuple(target for target in actors_of(event, "target") if members([target], world) & known)
        if not products or not members([actor], world) & known or (end is not None and end < start):
            continue
        seller, buyers = _direction(event["type"], actor, targets)
        figures, sources = _event_figures(kind, event, seller, products, world, sharper)
        shock = Shock(kind, seller, buyers, tuple(products), start, end, figures | lasts, event_id(event), ";".join(sources) or None)
        found.append(Measure(shock, frozenset(), frozenset(event["materials"])))
    return found


def _direction(kind: str, actor: str, targets: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Whose goods stop on the way to whom: a sanction keeps the (first) target's goods from its imposer, a tariff is the buyer's."""
    if kind == "sanction" and targets:
        return targets[0], (actor,)
    return actor, targets or (EVERYONE,)


def _event_figures(
    kind: str, event: Event, actor: str, products: list[str], world: World, sharper: bool
) -> tuple[dict[str, Range], list[str]]:
    given = _quantity(kind, event)
    if given is not None:
        return given, ["article"]
    if kind == "quota":
        return {"quota": _quota(actor, products, world)}, [parameter_source(world, "quota_share")]
    names = DEFAULT_FIGURES.get(kind, {})
    names = {figure: _sharper(figure, name) if sharper and kind == "licence" else name for figure, name in names.items()}
    figures = {figure: parameter_range(world, name) for figure, name in names.items()}
    return figures, list(dict.fromkeys(parameter_source(world, name) for name in names.values()))


def _quantity(kind: str, event: Event) -> dict[str, Range] | None:
    """The figure that the article itself gives: tonnes of a quota, per cent of a tariff or of an outage."""
    for quantity in event.get("quantities") or ():
        value, unit = quantity.get("value"), quantity.get("unit")
        if value is None:
            continue
        if kind == "quota" and unit in ("t", "t/a"):
            yearly = float(value) / (_years(event) if unit == "t" else 1.0)
            return {"quota": (yearly, yearly, yearly)}
        if kind == "tariff" and unit == "percent" and value > 0:
            return {"rate": (value / 100.0, value / 100.0, value / 100.0)}
        if kind == "outage" and unit == "percent" and -100 <= value < 0:
            return {"severity": (value / 100.0, value / 100.0, value / 100.0)}
    return None


def _years(event: Event) -> float:
    """Length of the time for which a quota in tonnes is given; to the end of its year if nothing is said."""
    start = day(event.get("effective")) or day(event.get("date"))
    if start is None:
        return 1.0
    end = day(event.get("until"), last=True) or datetime.date(start.year, 12, 31)
    return max(1, (end - start).days + 1) / 365.0


def relieve(measures: Iterable[Measure], event: Event, world: World, on: datetime.date) -> list[Measure]:
    """Return the measures after a relief: those that it ends get its day as their last; those not begun by then fall away.

    A relief that the table restrictions knows ends what it `relieves`; any other ends all of its actor's measures on its materials
    against its targets.
    """
    last = start_of(event, on) - datetime.timedelta(1)
    named = _relieved(event, world, on)
    kept = []
    for measure in measures:
        if not _meant(measure, event, world) or (named and not measure.restrictions & named):
            kept.append(measure)
        elif measure.shock.start <= last:
            kept.append(until(measure, last))
    return kept


def until(measure: Measure, last: datetime.date, early: float = 0.0, late: float = 0.0) -> Measure:
    """Return a measure that ends on a day, or before if it does so anyway; in draws so many weeks earlier or later."""
    shock = measure.shock
    if shock.end is not None and shock.end <= last:
        return measure
    figures = {name: limits for name, limits in shock.figures.items() if name != "weeks"}
    if early or late:
        weeks = ((last - shock.start).days + 1) / 7.0
        most = weeks + late if shock.end is None else min(weeks + late, ((shock.end - shock.start).days + 1) / 7.0)
        figures["weeks"] = (max(1.0 / 7.0, weeks - early), weeks, max(weeks, most))
    return replace(measure, shock=replace(shock, end=last, figures=figures))


def _meant(measure: Measure, event: Event, world: World) -> bool:
    """Say whether a relief speaks of a measure: its imposer, a material of it, and all of its targets (if the relief names any)."""
    mine = measure.shock.actor in actors_of(event, *EXPORTER_ROLES) and measure.shock.kind in ("ban", "licence", "quota")
    goods = not event["materials"] or any(overlap(one, name, world) for one in measure.materials for name in event["materials"])
    freed = actors_of(event, "target")
    return mine and goods and (not freed or members(measure.shock.targets, world, measure.shock.actor) <= members(freed, world))


def _relieved(event: Event, world: World, on: datetime.date) -> frozenset[str]:
    """The restrictions that a known relief of the event's actor, materials and time ends."""
    found: set[str] = set()
    for row in world["restrictions"].iter_rows(named=True):
        mine = row["kind"] == "relief" and row["announced"] <= on and row["actor"] in actors_of(event, *EXPORTER_ROLES)
        near = abs((row["start"] - start_of(event, on)).days) <= NEAR_DAYS
        if mine and near and any(overlap(row["material"], name, world) for name in event["materials"]):
            found.update((row["relieves"] or "").split(";"))
    return frozenset(found - {""})
