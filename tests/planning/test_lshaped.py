"""The L-shaped method against the extensive form, and what its proof of the gap promises."""

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from tests.planning.two_stage import random_program
from ytterby.planning.lshaped import LShaped
from ytterby.planning.master import Master
from ytterby.planning.recourse import Block, TwoStage, distinct, extensive
from ytterby.planning.solver import Floats, Ints, Solver

WORLDS = [(seed, risk, tail) for seed, (risk, tail) in zip(range(60), [(0.0, 0.0), (0.5, 0.9), (2.0, 0.5), (1.0, 0.0)] * 15, strict=True)]


def small(seed: int, risk: float = 0.5, tail: float = 0.9) -> TwoStage:
    rng = np.random.default_rng(1000 + seed)
    return random_program(
        seed,
        int(rng.integers(1, 5)),
        int(rng.integers(1, 8)),
        int(rng.integers(1, 5)),
        options=int(rng.integers(2, 5)),
        risk=risk,
        tail=tail,
    )


@pytest.mark.parametrize(("seed", "risk", "tail"), WORLDS)
def test_the_optimum_is_that_of_the_extensive_form(seed: int, risk: float, tail: float) -> None:
    problem = small(seed, risk, tail)
    found, whole = LShaped(problem).minimise(), Solver(extensive(problem)).solve().objective
    assert found.upper == pytest.approx(whole, rel=1e-6, abs=1e-9)
    assert found.lower <= whole * (1 + 1e-9) + 1e-9
    assert found.gap <= 1e-7


@pytest.mark.parametrize("seed", range(10))
def test_bounds_close_in_on_the_optimum_from_both_sides(seed: int) -> None:
    seen: list[tuple[float, float]] = []
    problem = small(seed)
    LShaped(problem).minimise(progress=lambda _round, lower, upper: seen.append((lower, upper)))
    best = Solver(extensive(problem)).solve().objective
    slack = 1e-9 * (1 + abs(best))
    assert all(lower <= best + slack and upper >= best - slack for lower, upper in seen)
    assert all(a[0] <= b[0] + slack and a[1] >= b[1] - slack for a, b in pairwise(seen))


@pytest.mark.parametrize("seed", range(20))
def test_merging_equal_states_changes_nothing(seed: int) -> None:
    problem = small(seed)
    copies = [plain(block, of) for block, of in zip(problem.blocks, problem.of, strict=True)]
    every = np.tile(np.arange(len(problem.chance)), (len(copies), 1))
    merged = [distinct(block) for block in copies]
    apart = replace(problem, blocks=tuple(copies), of=every)
    joined = replace(problem, blocks=tuple(block for block, _ in merged), of=np.array([of for _, of in merged]))
    assert sum(block.states for block in joined.blocks) <= sum(block.states for block in apart.blocks)
    assert LShaped(joined).minimise().upper == pytest.approx(LShaped(apart).minimise().upper, rel=1e-7, abs=1e-9)


def plain(block: Block, of: Ints) -> Block:
    """The block with one state for each scenario."""
    return replace(block, limit=block.limit[of], slope=block.slope[of])


@pytest.mark.parametrize("seed", range(12))
def test_projects_whole_or_not_at_all_are_the_best_of_all_choices(seed: int) -> None:
    problem = random_program(seed, 1, 3, years=2, states=3, options=4)
    method = LShaped(problem)
    shares = method.minimise().upper
    method.master.whole()
    found = method.minimise()
    number = np.flatnonzero(problem.first.whole)
    assert found.z[number] == pytest.approx(np.round(found.z[number]), abs=1e-6)
    assert found.upper >= shares - 1e-9
    assert found.upper == pytest.approx(
        min(fixed(problem, number, np.array(choice)) for choice in product((0.0, 1.0), repeat=len(number))), rel=1e-6
    )


def fixed(problem: TwoStage, number: Ints, choice: Floats) -> float:
    """The optimum with some options fixed; infinite if they cost more than the budget."""
    low, high = problem.first.low.copy(), problem.first.high.copy()
    low[number], high[number] = choice, choice
    if problem.first.cost @ low > problem.first.row_high[0]:
        return np.inf
    return Solver(extensive(replace(problem, first=replace(problem.first, low=low, high=high)))).solve().objective


def test_ctrl_c_returns_the_best_so_far_with_a_gap_that_holds() -> None:
    problem = random_program(3, 4, 12, years=4, options=4)

    def stop(rounds: int, _lower: float, _upper: float) -> None:
        if rounds == 2:
            raise KeyboardInterrupt

    found, best = LShaped(problem).minimise(progress=stop), Solver(extensive(problem)).solve().objective
    assert found.stopped
    assert found.gap > 0
    assert found.lower <= best <= found.upper


def test_cuts_are_kept_for_the_next_question() -> None:
    problem = small(5)
    method = LShaped(problem)
    method.minimise()
    half = float(problem.first.row_high[0]) / 2
    method.master.limit(0, -np.inf, half)
    less = method.minimise().upper
    first = replace(problem.first, row_high=np.array([half]))
    assert less == pytest.approx(Solver(extensive(replace(problem, first=first))).solve().objective, rel=1e-6)
    assert LShaped(replace(problem, risk=0.0), method.pools).minimise().upper == pytest.approx(
        Solver(extensive(replace(problem, risk=0.0))).solve().objective, rel=1e-6
    )


def test_the_same_program_gives_the_same_bytes() -> None:
    one, two = (LShaped(random_program(7, 6, 40, states=12)).minimise() for _ in range(2))
    assert one.z.tobytes() == two.z.tobytes()
    assert (one.upper, one.lower, one.rounds) == (two.upper, two.lower, two.rounds)


def test_a_course_of_scenarios_that_repeats_is_one_row_of_the_tail() -> None:
    problem = small(2)
    twice = replace(problem, of=np.hstack([problem.of, problem.of]), chance=np.tile(problem.chance / 2, 2))
    assert LShaped(twice).minimise().upper == pytest.approx(LShaped(problem).minimise().upper, rel=1e-9)
    pools = LShaped(problem).pools
    assert len(Master(twice, pools).solve()[1]) == len(Master(problem, pools).solve()[1])
