"""What reaches the allies from outside, and plants for the links that named projects leave short."""

import datetime

import numpy as np
import polars as pl
import pytest

from tests.planning.cases import chosen, missing, passing, scenario, solve, with_options
from tests.worlds import chain, world
from ytterby.core.grid import grid
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.planning.network import demand_factor, let_through, running

BAN = scenario("ban", 1.0, "oxide")


def through_germany() -> World:
    """CHN's oxide feeds magnet plants in DEU, which serve JPN; AUS makes a tenth of the oxide."""
    return world(
        products=[("oxide", "separation"), ("magnet", "magnet")],
        recipes=[("magnet", "oxide", 2.0)],
        production=[("oxide", "CHN", 1800.0), ("oxide", "AUS", 200.0), ("magnet", "DEU", 1000.0)],
        trade=[("oxide", "CHN", "DEU", 1800.0), ("oxide", "AUS", "DEU", 200.0), ("magnet", "DEU", "JPN", 1000.0)],
        demand=[("magnet", "JPN", "car", 1000.0)],
    )


def test_a_control_that_starves_a_partner_reaches_the_ally() -> None:
    flat = grid(through_germany())
    share = let_through(flat, passing(0.0)(through_germany(), BAN, [2026]), [2026])
    rate = running(flat, share[0], np.zeros(len(flat.actors), dtype=bool))
    germany = (flat.node_product == flat.products.index("magnet")) & (flat.node_actor == flat.actors.index("DEU"))
    assert rate[germany] == pytest.approx([0.1])
    assert missing(solve(through_germany(), [BAN]))[2026] == pytest.approx(900.0)


def test_a_partner_that_is_gone_leaves_the_club_but_not_the_world() -> None:
    plants = [("mine", "AUS", "separation", "construction", 2026, 1e6, 1), ("plant", "DEU", "magnet", "construction", 2026, 1e6, 1)]
    given = with_options(through_germany(), plants, [("mine", "oxide", 400.0), ("plant", "magnet", 200.0)])
    result = solve(given, [BAN])
    assert missing(result)[2026] == pytest.approx(700.0)
    worth = dict(result.partners.select("actor", "worth").iter_rows())
    # Without AUS the mine is gone and with it the plant's use (200 t, two projects of 1 M USD saved); its base exports to DEU go on.
    # Without DEU the plant and DEU's own sales are gone (300 t). JPN, alone in need, gives nobody anything.
    assert worth == {"AUS": pytest.approx(198e6), "DEU": pytest.approx(298e6), "JPN": 0.0}


def test_an_unlisted_link_carries_its_base_flow() -> None:
    flat = grid(chain())
    empty = pl.DataFrame(schema={"year": pl.Int64, "product": pl.String, "exporter": pl.String, "importer": pl.String, "share": pl.Float64})
    assert (let_through(flat, empty, [2026, 2027]) == 1).all()


def test_a_demand_shock_lasts_its_days() -> None:
    flat = grid(chain())
    shock = Shock("demand", "JPN", (), ("magnet",), datetime.date(2026, 1, 1), datetime.date(2026, 3, 14), {"severity": (-0.5, -0.5, -0.5)})
    factor = demand_factor(flat, Scenario("slump", datetime.date(2026, 1, 1), 1.0, (shock,)), [2026, 2027])
    final = flat.final()
    assert factor[:, final].ravel() == pytest.approx([0.9, 1.0])
    assert (np.delete(factor, final, axis=1) == 1).all()


def test_a_link_that_projects_leave_short_is_offered_as_an_estimate() -> None:
    given = world(
        products=[("ore", "mine"), ("oxide", "separation"), ("magnet", "magnet")],
        recipes=[("oxide", "ore", 1.0), ("magnet", "oxide", 2.0)],
        production=[("ore", "CHN", 2000.0), ("oxide", "CHN", 2000.0), ("magnet", "JPN", 1000.0)],
        trade=[("oxide", "CHN", "JPN", 2000.0)],
        demand=[("magnet", "JPN", "car", 1000.0)],
    )
    made = with_options(given, [("mine", "JPN", "mine", "construction", 2026, 1e6, 1)], [("mine", "ore", 3000.0)])
    costly = made.with_table("processes", made["processes"].with_columns(capex=pl.when(pl.col("process") == "oxide").then(100.0)))
    result = solve(costly, [BAN], years=[2026, 2027, 2028])
    assert chosen(solve(made, [BAN], years=[2026, 2027, 2028])) == {}
    assert chosen(result) == {"mine": pytest.approx(2 / 3), "new:oxide:JPN": pytest.approx(1.0)}
    assert [round(t) for t in missing(result).values()] == [1000, 1000, 0]
    row = result.options.filter(pl.col("option") == "new:oxide:JPN").row(0, named=True)
    assert (row["usd"], row["start"]) == (pytest.approx(2000 * 100.0), 2028)
    assert "estimates" in row["why"]
