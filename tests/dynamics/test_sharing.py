"""Known answers of rationing rules, trans-shipment and government stock, in both engines."""

import numpy as np
import pytest

from tests.dynamics.cases import scenario, shock, with_parameters
from tests.dynamics.engines import Both
from tests.worlds import chain, two_suppliers, world
from ytterby.dynamics.extras import RULES
from ytterby.dynamics.network import WEEK, network
from ytterby.dynamics.ration import ration


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        ("proportional", [4.0, 2.0, 4.0]),
        ("domestic first", [6.0, 4.0 / 3.0, 8.0 / 3.0]),
        ("contract first", [4.0, 2.0, 4.0]),
        ("smallest first", [4.0, 2.0, 4.0]),
    ],
)
def test_ten_tonnes_among_orders_of_six_three_and_six(rule: str, given: list[float]) -> None:
    """Base flows 4, 2, 4 of which the first stays at home: see each rule's share of 10 t."""
    seller = world(
        [("ore", "mine")],
        [],
        [("ore", "CHN", 10.0)],
        [("ore", "CHN", "JPN", 2.0), ("ore", "CHN", "USA", 4.0)],
        [("ore", "CHN", "car", 4.0), ("ore", "JPN", "car", 2.0), ("ore", "USA", "car", 4.0)],
    )
    net = network(with_parameters(seller, rationing=RULES.index(rule)))
    orders = np.array([[6.0], [3.0], [6.0]]) * WEEK
    order = [net.grid.actors[actor] for actor in net.grid.slot_actor[net.grid.link_slot]]
    assert order == ["CHN", "JPN", "USA"]
    expected = {"smallest first": [3.5, 3.0, 3.5]}.get(rule, given)
    shipped = ration(orders, np.array([[10.0 * WEEK]]), np.array([[15.0 * WEEK]]), net) / WEEK
    assert shipped.ravel() == pytest.approx(expected)


def test_contracts_come_before_orders_beyond_them() -> None:
    net = network(with_parameters(two_suppliers(), rationing=RULES.index("contract first")))
    first = np.flatnonzero(net.grid.link_node == 0)
    orders = net.flow[:, None].copy()
    orders[first[0]] *= 3.0
    goods = np.array([[net.flow[first].sum() * 1.1], [1e9]])
    shipped = ration(orders, goods, net.by_node @ orders, net)
    assert (shipped[first[1:]] == orders[first[1:]]).all()
    assert shipped[first].sum() == pytest.approx(goods[0, 0])


@pytest.mark.parametrize("rule", range(len(RULES)))
def test_each_rule_runs_in_both_engines_and_serves_all_there_is(rule: int) -> None:
    base = with_parameters(two_suppliers(), rationing=rule)
    run = Both(
        base,
        scenario(shock("outage", products=("magnet",), severity=-0.5), shock("demand", actor="USA", products=("magnet",), severity=0.4)),
    )
    cars, radar = run.slot("magnet", "USA", "car"), run.slot("magnet", "JPN", "radar")
    if RULES[rule] in ("defence first", "smallest first"):
        assert run.served(radar)[-1] == pytest.approx(1.0)
    assert run.served(cars)[-1] < 1.0


def test_third_countries_let_their_share_through_later_and_dearer() -> None:
    theta, late = 0.2, 7
    base = with_parameters(chain(), transit_weeks=3, transshipment_share=theta, transshipment_weeks=late)
    run = Both(base, scenario(shock("ban", products=("oxide",))), weeks=40)
    made = np.array(run.made)[:, run.node("magnet", "JPN")] / (1040.0 * WEEK)
    assert made[:3] == pytest.approx(1.0)
    assert np.abs(made[3 : 3 + late]).max() <= 1e-12
    assert made[3 + late :] == pytest.approx(theta, rel=1e-9)
    buyer = world([("ore", "mine")], [], [("ore", "CHN", 1000.0)], [("ore", "CHN", "JPN", 1000.0)], [("ore", "JPN", "car", 1000.0)])
    dear = {"transshipment_share": theta, "transshipment_weeks": late, "transshipment_premium": 2.2, "demand_elasticity": -0.5}
    dearer = Both(with_parameters(buyer, **dear), scenario(shock("ban", products=("ore",))), weeks=60)
    # 2.2 x 0.2 = 44 % dearer: demand falls to 1 / 1.2, of which a share theta passes.
    assert dearer.shipped[0][0] == pytest.approx(theta * 1000.0 * WEEK / 1.2)


def test_a_government_stock_gives_a_part_of_itself_a_week() -> None:
    stocks = [("oxide", "JPN", "state", 70.0)]
    base = with_parameters(chain(stocks), transit_weeks=1, release_weeks=20)
    run = Both(base, scenario(shock("ban", products=("oxide",))), weeks=30)
    used = np.array(run.used)[:, run.slot("oxide", "JPN")] / (2080.0 * WEEK)
    assert used[1:10] == pytest.approx([10 / 20 * 0.95**k for k in range(9)])
