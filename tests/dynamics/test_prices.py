"""Known answers of prices and what they build, and of runs that diverge, in both engines."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.dynamics.cases import scenario, shock, with_parameters
from tests.dynamics.engines import PRICED, Both, one_market
from tests.worlds import chain, world
from ytterby.core.world import World
from ytterby.dynamics import compiled
from ytterby.dynamics.draws import draw
from ytterby.dynamics.model import State, initial_state, step
from ytterby.dynamics.network import WEEK, Network, network
from ytterby.dynamics.pressure import Pressure, licensed_links, pressure
from ytterby.errors import InputError, ModelError


@pytest.mark.parametrize(("cut", "demand", "supply"), [(0.3, -0.5, 0.0), (0.3, -0.5, 0.4), (0.6, -0.25, 1.0), (0.1, -2.0, 0.2)])
def test_an_iso_elastic_cut_ends_at_its_price(cut: float, demand: float, supply: float) -> None:
    """(h): p/p0 = (1 - q)^(1/(eps_d - eps_s)); with idle capacity enough for the elastic supply."""
    base = with_parameters(one_market(9000.0 if supply else 0.0), **PRICED, demand_elasticity=demand, supply_elasticity=supply)
    run = Both(base, scenario(shock("outage", products=("ore",), severity=-cut)), weeks=600)
    assert np.exp(run.price[-1, 0]) == pytest.approx((1.0 - cut) ** (1.0 / (demand - supply)), rel=1e-6)
    assert run.used[-1][0] == pytest.approx(1000.0 * WEEK * np.exp(demand * run.price[-1, 0]), rel=1e-6)
    assert run.wanted[-1][0] == pytest.approx(1000.0 * WEEK, rel=1e-12)  # what the price drove out counts as missing


@pytest.mark.parametrize("cut", [0.2, 0.5])
def test_less_demand_lowers_the_price(cut: float) -> None:
    base = with_parameters(one_market(), **PRICED, demand_elasticity=-0.5, supply_elasticity=0.3)
    run = Both(base, scenario(shock("demand", products=("ore",), severity=-cut)), weeks=600)
    assert np.exp(run.price[-1, 0]) == pytest.approx((1.0 - cut) ** (1.0 / (0.5 + 0.3)), rel=1e-6)


def test_a_ban_raises_the_price_outside_and_lowers_it_inside() -> None:
    seller = world(
        [("ore", "mine")],
        [],
        [("ore", "CHN", 800.0), ("ore", "AUS", 200.0)],
        [("ore", "CHN", "JPN", 500.0), ("ore", "AUS", "JPN", 200.0)],
        [("ore", "CHN", "car", 300.0), ("ore", "JPN", "car", 700.0)],
    )
    base = with_parameters(seller, **PRICED, demand_elasticity=-0.5, supply_elasticity=0.5)
    run = Both(base, scenario(shock("ban", products=("ore",))), weeks=600)
    inside, outside = np.exp(run.price[-1, :2])
    # Inside 800 p^0.5 is made for 300 p^-0.5, outside 200 (no idle capacity) for 700 p^-0.5.
    assert inside == pytest.approx(300.0 / 800.0, rel=1e-5)
    assert outside == pytest.approx((700.0 / 200.0) ** 2, rel=1e-5)


def test_missing_stock_raises_the_price_and_full_stock_lets_it_rest() -> None:
    stocks = [("ore", "CHN", "industry", 70.0)]
    plain = world([("ore", "mine")], [], [("ore", "CHN", 1000.0)], [], [("ore", "CHN", "car", 1000.0)], stocks=stocks)
    base = with_parameters(plain, price_unmet=0.0, price_cover=0.05, demand_elasticity=0.0)
    calm = Both(base, scenario(), weeks=50)
    assert np.abs(calm.price).max() <= 1e-12
    hit = Both(base, scenario(shock("outage", products=("ore",), severity=-0.5)), weeks=4)
    assert hit.price[-1, 0] == pytest.approx(0.05 * sum(1.0 - stock[0] / (1000 * 10 * WEEK) for stock in hit.stock), rel=1e-9)


def test_a_tariff_lowers_demand_as_a_price() -> None:
    buyer = world([("ore", "mine")], [], [("ore", "CHN", 1000.0)], [("ore", "CHN", "JPN", 1000.0)], [("ore", "JPN", "car", 1000.0)])
    base = with_parameters(buyer, demand_elasticity=-0.5)
    run = Both(base, scenario(shock("tariff", actor="JPN", targets=("CHN",), products=("ore",), rate=0.44)), weeks=60)
    assert run.used[-1][0] == pytest.approx(1000.0 * WEEK / 1.2, rel=1e-6)


def test_a_high_price_builds_capacity_after_its_lead_and_over_its_ramp() -> None:
    slow = one_market()
    slow = slow.with_table("processes", slow["processes"].with_columns(lead_time=pl.lit(0.5), ramp=pl.lit(0.25)))
    base = with_parameters(slow, price_unmet=0.02, expansion_share=0.5, expansion_price=1.5)
    run = Both(base, scenario(shock("demand", products=("ore",), severity=1.0)), weeks=100)
    passed = int(np.argmax(run.price[:, 0] >= np.log(1.5)))
    done = (np.arange(100) - passed - 0.5 * 365 / 7) / (0.25 * 365 / 7)
    assert 0 < passed < 30
    assert np.array(run.made)[:, 0] / (1000.0 * WEEK) == pytest.approx(1.0 + 0.5 * np.clip(done, 0.0, 1.0))


@pytest.mark.parametrize("name", ["price_unmet", "price_cover"])
def test_a_run_that_explodes_is_named(name: str) -> None:
    wild = {name: 30.0, "demand_elasticity": -0.001}
    stocks = [("ore", "CHN", "industry", 70.0)]
    plain = world([("ore", "mine")], [], [("ore", "CHN", 1000.0)], [], [("ore", "CHN", "car", 1000.0)], stocks=stocks)
    hit = scenario(shock("outage", products=("ore",), severity=-0.9))
    base = with_parameters(plain, **wild)
    with pytest.raises(ModelError, match=r"week \d+: the run diverges, ln\(price\) of ore in inside the controls is \d+"):
        Both(base, hit, weeks=60)


def test_orders_that_explode_or_are_no_number_are_named_with_product_and_country() -> None:
    net, state = _at_rest(chain())
    state.plan[net.grid.node_product == net.grid.products.index("oxide")] = np.inf
    force = _nothing(net)
    with pytest.raises(ModelError, match=r"week 0: the run diverges, orders of ore in CHN is inf"):
        step(net, state, replace(force, capacity=np.full((3, 1), np.inf)), 0)
    net, state = _at_rest(chain())
    state.stock[0] = np.nan
    with pytest.raises(ModelError, match=r"the run diverges"):
        compiled.run(net, state, [(3, force)])


def _at_rest(base: World) -> tuple[Network, State]:
    net = network(base)
    drawn = draw(base, scenario(), net, 1, seed=0)
    return net, initial_state(net, drawn.cover, drawn.reserve, licensed_links([]))


def _nothing(net: Network) -> Pressure:
    return pressure([], net, licensed_links([]), 0, 1)


@pytest.mark.parametrize(("name", "value"), [("demand_elasticity", 0.5), ("recycling_rate", 1.5), ("rationing", 9), ("price_unmet", -1)])
def test_a_parameter_out_of_its_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(InputError, match=f"{name} is"):
        network(with_parameters(chain(), **{name: value}))
