"""Published values of the EU's study of 2023: thresholds, group means, closed forms, implied windows."""

import numpy as np
import polars as pl
import pytest

from tests.indicators.cases import PUBLISHED, published, rounded
from ytterby.core.world import load_world
from ytterby.indicators import wgi_hhi
from ytterby.indicators.economic_importance import measure as economic_importance
from ytterby.indicators.eu_supply_risk import combined

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


RISK, IMPORTANCE = dict(published("eu_2023", "supply_risk")), dict(published("eu_2023", "economic_importance"))
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
    stages = [value for stage in ("extraction", "processing") for row, value in published("eu_2023", f"supply_risk_{stage}") if row == name]
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


IMPORTANCES = [(name, value) for name, value in published("eu_2023", "economic_importance") if name not in (*GROUPS, "Silica sand")]


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
