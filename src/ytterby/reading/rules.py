"""The kinds of events, read from events.toml: one block a kind, in concepts, no code.

when       concepts that a clause must name, the first is the anchor; `A|B` is either, `@money` a quantity of that sort
without    concepts that must not be in the clause
materials  take: those of the sentence; need: else those told near it, and no event without any; seek: the same, but the event stands
           without any; own: those of the clause; none
yields     types of which this one is only a part if the clause tells them (a supply contract is no agreement besides)
roles      who takes part: the markers that show it, how many at least, whether it may be inherited from an earlier sentence
status     the status without further cues; `future` with a cue of the future, `may` with 'could' (empty: such a clause tells nothing)
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent / "events.toml"


@dataclass(frozen=True, slots=True)
class Role:
    """A role of an event. `markers` in order of preference; `agent` stands for who acts, in active or passive voice.

    `inherit`: it may be taken from an earlier sentence; `near`: only from the same one. `rest`: if nobody bears its markers it is the only
    other state of the `sentence`, or, in the `text`, whose measure was told before.
    """

    name: str
    markers: tuple[str, ...]
    least: int = 0
    many: bool = False
    inherit: bool = False
    near: bool = False
    kind: str = "any"
    rest: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One block of events.toml."""

    name: str
    type: str
    when: tuple[tuple[str, ...], ...]
    roles: tuple[Role, ...]
    without: frozenset[str] = frozenset()
    yields: frozenset[str] = frozenset()
    status: str = "completed"
    future: str = "planned"
    may: str = ""
    denied: bool = False
    negated: bool = False
    purpose: bool = False
    materials: str = "take"
    stage: str = "unspecified"
    quantities: tuple[str, ...] = ()
    dated: str = "publication"
    standing: bool = False
    context: bool = False
    far: int = 400


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return the rules in the order of events.toml; where two match the same words, the first one wins.

    >>> load_rules()[0].type
    'joint_statement'
    """
    with FILE.open("rb") as file:
        return tuple(_rule(block) for block in tomllib.load(file)["event"])


def _rule(block: dict[str, Any]) -> Rule:
    block = dict(block)
    roles = tuple(Role(**{**role, "markers": tuple(role["markers"].split())}) for role in block.pop("roles"))
    when = tuple(tuple(item.split("|")) for item in block.pop("when"))
    without, yields = (frozenset(block.pop(name, [])) for name in ("without", "yields"))
    quantities = tuple(block.pop("quantities", []))
    return Rule(when=when, roles=roles, without=without, yields=yields, quantities=quantities, **block)
