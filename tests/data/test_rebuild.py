"""The world as known on a day, estimates and balances included."""

import datetime
from functools import cache

import polars as pl
from polars.testing import assert_frame_equal

from ytterby.core.grid import unbalanced
from ytterby.core.world import World, load_world
from ytterby.data.rebuild import as_of

DAY = datetime.date(2025, 10, 28)


@cache
def then() -> World:
    return as_of(load_world(), DAY)


def test_a_run_of_2025_uses_the_edition_of_2025_everywhere() -> None:
    sources = {name for row in then()["production"]["source"] for name in row.split(";")}
    assert "usgs_mcs2025" in sources
    assert "usgs_mcs2026" not in sources
    assert then()["production"]["year"].max() == 2024


def test_balances_close_and_nothing_refers_to_what_was_not_known() -> None:
    assert unbalanced(then()) == []
    assert then().check() == []


def test_rare_earth_mining_is_as_published_then_and_as_revised_since() -> None:
    def mined(world: World, actor: str) -> float:
        rows = world["production"].filter((pl.col("product") == "rare_earths_mine") & (pl.col("year") == 2024) & (pl.col("actor") == actor))
        return float(rows["t"].item())

    assert [mined(then(), actor) for actor in ("CHN", "USA", "AUS", "MMR")] == [270_000, 45_000, 13_000, 31_000]
    assert mined(load_world(), "AUS") == 29_000


def test_the_magnet_chain_is_the_same_as_long_as_its_anchors_were_known() -> None:
    chain = pl.col("product").is_in(["ndfeb_magnet", "ndpr_oxide", "dy_metal"])
    assert_frame_equal(then()["production"].filter(chain), load_world()["production"].filter(chain), rel_tol=1e-7)


def test_today_is_today() -> None:
    now = as_of(load_world(), datetime.date(2100, 1, 1))
    for name in ("production", "demand", "restrictions", "observations"):
        assert now[name].drop("t", "low", "high", strict=False).equals(load_world()[name].drop("t", "low", "high", strict=False)), name
