"""Vintages and budgets by year and government: small worlds by hand, laws, and the method against the extensive form."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.planning.cases import PLAIN, buyer, chosen, missing, passing, scenario, solve, with_options
from tests.worlds import world
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.planning.assembly import MILLION
from ytterby.planning.case import case
from ytterby.planning.lshaped import LShaped
from ytterby.planning.money import Budgets, parse
from ytterby.planning.plan import Plan
from ytterby.planning.problem import build
from ytterby.planning.recourse import extensive
from ytterby.planning.solver import Solver

YEARS = (2026, 2027, 2028, 2029, 2030)
BAN = [scenario("ban", 1.0, "magnet")]
SLOW = settings(max_examples=15)


def planned(*plants: tuple[str, float, float], parameters: dict[str, float] = PLAIN, prices: Any = ()) -> World:
    """Planned magnet plants in JPN, two years to build, by name, t a year and USD."""
    rows = [(name, "JPN", "magnet", "planned", None, usd, 1) for name, _, usd in plants]
    return with_options(buyer(), rows, [(name, "magnet", t) for name, t, _ in plants], prices, parameters)


def test_a_plant_that_pays_begins_at_once() -> None:
    result = solve(planned(("p", 400.0, 1e6)), BAN, years=YEARS)
    assert [round(t) for t in missing(result).values()] == [1000, 1000, 600, 600, 600]
    assert result.options["start"].item() == 2028


def test_money_that_comes_later_begins_it_later() -> None:
    # Half of 1 M USD falls due in each of two years; nothing may be spent in 2026.
    result = solve(planned(("p", 400.0, 1e6)), BAN, Budgets(1e9, {2026: 0.0}), years=YEARS)
    assert [round(t) for t in missing(result).values()] == [1000, 1000, 1000, 600, 600]
    assert result.options["start"].item() == 2029
    assert "not begun before 2027" in result.options["why"].item()


def test_a_plant_may_be_begun_in_parts() -> None:
    # 0.25 M USD a year without carry-over: half a plant from 2028 on pays it out in 2026 and 2027, the other half follows in 2028 and 2029.
    limits = Budgets(1e9, dict.fromkeys(YEARS, 0.25e6), carry=False)
    result = solve(planned(("p", 400.0, 1e6)), BAN, limits, years=YEARS)
    assert [round(t) for t in missing(result).values()] == [1000, 1000, 800, 800, 600]
    assert chosen(result) == {"p": pytest.approx(1.0)}
    assert result.spent == pytest.approx(1e6)


def test_what_a_year_leaves_is_carried_over_or_not() -> None:
    limits = {2026: 0.5e6, 2027: 0.0, 2028: 0.0, 2029: 0.0, 2030: 0.0}
    carried = solve(planned(("p", 400.0, 1e6)), BAN, Budgets(1e9, limits), years=YEARS)
    kept = solve(planned(("p", 400.0, 1e6)), BAN, Budgets(1e9, limits, carry=False), years=YEARS)
    # Of 0.5 M USD, half is left for 2027: half a plant. Without carry-over the second year has nothing.
    assert chosen(carried) == {"p": pytest.approx(0.5)}
    assert chosen(kept) == {}


def test_waiting_pays_where_the_shortage_comes_late() -> None:
    # Two years to build; magnets are scarce from 2030 on only, and money discounts at 10 %: it is begun in 2028, not before.
    late = dict.fromkeys(YEARS, 1.0) | {2030: 0.0}

    def available(given: World, one: Any, years: Any) -> pl.DataFrame:
        links = passing(0.0)(given, one, years)
        return links.with_columns(share=pl.col("year").replace_strict(late, return_dtype=pl.Float64))

    dear = planned(("p", 400.0, 1e6), parameters={**PLAIN, "discount_rate": 0.1})
    result = solve(dear, BAN, years=YEARS, available=available)
    assert result.options["start"].item() == 2030
    assert result.spent == pytest.approx(1e6)


def test_each_government_pays_out_of_its_own_budget() -> None:
    given = two_allies()
    free = solve(given, BAN, 1e9, allies="JPN,USA")
    assert chosen(free) == {"a": pytest.approx(1.0)}
    # 4 M USD are needed: Japan has 1, the United States 2, so that three quarters are built.
    short = solve(given, BAN, Budgets(1e9, governments={"JPN": 1e6, "USA": 2e6}), allies="JPN,USA")
    assert chosen(short) == {"a": pytest.approx(0.75)}
    year = solve(given, BAN, Budgets(1e9, governments={"JPN": 1e6}, both={("USA", 2026): 5e5}), allies="JPN,USA")
    assert chosen(year) == {"a": pytest.approx(1.5 / 4)}


def test_further_questions_are_answered_with_budgets_by_government_too() -> None:
    result = solve(
        two_allies(), BAN, Budgets(1e9, {2026: 5e6}, {"JPN": 1e6, "USA": 3e6}), allies="JPN,USA", further=True, must=["a"], years=[2026]
    )
    assert result.answers.height > 0
    assert (result.frontier["spent"] <= result.frontier["budget"] + 1.0).all()


def two_allies() -> World:
    given = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 1000.0)],
        trade=[("magnet", "CHN", "JPN", 500.0), ("magnet", "CHN", "USA", 500.0)],
        demand=[("magnet", "JPN", "car", 500.0), ("magnet", "USA", "car", 500.0)],
    )
    return with_options(given, [("a", "JPN", "magnet", "construction", 2026, 4e6, 1)], [("a", "magnet", 800.0)])


CASES = st.fixed_dictionaries(
    {
        "loss": st.lists(st.floats(0.0, 1.0), min_size=1, max_size=3),
        "plants": st.lists(st.tuples(st.floats(50.0, 800.0), st.floats(1e7, 3e9)), min_size=1, max_size=3),
        "price": st.floats(1e4, 3e6),
        "budgets": st.lists(st.floats(0.0, 1e9), min_size=5, max_size=5),
        "carry": st.booleans(),
        "by": st.booleans(),
        "risk": st.floats(0.0, 2.0),
    }
)


def instance(one: dict[str, Any]) -> tuple[World, list[Any], dict[str, float], Budgets]:
    plants = [(f"p{number}", t, usd) for number, (t, usd) in enumerate(one["plants"])]
    given = planned(*plants, parameters={**PLAIN, "discount_rate": 0.07}, prices=[("magnet", one["price"])])
    cases = [scenario(f"s{number}", 1 / len(one["loss"]), "magnet") for number in range(len(one["loss"]))]
    share = {f"s{number}": 1 - loss for number, loss in enumerate(one["loss"])}
    limits = dict(zip(YEARS, one["budgets"], strict=True))
    if one["by"]:
        return given, cases, share, Budgets(1e12, both={("JPN", year): usd for year, usd in limits.items()}, carry=one["carry"])
    return given, cases, share, Budgets(1e12, limits, carry=one["carry"])


@SLOW
@given(CASES)
def test_the_method_finds_the_extensive_forms_optimum_with_vintages_and_budgets(one: dict[str, Any]) -> None:
    given_, cases, share, budgets = instance(one)
    made = case(given_, cases, frozenset({"JPN"}), YEARS, one["risk"], 0.5, passing(share))[0]
    problem = build(made, frozenset({"JPN"}), budgets)
    assert any("@" in option.option for option in problem.options)
    found = LShaped(problem.program).minimise()
    assert found.upper == pytest.approx(Solver(extensive(problem.program)).solve().objective, rel=1e-6, abs=1e-9)
    # The rows hold, worked out anew: a project no more than once, each year (and all before it) within its budget.
    z = found.z[: len(problem.options)]
    assert all(z[numbers].sum() <= 1 + 1e-9 for numbers in problem.groups)
    due = z @ np.array([option.paid(YEARS) for option in problem.options])
    limit = np.array(one["budgets"])
    used, allowed = (np.cumsum(due), np.cumsum(limit)) if one["carry"] else (due, limit)
    assert (used <= allowed * (1 + 1e-6) + 1.0).all()
    assert float(problem.cost @ z) == pytest.approx(float(made.discount @ due), rel=1e-9, abs=1e-3)
    assert float(problem.cost @ z) / MILLION <= found.upper + 1e-6


@SLOW
@given(CASES, st.integers(0, 4), st.floats(1.0, 5.0))
def test_more_budget_in_a_year_never_costs_more(one: dict[str, Any], year: int, times: float) -> None:
    more = {**one, "budgets": [usd * (times if number == year else 1.0) for number, usd in enumerate(one["budgets"])]}
    costs = []
    for each in (one, more):
        given_, cases, share, budgets = instance(each)
        made = case(given_, cases, frozenset({"JPN"}), YEARS, each["risk"], 0.5, passing(share))[0]
        costs.append(LShaped(build(made, frozenset({"JPN"}), budgets).program).minimise().upper)
    assert costs[1] <= costs[0] * (1 + 1e-6) + 1e-6


@SLOW
@given(CASES)
def test_no_vintage_helps_before_its_lead_has_passed(one: dict[str, Any]) -> None:
    given_, cases, share, _ = instance(one)
    made = case(given_, cases, frozenset({"JPN"}), YEARS, 0.0, 0.0, passing(share))[0]
    for option in (option for option in made.options if option.kind == "project"):
        begun = option.outlays[0][0]
        assert all(option.ready(year) == 0.0 for year in YEARS if year < begun + 2)
        assert option.opening <= YEARS[-1]


@pytest.mark.parametrize(
    ("budgets", "message"),
    [
        (Budgets(-1.0), "a budget of -1 USD; --budget; give 0 or more"),
        (Budgets(1.0, {2026: -2.0}), "a budget of -2 USD for 2026"),
        (Budgets(1.0, {2040: 2.0}), "a budget for 2040, a year that the plan does not have"),
        (Budgets(1.0, governments={"FRA": 2.0}), "a budget for FRA, who is no ally"),
        (Budgets(1.0, both={("JPN", 2026): float("nan")}), "for JPN in 2026"),
    ],
)
def test_budgets_that_cannot_be_meant_are_refused(budgets: Budgets, message: str) -> None:
    with pytest.raises(InputError, match=message):
        solve(buyer(), BAN, budgets, years=YEARS)


@pytest.mark.parametrize("text", ["2026", "2026=much", "JPN:soon=1"])
def test_words_for_budgets_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="write 2026=1e9"):
        parse(text, 1e9)


def test_a_budget_of_nothing_is_a_plan_without_money() -> None:
    result: Plan = solve(planned(("p", 400.0, 1e6)), BAN, Budgets(0.0, {2026: 0.0}), years=YEARS)
    assert (result.spent, chosen(result)) == (0.0, {})
    assert result.cost_after == result.cost_before
