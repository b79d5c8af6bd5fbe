"""Laws of the plan, and its optimum against an independent extensive form solved by scipy."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.planning.cases import PLAIN, buyer, chosen, scenario, solve, with_options
from ytterby.core.world import World
from ytterby.planning.plan import Plan

YEARS = (2026, 2027)
CASES = st.fixed_dictionaries(
    {
        "loss": st.lists(st.floats(0.0, 1.0), min_size=1, max_size=4),
        "plants": st.lists(st.tuples(st.floats(50.0, 800.0), st.floats(1e5, 3e9)), min_size=1, max_size=3),
        "price": st.floats(1e4, 3e6),
        "budget": st.floats(0.0, 3e9),
        "risk": st.floats(0.0, 2.0),
        "tail": st.floats(0.0, 0.95),
    }
)
SLOW = settings(max_examples=25)


def instance(case: dict[str, Any]) -> World:
    plants = [(f"p{n}", "JPN", "magnet", "construction", 2026 + n % 2, usd, 1) for n, (_, usd) in enumerate(case["plants"])]
    outputs = [(f"p{n}", "magnet", t) for n, (t, _) in enumerate(case["plants"])]
    return with_options(buyer(), plants, outputs, [("magnet", case["price"])], {**PLAIN, "discount_rate": 0.1})


def run(case: dict[str, Any], **more: Any) -> Plan:
    scenarios = [scenario(f"s{n}", 1.0 + n, "magnet") for n in range(len(case["loss"]))]
    share = {f"s{n}": 1 - loss for n, loss in enumerate(case["loss"])}
    settings_ = {"budget": case["budget"], "risk": case["risk"], "cvar": case["tail"], "share": share, "years": YEARS, **more}
    return solve(instance(case), settings_.pop("scenarios", scenarios), **settings_)


def objective(result: Plan, risk: float) -> float:
    return result.spent + result.cost_after + risk * result.cvar_after


def extensive(case: dict[str, Any]) -> float:
    """The optimum by scipy, in kt and billion USD: plants, stock, eta, xi (S), then per scenario missing and release of each year."""
    count, plants = len(case["loss"]), case["plants"]
    chance = (1.0 + np.arange(count)) / (1.0 + np.arange(count)).sum()
    width = len(plants) + 2 + count + 4 * count
    cost, rows, limits = np.zeros(width), [], []
    own = np.array([*(usd for _, usd in plants), 1000 * case["price"]]) / 1e9
    cost[: len(own)] = own
    cost[len(own)] = case["risk"]
    cost[len(own) + 1 : len(own) + 1 + count] = case["risk"] * chance / (1 - case["tail"])
    rows.append(np.concatenate([own, np.zeros(width - len(own))]))
    limits.append(case["budget"] / 1e9)
    for s in range(count):
        at = len(own) + 1 + count + 4 * s
        total, used = np.zeros(width), np.zeros(width)
        total[[len(own), len(own) + 1 + s]] = -1
        for year in range(2):
            cost[at + year] = chance[s] / 1.1**year
            total[at + year] = 1 / 1.1**year
            used[at + 2 + year] = 1
            balance = np.zeros(width)
            balance[[at + year, at + 2 + year]] = -1
            for number, (t, _) in enumerate(plants):
                balance[number] = -t / 1000 * (year >= number % 2)
            rows.append(balance)
            limits.append(-case["loss"][s])
        used[len(plants)] = -1
        rows += [total, used]
        limits += [0.0, 0.0]
    bounds = [(0, 1)] * len(own) + [(0, None)] * (width - len(own))
    best = linprog(cost, A_ub=np.array(rows), b_ub=limits, bounds=bounds, method="highs").fun
    assert best is not None
    return float(best) * 1e9


@SLOW
@given(CASES)
def test_the_optimum_is_the_extensive_forms(case: dict[str, Any]) -> None:
    result = run(case)
    assert objective(result, case["risk"]) == pytest.approx(extensive(case), rel=1e-4, abs=1e3)
    assert result.spent <= case["budget"] * (1 + 1e-9) + 1e-3


@SLOW
@given(CASES, st.floats(1.0, 3.0))
def test_more_budget_never_costs_more(case: dict[str, Any], times: float) -> None:
    less, more = run(case), run(case, budget=case["budget"] * times)
    assert objective(more, case["risk"]) <= objective(less, case["risk"]) * (1 + 1e-4) + 1e3
    assert less.cost_before == pytest.approx(more.cost_before)


@SLOW
@given(CASES)
def test_duplicated_scenarios_change_nothing(case: dict[str, Any]) -> None:
    twice = [scenario(f"s{n}", 0.5 + n / 2, "magnet") for n in [*range(len(case["loss"]))] * 2]
    one, two = run(case), run(case, scenarios=twice)
    assert objective(two, case["risk"]) == pytest.approx(objective(one, case["risk"]), rel=1e-4, abs=1e3)


@SLOW
@given(CASES)
def test_at_level_zero_cvar_is_the_expectation(case: dict[str, Any]) -> None:
    result = run(case, cvar=0.0)
    assert result.cvar_after == pytest.approx(result.cost_after, rel=1e-9, abs=1e-3)
    assert result.cvar_before == pytest.approx(result.cost_before, rel=1e-9, abs=1e-3)


@SLOW
@given(CASES)
def test_tables_keep_their_laws(case: dict[str, Any]) -> None:
    result = run(case)
    assert result.options["usd"].sum() == pytest.approx(result.spent)
    assert (result.options["worth"].drop_nulls() >= 0).all()
    assert (result.service["missing"] <= result.service["wanted"] * (1 + 1e-9)).all()
    assert (result.service["missing"] <= result.service["worst"] * (1 + 1e-9) + 1e-9).all()
    assert result.options["why"].str.ends_with(".").all()
    assert set(result.options["option"]) == {"stock:magnet:JPN", *(f"p{n}" for n in range(len(case["plants"])))}


def test_the_same_call_gives_the_same_plan() -> None:
    case = {"loss": [0.2, 0.7], "plants": [(300.0, 2e8), (500.0, 6e8)], "price": 2e5, "budget": 5e8, "risk": 0.5, "tail": 0.9}
    one, two = run(case), run(case)
    assert one.options.equals(two.options)
    assert one.bottlenecks.equals(two.bottlenecks)
    assert chosen(one)


def test_worth_is_the_cost_of_dropping_an_option() -> None:
    case = {"loss": [1.0], "plants": [(400.0, 1e8)], "price": 3e6, "budget": 1e9, "risk": 0.0, "tail": 0.0}
    result = run(case)
    built = result.options.filter(pl.col("option") == "p0").row(0, named=True)
    assert built["worth"] == pytest.approx(400 * 1e6 * (1 + 1 / 1.1), rel=1e-3)
    assert result.cost_before - result.cost_after == pytest.approx(built["worth"], rel=1e-6)
