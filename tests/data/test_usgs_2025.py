"""Mineral Commodity Summaries 2025: parts, misprints and empty cells by hand, then the published figures."""

import csv
import io
import re
from pathlib import Path

import polars as pl
import pytest

from tests.data import official
from ytterby.data.source import Loaded, header_of, recognises
from ytterby.data.sources.usgs_mcs2025 import SPEC, read
from ytterby.data.usgs_tables import sums

FILE = "usgs/MCS2025_World_Data.csv"
HEADER = (
    "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,"
    "CAP_2023,CAP_EST_ 2024,CAP_NOTES,RESERVES_2024,RESERVE_NOTES\n"
)
REE = '"Mine production, rare-earth-oxide equivalent",metric tons'
GALLIUM = "Primary production,kilograms"
GERMANIUM = "Primary and secondary refinery production,kilograms"
ILMENITE = '"Mine production, ilmentite, titanium dioxide (TiO2) content",metric tons'
RUTILE = '"Mine production, rutile, titanium dioxide (TiO2) content",metric tons'
HELIUM = '"Production, helium gas content",million cubic meters'


def mock(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "MCS2025_World_Data.csv"
    path.write_text("\N{ZERO WIDTH NO-BREAK SPACE}" + HEADER + rows, encoding="utf-8")
    return path


def rows_of(loaded: Loaded, product: str, quantity: str = "production") -> dict[tuple[str, int], tuple[object, ...]]:
    frame = loaded.tables["observations"].filter((pl.col("product") == product) & (pl.col("quantity") == quantity))
    return {(row["actor"], row["year"]): (row["t"], row["basis"], row["note"]) for row in frame.iter_rows(named=True)}


def test_units_estimates_and_capacity_by_hand(tmp_path: Path) -> None:
    rows = f"MCS2025,Gallium ,China,{GALLIUM},600000,700000,estimated 2023,,1000000,,,\n"
    rows += f"MCS2025,Gallium ,Japan,{GALLIUM},3000,3000,,,10000,,,\n"
    path = mock(tmp_path, rows)
    loaded = read(path)
    assert recognises(SPEC, header_of(path))
    assert loaded.faults == ()
    made = rows_of(loaded, "gallium_refined")
    assert made["CHN", 2023] == (600.0, "estimated", None)
    assert made["JPN", 2023] == (3.0, "measured", None)
    assert made["JPN", 2024] == (3.0, "estimated", None)
    assert rows_of(loaded, "gallium_refined", "capacity") == {
        ("CHN", 2024): (1000.0, "estimated", None),
        ("JPN", 2024): (10.0, "estimated", None),
    }


def test_a_chapter_without_one_figure_is_missing_and_never_zero(tmp_path: Path) -> None:
    loaded = read(
        mock(tmp_path, f"MCS2025,Gemanium,China,{GERMANIUM},,,,,,,,\nMCS2025,Gemanium,World total (rounded),{GERMANIUM},,,,,,,,\n")
    )
    found = rows_of(loaded, "germanium_refined")
    assert set(found) == {("CHN", 2023), ("CHN", 2024), ("WLD", 2023), ("WLD", 2024)}
    assert set(found.values()) == {(None, "missing", "left empty by the source")}


def test_minerals_of_one_product_add_up_and_their_own_totals_do_not_count_twice(tmp_path: Path) -> None:
    rows = "".join(
        f"MCS2025,Titanium Mineral Concentrates,{line}\n"
        for line in (
            f"India,{ILMENITE},210,210,,,,,15000,",
            f"India,{RUTILE},12,12,,,,,670,",
            f"Ukraine,{ILMENITE},130,120,,,,,5900,",
            f"Ukraine,{RUTILE},,10,W for 23-24,,,,,NA",
            f"United States,{ILMENITE},100,100,,,,,2000,",
            f"United States,{RUTILE},,,United States rutile production and reserves data are included with ilmenite.,,,,,",
            f'"World total (ilmenite, rounded)",{ILMENITE},440,430,,,,,22900,',
            f'"World total (ilmenite and rutile, rounded)",{ILMENITE},452,442,,,,,23600,',
        )
    )
    loaded = read(mock(tmp_path, rows))
    made = rows_of(loaded, "titanium_mine")
    assert loaded.faults == ()
    assert made["IND", 2023][:2] == (222e3, "measured")
    assert made["UKR", 2023][:2] == (None, "missing")
    assert "withheld" in str(made["UKR", 2023][2])
    assert made["USA", 2023][:2] == (100e3, "measured")
    assert made["WLD", 2023][0] == 452e3


def test_two_fields_of_one_country_add_up(tmp_path: Path) -> None:
    rows = f"MCS2025,Helium,United States (extracted from natural gas),{HELIUM},64,68,,,,,8500,\n"
    rows += f"MCS2025,Helium,United States (from Cliffside Field),{HELIUM},18,13,,,,,50,\n"
    made = rows_of(read(mock(tmp_path, rows)), "helium_mine")
    assert made["USA", 2023][0] == pytest.approx((64 + 18) * 169.28)


def test_what_the_map_lacks_is_a_fault_and_what_it_leaves_out_is_none(tmp_path: Path) -> None:
    rows = "MCS2025,Phlogiston,Chile,Mine production,metric tons,5,5,,,,,,\n"
    rows += 'MCS2025,Salt ,Chile,"Mine production, estimated",thousand metric tons,5,5,,,,,,\n'
    loaded = read(mock(tmp_path, rows + f"MCS2025,Rare earths,United States and Canada,{REE},1,1,,,,,,\n"))
    assert [fault.line for fault in loaded.faults] == [2, 2, 4, 4]
    assert loaded.tables["observations"].height == 0


def test_a_figure_above_its_world_total_is_left_out_as_a_fault(tmp_path: Path) -> None:
    rows = f"MCS2025,Rare earths,China,{REE},11255000,270000,,,,,,\nMCS2025,Rare earths,World total (rounded),{REE},376000,390000,,,,,,\n"
    loaded = read(mock(tmp_path, rows))
    assert [fault.line for fault in loaded.faults] == [2]
    assert "11255000 t" in loaded.faults[0].reason
    assert set(rows_of(loaded, "rare_earths_mine")) == {("CHN", 2024), ("WLD", 2023), ("WLD", 2024)}


@pytest.mark.parametrize(
    ("place", "last", "this"),
    [("CHN", 255e3, 270e3), ("USA", 41.6e3, 45e3), ("AUS", 16e3, 13e3), ("MMR", 43e3, 31e3), ("NGA", 7.2e3, 13e3), ("THA", 3.6e3, 13e3)],
)
def test_published_rare_earths(place: str, last: float, this: float) -> None:
    made = rows_of(read(official(FILE)), "rare_earths_mine")
    assert (made[place, 2023][0], made[place, 2024][0]) == (last, this)


def test_the_published_file_is_read_whole() -> None:
    loaded = read(official(FILE))
    frame = loaded.tables["observations"]
    assert loaded.faults == ()
    assert frame.filter(pl.col("t").is_null() & pl.col("note").is_null()).height == 0
    assert frame.filter((pl.col("low") > pl.col("t")) | (pl.col("high") < pl.col("t"))).height == 0
    germanium = rows_of(loaded, "germanium_refined")
    assert len(germanium) == 16
    assert {value[0] for value in germanium.values()} == {None}


def test_published_totals_agree_with_the_sums_of_places() -> None:
    found = sums(read(official(FILE)).tables["observations"])
    assert found.height > 100
    assert found.filter(~pl.col("agrees")).height == 0


def test_reserves_last_for_years() -> None:
    # Below five years of output a unit is wrong by a thousand (vanadium, molybdenum and titanium would be).
    frame = read(official(FILE)).tables["observations"].filter(pl.col("actor") != "WLD")
    total = frame.group_by("product", "quantity").agg(pl.col("t").sum()).pivot("quantity", index="product", values="t")
    years = (
        total.drop_nulls(["production", "reserves"])
        .filter(pl.col("reserves") > 0)
        .with_columns(years=2 * pl.col("reserves") / pl.col("production"))
    )
    assert years.height > 30
    assert years.filter(pl.col("years") < 5).height == 0


@pytest.mark.parametrize("digit", ["1", "10", "11"])
def test_a_copy_with_digits_of_footnotes_glued_on_gives_no_monster(tmp_path: Path, digit: str) -> None:
    lines = list(csv.DictReader(io.StringIO(official(FILE).read_text(encoding="utf-8-sig"))))
    for row in lines:
        if row["COMMODITY"].strip() == "Rare earths" and row["COUNTRY"] == "China":
            row.update({name: digit + row[name] for name in ("PROD_2023", "PROD_EST_ 2024") if re.fullmatch(r"\d+", row[name])})
    copy = tmp_path / "copy.csv"
    with copy.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    loaded = read(copy)
    assert [("CHN" in fault.reason) for fault in loaded.faults] == [True, True]
    assert not {("CHN", 2023), ("CHN", 2024)} & set(rows_of(loaded, "rare_earths_mine"))


def test_the_same_row_twice_is_a_fault_and_not_a_sum(tmp_path: Path) -> None:
    row = f"MCS2025,Rare earths,China,{REE},255000,270000,,,,,,\n"
    loaded = read(mock(tmp_path, row + row))
    assert [(fault.line, fault.reason[:14]) for fault in loaded.faults] == [(3, "repeats line 2"), (3, "repeats line 2")]
    assert rows_of(loaded, "rare_earths_mine")["CHN", 2023][0] == 255e3
