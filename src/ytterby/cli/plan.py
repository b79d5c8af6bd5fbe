"""`ytterby plan`: scenario files to the allied plan."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.cli.common import ALONE, DEFAULTS, Common, Hands, require, split, the_world
from ytterby.cli.console import note, progress, write

SHOWN = 3
"""Bottlenecks told on the screen."""

if TYPE_CHECKING:
    from ytterby.core.scenario import Scenario
    from ytterby.core.world import World
    from ytterby.planning.plan import Plan


def plan(
    *scenario: Path,
    allies: str,
    budget: float = 5e9,
    budgets: str = "",
    carry: bool = True,
    must: str = "",
    never: str = "",
    risk: float = 0.5,
    cvar: float = 0.95,
    draws: int = 1,
    whole: bool = False,
    objective: str = "cost",
    trial: int = 0,
    hands: Hands = ALONE,
    common: Common = DEFAULTS,
) -> None:
    """Choose mines, plants, stocks and agreements against scenarios, within a budget.

    Example: ytterby plan control.toml --allies USA,JPN --budget 5e9

    Parameters
    ----------
    scenario
        TOML files
    allies
        ISO3 codes or blocs, by commas
    budget
        public money in all, USD of 2024
    budgets
        limits by year, ally or both, by commas: 2026=1e9,JPN=2e9,USA:2027=5e8
    carry
        what a year of --budgets leaves may be spent later
    must
        options to be taken whole, by commas, as the column option of the result names them
    never
        options to be left out, by commas
    risk
        weight of the worst cases (CVaR) beside the expected cost
    cvar
        which worst cases: 0.95 is the worst 5 %
    draws
        of each scenario's figures within their ranges
    whole
        take projects whole or not at all
    objective
        cost: least public cost and shortages; service: the least well served ally served best
    trial
        fresh draws of the weekly stress test to try the plan on; 0: none
    """
    from ytterby.dynamics.scenario_file import load_scenarios
    from ytterby.planning.money import parse
    from ytterby.planning.plan import plan as run

    require(scenario, "plan")
    world = the_world(common)
    futures = [future for path in scenario for future in load_scenarios(path, world)]

    def tell(rounds: int, lower: float, upper: float) -> None:
        gap = (upper - lower) / max(upper, 1e-9)
        note(f"round {rounds}: between {lower * 1e6:,.0f} and {upper * 1e6:,.0f} USD, gap {gap:.2%}", common.quiet)

    result = run(
        world,
        futures,
        parse(budgets, budget, carry),
        split(allies),
        risk=risk,
        cvar=cvar,
        seed=common.seed,
        draws=draws,
        whole=whole,
        objective=objective,
        must=split(must),
        never=split(never),
        further=True,
        progress=tell if draws > 1 else None,
    )
    note(
        f"spent {result.spent:,.0f} of {budget:,.0f} USD; expected shortage cost {result.cost_before:,.0f} -> "
        f"{result.cost_after:,.0f} USD; {result.status}, gap {result.gap:.1e}",
        common.quiet,
    )
    for says in (*_money(result), *result.answers["says"], *_scarcest(result)):
        note(says, common.quiet)
    if trial:
        _try_out(world, futures, result, trial, hands, common, risk=risk, cvar=cvar, draws=draws, whole=whole, seed=common.seed)
    write(result.options, common.format, common.out)


def _money(result: "Plan") -> list[str]:
    """Say who commits what by which instrument, and what each instrument did."""
    import polars as pl

    from ytterby.planning.why import money, tonnes

    by = result.cash.group_by("government", "instrument", maintain_order=True).agg(pl.col("usd").sum())
    paid = [
        f"{government} commits {money(float(rows['usd'].sum()))}: "
        + ", ".join(f"{name.replace('_', ' ')} {money(usd)}" for _, name, usd in rows.sort("usd", descending=True).iter_rows())
        + "."
        for (government,), rows in by.group_by("government", maintain_order=True)
    ]
    did = [
        f"{row['name']}: "
        + (f"{money(row['usd'])} committed, {money(row['cost'])} of it not to come back; " if row["usd"] else "no money; ")
        + f"without it shortages would cost {money(row['worth'])} more ({tonnes(row['missing'])})."
        for row in result.deeds.filter(pl.col("worth") > 0).iter_rows(named=True)
    ]
    return paid + did


def _scarcest(result: "Plan") -> list[str]:
    """Say what stays scarce with the plan, the scarcest first."""
    rows = result.bottlenecks.filter(result.bottlenecks["product"] != "*").unique(
        ["product", "actor", "constraint"], keep="first", maintain_order=True
    )
    return [
        f"Scarce with the plan: {product} in {actor} ({constraint}), {year}: one more tonne saves {usd:,.0f} USD."
        for year, product, actor, constraint, usd in rows.head(SHOWN).iter_rows()
    ]


def _try_out(
    world: "World", futures: "list[Scenario]", result: "Plan", fresh: int, hands: Hands, common: Common, cvar: float, **settings: Any
) -> None:
    """Tell what the plan saves in the weekly stress test, and what other ways to spend the same money save there."""
    from ytterby.planning.trial import rivals, trial

    others = rivals(world, futures, result, cvar=cvar, **settings)
    with progress("trial", common.quiet) as tell, hands.spread() as each:
        tried = trial(world, futures, result, rivals=others, draws=fresh, seed=common.seed + 1, cvar=cvar, progress=tell, each=each)
    for row in tried.table.iter_rows(named=True):
        saved = "" if row["state"] == "nothing" else f"; saves {row['saved']:,.0f} ({row['saved_low']:,.0f} to {row['saved_high']:,.0f})"
        note(
            f"{tried.draws} fresh draws, {row['state']} ({row['spent']:,.0f} USD): {row['mean']:,.0f} USD lost in three years "
            f"(95 %: {row['low']:,.0f} to {row['high']:,.0f}){saved}; {row['by_value']:,.0f} if the least valuable uses went short first",
            common.quiet,
        )
