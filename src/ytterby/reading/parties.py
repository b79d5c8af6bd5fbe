"""Who may take a role at all: states, organisations, forums that act for nobody, continents that are only ever a target."""

from collections.abc import Iterable

from ytterby.reading.mentions import Mention
from ytterby.reading.rules import Role

FORUMS = frozenset({"org:APEC", "org:WTO", "org:OPEC", "org:NATO", "org:IEA", "org:ASEAN", "org:G20"})
MEASURES = frozenset({"EXPORT_CONTROL", "TARIFF", "QUOTA", "SANCTION", "BAN", "INQUIRY", "PRICE_FLOOR", "STOCKPILE", "PERMIT"})
NARROW = {"region": ("target", "complainant", "respondent"), "city": ("host",)}


def may_take(actor: Mention, role: Role) -> bool:
    """Whether an actor may take a role at all: its kind fits; a continent is only ever a target, a city only a host."""
    narrow = NARROW.get(actor.form)
    return fits(actor, role.kind) and (narrow is None or role.name in narrow)


def fits(actor: Mention, kind: str) -> bool:
    """Whether an actor may take a role of a kind: a state (or the EU), an organisation, states and their groups, or any.

    >>> fits(Mention("actor", "JPN", 0, 5), "org")
    False
    """
    state = len(actor.value) == 3 or actor.value == "org:EU"
    if kind == "state":
        return state
    if kind == "org":
        return actor.value.startswith("org:") and actor.value not in FORUMS and actor.value != "org:EU"
    if kind == "political":
        return (state or actor.value in ("org:G7", "org:G20")) and actor.value not in FORUMS
    return actor.value not in FORUMS


def distinct(actors: Iterable[Mention]) -> list[Mention]:
    """Return the first mention of each actor."""
    found: dict[str, Mention] = {}
    for actor in actors:
        found.setdefault(actor.value, actor)
    return list(found.values())
