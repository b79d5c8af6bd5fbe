"""`ytterby plan`: scenario files to the allied plan."""

from pathlib import Path

from ytterby.cli.common import DEFAULTS, Common, require, split, the_world
from ytterby.cli.console import note, write


def plan(
    *scenario: Path,
    allies: str,
    budget: float = 5e9,
    risk: float = 0.5,
    cvar: float = 0.95,
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
        public money, USD of 2024
    risk
        weight of the worst cases (CVaR) beside the expected cost
    cvar
        which worst cases: 0.95 is the worst 5 %
    """
    from ytterby.dynamics.scenario_file import load_scenarios
    from ytterby.planning.plan import plan as run

    require(scenario, "plan")
    world = the_world(common)
    futures = [future for path in scenario for future in load_scenarios(path, world)]
    result = run(world, futures, budget, split(allies), risk=risk, cvar=cvar, seed=common.seed)
    note(
        f"spent {result.spent:,.0f} of {budget:,.0f} USD; expected shortage cost {result.cost_before:,.0f} -> {result.cost_after:,.0f} USD",
        common.quiet,
    )
    write(result.options, common.format, common.out)
