"""Budget against risk, least budgets, the worth of foresight."""

import numpy as np
import pytest

from tests.planning.cases import buyer, passing, scenario, with_options
from tests.planning.two_stage import random_program
from ytterby.errors import InputError
from ytterby.planning.case import case
from ytterby.planning.lshaped import LShaped
from ytterby.planning.problem import Case, Problem, build
from ytterby.planning.recourse import TwoStage
from ytterby.planning.targets import foresight, frontier, least_budget, month_sooner

JPN = frozenset({"JPN"})


def made(share: dict[str, float], price: float = 2e5, risk: float = 0.5) -> Case:
    plants = [(name, "JPN", "magnet", "construction", 2026, usd, 1) for name, usd in (("a", 9e6), ("b", 5e6))]
    given = with_options(
        buyer(uses=(("car", "defence", 1e6),)), plants, [("a", "magnet", 300.0), ("b", "magnet", 200.0)], [("magnet", price)]
    )
    cases = [scenario(name, 1 / len(share), "magnet") for name in share]
    return case(given, cases, JPN, [2026], risk, 0.5, passing(share))[0]


def test_a_larger_budget_never_leaves_more_risk() -> None:
    problem = build(made({"a": 0.1, "b": 0.6, "c": 1.0}), JPN, 1e12)
    rows = frontier(problem, LShaped(problem.program), [0.0, 4e6, 8e6, 2e7, 1e9])
    total = (rows["spent"] + rows["cost"] + 0.5 * rows["cvar"]).to_numpy()
    assert (np.diff(total) <= 1.0).all()
    assert (rows["spent"] <= rows["budget"] + 1.0).all()
    assert total[0] > total[-1]


def test_the_least_budget_is_worked_out_by_hand() -> None:
    # 1,000 t are missing. To 750 t: plant b gives 200 t for 5 M USD, a the other 50 t at 30,000 USD/t. A stock costs 200,000 USD/t.
    budget, shares = least_budget(made({"ban": 0.0}), JPN, [0], 750.0)
    assert budget == pytest.approx(5e6 + 50 * 9e6 / 300)
    assert budget == pytest.approx(9e6 * shares[0] + 5e6 * shares[1])
    deep, _ = least_budget(made({"ban": 0.0}), JPN, [0], 400.0)
    assert deep == pytest.approx(5e6 + 9e6 + 100 * 2e5, rel=1e-6)
    assert least_budget(made({"ban": 0.0}), JPN, [0], 1000.0)[0] == 0.0


def test_a_target_out_of_reach_is_said_in_words() -> None:
    plants = [("a", "JPN", "magnet", "construction", 2026, 9e6, 1)]
    given = with_options(buyer(), plants, [("a", "magnet", 300.0)])
    tight = case(given, [scenario("ban", 1.0, "magnet")], JPN, [2026], 0.0, 0.0, passing(0.0))[0]
    with pytest.raises(InputError, match="700 t stay missing with every option taken"):
        least_budget(tight, JPN, [0], 100.0)


@pytest.mark.parametrize("seed", range(12))
def test_foresight_and_planning_for_all_scenarios_are_never_worth_less_than_nothing(seed: int) -> None:
    program = random_program(seed, 2, 5, years=2, states=4, risk=0.0)
    evpi, vss = foresight(whole(program), LShaped(program))
    assert evpi >= 0
    assert vss >= 0


def test_foresight_is_worked_out_by_hand() -> None:
    # Ban (1/2) or calm; a stock of 1,000 t at 2e5 against 1e6 a tonne: bought in both cases unknown, in one if known.
    problem = build(
        case(
            with_options(buyer(), prices=[("magnet", 2e5)]),
            [scenario("a", 0.5, "magnet"), scenario("b", 0.5)],
            JPN,
            [2026],
            0.0,
            0.0,
            passing({"a": 0.0}),
        )[0],
        JPN,
        1e12,
    )
    evpi, vss = foresight(problem, LShaped(problem.program))
    assert evpi == pytest.approx(1000 * 2e5 / 2)
    # The mean scenario lacks 500 t: that plan buys 500 t, and half the time 500 t are missing.
    assert vss == pytest.approx((500 * 2e5 + 0.5 * 500 * 1e6) - 1000 * 2e5)


def test_a_month_sooner_is_a_month_of_output() -> None:
    plants = [("p", "JPN", "magnet", "planned", None, 1e6, 1)]
    given = with_options(buyer(), plants, [("p", "magnet", 240.0)])
    tight = case(given, [scenario("ban", 1.0, "magnet")], JPN, [2026, 2027, 2028], 0.0, 0.0, passing(0.0))[0]
    problem = build(tight, JPN, 1e12)
    # It opens in 2028; a month of 2027 more is 20 t at 1e6 USD.
    assert month_sooner(problem, LShaped(problem.program), np.ones(1)) == pytest.approx(20e6)


def whole(program: TwoStage) -> Problem:
    """A problem that has a program and nothing else."""
    return Problem(made({"ban": 0.0}), JPN, (), (), (), program)
