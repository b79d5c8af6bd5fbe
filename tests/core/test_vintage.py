"""Several truths: precedence, spread, and the world as it was known on a day."""

import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds import table, two_suppliers
from ytterby.core.vintage import known_on, pick
from ytterby.core.world import World, load_world

SOURCES = table(
    "source title url licence vintage published rank",
    [
        ("survey25", "Survey 2025", "u", "CC0", "2025", datetime.date(2025, 1, 31), 1),
        ("survey26", "Survey 2026", "u", "CC0", "2026", datetime.date(2026, 2, 1), 1),
        ("agency", "Agency", "u", "CC0", "2026", datetime.date(2026, 3, 1), 2),
        ("textbook", "Textbook", "none", "CC0-1.0", "2024", datetime.date(2024, 1, 1), 1),
    ],
)


def observed(*rows: tuple[object, ...]) -> pl.DataFrame:
    """Observations of production of a magnet in 2024: (actor, source, t, low, high)."""
    frame = table("actor source t low high", rows, year=2024, product="magnet", quantity="production")
    return frame.with_columns(
        pl.col("t", "low", "high").cast(pl.Float64),
        basis=pl.when(pl.col("t").is_null()).then(pl.lit("missing")).otherwise(pl.lit("measured")),
    )


def test_the_latest_edition_of_the_best_source_counts_for_all_actors_together() -> None:
    told = observed(
        ("CHN", "survey25", 90.0, None, None),
        ("CHN", "survey26", 80.0, 75.0, 85.0),
        ("ROW", "survey26", 20.0, None, None),
        ("VNM", "agency", 15.0, None, None),  # inside the survey's 'other countries': not to be counted twice
    )
    picked = pick(told, SOURCES, "production")
    assert picked.select("actor", "t", "low", "high", "source").rows() == [
        ("CHN", 80.0, 75.0, 90.0, "survey26"),
        ("ROW", 20.0, 20.0, 20.0, "survey26"),
    ]


def test_a_withheld_value_is_filled_by_the_next_source_or_stays_missing() -> None:
    told = observed(
        ("CHN", "survey26", 80.0, None, None),
        ("USA", "survey26", None, None, None),
        ("USA", "agency", 7.0, None, None),
        ("RUS", "survey26", None, None, None),
    )
    assert pick(told, SOURCES, "production").select("actor", "t", "source").rows() == [("CHN", 80.0, "survey26"), ("USA", 7.0, "agency")]


def test_other_countries_of_one_source_do_not_fill_those_of_another() -> None:
    told = observed(("CHN", "survey26", 80.0, None, None), ("ROW", "survey26", None, None, None), ("ROW", "agency", 30.0, None, None))
    assert pick(told, SOURCES, "production")["actor"].to_list() == ["CHN"]


def test_the_world_total_is_no_actor() -> None:
    assert pick(observed(("WLD", "survey26", 100.0, None, None)), SOURCES, "production").is_empty()


@settings(max_examples=40)
@given(st.permutations(range(4)), st.lists(st.floats(0.0, 1e6), min_size=4, max_size=4))
def test_order_does_not_matter_and_the_value_lies_in_its_band(order: list[int], values: list[float]) -> None:
    rows = [
        (actor, source, values[2 * i + j], None, None)
        for i, actor in enumerate(("AUS", "CHN"))
        for j, source in enumerate(("survey26", "agency"))
    ]
    picked = pick(observed(*rows), SOURCES, "production")
    assert picked.equals(pick(observed(*[rows[number] for number in order]), SOURCES, "production"))
    assert picked.filter((pl.col("t") < pl.col("low")) | (pl.col("t") > pl.col("high"))).is_empty()


@pytest.fixture(name="small")
def _small() -> World:
    told = observed(("CHN", "survey25", 90.0, None, None), ("CHN", "survey26", 80.0, None, None))
    return World({**dict(two_suppliers()), "sources": SOURCES, "observations": told})


def test_a_day_knows_only_what_was_published(small: World) -> None:
    before = known_on(small, datetime.date(2025, 10, 28))
    assert before["production"].filter(pl.col("actor") == "CHN").select("t", "high", "source").row(0) == (90.0, 90.0, "survey25")
    after = known_on(small, datetime.date(2026, 10, 28))
    assert after["production"].filter(pl.col("actor") == "CHN").select("t", "high", "source").row(0) == (80.0, 90.0, "survey26")
    assert before["sources"]["source"].to_list() == ["survey25", "textbook"]


def test_later_restrictions_and_claims_are_unknown() -> None:
    day = datetime.date(2025, 10, 28)
    then = known_on(load_world(), day)
    for name, column in (("restrictions", "announced"), ("projects", "as_of")):
        assert 0 < then[name].height < load_world()[name].height, name
        assert then[name].filter(pl.col(column) > day).is_empty(), name


def test_the_world_of_today_is_the_world() -> None:
    today = known_on(load_world(), datetime.date(2100, 1, 1))
    for name in ("restrictions", "demand", "trade", "scores", "projects"):
        assert today[name].equals(load_world()[name]), name


def test_a_yearly_series_keeps_the_years_that_had_come_out() -> None:
    then = known_on(load_world(), datetime.date(2025, 10, 28))
    assert (then["scores"]["year"].max(), then["customs"]["year"].max()) == (2023, 2023)
    assert then.check() == []
    assert known_on(load_world(), datetime.date(2025, 1, 15))["customs"]["year"].max() == 2022
