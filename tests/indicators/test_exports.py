"""Exports in the formats of the field: read back, as their readers read them."""

import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from tests.indicators.cases import market
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.indicators.exports import encoded, ending
from ytterby.indicators.measure import measure


@pytest.fixture
def world() -> World:
    return market([(60.0, 0.5, 0.3), (40.0, 0.5, -1.0)])


@pytest.fixture
def frame(world: World) -> pl.DataFrame:
    """One indicator with values, and one without a value but with a reason."""
    return measure(world, "geopolrisk_cf", "expected_loss", actor="JPN", draws=20)


@pytest.mark.parametrize("end", [".csv", ".json", ".parquet", ".xlsx"])
def test_a_missing_value_has_its_reason_in_every_format(end: str, frame: pl.DataFrame, world: World) -> None:
    content = encoded(frame, end, world)
    if end == ".xlsx":
        back = _sheet(content, 1)
        assert ["textbook", "Textbook"] in [row[:2] for row in _sheet(content, 2)]
        assert any("no stress run" in str(row) for row in back)
        return
    stream = io.BytesIO(content)
    back_frame = pl.read_csv(stream) if end == ".csv" else pl.read_ndjson(stream) if end == ".json" else pl.read_parquet(stream)
    assert back_frame["value"].null_count() == frame["value"].null_count() == 1
    assert back_frame.filter(pl.col("value").is_null())["reason"].item().startswith("no stress run")
    assert back_frame["value"].drop_nulls().item() == pytest.approx(frame["value"].drop_nulls().item())


def _sheet(content: bytes, number: int) -> list[list[str]]:
    """The texts of a sheet's cells, by the shared strings of the file."""
    from xml.etree import ElementTree as Xml

    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        strings = ["".join(item.itertext()) for item in Xml.fromstring(package.read("xl/sharedStrings.xml"))]
        sheet = Xml.fromstring(package.read(f"xl/worksheets/sheet{number}.xml"))
    rows = []
    for row in sheet.iterfind(".//m:row", space):
        cells = [(cell.get("t"), cell.findtext("m:v", "", space)) for cell in row.iterfind("m:c", space)]
        rows.append([strings[int(value)] if kind == "s" else value for kind, value in cells])
    return rows


def test_factors_for_brightway_are_named_flows_with_compartments(frame: pl.DataFrame, world: World) -> None:
    """The columns that bw2io.CSVLCIAImporter links by: name and categories (joined by ::), with amount and unit."""
    back = pl.read_csv(io.BytesIO(encoded(frame, ".brightway.csv", world)))
    assert back.columns == ["name", "categories", "unit", "amount"]
    assert back["categories"].item() == "natural resource::in ground"
    assert back["amount"].item() == pytest.approx(frame["value"].drop_nulls().item())


def test_factors_for_openlca_are_a_closed_package(frame: pl.DataFrame, world: World) -> None:
    """olca-schema: one file an entity in its folder, and every reference leads to one of them."""
    content = encoded(frame, ".zip", world)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entities = {name: json.loads(package.read(name)) for name in package.namelist() if "/" in name}
        assert json.loads(package.read("olca-schema.json")) == {"version": 2}
    assert {name.split("/")[0] for name in entities} == {"unit_groups", "flow_properties", "flows", "lcia_categories", "lcia_methods"}
    known = {entity["@id"] for entity in entities.values()} | {unit["@id"] for e in entities.values() for unit in e.get("units", [])}
    assert all(f"/{entity['@id']}.json" in name for name, entity in entities.items())
    category = next(entity for entity in entities.values() if entity["@type"] == "ImpactCategory")
    assert category["refUnit"] == "kg Cu-eq"
    for factor in category["impactFactors"]:
        assert {factor[key]["@id"] for key in ("flow", "unit", "flowProperty")} <= known
        assert factor["value"] == pytest.approx(frame["value"].drop_nulls().item())
    assert encoded(frame, ".zip", world) == content


@pytest.mark.parametrize("end", [".brightway.csv", ".zip"])
def test_a_file_of_factors_holds_one_view_and_no_missing_factor(end: str, world: World) -> None:
    with pytest.raises(InputError, match="no characterisation factor"):
        encoded(measure(world, "hhi", draws=0), end, world)
    with pytest.raises(InputError, match="several views"):
        encoded(measure(world, "geopolrisk_cf", draws=0), end, world)


def test_a_files_name_says_its_format() -> None:
    assert [ending(Path(name)) for name in ("a.CSV", "a.brightway.csv", "a.zip", "a")] == [".csv", ".brightway.csv", ".zip", None]
