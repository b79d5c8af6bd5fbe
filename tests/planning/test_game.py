"""What partners are worth: the axioms of Shapley (1953), coalitions against the extensive form, and drawn orders."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.planning.cases import passing, scenario, with_options
from tests.worlds import world
from ytterby.planning.assembly import MILLION
from ytterby.planning.case import case
from ytterby.planning.game import Game, sampled, shapley, values
from ytterby.planning.lshaped import LShaped
from ytterby.planning.problem import Problem, build
from ytterby.planning.recourse import extensive
from ytterby.planning.solver import Solver

NAMES = ["a", "b", "c", "d"]
SLOW = settings(max_examples=50)
WORTHS = st.lists(st.floats(0.0, 10.0), min_size=16, max_size=16)


def table(numbers: list[float]) -> dict[frozenset[str], float]:
    """The worth of every coalition of the four names; nobody is worth 0."""
    members = [frozenset(name for number, name in enumerate(NAMES) if code >> number & 1) for code in range(16)]
    return dict(zip(members, [0.0, *numbers[1:]], strict=True))


@SLOW
@given(WORTHS)
def test_values_add_up_to_the_worth_of_all(numbers: list[float]) -> None:
    worth = table(numbers)
    assert shapley(NAMES, worth.__getitem__)[0].sum() == pytest.approx(worth[frozenset(NAMES)])
    drawn, error = sampled(NAMES, worth.__getitem__, 8, seed=1)
    assert drawn.sum() == pytest.approx(worth[frozenset(NAMES)])
    assert (error >= 0).all()


@SLOW
@given(WORTHS, WORTHS, st.floats(0.0, 5.0))
def test_a_dummy_is_worth_nothing_and_games_add(numbers: list[float], others: list[float], times: float) -> None:
    one, two = table(numbers), table(others)
    without_d = lambda members: one[members - {"d"}]  # noqa: E731
    assert shapley(NAMES, without_d)[0][3] == 0.0
    both = shapley(NAMES, lambda members: one[members] + times * two[members])[0]
    assert both == pytest.approx(shapley(NAMES, one.__getitem__)[0] + times * shapley(NAMES, two.__getitem__)[0], abs=1e-9)


@SLOW
@given(WORTHS)
def test_equals_are_worth_the_same(numbers: list[float]) -> None:
    worth = table(numbers)
    swap = {"a": "b", "b": "a"}
    alike = {key: (value + worth[frozenset(swap.get(name, name) for name in key)]) / 2 for key, value in worth.items()}
    found = shapley(NAMES, alike.__getitem__)[0]
    assert found[0] == pytest.approx(found[1])


def test_drawn_orders_come_near_the_exact_values() -> None:
    rng = np.random.default_rng(0)
    worth = table(rng.uniform(0, 10, 16).tolist())
    exact = shapley(NAMES, worth.__getitem__)[0]
    drawn, error = sampled(NAMES, worth.__getitem__, 400, seed=3)
    assert (np.abs(drawn - exact) <= 4 * error + 1e-12).all()
    assert error.max() < 0.5


def club() -> Problem:
    """CHN's magnets stop. AUS and CAN are twins with a project each, DEU only buys, JPN gives what its project leaves over."""
    given_ = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 900.0), ("magnet", "AUS", 100.0), ("magnet", "CAN", 100.0)],
        trade=[
            *(("magnet", "CHN", buyer, 300.0) for buyer in ("JPN", "USA", "DEU")),
            *(("magnet", maker, buyer, 50.0) for maker in ("AUS", "CAN") for buyer in ("JPN", "USA")),
        ],
        demand=[("magnet", "JPN", "car", 400.0), ("magnet", "USA", "car", 400.0), ("magnet", "DEU", "car", 300.0)],
    )
    plants = [(f"p{actor}", actor, "magnet", "construction", 2026, 1e7, 1) for actor in ("AUS", "CAN", "JPN")]
    outputs = [("pAUS", "magnet", 150.0), ("pCAN", "magnet", 150.0), ("pJPN", "magnet", 500.0)]
    allies = frozenset({"JPN", "USA", "DEU"})
    made, _, _ = case(with_options(given_, plants, outputs), [scenario("ban", 1.0, "magnet")], allies, [2026], 0.0, 0.0, passing(0.0))
    return build(made, allies, 1e12)


def by_extensive_form(problem: Problem, members: frozenset[str]) -> float:
    inside = np.array([float(name in members) for name in problem.players])
    there = np.array([float(option.actor in members or option.actor in problem.allies) for option in problem.options])
    first = replace(problem.program.first, low=np.concatenate([problem.given * there, inside]), high=np.concatenate([there, inside]))
    return Solver(extensive(replace(problem.program, first=first, risk=0.0))).solve().objective * MILLION


def test_every_coalition_costs_what_the_extensive_form_says() -> None:
    problem = club()
    game = Game(problem, LShaped(problem.program))
    slack = game.within * MILLION + 1.0
    for size in range(len(problem.players) + 1):
        for members in combinations(problem.players, size):
            assert game.cost(frozenset(members)) == pytest.approx(by_extensive_form(problem, frozenset(members)), abs=slack)


def test_the_club_keeps_the_axioms() -> None:
    problem = club()
    found = values(Game(problem, LShaped(problem.program)))
    worth = dict(zip(found.players, found.shapley, strict=True))
    assert sum(worth.values()) == pytest.approx(found.alone - found.whole, rel=1e-6)
    assert worth["AUS"] == pytest.approx(worth["CAN"], rel=1e-6)
    assert worth["DEU"] == worth["USA"] == 0.0
    assert (found.marginal >= 0).all()
    # Alone JPN's project serves JPN (400 t) and 100 t are left; AUS and CAN have 100 + 150 t each; 1100 t are wanted.
    assert found.alone - found.whole == pytest.approx(
        by_extensive_form(problem, frozenset()) - by_extensive_form(problem, frozenset(found.players))
    )


def test_more_than_eight_players_are_sampled_and_the_error_is_told() -> None:
    makers = [f"A{number:02d}" for number in range(9)]
    given_ = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 910.0), *(("magnet", maker, 10.0) for maker in makers)],
        trade=[("magnet", "CHN", "JPN", 910.0), *(("magnet", maker, "JPN", 10.0) for maker in makers)],
        demand=[("magnet", "JPN", "car", 1000.0)],
    )
    plants = [(f"p{maker}", maker, "magnet", "construction", 2026, 1e6, 1) for maker in makers]
    outputs = [(f"p{maker}", "magnet", 200.0) for maker in makers]
    allies = frozenset({"JPN"})
    made, _, _ = case(with_options(given_, plants, outputs), [scenario("ban", 1.0, "magnet")], allies, [2026], 0.0, 0.0, passing(0.0))
    problem = build(made, allies, 1e12)
    found = values(Game(problem, LShaped(problem.program)), seed=2)
    giving = np.array([name in makers for name in found.players])
    assert found.shapley.sum() == pytest.approx(found.alone - found.whole, rel=1e-6)
    assert (found.error[giving] > 0).all()
    assert (np.abs(found.shapley[giving] - found.shapley.sum() / 9) <= 4 * found.error[giving]).all()
