"""From a folder of downloads to a world: three files are enough for a smaller, honest one; the real folder gives ours."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.data import official
from ytterby.core.grid import unbalanced
from ytterby.core.world import World, load_world
from ytterby.data.assemble import BUILT
from ytterby.data.build import Built, build, report
from ytterby.data.network import UNLIKE
from ytterby.errors import InputError

MAGNETS = {(f"{element}_metal", "ndfeb_magnet") for element in ("ndpr", "dy", "tb")}
SURVEY = (
    "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,"
    "CAP_2023,CAP_EST_ 2024,CAP_NOTES,RESERVES_2024,RESERVE_NOTES\n"
    'MCS2025,Tungsten,China,"Mine production, tungsten content",metric tons,66000,67000,,,,,2400000,\n'
    'MCS2025,Tungsten,Atlantis,"Mine production, tungsten content",metric tons,10,10,,,,,,\n'
    'MCS2025,Tungsten,Vietnam,"Mine production, tungsten content",metric tons,3500,3400,,,,,170000,\n'
    'MCS2025,Tungsten,United States,"Mine production, tungsten content",metric tons,,,,,,,NA,\n'
)
TRADE = "t,i,j,i_iso3,j_iso3,k,v,q\n2024,704,392,VNM,JPN,261100,9000,2000\n2024,156,392,CHN,JPN,261100,500,100\n"
SCORES = (
    "country,iso3,year,estimate,stderr,rank,numsrc,lower,upper\nJapan,JPN,2023,1.0,0.2,80,8,70,90\nViet Nam,VNM,2023,0.1,0.2,50,8,40,60\n"
)


@pytest.fixture(name="downloads")
def _downloads(tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "survey.csv").write_text(SURVEY, encoding="utf-8-sig")
    (folder / "deep" / "trade.csv").write_text(TRADE, encoding="utf-8")
    (folder / "deep" / "er" / "stability.csv").write_text(SCORES, encoding="utf-8")
    (folder / "letter.csv").write_text("dear,reader\n1,2\n", encoding="utf-8")
    return folder


def test_three_files_in_an_empty_folder_build_a_smaller_honest_world(downloads: Path) -> None:
    built = build(downloads)
    assert {used.source for used in built.used} == {"usgs_mcs2025", "baci_202601", "wgi_2025"}
    assert built.ignored == ("letter.csv: no source has these columns",)
    assert {"iea_cmde_2025", "usgs_mcs2026"} <= set(built.missing)
    world = built.world
    assert world.check() == []
    assert unbalanced(world) == []
    made = world["production"].filter(pl.col("product") == "tungsten_mine")
    assert set(made["actor"]) == {"CHN", "VNM"}  # the US is missing, not 0
    withheld = world["observations"].filter((pl.col("actor") == "USA") & (pl.col("product") == "tungsten_mine"))
    assert set(withheld["basis"]) == {"missing"}
    assert world["production"].filter(pl.col("product") == "ndfeb_magnet").is_empty()
    assert any("not split by element" in note for note in built.notes)


def test_what_could_not_be_read_is_told_with_file_and_line(downloads: Path) -> None:
    text = report(build(downloads))
    assert "unread   survey.csv:3: " in text
    assert "Atlantis" in text
    assert "ignored  letter.csv" in text


def test_as_of_leaves_later_editions_out(downloads: Path) -> None:
    import datetime

    built = build(downloads, as_of=datetime.date(2025, 6, 1))
    assert {used.source for used in built.used} == {"usgs_mcs2025"}
    assert any("was published on" in ignored for ignored in built.ignored)


def test_a_built_world_is_saved_and_loads_again(downloads: Path, tmp_path: Path) -> None:
    world = build(downloads).world
    world.save(tmp_path / "mine")
    again = load_world(tmp_path / "mine")
    for name, frame in world.items():
        assert again[name].equals(frame), name
    assert not list((tmp_path / "mine").glob(".*"))


def test_a_folder_without_known_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.csv").write_text("dear,reader\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no file of a known source"):
        build(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        build(tmp_path / "absent")


@pytest.fixture(name="real", scope="module")
def _real() -> Built:
    return build(official("usgs").parents[1])


def test_the_official_files_give_the_embedded_world(real: Built) -> None:
    ours = load_world()
    for name in BUILT:  # a difference: run `ytterby world build` and keep the result; sums may differ in the last of nine digits
        assert_frame_equal(real.world[name], ours[name], rel_tol=1e-7)


def test_every_row_that_a_balance_moved_is_flagged(real: Built) -> None:
    moved = real.world["corrections"].filter((pl.col("item") == "production") & ((pl.col("after") / pl.col("before") - 1).abs() > 0.01))
    rows = real.world["production"].join(moved, on=["year", "product", "actor"], how="semi")
    assert rows.height == moved.height > 0
    assert set(rows["basis"]) == {"estimated"}
    assert rows["source"].str.contains("ytterby_reconcile").all()


def test_no_balance_adds_gross_weight_to_contained_metal(real: Built) -> None:
    """All products of a chain count the same thing, but where the recipe turns one into the other and says so."""
    world: World = real.world
    counts = dict(world["products"].select("product", "counts").iter_rows())
    main = dict(world["processes"].select("process", "product").iter_rows())
    for process, feed, t_per_t in world["recipes"].filter(pl.col("role") == "input").select("process", "product", "t_per_t").iter_rows():
        alike = counts[feed] == counts[main[process]]
        assert alike or (feed, main[process]) in UNLIKE | MAGNETS, (
            f"{feed} ({counts[feed]}) feeds {main[process]} ({counts[main[process]]}) at {t_per_t}"
        )
