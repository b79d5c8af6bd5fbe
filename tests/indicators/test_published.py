"""Published lists beside ours, and the embedded world against what is known of it. Each test names its source."""

import numpy as np
import polars as pl
import pytest

from tests.indicators.cases import DAY, PUBLISHED, published, rounded
from ytterby.core.world import load_world
from ytterby.indicators.bgs_risk import CRITERIA
from ytterby.indicators.bgs_risk import index as bgs_index
from ytterby.indicators.measure import contributions, measure
from ytterby.indicators.published import compare


@pytest.mark.parametrize(("element", "printed"), published("bgs_2015", "risk_index"))
def test_the_surveys_index_is_ten_times_its_points_over_21(element: str, printed: float) -> None:
    """British Geological Survey, Risk List 2015: every printed index is a number of half points of at most 21, to one digit."""
    points = round(2 * printed * 3 * CRITERIA / 10) / 2
    assert CRITERIA <= points <= 3 * CRITERIA
    assert rounded(float(bgs_index(np.array(points))), printed)


LOSSES = published("usgs_2025", "worst_case_loss")


def test_the_order_of_expected_loss_is_whole_and_its_worst_cases_are_in_order() -> None:
    """USGS Open-File Report 2025-1047: 50 places without a gap; 63 losses, rhodium's the largest."""
    assert sorted(value for _, value in published("usgs_2025", "rank")) == [float(place) for place in range(1, 51)]
    assert len(LOSSES) == 63
    assert max(LOSSES, key=lambda row: row[1]) == ("Rhodium", 64340.0)


@pytest.mark.parametrize(("name", "list_", "indicator"), [(n, "usgs_2025", "rank") for n, _ in published("usgs_2025", "rank")])
def test_a_place_on_the_order_has_a_worst_case(name: str, list_: str, indicator: str) -> None:
    """USGS: each mineral of the order has a worst-case loss, and one of the ten first loses over 500 million USD."""
    loss = dict(LOSSES)[name]
    place = PUBLISHED.filter(list=list_, name=name, indicator=indicator)["value"].item()
    assert loss > 0
    if place <= 10:
        assert loss > 500


@pytest.mark.parametrize(
    ("name", "low", "high"), [("Graphite", 35.0, 40.0), ("Rare earths", 35.0, 40.0), ("Lithium", 65.0, 65.0), ("Cobalt", 65.0, 65.0)]
)
def test_the_agencys_n_minus_1_is_held_as_printed(name: str, low: float, high: float) -> None:
    """IEA, Global Critical Minerals Outlook 2025: supply without the largest supplier against demand in 2035."""
    found = [PUBLISHED.filter(list="iea_2025", name=name, indicator=f"n_minus_1_2035_{end}")["value"].item() for end in ("low", "high")]
    assert found == [low, high]


def test_the_three_largest_refiners_by_the_agencys_measure() -> None:
    """IEA 2025: a mean of 86 % in 2024; ours of the six energy minerals is within 5 points, and its reason says which."""
    row = compare(load_world(), "IEA2025").filter(indicator="top3_refined_2024").row(0, named=True)
    assert row["theirs"] == 86.0
    assert abs(row["difference"]) < 5
    assert "6 refined minerals" in row["reason"]
    rare = compare(load_world(), "IEA2025").filter(name="Rare earths", indicator="n_minus_1_2035_low").row(0, named=True)
    assert rare["low"] <= 37.5 + 5
    assert 35 <= rare["high"] <= 40


@pytest.mark.parametrize("name", ["EU2023", "USGS2025", "BGS2015", "IEA2025"])
def test_a_list_has_ours_beside_theirs_or_the_reason_why_not(name: str) -> None:
    frame = compare(load_world(), name, draws=20)
    assert frame.height == PUBLISHED.filter(list=f"{name[:-4].lower()}_{name[-4:]}").height
    assert frame["reason"].null_count() == 0
    known = frame.drop_nulls("ours")
    assert (known["difference"] - (known["ours"] - known["theirs"])).abs().max() in (0.0, None)


def test_a_stress_run_gives_the_survey_its_order_and_worst_cases() -> None:
    """Two stops by hand: gallium loses twice as many tonnes in the second; tungsten has no use; the worth is the world's own."""
    stop = {"product": "gallium_refined", "exporter": "CHN", "used": "gallium_refined", "actor": "USA", "use": "semiconductors"}
    lost = {"weeks": None, "lost": 10.0, "lost_low": 5.0, "lost_high": 20.0}
    sweep = pl.DataFrame([{**stop, **lost}, {**stop, **lost, "exporter": "RUS", "lost": 20.0}], schema_overrides={"weeks": pl.Float64})
    frame = compare(load_world(), "USGS2025", stops=sweep)
    worth = load_world()["values"].filter(pl.col("product") == "gallium_refined").filter(pl.col("use").is_in(["semiconductors", "*"]))
    gallium = frame.filter(name="Gallium")
    assert gallium.filter(indicator="worst_case_loss")["ours"].item() == pytest.approx(20.0 * worth["usd_per_t"][0] / 1e6)
    assert gallium.filter(indicator="rank")["ours"].item() == 1.0
    assert frame.filter(name="Tungsten", indicator="rank")["ours"].item() is None
    assert frame["reason"].null_count() == 0


@pytest.mark.parametrize(
    ("name", "indicator", "least", "rows"),
    [
        ("EU2023", "supply_risk_extraction", 0.6, 40),
        ("EU2023", "supply_risk", 0.5, 55),
        ("EU2023", "import_reliance_processing", 0.6, 15),
        ("BGS2015", "risk_index", 0.4, 30),
    ],
)
def test_ours_orders_materials_much_as_theirs(name: str, indicator: str, least: float, rows: int) -> None:
    """Rank correlation with other years and other sources: well above chance, below 1 for reasons that `reason` names."""
    known = compare(load_world(), name).filter(indicator=indicator).drop_nulls("ours")
    assert known.height >= rows
    rho = known.select(pl.corr("ours", "theirs", method="spearman")).item()
    assert least < rho < 1


def test_dysprosium_and_beryllium_come_out_as_the_union_has_them() -> None:
    """EU 2023: 5.6 and 1.8; ours of 2024 within the published digit and a tenth (STUDY)."""
    frame = compare(load_world(), "EU2023").filter(indicator="supply_risk")
    for name, tolerance in (("Dysprosium", 0.05), ("Beryllium", 0.15)):
        assert abs(frame.filter(name=name)["difference"].item()) <= tolerance


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
