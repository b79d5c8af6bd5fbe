"""Answers that can be worked out by hand (design: SECURE, known answers)."""

import numpy as np
import polars as pl
import pytest

from tests.planning.cases import DAY, PLAIN, buyer, chosen, missing, passing, scenario, solve, with_options
from tests.worlds import chain, two_suppliers, world
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.simulate import stress
from ytterby.planning.plan import plan
from ytterby.planning.recourse import tail_mean

VALUE = 1e6


@pytest.mark.parametrize(
    ("chance", "risk", "tail"), [(0.1, 0.0, 0.95), (0.1, 0.5, 0.95), (0.02, 0.5, 0.95), (0.3, 2.0, 0.5), (0.3, 1.0, 0.0)]
)
@pytest.mark.parametrize("side", [0.99, 1.01])
def test_the_stock_is_bought_below_its_threshold_only(chance: float, risk: float, tail: float, side: float) -> None:
    threshold = VALUE * chance + risk * VALUE * min(1.0, chance / (1 - tail))
    given = with_options(buyer(), prices=[("magnet", side * threshold)])
    result = solve(given, [scenario("ban", chance, "magnet"), scenario("calm", 1 - chance)], risk=risk, cvar=tail)
    assert chosen(result) == ({"stock:magnet:JPN": pytest.approx(1.0)} if side < 1 else {})
    assert result.spent == pytest.approx(side * threshold * 1000 if side < 1 else 0.0)


def test_random_loss_is_covered_up_to_its_quantile() -> None:
    count, risk, tail, price = 200, 0.5, 0.8, 0.35 * VALUE
    losses = (np.arange(count) + 0.5) / count
    cases = [scenario(f"s{number}", 1.0, "magnet") for number in range(count)]
    share = {case.name: 1 - loss for case, loss in zip(cases, losses, strict=True)}
    result = solve(with_options(buyer(), prices=[("magnet", price)]), cases, share=share, risk=risk, cvar=tail)
    quantile = 1 - price / (VALUE * (1 + risk / (1 - tail)))
    assert quantile >= tail
    assert chosen(result)["stock:magnet:JPN"] == pytest.approx(quantile, abs=1.01 / count)


def test_without_a_shock_nothing_is_bought() -> None:
    given = with_options(buyer(), [("plant", "JPN", "magnet", "planned", None, 1.0, 1)], [("plant", "magnet", 500.0)], [("magnet", 1.0)])
    result = solve(given, [scenario("calm", 1.0)], years=[2026, 2027, 2028, 2029])
    assert (chosen(result), result.spent, result.cost_before, result.cost_after) == ({}, 0.0, 0.0, 0.0)


def test_an_unbounded_value_leaves_no_shortage_at_least_cost() -> None:
    given = with_options(
        buyer(uses=(("car", "essential", 1e9),)),
        [(n, "JPN", "magnet", "construction", 2026, c, 1) for n, c in (("a", 9e6), ("b", 5e6))],
        [("a", "magnet", 800.0), ("b", "magnet", 500.0)],
    )
    result = solve(given, [scenario("ban", 1.0, "magnet")])
    assert missing(result)[2026] == pytest.approx(0.0, abs=1e-6)
    assert chosen(result) == {"b": pytest.approx(1.0), "a": pytest.approx(500 / 800)}
    assert result.spent == pytest.approx(5e6 + 9e6 * 500 / 800)


def test_budget_zero_is_the_stress_on_the_same_shocks() -> None:
    result = solve(chain(), [scenario("ban", 1.0, "oxide")], budget=0.0)
    assert missing(result) == missing(result, "before") == {2026: pytest.approx(1040.0)}
    assert result.cost_before == pytest.approx(1040 * VALUE)
    both = solve(two_suppliers(0.6), [scenario("ban", 1.0, "magnet")], budget=0.0, allies="JPN,USA")
    assert missing(both)[2026] == pytest.approx(0.6 * 2000)


@pytest.mark.parametrize(("given", "product", "allies"), [(chain(), "oxide", "JPN"), (two_suppliers(0.6), "magnet", "JPN,USA")])
def test_without_a_plan_the_shortage_is_what_the_stress_test_settles_at(given: World, product: str, allies: str) -> None:
    case = Scenario("ban", DAY, 1.0, (Shock("ban", "CHN", ("*",), (product,), DAY),))
    result = plan(given, [case], 0.0, allies, years=[2027])
    late = stress(given, case, weeks=104).outcome.filter((pl.col("week") >= 52) & pl.col("actor").is_in(allies.split(",")))
    weekly = float((late["wanted"] - late["got"]).sum()) * 365 / 364
    assert missing(result)[2027] == pytest.approx(weekly, rel=1e-3)


def test_a_stock_in_hand_is_used_once() -> None:
    given = with_options(buyer(stocks=[("magnet", "JPN", "industry", 73.0)]))
    result = solve(given, [scenario("ban", 1.0, "magnet")], years=[2026, 2027])
    assert sum(missing(result).values()) == pytest.approx(2000 - 200)


def test_nothing_built_helps_before_its_lead_time() -> None:
    given = with_options(buyer(), [("plant", "JPN", "magnet", "planned", None, 1e6, 1)], [("plant", "magnet", 400.0)])
    result = solve(given, [scenario("ban", 1.0, "magnet")], years=[2026, 2027, 2028, 2029])
    assert [round(t) for t in missing(result).values()] == [1000, 1000, 600, 600]
    assert result.options["start"].item() == 2028


def test_feed_follows_the_minor_product_of_two() -> None:
    given = world(
        products=[("major", "mine"), ("minor", "mine")],
        recipes=[],
        production=[("major", "CHN", 100.0), ("minor", "CHN", 30.0)],
        trade=[("major", "CHN", "JPN", 100.0), ("minor", "CHN", "JPN", 30.0)],
        demand=[("major", "JPN", "toy", 100.0), ("minor", "JPN", "car", 30.0)],
    )
    made = with_options(
        given, [("mine", "JPN", "mine", "construction", 2026, 1e3, 1)], [("mine", "major", 1000.0), ("mine", "minor", 50.0)]
    )
    result = solve(made, [scenario("ban", 1.0, "minor")])
    assert chosen(result)["mine"] == pytest.approx(30 / 50)


def test_the_bottleneck_of_a_chain_carries_the_value() -> None:
    result = solve(chain(), [scenario("ban", 1.0, "oxide")])
    rows = {(product, kind): usd for product, kind, usd in result.bottlenecks.select("product", "constraint", "usd_per_t").iter_rows()}
    assert rows["oxide", "supply"] == pytest.approx(VALUE / 2, rel=1e-3)
    assert ("magnet", "capacity") not in rows
    assert result.bottlenecks.filter(pl.col("product") == "ore").is_empty()


def test_a_partner_that_brings_nothing_is_worth_nothing_and_equals_are_equal() -> None:
    given = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 600.0), *(("magnet", actor, 100.0) for actor in ("AUS", "CAN"))],
        trade=[
            *(("magnet", "CHN", buyer, 200.0) for buyer in ("JPN", "USA", "DEU")),
            *(("magnet", maker, buyer, 50.0) for maker in ("AUS", "CAN") for buyer in ("JPN", "USA")),
        ],
        demand=[("magnet", "JPN", "car", 300.0), ("magnet", "USA", "car", 300.0), ("magnet", "DEU", "car", 200.0)],
    )
    result = solve(given, [scenario("ban", 1.0, "magnet")], allies="JPN,USA,DEU,AUS,CAN")
    worth = dict(result.partners.select("actor", "worth").iter_rows())
    assert worth["DEU"] == pytest.approx(0.0)
    assert worth["AUS"] == pytest.approx(worth["CAN"]) == pytest.approx(100 * VALUE)
    assert worth["JPN"] == pytest.approx(worth["USA"])


def test_defence_comes_first() -> None:
    result = solve(two_suppliers(0.9), [scenario("ban", 1.0, "magnet")])
    by_use = dict(result.service.filter(pl.col("state") == "after").group_by("use").agg(pl.col("missing").sum()).iter_rows())
    assert by_use == {"radar": pytest.approx(20.0), "car": pytest.approx(700.0)}


def test_a_class_valued_below_a_lower_one_is_lifted_and_said_so() -> None:
    uses = (("car", "essential", 1e6), ("radar", "defence", 1e3))
    given = two_suppliers(0.9).with_table("uses", buyer(uses=uses)["uses"]).with_table("values", buyer(uses=uses)["values"])
    result = solve(given, [scenario("ban", 1.0, "magnet")])
    radar = result.service.filter((pl.col("state") == "after") & (pl.col("use") == "radar"))
    assert radar["missing"].item() == pytest.approx(20.0)
    assert any("radar" in limit for limit in result.limits)


def test_equal_uses_share_a_shortage() -> None:
    demand = [("magnet", "JPN", "car", 600.0), ("magnet", "JPN", "bus", 400.0)]
    given = world([("magnet", "magnet")], [], [("magnet", "CHN", 1000.0)], [("magnet", "CHN", "JPN", 1000.0)], demand)
    alike = buyer(uses=(("car", "essential", 1e6), ("bus", "essential", 1e6)))
    given = given.with_table("uses", alike["uses"]).with_table("values", alike["values"])
    result = solve(given, [scenario("ban", 1.0, "magnet")], share=0.5)
    for wanted, lost in result.service.filter(pl.col("state") == "after").select("wanted", "missing").iter_rows():
        assert 0.4 <= lost / wanted <= 0.6


def test_a_demand_shock_and_a_release_count() -> None:
    shocks = (
        Shock("demand", "JPN", (), ("magnet",), DAY, figures={"severity": (0.5, 0.5, 0.5)}),
        Shock("release", "JPN", (), ("magnet",), DAY, figures={"t": (120.0, 120.0, 120.0)}),
    )
    result = plan(buyer(), [Scenario("boom", DAY, 1.0, shocks)], 0.0, "JPN", years=[2026], available=passing())
    assert missing(result)[2026] == pytest.approx(1500 - 1000 - 120)


def test_cvar_is_the_mean_of_the_worst_cases() -> None:
    chance, cost = np.array([0.5, 0.3, 0.2]), np.array([1.0, 10.0, 100.0])
    assert tail_mean(chance, cost, 0.8) == pytest.approx(100.0)
    assert tail_mean(chance, cost, 0.6) == pytest.approx((0.2 * 100 + 0.2 * 10) / 0.4)
    share = {"a": 0.9, "b": 0.5, "c": 0.0}
    cases = [scenario(name, weight, "magnet") for name, weight in zip(share, chance, strict=True)]
    result = solve(with_options(buyer(), parameters=PLAIN), cases, share=share, cvar=0.6)
    losses = [(1 - left) * 1000 * VALUE for left in share.values()]
    assert result.cvar_before == pytest.approx(tail_mean(chance, losses, 0.6))
    assert result.cost_before == pytest.approx(float(chance @ losses))
