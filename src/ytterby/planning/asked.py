"""What a call asks for, checked before anything is solved: weights, names, contracts; and what cannot be had together, in words."""

import math
from collections.abc import Collection, Sequence

import numpy as np
import polars as pl
from scipy import sparse

from ytterby.core.catalogue import nearest
from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.planning.assembly import MILLION
from ytterby.planning.options import Option
from ytterby.planning.recourse import FirstStage
from ytterby.planning.solver import INFINITY, Program, Solver

OBJECTIVES = ("cost", "service")
"""What a plan may aim at: the least cost, or the best service of the ally that is served worst."""
TERMS = ("date", "instrument", "material", "stage", "project", "t", "share", "usd", "until")
"""What all rows of one agreement must say alike."""


def check_weights(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios whose weights are no probabilities: none, a negative one, or a sum other than 1.

    >>> import datetime
    >>> check_weights([Scenario("a", datetime.date(2026, 1, 1), 0.5, ())])
    Traceback (most recent call last):
    ytterby.errors.InputError: the scenarios' weights add up to 0.5 (a 0.5); scenario.weight; give weights that add up to 1
    """
    if not scenarios:
        raise InputError("no scenario is given", "plan", "give at least one")
    total = sum(scenario.weight for scenario in scenarios)
    if any(scenario.weight < 0 for scenario in scenarios) or not math.isclose(total, 1.0, abs_tol=1e-6):
        each = ", ".join(f"{scenario.name} {scenario.weight:g}" for scenario in scenarios[:6]) + (", ..." if len(scenarios) > 6 else "")
        raise InputError(f"the scenarios' weights add up to {total:g} ({each})", "scenario.weight", "give weights that add up to 1")


def check_figures(risk: float, cvar: float, years: Sequence[int] | None, draws: int) -> None:
    """Refuse figures of a call that cannot be meant."""
    if draws < 1:
        raise InputError(f"draws is {draws}", "--draws", "give 1 or more")
    if years is not None and (not years or list(years) != sorted(set(years))):
        raise InputError(f"years {years}", "plan", "give at least one calendar year, in order, each once")
    if not (math.isfinite(risk) and risk >= 0):
        raise InputError(f"a risk weight of {risk}", "--risk", "give 0 or more")
    if not 0 <= cvar < 1:
        raise InputError(f"a CVaR level of {cvar}", "--cvar", "give 0 (the expectation) up to below 1 (the worst case)")


def check_objective(objective: str, whole: bool) -> None:
    """Refuse an objective that is none, or one that needs shares of projects together with whole projects only.

    >>> check_objective("sevice", False)
    Traceback (most recent call last):
    ytterby.errors.InputError: unknown objective 'sevice'; --objective; did you mean service?
    """
    if objective not in OBJECTIVES:
        raise InputError(
            f"unknown objective '{objective}'", "--objective", nearest(objective, OBJECTIVES) or f"give {' or '.join(OBJECTIVES)}"
        )
    if objective == "service" and whole:
        raise InputError("the service objective mixes shares of projects", "--objective", "leave --whole out, or ask for the least cost")


def check_contracts(world: World) -> None:
    """Refuse agreements that contradict themselves: rows of one that differ in its terms, or one that ends before it is signed."""
    for (name,), rows in world["agreements"].sort("option", "party").group_by("option", maintain_order=True):
        for column in TERMS:
            said = rows[column].unique(maintain_order=True).to_list()
            if len(said) > 1:
                raise InputError(
                    f"the parties to '{name}' differ in its {column}: {said[0]} and {said[1]}", "agreements", "write the same in each row"
                )
        row = rows.row(0, named=True)
        if row["until"] is not None and row["until"] < row["date"]:
            raise InputError(f"'{name}' ends on {row['until']}, before it is signed on {row['date']}", "agreements.until", "mend a date")


def check_shares(world: World, options: Sequence[Option]) -> None:
    """Refuse rights to more than all that a supplier makes: shares of one product in contracts that run at the same time."""
    stated = {row["option"]: row["share"] for row in world["agreements"].iter_rows(named=True) if row["share"] is not None}
    rights = [option for option in options if option.option in stated and not option.left]
    for option in rights:
        for product, _ in option.outputs:
            rivals = [
                other
                for other in rights
                if other.actor == option.actor and product in dict(other.outputs) and other.opening <= option.opening < other.closing
            ]
            total = sum(stated[other.option] for other in rivals)
            if total > 1 + 1e-9:
                names = " and ".join(sorted(f"'{other.option}' ({stated[other.option]:.0%})" for other in rivals))
                what = f"contracts {names} give away {total:.0%} of the {product} that {option.actor} makes"
                raise InputError(what, "agreements.share", "lower a share, or drop one")


def check_names(
    must: Collection[str], never: Collection[str], options: Sequence[Option], left: Sequence[Option], known: Collection[str] = ()
) -> None:
    """Refuse options that are asked for or ruled out and do not exist, contradict each other or are no candidates. known: other names."""
    keys = {option.key for option in options}
    reasons = {option.option: option.left or "the scenarios do not touch what it makes" for option in left}
    for flag, names in (("--must", must), ("--never", never)):
        for name in names:
            if name not in keys and name not in reasons and name not in known:
                hint = nearest(name, sorted({*keys, *reasons, *known})) or "see the column option of the plan's table"
                raise InputError(f"unknown project or option '{name}'", flag, hint)
    for name in must:
        if name in never:
            raise InputError(f"'{name}' is asked for and ruled out", "--must and --never", "name it in one of them")
        if name not in keys:
            raise InputError(f"'{name}' cannot be in the plan: {reasons.get(name, 'it is no option')}", "--must", "leave it out")


def check_feasible(first: FirstStage) -> None:
    """Refuse a first stage whose rows cannot hold together; names the budgets that would have to give way, and by how much least."""
    broken = conflict(first)
    if broken:
        what = " and ".join(f"{first.names[row]} (by {usd:,.0f} USD)" for row, usd in broken.items())
        raise InputError(f"what is asked for with --must breaks {what}", "--must against the budgets", "raise the budget, or ask for less")


def conflict(first: FirstStage) -> dict[int, float]:
    """Return the budgets that cannot hold together with the other rows: number of the row -> USD by which it falls short; empty: none.

    Each budget may be overstepped at a price; those that are in the cheapest way out are the conflict.
    """
    rows, columns = first.rows.shape
    # Only budgets may be overstepped.
    slack = np.array([INFINITY if name.startswith("the budget") else 0.0 for name in first.names])
    matrix = sparse.csc_array(sparse.hstack([first.rows, -sparse.identity(rows, format="csc")]))
    program = Program(
        cost=np.concatenate([np.zeros(columns), np.ones(rows)]),
        low=np.concatenate([first.low, np.zeros(rows)]),
        high=np.concatenate([first.high, slack]),
        row_low=first.row_low,
        row_high=first.row_high,
        start=matrix.indptr.astype(np.int64),
        index=matrix.indices.astype(np.int64),
        value=matrix.data,
    )
    over = Solver(program).solve().x[columns:]
    return {int(row): float(over[row]) * MILLION for row in np.flatnonzero(over > max(1e-6, 1e-6 * float(over.max())))}


def known_names(world: World) -> set[str]:
    """Return the names of all projects and agreements of the world, so that a right name is never called unknown.

    >>> known_names(World({}))
    set()
    """
    return set(world["projects"]["option"]) | set(world["agreements"].select(pl.col("option"))["option"])
