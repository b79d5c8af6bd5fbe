"""BGS: content and gross weight, sub-commodities, sums, years as time stamps, missing values."""

from pathlib import Path

import pytest

from ytterby.core import schema
from ytterby.data.source import header_of, recognises
from ytterby.data.sources import bgs

HEAD = (
    "id,bgs_statistic_type_trans,bgs_commodity_trans,bgs_sub_commodity_trans,country_trans,country_iso2_code,country_iso3_code,"
    "year,quantity,units,concat_table_notes_text,concat_figure_notes_text"
)


def line(commodity: str, sub: str, actor: str, year: int, quantity: str, units: str, note: str = "", kind: str = "Production") -> str:
    return f'1,{kind},"{commodity}",{sub},,,{actor},{year}-01-01 00:00:00,{quantity},{units},"a table\nnote",{note}'


def write(folder: Path, *lines: str) -> Path:
    file = folder / "bgs.csv"
    file.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    assert recognises(bgs.SPEC, header_of(file))
    return file


def test_values_in_the_products_own_tonnes(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        line("copper, mine", "", "CHL", 2023, "5250000", "tonnes (metal content)"),
        line("gallium, primary", "", "CHN", 2023, "600000", "kilograms"),
        line("lithium minerals", "Lithium minerals (Carbonate -Li content)", "CHL", 2023, "1000", "tonnes (metric)"),
        line("lithium minerals", "Lithium minerals (Chloride -Li content)", "CHL", 2023, "100", "tonnes (metric)"),
        line("helium", "Helium", "QAT", 2023, "65", "million cubic metres"),
        line("titanium minerals", "Ilmenite", "AUS", 2023, "1000", "tonnes (metric)"),
        line("feldspar", "", "NOR", 2023, "", "tonnes (metric)"),
        line("nepheline syenite", "", "NOR", 2023, "70", "tonnes (metric)"),
        line("tin, smelter", "", "MYS", 2023, "0", "tonnes (metric)", "Estimated"),
    )
    loaded = bgs.read(file)
    rows = schema.cast("observations", loaded.tables["observations"]).select("product", "actor", "t", "basis", "note").rows()
    assert loaded.faults == ()
    assert rows == [
        ("copper_mine", "CHL", 5_250_000.0, "measured", None),
        ("gallium_refined", "CHN", 600.0, "measured", None),
        ("lithium_mine", "CHL", 1100.0, "measured", None),
        ("helium_mine", "QAT", pytest.approx(11_003.2), "measured", None),
        ("titanium_mine", "AUS", 500.0, "estimated", "ilmenite taken as 50 % TiO2"),
        ("feldspar_mine", "NOR", None, "missing", "not available"),
        ("tin_refined", "MYS", 0.0, "estimated", "Estimated"),
    ]


def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        line("copper, mine", "", "CHL", 1975, "1", "tonnes (metal content)"),
        line("copper, mine", "", "CHL", 2023, "1", "tonnes (metric)"),
        line("diamonds", "", "CHL", 2023, "1", "carats"),
        line("lithium minerals", "Carbonate", "CHL", 2023, "1", "tonnes (metric)"),
        line("copper, mine", "", "QQQ", 2023, "1", "tonnes (metal content)"),
        line("copper, mine", "", "CHL", 2023, "n/a", "tonnes (metal content)"),
        line("copper, mine", "", "CHL", 2023, "1", "tonnes (metal content)", kind="Imports"),
    )
    loaded = bgs.read(file)
    assert loaded.tables["observations"].height == 0
    # Each row has a line break in its note: two lines of the file a row.
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [
        (2, "before 1990: left out"),
        (4, "'copper, mine' is in 'tonnes (metric)', not counted as we need it"),
        (6, "no product for 'diamonds', ''"),
        (8, "no product for 'lithium minerals', 'Carbonate'"),
        (10, "'QQQ' is no country known to table actors"),
        (12, "quantity is no number"),
        (14, "imports or exports: left out"),
    ]


def test_a_page_read_twice_is_not_counted_twice(tmp_path: Path) -> None:
    once = line("copper, mine", "", "CHL", 2023, "7", "tonnes (metal content)")
    loaded = bgs.read(write(tmp_path, once, once))
    assert loaded.tables["observations"]["t"].to_list() == [7.0]
    assert [fault.line for fault in loaded.faults] == [4]
