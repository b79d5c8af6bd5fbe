"""Laws that every run obeys, whatever the world: fixed point, scale, order, batches, monotony."""

import datetime
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dynamics.cases import DAY, renamed, scenario, shock, times, with_parameters
from tests.worlds import two_suppliers, world
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.balance import check_balance
from ytterby.dynamics.draws import draw
from ytterby.dynamics.model import initial_state, step
from ytterby.dynamics.network import network
from ytterby.dynamics.outcome import Outcome
from ytterby.dynamics.pressure import licensed_links, pressure
from ytterby.dynamics.ration import fill
from ytterby.dynamics.shocks import Calendar, effect_of
from ytterby.dynamics.simulate import run, stress
from ytterby.errors import InputError, ModelError

quick = settings(max_examples=25)
BUYERS = ("JPN", "USA", "CHN")
SHARES = st.floats(0.05, 0.95)
DAYS = st.floats(0.0, 120.0)


@st.composite
def worlds(draw_value: st.DrawFn) -> World:
    """Two makers of oxide, two makers of magnets, three buyers; shares, stocks and spare capacity as hypothesis likes."""
    oxide, magnet, abroad = draw_value(SHARES), draw_value(SHARES), draw_value(SHARES)
    cover, spare = [draw_value(DAYS) for _ in range(5)], [draw_value(st.floats(0.0, 0.8)) for _ in range(2)]
    total, recipe = 1000.0, 2.0
    made = {"CHN": magnet * total, "JPN": (1 - magnet) * total}
    home, out = made["CHN"] * recipe * oxide, made["JPN"] * recipe
    demand = {"JPN": 0.3 * total, "USA": 0.5 * total, "CHN": 0.2 * total}
    # CHN keeps what its own demand leaves to it by share; each maker serves every buyer in proportion to the buyer's demand.
    trade = [("magnet", maker, buyer, made[maker] * demand[buyer] / total) for maker in made for buyer in BUYERS if buyer != maker]
    to_japan = abroad * out
    trade += [("oxide", "CHN", "JPN", to_japan), ("oxide", "AUS", "JPN", out - to_japan)]
    trade += [("oxide", "AUS", "CHN", made["CHN"] * recipe - home)]
    return world(
        products=[("oxide", "separation"), ("magnet", "magnet")],
        recipes=[("magnet", "oxide", recipe)],
        production=[
            ("oxide", "CHN", home + to_japan),
            ("oxide", "AUS", out - to_japan + made["CHN"] * recipe - home),
            ("magnet", "CHN", made["CHN"]),
            ("magnet", "JPN", made["JPN"]),
        ],
        trade=trade,
        demand=[("magnet", buyer, "car", demand[buyer]) for buyer in BUYERS],
        stocks=[("oxide", "JPN", "industry", cover[0]), ("oxide", "CHN", "industry", cover[1])]
        + [("magnet", buyer, "industry", days) for buyer, days in zip(BUYERS, cover[2:], strict=True)],
        capacity=[
            ("oxide", "AUS", (out - to_japan + made["CHN"] * recipe - home) * (1 + spare[0])),
            ("magnet", "JPN", made["JPN"] * (1 + spare[1])),
        ],
    )


SHOCKS = st.sampled_from(
    [
        shock("ban", products=("magnet",)),
        shock("ban", products=("oxide",), targets=("JPN",)),
        shock("licence", products=("oxide", "magnet"), share=0.75, delay_days=63.0, denied=0.1),
        shock("quota", products=("magnet",), quota=200.0),
        shock("outage", products=("oxide",), severity=-0.7),
        shock("outage", actor="JPN", products=("magnet",), severity=-0.4),
        shock("demand", actor="USA", products=("magnet",), severity=0.3),
        shock("release", actor="JPN", products=("oxide",), t=300.0),
        shock("tariff", actor="USA", targets=("CHN",), products=("magnet",), rate=0.5),
    ]
)


def served(result: Outcome) -> np.ndarray:
    return result.got / result.wanted


@quick
@given(worlds())
def test_without_a_shock_nothing_moves(base: World) -> None:
    calm = stress(base, scenario(), weeks=156)
    assert np.abs(served(calm) - 1.0).max() <= 1e-12
    assert np.abs(calm.shipped / calm.shipped[0] - 1.0).max() <= 1e-12
    assert np.abs(calm.shipped[-1] * 365 / 7 / calm.grid.flow - 1.0).max() <= 1e-12
    assert (np.abs(calm.stock - calm.stock[0]) / (calm.stock[0] + calm.wanted[0])).max() <= 1e-12


@quick
@given(worlds(), SHOCKS, SHOCKS)
def test_goods_balance_and_nothing_is_negative_or_beyond_what_is_there(base: World, one: Shock, other: Shock) -> None:
    net = network(base)
    two = scenario(one, other)
    drawn = draw(base, two, net, 1, 0)
    effects = [effect_of(*pair, net, base, Calendar(DAY, 80, 1)) for pair in zip(two.shocks, drawn.figures, strict=True)]
    links = licensed_links(effects)
    state = initial_state(net, drawn.cover, drawn.reserve, links)
    for week in range(80):
        finished = state.finished.copy()
        what = step(net, state, pressure(effects, net, links, week, 1), week)  # raises if a balance does not close
        available = finished + what.made
        assert (net.by_node @ what.shipped <= available * (1 + 1e-12) + 1e-12).all()
        assert min(what.shipped.min(), what.used.min(), state.stock.min(), state.coming.min(), state.queue.min(initial=0.0)) >= 0.0
        assert state.finished.min() >= -1e-12 * net.output.max()
        assert (what.made <= net.capacity[:, None] * (1 + 1e-12)).all()
        assert (what.used <= what.wanted * (1 + 1e-12)).all() or len(net.feeding)
        assert np.abs(net.by_slot @ state.weights - 1.0).max() <= 1e-9


@quick
@given(worlds(), SHOCKS, st.sampled_from([1e-3, 1000.0]))
def test_all_masses_together_change_no_share(base: World, one: Shock, factor: float) -> None:
    bigger = {name: tuple(factor * x for x in limits) if name in ("quota", "t") else limits for name, limits in one.figures.items()}
    scaled = Shock(**{**one.__dict__, "figures": bigger})
    small, large = stress(base, scenario(one), weeks=80), stress(times(base, factor), scenario(scaled), weeks=80)
    assert served(large) == pytest.approx(served(small), abs=1e-9)


@quick
@given(worlds(), SHOCKS)
def test_the_order_of_countries_does_not_matter(base: World, one: Shock) -> None:
    names = {"AUS": "ZZA", "CHN": "MMM", "JPN": "AAJ", "USA": "BBU"}
    other = Shock(**{**one.__dict__, "actor": names[one.actor], "targets": tuple(names.get(name, name) for name in one.targets)})
    first, second = stress(base, scenario(one), weeks=80), stress(renamed(base, names), scenario(other), weeks=80)
    actors = [names[first.grid.actors[number]] for number in first.grid.slot_actor[first.grid.final()]]
    there = [second.grid.actors[number] for number in second.grid.slot_actor[second.grid.final()]]
    moved = served(second)[:, [there.index(actor) for actor in actors]]
    assert moved == pytest.approx(served(first), abs=1e-9)


RANGED = Scenario(
    "ranges",
    DAY,
    1.0,
    (
        Shock(
            "licence",
            "CHN",
            ("*",),
            ("magnet", "oxide"),
            DAY,
            figures={"share": (0.5, 0.75, 1.0), "delay_days": (3.0, 63.0, 90.0), "denied": (0.0, 0.1, 0.4)},
        ),
        Shock("outage", "AUS", ("*",), ("oxide",), DAY + datetime.timedelta(30), figures={"severity": (-0.8, -0.5, 0.0)}),
        Shock("quota", "CHN", ("*",), ("magnet",), DAY + datetime.timedelta(200), figures={"quota": (100.0, 200.0, 400.0)}),
        Shock("ban", "CHN", ("USA",), ("magnet",), DAY + datetime.timedelta(300), DAY + datetime.timedelta(400)),
    ),
)


@settings(max_examples=5)
@given(worlds())
def test_a_batch_of_draws_equals_single_runs_bit_for_bit(base: World) -> None:
    net = network(base)
    drawn = draw(base, RANGED, net, 7, seed=3)
    batch = run(net, base, RANGED, drawn, 70)
    for k in range(7):
        alone = run(net, base, RANGED, drawn.part(k, k + 1), 70)
        assert (alone.got[:, :, 0] == batch.got[:, :, k]).all()
        assert (alone.stock[:, :, 0] == batch.stock[:, :, k]).all()


@settings(max_examples=3)
@given(worlds())
def test_the_same_seed_gives_the_same_bytes_and_more_draws_keep_the_first(base: World) -> None:
    one, two, more = (stress(base, RANGED, weeks=60, draws=draws, seed=5) for draws in (30, 30, 60))
    assert one.got.tobytes() == two.got.tobytes()
    assert one.outcome.equals(two.outcome)
    assert one.stops.equals(two.stops)
    assert (more.got[:, :, :30] == one.got).all()
    assert (one.got[:, :, 0] == stress(base, RANGED, weeks=60, seed=9).got[:, :, 0]).all()


@quick
@given(worlds())
def test_what_touches_nobody_changes_nothing(base: World) -> None:
    nothing = [
        shock("ban", actor="USA", products=("oxide",)),
        shock("ban", targets=("CHN",), products=("magnet",)),
        shock("licence", products=("magnet", "oxide"), share=0.0, delay_days=63.0, denied=0.5),
        shock("quota", products=("magnet",), quota=1e9),
        shock("outage", products=("magnet",), severity=0.0),
        shock("tariff", actor="USA", targets=("CHN",), products=("magnet",), rate=0.0),
    ]
    hit = stress(base, scenario(*nothing), weeks=80)
    assert np.abs(served(hit) - 1.0).max() <= 1e-12


@quick
@given(worlds(), st.sampled_from(["CHN", "AUS"]), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_worse_outage_never_loses_less(base: World, where: str, first: float, second: float) -> None:
    mild, harsh = sorted((first, second))
    lost = [
        stress(base, scenario(shock("outage", actor=where, products=("oxide",), severity=-s)), weeks=80).lost(80) for s in (mild, harsh)
    ]
    assert lost[0].sum() <= lost[1].sum() * (1 + 1e-9) + 1e-6


@quick
@given(worlds(), SHOCKS, DAYS)
def test_more_stock_of_a_final_use_never_raises_its_own_shortfall(base: World, one: Shock, days: float) -> None:
    usa = (pl.col("actor") == "USA") & (pl.col("product") == "magnet")
    more = base.with_table("stocks", base["stocks"].with_columns(days=pl.when(usa).then(pl.col("days") + days).otherwise(pl.col("days"))))
    place = stress(base, scenario(one), weeks=1).stops["actor"].to_list().index("USA")
    few, many = (stress(each, scenario(one), weeks=104).lost(104)[place].item() for each in (base, more))
    assert many <= few * (1 + 1e-9) + 1e-6


@quick
@given(worlds(), SHOCKS, st.floats(1.0, 90.0))
def test_more_stock_of_everybody_never_raises_the_total_shortfall(base: World, one: Shock, days: float) -> None:
    """For each single user this does not hold: others that restock compete for what a quota leaves (seen: up to 17 % more)."""
    more = base.with_table("stocks", base["stocks"].with_columns(pl.col("days") + days))
    few, many = (stress(each, scenario(one), weeks=104).lost(104).sum() for each in (base, more))
    assert many <= few * (1 + 1e-9) + 1e-6


def licence(share: float, delay: float) -> Shock:
    return shock("licence", products=("magnet", "oxide"), share=share, delay_days=delay, denied=0.1)


@quick
@given(worlds(), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.sampled_from(["share", "delay", "demand", "quota"]))
def test_a_harsher_measure_never_loses_less(base: World, first: float, second: float, what: str) -> None:
    kinds: dict[str, Callable[[float], Shock]] = {
        "share": lambda x: licence(x, 63.0),
        "delay": lambda x: licence(0.8, 150.0 * x),
        "demand": lambda x: shock("demand", actor="USA", products=("magnet",), severity=x),
        "quota": lambda x: shock("quota", products=("magnet",), quota=500.0 * (1.0 - x)),
    }
    mild, harsh = (stress(base, scenario(kinds[what](x)), weeks=104).lost(104).sum() for x in sorted((first, second)))
    assert mild <= harsh * (1 + 1e-9) + 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_water_filling_serves_all_it_can_and_nobody_beyond_its_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = np.sort(rng.integers(0, 4, 30))
    orders, flow = rng.exponential(size=(30, 5)) * rng.integers(0, 2, (30, 5)), rng.exponential(size=30)
    wanted = np.stack([orders[group == number].sum(axis=0) for number in range(4)])
    available = wanted * rng.uniform(0.0, 1.2, wanted.shape)
    given = fill(orders, flow, available, wanted, group)
    total = np.stack([given[group == number].sum(axis=0) for number in range(4)])
    assert (given <= orders).all()
    assert total == pytest.approx(np.minimum(wanted, available), rel=1e-12, abs=1e-12)


def test_a_leak_is_named_by_week_and_product() -> None:
    net = network(two_suppliers())
    held = np.ones((1, 1))
    with pytest.raises(ModelError, match=r"week 7: magnet does not balance, 0.5 t are lost or made"):
        check_balance(net, 7, held, held, 0.5 * held, held, held)
    with pytest.raises(ModelError, match="negative"):
        check_balance(net, 7, held, held, 0.0 * held, -held, held)


def test_weeks_and_draws_below_one_are_refused() -> None:
    with pytest.raises(InputError, match="draws is 0"):
        stress(with_parameters(World({})), scenario(), draws=0)
