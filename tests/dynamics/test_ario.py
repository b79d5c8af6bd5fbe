"""Plain ARIO: fixed point, textbook answers, laws. Against BoARIO: bench/stress.py."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.dynamics.ario import Economy, Reals, Rules, compile_economy, run, start, step
from ytterby.errors import InputError, ModelError

REGIONS, SECTORS = 3, 4


def economy(seed: int = 0) -> Economy:
    rng = np.random.default_rng(seed)
    count = REGIONS * SECTORS
    recipe = rng.uniform(0.0, 1.0, (count, count)) * rng.integers(0, 2, (count, count))
    recipe *= 0.6 / np.maximum(recipe.sum(axis=0), 1e-9)
    final = rng.uniform(1.0, 10.0, count)
    output = np.linalg.solve(np.eye(count) - recipe, final)
    return Economy(recipe * output, final, np.tile(np.arange(SECTORS), REGIONS))


def always(loss: Reals) -> Callable[[int], Reals]:
    return lambda _: loss


@pytest.mark.parametrize("adaptive", [False, True])
def test_without_a_loss_output_stays_at_the_leontief_solution(adaptive: bool) -> None:
    table = economy()
    recipe = table.flows / (table.flows.sum(axis=1) + table.final)
    leontief = np.linalg.solve(np.eye(len(recipe)) - recipe, table.final)
    made, met = run(compile_economy(table, Rules(steps=1.0, adaptive=adaptive)), lambda t: np.zeros((12, 1)), 100, 1)
    assert np.abs(made[:, :, 0] / leontief - 1.0).max() <= 1e-12
    assert np.abs(met[:, :, 0] / table.final - 1.0).max() <= 1e-12


def test_a_lost_half_is_the_direct_loss_and_users_run_on_stock_until_it_ends() -> None:
    """One seller, one user: the user's stock of 10 days above psi lasts until half of the arrivals has eaten it up."""
    table = Economy(np.array([[0.0, 100.0], [0.0, 0.0]]), np.array([0.0, 150.0]), np.array([0, 1]))
    net = compile_economy(table, Rules(steps=1.0, cover=10.0, psi=0.5, most=1.0))
    made, _ = run(net, lambda t: np.array([[0.5], [0.0]]), 200, 1)
    assert made[:, 0, 0] == pytest.approx(50.0)
    # The stock of 1,000 falls by 50 a day; it binds below psi x 10 days x 100 = 500: from day 11 on the user makes stock / 500 of its aim.
    assert made[:11, 1, 0] == pytest.approx(150.0)
    assert made[11, 1, 0] == pytest.approx(150.0 * 450.0 / 500.0)
    assert made[-1, 1, 0] == pytest.approx(75.0)


def test_overproduction_closes_a_gap_in_its_time() -> None:
    table = Economy(np.zeros((2, 2)), np.array([100.0, 50.0]), np.array([0, 1]))
    net = compile_economy(table, Rules(steps=1.0, most=1.25, overproduction=20.0))
    made, _ = run(net, lambda t: np.array([[0.1], [0.0]]), 400, 1)
    assert made[1, 0, 0] == pytest.approx(100.0 * 0.9 * (1.0 + 0.25 * 0.1 / 20.0))
    assert made[-1, 0, 0] == pytest.approx(100.0, rel=1e-2)
    assert made.max() <= 100.0 + 1e-9


def test_adaptive_orders_go_to_those_that_can_deliver() -> None:
    """Two sellers, one user: the one that lost half gets a third of the orders."""
    flows = np.zeros((4, 4))
    flows[0, 1] = flows[2, 1] = 50.0
    table = Economy(flows, np.array([1e-9, 200.0, 1e-9, 1e-9]), np.array([0, 1, 0, 1]))
    loss = np.array([[0.5], [0.0], [0.0], [0.0]])
    asked = []
    for adaptive in (False, True):
        net = compile_economy(table, Rules(steps=1.0, most=1.0, restock=1e12, adaptive=adaptive))
        state = start(net, 1)
        step(net, state, loss[net.order])
        made, _ = step(net, state, 0.0 * loss)
        asked.append(made[list(net.order).index(0), 0])
    assert asked[1] / asked[0] == pytest.approx(2.0 / 3.0, rel=1e-6)


@settings(max_examples=15)
@given(st.integers(0, 50), st.booleans(), st.floats(0.0, 1.0))
def test_stocks_balance_nothing_is_negative_and_nobody_gets_more_than_there_is(seed: int, adaptive: bool, rate: float) -> None:
    net = compile_economy(economy(seed), Rules(steps=1.0, cover=5.0, adaptive=adaptive))
    state = start(net, 2)
    hit = np.zeros((12, 2))
    hit[seed % 12] = rate
    table = economy(seed)
    recipe = np.array([[table.flows[table.sector == good][:, f].sum() for f in net.order] for good in range(SECTORS)])
    recipe = np.where(net.used, recipe / net.output, 0.0)[:, :, None]
    for _ in range(60):
        before = np.where(net.used[:, :, None], state.stock, 0.0) * recipe
        made, met = step(net, state, hit)
        after = np.where(net.used[:, :, None], state.stock, 0.0) * recipe
        arrived = (after - before + recipe * made).sum(axis=(0, 1))
        assert np.abs(arrived - (made - met).sum(axis=0)).max() <= 1e-11 * made.sum()
        assert min(made.min(), met.min()) >= 0.0
        assert after.min() >= -1e-12 * before.max()
        assert (met <= net.final[:, None] * (1.0 + 1e-12)).all()
        assert (state.alpha <= net.rules.most).all()


@pytest.mark.parametrize("adaptive", [False, True])
def test_a_batch_equals_single_runs_and_money_has_no_unit(adaptive: bool) -> None:
    table = economy(3)
    rates = np.random.default_rng(1).uniform(0.0, 0.9, (12, 5))
    rules = Rules(steps=1.0, cover=5.0, adaptive=adaptive)
    batch, _ = run(compile_economy(table, rules), lambda t: rates, 80, 5)
    threaded, _ = run(compile_economy(table, rules), lambda _: rates, 80, 5, threads=2)
    assert (threaded == batch).all()
    for k in range(5):
        alone, _ = run(compile_economy(table, rules), always(rates[:, k : k + 1]), 80, 1)
        assert np.abs(alone[:, :, 0] / batch[:, :, k] - 1.0).max() <= 1e-11
    cents = Economy(100.0 * table.flows, 100.0 * table.final, table.sector)
    scaled, _ = run(compile_economy(cents, rules), lambda t: rates, 80, 5)
    assert np.abs(scaled / (100.0 * batch) - 1.0).max() <= 1e-9
    single, _ = run(compile_economy(table, rules, single=True), lambda t: rates, 80, 5)
    assert single.dtype == np.float32
    assert np.abs(single - batch).max() <= 1e-4 * batch.max()


def test_bad_tables_are_refused_and_a_run_without_numbers_is_named() -> None:
    table = economy()
    with pytest.raises(InputError, match="different numbers"):
        compile_economy(Economy(table.flows, table.final, np.arange(12) // 5), Rules())
    with pytest.raises(InputError, match="negative"):
        compile_economy(Economy(-table.flows, table.final, table.sector), Rules())
    with pytest.raises(InputError, match="makes nothing"):
        compile_economy(Economy(0.0 * table.flows, 0.0 * table.final, table.sector), Rules())
    with pytest.raises(ModelError, match="step 0: output of industry 0 is no number"):
        run(compile_economy(table, Rules()), lambda t: np.full((12, 1), np.nan), 3, 1)
