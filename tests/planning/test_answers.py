"""Further questions to a plan, worked out by hand: a day of cover, a month, single agreements, budget against risk."""

import numpy as np
import pytest

from tests.planning.cases import buyer, scenario, solve, with_options
from tests.planning.test_options import with_partner

BAN = [scenario("ban", 1.0, "magnet")]


def test_a_day_of_cover_is_a_days_need() -> None:
    result = solve(with_options(buyer()), BAN, further=True)
    usd = dict(result.answers.select("question", "usd").iter_rows())
    assert usd["day_of_cover"] == pytest.approx(1000 / 365 * 1e6, rel=1e-6)
    assert usd["evpi"] == usd["vss"] == usd["month_sooner"] == 0.0
    assert "2.7 M USD" in result.answers.filter(result.answers["question"] == "day_of_cover")["says"].item()


def test_a_month_sooner_is_told_with_the_plan() -> None:
    plants = [("p", "JPN", "magnet", "construction", 2028, 1e6, 1)]
    given = with_options(buyer(), plants, [("p", "magnet", 240.0)])
    result = solve(given, BAN, years=[2026, 2027, 2028], further=True)
    assert dict(result.answers.select("question", "usd").iter_rows())["month_sooner"] == pytest.approx(20e6)


def test_no_questions_are_answered_unless_asked() -> None:
    result = solve(with_options(buyer()), BAN)
    assert result.answers.is_empty()
    assert result.frontier.is_empty()


def test_the_frontier_falls_to_what_the_plan_reaches() -> None:
    plants = [(name, "JPN", "magnet", "construction", 2026, usd, 1) for name, usd in (("a", 9e6), ("b", 5e6))]
    given = with_options(buyer(), plants, [("a", "magnet", 300.0), ("b", "magnet", 200.0)])
    result = solve(given, BAN, further=True)
    rows = result.frontier
    assert (np.diff(rows["cost"].to_numpy()) <= 1e-3).all()
    assert rows["cost"][0] == pytest.approx(result.cost_before)
    assert rows["cost"][-1] == pytest.approx(result.cost_after)
    # A quarter of 14 M USD buys 3.5 / 5 of plant b, the cheaper tonnes.
    assert rows["cost"][1] == pytest.approx((1000 - 200 * 3.5 / 5) * 1e6)


def test_equal_agreements_are_worth_the_same_and_add_up() -> None:
    deals = [{"option": name, "party": party, "share": 0.25} for name in ("one", "two") for party in ("AUS", "JPN")]
    table = solve(with_options(with_partner(), agreements=deals), BAN).accords
    assert table["option"].to_list() == ["one", "two"]
    assert table["shapley"][0] == pytest.approx(table["shapley"][1])
    # A quarter of what AUS makes is 125 t, of which 100 t come anyway.
    assert table["shapley"].sum() == pytest.approx(2 * 25 * 1e6)
    assert (table["error"] == 0.0).all()
    assert solve(with_options(with_partner()), BAN).accords.is_empty()


def test_an_agreement_that_another_makes_needless_is_worth_less_alone_than_shared() -> None:
    deals = [{"option": name, "party": party, "t": 1e6} for name in ("one", "two") for party in ("AUS", "JPN")]
    table = solve(with_options(with_partner(), agreements=deals), BAN).accords
    assert (table["worth"] <= table["shapley"] + 1e-3).all()
