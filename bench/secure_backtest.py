"""Would the plan have chosen what was signed? Each deal's project, ranked among all projects with what was known the day before.

    python -m bench.secure_backtest [--quick]

Projects and agreements are those known on the day before the deal. Two things are hindsight: flows are those of the base year 2024, since
no earlier year's chain is closed in the tables; and the table of projects holds their latest state only, so that the deal's own project is
put back to `planned` with the figures of its row. The scenario is the same in each case: China licenses rare earths and magnets from that
day, 0, 25 or 60 % denied.
"""

import datetime

import polars as pl

from bench.rows import Row, asked, tell
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World, load_world
from ytterby.errors import YtterbyError
from ytterby.planning.plan import Plan, plan

DEALS = (
    ("JARE and Lynas", datetime.date(2023, 3, 7), "lynas_2025plan", "JPN,AUS"),
    ("JARE and Lynas, heavy", datetime.date(2023, 3, 7), "lynas_kuantan_hre", "JPN,AUS"),
    ("Caremag: Japan and France", datetime.date(2025, 3, 17), "caremag", "JPN,FRA"),
    ("MP Materials and the US Department of Defense", datetime.date(2025, 7, 10), "mp_10x", "USA,JPN"),
)
PRODUCTS = ("ndfeb_magnet", "ndpr_oxide", "ndpr_metal", "dy_oxide", "dy_metal", "tb_oxide", "tb_metal")


def before(world: World, day: datetime.date, project: str) -> World:
    """The world of the eve of a deal, its project still to be decided."""
    eve = day - datetime.timedelta(1)
    mine = pl.col("option") == project
    rows = world["projects"].with_columns(
        as_of=pl.when(mine & (pl.col("as_of") > eve)).then(pl.lit(eve)).otherwise(pl.col("as_of")),
        status=pl.when(mine).then(pl.lit("planned")).otherwise(pl.col("status")),
    )
    known = rows.filter(pl.col("as_of") <= eve)
    return world.with_table("projects", known).with_table("agreements", world["agreements"].filter(pl.col("date") <= eve))


def futures(day: datetime.date) -> list[Scenario]:
    """Licences of three kinds of strictness."""
    made = []
    for name, weight, denied in (("lax", 0.5, 0.0), ("strict", 0.35, 0.25), ("closed", 0.15, 0.6)):
        figures = {"share": (0.75,) * 3, "delay_days": (63.0,) * 3, "denied": (denied,) * 3}
        made.append(Scenario(name, day, weight, (Shock("licence", "CHN", ("*",), PRODUCTS, day, None, figures),)))
    return made


def line(name: str, day: datetime.date, project: str, found: Plan) -> str:
    """One row of the table of docs/backtest.md."""
    rows = found.options.filter(pl.col("kind") == "project")
    own = rows.filter(pl.col("option") == project).row(0, named=True)
    ranked = rows.filter(pl.col("chosen") > 0).sort("worth", descending=True, nulls_last=True)["option"].to_list()
    rank = f"{ranked.index(project) + 1} of {len(ranked)} chosen" if project in ranked else f"left ({len(ranked)} chosen)"
    return f"| {name} | {day} | {project} | {rank} | {own['why']} |"


def main() -> None:
    """Print the table."""
    deals, would = DEALS[:1] if asked(__doc__).quick else DEALS, 0
    world = load_world()
    print("| deal | signed | project | rank by worth | the plan's reason |\n|---|---|---|---|---|")
    for name, day, project, allies in deals:
        try:
            found = plan(before(world, day, project), futures(day), 2e9, allies)
        except YtterbyError as error:
            print(f"| {name} | {day} | {project} | no answer | {error} |")
            continue
        would += bool(found.options.filter((pl.col("option") == project) & (pl.col("chosen") > 0)).height)
        print(line(name, day, project, found), flush=True)
    tell(Row(f"deals whose project the plan would choose, of {len(deals)}", would, "", less=False))


if __name__ == "__main__":
    main()
