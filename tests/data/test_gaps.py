"""The figures entered by hand: each has a source, none is a zero in disguise, parts do not exceed their whole, and some are re-reckoned."""

import re

import polars as pl
import pytest

from ytterby.core.world import load_world
from ytterby.data import gaps

WORLD = load_world()
TABLE = gaps.read()
OWN = "ytterby_gaps"
MATERIALS = {
    *("germanium", "rhodium", "ruthenium", "iridium", "uranium", "metallurgical_coal"),
    *("hafnium", "caesium", "rubidium", "scandium", "yttrium", "phosphorus"),
}
ROUNDING = 1.005
"""Parts are rounded one by one: their sum may exceed the printed total by half a percent."""
OUNCE = 31.1034768e-6
"""Tonnes in a troy ounce."""


def value(product: str, actor: str, source: str, year: int = 2024, column: str = "t") -> float:
    got: float = TABLE.filter(year=year, product=product, actor=actor, source=source, quantity="production")[column].item()
    return got


def parts_and_wholes() -> pl.DataFrame:
    made = TABLE.filter((pl.col("quantity") == "production") & pl.col("t").is_not_null())
    keys = ["year", "product", "source"]
    parts = made.filter(pl.col("actor") != "WLD").group_by(keys).agg(pl.col("t").sum())
    return parts.join(made.filter(pl.col("actor") == "WLD").select(*keys, whole="t"), on=keys, validate="1:1")


def test_every_row_has_a_source_of_the_world() -> None:
    lacking = set(TABLE["source"]) - set(WORLD["sources"]["source"])
    assert not lacking, f"add to tables/sources.csv: {sorted(lacking)}"


def test_every_source_that_a_reckoned_row_rests_on_is_in_the_world() -> None:
    known = set(WORLD["sources"]["source"])
    for note in TABLE.filter(source=OWN)["note"]:
        named = set(re.findall(r"\b[a-z]+(?:_[a-z]+)*_[a-z0-9_]+\b", note))
        assert named, note
        assert named <= known, f"{note}: add to tables/sources.csv: {sorted(named - known)}"


def test_products_and_actors_are_those_of_the_world() -> None:
    assert set(TABLE["product"]) <= set(WORLD["products"]["product"])
    assert set(TABLE["actor"]) <= set(WORLD["actors"]["actor"])


def test_every_mineral_of_the_gap_is_told_of_in_2023_and_2024() -> None:
    material = dict(WORLD["products"].select("product", "material").iter_rows())
    for year in (2023, 2024):
        assert {material[product] for product in TABLE.filter(year=year)["product"]} == MATERIALS


def test_missing_is_empty_with_its_reason_and_never_zero() -> None:
    missing = pl.col("basis") == "missing"
    assert TABLE.filter(missing != pl.col("t").is_null()).is_empty()
    assert TABLE.filter(missing & (pl.col("low").is_not_null() | pl.col("high").is_not_null())).is_empty()
    assert TABLE.filter(missing & ~pl.col("note").str.contains("^not (available|given)").fill_null(False)).is_empty()
    assert TABLE.filter(pl.col("t") <= 0).is_empty()


def test_what_is_reckoned_says_how_and_never_passes_for_measured() -> None:
    own = TABLE.filter(source=OWN)
    assert set(own["basis"]) == {"estimated", "assumed"}
    how = {"assumed": "carried forward", "estimated": "share x world total"}
    for basis, note in own.select("basis", "note").iter_rows():
        assert how[basis] in note
    assert TABLE.filter((pl.col("source") != OWN) & pl.col("note").str.contains("share x|carried forward")).is_empty()


def test_a_range_holds_its_value() -> None:
    assert TABLE.filter((pl.col("low") > pl.col("t")) | (pl.col("high") < pl.col("t"))).is_empty()


def test_the_countries_of_a_source_do_not_exceed_its_world_total() -> None:
    both = parts_and_wholes()
    assert both.height >= 12
    assert both.filter(pl.col("t") > ROUNDING * pl.col("whole")).is_empty()


def test_the_countries_of_a_survey_of_all_countries_add_up_to_its_total() -> None:
    whole = parts_and_wholes().filter(pl.col("source").is_in(["wna_2023", "wna_2026", "wmd_2026", "jm_pgm_2026", "usgs_ofr_2024_1057"]))
    assert set(whole["product"]) == {"uranium_mine", "metallurgical_coal_mine", "rhodium_mine", "germanium_refined"}
    assert whole.filter(pl.col("t") < pl.col("whole") / ROUNDING).is_empty()


@pytest.mark.parametrize(
    ("product", "total", "least"),
    [("iridium_mine", "jm_pgm_2026", 0.999), ("ruthenium_mine", "jm_pgm_2026", 0.998), ("hafnium_metal", "argus_hafnium_2025", 0.9)],
)
def test_shares_add_up_to_one_at_most(product: str, total: str, least: float) -> None:
    reckoned: float = TABLE.filter(year=2024, product=product, source=OWN).select(pl.col("t").sum()).item()
    assert least <= reckoned / value(product, "WLD", total) <= 1.001


def test_published_values() -> None:
    assert value("uranium_mine", "WLD", "wna_2026") == 60_213
    assert value("uranium_mine", "CAN", "wna_2026", 2023) == 11_001
    assert value("metallurgical_coal_mine", "WLD", "wmd_2026", 2023) == pytest.approx(1_091.31e6, rel=1e-5)
    assert value("rhodium_mine", "ZAF", "jm_pgm_2026") == pytest.approx(593_000 * OUNCE, abs=5e-4)
    assert value("germanium_refined", "CHN", "usgs_ofr_2024_1057", 2022) / value(
        "germanium_refined", "WLD", "usgs_ofr_2024_1057", 2022
    ) == pytest.approx(6 / 7)


def test_hand_reckoned_shares() -> None:
    assert value("iridium_mine", "ZAF", OWN) == pytest.approx(0.83 * 237_000 * OUNCE, abs=5e-4)
    assert value("iridium_mine", "ZAF", OWN, column="low") == pytest.approx(0.80 * 237_000 * OUNCE, abs=5e-4)
    assert value("ruthenium_mine", "ZAF", OWN, 2023, "low") == pytest.approx(0.90 * 914_000 * OUNCE, abs=5e-4)
    assert value("scandium_refined", "CHN", OWN, 2025) == pytest.approx(0.667 * 80 * 2 * 44.956 / (2 * 44.956 + 3 * 15.999), rel=1e-3)
    assert value("yttrium_refined", "CHN", OWN, 2025) == pytest.approx(12_500 * 2 * 88.906 / (2 * 88.906 + 3 * 15.999), rel=1e-3)


def test_sources_agree_within_the_spread_that_is_known() -> None:
    """Uranium (two surveys, one in oxide) and South African rhodium agree within a fifth; Chinese germanium only within a half."""
    for product, actor, one, other, spread in (
        ("uranium_mine", "KAZ", "wna_2026", "wmd_2026", 0.01),
        ("rhodium_mine", "ZAF", "jm_pgm_2026", "wmd_2026", 0.2),
        ("germanium_refined", "CHN", "bgs_germanium_2024", "wmd_2026", 0.5),
    ):
        assert value(product, actor, one) == pytest.approx(value(product, actor, other), rel=spread)
