"""Draws: the same bytes from the same seed, whatever comes with them; even cover of every range; durations and elasticities too."""

import datetime
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.dynamics.cases import DAY, scenario, shock, with_parameters
from tests.worlds import chain, two_suppliers
from ytterby.core.scenario import Scenario, Shock
from ytterby.dynamics.draws import Draws, draw, drawn, sobol, triangular
from ytterby.dynamics.network import network
from ytterby.dynamics.shocks import Calendar
from ytterby.dynamics.simulate import run, state_of, stress
from ytterby.dynamics.spans import effects_of, spans_of

RANGES = [(0.0, 0.3, 1.0), (5.0, 5.0, 5.0), (-1.0, 0.0, 2.0)]
LASTING = Shock("outage", "CHN", ("*",), ("magnet",), DAY, figures={"severity": (-1.0, -1.0, -1.0), "weeks": (2.0, 6.0, 20.0)})


def test_a_draw_does_not_depend_on_where_its_block_begins() -> None:
    whole = drawn(RANGES, 200, seed=3)
    for first, count in ((0, 1), (0, 64), (1, 5), (64, 64), (130, 70)):
        part = drawn(RANGES, count, seed=3, first=first)
        for all_, some in zip(whole, part, strict=True):
            assert all_[first : first + count].tobytes() == some.tobytes()
    assert drawn(RANGES, 50, seed=4)[0].tobytes() != whole[0][:50].tobytes()


def test_draw_zero_is_the_central_case_and_the_rest_stay_in_their_range() -> None:
    for (low, mode, high), values in zip(RANGES, drawn(RANGES, 300, seed=0), strict=True):
        assert values[0] == mode
        assert low <= values.min() <= values.max() <= high


def test_sobol_points_fill_every_cell_once() -> None:
    points = sobol(4, 0, 64, seed=9)
    for column in points.T:
        assert sorted((column * 64).astype(int).tolist()) == list(range(64))


def test_the_mean_comes_closer_than_with_random_numbers() -> None:
    limits = (0.0, 0.2, 1.0)
    exact = sum(limits) / 3
    even = np.mean([abs(triangular(limits, sobol(3, 0, 256, seed)[:, 0]).mean() - exact) for seed in range(8)])
    rough = np.mean([abs(triangular(limits, np.random.default_rng(seed).random(256)).mean() - exact) for seed in range(8)])
    assert even < rough / 5


def test_a_drawn_duration_equals_an_end_of_that_day() -> None:
    world, net = two_suppliers(), network(two_suppliers())
    future = scenario(LASTING)
    some = draw(world, future, net, 9, seed=2)
    together = run(net, world, future, some, 40)
    for number, weeks in enumerate(some.figures[0]["weeks"]):
        end = DAY + datetime.timedelta(7 * int(np.ceil(weeks)) - 1)
        fixed = Scenario("fixed", DAY, 1.0, (Shock("outage", "CHN", ("*",), ("magnet",), DAY, end, {"severity": (-1.0, -1.0, -1.0)}),))
        alone = run(net, world, fixed, _with_stocks(draw(world, fixed, net, 1, seed=2), some, number), 40)
        assert (together.got[:, :, number] == alone.got[:, :, 0]).all()


def _with_stocks(one: Draws, other: Draws, number: int) -> Draws:
    part = other.part(number, number + 1)
    return replace(one, cover=part.cover, reserve=part.reserve)


@pytest.mark.parametrize(
    ("kind", "figures"),
    [("licence", {"share": 1.0, "delay_days": 70.0}), ("quota", {"quota": 10.0}), ("ban", {}), ("demand", {"severity": -0.5})],
)
def test_a_shock_that_is_over_leaves_no_lever(kind: str, figures: dict[str, float]) -> None:
    world, net = two_suppliers(), network(two_suppliers())
    ranges = {name: (value, value, value) for name, value in figures.items()}
    one = Shock(kind, "CHN", ("*",), ("magnet",), DAY, figures={**ranges, "weeks": (1.0, 2.0, 3.0)})
    future, calendar = scenario(one), Calendar(DAY, 6, 4)
    some = draw(world, future, net, 4, seed=0)
    effects = effects_of(future, some, net, world, calendar)
    spans = spans_of(future, some, effects, net, np.zeros(0, dtype=np.int64), calendar)
    last = spans[-1][1]
    assert sum(length for length, _ in spans) == 6
    assert (last.gates, last.capacity, last.demand, last.quotas) == (None, None, None, ())


def test_elasticity_and_passing_are_drawn_where_the_world_gives_a_range() -> None:
    world = chain()
    ban, tariff = shock("ban", products=("oxide",)), shock("tariff", actor="JPN", targets=("CHN",), products=("oxide",), rate=0.5)
    fixed = draw(world, scenario(ban, tariff), network(world), 5, seed=0)
    assert set(fixed.figures[1]["elasticity"].tolist()) == {3.0}
    ranged = with_parameters(world, armington_elasticity=3.0, transshipment_share=0.1)
    table = ranged["parameters"].with_columns(low=ranged["parameters"]["value"] / 2, high=ranged["parameters"]["value"] * 2)
    some = draw(ranged.with_table("parameters", table), scenario(ban, tariff), network(ranged), 50, seed=0)
    assert 0.05 <= some.figures[0]["passing"].min() < 0.1 < some.figures[0]["passing"].max() <= 0.2
    assert len(set(some.figures[1]["elasticity"].tolist())) == 50


def test_elasticities_of_demand_and_supply_are_drawn_and_reach_the_run() -> None:
    world = with_parameters(two_suppliers(), demand_elasticity=-0.5, price_unmet=0.5)
    table = world["parameters"].with_columns(
        low=pl.when(pl.col("parameter") == "demand_elasticity").then(-1.0).otherwise("value"),
        high=pl.when(pl.col("parameter") == "demand_elasticity").then(-0.1).otherwise("value"),
    )
    world = world.with_table("parameters", table)
    net, future = network(world), scenario(shock("outage", products=("magnet",), severity=-0.6))
    some = draw(world, future, net, 20, seed=0)
    assert some.market["demand_elasticity"][0] == -0.5
    assert len(set(some.market["demand_elasticity"].tolist())) == 20
    begun = state_of(net, some.part(3, 9), np.zeros(0, dtype=np.int64))
    assert begun.demand_elasticity.tolist() == some.market["demand_elasticity"][3:9].tolist()
    assert set(begun.supply_elasticity.tolist()) == {0.0}


def test_the_same_seed_gives_the_same_bytes_whatever_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for threads in (1, 2, 5):
        monkeypatch.setattr("ytterby.dynamics.compiled.threads", lambda threads=threads: threads)
        found.append(stress(two_suppliers(), scenario(LASTING), weeks=40, draws=70, seed=5).got.tobytes())
    assert found[0] == found[1] == found[2]
