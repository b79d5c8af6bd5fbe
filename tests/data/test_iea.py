"""IEA: supply and demand, rest of world, names; China's shares as published."""

from pathlib import Path

import polars as pl
import pytest

from tests.data import official
from ytterby.core import schema
from ytterby.core.world import load_world
from ytterby.data.sources import iea

SUPPLY = (
    "mineral,stage,country,year,kt\n"
    "Cobalt,refining,China,2024,196.5\n"
    "Cobalt,refining,World total,2024,250\n"
    "Cobalt,refining,Rest of world,2030,9\n"
    "Cobalt,mining,Atlantis,2024,1\n"
    "Unobtainium,mining,Chile,2024,1\n"
    "Cobalt,mining,Chile,2024,x\n"
)
DEMAND = (
    "table,mineral,sector,scenario,year,kt\n"
    "cleantechByTech,Cobalt,Wind,STEPS,2030,1.1\n"
    "totalDemand,Cobalt,Wind,STEPS,2030,1.0\n"
    "totalDemand,Cobalt,cleanShare,base,2024,0.3\n"
    "totalDemand,Cobalt,totalDemand,base,2024,200\n"
    "byTechnology,Total wind,Wind,base,2024,5\n"
)


def test_supply_is_outlook_and_the_counted_year_an_observation(tmp_path: Path) -> None:
    (tmp_path / "supply.csv").write_text(SUPPLY, encoding="utf-8")
    loaded = iea.read(tmp_path / "supply.csv")
    outlook = schema.cast("outlook", loaded.tables["outlook"])
    assert outlook.select("material", "flow", "actor", "sector", "scenario", "year", "t", "basis").rows() == [
        ("cobalt", "refining", "CHN", "*", "base", 2024, 196_500.0, "estimated"),
        ("cobalt", "refining", "WLD", "*", "base", 2024, 250_000.0, "estimated"),
        ("cobalt", "refining", "ROW", "*", "base", 2030, 9_000.0, "assumed"),
    ]
    seen = schema.cast("observations", loaded.tables["observations"])
    assert seen.select("year", "product", "actor", "quantity", "t").rows() == [
        (2024, "cobalt_refined", "CHN", "production", 196_500.0),
        (2024, "cobalt_refined", "WLD", "production", 250_000.0),
    ]
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [
        (5, "'Atlantis' is no country known"),
        (6, "'Unobtainium' is no material of the world"),
        (7, "kt is no number"),
        (2, "cobalt, refining, 2024: the countries add up to 196,500 t, the world is said to be 250,000 t"),
    ]


def test_demand_is_taken_once_and_differences_are_told(tmp_path: Path) -> None:
    (tmp_path / "demand.csv").write_text(DEMAND, encoding="utf-8")
    loaded = iea.read(tmp_path / "demand.csv")
    assert loaded.tables["outlook"].select("sector", "scenario", "year", "t", "actor").rows() == [
        ("Wind", "STEPS", 2030, 1000.0, "WLD"),
        ("*", "base", 2024, 200_000.0, "WLD"),
    ]
    assert [fault.line for fault in loaded.faults] == [4, 6, 2]
    assert "differ by up to 10 %" in loaded.faults[-1].reason


def test_chinas_share_of_refining_is_the_ieas() -> None:
    """IEA, Global Critical Minerals Outlook 2025: China leads in the refining of all six but nickel."""
    outlook = iea.read(official("iea/iea_cmde_supply.csv")).tables["outlook"]
    refining = outlook.filter((pl.col("flow") == "refining") & (pl.col("year") == 2024))
    shares = {}
    for material in refining["material"].unique():
        t = dict(refining.filter(pl.col("material") == material).select("actor", "t").iter_rows())
        shares[material] = round(100 * t["CHN"] / t["WLD"])
    assert shares == {"copper": 44, "cobalt": 78, "lithium": 70, "nickel": 31, "graphite": 96, "magnet_rare_earths": 91}


@pytest.mark.parametrize("name", ["supply", "demand"])
def test_the_real_files_fit_the_schema(name: str) -> None:
    loaded = iea.read(official(f"iea/iea_cmde_{name}.csv"))
    for table, frame in loaded.tables.items():
        assert schema.check(table, schema.cast(table, frame), load_world()) == []
    unknown = {fault.reason.split("'")[1] for fault in loaded.faults if "no material" in fault.reason}
    assert unknown <= {"Cadmium", "Selenium"}


def test_countries_add_up_to_the_world_or_it_is_told() -> None:
    loaded = iea.read(official("iea/iea_cmde_supply.csv"))
    outlook = loaded.tables["outlook"]
    key = ["material", "flow", "year"]
    world = outlook.filter(pl.col("actor") == "WLD").select(*key, "t")
    added = outlook.filter(pl.col("actor") != "WLD").group_by(key).agg(added=pl.col("t").sum())
    both = world.join(added, on=key, validate="1:1")
    apart = both.filter((pl.col("added") / pl.col("t") - 1).abs() > 1e-3)
    told = [fault.reason for fault in loaded.faults if "add up to" in fault.reason]
    assert both.height == world.height == 48
    assert {", ".join(map(str, row)) for row in apart.select(key).iter_rows()} == {text.split(":")[0] for text in told}
    assert set(apart["material"]) == {"nickel", "graphite"}
