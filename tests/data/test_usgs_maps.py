"""The maps of the survey's names: they lead to products of the world, and never add gross weight to contained metal."""

from types import ModuleType

import polars as pl
import pytest

from tests.data import official
from ytterby.core.resolve import lineage, products_of
from ytterby.core.units import ATOMIC_MASS, to_tonnes
from ytterby.core.world import load_world
from ytterby.data.names import map_rows
from ytterby.data.sources import usgs_mcs2024, usgs_mcs2025, usgs_mcs2026
from ytterby.data.usgs_salient import materials
from ytterby.data.usgs_tables import plain, rows_of

PRODUCTS = {row["product"]: row for row in load_world()["products"].iter_rows(named=True)}
MAPPED = [row for row in map_rows("usgs") if row["product"]]
OXIDES = ("TiO2", "K2O", "rare-earth ox", "Al2O3", "As2O3")
"""Words of products that are counted as an oxide."""

THOUSANDS = {("2025", "molybdenum"), ("2025", "titanium mineral concentrates"), ("2025", "vanadium"), ("2026", "vanadium")}
"""Where the file says t and the survey's tables say thousand t; the test of the real file proves it by years of reserves."""


def test_every_row_leads_to_a_product_and_says_what_it_counts() -> None:
    for row in MAPPED:
        assert row["counts"] == PRODUCTS[row["product"]]["counts"], row
        assert row["quantity"] in ("production", "capacity", "reserves"), row
        assert row["column"] in ("production", "capacity", "reserves"), row
        assert float(row["factor"]) > 0, row
    for row in map_rows("usgs"):
        assert row["product"] or row["note"], f"left out without a reason: {row}"


def test_keys_do_not_repeat() -> None:
    keys = [tuple(row[name] for name in ("edition", "chapter", "detail", "unit", "column")) for row in map_rows("usgs")]
    assert len(keys) == len(set(keys))


def test_factors_are_those_of_the_units_but_where_a_note_says_why() -> None:
    for row in MAPPED:
        unit = {"thousand metric dry tons": "kt", "": "t", "*": "t"}.get(row["unit"], row["unit"])
        if unit != "million cubic meters" and float(row["factor"]) != pytest.approx(to_tonnes(1.0, unit)):
            thousands = (row["edition"], row["chapter"]) in THOUSANDS and float(row["factor"]) == 1000.0
            assert row["note"], row
            assert thousands or "O3" in row["note"] or "ZrO2" in row["note"], row


def test_helium_is_weighed_as_an_ideal_gas() -> None:
    # n / V = p / (R T) at 101.325 kPa and 15 degrees C, 4.002602 g/mol; t per million cubic metres
    density = 101_325 / (8.314462618 * 288.15) * 4.002602
    assert [float(row["factor"]) for row in MAPPED if row["product"] == "helium_mine"] == pytest.approx([density] * 4, rel=1e-4)


def test_oxides_are_turned_into_elements_by_their_masses() -> None:
    oxygen = 3 * ATOMIC_MASS["O"]
    factors = {row["chapter"]: float(row["factor"]) for row in MAPPED}
    assert factors["yttrium"] == pytest.approx(2 * 88.906 / (2 * 88.906 + oxygen), rel=1e-4)
    assert factors["scandium"] == pytest.approx(2 * 44.956 / (2 * 44.956 + oxygen), rel=1e-4)


def test_content_in_the_details_means_a_product_counted_by_content() -> None:
    for row in MAPPED:
        counts, detail = row["counts"].lower(), row["detail"]
        if "gross" in detail and "arsenic" not in detail:
            assert "gross" in counts, row
        if "content" in detail and "gross" not in row["note"] and "ZrO2" not in row["note"]:
            assert "contained" in counts or "helium" in counts, row


def test_every_material_of_the_lists_and_every_rare_earth_has_a_product() -> None:
    world = load_world()
    for material in world["lists"]["material"]:
        assert products_of(material, world), material
    assert {material for material, _ in materials().values() if material} <= set(world["materials"]["material"])


def test_families_hold_what_their_names_say() -> None:
    world = load_world()
    assert all("critical_minerals" in lineage(material, world) for material in world["lists"]["material"])
    families = {
        "platinum_group": "platinum palladium rhodium ruthenium iridium",
        "light_rare_earths": "lanthanum cerium praseodymium neodymium samarium",
        "heavy_rare_earths": "europium gadolinium terbium dysprosium holmium erbium thulium ytterbium lutetium yttrium",
    }
    for family, members in families.items():
        inside = {name for name in world["materials"]["material"] if family in lineage(name, world)}
        assert inside - {family, "ndpr"} == set(members.split()), family
    assert world["materials"].filter(pl.col("family") == pl.col("material")).height == 0


@pytest.mark.parametrize("module", [usgs_mcs2024, usgs_mcs2025, usgs_mcs2026], ids=["2024", "2025", "2026"])
def test_a_source_says_of_itself_what_the_table_of_sources_says(module: ModuleType) -> None:
    spec, sources = module.SPEC, load_world()["sources"]
    row = sources.row(by_predicate=pl.col("source") == spec.source, named=True)
    for name in ("title", "url", "licence", "vintage", "published", "rank"):
        assert row[name] == getattr(spec, name), name


def test_the_lists_are_whole_and_agree_with_the_flags_of_the_file() -> None:
    lists = load_world()["lists"]
    ours = {name: set(lists.filter(lists["list"] == name)["material"]) for name in ("us_2025", "eu_2023")}
    assert [len(ours["us_2025"]), len(ours["eu_2023"])] == [60, 34]
    flagged = set()
    for _, row in rows_of(official("usgs/MCS2026_Commodities_Data.csv")):
        if row["Is critical mineral 2025"] == "Yes":
            flagged.add(materials().get((plain(row["MCS chapter"]), plain(row["Commodity"])), ("", ""))[0])
    groups = {"", "rare_earths", "heavy_rare_earths", "platinum_group", "bauxite"}
    # No rows of their own: hafnium is one with zirconium, thulium with the heavy rare earths; coal and uranium are no chapters.
    assert ours["us_2025"] - flagged <= {"thulium", "uranium", "metallurgical_coal", "hafnium"}
    assert flagged - groups <= ours["us_2025"]


def test_a_gross_weight_of_the_file_is_never_counted_as_content() -> None:
    known = {tuple(row[name] for name in ("chapter", "detail", "unit", "column")): row for row in MAPPED if row["edition"] == "2026"}
    told = 0
    for _, row in rows_of(official("usgs/MCS2026_Commodities_Data.csv")):
        key = (plain(row["MCS chapter"]), plain(row["Statistics_detail"]), plain(row["Unit"]), plain(row["Statistics"]))
        if not row["Section"].startswith("World") or key not in known:
            continue
        counts = known[key]["counts"]
        content = f"{row['Statistics_detail']} {row['Notes']}".lower()
        if "gross weight" in content and "zro2" not in content:
            told += 1
            assert "gross" in counts or any(word in counts for word in OXIDES), key
        elif "content, unless" in row["Other notes"].lower() and "gross" not in counts:
            told += 1
            assert "contained" in counts or any(word in counts for word in OXIDES) or counts == "silicon metal", key
    assert told > 500
