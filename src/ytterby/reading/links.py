"""What ends, replaces, keeps or calls off what: links from a later event of the ledger to an earlier one.

relieves    a relief, or a suspended control, and the latest control before it of the same state on the same materials
supersedes  a tariff, quota or price floor with another amount for the same parties and materials
fulfils     an act done that was planned before, in its time
withdraws   a denial or suspension of what was planned or announced

Never guessed: where two earlier events fit equally, or a material, a party or a date is missing, there is no link.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ytterby.reading.acts import CORE, DONE, akin
from ytterby.reading.dates import begins, ends

Event = dict[str, Any]
CONTROLS = ("export_control", "quota", "sanction")
AMOUNTS = ("tariff", "quota", "price_floor")
Shelf = dict[tuple[str, str, str], list[Event]]
"""Events by type, status and actor."""
STANDING = ("announced", "in_force", "completed")
SOON = timedelta(days=92)
"""A plan without a date counts as fulfilled by an act of the same parties within this time."""


@dataclass(frozen=True)
class Link:
    """A later event and the earlier one it bears on. `ends`: the earlier one no longer holds, not even in part."""

    kind: str
    event: str
    of: str
    ends: bool
    why: str


def link(events: Sequence[Event]) -> list[Link]:
    """Return the links between events, in order of the later one.

    >>> link([])
    []
    """
    shelf: Shelf = {}
    for event in events:
        for name in dict.fromkeys(actor["id"] for actor in event["actors"]):
            shelf.setdefault((event["type"], event["status"], name), []).append(event)
    found: list[Link] = []
    for later in events:
        for rule in (_relieves, _supersedes, _fulfils, _withdraws):
            found += rule(later, shelf)
    return found


def _earlier(shelf: Shelf, kind: str, statuses: Iterable[str], names: Iterable[str]) -> Iterator[Event]:
    """The events of a type, in one of some statuses, in which one of some actors takes part; each once."""
    found = {event["id"]: event for name in names for status in statuses for event in shelf.get((kind, status, name), ())}
    yield from found.values()


def _relieves(later: Event, shelf: Shelf) -> Iterator[Link]:
    relief = later["type"] == "export_control_relief" and later["status"] in DONE
    if not (relief or (later["type"] in CONTROLS and later["status"] == "suspended")) or not later["materials"]:
        return
    imposers = _who(later, "imposer")
    fitting = [
        event
        for event in _earlier(shelf, "export_control" if relief else later["type"], STANDING, imposers)
        if _who(event, "imposer") & imposers
        and _common(event["materials"], later["materials"])
        and _targets_agree(event, later)
        and _before(event, later)
    ]
    control = _latest(fitting)
    if control is None:
        return
    left = [name for name in control["materials"] if not any(akin(name, eased) for eased in later["materials"])]
    granted = later["rule"].endswith(".licences")
    why = "licences granted" if granted else f"eases {', '.join(later['materials'])}" + (f"; {', '.join(left)} stay" if left else "")
    yield Link("relieves", later["id"], control["id"], not left and not granted, why)


def _supersedes(later: Event, shelf: Shelf) -> Iterator[Link]:
    if later["type"] not in AMOUNTS or later["status"] not in STANDING or not later["quantities"]:
        return
    fitting = [
        event
        for event in _earlier(shelf, later["type"], STANDING, _names(later))
        if _core(event) == _core(later)
        and _who(event, "target") == _who(later, "target")
        and set(event["materials"]) == set(later["materials"])
        and (later["materials"] or _who(later, "target"))
        and _other_amount(event, later)
        and _before(event, later, dated=True)
    ]
    former = _latest(fitting)
    if former is not None:
        yield Link("supersedes", later["id"], former["id"], True, f"{_amounts(later)} instead of {_amounts(former)}")


def _fulfils(later: Event, shelf: Shelf) -> Iterator[Link]:
    if later["status"] not in DONE:
        return
    fitting = [
        event
        for event in _earlier(shelf, later["type"], ("planned",), _names(later))
        if _in_time(event, later) and _alike(event, later) and _core(event) == _core(later) and not _documents(event) & _documents(later)
    ]
    if len(fitting) == 1:
        yield Link("fulfils", later["id"], fitting[0]["id"], True, f"planned for {fitting[0]['date'] or 'no date'}")


def _withdraws(later: Event, shelf: Shelf) -> Iterator[Link]:
    if later["status"] not in ("denied", "suspended"):
        return
    fitting = [
        event
        for event in _earlier(shelf, later["type"], ("planned", "announced", "threatened"), _names(later))
        if (later["first_published"] or "") > (event["last_published"] or "9999")
        and _alike(event, later)
        and _names(event) == _names(later)
        and not _documents(event) & _documents(later)
    ]
    if len(fitting) == 1:
        yield Link("withdraws", later["id"], fitting[0]["id"], True, f"{later['status']} later")


def _alike(event: Event, later: Event) -> bool:
    if event["type"] != later["type"] or event is later:
        return False
    mine, theirs = event["materials"], later["materials"]
    return not (mine or theirs) or _common(mine, theirs)


def _in_time(plan: Event, done: Event) -> bool:
    """Whether an act lies in the time of a plan: on its date, or soon after it was told if it has none."""
    told, seen = plan["first_published"], done["first_published"]
    if not told or not seen or seen <= told:
        return False
    if plan["date"] and done["date"]:
        return begins(plan["date"]) <= ends(done["date"]) and begins(done["date"]) <= ends(plan["date"])
    moment = begins(done["date"]) if done["date"] else None
    return plan["date"] is None and moment is not None and ends(told) <= moment <= ends(told) + SOON


def _before(event: Event, later: Event, dated: bool = False) -> bool:
    """Whether an event began before another; one without a date began before it was first told."""
    began, acts = event["effective"] or event["date"], later["date"] or later["effective"] or later["first_published"]
    if event is later or not acts or (dated and not began):
        return False
    if began:
        return ends(began) < begins(acts) or (ends(began) < ends(acts) and len(began) < len(acts))
    return bool(event["first_published"]) and begins(event["first_published"]) <= ends(acts)


def _latest(events: Sequence[Event]) -> Event | None:
    """The event that began last; none if two are equally late, or if one of several has no date."""
    if not events or (len(events) > 1 and not all(event["effective"] or event["date"] for event in events)):
        return None
    key: Callable[[Event], date] = lambda event: begins(event["effective"] or event["date"] or event["first_published"])  # noqa: E731
    last = max(key(event) for event in events)
    chosen = [event for event in events if key(event) == last]
    return chosen[0] if len(chosen) == 1 else None


def _who(event: Event, role: str) -> frozenset[str]:
    return frozenset(actor["id"] for actor in event["actors"] if actor["role"] == role)


def _core(event: Event) -> frozenset[tuple[str, str]]:
    return frozenset((actor["id"], actor["role"]) for actor in event["actors"] if actor["role"] in CORE)


def _names(event: Event) -> frozenset[str]:
    return frozenset(name for name, _ in _core(event))


def _documents(event: Event) -> frozenset[str]:
    return frozenset(source["document"]["sha256"] for source in event["sources"])


def _targets_agree(event: Event, later: Event) -> bool:
    mine, theirs = _who(event, "target"), _who(later, "target")
    return not mine or not theirs or bool(mine & theirs)


def _common(mine: Iterable[str], theirs: Sequence[str]) -> bool:
    return any(akin(one, other) for one in mine for other in theirs)


def _units(event: Event) -> dict[str, set[float]]:
    found: dict[str, set[float]] = {}
    for quantity in event["quantities"]:
        found.setdefault(quantity["unit"], set()).add(quantity["value"])
    return found


def _other_amount(event: Event, later: Event) -> bool:
    mine, theirs = _units(event), _units(later)
    shared = mine.keys() & theirs.keys()
    return bool(shared) and all(mine[unit].isdisjoint(theirs[unit]) for unit in shared)


def _amounts(event: Event) -> str:
    return ", ".join(f"{quantity['value']:g} {quantity['unit']}" for quantity in event["quantities"])
