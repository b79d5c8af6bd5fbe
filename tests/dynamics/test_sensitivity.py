"""Sobol' indices: known functions, a figure that cannot matter, and a weekly run at quantiles of its ranges."""

import dataclasses
import math

import numpy as np
import polars as pl
import pytest

from tests.dynamics.cases import DAY, scenario, shock, with_parameters
from tests.worlds import world
from ytterby.core.grid import Floats
from ytterby.core.scenario import Range, Scenario
from ytterby.core.world import World
from ytterby.dynamics.draws import triangular
from ytterby.dynamics.sensitivity import sensitivity
from ytterby.dynamics.simulate import stress
from ytterby.dynamics.uncertain import at, ranged, uncertain
from ytterby.errors import InputError

A, B = 7.0, 0.1


def ishigami(quantiles: Floats) -> list[float]:
    """Ishigami & Homma 1990 on -pi..pi, and a sum whose second term cannot matter."""
    x, y, z = (math.pi * (2.0 * quantile - 1.0) for quantile in quantiles)
    return [math.sin(x) + A * math.sin(y) ** 2 + B * z**4 * math.sin(x), x + 2.0 * y]


def test_the_function_of_ishigami_has_its_indices() -> None:
    """The published closed form; z acts through x alone."""
    one = 0.5 * (1.0 + B * math.pi**4 / 5.0) ** 2
    two, both = A**2 / 8.0, 8.0 * B**2 * math.pi**8 / 225.0
    variance = one + two + both
    table = sensitivity(ishigami, ["x", "y", "z"], ["ishigami", "sum"], points=1024)
    found = table.filter(pl.col("result") == "ishigami")
    assert found["first"].to_list() == pytest.approx([one / variance, two / variance, 0.0], abs=0.03)
    assert found["total"].to_list() == pytest.approx([(one + both) / variance, two / variance, both / variance], abs=0.03)
    linear = table.filter(pl.col("result") == "sum")
    assert linear["first"].to_list() == pytest.approx([0.2, 0.8, 0.0], abs=0.02)
    assert linear["total"][2] == 0.0
    for kind in ("first", "total"):
        assert (table[f"{kind}_low"] <= table[f"{kind}_high"]).all()
        assert table.select(pl.col(kind).is_between(pl.col(f"{kind}_low") - 0.02, pl.col(f"{kind}_high") + 0.02).all()).item()


def test_the_same_seed_gives_the_same_table_and_another_one_another() -> None:
    tables = [sensitivity(ishigami, ["x", "y", "z"], ["ishigami", "sum"], points=16, seed=seed) for seed in (1, 1, 2)]
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])


def test_a_result_that_nothing_moves_has_no_indices() -> None:
    table = sensitivity(lambda _: [1.0], ["x"], ["constant"], points=8)
    assert table.row(0) == ("constant", "x", *[None] * 6)


@pytest.mark.parametrize(
    ("points", "names", "value", "says"),
    [(6, ["x"], 1.0, "points is 6"), (8, [], 1.0, "nothing is uncertain"), (8, ["x"], math.inf, "no finite number")],
)
def test_what_cannot_be_asked_is_refused(points: int, names: list[str], value: float, says: str) -> None:
    with pytest.raises(InputError, match=says):
        sensitivity(lambda _: [value], names, ["y"], points=points)


def chain() -> World:
    """China makes what Japan uses; Japan's stock has a range, the parameters too."""
    found = world(
        products=[("ore", "mine")],
        recipes=[],
        production=[("ore", "CHN", 520.0)],
        trade=[("ore", "CHN", "JPN", 520.0)],
        demand=[("ore", "JPN", "car", 520.0)],
        stocks=[("ore", "JPN", "industry", 28.0)],
    )
    found = found.with_table("stocks", found["stocks"].with_columns(low=pl.lit(14.0), high=pl.lit(56.0)))
    found = with_parameters(found, transit_weeks=3.0, release_weeks=2.0)
    ends = {"low": pl.col("value") - 1.0, "high": pl.col("value") + 1.0}
    return found.with_table("parameters", found["parameters"].with_columns(**ends))


def licence(**figures: Range) -> Scenario:
    return scenario(dataclasses.replace(shock("licence", products=("ore",)), figures=figures))


SHARE: Range = (0.2, 0.5, 0.8)
FIXED: Range = (0.0, 0.0, 0.0)


def test_what_has_a_range_is_named() -> None:
    asked = licence(share=SHARE, delay_days=(63.0, 63.0, 63.0), denied=FIXED)
    assert uncertain(chain(), asked) == ["share", "release_weeks", "transit_weeks", "stocks"]


def test_recycling_is_named_where_it_is_on_and_may_be_asked_for_where_it_is_off() -> None:
    asked, names = licence(share=SHARE), ["recycling_rate", "recycling_yield"]

    def recycling(rate: float) -> World:
        found = with_parameters(chain(), recycling_rate=rate, recycling_yield=0.9)
        ends = {"low": pl.col("value") - 0.1, "high": pl.col("value") + 0.1}
        return found.with_table("parameters", found["parameters"].with_columns(**ends))

    assert [name for name in uncertain(recycling(0.3), asked) if name in names] == names
    assert [name for name in uncertain(recycling(0.0), asked) if name in names] == []
    moved = at(recycling(0.0), asked, {"recycling_rate": 1.0})[0]["parameters"]
    assert moved.filter(pl.col("parameter") == "recycling_rate")["value"].to_list() == [0.1]


def test_a_point_is_the_draw_with_those_figures() -> None:
    where, what = at(chain(), licence(share=SHARE), {"share": 0.9, "transit_weeks": 1.0, "stocks": 0.3})
    share = float(triangular(SHARE, np.array([0.9]))[0])
    assert what.shocks[0].figures == {"share": (share, share, share)}
    assert where["parameters"].filter(pl.col("parameter") == "transit_weeks")["value"].to_list() == [4.0]
    assert where["parameters"].filter(pl.col("parameter") == "release_weeks")["value"].to_list() == [2.0]
    assert where["stocks"]["days"].to_list() == pytest.approx(triangular((14.0, 28.0, 56.0), np.array([0.3])).tolist())


def test_no_quantiles_are_the_central_case() -> None:
    asked = licence(share=SHARE, delay_days=(63.0, 63.0, 63.0), denied=FIXED)
    where, what = at(chain(), asked, {})
    assert stress(where, what, weeks=20).outcome.equals(stress(chain(), asked, weeks=20).outcome)


def test_a_name_without_a_range_is_refused() -> None:
    with pytest.raises(InputError, match="nothing named 'denied' has a range"):
        at(chain(), licence(share=SHARE, denied=FIXED), {"denied": 0.5})


def test_a_licence_takes_the_tables_ranges_about_its_own_figures() -> None:
    wide = ranged(chain(), licence(share=(1.0, 1.0, 1.0), delay_days=(50.0, 50.0, 50.0), denied=(0.1, 0.1, 0.2)))
    assert wide.shocks[0].figures == {"share": (1.0, 1.0, 1.0), "delay_days": (45.0, 50.0, 90.0), "denied": (0.1, 0.1, 0.2)}
    assert wide.start == DAY


def test_a_figure_that_cannot_matter_has_index_0_and_those_that_do_have_more() -> None:
    """No government holds a stock in this world, so how fast one is released moves nothing; the refused share moves most."""
    asked = licence(share=(1.0, 1.0, 1.0), delay_days=(63.0, 63.0, 63.0), denied=(0.1, 0.5, 0.9))
    names = ["denied", "release_weeks", "stocks"]
    assert names == [name for name in uncertain(chain(), asked) if name != "transit_weeks"]

    def lost(quantiles: Floats) -> list[float]:
        run = stress(*at(chain(), asked, dict(zip(names, quantiles.tolist(), strict=True))), weeks=52)
        return [float(run.lost().sum())]

    table = sensitivity(lost, names, ["lost"], points=16)
    total = dict(table.select("name", "total").iter_rows())
    assert total["release_weeks"] == pytest.approx(0.0, abs=1e-12)
    assert table.filter(pl.col("name") == "release_weeks").select("total_low", "total_high").row(0) == pytest.approx((0.0, 0.0), abs=1e-12)
    assert total["denied"] > total["stocks"] > 0.01
