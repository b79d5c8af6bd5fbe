"""The annex of the EU study: one row an indicator, empty cells are no rows; its list is what its thresholds give."""

from pathlib import Path

import polars as pl

from tests.data import official
from ytterby.core import schema
from ytterby.core.world import load_world
from ytterby.data.frames import mapping
from ytterby.data.sources import eu_crm

HEAD = "material,SR,EI,stage,stages,useE,SR_E,useP,SR_P,SI_EI,SI_SR,IR_E,IR_P,EoL\n"


def test_cells_become_rows(tmp_path: Path) -> None:
    file = tmp_path / "eu.csv"
    file.write_text(HEAD + "Baryte,1.3,3.5,E,E,GS+EU,1.3,,,,,74,,0\nNatural cork,0.9,x,E,E,EUonly,,,,,,,,\n", encoding="utf-8")
    loaded = eu_crm.read(file)
    assert schema.cast("published", loaded.tables["published"]).select("name", "indicator", "material", "value", "unit").rows() == [
        ("Baryte", "supply_risk", "barite", 1.3, "1"),
        ("Baryte", "economic_importance", "barite", 3.5, "1"),
        ("Baryte", "supply_risk_extraction", "barite", 1.3, "1"),
        ("Baryte", "import_reliance_extraction", "barite", 74.0, "percent"),
        ("Baryte", "recycling_input_rate", "barite", 0.0, "percent"),
        ("Natural cork", "supply_risk", None, 0.9, "1"),
    ]
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [(3, "Natural cork, EI: 'x' is no number")]


def test_every_name_means_a_material_of_the_world() -> None:
    assert set(mapping("eu_crm").values()) <= set(load_world()["materials"]["material"])


def test_the_real_annex() -> None:
    loaded = eu_crm.read(official("../cases/eu_crm_2023.csv"))
    published = schema.cast("published", loaded.tables["published"])
    assert loaded.faults == ()
    assert schema.check("published", published, load_world()) == []


def test_our_list_is_what_the_studys_thresholds_give() -> None:
    """Critical: supply risk at least 1.0 and economic importance at least 2.8; copper and nickel are on the list as strategic."""
    published = eu_crm.read(official("../cases/eu_crm_2023.csv")).tables["published"]
    wide = published.pivot("indicator", index=["name", "material"], values="value")
    critical = set(wide.filter((pl.col("supply_risk") >= 1.0) & (pl.col("economic_importance") >= 2.8))["material"].drop_nulls())
    family = dict(load_world()["materials"].select("material", "family").iter_rows())
    groups = {
        material for material in critical if family[material] not in critical and family[family[material] or material] not in critical
    }
    listed = load_world()["lists"].filter(pl.col("list") == "eu_2023")["material"]
    assert set(listed) == groups | {"copper", "nickel"}
