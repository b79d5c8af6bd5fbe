"""What an accord adds by itself: the plan with its rows and without them, all else the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from ytterby.core.catalogue import nearest
from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.planning.plan import Plan, plan

ACCORD = "us_japan_fw"
"""The United States-Japan framework of 28 October 2025."""


@dataclass(frozen=True)
class Added:
    """What an agreement adds: fall of expected shortage cost, of its worst cases and of the money committed (USD); why: in a sentence."""

    agreement: str
    cost: float
    cvar: float
    spent: float
    why: str


def added(
    world: World, scenarios: Sequence[Scenario], found: Plan, agreement: str = ACCORD, allies: Sequence[str] | None = None, **settings: Any
) -> Added:
    """Return what an agreement adds to a plan by itself; settings: those of the plan.

    An agreement that gives no right and has put no money into a project changes no row of the program: it adds nothing, and why is said
    without planning anew. Raises InputError for an agreement that the world does not have.
    """
    rows = world["agreements"].filter(pl.col("option") == agreement)
    if rows.is_empty():
        hint = nearest(agreement, world["agreements"]["option"].unique(maintain_order=True)) or "see table agreements"
        raise InputError(f"unknown agreement '{agreement}'", "agreement", hint)
    name = rows["name"][0]
    left = found.options.filter((pl.col("option") == agreement) & pl.col("why").str.starts_with("Left: "))
    money = rows.filter(pl.col("project").is_not_null() & (pl.col("usd").is_not_null() | (pl.col("instrument") == "price_floor")))
    if left.height and money.is_empty():
        reason = str(left["why"][0]).removeprefix("Left: ").rstrip(".")
        return Added(agreement, 0.0, 0.0, 0.0, f"By itself the {name} adds nothing: {reason}. Projects and stocks under it do the work.")
    without = world.with_table("agreements", world["agreements"].filter(pl.col("option") != agreement))
    other = plan(without, scenarios, found.budget, allies or found.allies, partners=False, **settings)
    cost, cvar, spent = other.cost_after - found.cost_after, other.cvar_after - found.cvar_after, other.spent - found.spent
    why = f"Without the {name} the plan would commit {spent:,.0f} USD more, and shortages would be expected to cost {cost:,.0f} USD more."
    return Added(agreement, cost, cvar, spent, why)
