"""Max-min service: the ally that is served worst is served as well as the budget allows."""

import numpy as np
import polars as pl
import pytest
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.planning.cases import PLAIN, scenario, solve, with_options
from tests.planning.random_worlds import random_case
from tests.worlds import world
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.planning.fair import SMALL, _owners, _wanted, fairest
from ytterby.planning.plan import Plan
from ytterby.planning.problem import Problem

BAN = [scenario("ban", 1.0, "magnet")]


def rich_and_poor(need: float = 1000.0) -> World:
    """JPN's cars are worth three times USA's buses a tonne; both buy all in CHN, and a stock is all that helps."""
    given = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 1000.0 + need)],
        trade=[("magnet", "CHN", "JPN", 1000.0), ("magnet", "CHN", "USA", need)],
        demand=[("magnet", "JPN", "car", 1000.0), ("magnet", "USA", "bus", need)],
        uses=(("car", "essential", 3e6), ("bus", "essential", 1e6)),
    )
    return with_options(given, prices=[("magnet", 1e5)], parameters=PLAIN)


def lost(result: Plan) -> dict[str, float]:
    after = result.service.filter(pl.col("state") == "after")
    return dict(after.select("actor", pl.col("missing") / pl.col("wanted")).iter_rows())


@pytest.mark.parametrize("need", [1000.0, 250.0])
def test_a_budget_for_half_of_the_need_serves_each_ally_by_half(need: float) -> None:
    budget = (1000 + need) / 2 * 1e5
    cheapest = solve(rich_and_poor(need), BAN, budget, "JPN,USA")
    fair = solve(rich_and_poor(need), BAN, budget, "JPN,USA", objective="service")
    assert lost(cheapest)["JPN"] < 0.5 < lost(cheapest)["USA"]
    assert lost(fair) == {"JPN": pytest.approx(0.5, abs=1e-4), "USA": pytest.approx(0.5, abs=1e-4)}
    assert fair.spent == pytest.approx(budget, rel=1e-4)
    assert fair.gap <= 1e-5


def test_money_that_helps_nobody_is_not_spent() -> None:
    fair = solve(rich_and_poor(), [scenario("calm", 1.0)], 1e9, "JPN,USA", objective="service")
    assert fair.spent == 0.0


def joint(problem: Problem) -> float:
    """The optimum from one linear program: first stage, recourse of all states, and theta above the loss of each ally."""
    first, blocks = problem.program.first, list(zip(problem.parts, problem.program.weights(), strict=True))
    wide = len(first.cost)
    loss, count = {name: ([0], [-1.0]) for name in sorted(problem.allies)}, 1 + wide
    wanted = _wanted(problem)
    cost, high, rows, low_, high_ = [1.0, *(SMALL * first.cost)], [np.inf, *first.high], [], [], []
    for part, chance in blocks:
        block, owner = part.block, _owners(part)
        matrix = sparse.csr_array(sparse.csc_array((block.value, block.index, block.start), shape=(len(block.at_least), len(block.cost))))
        for state in np.flatnonzero(chance > 0):
            limit, width = block.limit[state], len(block.cost)
            act = sparse.csr_array((block.slope[state], (block.place, block.param)), shape=(width + len(block.at_least), wide))
            pick = sparse.eye_array(width, format="csr")
            finite = np.flatnonzero(np.isfinite(limit[:width]))
            rows.append((count, sparse.vstack([matrix, pick[finite]]), sparse.vstack([-act[width:], -act[finite]])))
            low_ += [np.where(block.at_least, limit[width:], -np.inf), np.full(len(finite), -np.inf)]
            high_ += [np.where(block.at_least, np.inf, limit[width:]), limit[finite]]
            cost += list(SMALL * chance[state] * block.cost)
            high += [np.inf] * width
            for place in np.flatnonzero([bool(name) for name in owner]):
                loss[owner[place]][0].append(count + int(place))
                loss[owner[place]][1].append(chance[state] * block.cost[place])
            count += width
    total = sum(wanted.values())
    full = [
        sparse.csr_array(
            sparse.hstack(
                [sparse.csr_array((first.rows.shape[0], 1)), first.rows, sparse.csr_array((first.rows.shape[0], count - 1 - wide))]
            )
        )
    ]
    for at, own, act in rows:
        full.append(
            sparse.csr_array(
                sparse.hstack(
                    [
                        sparse.csr_array((own.shape[0], 1)),
                        act,
                        sparse.csr_array((own.shape[0], at - 1 - wide)),
                        own,
                        sparse.csr_array((own.shape[0], count - at - own.shape[1])),
                    ]
                )
            )
        )
    for name, (where, values) in loss.items():
        scaled = np.array([-1.0, *(np.array(values[1:]) * total / wanted[name])])
        full.append(sparse.csr_array((scaled, (np.zeros(len(where), dtype=int), where)), shape=(1, count)))
    lower = np.concatenate([first.row_low, *low_, np.full(len(loss), -np.inf)])
    upper = np.concatenate([first.row_high, *high_, np.zeros(len(loss))])
    bounds = Bounds(np.array([0.0, *first.low, *np.zeros(count - 1 - wide)]), np.array(high))
    found = milp(np.array(cost), constraints=LinearConstraint(sparse.vstack(full), lower, upper), bounds=bounds)
    assert found.fun is not None
    return float(found.fun)


@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_is_that_of_one_linear_program(seed: int) -> None:
    problem, _ = random_case(seed, budget=5e7)
    found = fairest(problem)
    assert found.gap <= 1e-5
    assert found.upper == pytest.approx(joint(problem), rel=2e-5)
    first = problem.program.first
    assert (first.rows @ found.z <= first.row_high + 1e-6).all()


def test_it_is_no_objective_of_whole_projects() -> None:
    with pytest.raises(InputError, match="shares of projects"):
        solve(rich_and_poor(), BAN, 1e8, "JPN,USA", objective="service", whole=True)
    with pytest.raises(InputError, match="did you mean service"):
        solve(rich_and_poor(), BAN, 1e8, "JPN,USA", objective="sevice")
