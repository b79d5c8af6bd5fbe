"""From a ledger to scenarios: what goes on, what may bring relief, what may get worse.

Measures in force or decided are shocks in every scenario. A planned meeting of the one that imposes them with another state opens
three: status quo, relief (the measures end some weeks after it) and escalation (what is announced, planned, threatened or merely
reported takes effect too). Without a meeting there is the status quo, and an escalation if something threatens. Weights, and all
figures that no source gives, are parameters of the world (basis: assumed).
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ytterby.core.scenario import Scenario, Shock
from ytterby.core.schema import parse_date
from ytterby.core.world import World
from ytterby.dynamics.measures import (
    DOUBTFUL,
    OVER,
    SUPPLY,
    Event,
    Measure,
    actors_of,
    day,
    from_event,
    from_rows,
    matching,
    relieve,
    until,
)
from ytterby.dynamics.settings import parameter_range
from ytterby.errors import InputError


def scenarios(events: Iterable[Event], world: World, on: datetime.date | None = None) -> list[Scenario]:
    """Return weighted scenarios for a ledger's events as of a day (default: the day the latest article was published).

    All start when the earliest measure began, so that stocks are drawn down as far as they are on the day. Each shock names its event
    and its source. Weights sum to 1. No event that changes the supply of a product of the world: an empty list. Raises InputError if
    no day is given and no event bears one.

    >>> scenarios([], World({}), on=datetime.date(2025, 10, 28))
    []
    """
    ledger = [event for event in events if event.get("status") not in OVER]
    if not ledger:
        return []
    on = _published(ledger) if on is None else on
    standing, threats = _standing(ledger, world, on), _threats(ledger, world, on)
    threats = _without(threats, standing)
    if not standing and not threats:
        return []
    start = min([measure.shock.start for measure in standing] or [on])
    meeting = _meeting(ledger, standing, on)
    return _weighted(_alternatives(standing, threats, meeting, world), start, world)


def _published(ledger: Sequence[Event]) -> datetime.date:
    days = [event["document"]["published"] for event in ledger if (event.get("document") or {}).get("published")]
    if not days:
        raise InputError("no event says when its article was published", "scenarios", "give the day: on=DATE")
    return parse_date(max(days)[:10], "ledger: document.published")


def _standing(ledger: Sequence[Event], world: World, on: datetime.date) -> list[Measure]:
    """Measures in force or decided, after the reliefs of the ledger."""
    found: list[Measure] = []
    for event in ledger:
        if event["type"] in SUPPLY and not _doubtful(event):
            coming = event.get("status") == "announced"
            rows = matching(event, world, on, coming) or matching(event, world, on)
            found += _without(from_rows(rows, world, on, event) or from_event(event, world, on), found)
    for event in ledger:
        if event["type"] == "export_control_relief" and not _doubtful(event):
            found = relieve(found, event, world, on)
    return [measure for measure in found if measure.shock.end is None or measure.shock.end >= on]


def _doubtful(event: Event) -> bool:
    return event.get("status") in DOUBTFUL or event.get("certainty") == "reported"


def _threats(ledger: Sequence[Event], world: World, on: datetime.date) -> list[Measure]:
    """What may come: doubtful events, and measures announced before the day by those whose measures the ledger tells of."""
    found: list[Measure] = []
    for event in ledger:
        if event["type"] in SUPPLY:
            rows = matching(event, world, on, coming=True)
            own = from_event(event, world, on, sharper=True) if _doubtful(event) else []
            found += _without(from_rows(rows, world, on, event, sharper=True) or own, found)
    return found


def _without(measures: Sequence[Measure], others: Sequence[Measure]) -> list[Measure]:
    """Drop measures that others already stand for: the same restriction, or the same shock told twice."""
    names = {name for other in others for name in other.restrictions}
    told = [(other.shock.kind, other.shock.actor, other.shock.targets, other.shock.products) for other in others]
    kept = [measure for measure in measures if not measure.restrictions & names]
    return [m for m in kept if m.restrictions or (m.shock.kind, m.shock.actor, m.shock.targets, m.shock.products) not in told]


def _meeting(ledger: Sequence[Event], standing: Sequence[Measure], on: datetime.date) -> datetime.date | None:
    """The day of the first planned meeting of one that imposes a measure with another state, from the day on."""
    imposers = {measure.shock.actor for measure in standing if measure.shock.kind in ("ban", "licence", "quota", "tariff")}
    days = []
    for event in ledger:
        present = set(actors_of(event, "participant", "host"))
        when = day(event.get("date")) or on
        if event["type"] == "meeting" and event.get("status") == "planned" and present & imposers and present - imposers and when >= on:
            days.append(when)
    return min(days, default=None)


Alternative = tuple[str, str, list[Measure]]
"""Name (of the parameter weight_NAME), the sentence that explains it, its measures."""


def _alternatives(standing: list[Measure], threats: list[Measure], meeting: datetime.date | None, world: World) -> list[Alternative]:
    found: list[Alternative] = [("status_quo", "The measures in force or decided go on.", standing)]
    if meeting is not None:
        low, weeks, high = parameter_range(world, "relief_weeks")
        last = meeting + datetime.timedelta(weeks=weeks)
        why = f"The meeting of {meeting} brings relief: the measures end {weeks:g} weeks later, on {last}."
        found.append(
            ("relief", why, [until(measure, last, weeks - low, high - weeks) for measure in standing if measure.shock.start <= last])
        )
    if threats:
        days = ", ".join(sorted({measure.shock.start.isoformat() for measure in threats}))
        found.append(("escalation", f"What is announced or threatened takes effect too ({days}).", standing + threats))
    elif meeting is not None:
        worse = [_sharpened(measure, world) for measure in standing]
        found.append(("escalation", "The measures in force are applied more harshly.", worse))
    return found


def _sharpened(measure: Measure, world: World) -> Measure:
    """A licence with the share and refusals of an escalation, if these are worse; other kinds stay."""
    if measure.shock.kind != "licence":
        return measure
    figures = dict(measure.shock.figures)
    for name in ("share", "denied"):
        worse = parameter_range(world, f"escalation_{name}")
        if worse[1] > measure.shock.figure(name):
            figures[name] = worse
    return replace(measure, shock=replace(measure.shock, figures=figures))


def _weighted(found: Sequence[Alternative], start: datetime.date, world: World) -> list[Scenario]:
    weights = [parameter_range(world, f"weight_{name}")[1] for name, _, _ in found]
    total = sum(weights)
    if total <= 0:
        raise InputError("the weights of the scenarios are all 0", "table parameters", "set weight_status_quo above 0")
    return [
        Scenario(name.replace("_", " "), start, weight / total, _shocks(measures), why)
        for (name, why, measures), weight in zip(found, weights, strict=True)
    ]


def _shocks(measures: Iterable[Measure]) -> tuple[Shock, ...]:
    return tuple(measure.shock for measure in measures)
