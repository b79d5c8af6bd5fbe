"""Bad input, one clear line each; what is asked for is in the plan, and what cannot be had together is named."""

import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.planning.cases import buyer, chosen, passing, scenario, solve, with_options
from tests.planning.test_money import YEARS, planned
from tests.planning.test_options import with_partner
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.planning.case import case
from ytterby.planning.money import Budgets
from ytterby.planning.plan import plan
from ytterby.planning.problem import build

BAN = [scenario("ban", 1.0, "magnet")]


@pytest.mark.parametrize(
    ("weights", "said"),
    [((1.0, 0.5), "add up to 1.5"), ((0.5,), "add up to 0.5"), ((1.5, -0.5), "add up to 1 "), ((0.0, 0.0), "add up to 0")],
)
def test_weights_that_are_no_probabilities_are_refused_not_scaled(weights: tuple[float, ...], said: str) -> None:
    cases = [scenario(f"s{number}", weight, "magnet") for number, weight in enumerate(weights)]
    with pytest.raises(InputError, match=f"{said}.*scenario.weight; give weights that add up to 1"):
        plan(buyer(), cases, 1e9, "JPN", years=[2026], available=passing())


def test_no_scenario_is_refused() -> None:
    with pytest.raises(InputError, match="no scenario"):
        plan(buyer(), [], 1e9, "JPN")


def test_what_is_asked_for_is_in_the_plan() -> None:
    # By itself "dear" would be left: it costs more than it saves.
    given = planned(("cheap", 400.0, 1e6), ("dear", 1.0, 1e9))
    assert set(chosen(solve(given, BAN, years=YEARS))) == {"cheap"}
    asked = solve(given, BAN, years=YEARS, must=["dear"], never=["cheap"])
    assert chosen(asked) == {"dear": pytest.approx(1.0)}
    assert asked.options.filter(pl.col("option") == "cheap")["why"].item() == "Left: it is ruled out."


def test_a_partner_may_leave_the_club_with_what_is_asked_for() -> None:
    plants = [("p", "AUS", "magnet", "construction", 2026, 1e6, 1)]
    result = solve(with_options(with_partner(), plants, [("p", "magnet", 50.0)]), BAN, must=["p"])
    # Its plant of 50 t and 100 t of idle capacity, and the 100 t that it sends anyway; without it the million is saved.
    assert result.partners.filter(pl.col("actor") == "AUS")["worth"].item() == pytest.approx(250e6 - 1e6)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"must": ["chaep"]}, "unknown project or option 'chaep'; --must; did you mean cheap"),
        ({"never": ["chaep"]}, "unknown project or option 'chaep'; --never; did you mean cheap"),
        ({"must": ["cheap"], "never": ["cheap"]}, "'cheap' is asked for and ruled out"),
        ({"must": ["late"]}, "'late' cannot be in the plan: its first output comes after 2030"),
    ],
)
def test_names_that_cannot_be_meant_are_refused(more: dict[str, Any], said: str) -> None:
    rows = [("cheap", "JPN", "magnet", "planned", None, 1e6, 1), ("late", "JPN", "magnet", "planned", 2040, 1e6, 1)]
    given = with_options(buyer(), rows, [("cheap", "magnet", 400.0), ("late", "magnet", 400.0)])
    with pytest.raises(InputError, match=said):
        solve(given, BAN, years=YEARS, **more)


def test_what_the_budgets_cannot_pay_names_the_rows_in_conflict() -> None:
    given = planned(("a", 400.0, 3e6), ("b", 400.0, 2e6))
    with pytest.raises(InputError, match=r"breaks the budget in all \(by 4,000,000 USD\)"):
        solve(given, BAN, 1e6, years=YEARS, must=["a", "b"])
    # Begun in 2028 at the latest, half of 5 M USD falls due by 2028, the rest in 2029.
    with pytest.raises(
        InputError, match=r"breaks the budget up to 2028 \(by 2,500,000 USD\) and the budget up to 2029 \(by 5,000,000 USD\)"
    ):
        solve(given, BAN, Budgets(1e9, dict.fromkeys((2026, 2027, 2028, 2029), 0.0)), years=YEARS, must=["a", "b"])
    with pytest.raises(InputError, match="breaks the budget of JPN"):
        solve(given, BAN, Budgets(1e9, governments={"JPN": 0.0}), years=YEARS, must=["a"])


def deals(**terms: Any) -> list[dict[str, Any]]:
    return [{"option": "deal", "party": party, "share": 0.5, **terms} for party in ("AUS", "JPN")]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([deals()[0], {**deals()[1], "share": 0.6}], "the parties to 'deal' differ in its share: 0.5 and 0.6"),
        (deals(until=datetime.date(2025, 1, 1)), "'deal' ends on 2025-01-01, before it is signed on 2026-01-01"),
        (
            [*deals(share=0.7), *deals(share=0.6, option="other")],
            r"contracts 'deal' \(70%\) and 'other' \(60%\) give away 130% of the magnet",
        ),
    ],
)
def test_contracts_that_contradict_are_refused(rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        solve(with_options(with_partner(), agreements=rows), BAN)


def test_contracts_that_share_all_of_it_are_fine() -> None:
    rows = [*deals(share=0.7), *deals(share=0.3, option="other")]
    assert set(chosen(solve(with_options(with_partner(), agreements=rows), BAN))) <= {"deal", "other"}


@pytest.mark.parametrize("budget", [0.0, 1e9, 1e18])
@pytest.mark.parametrize("value", [1e-6, 1e6, 1e12])
def test_no_program_is_unbounded(budget: float, value: float) -> None:
    # Every column has a cost of 0 or more and a lower bound of 0, so that the objective never falls below 0.
    given: World = planned(("p", 400.0, 1e6), prices=[("magnet", 1.0)])
    given = given.with_table("values", given["values"].with_columns(usd_per_t=pl.lit(value)))
    made = case(given, BAN, frozenset({"JPN"}), YEARS, 0.5, 0.9, passing())[0]
    program = build(made, frozenset({"JPN"}), Budgets(budget, {2026: budget}, {"JPN": budget})).program
    assert (program.first.cost >= 0).all()
    assert (program.first.low >= 0).all()
    assert np.isfinite(program.first.high).all()
    for block in program.blocks:
        assert (block.cost >= 0).all()
        assert (block.program(block.limit[0]).low >= 0).all()
    result = solve(given, BAN, Budgets(budget), years=YEARS)
    assert np.isfinite([result.cost_after, result.spent]).all()
    assert 0 <= result.cost_after <= result.cost_before * (1 + 1e-9)


def test_a_target_that_cannot_be_met_names_what_stays_short() -> None:
    from ytterby.planning.targets import least_budget

    made = case(planned(("p", 400.0, 1e6)), BAN, frozenset({"JPN"}), [2026, 2027, 2028], 0.0, 0.0, passing())[0]
    with pytest.raises(InputError, match=r"2,600 t stay missing with every option taken \(magnet in JPN 2,600 t\)"):
        least_budget(made, frozenset({"JPN"}), [0], 100.0)
