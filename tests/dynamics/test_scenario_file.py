"""Scenario files: both forms load, faults name their line and the right word, what is written is read back."""

import datetime
from pathlib import Path

import polars as pl
import pytest

from tests.worlds import two_suppliers
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.scenario_file import dump_scenarios, load_scenario, load_scenarios, parse_scenarios
from ytterby.errors import InputError

GOOD = """[scenario]
name = "China licenses magnets, April 2025"
start = 2025-04-04
weight = 1.0
[[shock]]
kind = "licence"            # ban | licence | quota
actor = "CHN"
targets = ["*"]
products = ["magnet"]
start = 2025-04-04
end = 2026-04-04            # optional
share = [0.5, 0.75, 0.9]
delay_days = 63
denied = 0.0
"""


@pytest.fixture(scope="module")
def place() -> World:
    base = two_suppliers()
    return base.with_table("blocs", pl.DataFrame({"bloc": ["G7", "G7"], "actor": ["JPN", "USA"]}))


def load(text: str, world: World, folder: Path) -> Scenario:
    path = folder / "case.toml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path, world)


def test_the_form_of_the_documentation_loads(place: World, tmp_path: Path) -> None:
    found = load(GOOD, place, tmp_path)
    shock = found.shocks[0]
    assert (found.name, found.start, found.weight) == ("China licenses magnets, April 2025", datetime.date(2025, 4, 4), 1.0)
    assert (shock.kind, shock.products, shock.end) == ("licence", ("magnet",), datetime.date(2026, 4, 4))
    assert shock.figures == {"share": (0.5, 0.75, 0.9), "delay_days": (63.0, 63.0, 63.0), "denied": (0.0, 0.0, 0.0)}


@pytest.mark.parametrize("choice", ['material = "stuff"', 'stage = "magnet"', 'material = "stuff"\nstage = "magnet"'])
def test_material_and_stage_stand_for_products(choice: str, place: World, tmp_path: Path) -> None:
    assert load(GOOD.replace('products = ["magnet"]', choice), place, tmp_path).shocks[0].products == ("magnet",)


@pytest.mark.parametrize(
    ("good", "bad", "line", "message"),
    [
        ("denied =", "deneid =", 14, "unknown key 'deneid'.*did you mean denied"),
        ('"CHN"', '"CHM"', 7, "unknown actor 'CHM'.*did you mean CHN"),
        ('["*"]', '["JPN", "G77"]', 8, "unknown actor 'G77'.*did you mean G7"),
        ('["magnet"]', '["magnett"]', 9, "unknown product 'magnett'.*did you mean magnet"),
        ('products = ["magnet"]', 'material = "stuf"', 9, "unknown material 'stuf'.*did you mean stuff"),
        ('products = ["magnet"]', 'material = "stuff"\nstage = "magnets"', 10, "unknown stage 'magnets'.*did you mean magnet"),
        ('products = ["magnet"]', 'material = "stuff"\nstage = "metal"', 9, "no product of the world fits"),
        ('products = ["magnet"]', 'products = ["magnet"]\nmaterial = "stuff"', 10, "both 'products' and 'material'"),
        ('products = ["magnet"]\n', "", 5, "no products"),
        ('"licence"', '"license"', 6, "unknown kind of shock 'license'.*did you mean licence"),
        ("end = 2026", "end = 2024", 11, "end 2024-04-04 is before the start"),
        ("end = 2026-04-04", 'end = "soon"', 11, "'end' is no date"),
        ("[0.5, 0.75, 0.9]", "[0.9, 0.75, 0.5]", 12, "out of order"),
        ("[0.5, 0.75, 0.9]", "[0.5, 0.75]", 12, "give a number or"),
        ("[0.5, 0.75, 0.9]", "1.5", 12, "outside 0..1"),
        ("[0.5, 0.75, 0.9]", "nan", 12, "out of order"),
        ("[0.5, 0.75, 0.9]", "true", 12, "give a number or"),
        ("delay_days = 63", "delay_days = -1", 13, "outside 0..1000"),
        ("weight = 1.0", "weight = -1", 4, "weight is -1"),
        ("weight = 1.0", "wieght = 1.0", 4, "unknown key 'wieght'.*did you mean weight"),
        ("start = 2025-04-04\nend", "end", 5, "'start' is missing"),
        ("denied = 0.0", "weeks = 20", 14, "both 'end' and 'weeks'"),
        ("end = 2026-04-04", "weeks = [20, 10, 30]", 11, "out of order"),
        ("end = 2026-04-04", "weeks = -3", 11, "outside 0..1040"),
        ("share = [0.5, 0.75, 0.9]\n", "", 6, "'share' is missing"),
        ("name = ", "nam = ", 2, "unknown key 'nam'"),
        ("[[shock]]", "[[shok]]", 5, "unknown key 'shok'.*did you mean shock"),
        ('name = "China', "name = China", 2, "not TOML"),
    ],
)
def test_a_fault_names_its_line_and_the_right_word(good: str, bad: str, line: int, message: str, place: World, tmp_path: Path) -> None:
    assert good in GOOD
    with pytest.raises(InputError, match=message) as fault:
        load(GOOD.replace(good, bad, 1), place, tmp_path)
    assert f"case.toml:{line};" in str(fault.value)


def test_a_duration_stands_for_an_end(place: World, tmp_path: Path) -> None:
    shock = load(GOOD.replace("end = 2026-04-04", "weeks = [10, 20, 50]"), place, tmp_path).shocks[0]
    assert shock.end == datetime.date(2025, 4, 4) + datetime.timedelta(20 * 7 - 1)
    assert shock.figures["weeks"] == (10.0, 20.0, 50.0)
    written = [Scenario("x", shock.start, 1.0, (shock,))]
    assert parse_scenarios(dump_scenarios(written), place) == written


def test_the_fault_of_the_second_shock_is_found_in_the_second_shock(place: World, tmp_path: Path) -> None:
    second = GOOD[GOOD.index("[[shock]]") :].replace("delay_days = 63", "delay_days = 5000")
    with pytest.raises(InputError, match=r"case.toml:23;"):
        load(GOOD + second, place, tmp_path)


def test_scenarios_written_are_read_back_as_they_were(place: World, tmp_path: Path) -> None:
    day = datetime.date(2025, 4, 4)
    shock = Shock("licence", "CHN", ("*",), ("magnet",), day, None, {"share": (0.5, 0.7, 0.9)}, "e#1", 'a "b" \\ c')
    ban = Shock("ban", "CHN", ("JPN", "G7"), ("magnet",), day, day)
    several = [Scenario("one", day, 0.25, (shock, ban), "why\tnot"), Scenario("zwei ü", day, 0.75, ()), Scenario("3", day, 1.0, (ban,))]
    path = tmp_path / "several.toml"
    path.write_text(dump_scenarios(several), encoding="utf-8")
    assert load_scenarios(path, place) == several
    with pytest.raises(InputError, match="3 scenarios where one is wanted"):
        load_scenario(path, place)
    assert parse_scenarios(dump_scenarios(several[:1]), place) == several[:1]


@pytest.mark.parametrize("text", ["", "scenario = 1", "[[shock]]"])
def test_a_file_without_a_scenario_is_refused(text: str, place: World, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no scenario"):
        load(text, place, tmp_path)


def test_a_file_that_is_not_there_is_refused(place: World, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_scenario(tmp_path / "none.toml", place)
