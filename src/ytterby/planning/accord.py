"""What an accord adds by itself: the plan with its rows and without them, all else the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from ytterby.core import schema
from ytterby.core.catalogue import nearest
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.planning.why import money

ACCORD = "us_japan_fw"
"""The United States-Japan framework of 28 October 2025."""


class Solved(Protocol):
    """A plan, as far as it is compared."""

    @property
    def options(self) -> pl.DataFrame:
        """Table `plan`."""

    @property
    def cost_after(self) -> float:
        """Expected shortage cost with the plan (USD)."""

    @property
    def spent(self) -> float:
        """Money committed (USD)."""


@dataclass(frozen=True)
class Added:
    """What an agreement adds: how much more shortages would be expected to cost without it, and how much more the plan would commit (USD);
    why: in a sentence."""

    agreement: str
    cost: float
    spent: float
    why: str


def added(world: World, found: Solved, again: Callable[[World], Solved], agreement: str = ACCORD) -> Added:
    """Return what an agreement adds to a plan by itself; again: makes the same plan for another world.

    An agreement that gives no right and has put no money into a project changes no row of the program: it adds nothing, and why is said
    without planning anew. Raises InputError for an agreement that the world does not have.
    """
    rows = world["agreements"].filter(pl.col("option") == agreement)
    if rows.is_empty():
        hint = nearest(agreement, world["agreements"]["option"].unique(maintain_order=True)) or "see table agreements"
        raise InputError(f"unknown agreement '{agreement}'", "agreement", hint)
    name = rows["name"][0]
    left = found.options.filter((pl.col("option") == agreement) & pl.col("why").str.starts_with("Left: "))
    bound = rows.filter(pl.col("project").is_not_null() & (pl.col("usd").is_not_null() | (pl.col("instrument") == "price_floor")))
    if left.height and bound.is_empty():
        reason = str(left["why"][0]).removeprefix("Left: ").rstrip(".")
        return Added(agreement, 0.0, 0.0, f"By itself the accord ({name}) adds nothing: {reason}.")
    other = again(world.with_table("agreements", world["agreements"].filter(pl.col("option") != agreement)))
    cost, spent = other.cost_after - found.cost_after, other.spent - found.spent
    why = f"Without the accord ({name}) shortages would cost {_change(cost)} and the plan would commit {_change(spent)}."
    return Added(agreement, cost, spent, why)


def _change(usd: float) -> str:
    """Write a change in words.

    >>> _change(2e6), _change(-2e6), _change(0.1)
    ('2.0 M USD more', '2.0 M USD less', 'as much')
    """
    return "as much" if abs(usd) < 1 else f"{money(abs(usd))} {'more' if usd > 0 else 'less'}"


def asked(answers: pl.DataFrame, world: World, found: Solved, again: Callable[[World], Solved]) -> pl.DataFrame:
    """Return table `answers` with what the framework of 28 October 2025 adds by itself, if the world knows it."""
    if ACCORD not in world["agreements"]["option"]:
        return answers
    one = added(world, found, again)
    row = pl.DataFrame([("accord", one.cost, one.why)], schema=answers.columns, orient="row")
    return schema.cast("answers", pl.concat([answers, row]))
