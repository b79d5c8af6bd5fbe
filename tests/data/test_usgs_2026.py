"""Mineral Commodity Summaries 2026: the world and the United States, by hand and as published."""

from pathlib import Path

import polars as pl
import pytest

from tests.data import official
from ytterby.core import schema
from ytterby.core.world import load_world
from ytterby.data.source import Loaded, header_of, recognises
from ytterby.data.sources.usgs_mcs2026 import SPEC, read
from ytterby.data.usgs_tables import sums

FILE = "usgs/MCS2026_Commodities_Data.csv"
HEADER = "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,Is critical mineral 2025,Other notes\n"
WORLD = "World Mine Production and Reserves"
US = "Salient Statistics—United States"


def mock(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "MCS2026_Commodities_Data.csv"
    path.write_bytes((HEADER + "\n".join(rows) + "\n").encode("cp1252"))
    return path


def made(loaded: Loaded, product: str, quantity: str = "production") -> dict[tuple[str, int], tuple[object, ...]]:
    frame = loaded.tables["observations"].filter((pl.col("product") == product) & (pl.col("quantity") == quantity))
    return {(row["actor"], row["year"]): (row["t"], row["low"], row["high"], row["basis"]) for row in frame.iter_rows(named=True)}


def told(loaded: Loaded, material: str, statistic: str) -> list[tuple[object, ...]]:
    frame = loaded.tables["salient"].filter((pl.col("material") == material) & (pl.col("statistic") == statistic))
    return list(frame.select("year", "detail", "value", "low", "high", "unit", "basis").iter_rows())


def test_the_world_by_hand(tmp_path: Path) -> None:
    chapter = f"RARE EARTHS,{WORLD},Rare Earths"
    path = mock(
        tmp_path,
        f'{chapter},Australia,Production,Mine production,metric tons,2024,"29,000",Estimated.,Yes,x',
        f"{chapter},Canada,Production,Mine production,metric tons,2024,—,,Yes,x",
        f'{chapter},China,Production,Mine production,metric tons,2024,"270,000",,Yes,x',
        f'{chapter},China,Production,Mine production,metric tons,2025,"270,000",,Yes,x',
        f"{chapter},Burma,Reserves,Reserves,metric tons,2025,NA,,Yes,x",
        f'{chapter},World total,Reserves,Reserves: rounded,metric tons,2025,">85,000,000",,Yes,x',
        "YTTRIUM,World Mine Production and Reserves,Yttrium,World total,Production,mine production of Y2O3 equivalent contained in "
        'rare-earth mineral concentrates,metric tons,2025,"10,000 - 15,000",Yes,Yttrium,',
    )
    loaded = read(path)
    assert recognises(SPEC, header_of(path))
    assert loaded.faults == ()
    assert made(loaded, "rare_earths_mine") == {
        ("AUS", 2024): (29e3, 28.5e3, 29.5e3, "estimated"),
        ("CAN", 2024): (0.0, 0.0, 0.0, "measured"),
        ("CHN", 2024): (270e3, 265e3, 275e3, "measured"),
        ("CHN", 2025): (270e3, 265e3, 275e3, "estimated"),
    }
    assert made(loaded, "rare_earths_mine", "reserves") == {
        ("MMR", 2025): (None, None, None, "missing"),
        ("WLD", 2025): (None, 85e6, None, "missing"),
    }
    assert made(loaded, "yttrium_mine")["WLD", 2025] == pytest.approx((12500 * 0.78744, 7874.4, 11811.6, "estimated"))


def test_the_united_states_by_hand(tmp_path: Path) -> None:
    rows = [
        f"COBALT,{US},Cobalt,United States," + rest
        for rest in (
            "Export,Exports,thousand metric tons,2021,4.9,,Yes,x",
            "Price,Spot,dollars per pound,2025,21,Estimated.,Yes,x",
            'Employment,Mine,number,2021,"1,200",,Yes,x',
            "Net import reliance,Net import reliance,percent,2021,>50,,Yes,x",
            "Net import reliance,Net import reliance,percent,2022,E,,Yes,x",
            "Net import reliance,Net import reliance,percent,2023,<25,,Yes,x",
            "Production,Mine,metric tons,2021,W,,Yes,x",
        )
    ]
    rows.append("COBALT,Import Sources,Cobalt,Taiwan,Import sources 2021-2024,Metal,percent,2021–24,26,,Yes,x")
    loaded = read(mock(tmp_path, *rows))
    assert loaded.faults == ()
    assert told(loaded, "cobalt", "exports") == [(2021, "Exports", 4900.0, None, None, "t", "measured")]
    assert told(loaded, "cobalt", "price") == [(2025, "Spot", 21.0, None, None, "USD per pound", "estimated")]
    assert told(loaded, "cobalt", "employment") == [(2021, "Mine", 1200.0, None, None, "persons", "measured")]
    assert told(loaded, "cobalt", "production") == [(2021, "Mine", None, None, None, "t", "missing")]
    assert told(loaded, "cobalt", "import_source") == [(2024, "Metal: TWN", 26.0, None, None, "percent", "measured")]
    assert [row[2:] for row in told(loaded, "cobalt", "import_reliance")] == [
        (None, 50.0, 100.0, "percent", "missing"),
        (None, None, 0.0, "percent", "missing"),
        (None, 0.0, 25.0, "percent", "missing"),
    ]


def test_what_cannot_be_read_is_a_fault_with_its_line(tmp_path: Path) -> None:
    loaded = read(
        mock(
            tmp_path,
            f"TANTALUM,{US},Tantalum,United States,Export,Exports,metric tons,2021,?10,,Yes,x",
            f"TANTALUM,{US},Tantalum,United States,Export,Exports,bushels,2021,10,,Yes,x",
            'TANTALUM,Import Sources,Tantalum,"China, Germany, and Russia",Import sources 2021-2024,All,percent,2021–24,10,,Yes,x',
            f"PHLOGISTON,{US},Phlogiston,United States,Export,Exports,metric tons,2021,10,,No,x",
            f'TANTALUM,{WORLD},Tantalum,Brazil,Production,Mine production,metric tons,2024,"11120,000",,Yes,x',
            f"SALT,{US},Salt,United States,Export,Exports,metric tons,2021,10,,No,x",
        )
    )
    assert [fault.line for fault in loaded.faults] == [2, 3, 4, 5, 6]
    assert loaded.tables["salient"].height == loaded.tables["observations"].height == 0


@pytest.fixture(scope="module")
def published() -> Loaded:
    return read(official(FILE))


@pytest.mark.parametrize(
    ("place", "last", "this"),
    [("CHN", 270e3, 270e3), ("USA", 45.5e3, 51e3), ("AUS", 29e3, 29e3), ("MMR", 27e3, 22e3), ("NGA", 1.5e3, 1.5e3), ("WLD", 380e3, 390e3)],
)
def test_published_rare_earths(published: Loaded, place: str, last: float, this: float) -> None:
    found = made(published, "rare_earths_mine")
    assert (found[place, 2024][0], found[place, 2025][0]) == (last, this)


def test_the_published_file_is_read_but_for_three_cells(published: Loaded) -> None:
    assert [fault.line for fault in published.faults] == [5086, 6277, 7450]
    frame = published.tables["observations"]
    assert frame.filter(pl.col("t").is_null() & pl.col("note").is_null()).height == 0
    assert frame.filter((pl.col("low") > pl.col("t")) | (pl.col("high") < pl.col("t"))).height == 0
    assert any(": TWN" in detail for detail in published.tables["salient"]["detail"])


def test_the_tables_follow_the_schema(published: Loaded) -> None:
    world = load_world()
    faults = [fault for table, frame in published.tables.items() for fault in schema.check(table, frame, world)]
    assert [fault for fault in faults if ".source" not in fault] == []


def test_published_totals_agree_with_the_sums_of_places(published: Loaded) -> None:
    found = sums(published.tables["observations"])
    assert found.height > 100
    assert found.filter(~pl.col("agrees")).height == 0


def test_import_sources_make_up_the_whole(published: Loaded) -> None:
    shares = published.tables["salient"].filter(pl.col("statistic") == "import_source")
    goods = (
        shares.with_columns(good=pl.col("detail").str.replace(": [A-Z]{3}$", "")).group_by("material", "good").agg(pl.col("value").sum())
    )
    assert goods.height > 100
    assert goods.filter(pl.col("value") > 101).height == 0
    assert goods.filter(pl.col("value").is_between(99, 101)).height > 0.95 * goods.height


def test_reserves_last_for_years(published: Loaded) -> None:
    frame = published.tables["observations"].filter(pl.col("actor") != "WLD")
    total = frame.group_by("product", "quantity").agg(pl.col("t").sum()).pivot("quantity", index="product", values="t")
    years = (
        total.drop_nulls(["production", "reserves"])
        .filter(pl.col("reserves") > 0)
        .with_columns(years=2 * pl.col("reserves") / pl.col("production"))
    )
    assert years.height > 30
    assert years.filter(pl.col("years") < 5).height == 0
