"""The stock that rides out some weeks: by hand on a chain, and against the runs themselves."""

import polars as pl
import pytest

from tests.dynamics.cases import DAY, scenario, shock
from tests.worlds import chain, two_suppliers
from ytterby.core import schema
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.ride import minimum_stock
from ytterby.dynamics.simulate import stress

BAN = scenario(shock("ban", products=("oxide",)))


@pytest.mark.parametrize("weeks", [10, 20, 40])
def test_a_chain_needs_what_its_pipeline_does_not_bring(weeks: int) -> None:
    # Goods under way feed the plant for 5 weeks, its own make is used a week later: from week 6 on the use lives on its stock.
    table = minimum_stock(chain(), BAN, weeks, served=1.0)
    row = table.row(0, named=True)
    assert schema.check("rides", table) == []
    assert (row["ridden"], row["days"]) == (6.0, 0.0)
    assert row["need"] == pytest.approx(7.0 * (weeks - 6), abs=0.1)
    assert row["more"] == pytest.approx(row["need"] / 365 * 1040.0, rel=1e-6)


def with_stock(world: World, product: str, actor: str, days: float) -> World:
    row = {"product": product, "actor": actor, "holder": "industry", "days": days, "low": None, "high": None}
    frame = pl.DataFrame([{**row, "basis": "assumed", "source": "textbook"}], schema=world["stocks"].schema)
    return world.with_table("stocks", pl.concat([world["stocks"].filter(pl.col("actor") != actor), frame]))


def test_the_stock_found_is_enough_and_less_is_not() -> None:
    future = scenario(shock("licence", products=("magnet",), share=0.9, delay_days=200.0, denied=0.5))
    found = minimum_stock(two_suppliers(), future, 52, served=0.95)
    assert found.height > 0
    for product, actor, need in found.select("product", "actor", "need").rows():
        for days, enough in ((need * 1.001 + 0.1, True), (need * 0.98 - 0.5, False)):
            ridden = stress(with_stock(two_suppliers(), product, actor, days), future, weeks=52)
            here = (ridden.stops["product"] == product) & (ridden.stops["actor"] == actor)
            slots = here.arg_true().to_list()
            served = ridden.got[:, slots, 0] / ridden.wanted[:, slots, 0]
            assert bool((served >= 0.95).all()) is enough


def test_draws_give_a_band_and_calm_gives_no_row() -> None:
    ranged = Scenario("ranged", DAY, 1.0, (Shock("outage", "CHN", ("*",), ("magnet",), DAY, figures={"severity": (-1.0, -0.6, -0.2)}),))
    told: list[tuple[int, int]] = []
    table = minimum_stock(two_suppliers(), ranged, 30, draws=20, seed=1, progress=lambda done, total: told.append((done, total)))
    assert told == [(number, 14) for number in range(15)]
    assert (table["need_low"] <= table["need"]).all()
    assert (table["need"] <= table["need_high"]).all()
    assert (table["need_low"] < table["need_high"]).any()
    assert minimum_stock(two_suppliers(), scenario(), 30).height == 0


def test_where_more_is_wanted_than_ever_no_stock_is_promised() -> None:
    both = scenario(shock("ban", products=("magnet",)), shock("demand", actor="JPN", products=("magnet",), severity=5.0))
    table = minimum_stock(two_suppliers(), both, 60)
    japan = table.filter(pl.col("actor") == "JPN").row(0, named=True)
    assert (japan["need"], japan["more"]) == (None, None)
