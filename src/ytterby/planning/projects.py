"""The world's projects as options: what each costs, makes and brings itself, when it opens, and why it may be none."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from ytterby.core.world import World
from ytterby.planning.options import Basis, Option, setting


def projects(world: World, basis: Basis) -> list[Option]:
    """Return every project of the world as an option; capex without a figure is estimated from its process, and says so."""
    return [_project(world, row, basis) for row in world["projects"].sort("option").iter_rows(named=True)]


def _project(world: World, row: dict[str, Any], basis: Basis) -> Option:
    outputs = world["project_outputs"].filter((pl.col("option") == row["option"]) & (pl.col("t") > 0)).sort("t", descending=True)
    made = tuple(outputs.select("product", "t").iter_rows())
    process = (
        world["processes"]
        .filter(pl.col("product").is_in([product for product, _ in made]))
        .unique("product", keep="first", maintain_order=True)
    )
    main = _main(world, row, made)
    capex, note = _capex(row, made, process)
    opening, ramp = _opening(row, main, process, basis.years)
    running = row["status"] == "operating"
    usd = 0.0 if running or capex is None else _open_cost(world, row["option"], capex, basis.on)
    option = Option(
        option=row["option"],
        kind="project",
        name=row["name"],
        actor=row["actor"],
        product=main,
        size=dict(made).get(main or "", 0.0),
        usd=usd,
        outputs=made,
        source=row["source"],
        opening=opening,
        ramp=ramp,
        fed=_fed(world, row, made),
        given=running and row["actor"] in basis.allies,
        note=note,
        waits=row["status"] == "planned",
        capital=capex or 0.0,
        begin=max(float(basis.years[0]), opening - _lead(main, process)),
        joint=_joint(world, row["stage"], dict(made)),
        scrap=row["option"] in set(world["project_feeds"]["option"]),
    )
    return replace(option, left=_project_left(row, option, capex, basis))


def _main(world: World, row: dict[str, Any], made: tuple[tuple[str, float], ...]) -> str | None:
    """The largest output at the project's own stage; else the largest."""
    stage = dict(world["products"].select("product", "stage").iter_rows())
    return next((product for product, _ in made if stage.get(product) == row["stage"]), made[0][0] if made else None)


def _capex(row: dict[str, Any], made: tuple[tuple[str, float], ...], process: pl.DataFrame) -> tuple[float | None, str]:
    if row["capex"] is not None:
        return float(row["capex"]), ""
    per_t = {product: usd for product, usd in process.select("product", "capex").iter_rows() if usd is not None}
    if not made or any(product not in per_t for product, _ in made):
        return None, ""
    return sum(t * per_t[product] for product, t in made), "its cost is estimated from the process"


def _opening(row: dict[str, Any], main: str | None, process: pl.DataFrame, years: Sequence[int]) -> tuple[float, float]:
    """First output: the year claimed, if it still lies ahead; else the process's lead time after the decision."""
    lead, ramp = _lead(main, process), _lead(main, process, "ramp")
    begun = row["status"] in ("operating", "construction")
    if row["start"] is not None and (begun or row["start"] > years[0]):
        return float(max(row["start"], years[0]) if row["status"] == "construction" else row["start"]), ramp
    return years[0] + (min(lead, 1.0) if begun else lead), ramp


def _lead(main: str | None, process: pl.DataFrame, column: str = "lead_time") -> float:
    """Years from the decision to first output that the process takes (or its ramp); 0 without a process."""
    rows = process.filter(pl.col("product") == (main or ""))[column]
    return float(rows[0]) if len(rows) else 0.0


def _fed(world: World, row: dict[str, Any], made: tuple[tuple[str, float], ...]) -> frozenset[str]:
    """A project that starts at the mine brings the feed of its later products itself."""
    place = dict(world["stages"].select("stage", "place").iter_rows())
    stage = dict(world["products"].select("product", "stage").iter_rows())
    first = place.get(row["stage"], 0)
    if first > min(place.values(), default=0):
        return frozenset()
    return frozenset(product for product, _ in made if place.get(stage.get(product, ""), 0) > first)


def _open_cost(world: World, project: str, capex: float, on: datetime.date) -> float:
    """What the plan has to put in (USD): the public share of the capital cost, less money committed by a day."""
    return max(0.0, capex * setting(world, "public_share") - _committed(world, project, on))


def _joint(world: World, at: str, made: Iterable[str]) -> frozenset[str]:
    """Outputs at a project's stage that no recipe makes of a feed of their own: they come out of one ore."""
    stage = dict(world["products"].select("product", "stage").iter_rows())
    fed = world["recipes"].filter((pl.col("role") == "input") & (pl.col("essential") == 1)).select("process")
    own = set(world["processes"].join(fed, on="process", how="semi")["product"])
    found = frozenset(product for product in made if stage.get(product) == at and product not in own)
    return found if len(found) > 1 else frozenset()


def beside(world: World) -> list[tuple[str, str]]:
    """Return pairs of products that some project gets of one ore, if a surplus of one costs something (setting `surplus_cost`)."""
    if setting(world, "surplus_cost") <= 0:
        return []
    outputs = world["project_outputs"].filter(pl.col("t") > 0).group_by("option", maintain_order=True).agg("product")
    stage = dict(world["projects"].select("option", "stage").iter_rows())
    joint = [sorted(_joint(world, stage[option], products)) for option, products in outputs.iter_rows()]
    return [(one[0], other) for one in joint for other in one[1:]]


def _committed(world: World, project: str, on: datetime.date) -> float:
    """Money that agreements signed by a day have put into a project (USD)."""
    signed = world["agreements"].filter((pl.col("project") == project) & (pl.col("date") <= on)).unique("option")
    return float(signed["usd"].fill_null(0.0).sum())


def _project_left(row: dict[str, Any], option: Option, capex: float | None, basis: Basis) -> str:
    running = row["status"] == "operating"
    reasons = (
        (row["eligible"] == 0, "it sells to the controlling side or is owned by it"),
        (row["actor"] in basis.imposers, "it stands in a country that imposes the controls"),
        (row["status"] == "uncertain", "it is uncertain whether it goes ahead at all"),
        (not option.outputs, "its output is not public"),
        (running and row["start"] is not None and row["start"] <= basis.year, f"its output is already part of the base year {basis.year}"),
        (
            running and not option.given,
            "it runs already and sells to its own customers; only an agreement would turn its output to the allies",
        ),
        (not running and capex is None, "its capital cost is not public and its process has no typical one"),
        (option.opening > basis.years[-1], f"its first output comes after {basis.years[-1]}"),
        (row["as_of"] > basis.on, f"it was known only on {row['as_of']}, after the day of this plan"),
    )
    return next((reason for holds, reason in reasons if holds), "")
