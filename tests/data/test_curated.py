"""The tables kept by hand: sources, dates and references hold, and the dated facts are found on their day."""

import csv
import datetime
import importlib
import os
import pkgutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ytterby.core.vintage import known_on
from ytterby.core.world import World, load_world
from ytterby.data import sources

WORLD = load_world()
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SEED = datetime.date(2025, 10, 28)
D = datetime.date.fromisoformat
RENAMED = {
    "cn_ree_oct_2025_62": "cn_ree_tech_2025_62",
    "cn_suspend_oct_2025": "cn_suspend_oct_2025_57",
}
"""Measures of the shared list that bear another name here (the suspension of 2025 is split by the announcement that it suspends)."""
NO_OPTION = {
    "lynas_kalgoorlie": "runs already; no capacity public",
    "mp_mtpass_mine": "runs already",
    "neo_silmet": "runs already",
    "shinetsu_vn": "runs already",
    "daido_imj": "runs already",
    "irel": "runs already",
    "minamitorishima": "a trial, no capacity",
    "exch_magnet_total": "a sum of plants, no project",
}
"""Projects of the shared list that nobody can choose."""


def shared(name: str) -> list[dict[str, str]]:
    path = SHARED / name
    if not path.exists() and not os.environ.get("CI"):
        pytest.skip("the public data files are not beside the repository")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def rows(table: str, **wanted: object) -> list[dict[str, Any]]:
    frame = WORLD[table]
    for column, value in wanted.items():
        frame = frame.filter(pl.col(column) == value)
    return frame.rows(named=True)


def held(restriction: str, on: str, known_on: str | None = None) -> bool:
    """Say whether a measure held on a day, as far as was known (on that day, or on another)."""
    day, known = D(on), D(known_on or on)
    found = rows("restrictions", restriction=restriction)
    assert found, restriction
    ended = [row["end"] is not None and row["end"] < day and (row["known"] is None or row["known"] <= known) for row in found]
    return all(row["announced"] <= known and row["start"] <= day for row in found) and not any(ended)


def materials(restriction: str) -> set[str]:
    return {row["material"] for row in rows("restrictions", restriction=restriction)}


@pytest.mark.parametrize(
    "table", ["restrictions", "agreements", "projects", "project_outputs", "prices", "uses", "end_uses", "substitution"]
)
def test_every_row_leads_to_a_source_with_an_address(table: str) -> None:
    told = WORLD[table].join(WORLD["sources"], on="source", how="left", validate="m:1")
    assert told.filter(~pl.col("url").fill_null("").str.contains("^https?://")).is_empty()
    assert WORLD[table].height


@pytest.mark.parametrize("table", ["blocs", "agreements", "projects", "project_outputs", "prices", "uses", "end_uses", "substitution"])
def test_what_a_row_refers_to_exists(table: str) -> None:
    from ytterby.core import schema

    assert schema.check(table, WORLD[table], WORLD) == []


def test_a_restriction_is_announced_before_it_starts_and_starts_before_it_ends() -> None:
    for row in rows("restrictions"):
        name = row["restriction"]
        assert row["announced"] <= row["start"], name
        assert (row["known"] is None) == (row["end"] is None), name
        if row["end"] is not None:
            called_off = row["end"] == row["known"]  # a measure may be suspended before it begins
            assert row["end"] >= (row["announced"] if called_off else row["start"]), name
            assert row["known"] >= row["announced"], name


def test_one_restriction_has_one_imposer_one_kind_and_one_set_of_dates() -> None:
    same = WORLD["restrictions"].select("restriction", "actor", "announced", "start").unique()
    assert same["restriction"].is_unique().all()


def test_a_relief_names_a_measure_of_its_own_imposer_on_its_own_material() -> None:
    reliefs = [row for row in rows("restrictions") if row["kind"] == "relief"]
    assert len(reliefs) > 10
    for row in [*reliefs, *(row for row in rows("restrictions") if row["relieves"])]:
        meant = rows("restrictions", restriction=row["relieves"], material=row["material"])
        assert [one for one in meant if one["actor"] == row["actor"] and one["announced"] <= row["announced"]], row["restriction"]


@pytest.mark.parametrize(
    ("name", "before", "day"),
    [
        ("cn_ree_quota_2010h2", "2010-07-07", "2010-09-01"),
        ("cn_jp_ree_2010", "2010-09-20", "2010-10-20"),
        ("cn_ga_ge_2023", "2023-07-31", "2023-08-01"),
        ("cn_graphite_2023", "2023-11-30", "2023-12-01"),
        ("cn_antimony_2024", "2024-09-14", "2024-09-15"),
        ("cn_us_ban_2024", "2024-12-02", "2025-10-28"),
        ("cn_five_metals_2025", "2025-02-03", "2025-02-04"),
        ("cn_seven_ree_2025", "2025-04-03", "2026-11-20"),
        ("cn_jp_dual_use_2026", "2026-01-05", "2026-01-06"),
        ("cn_suspend_oct_2025_61", "2025-11-06", "2026-11-10"),
        ("id_nickel_2014", "2014-01-11", "2016-06-01"),
        ("id_nickel_2020", "2019-12-31", "2020-01-01"),
        ("id_bauxite_2023", "2023-05-31", "2023-07-01"),
        ("cod_cobalt_2025", "2025-02-21", "2025-10-15"),
        ("cod_cobalt_quota_2025", "2025-10-15", "2025-10-28"),
        ("cod_cobalt_quota_2026", "2025-12-31", "2027-12-31"),
        ("gab_manganese_2029", "2028-12-31", "2029-01-01"),
        ("zwe_lithium_ore_2022", "2022-12-19", "2022-12-20"),
        ("zwe_raw_2026", "2026-02-24", "2026-03-15"),
        ("zwe_lithium_concentrate_2027", "2026-12-31", "2027-01-01"),
        ("mys_ree_2024", "2023-12-31", "2024-01-01"),
        ("mmr_wa_tin_2023", "2023-07-31", "2024-06-01"),
        ("mmr_ree_2024", "2024-10-17", "2024-10-23"),
        ("nam_critical_2023", "2023-06-07", "2023-06-08"),
        ("rus_uranium_us_2024", "2024-11-14", "2024-11-15"),
        ("us_301_2026", "2025-12-31", "2026-01-01"),
        ("ind_jp_ree_2025", "2025-06-12", "2025-06-13"),
        ("vnm_ree_ore_2026", "2025-12-31", "2026-01-01"),
    ],
)
def test_a_dated_measure_holds_on_its_day_and_not_before(name: str, before: str, day: str) -> None:
    assert not held(name, before)
    assert held(name, day)


def test_what_has_ended_no_longer_holds_but_looked_open_before_its_end_was_known() -> None:
    for name, day in (("cn_us_ban_2024", "2025-11-10"), ("id_nickel_2014", "2017-01-13"), ("cod_cobalt_2025", "2025-10-16")):
        assert not held(name, day)
    assert held("cn_us_ban_2024", "2026-01-01", known_on="2025-10-28")
    assert held("cod_cobalt_2025", "2025-12-01", known_on="2025-09-20")


def test_measures_name_their_materials_and_targets() -> None:
    assert materials("cn_ga_ge_2023") == {"gallium", "germanium"}
    assert materials("cn_us_ban_2024") == {"gallium", "germanium", "antimony", "superhard_materials"}
    assert materials("cn_five_metals_2025") == {"tungsten", "tellurium", "bismuth", "molybdenum", "indium"}
    seven = {"samarium", "gadolinium", "terbium", "dysprosium", "lutetium", "scandium", "yttrium"}
    assert materials("cn_seven_ree_2025") == {*seven, "rare_earth_magnets"}
    assert materials("cn_ree_oct_2025_57") == {"holmium", "erbium", "thulium", "europium", "ytterbium"}
    assert materials("us_301_2026") == {"graphite", "rare_earth_magnets"}
    targets = {row["restriction"]: row["target"] for row in rows("restrictions") if row["target"] != "*"}
    assert (
        targets.items()
        >= {"cn_us_ban_2024": "USA", "cn_jp_ree_2010": "JPN", "rus_uranium_us_2024": "USA", "ind_jp_ree_2025": "JPN"}.items()
    )


def test_a_quota_for_part_of_a_year_is_given_as_tonnes_a_year() -> None:
    (q4,), (whole,) = rows("restrictions", restriction="cod_cobalt_quota_2025"), rows("restrictions", restriction="cod_cobalt_quota_2026")
    assert q4["quota"] == pytest.approx(18_125 * 365 / 77, rel=1e-5)
    assert whole["quota"] == 96_600
    (half,) = rows("restrictions", restriction="cn_ree_quota_2010h2")
    assert half["quota"] == 2 * 7_976


def test_the_october_measures_are_known_on_the_day_of_the_seed_not_in_force_and_not_suspended() -> None:
    then = known_on(WORLD, SEED)["restrictions"]
    october = [row["restriction"] for row in then.rows(named=True) if row["announced"] == D("2025-10-09")]
    assert len(set(october)) == 6
    assert {name for name in october if held(name, "2025-10-28")} == {"cn_ree_tech_2025_62"}  # technology: at once
    assert not [name for name in then["restriction"] if name.startswith("cn_suspend")]
    assert held("cn_ree_oct_2025_61", "2025-12-15", known_on="2025-10-28")
    assert not held("cn_ree_oct_2025_61", "2025-12-15")


def test_what_was_known_on_the_day_of_the_seed_has_a_source_that_was_known() -> None:
    then = known_on(WORLD, SEED)
    for table in ("restrictions", "agreements", "projects"):
        assert then[table].join(then["sources"], on="source", how="anti").is_empty(), table


def test_every_measure_of_the_shared_list_is_there() -> None:
    known = set(WORLD["restrictions"]["restriction"])
    assert {RENAMED.get(row["id"], row["id"]) for row in shared("restrictions.csv")} <= known


def test_every_project_and_agreement_of_the_shared_lists_is_there_or_no_option() -> None:
    projects = {row["id"] for row in shared("projects_ree_ex_china.csv")}
    assert projects - set(WORLD["projects"]["option"]) == set(NO_OPTION)
    assert {row["id"] for row in shared("agreements.csv")} <= set(WORLD["agreements"]["option"])


def test_an_agreement_supports_a_project_that_exists_and_is_signed_before_it_ends() -> None:
    options = set(WORLD["projects"]["option"])
    for row in rows("agreements"):
        assert row["project"] is None or row["project"] in options, row["option"]
        assert row["until"] is None or row["until"] > row["date"], row["option"]
    assert {row["party"] for row in rows("agreements", option="us_aus_fw")} == {"USA", "AUS"}
    assert {row["option"] for row in rows("agreements", date=D("2025-10-26"))} == {"us_mys_mou", "us_tha_mou"}


def test_a_project_without_output_says_why() -> None:
    made = set(WORLD["project_outputs"].filter(pl.col("t") > 0)["option"])
    for row in rows("projects"):
        assert row["option"] in made or "apacity" in (row["note"] or ""), row["option"]


@pytest.mark.parametrize(("bloc", "day", "size"), [("EU", "2026-01-01", 27), ("EU", "2004-04-30", 14), ("G7", "2025-01-01", 7)])
def test_blocs_have_their_members(bloc: str, day: str, size: int) -> None:
    assert WORLD["blocs"].filter((pl.col("bloc") == bloc) & (pl.col("since") <= D(day))).height == size


def test_blocs_are_whole_and_dated() -> None:
    blocs = WORLD["blocs"]
    sizes = dict(blocs.group_by("bloc").len().iter_rows())
    assert sizes == {"G7": 7, "EU": 27, "QUAD": 4, "MSP": 14, "BRICS": 10, "APEC": 21, "ASEAN": 11, "OECD": 38}
    assert blocs["since"].null_count() == 0
    assert not rows("blocs", bloc="EU", actor="GBR")


def price(product: str, day: str, bloc: str = "world") -> dict[str, Any]:
    (row,) = rows("prices", product=product, date=D(day), bloc=bloc)
    return row


def test_prices_are_in_dollars_a_tonne_of_what_the_product_counts() -> None:
    assert price("copper_refined", "2024-01-01")["usd_per_t"] == pytest.approx(4.147 / 0.45359237e-3, rel=1e-5)  # 414.7 cents a pound
    assert price("platinum_refined", "2023-01-01")["usd_per_t"] == pytest.approx(973 / 31.1034768e-6, rel=1e-5)  # dollars a troy ounce
    assert price("manganese_mine", "2024-01-01")["usd_per_t"] == pytest.approx(553)  # 5.53 dollars for ten kilograms
    dysprosium = price("dy_oxide", "2011-08-01")
    assert dysprosium["usd_per_t"] == pytest.approx(2_377_000 / (2 * 162.5 / (2 * 162.5 + 3 * 15.999)), rel=1e-3)
    assert dysprosium["basis"] == "estimated"
    assert WORLD["prices"].filter(pl.col("usd_per_t") <= 0).is_empty()


def test_the_further_along_the_chain_the_dearer() -> None:
    for element in ("ndpr", "dy", "tb"):
        for day in ("2024-01-01", "2025-01-01"):
            chain = [price(f"{element}_{stage}", day)["usd_per_t"] for stage in ("concentrate", "oxide", "metal")]
            assert chain == sorted(chain)


def test_prices_agree_with_the_published_file() -> None:
    path = SHARED / "usgs" / "MCS2026_Commodities_Data.csv"
    if not path.exists() and not os.environ.get("CI"):
        pytest.skip("the public data files are not beside the repository")
    with path.open(encoding="cp1252", newline="") as lines:
        told = {(row["Commodity"], row["Statistics_detail"], row["Year"]): row["Value"] for row in csv.DictReader(lines)}
    zinc = "Price, average, cents per pound: London Metal Exchange (LME), cash"
    for year in range(2021, 2026):
        published = float(told["Zinc", zinc, str(year)]) / 100 / 0.45359237e-3
        assert price("zinc_refined", f"{year}-01-01")["usd_per_t"] == pytest.approx(published, rel=1e-5)


def test_the_magnet_chain_has_prices_that_were_known_on_the_day_of_the_seed() -> None:
    then: World = known_on(WORLD, SEED)
    known = set(then["prices"].filter(pl.col("date") == D("2024-01-01"))["product"])
    assert known >= {"ndpr_oxide", "dy_oxide", "tb_oxide", "ndfeb_magnet"}


def test_the_end_uses_of_a_material_add_up_to_one() -> None:
    sums = WORLD["end_uses"].group_by("material").agg(pl.col("share").sum())
    assert sums.filter((pl.col("share") - 1).abs() > 0.002).is_empty()
    (cars,) = rows("end_uses", material="lithium", use="ev")
    assert cars["share"] == pytest.approx(109.026 / 205.0, abs=1e-4)


def test_sources_are_dated_by_the_day_on_which_they_became_public() -> None:
    published = dict(WORLD["sources"].select("source", "published").iter_rows())
    assert published["usgs_mcs2024"] == D("2024-01-31")
    assert published["usgs_mcs2025"] == D("2025-01-31")
    assert published["usgs_mcs2026"] == D("2026-02-06")
    assert D("2026-01-01") <= published["baci_202601"] <= D("2026-01-31")
    assert "baci_202501" not in published
    years = WORLD["sources"].filter(pl.col("vintage").str.contains(r"^\d{4}-\d{2}-\d{2}$"))
    assert years.filter(pl.col("published") < pl.col("vintage").str.to_date()).is_empty()


def test_a_source_module_says_of_itself_what_the_table_says() -> None:
    for module in pkgutil.iter_modules(sources.__path__):
        spec = getattr(importlib.import_module(f"{sources.__name__}.{module.name}"), "SPEC", None)
        if spec is not None:
            (row,) = rows("sources", source=spec.source)
            assert (row["published"], row["rank"]) == (spec.published, spec.rank), spec.source
