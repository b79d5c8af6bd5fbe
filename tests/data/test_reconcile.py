"""Closing balances: the answer is the optimum (Kuhn-Tucker), keeps what fits, moves what is least sure, and says no to nonsense."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from ytterby.data.reconcile import Accounts, reconcile
from ytterby.errors import ModelError


@st.composite
def accounts(draw: st.DrawFn) -> Accounts:
    """Three makers, four takers, a good part of the flows missing, published values that do not fit."""
    seed = draw(st.integers(0, 10_000))
    random = np.random.Generator(np.random.PCG64(seed))
    pairs = [(i, j) for i in range(3) for j in range(4) if random.random() < 0.7] or [(0, 0)]
    maker, taker = (np.array(column) for column in zip(*pairs, strict=True))
    flow = random.lognormal(2.0, 1.5, len(pairs)) * (random.random(len(pairs)) < 0.8)
    output, use = random.lognormal(3.0, 1.0, 3), random.lognormal(3.0, 1.0, 4)
    return Accounts(maker, taker, flow, 0.3 * flow + 0.5, output, 0.1 * output + 0.1, use, 0.5 * use + 0.1)


def oracle(given_: Accounts) -> np.ndarray:
    """The same problem through scipy's dense solver (Lawson & Hanson)."""
    rows = [np.eye(len(given_.flow)) / given_.flow_error[:, None]]
    rows += [(np.arange(3)[:, None] == given_.maker) / given_.output_error[:, None]]
    rows += [(np.arange(4)[:, None] == given_.taker) / given_.use_error[:, None]]
    right = np.concatenate([given_.flow / given_.flow_error, given_.output / given_.output_error, given_.use / given_.use_error])
    return np.asarray(nnls(np.vstack(rows), right)[0])


@settings(max_examples=150)
@given(accounts())
def test_the_answer_is_the_optimum(one: Accounts) -> None:
    assert reconcile(one) == pytest.approx(oracle(one), rel=1e-7, abs=1e-7 * one.output.max())


@settings(max_examples=50)
@given(accounts(), st.sampled_from([1e-6, 1e6]))
def test_scale_does_not_matter(one: Accounts, factor: float) -> None:
    masses = {name: factor * getattr(one, name) for name in ("flow", "flow_error", "output", "output_error", "use", "use_error")}
    bigger = Accounts(one.maker, one.taker, **masses)
    assert reconcile(bigger) / factor == pytest.approx(reconcile(one), rel=1e-9, abs=1e-9 * one.output.max())


@settings(max_examples=50)
@given(accounts())
def test_what_fits_stays(one: Accounts) -> None:
    sums = [np.bincount(side, one.flow, size).astype(float) for side, size in ((one.maker, 3), (one.taker, 4))]
    closed = Accounts(one.maker, one.taker, one.flow, one.flow_error, sums[0], one.output_error, sums[1], one.use_error)
    assert reconcile(closed) == pytest.approx(one.flow, rel=1e-8, abs=1e-8 * one.output.max())


def test_by_hand_the_least_sure_gives_way() -> None:
    # One maker says 100 +- 1, its one customer says 80 +- 10, customs say 90 +- 1000: (100/1 + 80/100) / (1 + 1/100) = 99.80.
    zero, values = np.array([0]), [np.array([x]) for x in (90.0, 1000.0, 100.0, 1.0, 80.0, 10.0)]
    assert reconcile(Accounts(zero, zero, *values)).item() == pytest.approx(99.802, abs=1e-3)


def test_an_error_of_zero_is_refused() -> None:
    zero, values = np.array([0]), [np.array([x]) for x in (90.0, 0.0, 100.0, 1.0, 80.0, 10.0)]
    with pytest.raises(ModelError, match="not above 0"):
        reconcile(Accounts(zero, zero, *values))
