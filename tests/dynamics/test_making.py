"""Known answers of substitutes, by-products, scrap and openings, in both engines."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.dynamics.cases import scenario, shock, with_parameters
from tests.dynamics.engines import Both, one_market
from tests.worlds import chain, table, two_suppliers, world
from ytterby.core.world import World
from ytterby.dynamics.network import WEEK, network
from ytterby.dynamics.scenario_file import load_scenario
from ytterby.errors import InputError


def substituted(base: World, rows: Sequence[tuple[str, str, str, float, float]]) -> World:
    return base.with_table("substitution", table("product use substitute share lag", rows, basis="assumed", source="textbook"))


def test_a_substitute_from_outside_covers_its_share_after_its_lag() -> None:
    base = substituted(with_parameters(chain(), transit_weeks=1), [("magnet", "car", "Induction motors", 0.25, 6.0)])
    run = Both(base, scenario(shock("ban", products=("oxide",))), weeks=40)
    slot = run.slot("magnet", "JPN", "car")
    wanted = np.array(run.wanted)[:, slot] / (1040.0 * WEEK)
    first = int(np.argmax(np.array(run.used)[:, slot] <= 0.0))
    assert wanted[: first + 6] == pytest.approx(1.0)
    assert wanted[first + 6 :] == pytest.approx(0.75)


def two_goods(idle: float) -> World:
    return world(
        [("neo", "mine"), ("ferrite", "mine")],
        [],
        [("neo", "CHN", 1000.0), ("ferrite", "JPN", 1000.0)],
        [("neo", "CHN", "JPN", 1000.0)],
        [("neo", "JPN", "car", 1000.0), ("ferrite", "JPN", "car", 1000.0)],
        capacity=[("ferrite", "JPN", 1000.0 + idle)],
        stocks=[("ferrite", "JPN", "industry", 70.0)],
    )


def test_a_substitute_of_the_network_is_drawn_tonne_for_tonne_and_made_anew() -> None:
    base = substituted(with_parameters(two_goods(400.0), transit_weeks=1), [("neo", "car", "ferrite", 0.3, 2.0)])
    run = Both(base, scenario(shock("ban", products=("neo",))), weeks=150)
    neo, ferrite = run.slot("neo", "JPN", "car"), run.slot("ferrite", "JPN", "car")
    assert run.wanted[-1][neo] == pytest.approx(700.0 * WEEK, rel=1e-9)
    assert run.used[-1][ferrite] == pytest.approx(1300.0 * WEEK, rel=1e-9)
    assert run.made[-1][run.node("ferrite", "JPN")] == pytest.approx(1300.0 * WEEK, rel=1e-6)


def test_a_substitute_gives_only_what_it_has_beyond_its_own_need() -> None:
    base = substituted(with_parameters(two_goods(0.0), transit_weeks=1), [("neo", "car", "ferrite", 0.3, 2.0)])
    run = Both(base, scenario(shock("ban", products=("neo",))), weeks=150)
    ferrite = run.slot("ferrite", "JPN", "car")
    given = np.array(run.wanted)[:, ferrite].sum() - 150 * 1000.0 * WEEK
    assert given == pytest.approx(10 * 1000.0 * WEEK, rel=1e-6)  # the stock, once
    assert run.served(ferrite) == pytest.approx(1.0, abs=1e-9)


def two_inputs(essential: int = 1) -> World:
    """A tonne of magnets takes 0.1 t of dy and 0.2 t of tb; dy comes from CHN."""
    base = world(
        [("dy", "mine"), ("tb", "mine"), ("magnet", "magnet")],
        [("magnet", "dy", 0.1), ("magnet", "tb", 0.2)],
        [("dy", "CHN", 100.0), ("tb", "JPN", 200.0), ("magnet", "JPN", 1000.0)],
        [("dy", "CHN", "JPN", 100.0)],
        [("magnet", "JPN", "car", 1000.0)],
        capacity=[("tb", "JPN", 400.0)],
    )
    return base.with_table(
        "recipes", base["recipes"].with_columns(pl.lit(essential).cast(base["recipes"].schema["essential"]).alias("essential"))
    )


@pytest.mark.parametrize(("share", "made"), [(0.0, 0.0), (0.4, 0.4), (1.0, 1.0)])
def test_an_input_is_replaced_by_another_input_up_to_its_share(share: float, made: float) -> None:
    stocks = table("product actor holder days", [("tb", "JPN", "industry", 200.0)], basis="assumed", source="textbook")
    base = substituted(with_parameters(two_inputs(), transit_weeks=1, order_weeks=1), [("dy", "magnet", "tb", share, 3.0)])
    run = Both(base.with_table("stocks", stocks), scenario(shock("ban", products=("dy",))), weeks=40)
    assert run.made[-1][run.node("magnet", "JPN")] == pytest.approx(made * 1000.0 * WEEK, rel=1e-9, abs=1e-9)
    tb = run.slot("tb", "JPN")
    assert run.used[-1][tb] == pytest.approx((0.2 * made + 0.1 * made) * 1000.0 * WEEK, rel=1e-9, abs=1e-9)


def test_an_input_that_is_not_essential_cuts_output_linearly() -> None:
    base = with_parameters(two_inputs(essential=0), transit_weeks=1, nonessential_loss=0.3)
    run = Both(base, scenario(shock("outage", products=("dy",), severity=-0.5)), weeks=60)
    assert run.made[-1][run.node("magnet", "JPN")] == pytest.approx(0.85 * 1000.0 * WEEK, rel=1e-9)


def test_an_unknown_use_of_a_substitute_is_named() -> None:
    with pytest.raises(InputError, match="unknown use 'cars'"):
        network(substituted(chain(), [("magnet", "cars", "x", 0.5, 1.0)]))


def with_host(ratio: float) -> World:
    """Gallium of CHN is a by-product of its alumina: ratio t/t."""
    base = world(
        [("alumina", "separation"), ("gallium", "metal")],
        [],
        [("alumina", "CHN", 10000.0), ("gallium", "CHN", 10.0)],
        [("gallium", "CHN", "JPN", 10.0)],
        [("alumina", "CHN", "toy", 10000.0), ("gallium", "JPN", "radar", 10.0)],
        capacity=[("gallium", "CHN", 40.0)],
    )
    row = table("process product role t_per_t essential", [("alumina", "gallium", "output", ratio, 1)], basis="assumed", source="textbook")
    return with_parameters(base.with_table("recipes", row), transit_weeks=1)


def test_a_by_product_makes_no_more_than_its_host_allows() -> None:
    more = shock("demand", actor="JPN", products=("gallium",), severity=1.0)
    free = Both(with_host(0.004), scenario(more), weeks=150)
    bound = Both(with_host(0.0015), scenario(more), weeks=60)
    gallium = free.node("gallium", "CHN")
    assert free.made[-1][gallium] == pytest.approx(20.0 * WEEK, rel=1e-9)
    assert bound.made[-1][gallium] == pytest.approx(15.0 * WEEK, rel=1e-9)


def test_a_by_product_falls_with_its_host() -> None:
    run = Both(with_host(0.001), scenario(shock("outage", products=("alumina",), severity=-0.4)), weeks=60)
    gallium = [made[run.node("gallium", "CHN")] for made in run.made]
    assert gallium[0] == pytest.approx(10.0 * WEEK)
    assert gallium[1:] == pytest.approx([6.0 * WEEK] * 59)


@pytest.mark.parametrize(("rate", "back"), [(0.5, 0.8), (0.9, 1.0), (0.3, 0.5)])
def test_the_recycling_loop_multiplies_primary_supply(rate: float, back: float) -> None:
    """(g): use / primary = 1 / (1 - r eta)."""
    base = with_parameters(one_market(), recycling_rate=rate, recycling_yield=back, order_weeks=2)
    run = Both(base, scenario(), weeks=200)
    assert run.used[-1][0] / run.made[-1][0] == pytest.approx(1.0 / (1.0 - rate * back), rel=1e-9)


def test_recycling_stops_at_its_capacity_and_follows_what_is_in_use() -> None:
    base = with_parameters(one_market(), recycling_rate=1.0, recycling_yield=1.0, recycling_capacity=0.2, order_weeks=2)
    assert Both(base, scenario(), weeks=200).made[-1][0] == pytest.approx(0.8 * 1000.0 * WEEK, rel=1e-9)
    short = with_parameters(one_market(), recycling_rate=0.5, recycling_yield=1.0, recycling_years=1.0, order_weeks=2)
    run = Both(short, scenario(shock("outage", products=("ore",), severity=-1.0)), weeks=300)
    # Only half of what is thrown away comes back: what is in use dies out at rate (1 - r) / life.
    assert run.used[-1][0] / run.used[-2][0] == pytest.approx(1.0 - 0.5 * 7 / 365, rel=1e-3)


def test_new_scrap_lowers_what_a_process_buys() -> None:
    base = with_parameters(chain(), new_scrap=0.25, order_weeks=2)
    run = Both(base, scenario(), weeks=200)
    assert run.made[-1][run.node("magnet", "JPN")] == pytest.approx(1040.0 * WEEK, rel=1e-9)
    assert run.made[-1][run.node("oxide", "CHN")] == pytest.approx(0.75 * 2080.0 * WEEK, rel=1e-6)


def test_an_opening_adds_capacity_after_its_lead_and_over_its_ramp() -> None:
    more = shock("demand", products=("ore",), severity=1.0)
    new = shock("opening", products=("ore",), t=500.0, lead_weeks=10.0, ramp_weeks=20.0)
    run = Both(with_parameters(one_market(), domestic_weeks=1), scenario(more, new), weeks=80)
    made = np.array(run.made)[:, 0] / (1000.0 * WEEK)
    assert made == pytest.approx(1.0 + 0.5 * np.clip((np.arange(80) - 10) / 20, 0.0, 1.0))


def test_new_capacity_elsewhere_draws_orders_from_a_banned_supplier() -> None:
    base = with_parameters(two_suppliers(), reroute_weeks=4)
    ban = shock("ban", products=("magnet",))
    opening = shock("opening", actor="AUS", products=("magnet",), t=1200.0, lead_weeks=4.0, ramp_weeks=8.0)
    alone, opened = (Both(base, scenario(*shocks), weeks=150) for shocks in ((ban,), (ban, opening)))
    car = alone.slot("magnet", "USA", "car")
    assert alone.served(car)[-1] == pytest.approx(0.4)
    assert opened.served(car)[-1] == pytest.approx(1.0, abs=1e-6)


def test_a_scenario_file_takes_an_opening(tmp_path: Path) -> None:
    text = """[scenario]
name = "a new mine"
start = 2025-01-01
[[shock]]
kind = "opening"
actor = "CHN"
products = ["ore"]
start = 2025-01-01
t = [100, 200, 300]
lead_weeks = 4
ramp_weeks = 0
"""
    path = tmp_path / "opening.toml"
    path.write_text(text, encoding="utf-8")
    base = with_parameters(one_market(), domestic_weeks=1)
    opened = load_scenario(path, base)
    more = shock("demand", products=("ore",), severity=1.0)
    run = Both(base, replace(opened, shocks=(*opened.shocks, more)), weeks=20)
    assert np.array(run.made)[:, 0] / (1000.0 * WEEK) == pytest.approx([1.0] * 5 + [1.2] * 15)


def test_an_opening_where_nobody_makes_the_product_changes_nothing() -> None:
    opened = Both(
        one_market(), scenario(shock("opening", actor="CHN", products=("gold",), t=100.0, lead_weeks=0.0, ramp_weeks=0.0)), weeks=9
    )
    assert np.array(opened.made)[:, 0] == pytest.approx([1000.0 * WEEK] * 9)
