"""What an option can save at most, from duals: never less than what adding it saves."""

import numpy as np
import pytest

from tests.planning.two_stage import random_program
from ytterby.planning.lshaped import LShaped
from ytterby.planning.problem import Problem
from ytterby.planning.recourse import tail_mean
from ytterby.planning.value import most_gained


@pytest.mark.parametrize("seed", range(10))
def test_adding_an_option_never_saves_more_than_its_duals_say(seed: int) -> None:
    program = random_program(seed, 2, 5, years=2, states=4, risk=0.5)
    method, width = LShaped(program), len(program.first.cost)
    z = np.random.default_rng(seed).integers(0, 2, width).astype(float)
    problem = Problem.__new__(Problem)
    object.__setattr__(problem, "program", program)
    most = most_gained(problem, method.solutions(z))

    def cost(at: np.ndarray) -> float:
        costs = program.costs(method.evaluate(at))
        return 1e6 * (float(program.chance @ costs) + program.risk * tail_mean(program.chance, costs, program.tail))

    base = cost(z)
    for number in np.flatnonzero(z == 0.0):
        more = z.copy()
        more[number] = 1.0
        assert base - cost(more) <= most[number] + 1e-3
    assert (most >= -1e-6).all()
