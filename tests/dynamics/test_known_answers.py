"""Answers that can be worked out by hand; more of them in test_prices.py, test_making.py and test_sharing.py."""

import datetime

import numpy as np
import pytest

from tests.dynamics.cases import scenario, shock, with_parameters
from tests.worlds import chain, two_suppliers, world
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.simulate import stress


@pytest.mark.parametrize(("oxide", "magnet", "transit"), [(0, 0, 5), (3, 0, 5), (0, 4, 1), (3, 2, 5), (10, 7, 9)])
def test_a_total_ban_stops_the_end_use_after_all_lags_and_covers(oxide: int, magnet: int, transit: int) -> None:
    stocks = [("oxide", "JPN", "industry", 7.0 * oxide), ("magnet", "JPN", "industry", 7.0 * magnet)]
    banned = stress(with_parameters(chain(stocks), transit_weeks=transit), scenario(shock("ban", products=("oxide",))), weeks=60)
    stop = transit + oxide + 1 + magnet
    served = banned.got[:, 0, 0] / banned.wanted[:, 0, 0]
    assert banned.stops["weeks"].item() == stop
    assert served[:stop] == pytest.approx(1.0, abs=1e-12)
    assert np.abs(served[stop:]).max() <= 1e-12


@pytest.mark.parametrize("severity", [-0.1, -0.25, -0.6, -1.0])
def test_without_stocks_and_with_one_supplier_the_loss_is_one_to_one(severity: float) -> None:
    hit = stress(chain(), scenario(shock("outage", products=("ore",), severity=severity)), weeks=30)
    served = hit.got[:, 0, 0] / hit.wanted[:, 0, 0]
    assert served[-1] == pytest.approx(1.0 + severity, abs=1e-12)


def one_buyer(share: float, spare: float) -> World:
    return world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 1000.0 * share), ("magnet", "AUS", 1000.0 * (1 - share))],
        trade=[("magnet", "CHN", "JPN", 1000.0 * share), ("magnet", "AUS", "JPN", 1000.0 * (1 - share))],
        demand=[("magnet", "JPN", "car", 1000.0)],
        capacity=[("magnet", "AUS", 1000.0 * (1 - share + spare))],
    )


@pytest.mark.parametrize(("share", "spare"), [(0.6, 0.0), (0.6, 0.2), (0.6, 0.6), (0.3, 0.5), (0.9, 0.1)])
def test_with_spare_capacity_the_loss_is_the_n_minus_1_residual(share: float, spare: float) -> None:
    quick = with_parameters(one_buyer(share, spare), reroute_weeks=1)
    served = stress(quick, scenario(shock("ban", products=("magnet",))), weeks=60)
    loss = 1.0 - served.got[-1, 0, 0] / served.wanted[-1, 0, 0]
    assert loss == pytest.approx(max(0.0, share - spare), abs=1e-9)


@pytest.mark.parametrize("spare", [0.0, 0.1, 0.18, 0.5])
def test_a_partial_refusal_takes_its_share_of_base_orders_once(spare: float) -> None:
    """A licence on all trade with 30 % refused stops 0.3 x 0.6 of the need. What spare capacity takes over is not refused a second time."""
    quick = with_parameters(one_buyer(0.6, spare), reroute_weeks=1)
    served = stress(quick, scenario(shock("licence", products=("magnet",), share=1.0, delay_days=7.0, denied=0.3)), weeks=200)
    loss = 1.0 - served.got[-1, 0, 0] / served.wanted[-1, 0, 0]
    assert loss == pytest.approx(max(0.0, 0.18 - spare), abs=1e-6)


def test_a_leaky_ban_lets_its_share_of_base_orders_pass_whatever_has_gone_elsewhere() -> None:
    leaky = with_parameters(one_buyer(0.6, 0.1), reroute_weeks=1, transshipment_share=0.7)
    served = stress(leaky, scenario(shock("ban", products=("magnet",))), weeks=200)
    loss = 1.0 - served.got[-1, 0, 0] / served.wanted[-1, 0, 0]
    assert loss == pytest.approx(0.18 - 0.1, abs=1e-6)


def one_seller() -> World:
    """CHN mines all that JPN uses; nothing else, no stocks."""
    return world([("ore", "mine")], [], [("ore", "CHN", 2080.0)], [("ore", "CHN", "JPN", 2080.0)], [("ore", "JPN", "car", 2080.0)])


@pytest.mark.parametrize("weeks", [1, 4, 9])
def test_a_fixed_licence_delay_holds_back_its_share_once(weeks: int) -> None:
    share, base = 0.75, 2080.0 * 7 / 365
    fixed = with_parameters(one_seller(), licence_stages=weeks, order_weeks=1e12)  # no restocking
    held = stress(fixed, scenario(shock("licence", products=("ore",), share=share, delay_days=7.0 * weeks)), weeks=60)
    exports = held.exports("ore", "CHN")
    assert exports[:weeks] == pytest.approx((1 - share) * base, rel=1e-12)
    assert exports[weeks:] == pytest.approx(base, rel=1e-12)
    assert held.lost(60).item() == pytest.approx(share * base * weeks, rel=1e-9)


@pytest.mark.parametrize("stages", [1, 3, 5])
def test_the_erlang_queue_obeys_littles_law(stages: int) -> None:
    share, weeks, base = 0.6, 7.5, 2080.0 * 7 / 365
    spread = with_parameters(one_seller(), licence_stages=stages, order_weeks=1e12)
    held = stress(spread, scenario(shock("licence", products=("ore",), share=share, delay_days=7.0 * weeks)), weeks=156)
    never_shipped = (base - held.exports("ore", "CHN")).sum()
    assert never_shipped == pytest.approx(share * base * weeks, rel=1e-6)


def test_refused_licences_cut_the_flow_for_good() -> None:
    held = stress(chain(), scenario(shock("licence", products=("oxide",), share=0.5, delay_days=14.0, denied=0.4)), weeks=104)
    assert held.got[-1].item() == pytest.approx(0.8 * held.wanted[-1].item(), rel=1e-9)


def test_a_quota_is_filled_and_not_passed() -> None:
    limited = stress(chain(), scenario(shock("quota", products=("oxide",), quota=1040.0)), weeks=30)
    assert limited.exports("oxide", "CHN") == pytest.approx(1040.0 * 7 / 365, rel=1e-12)


def test_a_stock_refills_exponentially() -> None:
    """After a release has doubled the stock, orders fall: the excess decays as (1 - 1/tau)^t."""
    one = world(
        [("ore", "mine")], [], [("ore", "CHN", 1000.0)], [], [("ore", "CHN", "car", 1000.0)], stocks=[("ore", "CHN", "industry", 70.0)]
    )
    given = shock("release", products=("ore",), t=50.0)
    given = type(given)(**{**given.__dict__, "end": given.start + (type(given.start).resolution * 6)})
    slow = stress(with_parameters(one, order_weeks=8, domestic_weeks=1), scenario(given), weeks=40)
    excess = slow.stock[:, 0, 0] - 10 * 1000 * 7 / 365
    assert excess[0] == pytest.approx(50.0, rel=1e-9)
    assert excess[2:] / excess[1:-1] == pytest.approx(1 - 1 / 8, rel=1e-6)


@pytest.mark.parametrize("tau", [30.0, 120.0])
def test_a_slow_refill_is_an_exponential(tau: float) -> None:
    """What an outage took from a stock comes back as 1 - exp(-t / tau): to (1 - 1 / tau)^t exactly, to 1 / (2 tau) of the exponent."""
    days = 70.0
    stocks = [("ore", "CHN", "industry", days)]
    one = world([("ore", "mine")], [], [("ore", "CHN", 1000.0)], [], [("ore", "CHN", "car", 1000.0)], stocks, [("ore", "CHN", 9000.0)])
    hit = shock("outage", products=("ore",), severity=-1.0)
    hit = Shock(**{**hit.__dict__, "end": hit.start + datetime.timedelta(27)})
    slow = stress(with_parameters(one, order_weeks=tau), scenario(hit), weeks=160)
    normal = days / 365 * 1000
    missing = normal - slow.stock[:, 0, 0]
    start = 8
    weeks = np.arange(len(missing) - start)
    assert missing[start:] / missing[start] == pytest.approx((1.0 - 1.0 / tau) ** weeks, rel=1e-6)
    assert np.log(missing[-1] / missing[start]) == pytest.approx(-weeks[-1] / tau, rel=0.6 / tau + 1e-9)


def leontief_world() -> tuple[World, np.ndarray, np.ndarray]:
    """Five products, alloys and magnets of several inputs, final demand at each stage, idle capacity; A and f in order of the products."""
    names = ["alloy", "dy", "fe", "magnet", "nd"]
    recipe = np.zeros((5, 5))
    recipe[2, 0], recipe[4, 0], recipe[0, 3], recipe[1, 3] = 0.7, 0.4, 1.2, 0.05
    final = np.array([30.0, 2.0, 400.0, 100.0, 15.0])
    output = np.linalg.solve(np.eye(5) - recipe, final)
    base = world(
        products=[(name, "metal") for name in names],
        recipes=[(names[j], names[k], recipe[k, j]) for j in range(5) for k in range(5) if recipe[k, j]],
        production=[(name, "CHN", made) for name, made in zip(names, output, strict=True)],
        trade=[],
        demand=[(name, "CHN", "car", t) for name, t in zip(names, final, strict=True)],
        capacity=[(name, "CHN", 2.0 * made) for name, made in zip(names, output, strict=True)],
    )
    return base, recipe, final


@pytest.mark.parametrize("change", [(-0.4, 0.5), (0.3, -0.2), (0.9, 0.0)])
def test_another_final_demand_ends_at_the_leontief_inverse(change: tuple[float, float]) -> None:
    """(d): x = (I - A)^-1 f."""
    base, recipe, final = leontief_world()
    new = scenario(*(shock("demand", products=(name,), severity=part) for name, part in zip(("magnet", "fe"), change, strict=True)))
    ends = stress(with_parameters(base, order_weeks=3), new, weeks=300)
    wanted = final * np.array([1.0, 1.0, 1.0 + change[1], 1.0 + change[0], 1.0])
    made = np.bincount(ends.grid.node_product[ends.grid.link_node], ends.shipped[-1], 5) * 365 / 7
    assert made == pytest.approx(np.linalg.solve(np.eye(5) - recipe, wanted), rel=1e-9)
    assert ends.got[-1] == pytest.approx(ends.wanted[-1], rel=1e-9)


def test_government_stock_bridges_its_days() -> None:
    stocks = [("oxide", "JPN", "state", 28.0)]
    banned = stress(with_parameters(chain(stocks), transit_weeks=2), scenario(shock("ban", products=("oxide",))), weeks=30)
    assert banned.stops["weeks"].item() == 2 + 4 + 1


def test_defence_first_spares_the_defence_use() -> None:
    ban = scenario(shock("ban", products=("magnet",)))
    fair = stress(two_suppliers(), ban, weeks=40)
    first = stress(with_parameters(two_suppliers(), defence_first=1), ban, weeks=40)
    radar = fair.stops["use"].to_list().index("radar")
    assert fair.lost()[radar].item() > 0.0
    assert first.lost()[radar].item() == pytest.approx(0.0, abs=1e-9)
    assert first.lost().sum() == pytest.approx(fair.lost().sum(), rel=1e-9)


def test_trans_shipment_lets_its_share_through() -> None:
    leaky = stress(with_parameters(chain(), transshipment_share=0.2), scenario(shock("ban", products=("oxide",))), weeks=3)
    assert leaky.exports("oxide", "CHN") == pytest.approx(0.2 * 2080 * 7 / 365, rel=1e-12)


def test_a_tariff_turns_orders_to_others() -> None:
    taxed = stress(one_buyer(0.6, 0.6), scenario(shock("tariff", actor="JPN", targets=("CHN",), products=("magnet",), rate=1.0)), weeks=156)
    assert taxed.exports("magnet", "CHN")[-1] == pytest.approx(600.0 * 7 / 365 * 2.0**-3, rel=1e-2)
    assert taxed.lost().item() == pytest.approx(0.0, abs=1e-6)


def test_more_demand_than_capacity_is_lost() -> None:
    more = stress(chain(), scenario(shock("demand", actor="JPN", products=("magnet",), severity=0.25)), weeks=30)
    assert more.got[-1].item() == pytest.approx(more.wanted[-1].item() / 1.25, rel=1e-9)


def test_the_first_months_of_the_magnet_licences_of_2025_come_out() -> None:
    """China's magnet exports (customs, t): April 2,626, May 1,238, June 3,188; base month 4,846.

    Goods cleared for nine days more, 75 % of the trade waits 63 days; without restocking. From July on restocking orders, which this run
    leaves out, took exports above the base month.
    """
    year, start = 12 * 4846.0, datetime.date(2025, 4, 13)
    seller = world(
        [("magnet", "magnet")], [], [("magnet", "CHN", year)], [("magnet", "CHN", "DEU", year)], [("magnet", "DEU", "car", year)]
    )
    seller = with_parameters(seller, licence_stages=9, order_weeks=1e12)
    held = Shock("licence", "CHN", ("*",), ("magnet",), start, figures={"share": (0.75,) * 3, "delay_days": (63.0,) * 3})
    weekly = stress(seller, Scenario("2025", start, 1.0, (held,)), weeks=12).exports("magnet", "CHN")
    daily = np.concatenate([np.full(12, year / 365), np.repeat(weekly / 7, 7)])  # from 1 April
    months = [daily[:30].sum(), daily[30:61].sum(), daily[61:91].sum()]
    assert months == pytest.approx([2626.0, 1238.0, 3188.0], rel=0.04)
