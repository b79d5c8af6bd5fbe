"""Who gets what is left: strict order of classes, equal parts inside a class, and the least well served ally first."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.planning.cases import ASSUMED, buyer, scenario, solve, with_options
from tests.planning.random_worlds import random_case
from tests.worlds import table, world
from ytterby.core.grid import Ints
from ytterby.core.world import World
from ytterby.planning.lshaped import LShaped
from ytterby.planning.order import allocate
from ytterby.planning.plan import Plan
from ytterby.planning.problem import Part, Problem
from ytterby.planning.solver import Solution


def lost(result: Plan, *keys: str) -> dict[object, float]:
    """Part of the need that is missing after the plan."""
    after = result.service.filter(pl.col("state") == "after")
    return {
        row[: len(keys)] if len(keys) > 1 else row[0]: row[-1] for row in after.select(*keys, pl.col("missing") / pl.col("wanted")).rows()
    }


def thirsty() -> World:
    """A tonne of radar magnets takes 10 t of oxide, one of car magnets 1 t: by value a tonne of oxide serves cars better."""
    given = world(
        products=[("oxide", "separation"), ("special", "magnet"), ("plain", "magnet")],
        recipes=[("special", "oxide", 10.0), ("plain", "oxide", 1.0)],
        production=[("oxide", "CHN", 200.0), ("special", "JPN", 10.0), ("plain", "JPN", 100.0)],
        trade=[("oxide", "CHN", "JPN", 200.0)],
        demand=[("special", "JPN", "radar", 10.0), ("plain", "JPN", "car", 100.0)],
    )
    return given.with_table("values", table("product use usd_per_t", [("special", "radar", 1e6), ("plain", "car", 9e5)], **ASSUMED))


def test_defence_comes_first_even_where_a_lower_use_makes_more_of_the_scarce_feed() -> None:
    result = solve(with_options(thirsty()), [scenario("ban", 1.0, "oxide")], share=0.5)
    assert lost(result, "use") == {"radar": pytest.approx(0.0, abs=1e-6), "car": pytest.approx(1.0)}
    assert result.cost_after == pytest.approx(10e6)
    assert any("strict order" in limit and "90 M USD" in limit for limit in result.limits)


def test_the_order_is_silent_where_values_agree_with_it() -> None:
    assert not any("strict order" in limit for limit in solve(with_options(buyer()), [scenario("ban", 1.0, "magnet")]).limits)


def test_uses_of_a_class_share_in_equal_parts_whatever_their_values() -> None:
    given = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 1000.0), ("magnet", "JPN", 1000.0)],
        trade=[("magnet", "CHN", "USA", 600.0), ("magnet", "CHN", "JPN", 400.0)],
        demand=[("magnet", "USA", "car", 600.0), ("magnet", "JPN", "car", 900.0), ("magnet", "JPN", "bus", 500.0)],
    )
    alike = buyer(uses=(("car", "essential", 3e6), ("bus", "essential", 1e6)))
    given = given.with_table("uses", alike["uses"]).with_table("values", alike["values"])
    result = solve(with_options(given), [scenario("ban", 1.0, "magnet")], allies="JPN,USA")
    assert list(lost(result, "actor", "use").values()) == pytest.approx([0.5, 0.5, 0.5])


def test_who_cannot_be_helped_does_not_hold_back_the_others() -> None:
    given = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 200.0), ("magnet", "AUS", 100.0)],
        trade=[("magnet", "CHN", "USA", 200.0), ("magnet", "AUS", "JPN", 100.0)],
        demand=[("magnet", "USA", "car", 200.0), ("magnet", "JPN", "car", 100.0)],
    )
    result = solve(with_options(given), [scenario("ban", 1.0, "magnet")], allies="JPN,USA")
    assert lost(result, "actor") == {"USA": pytest.approx(1.0), "JPN": pytest.approx(0.0, abs=1e-6)}


@pytest.mark.parametrize("seed", range(8))
def test_a_class_fares_no_worse_than_if_there_were_none_below(seed: int) -> None:
    problem, _ = random_case(seed)
    z = LShaped(problem.program).minimise().z
    highest = problem.case.rank.max()
    (alone,), (all_in,) = allocate(_only(problem, highest), z), allocate(problem, z)
    for part, among, single in zip(problem.parts, all_in, alone, strict=True):
        rank = problem.case.rank[part.slots]
        for one, other in zip(among, single, strict=True):
            assert worst(part, one, rank, highest) <= worst(part, other, rank, highest) * (1 + 1e-6) + 1e-4


def _only(problem: Problem, highest: int) -> Problem:
    rank = np.where(problem.case.rank == highest, highest, -1)
    return replace(problem, case=replace(problem.case, rank=rank))


def worst(part: Part, solution: Solution, rank: Ints, of: int) -> float:
    """Value-weighted sum over products and years of the largest part that a use of a class lacks."""
    total = 0.0
    cells = part.cells(solution.x)
    cost = part.cells(part.block.cost)
    groups: dict[int, list[int]] = {}
    for column in part.template.of("missing"):
        slot = int(part.template.keys[column][0])
        if rank[slot] == of and part.grid.need[slot] > 0:
            groups.setdefault(int(part.grid.slot_product[slot]), []).append(column)
    for columns in groups.values():
        need = np.array([part.grid.need[int(part.template.keys[column][0])] for column in columns])
        total += float(((cells[:, columns] / need).max(axis=1) * (cost[:, columns] @ need)).sum())
    return total
