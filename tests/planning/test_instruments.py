"""Instruments: the cheapest mix against a linear program, investment conditions by hand, and cash that adds up."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.planning.cases import DAY, PLAIN, buyer, chosen, scenario, solve, with_options
from tests.worlds import world
from ytterby.core.world import World, load_world
from ytterby.planning.instruments import CAPITAL, DEBT, Floor, Means, cheapest, means, price_floor, raised, terms
from ytterby.planning.invest import Business, annuity, business
from ytterby.planning.money import Budgets
from ytterby.planning.options import Option
from ytterby.planning.plan import Plan

BAN = [scenario("ban", 1.0, "magnet")]
PLANT = Business(100.0, 20.0, 50.0, 5.0, 0.0, 0.0, 20.0, 0.08, 0.5)
NAMES = st.fixed_dictionaries(
    {name: st.tuples(st.floats(0.1, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0)) for name in CAPITAL},
)


def tools(figures: dict[str, tuple[float, float, float]]) -> list[Means]:
    return [Means(name, most, cost, relief, "assumed") for name, (most, cost, relief) in figures.items()]


@given(NAMES, st.floats(1.0, 100.0), st.floats(-50.0, 120.0), st.floats(0.3, 1.0))
def test_the_mix_is_the_cheapest_of_all(figures: dict[str, tuple[float, float, float]], money: float, gap: float, debt: float) -> None:
    with_, capital = tools(figures), 100.0
    found = raised(money, capital, gap, with_, debt)
    best = linprog(
        [one.cost for one in with_],
        A_ub=[[-one.relief for one in with_], [float(one.name in DEBT) for one in with_]],
        b_ub=[-gap, debt * capital],
        A_eq=[[1.0] * len(with_)],
        b_eq=[money],
        bounds=[(0.0, one.most * capital) for one in with_],
    )
    if found is None:
        # A cent more or less is the rounding that both leave.
        assert best.x is None or float(np.array([one.relief for one in with_]) @ best.x) <= gap + 0.1
        return
    cost = {one.name: one.cost for one in with_}
    assert sum(found.values()) == pytest.approx(money, abs=0.1)
    assert best.status == 0 or gap > sum(one.relief * found.get(one.name, 0.0) for one in with_) - 0.1
    if best.status == 0:
        assert sum(cost[name] * usd for name, usd in found.items()) == pytest.approx(best.fun, abs=0.1)


def test_a_project_that_pays_takes_the_cheapest_money() -> None:
    loan, grant = Means("loan", 0.8, 0.1, 0.2, "assumed"), Means("grant", 0.5, 1.0, 1.0, "assumed")
    mix = cheapest(PLANT, 100.0, 100.0, [loan, grant], None, 0.05)
    assert PLANT.value() > 0
    assert mix is not None
    assert dict(mix.parts) == pytest.approx({"loan": 80.0, "grant": 20.0})
    assert mix.floor == 0.0
    assert mix.public == pytest.approx(28.0)


def test_a_gap_is_closed_by_dearer_money_to_the_dollar() -> None:
    # Sales fall to 10: 5 a year are worth 49, 51 less than the capital, where loans for all would relieve 20.
    loan, grant = Means("loan", 0.8, 0.1, 0.2, "assumed"), Means("grant", 1.0, 1.0, 1.0, "assumed")
    poor = replace(PLANT, sales=10.0)
    gap = 100.0 - 5 * annuity(0.08, 20.0)
    assert poor.value() == pytest.approx(-gap)
    mix = cheapest(poor, 100.0, 100.0, [loan, grant], None, 0.05)
    assert mix is not None
    # x of loans, the rest grants: 0.2 x + (100 - x) = gap.
    assert mix.parts["loan"] == pytest.approx((100.0 - gap) / 0.8)


def test_a_plant_that_loses_money_each_year_needs_a_floor_or_is_none() -> None:
    grant = Means("grant", 1.0, 1.0, 1.0, "assumed")
    losing = replace(PLANT, sales=3.0)
    assert cheapest(losing, 100.0, 100.0, [grant], None, 0.05) is None
    mix = cheapest(losing, 100.0, 100.0, [grant], Floor(2.0, 1.0, 10.0, "assumed"), 0.05)
    assert mix is not None
    assert mix.floor > 0
    assert losing.value(mix.floor, 10.0) + mix.parts["grant"] >= -0.1
    assert mix.payment == pytest.approx(50.0 * (mix.floor - 1.0))


def test_investors_judge_by_the_worst_courses() -> None:
    wide = replace(PLANT, spread=0.4)
    assert replace(wide, tail=0.0).value() == pytest.approx(PLANT.value(), rel=1e-9)
    assert wide.value() < replace(wide, tail=0.0).value()
    values = [wide.value(level, 10.0) for level in np.linspace(0.0, 2.0, 21)]
    assert all(more >= less - 1e-9 for less, more in pairwise(values))


def economic(given_: World) -> World:
    """The world with prices, costs and the embedded terms, so that conditions can be worked out."""
    real = load_world()
    given_ = given_.with_table("terms", real["terms"].with_columns(source=pl.lit("textbook")))
    return given_.with_table("instruments", real["instruments"].with_columns(source=pl.lit("textbook")))


def one_plant(magnet: float = 100.0, opex: float = 10.0, capex: float = 2e5) -> World:
    """JPN may build a plant for 500 t of magnets at 200,000 USD; a tonne sells at `magnet` USD and costs `opex`."""
    given_ = with_options(
        buyer(), [("p", "JPN", "magnet", "construction", 2026, capex, 1)], [("p", "magnet", 500.0)], [("magnet", magnet)], PLAIN
    )
    return economic(given_.with_table("processes", given_["processes"].with_columns(opex=pl.lit(opex))))


def test_a_plan_names_the_support_of_what_it_builds() -> None:
    result = solve(one_plant(), BAN)
    rows = result.cash.filter(pl.col("option") == "p")
    assert set(rows["instrument"]) == {"guarantee", "equity"}
    assert "support: guarantee 80%, equity 20%" in result.options.filter(pl.col("option") == "p")["why"].item()
    assert dict(rows.select("instrument", "usd").iter_rows()) == {"guarantee": pytest.approx(1.6e5), "equity": pytest.approx(4e4)}
    assert dict(rows.select("instrument", "cost").iter_rows()) == {"guarantee": pytest.approx(8e3), "equity": pytest.approx(2e4)}
    adds_up(result)


def test_a_plant_that_cannot_live_by_its_price_gets_a_floor() -> None:
    given_ = one_plant(magnet=100.0, opex=101.0, capex=1e4)
    result = solve(given_, BAN, years=[2026, 2027, 2028])
    assert "price_floor" in set(result.cash.filter(pl.col("option") == "p")["instrument"])
    adds_up(result)
    hopeless = solve(one_plant(magnet=100.0, opex=400.0), BAN)
    assert "no mix of instruments" in hopeless.options.filter(pl.col("option") == "p")["why"].item()


def test_a_condition_that_cannot_be_worked_out_is_said_so() -> None:
    given_ = one_plant()
    given_ = given_.with_table("processes", given_["processes"].with_columns(opex=pl.lit(None, dtype=pl.Float64)))
    assert "cannot be told without an operating cost of magnet" in solve(given_, BAN).options.filter(pl.col("option") == "p")["why"].item()


def test_a_signed_floor_is_not_paid_twice() -> None:
    plain = one_plant(magnet=100.0, opex=101.0)
    deals = [
        {"option": "deal", "party": name, "name": "Deal", "date": DAY, "instrument": "price_floor", "material": "stuff"}
        for name in ("JPN",)
    ]
    rows = pl.DataFrame([{**deal, "project": "p", "basis": "assumed", "source": "textbook"} for deal in deals])
    result = solve(plain.with_table("agreements", rows), BAN)
    assert "price_floor" not in set(result.cash.filter(pl.col("option") == "p")["instrument"])
    assert chosen(result)["p"] == pytest.approx(1.0)


def adds_up(result: Plan) -> None:
    assert result.cash["usd"].sum() == pytest.approx(result.spent)
    assert (result.cash["cost"] <= result.cash["usd"] + 1e-6).all()
    assert result.cash["year"].is_in(result.years).all()
    by_option = dict(result.cash.group_by("option").agg(pl.col("usd").sum()).iter_rows())
    paid = dict(result.options.filter(pl.col("usd") > 0).select("option", "usd").iter_rows())
    assert by_option == pytest.approx(paid)


def test_cash_is_paid_by_the_host_or_by_those_in_need() -> None:
    given_ = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 1000.0), ("magnet", "AUS", 1.0)],
        trade=[("magnet", "CHN", "JPN", 750.0), ("magnet", "CHN", "USA", 250.0)],
        demand=[("magnet", "JPN", "car", 750.0), ("magnet", "USA", "car", 250.0), ("magnet", "AUS", "car", 1.0)],
    )
    plants = [("home", "USA", "magnet", "construction", 2026, 1e6, 1), ("away", "AUS", "magnet", "construction", 2026, 2e6, 1)]
    made = with_options(given_, plants, [("home", "magnet", 300.0), ("away", "magnet", 300.0)])
    result = solve(made, BAN, allies="JPN,USA")
    paid = {(option, name): usd for option, name, usd in result.cash.select("option", "government", "usd").iter_rows()}
    assert paid == {("home", "USA"): 1e6, ("away", "JPN"): pytest.approx(1.5e6), ("away", "USA"): pytest.approx(0.5e6)}
    limited = solve(made, BAN, Budgets(1e9, governments={"JPN": 0.0}), allies="JPN,USA")
    assert set(limited.cash["government"]) == {"USA"}
    adds_up(limited)


def test_the_embedded_terms_are_whole() -> None:
    real = load_world()
    assert [one.name for one in means(real)] == list(CAPITAL)
    assert all(0 <= one.cost <= 1 and 0 < one.relief <= 1 and 0 < one.most <= 1 for one in means(real))
    assert price_floor(real) is not None
    assert set(real["terms"]["instrument"]) <= set(real["instruments"]["instrument"])
    bounds = real["terms"].drop_nulls(["low", "high"])
    assert ((bounds["low"] <= bounds["value"]) & (bounds["value"] <= bounds["high"])).all()


def test_without_terms_support_is_a_grant() -> None:
    assert means(World({})) == (Means("grant", 1.0, 1.0, 1.0, "assumed"),)
    assert price_floor(World({})) is None
    assert terms(World({}), "loan") == {}


def test_feed_made_by_the_project_itself_is_not_bought() -> None:
    given_ = world(
        products=[("oxide", "separation"), ("magnet", "magnet")],
        recipes=[("magnet", "oxide", 2.0)],
        production=[("oxide", "CHN", 2000.0), ("magnet", "CHN", 1000.0)],
        trade=[("magnet", "CHN", "JPN", 1000.0)],
        demand=[("magnet", "JPN", "car", 1000.0)],
    )
    made = with_options(given_, prices=[("magnet", 100.0), ("oxide", 30.0)])
    made = made.with_table("processes", made["processes"].with_columns(opex=pl.lit(5.0)))
    recipes = {"magnet": (("oxide", 2.0),)}
    alone = Option("p", "project", "P", "JPN", "magnet", 10.0, 1.0, (("magnet", 10.0),), "s", 2028.0, begin=2026.0, capital=50.0)
    joint = replace(alone, outputs=(("magnet", 10.0), ("oxide", 25.0)))
    first, second = business(made, alone, recipes)[0], business(made, joint, recipes)[0]
    assert first is not None
    assert second is not None
    assert (first.sales, first.opex, first.main, first.wait) == (10 * 100 - 20 * 30, 50.0, 1000.0, 2.0)
    assert (second.sales, second.opex) == (10 * 100 + 5 * 30, 175.0)
