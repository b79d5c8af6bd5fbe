"""The plan of the example brief against fresh draws of the weekly stress engine, and against other ways to spend the same money.

    python -m bench.secure_trial [--draws 10000] [--quick]

Prints the table of docs/plan.md, seconds and peak memory, and what the plan's program itself says of the same years and draws.
"""

import resource
import time
from pathlib import Path

import numpy as np

from bench.rows import Row, asked, tell
from ytterby.core.scenario import Scenario
from ytterby.core.world import World, load_world
from ytterby.data.rebuild import as_of
from ytterby.dynamics.scenarios import scenarios
from ytterby.planning.case import case, horizon
from ytterby.planning.lshaped import LShaped
from ytterby.planning.plan import Plan, plan
from ytterby.planning.problem import build
from ytterby.planning.trial import rivals, trial
from ytterby.reading.article import load_articles
from ytterby.reading.reader import read_article

ARTICLE = Path(__file__).parents[1] / "examples" / "usa-japan-2025-10-28.en.txt"
YEARS = 3


def promised(world: World, futures: list[Scenario], found: Plan, years: int, draws: int) -> tuple[float, float]:
    """Expected cost of shortages in the first years without and with the plan, as its own program has it on some draws (USD)."""
    who = frozenset(found.allies)
    problem = build(case(world, futures, who, horizon(futures)[:years], 0.0, 0.0, None, draws, 1)[0], who, 1e12)
    method, share = LShaped(problem.program), {option.option: part for option, part in found.taken}
    taken = np.maximum(problem.given, [share.get(option.option, 0.0) for option in problem.options])
    costs = [problem.program.costs(method.evaluate(problem.stage(one))) for one in (problem.given, taken)]
    return float(problem.case.chance @ costs[0]) * 1e6, float(problem.case.chance @ costs[1]) * 1e6


def example() -> tuple[World, list[Scenario]]:
    """The world and the scenarios of the example brief."""
    document = load_articles([ARTICLE])[0]
    assert document.published is not None
    world = as_of(load_world(), document.published)
    return world, scenarios(read_article(document).events, world, document.published)


def tried(world: World, futures: list[Scenario], found: Plan, made_on: int, draws: int) -> None:
    """Print and tell the trial of a plan."""
    others = rivals(world, futures, found, draws=made_on)
    begin = time.perf_counter()
    table = trial(world, futures, found, rivals=others, draws=draws).table
    seconds, memory = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{draws} draws, {table.height} states: {seconds:.0f} s, {memory:.2f} GB")
    for row in table.iter_rows(named=True):
        cells = (row[name] / 1e6 for name in table.columns[1:])
        print(f"| {row['state']} | " + " | ".join(f"{value:,.0f}" for value in cells) + " |")
    tell(
        Row(f"trial of the example's plan, {draws:,} draws, {table.height} states", seconds, "s"), Row("memory of the trial", memory, "GB")
    )
    mean = {state: usd / 1e6 for state, usd in table.select("state", "mean").iter_rows()}
    ours = mean.pop("plan")
    tell(*(Row("mean cost of shortages with the plan", ours, "M USD", peer=state, theirs=usd) for state, usd in mean.items()))


def main() -> None:
    """Print the figures."""
    options = asked(__doc__, draws="draws of the trial (10000)")
    world, futures = example()
    for made_on in (1,) if options.quick else (1, 32):
        found = plan(world, futures, 5e9, "USA,JPN", draws=made_on, partners=False)
        print(f"plan made on {made_on} draws a scenario: {found.spent / 1e6:,.0f} M USD, ten years: {found.cost_before / 1e6:,.0f} -> ")
        print(f"  {found.cost_after / 1e6:,.0f} M USD; CVaR {found.cvar_before / 1e6:,.0f} -> {found.cvar_after / 1e6:,.0f}")
        for draws in (1,) if options.quick else (1, 64):
            before, after = promised(world, futures, found, YEARS, draws)
            print(f"  its own program, {YEARS} years, {draws} draws a scenario: {before / 1e6:,.0f} -> {after / 1e6:,.0f} M USD")
    tried(world, futures, found, made_on, int(options.draws or (8 if options.quick else 10_000)))


if __name__ == "__main__":
    main()
