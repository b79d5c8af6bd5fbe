"""The plan in the weekly stress engine, on fresh draws: the same losses as the plan's program where both can be worked out by hand."""

import numpy as np
import polars as pl
import pytest

from tests.planning.cases import DAY, buyer, solve, with_options
from tests.worlds import world
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.planning.options import Option
from ytterby.planning.plan import Plan, plan
from ytterby.planning.trial import allied_costs, by_value, trial

RANGE = Scenario("outage", DAY, 1.0, (Shock("outage", "CHN", (), ("magnet",), DAY, figures={"severity": (-1.0, -0.6, -0.2)}),))
CUT = Scenario("cut", DAY, 1.0, (Shock("outage", "CHN", (), ("magnet",), DAY, figures={"severity": (-0.4, -0.4, -0.4)}),))
STEADY = {"reroute_weeks": 1.0, "discount_rate": 0.0, "stock_holding_cost": 0.0}
YEARS = range(2026, 2036)


def late(given: World, scenario: Scenario, found: Plan) -> float:
    """Tonnes a year that the engine misses in its fifth year, at 1e6 USD a tonne."""
    weeks = (4 * 52, 5 * 52)
    cost = [allied_costs(given, scenario, found.taken, found.allies, span, 1, 0, "kernel")[0, 0] for span in weeks]
    return float(cost[1] - cost[0]) / 1e6 * 365 / (52 * 7)


def planned(found: Plan) -> float:
    """Tonnes that the plan's program misses in its last year."""
    rows = found.service.filter((pl.col("state") == "after") & (pl.col("year") == found.years[-1]))
    return float(rows["missing"].sum())


def feed_world() -> World:
    """CHN makes oxide and magnets (2 t of oxide a tonne); JPN buys magnets only."""
    return world(
        products=[("oxide", "separation"), ("magnet", "magnet")],
        recipes=[("magnet", "oxide", 2.0)],
        production=[("oxide", "CHN", 2000.0), ("magnet", "CHN", 1000.0)],
        trade=[("magnet", "CHN", "JPN", 1000.0)],
        demand=[("magnet", "JPN", "car", 1000.0)],
    )


def test_a_plant_in_the_plan_gives_the_engine_what_it_gives_the_program() -> None:
    plants = [("p", "JPN", "magnet", "construction", 2026, 1e6, 1)]
    given = with_options(buyer(), plants, [("p", "magnet", 300.0)], parameters=STEADY)
    found = plan(given, [CUT], 1e9, "JPN", years=YEARS)
    assert dict(found.options.select("option", "chosen").iter_rows())["p"] == pytest.approx(1.0)
    assert planned(found) == pytest.approx(400.0 - 300.0)
    assert late(given, CUT, found) == pytest.approx(400.0 - 300.0, rel=1e-3)


@pytest.mark.parametrize("oxide", [400.0, 600.0])
def test_plants_of_a_chain_feed_each_other_in_the_engine(oxide: float) -> None:
    plants = [("m", "JPN", "magnet", "construction", 2026, 1e6, 1), ("o", "AUS", "separation", "construction", 2026, 1e6, 1)]
    made = [("m", "magnet", 300.0), ("o", "oxide", oxide)]
    base = feed_world()
    base = base.with_table(
        "actors", pl.concat([base["actors"], pl.DataFrame({"actor": "AUS", "name": "AUS", "kind": "country"})], how="diagonal")
    )
    given = with_options(base, plants, made, parameters=STEADY)
    found = plan(given, [CUT], 1e9, "JPN,AUS", years=YEARS)
    # Half of the oxide's tonnes become magnets, at most the plant's 300.
    assert planned(found) == pytest.approx(400.0 - oxide / 2)
    assert late(given, CUT, found) == pytest.approx(400.0 - oxide / 2, rel=1e-2)


@pytest.mark.parametrize("product", ["magnet", "oxide"])
def test_a_plant_without_feed_or_buyers_neither_helps_nor_harms(product: str) -> None:
    cut = Scenario("cut", DAY, 1.0, (Shock("ban", "CHN", ("*",), ("oxide",), DAY), *CUT.shocks))
    plant = Option("m", "project", "M", "JPN", product, 300.0, 1e6, ((product, 300.0),), "textbook", 2026.0)
    given = with_options(feed_world(), parameters=STEADY)
    with_it, without = (allied_costs(given, cut, taken, ["JPN"], 260, 1, 0, "kernel") for taken in ([(plant, 1.0)], []))
    assert with_it == pytest.approx(without, rel=1e-5)


def test_a_stock_in_the_plan_lowers_the_cost_in_the_stress_engine() -> None:
    given = with_options(buyer(), prices=[("magnet", 1e3)])
    found = solve(given, [RANGE], share=0.4)
    assert found.spent > 0
    tried = trial(given, [RANGE], found, weeks=52, draws=16)
    mean = dict(tried.table.select("state", "mean").iter_rows())
    assert tried.table["state"].to_list() == ["nothing", "plan", "its stocks alone", "its projects alone"]
    assert mean["plan"] == mean["its stocks alone"] < mean["nothing"] == mean["its projects alone"]
    for low, middle, high in (("low", "mean", "high"), ("saved_low", "saved", "saved_high")):
        assert (tried.table[low] <= tried.table[middle]).all()
        assert (tried.table[middle] <= tried.table[high]).all()
    assert (tried.table["mean"] <= tried.table["cvar"] * (1 + 1e-9)).all()
    assert (tried.table["by_value"] <= tried.table["mean"] * (1 + 1e-9)).all()


def test_a_project_where_nothing_is_made_yet_helps_in_the_engine() -> None:
    plants = [("p", "JPN", "magnet", "construction", 2026, 1e6, 1)]
    given = with_options(buyer(), plants, [("p", "magnet", 500.0)])
    found = solve(given, [RANGE], share=0.4)
    table = trial(given, [RANGE], found, weeks=104, draws=4).table
    mean = dict(table.select("state", "mean").iter_rows())
    assert mean["plan"] == mean["its projects alone"] < 0.7 * mean["nothing"] == 0.7 * mean["its stocks alone"]


def test_another_plan_stands_beside_it_on_the_same_draws_and_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    given = with_options(buyer(), prices=[("magnet", 1e3)])
    found = solve(given, [RANGE], share=0.4)
    tried = trial(given, [RANGE], found, rivals={"the same again": found}, weeks=52, draws=20)
    rows = {row["state"]: row for row in tried.table.iter_rows(named=True)}
    assert {**rows["the same again"], "state": "plan"} == rows["plan"]
    monkeypatch.setattr("ytterby.planning.trial.BLOCK", 8)
    assert trial(given, [RANGE], found, weeks=52, draws=20).table.equals(tried.table.head(4))


def test_the_cost_by_value_takes_the_least_valuable_uses_first() -> None:
    labels = pl.DataFrame({"product": ["a", "a", "b"], "actor": ["JPN"] * 3})
    wanted, missing = np.full((52, 3, 2), 1.0), np.zeros((52, 3, 2))
    missing[:, :, 0] = 0.5
    cost = by_value(labels, np.array([5.0, 2.0, 7.0]), wanted, missing)
    assert cost.tolist() == [52 * 2.0 + 26 * 7.0, 0.0]
