"""Country names: every way of writing leads to one actor of the world, and only names of the table do."""

import csv

import polars as pl
import pytest

from tests.data import official
from ytterby.core.world import load_world
from ytterby.data.names import country, fold, map_rows


def test_every_name_is_folded_and_means_one_actor() -> None:
    names = [row["name"] for row in map_rows("countries")]
    assert len(names) == len(set(names))
    assert [name for name in names if fold(name) != name] == []


def test_the_table_names_every_actor_of_the_world_and_no_other() -> None:
    actors = load_world()["actors"].filter(~load_world()["actors"]["actor"].str.starts_with("org:"))
    assert {row["actor"] for row in map_rows("countries")} == set(actors["actor"])


def test_every_actor_is_found_by_its_own_name() -> None:
    actors = load_world()["actors"].filter(load_world()["actors"]["kind"] == "country")
    assert [name for actor, name in actors.select("actor", "name").iter_rows() if country(name) != actor] == []


def test_the_actors_are_all_economies_the_world_and_the_rest() -> None:
    actors = load_world()["actors"]
    with official("geo/countries.csv").open(encoding="utf-8", newline="") as lines:
        economies = {row["iso3"] for row in csv.DictReader(lines)}
    assert set(actors.filter(pl.col("kind") == "country")["actor"]) == economies
    assert len(economies) == 249
    assert set(actors.filter(pl.col("kind") == "region")["actor"]) == {"ROW", "WLD"}


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("Congo (Kinshasa)", "COD"),
        ("Congo (Brazzaville)", "COG"),
        ("Congo, D.R.", "COD"),
        ("Burma", "MMR"),
        ("Türkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Korea, Republic of", "KOR"),
        ("Korea, North", "PRK"),
        ("Taiwan", "TWN"),
        ("Other Asia, nes", "TWN"),
        ("Côte d’Ivoire", "CIV"),
        ("Russia ", "RUS"),
        ("United\xa0States", "USA"),
        ("World total (rounded) 10", "WLD"),
        ("Other Countries", "ROW"),
        ("CHINA4", "CHN"),
        ("United States (from Cliffside Field)", "USA"),
    ],
)
def test_ways_of_writing(name: str, actor: str) -> None:
    assert country(name) == actor


@pytest.mark.parametrize("name", ["United States and Canada", "China, Germany, and Russia", "Atlantis", "", "12"])
def test_what_is_no_country_stays_unknown(name: str) -> None:
    assert country(name) is None
