"""Textbook markets whose indicators can be worked out by hand."""

import numpy as np
import polars as pl
import pytest

from tests.indicators.cases import DAY, restricted, values, with_scores
from tests.worlds import chain, table, two_suppliers, world
from ytterby.core.world import World
from ytterby.indicators.draws import triangular
from ytterby.indicators.measure import contributions, measure


def magnets() -> World:
    """CHN makes 60 %, AUS 40 % of 2000 t; JPN takes 800 t, USA 1200 t; scores -0.5 and 1."""
    return with_scores(two_suppliers(0.6), [("CHN", -0.5), ("AUS", 1.0), ("JPN", 1.0), ("USA", 0.0)])


def test_two_suppliers() -> None:
    found = values(measure(magnets(), draws=0))
    assert found["hhi", "*"] == pytest.approx(0.36 + 0.16)
    assert found["top3", "*"] == 1.0
    assert found["n_minus_1", "*"] == pytest.approx(800 / 2000)
    assert found["wgi_hhi", "*"] == pytest.approx(0.36 * 6.0 + 0.16 * 3.0)
    assert found["import_reliance", "JPN"] == 1.0
    assert found["import_reliance", "CHN"] is None
    assert found["geopolrisk", "USA"] == pytest.approx(0.52 * (0.6 * 0.6 + 0.4 * 0.3))
    assert found["under_control", "JPN"] == 0.0


def test_a_licence_on_three_quarters_of_the_trade() -> None:
    found = values(measure(restricted(magnets(), {"share": 0.75}), on=DAY, draws=0), "after")
    assert found["under_control", "*"] == pytest.approx(0.6 * 0.75)
    assert found["under_control", "USA"] == pytest.approx(0.6 * 0.75)
    assert found["wgi_hhi", "*"] == pytest.approx(0.36 * 6.0 * 1.1 + 0.16 * 3.0)
    assert found["n_minus_1", "*"] == pytest.approx(0.4)


def test_a_ban_against_one_country_leaves_the_others_and_the_worlds_weighting_alone() -> None:
    found = values(measure(restricted(magnets(), {"kind": "ban", "target": "JPN"}), on=DAY, draws=0), "after")
    assert found["under_control", "JPN"] == pytest.approx(0.6)
    assert found["under_control", "USA"] == 0.0
    assert found["under_control", "*"] == pytest.approx(0.6 * 800 / 2000)
    assert found["wgi_hhi", "JPN"] == pytest.approx(0.36 * 6.0 * 1.5 + 0.16 * 3.0)
    assert found["wgi_hhi", "*"] == pytest.approx(0.36 * 6.0 + 0.16 * 3.0)


def test_own_supply_counts_as_supply_from_home() -> None:
    """JPN keeps 1040 t of its magnets: one supplier, no barrier (0.8); it imports all oxide, CHN is a net exporter of half its output."""
    found = measure(with_scores(chain(), [("CHN", -0.5), ("JPN", 1.0)]), draws=0)
    assert values(found.filter(pl.col("product") == "magnet"))["wgi_hhi", "JPN"] == pytest.approx(3.0 * 0.8)
    assert values(found.filter(pl.col("product") == "magnet"))["import_reliance", "JPN"] == 0.0
    oxide = values(found.filter(pl.col("product") == "oxide"))
    assert oxide["import_reliance", "JPN"] == 1.0
    assert oxide["n_minus_1", "*"] == 0.0
    assert oxide["hhi", "CHN"] is None


def test_the_european_union_is_home_to_its_members() -> None:
    base = world([("magnet", "magnet")], [], [("magnet", "DEU", 10.0)], [("magnet", "DEU", "FRA", 10.0)], [("magnet", "FRA", "car", 10.0)])
    base = with_scores(base, [("DEU", 0.5), ("FRA", 0.5)])
    assert values(measure(base, "wgi_hhi", draws=0))["wgi_hhi", "FRA"] == pytest.approx(4.0)
    union = base.with_table("blocs", table("actor", [("DEU",), ("FRA",)], bloc="EU"))
    assert values(measure(union, "wgi_hhi", draws=0))["wgi_hhi", "FRA"] == pytest.approx(4.0 * 0.8)


def test_a_net_exporter_is_negative() -> None:
    base = world([("ore", "mine")], [], [("ore", "AUS", 100.0)], [("ore", "AUS", "JPN", 60.0)], [("ore", "AUS", "car", 40.0)])
    assert values(measure(base, "import_reliance", draws=0))["import_reliance", "AUS"] == pytest.approx(-60.0 / 40.0)


def test_stocks_of_all_holders_add_up_and_the_rest_of_the_world_stands_in() -> None:
    stocks = [("magnet", "ROW", "industry", 42.0), ("magnet", "JPN", "industry", 56.0), ("magnet", "JPN", "state", 30.0)]
    base = two_suppliers()
    held = base.with_table("stocks", table("product actor holder days", stocks, basis="assumed", source="textbook"))
    found = values(measure(held, "days_of_cover", draws=0))
    assert found["days_of_cover", "JPN"] == 86.0
    assert found["days_of_cover", "USA"] == 42.0
    assert found["days_of_cover", "CHN"] is None


def test_too_much_supply_without_a_score_is_missing_and_a_little_is_named() -> None:
    most = measure(with_scores(two_suppliers(0.6), [("CHN", -0.5)]), "wgi_hhi", actor="*", draws=0)
    assert (most["value"].item(), most["reason"].item()) == (None, "40.0 % of the supply has no governance score")
    little = measure(with_scores(two_suppliers(0.96), [("CHN", -0.5)]), "wgi_hhi", actor="*", draws=0)
    assert little["value"].item() == pytest.approx(0.96**2 * 6.0)
    assert "4.0 % of the supply has no governance score: left out" in little["reason"].item()


def test_scores_are_means_of_five_years() -> None:
    years = [(year, "CHN", float(year == 2019)) for year in range(2018, 2025)]
    scores = table("year actor value", years, score="wgi_pv", basis="measured", source="textbook")
    assert values(measure(two_suppliers(1.0).with_table("scores", scores), "wgi_hhi", draws=0))["wgi_hhi", "*"] == pytest.approx(5.0)


def test_contributions_name_who_is_behind_a_value() -> None:
    assert contributions(magnets(), "hhi", "magnet")["actor"].to_list() == ["CHN", "AUS"]
    licence = contributions(restricted(magnets(), {"share": 0.75}), "under_control", "magnet", "JPN", on=DAY)
    assert licence.rows() == [("CHN", 0.6, pytest.approx(0.45)), ("AUS", 0.4, 0.0)]


def test_the_triangle_has_its_mean_and_its_ends() -> None:
    low, mode, high = (np.array(ends)[:, None] for ends in ([1.0, 3.0], [2.0, 3.0], [6.0, 3.0]))
    uniform = (np.arange(20_000) + 0.5) / 20_000 * np.ones((2, 1))
    drawn = triangular(uniform, low, mode, high)
    assert drawn.mean(axis=1) == pytest.approx([3.0, 3.0], rel=1e-4)
    assert drawn.var(axis=1) == pytest.approx([(1 + 4 + 36 - 2 - 6 - 12) / 18, 0.0], rel=1e-3, abs=1e-12)
    assert (drawn >= low).all()
    assert (drawn <= high).all()


def test_flows_move_with_the_output_of_their_producer() -> None:
    """Whatever CHN makes, JPN imports all: no draw may say otherwise."""
    wide = chain()["production"].with_columns(low=pl.col("t") * 0.5, high=pl.col("t") * 2.0)
    found = measure(chain().with_table("production", wide), "import_reliance", product="oxide", actor="JPN")
    assert found.select("low", "value", "high").row(0) == (1.0, 1.0, 1.0)
