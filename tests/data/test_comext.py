"""Comext: EUR and 100 kg, two-letter codes, totals, rates."""

from pathlib import Path

from ytterby.core import schema
from ytterby.data.source import header_of, recognises
from ytterby.data.sources import comext

HEAD = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE\n"


def write(folder: Path, *rows: str) -> Path:
    file = folder / "comext.csv"
    lines = [f"ESTAT:DS-045409(1.0),15/09/25 11:00:00,{text}" for text in rows]
    file.write_text("\ufeff" + HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    assert recognises(comext.SPEC, header_of(file))
    return file


def test_units_and_rate(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "A,DE,CN,280530,1,VALUE_IN_EUROS,2023,1000",
        "A,DE,CN,280530,1,QUANTITY_IN_100KG,2023,25",
        "A,EL,TW,280530,2,VALUE_IN_EUROS,2024,10",
        "A,EL,TW,280530,2,QUANTITY_IN_100KG,2024,0",
    )
    loaded = comext.read(file, usd_per_eur={2023: 1.1})
    assert schema.cast("customs", loaded.tables["customs"]).rows() == [
        (2023, "280530", "CHN", "DEU", 2.5, 1100.0, "measured", "eurostat_comext"),
        (2024, "280530", "GRC", "TWN", None, None, "measured", "eurostat_comext"),
    ]
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [(4, "no rate of EUR to USD for 2024: usd is missing")]
    assert comext.read(file).tables["customs"]["usd"].null_count() == 2


def test_what_two_members_report_is_the_importers(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "A,FR,DE,280530,2,QUANTITY_IN_100KG,2023,30",
        "A,DE,FR,280530,1,QUANTITY_IN_100KG,2023,20",
    )
    assert comext.read(file).tables["customs"].select("exporter", "importer", "t").rows() == [("FRA", "DEU", 2.0)]


def test_totals_months_and_longer_codes_are_left_out_and_told(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "A,DE,WORLD,280530,1,VALUE_IN_EUROS,2023,1",
        "A,DE,EXT_EU27_2020,280530,1,VALUE_IN_EUROS,2023,1",
        "M,DE,CN,280530,1,VALUE_IN_EUROS,2023-01,1",
        "A,DE,CN,28053010,1,VALUE_IN_EUROS,2023,1",
        "A,DE,QX,280530,1,VALUE_IN_EUROS,2023,1",
        "A,DE,CN,280530,1,VALUE_IN_EUROS,2023,c",
        "A,DE,CN,280530,3,VALUE_IN_EUROS,2023,1",
    )
    loaded = comext.read(file)
    assert loaded.tables["customs"].height == 0
    assert sorted((fault.line, fault.reason) for fault in loaded.faults) == [
        (2, "partner is a group of economies, a total: left out (2 rows)"),
        (4, "not a year's figure: left out"),
        (5, "not a six-digit code: left out"),
        (6, "'QX' is no country known to table actors"),
        (7, "OBS_VALUE is no number"),
        (8, "flow '3' is neither import nor export"),
    ]
