"""Mineral Commodity Summaries 2024: the rare-earth file with its empty padding, by hand and as published."""

from pathlib import Path

import polars as pl

from tests.data import official
from ytterby.data.source import Loaded, header_of, recognises
from ytterby.data.sources.usgs_mcs2024 import SPEC, read
from ytterby.data.usgs_tables import sums

HEADER = "\N{ZERO WIDTH NO-BREAK SPACE}Source,Country,Type,Prod_t_est_2022,Prod_t_est_2023,Prod_notes,Reserves_t,Reserves_notes,,\n"
TYPE = '"Rare earths, mine production, rare-earth-oxide equivalent, metric tons"'


def mock(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "mcs2024-raree_world.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def values(loaded: Loaded, quantity: str) -> dict[tuple[str, int], float | None]:
    frame = loaded.tables["observations"].filter(pl.col("quantity") == quantity)
    return {(actor, year): t for actor, year, t in frame.select("actor", "year", "t").iter_rows()}


def test_a_small_file_by_hand(tmp_path: Path) -> None:
    rows = f"MCS2024,Burma,{TYPE},12000,38000,,NA,,,\nMCS2024,China,{TYPE},210000,240000,Production quota;,44000000,,,\n,,,,,,,,,\n"
    path = mock(tmp_path, rows)
    loaded = read(path)
    assert recognises(SPEC, header_of(path))
    assert loaded.faults == ()
    assert values(loaded, "production") == {("MMR", 2022): 12e3, ("MMR", 2023): 38e3, ("CHN", 2022): 210e3, ("CHN", 2023): 240e3}
    assert values(loaded, "reserves") == {("MMR", 2023): None, ("CHN", 2023): 44e6}
    assert set(loaded.tables["observations"].filter(pl.col("quantity") == "production")["basis"]) == {"estimated"}


def test_a_place_or_a_number_that_cannot_be_read_is_a_fault_with_its_line(tmp_path: Path) -> None:
    rows = f"MCS2024,Atlantis,{TYPE},1,1,,1,,,\nMCS2024,India,{TYPE},2900,29oo,,6900000,,,\n"
    loaded = read(mock(tmp_path, rows))
    assert [fault.line for fault in loaded.faults] == [2, 2, 2, 3]
    assert "Atlantis" in loaded.faults[0].reason
    assert "29oo" in loaded.faults[3].reason
    assert values(loaded, "production") == {("IND", 2022): 2900.0}


def test_the_published_file() -> None:
    loaded = read(official("usgs/mcs2024-raree_world.csv"))
    made = values(loaded, "production")
    assert loaded.faults == ()
    assert [made["CHN", 2023], made["USA", 2023], made["AUS", 2023], made["MMR", 2023], made["WLD", 2023]] == [
        240e3,
        43e3,
        18e3,
        38e3,
        350e3,
    ]
    assert sums(loaded.tables["observations"])["agrees"].to_list() == [True, True, True]


def test_a_total_that_its_places_cannot_give_does_not_agree(tmp_path: Path) -> None:
    # 2022: 60 + 30 (each +- 5) against 100 (+- 50): the bands meet. 2023: 60 + 39 (+- 5.5) against 80 (+- 5): they do not.
    rows = f"MCS2024,China,{TYPE},60,60,,,,,\nMCS2024,Burma,{TYPE},30,39,,,,,\nMCS2024,World total (rounded),{TYPE},100,80,,,,,\n"
    found = sums(read(mock(tmp_path, rows)).tables["observations"])
    assert found.select("year", "t", "total", "agrees").rows() == [(2022, 90.0, 100.0, True), (2023, 99.0, 80.0, False)]
