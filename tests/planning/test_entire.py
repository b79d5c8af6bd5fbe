"""Small programs solved entire give the optimum of the L-shaped method, also under other bounds and budgets."""

import numpy as np
import pytest

from tests.planning.cases import buyer, scenario, solve, with_options
from tests.planning.two_stage import random_program
from ytterby.planning import entire
from ytterby.planning.lshaped import LShaped


@pytest.mark.parametrize("seed", range(12))
def test_entire_and_in_parts_have_the_same_optimum(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    program = random_program(seed, 3, 6, years=2, states=4)
    method = LShaped(program)
    told: list[tuple[int, float, float]] = []
    found, dual = entire.minimise(program, method, lambda *one: told.append(one))
    assert found.upper == pytest.approx(LShaped(program).minimise().upper, rel=1e-6)
    assert found.gap <= 1e-7
    assert told == [(1, found.lower, found.upper)]
    assert dual[0] <= 1e-9
    assert entire.small(program)
    monkeypatch.setattr(entire, "SMALL", 1)
    assert not entire.small(program)


def test_it_can_be_asked_again_under_other_bounds_and_budgets() -> None:
    program = random_program(3, 3, 6, years=2, states=4)
    whole, parts = entire.Entire(program), LShaped(program)
    columns = np.arange(len(program.first.cost))
    rng = np.random.default_rng(0)
    for _ in range(5):
        high, budget = rng.integers(0, 2, len(columns)).astype(float), float(rng.uniform(0.0, program.first.row_high[0]))
        for one in (whole, parts.master):
            one.bound(columns, np.zeros(len(columns)), high)
            one.limit(0, -np.inf, budget)
        assert whole.solve()[1] == pytest.approx(parts.minimise().upper, rel=1e-6)


def test_a_small_budget_of_the_frontier_need_not_pay_what_the_plan_must() -> None:
    plants = [("a", "JPN", "magnet", "construction", 2026, 9e6, 1)]
    given = with_options(buyer(), plants, [("a", "magnet", 300.0)])
    result = solve(given, [scenario("ban", 1.0, "magnet")], must=["a"], further=True)
    assert result.frontier["spent"][0] == 0.0
