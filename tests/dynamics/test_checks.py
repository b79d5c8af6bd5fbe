"""Bad input: figures that mean nothing, contradictions, a node that nobody supplies, shocks without effect."""

import datetime
import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.dynamics.cases import DAY, scenario, shock
from tests.worlds import chain, two_suppliers, world
from ytterby.core.scenario import Range, Scenario, Shock
from ytterby.dynamics.checks import without_effect
from ytterby.dynamics.ride import minimum_stock
from ytterby.dynamics.simulate import stress
from ytterby.errors import DataError, InputError


def outage(*severity: float) -> Scenario:
    low, mode, high = severity
    return scenario(Shock("outage", "CHN", ("*",), ("magnet",), DAY, figures={"severity": (low, mode, high)}))


@pytest.mark.parametrize(
    ("severity", "message"),
    [
        ((-1.5, -1.0, 0.0), "'severity' is -1.5, outside"),
        ((math.nan, math.nan, math.nan), "'severity' is nan, outside"),
        ((-0.5, math.nan, 0.0), "'severity' is nan"),
        ((-0.5, 0.0, math.inf), "'severity' is inf"),
        ((0.0, -0.5, -0.9), "out of order"),
    ],
)
def test_a_severity_that_means_nothing_is_refused(severity: Range, message: str) -> None:
    for run in (stress, minimum_stock):
        with pytest.raises(InputError, match=message) as fault:
            run(two_suppliers(), outage(*severity), 10)
        assert "shock 1 (outage of CHN)" in str(fault.value)


def test_opposite_shocks_on_the_same_plant_contradict() -> None:
    cut, more = shock("outage", products=("magnet",), severity=-0.5), shock("outage", products=("magnet",), severity=0.5)
    with pytest.raises(InputError, match="shocks 1 and 2"):
        stress(two_suppliers(), scenario(cut, more), weeks=5)
    later = replace(more, start=DAY + datetime.timedelta(100))
    early = replace(cut, end=DAY + datetime.timedelta(50))
    assert stress(two_suppliers(), scenario(early, later), weeks=30).weeks == 30  # one after the other is no contradiction
    elsewhere = replace(more, actor="AUS")
    assert stress(two_suppliers(), scenario(cut, elsewhere), weeks=5).weeks == 5


def test_overlapping_outages_multiply() -> None:
    half = shock("outage", products=("magnet",), severity=-0.5)
    twice, once = (
        stress(two_suppliers(), scenario(half, half), weeks=60),
        stress(two_suppliers(), scenario(shock("outage", products=("magnet",), severity=-0.75)), weeks=60),
    )
    assert np.allclose(twice.got, once.got, rtol=1e-12)


def test_a_use_that_nobody_supplies_is_named() -> None:
    lonely = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 10.0)],
        trade=[],
        demand=[("magnet", "CHN", "car", 10.0), ("magnet", "JPN", "car", 5.0)],
    )
    with pytest.raises(DataError, match=r"magnet for car in JPN: 0 t/a arrive but 5 t/a are needed"):
        stress(lonely, scenario(), weeks=5)


def test_a_shock_on_what_is_not_traded_changes_nothing_and_says_so() -> None:
    one = scenario(shock("ban", products=("magnet",)), shock("ban", products=("oxide",)))
    told = without_effect(one, chain(), 30)
    assert told == ["shock 1 of 'test' (ban of CHN) changes nothing: the base year has no such trade, output or use"]
    assert (stress(chain(), one, weeks=30).got == stress(chain(), scenario(shock("ban", products=("oxide",))), weeks=30).got).all()


def test_a_shock_outside_the_weeks_says_so() -> None:
    late = Shock("ban", "CHN", ("*",), ("magnet",), DAY + datetime.timedelta(700))
    (told,) = without_effect(Scenario("x", DAY, 1.0, (late,)), two_suppliers(), 52)
    assert "outside the weeks of the run" in told
    assert without_effect(Scenario("x", DAY, 1.0, (late,)), two_suppliers(), 156) == []


def test_a_product_that_nobody_makes_is_refused() -> None:
    known = two_suppliers().with_table(
        "products", pl.concat([two_suppliers()["products"], two_suppliers()["products"].with_columns(product=pl.lit("scandium"))])
    )
    with pytest.raises(InputError, match="nothing of scandium is made in this world"):
        stress(known, scenario(shock("ban", products=("scandium",))), weeks=5)
