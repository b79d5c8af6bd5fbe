"""Random small worlds with all features on: the L-shaped method against the extensive form, merged states against plain ones."""

from dataclasses import replace

import numpy as np
import pytest

from tests.planning.random_worlds import random_case
from tests.planning.test_lshaped import plain
from ytterby.planning.lshaped import LShaped
from ytterby.planning.recourse import extensive
from ytterby.planning.solver import Solver

SEEDS = range(60)
KINDS = {
    "missing",
    "plant",
    "idle",
    "option",
    "inflow",
    "release",
    "take",
    "keep",
    "give",
    "substitute",
    "scrap",
    "lend",
    "refill",
    "surplus",
}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_is_that_of_the_extensive_form(seed: int) -> None:
    problem, _ = random_case(seed)
    found, whole = LShaped(problem.program).minimise(), Solver(extensive(problem.program)).solve().objective
    assert found.upper == pytest.approx(whole, rel=1e-6, abs=1e-9)
    assert found.lower <= whole * (1 + 1e-9) + 1e-9


@pytest.mark.parametrize("seed", range(10))
def test_merging_equal_states_changes_nothing(seed: int) -> None:
    problem, _ = random_case(seed)
    program = problem.program
    apart = replace(
        program,
        blocks=tuple(plain(block, of) for block, of in zip(program.blocks, program.of, strict=True)),
        of=np.tile(np.arange(len(program.chance)), (len(program.blocks), 1)),
    )
    assert LShaped(program).minimise().upper == pytest.approx(LShaped(apart).minimise().upper, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_towards_level_one_cvar_is_the_worst_case(seed: int) -> None:
    problem, _ = random_case(seed)
    program = replace(problem.program, risk=1e6, tail=0.9999)
    method = LShaped(program)
    found = method.minimise()
    worst = program.costs(method.evaluate(found.z)).max()
    # With so much weight on the tail nothing else matters: no other plan within the budget has a better worst case.
    other = LShaped(problem.program).minimise().z
    assert worst <= program.costs(method.evaluate(other)).max() * (1 + 1e-5) + 1e-6


def test_every_feature_is_used_in_some_of_these_worlds() -> None:
    seen = set()
    for seed in range(20):
        problem, _ = random_case(seed)
        method = LShaped(problem.program)
        z = method.minimise().z
        for part, optima in zip(problem.parts, method.solutions(z), strict=True):
            for one in optima:
                used = part.cells(one.x).max(axis=0) > 1e-6
                seen |= {kind for kind, moves in zip(part.template.kinds, used, strict=True) if moves}
    assert seen == KINDS
