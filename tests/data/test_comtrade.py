"""UN Comtrade: 47 columns, both sides' reports, totals, breakdowns, zero weights, shifted rows."""

import random
from pathlib import Path

import pytest

from ytterby.core import schema
from ytterby.data.source import header_of, recognises
from ytterby.data.sources import comtrade

COLUMNS = """
typeCode freqCode refPeriodId refYear refMonth period reporterCode reporterISO reporterDesc flowCode flowDesc partnerCode partnerISO
partnerDesc partner2Code partner2ISO partner2Desc classificationCode classificationSearchCode isOriginalClassification cmdCode cmdDesc
aggrLevel isLeaf customsCode customsDesc mosCode motCode motDesc qtyUnitCode qtyUnitAbbr qty isQtyEstimated altQtyUnitCode altQtyUnitAbbr
altQty isAltQtyEstimated netWgt isNetWgtEstimated grossWgt isGrossWgtEstimated cifvalue fobvalue primaryValue legacyEstimationFlag
isReported isAggregate
"""
HEADER = COLUMNS.split()


def row(reporter: str, flow: str, partner: str, net: str, usd: str, **other: str) -> list[str]:
    values = dict.fromkeys(HEADER, "") | {
        "typeCode": "C",
        "freqCode": "A",
        "refYear": "2024",
        "reporterISO": reporter,
        "flowCode": flow,
        "partnerISO": partner,
        "partner2Code": "0",
        "classificationCode": "H0",
        "cmdCode": "280530",
        "customsCode": "C00",
        "motCode": "0",
        "netWgt": net,
        "isNetWgtEstimated": "False",
        "primaryValue": usd,
        "isAggregate": "False",
    }
    return list((values | other).values())


def write(folder: Path, rows: list[list[str]]) -> Path:
    file = folder / "TradeData.csv"
    file.write_text("\n".join(",".join(cells) for cells in [HEADER, *rows]) + "\n", encoding="utf-8")
    assert recognises(comtrade.SPEC, header_of(file))
    return file


def test_kilograms_become_tonnes_and_the_importer_is_taken_first(tmp_path: Path) -> None:
    rows = [
        row("CHN", "X", "JPN", "900", "45"),
        row("JPN", "M", "CHN", "1000", "50"),
        row("CHN", "X", "S19", "500", "20", isNetWgtEstimated="True"),
    ]
    loaded = comtrade.read(write(tmp_path, rows))
    assert len(HEADER) == 47
    assert schema.cast("customs", loaded.tables["customs"]).rows() == [
        (2024, "280530", "CHN", "JPN", 1.0, 50.0, "measured", "un_comtrade"),
        (2024, "280530", "CHN", "TWN", 0.5, 20.0, "estimated", "un_comtrade"),
    ]
    assert loaded.faults == ()


def test_a_weight_of_zero_beside_a_value_is_missing(tmp_path: Path) -> None:
    loaded = comtrade.read(write(tmp_path, [row("JPN", "M", "CHN", "0", "50"), row("USA", "M", "CHN", "", "7")]))
    assert loaded.tables["customs"]["t"].to_list() == [None, None]


def test_totals_and_parts_are_left_out_and_told(tmp_path: Path) -> None:
    rows = [
        row("JPN", "M", "W00", "1", "1"),
        row("JPN", "RM", "CHN", "1", "1"),
        row("JPN", "M", "CHN", "1", "1", motCode="2100"),
        row("JPN", "M", "CHN", "1", "1", freqCode="M"),
        row("JPN", "M", "CHN", "1", "1", cmdCode="010121"),
        row("JPN", "M", "QQQ", "1", "1"),
        row("JPN", "M", "CHN", "1", "1", classificationCode="H6"),
    ]
    loaded = comtrade.read(write(tmp_path, rows))
    assert loaded.tables["customs"].height == 1
    assert sorted(fault.line for fault in loaded.faults) == [2, 3, 4, 5, 6, 7, 8]
    assert loaded.faults[-1].reason == "codes of H6, not H0 (HS 1992): some may mean other goods"


@pytest.mark.parametrize("shift", ["left", "right"])
def test_rows_shifted_by_one_column_are_put_right(tmp_path: Path, shift: str) -> None:
    good = [row("JPN", "M", "CHN", "1000", "50"), row("USA", "M", "CHN", "2000", "80")]
    moved = [cells[1:] for cells in good] if shift == "left" else [["0", *cells] for cells in good]
    (tmp_path / "good").mkdir()
    expected = comtrade.read(write(tmp_path / "good", good)).tables["customs"]
    loaded = comtrade.read(write(tmp_path, [good[0], moved[1]]))
    assert loaded.tables["customs"].equals(expected)
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [(3, f"1 rows sit one column too far {shift}: put right")]


def test_rows_shifted_in_their_middle_are_refused(tmp_path: Path) -> None:
    cells = row("JPN", "M", "CHN", "1000", "50")
    broken = [*cells[:8], "extra", *cells[8:]]
    loaded = comtrade.read(write(tmp_path, [broken, cells]))
    assert loaded.tables["customs"].height == 1
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [(2, "1 rows do not fit the names of the columns: refused")]


def test_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    rows = [row(reporter, flow, "CHN", str(n + 1), "9") for n, (reporter, flow) in enumerate((r, f) for r in ("JPN", "USA") for f in "MX")]
    first = comtrade.read(write(tmp_path, rows)).tables["customs"]
    random.Random(1).shuffle(rows)
    keys = ["exporter", "importer"]
    assert comtrade.read(write(tmp_path, rows)).tables["customs"].sort(keys).equals(first.sort(keys))
