"""Who may take a role at all: states, organisations, forums that act for nobody, continents that are only ever a target."""

from collections.abc import Iterable

from ytterby.reading.mentions import Mention
from ytterby.reading.rules import Role

FORUMS = frozenset({"org:APEC", "org:WTO", "org:OPEC", "org:NATO", "org:IEA", "org:ASEAN", "org:G20"})
MEASURES = frozenset({"EXPORT_CONTROL", "TARIFF", "QUOTA", "SANCTION", "BAN", "INQUIRY", "PRICE_FLOOR", "STOCKPILE", "PERMIT"})
UNIONS = frozenset({"org:EU", "org:african-union", "org:ecowas"})
"""Unions that act as a state does."""
MINISTRIES = frozenset({"org:us-commerce"})
"""Ministries with a name of their own act for their state."""
GROUPS = frozenset({"org:G7", "org:G20"})
"""Groups of states: where one of them meets, several do."""
NARROW = {"region": ("target", "complainant", "respondent"), "city": ("host",)}


def may_take(actor: Mention, role: Role) -> bool:
    """Whether an actor may take a role at all: its kind fits; a continent is only ever a target, a city only a host."""
    narrow = NARROW.get(actor.form)
    if actor.form == "coined" and role.kind not in ("org", "any"):
        return False
    return fits(actor, role.kind) and (narrow is None or role.name in narrow)


def fits(actor: Mention, kind: str) -> bool:
    """Whether an actor may take a role of a kind: a state (or the EU), an org, political (states and their groups), a group, any, or all.

    >>> fits(Mention("actor", "JPN", 0, 5), "org")
    False
    """
    if kind in ("all", "group"):
        return kind == "all" or actor.value in GROUPS
    state = len(actor.value) == 3 or actor.value in UNIONS
    if kind == "state":
        return state or actor.value in MINISTRIES
    if kind == "org":
        return actor.value.startswith("org:") and actor.value not in FORUMS | GROUPS and actor.value != "org:EU"
    if kind == "political":
        return (state and actor.value not in FORUMS) or actor.value in GROUPS
    return actor.value not in FORUMS


def distinct(actors: Iterable[Mention]) -> list[Mention]:
    """Return the first mention of each actor."""
    found: dict[str, Mention] = {}
    for actor in actors:
        found.setdefault(actor.value, actor)
    return list(found.values())
