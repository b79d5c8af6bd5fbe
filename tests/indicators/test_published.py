"""Published values, and the embedded world against what is known of it."""

import csv
import os
from pathlib import Path

import polars as pl
import pytest

from tests.indicators.cases import DAY
from ytterby.core.world import load_world
from ytterby.indicators import geopolrisk, wgi_hhi
from ytterby.indicators.measure import contributions, measure

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


def cases(name: str) -> list[dict[str, str]]:
    path = CASES / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is absent")
        pytest.skip(f"published values are absent: {path}")
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("product", "low", "high"),
    [
        ("ndpr_concentrate", 0.60, 0.70),
        ("ndpr_oxide", 0.905, 0.915),
        ("ndpr_metal", 0.89, 0.91),
        ("ndfeb_magnet", 0.90, 0.94),
    ],
)
def test_chinas_shares_of_the_chain(product: str, low: float, high: float) -> None:
    """IEA 2025: mining 61 % of the four magnet elements, refining 91 %; magnets above 90 %."""
    first = contributions(load_world(), "hhi", product).row(0, named=True)
    assert first["actor"] == "CHN"
    assert low <= first["share"] <= high


def test_the_embedded_world_is_whole_and_its_values_lead_to_sources() -> None:
    world = load_world()
    frame = measure(world, on=DAY, draws=50)
    known = frame.drop_nulls("value")
    assert set(known["source"].str.split(";").explode()) <= set(world["sources"]["source"])
    assert (known["low"] <= known["value"]).all()
    assert (known["value"] <= known["high"]).all()
    assert frame.filter(pl.col("value").is_null())["reason"].null_count() == 0
    magnets = frame.filter((pl.col("product") == "ndfeb_magnet") & (pl.col("actor") == "JPN") & (pl.col("indicator") == "under_control"))
    assert magnets.sort("state", descending=True)["value"].to_list()[0] == 0.0
    assert 0.6 < magnets.sort("state", descending=True)["value"].to_list()[1] < 0.75


@pytest.mark.parametrize("material", ["Dysprosium", "Erbium", "Gadolinium"])
def test_a_sole_chinese_supplier_has_the_unions_supply_risk(material: str) -> None:
    """SR = HHI_WGI,t * (1 - end-of-life recycling) * substitution, t = 1; China's WGI of 2016-20 (doi 10.2873/725585)."""
    wgi = (5.66 + 5.71) / 2
    row = next(row for row in cases("eu_crm_2023.csv") if row["material"] == material)
    supply = pl.DataFrame({"product": ["x"], "actor": ["*"], "supplier": ["CHN"], "t": [1.0], "home": [False]})
    scores = pl.DataFrame({"actor": ["CHN"], "score": ["wgi_mean"], "value": [2.5 - wgi / 2]})
    free = pl.DataFrame(schema={"product": pl.String, "exporter": pl.String, "importer": pl.String, "kind": pl.String})
    index = wgi_hhi.measure(supply, scores, free)["value"].item()
    risk = index * (1 - float(row["EoL"]) / 100) * float(row["SI_SR"])
    assert f"{risk:.1f}" == row["SR_P"]


@pytest.mark.parametrize("material", ["Nickel", "Manganese", "Graphite"])
def test_the_worked_example_of_geopolrisk(material: str) -> None:
    """Tables made so that HHI, own output, imports and weighted imports are those of the example (doi 10.21105/joss.09600)."""
    row = next(row for row in cases("geopolrisk_worked_example.csv") if row["Raw Material"] == material)
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


def world_output(hhi: float, others: int = 20) -> list[float]:
    """Outputs of one large and many equal suppliers with a given index: s^2 + (1 - s)^2 / n = hhi."""
    large = (1 + (1 - (1 + others) * (1 - others * hhi)) ** 0.5) / (1 + others)
    return [large] + [(1 - large) / others] * others
