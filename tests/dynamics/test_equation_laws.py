"""The laws with everything on: prices, substitutes, scrap, building, trans-shipment, every rationing rule, whatever the world."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.dynamics.cases import DAY, scenario, shock, times, with_parameters
from tests.dynamics.engines import PRICED, one_market
from tests.dynamics.test_kernel import apart, both
from tests.dynamics.test_laws import RANGED, SHOCKS, worlds
from tests.worlds import table
from ytterby.core.scenario import Shock
from ytterby.core.world import World
from ytterby.dynamics import compiled
from ytterby.dynamics.draws import draw
from ytterby.dynamics.model import initial_state
from ytterby.dynamics.network import network
from ytterby.dynamics.pressure import licensed_links
from ytterby.dynamics.shocks import Calendar
from ytterby.dynamics.simulate import Engine, run, stress
from ytterby.dynamics.spans import effects_of, spans_of

PHASES = (Phase.explicit, Phase.generate)
"""No shrinking: a run of two engines is dear."""
quick = settings(max_examples=20, phases=PHASES)

RULES = st.fixed_dictionaries(
    {
        "price_unmet": st.sampled_from([0.0, 0.02, 0.2]),
        "price_cover": st.sampled_from([0.0, 0.05]),
        "demand_elasticity": st.sampled_from([-0.1, -0.6]),
        "supply_elasticity": st.sampled_from([0.0, 0.3]),
        "transshipment_share": st.sampled_from([0.0, 0.2]),
        "transshipment_weeks": st.integers(0, 9),
        "transshipment_premium": st.sampled_from([0.0, 0.5]),
        "release_weeks": st.sampled_from([1.0, 12.0]),
        "expansion_share": st.sampled_from([0.0, 0.4]),
        "expansion_price": st.sampled_from([1.02, 1.5]),
        "recycling_rate": st.sampled_from([0.0, 0.4]),
        "new_scrap": st.sampled_from([0.0, 0.2]),
        "rationing": st.integers(0, 4),
    }
)
CALM = ("recycling_rate", "new_scrap")
"""Parameters that are a change by themselves."""


def with_all(base: World, rules: dict[str, float]) -> World:
    """The world with these rules and two substitutes: another product of the network, and one from outside."""
    rows = [("magnet", "car", "oxide", 0.3, 4.0), ("oxide", "magnet", "ferrite", 0.2, 9.0)]
    given_ = table("product use substitute share lag", rows, basis="assumed", source="textbook")
    return with_parameters(base, **rules).with_table("substitution", given_)


@quick
@given(worlds(), RULES, SHOCKS, SHOCKS)
def test_the_kernel_equals_the_model_and_goods_balance_in_both(base: World, rules: dict[str, float], one: Shock, other: Shock) -> None:
    assert apart(*both(with_all(base, rules), scenario(one, other))) <= 1e-12


@settings(max_examples=5, phases=PHASES)
@given(worlds(), RULES)
def test_draws_of_every_kind_of_range_are_equal_too(base: World, rules: dict[str, float]) -> None:
    assert apart(*both(with_all(base, rules), RANGED, weeks=120, draws=11)) <= 1e-12


@quick
@given(worlds(), RULES)
def test_without_a_shock_nothing_moves(base: World, rules: dict[str, float]) -> None:
    still = {name: 0.0 if name in CALM else value for name, value in rules.items()}
    calm = stress(with_all(base, still), scenario(), weeks=156)
    assert np.abs(calm.got / calm.wanted - 1.0).max() <= 1e-11
    assert np.abs(calm.shipped / calm.shipped[0] - 1.0).max() <= 1e-11


@quick
@given(worlds(), RULES, SHOCKS, st.sampled_from([1e-3, 1000.0]))
def test_all_masses_together_change_no_share(base: World, rules: dict[str, float], one: Shock, factor: float) -> None:
    bigger = {name: tuple(factor * x for x in limits) if name in ("quota", "t") else limits for name, limits in one.figures.items()}
    scaled = Shock(**{**one.__dict__, "figures": bigger})
    small = stress(with_all(base, rules), scenario(one), weeks=80)
    large = stress(with_all(times(base, factor), rules), scenario(scaled), weeks=80)
    assert large.got / large.wanted == pytest.approx(small.got / small.wanted, abs=1e-9)


@settings(max_examples=5, phases=PHASES)
@given(worlds(), RULES)
def test_a_batch_of_draws_equals_single_runs_bit_for_bit(base: World, rules: dict[str, float]) -> None:
    full = with_all(base, rules)
    net = network(full)
    drawn = draw(full, RANGED, net, 6, seed=3)
    engines: tuple[Engine, ...] = ("model", "kernel")
    for engine in engines:
        batch = run(net, full, RANGED, drawn, 60, engine=engine)
        for k in range(6):
            alone = run(net, full, RANGED, drawn.part(k, k + 1), 60, engine=engine)
            assert (alone.got[:, :, 0] == batch.got[:, :, k]).all()
            assert (alone.stock[:, :, 0] == batch.stock[:, :, k]).all()


@quick
@given(worlds(), SHOCKS, st.integers(0, 4))
def test_no_rule_of_sharing_changes_how_much_there_is(base: World, one: Shock, rule: int) -> None:
    """Who is served first moves goods between users, not the first week's total."""
    fair, ruled = (stress(with_parameters(base, rationing=number), scenario(one), weeks=1).shipped.sum() for number in (0, rule))
    assert ruled == pytest.approx(fair, rel=1e-12)


def test_elasticities_may_differ_from_draw_to_draw() -> None:
    base = with_parameters(one_market(), **PRICED)
    net, hit = network(base), scenario(shock("outage", products=("ore",), severity=-0.3))
    drawn = draw(base, hit, net, 3, seed=0)
    calendar = Calendar(DAY, 500, 3)
    effects = effects_of(hit, drawn, net, base, calendar)
    state = initial_state(net, drawn.cover, drawn.reserve, licensed_links(effects))
    state.demand_elasticity = np.array([-0.25, -0.5, -2.0])
    price = np.zeros((500, 2, 3))
    compiled.run(net, state, spans_of(hit, drawn, effects, net, licensed_links(effects), calendar), price=price)
    assert np.exp(price[-1, 0]) == pytest.approx(0.7 ** (1.0 / np.array([-0.25, -0.5, -2.0])), rel=1e-5)


def test_prices_come_out_as_a_table_and_without_prices_it_is_empty() -> None:
    hit = scenario(shock("outage", products=("ore",), severity=-0.3))
    base = with_parameters(one_market(), **PRICED, demand_elasticity=-0.5)
    prices = stress(base, hit, weeks=300, draws=2).prices()
    assert prices.columns == ["scenario", "week", "product", "side", "low", "price", "high"]
    assert prices.height == 2 * 300
    inside = prices.filter(prices["side"] == "inside").sort("week")
    assert inside["price"][-1] == pytest.approx(0.7**-2, rel=1e-5)
    assert prices.filter(prices["side"] == "outside")["price"].unique().to_list() == [1.0]
    assert stress(one_market(), hit, weeks=3).prices().height == 0
