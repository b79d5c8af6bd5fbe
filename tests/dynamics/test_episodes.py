"""Past controls replayed: the page is current, and what it claims of 2025, 2010 and 2023 holds."""

import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ytterby.core.world import load_world
from ytterby.dynamics.episodes import EPISODES, Fit, fit, load_observed, monthly, replay, small_world, with_idle
from ytterby.dynamics.network import network
from ytterby.show.episodes import page

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "episodes"


@pytest.fixture(scope="module")
def fits() -> dict[str, Fit]:
    world, observed = load_world(), load_observed(FOLDER)
    return {episode.title: fit(*replay(episode, world, FOLDER, observed)) for episode in EPISODES}


def test_the_page_is_current() -> None:
    text, figures = page(FOLDER)
    for name, content in {"episodes.md": text, **figures}.items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == content, "run: make docs"


def test_magnets_of_2025_are_met_month_by_month(fits: dict[str, Fit]) -> None:
    months = fits["Magnets 2025, China's exports"].months.filter(pl.col("month").is_between(pl.lit("2025-04"), pl.lit("2025-09")))
    assert months.height == 6
    assert months["error"].abs().max() <= 0.2  # type: ignore[operator]
    assert abs(sum(months["simulated"]) / sum(months["observed"]) - 1.0) <= 0.1


def test_turning_points_are_in_the_right_month(fits: dict[str, Fit]) -> None:
    embargo = fits["2010 as an embargo, Japan's imports"]
    assert embargo.low == ("2010-11", "2010-11")
    assert embargo.back == ("2010-12", "2010-12")
    for metal in ("Gallium", "Germanium"):
        assert fits[f"{metal} 2023, China's exports"].low == ("2023-08", "2023-08")
    quota = fits["2010 as a quota, Japan's imports"]
    assert quota.low[0] != quota.low[1]  # the quota alone has it in the wrong month; the page says so


def test_every_record_names_its_source_and_is_used() -> None:
    observed = load_observed(FOLDER)
    assert observed.null_count().sum_horizontal().item() == 0
    assert observed["source"].str.starts_with("http").all()
    assert not observed.select("series", "period").is_duplicated().any()
    assert set(observed["series"]) == {episode.series for episode in EPISODES}


def test_months_keep_the_mass_of_their_weeks() -> None:
    table = monthly(np.arange(53.0), datetime.date(2025, 1, 1))
    assert table["month"].to_list() == [f"2025-{month:02d}" for month in range(1, 13)]
    assert table["simulated"][0] == pytest.approx(sum(range(4)) + 4 * 3 / 7)
    assert table["simulated"].sum() == pytest.approx(sum(range(52)) + 52 / 7)


def test_idle_capacity_is_added_only_where_none_is_stated() -> None:
    world = load_world()
    assert with_idle(world, "gallium_refined", "CHN") is world
    raised = with_idle(world, "ndfeb_magnet", "CHN")["capacity"].filter((pl.col("process") == "ndfeb_magnet") & (pl.col("actor") == "CHN"))
    assert raised["t"].to_list() == pytest.approx([1.25 * 221_000], rel=0.02)


def test_the_world_of_2010_is_closed() -> None:
    net = network(small_world(load_observed(FOLDER)))
    assert net.output.sum() * 365 / 7 == pytest.approx(43_895)
    assert net.capacity.sum() == pytest.approx(1.25 * net.output.sum())
