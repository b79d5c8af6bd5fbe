"""Differences between worlds and origins of numbers."""

import polars as pl
import pytest

from tests.worlds import two_suppliers
from ytterby.core.compare import difference, origins
from ytterby.core.world import load_world
from ytterby.errors import InputError


def test_a_revision_an_arrival_and_a_loss_are_told_apart() -> None:
    before, after = two_suppliers(0.6), two_suppliers(0.8)
    gone = after.with_table("production", after["production"].filter(pl.col("actor") == "CHN"))
    told = {
        row["key"]: (row["change"], row["before"], row["after"]) for row in difference(before, gone, "production").iter_rows(named=True)
    }
    assert told["2024 magnet CHN"] == ("revised", pytest.approx(1200.0), pytest.approx(1600.0))
    assert told["2024 magnet AUS"] == ("gone", pytest.approx(800.0), None)
    assert difference(gone, before, "production").filter(pl.col("change") == "new")["key"].to_list() == ["2024 magnet AUS"]


def test_a_world_does_not_differ_from_itself() -> None:
    for table in ("production", "trade", "scores", "prices"):
        assert difference(load_world(), load_world(), table).is_empty()


def test_a_table_without_a_figure_is_refused() -> None:
    with pytest.raises(InputError, match="no figure"):
        difference(load_world(), load_world(), "actors")


def test_every_value_of_a_number_comes_with_its_origin() -> None:
    found = origins(load_world(), "ndfeb_magnet", "CHN", 2024)
    assert "production" in found["table"].to_list()
    assert found["title"].null_count() == 0
    with pytest.raises(InputError, match="did you mean ndfeb_magnet"):
        origins(load_world(), "ndfeb_magnets", "CHN", 2024)
