"""Small planning cases: worlds with options, and controls whose strength a test gives by hand."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from tests.worlds import Rows, table, world
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.planning.case import Available
from ytterby.planning.money import Budgets
from ytterby.planning.plan import Plan, plan

DAY = datetime.date(2026, 1, 1)
ASSUMED = {"basis": "assumed", "source": "textbook"}
PLAIN = {"discount_rate": 0.0, "stock_holding_cost": 0.0, "stock_days_max": 365.0, "stock_days_max_magnet": 365.0}


def scenario(name: str, weight: float, *products: str, actor: str = "CHN") -> Scenario:
    """A ban by an actor on products; how much still passes is settled by `passing`."""
    shocks = (Shock("ban", actor, ("*",), products, DAY),) if products else ()
    return Scenario(name, DAY, weight, shocks)


def passing(share: float | Mapping[str, float] = 0.0) -> Available:
    """Availability: each link of a banned product from its imposer carries a share (by scenario name) of its base flow."""

    def available(given: World, case: Scenario, years: Sequence[int]) -> pl.DataFrame:
        part = share if isinstance(share, float) else share.get(case.name, 1.0)
        trade = given["trade"].select("product", "exporter", "importer")
        hit = [trade.filter((pl.col("exporter") == shock.actor) & pl.col("product").is_in(shock.products)) for shock in case.shocks]
        links = pl.concat([trade.head(0), *hit])
        return links.join(pl.DataFrame({"year": list(years)}), how="cross").with_columns(share=pl.lit(part))

    return available


def with_options(
    given: World,
    projects: Rows = (),
    outputs: Rows = (),
    prices: Rows = (),
    parameters: Mapping[str, float] = PLAIN,
    agreements: Sequence[Mapping[str, Any]] = (),
) -> World:
    """Add projects (option, actor, stage, status, start, capex, eligible), outputs (option, product, t), prices (product, USD/t), ..."""
    if projects:
        frame = table("option actor stage status start capex eligible", projects, owner="Owner", as_of=DAY, **ASSUMED)
        given = given.with_table("projects", frame.with_columns(name=pl.col("option")))
        given = given.with_table("project_outputs", table("option product t", outputs, **ASSUMED))
    if prices:
        given = given.with_table("prices", table("product usd_per_t", prices, date=DAY, bloc="world", **ASSUMED))
    if agreements:
        given = given.with_table("instruments", table("instrument name effect source", [("offtake", "Offtake", "contract", "textbook")]))
        rows = [{"name": "Deal", "date": DAY, "instrument": "offtake", "material": "stuff", **ASSUMED, **row} for row in agreements]
        given = given.with_table("agreements", pl.DataFrame(rows, infer_schema_length=None))
    rows_ = [(name, value) for name, value in parameters.items()]
    return given.with_table("parameters", table("parameter value", rows_, unit="1", description="test", **ASSUMED))


def buyer(need: float = 1000.0, uses: Rows = (("car", "essential", 1e6),), stocks: Rows = ()) -> World:
    """JPN buys all its magnets in CHN."""
    return world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", need)],
        trade=[("magnet", "CHN", "JPN", need)],
        demand=[("magnet", "JPN", "car", need)],
        stocks=stocks,
        uses=uses,
    )


def solve(
    given: World, scenarios: Sequence[Scenario], budget: float | Budgets = 1e12, allies: str = "JPN", share: Any = 0.0, **more: Any
) -> Plan:
    """The plan for one year, unless the test says otherwise; weights are scaled to 1."""
    total = sum(one.weight for one in scenarios)
    scenarios = [replace(one, weight=one.weight / total) for one in scenarios]
    return plan(given, scenarios, budget, allies, **{"years": [2026], "available": passing(share), **more})


def chosen(result: Plan) -> dict[str, float]:
    """Share of each option taken."""
    return dict(result.options.filter(pl.col("chosen") > 0).select("option", "chosen").iter_rows())


def missing(result: Plan, state: str = "after") -> dict[int, float]:
    """Expected tonnes missing by year."""
    rows = result.service.filter(pl.col("state") == state).group_by("year").agg(pl.col("missing").sum()).sort("year")
    return dict(rows.iter_rows())
