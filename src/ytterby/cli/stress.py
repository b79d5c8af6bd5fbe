"""`ytterby stress`: scenario files to shortfalls."""

from pathlib import Path

from ytterby.cli.common import DEFAULTS, Common, of_actor, require, the_world
from ytterby.cli.console import progress, write


def stress(
    *scenario: Path,
    weeks: int = 156,
    draws: int = 1,
    actor: str | None = None,
    common: Common = DEFAULTS,
) -> None:
    """Stress the chain with scenario files: shortfall per week, product, actor and use.

    Example: ytterby stress control.toml --weeks 104 --draws 100 --actor JPN

    Parameters
    ----------
    scenario
        TOML files
    weeks
        weeks to simulate
    draws
        draws from the ranges of the figures
    actor
        only this actor
    """
    import polars as pl

    from ytterby.dynamics.scenario_file import load_scenarios
    from ytterby.dynamics.simulate import stress as run

    require(scenario, "stress")
    world = the_world(common)
    frames = []
    for future in [future for path in scenario for future in load_scenarios(path, world)]:
        with progress(future.name, common.quiet) as tell:
            frames.append(run(world, future, weeks=weeks, draws=draws, seed=common.seed, progress=tell).outcome)
    write(of_actor(pl.concat(frames), actor, world), common.format, common.out)
