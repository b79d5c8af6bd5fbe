"""World Mining Data: sheets as CSV, oxides, totals, thousands separators."""

from pathlib import Path

import polars as pl
import pytest

from ytterby.core import schema
from ytterby.core.world import load_world
from ytterby.data.source import header_of, recognises
from ytterby.data.sources import bgs, wmd
from ytterby.errors import InputError

SHEET = (
    "Country,2022,2023,unit,data source\n"
    'Australia,"140,000",160000,metr. t,r\n'
    '"Congo, D.R.",,5,metr. t,e\n'
    "Atlantis,1,2,metr. t,r\n"
    "Total,140000,160005,metr. t,\n"
)


def test_the_file_name_says_the_mineral(tmp_path: Path) -> None:
    file = tmp_path / "Lithium (Li2O).csv"
    file.write_text(SHEET, encoding="utf-8")
    loaded = wmd.read(file)
    assert recognises(wmd.SPEC, header_of(file))
    rows = schema.cast("observations", loaded.tables["observations"]).select("year", "product", "actor", "t", "basis", "note").rows()
    assert rows == [
        (2022, "lithium_mine", "AUS", pytest.approx(65_030.0), "measured", "Li in Li2O; data source: r"),
        (2023, "lithium_mine", "AUS", pytest.approx(74_320.0), "measured", "Li in Li2O; data source: r"),
        (2022, "lithium_mine", "COD", None, "missing", "not available"),
        (2023, "lithium_mine", "COD", pytest.approx(2.3225), "estimated", "Li in Li2O; data source: e"),
        (2022, "lithium_mine", "WLD", pytest.approx(65_030.0), "measured", "Li in Li2O"),
        (2023, "lithium_mine", "WLD", pytest.approx(74_322.3225), "measured", "Li in Li2O"),
    ]
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [(4, "'Atlantis' is no country known (2 rows)")]


def test_a_title_above_the_header_says_it_too(tmp_path: Path) -> None:
    file = tmp_path / "sheet1.csv"
    file.write_text("Gallium,,,,\n" + SHEET.replace("metr. t", "kg"), encoding="utf-8")
    loaded = wmd.read(file)
    assert loaded.tables["observations"].row(0, named=True)["t"] == 140.0
    assert loaded.faults[0].line == 5


def test_an_unknown_mineral_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "cork.csv").write_text(SHEET, encoding="utf-8")
    with pytest.raises(InputError, match="'cork' is no mineral"):
        wmd.read(tmp_path / "cork.csv")


@pytest.mark.parametrize("name", ["bgs", "wmd"])
def test_every_product_of_the_map_exists(name: str) -> None:
    table = pl.read_csv(Path(bgs.__file__).parents[1] / "maps" / f"{name}.csv")
    assert set(table["product"]) <= set(load_world()["products"]["product"])
    assert set(table["basis"]) == {"measured", "estimated"}
    assert table.filter((pl.col("basis") == "estimated") & pl.col("note").is_null()).height == 0
