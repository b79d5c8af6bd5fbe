"""The plan in the weekly stress engine, on fresh draws."""

import pytest

from tests.planning.cases import DAY, buyer, solve, with_options
from ytterby.core.scenario import Scenario, Shock
from ytterby.planning.trial import STATES, trial

OUTAGE = Scenario("outage", DAY, 1.0, (Shock("outage", "CHN", (), ("magnet",), DAY, figures={"severity": (-1.0, -0.6, -0.2)}),))


def test_a_stock_in_the_plan_lowers_the_cost_in_the_stress_engine() -> None:
    given = with_options(buyer(), prices=[("magnet", 1e3)])
    plan = solve(given, [OUTAGE], share=0.4)
    assert plan.spent > 0
    found = trial(given, [OUTAGE], plan, weeks=52, draws=16)
    mean = dict(found.table.select("state", "mean").iter_rows())
    assert found.table["state"].to_list() == list(STATES)
    assert mean["plan"] == mean["stocks of the plan only"] < mean["nothing"] == mean["projects of the plan only"]
    assert (found.table["low"] <= found.table["mean"]).all()
    assert (found.table["mean"] <= found.table["high"]).all()
    assert (found.table["mean"] <= found.table["cvar"] + 1e-6).all()


def test_a_project_where_nothing_is_made_yet_is_named_as_left_out() -> None:
    plants = [("p", "JPN", "magnet", "construction", 2026, 1e6, 1)]
    given = with_options(buyer(), plants, [("p", "magnet", 500.0)])
    plan = solve(given, [OUTAGE], share=0.4)
    found = trial(given, [OUTAGE], plan, weeks=52, draws=4)
    assert found.missing == ("p",)
    assert found.table["mean"].to_list() == pytest.approx([found.table["mean"][0]] * 4)
