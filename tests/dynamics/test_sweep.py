"""The sweep equals one stress test a scenario; its tables add up; the order beside a published one."""

import datetime
from pathlib import Path

import polars as pl
import pytest

from tests.dynamics.cases import with_parameters
from tests.worlds import chain, two_suppliers, world
from ytterby.core import schema
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World, load_world
from ytterby.dynamics import sweep as module
from ytterby.dynamics.risk import BASE, at_risk, by_country, by_scenario, chances, expected, n_minus_1
from ytterby.dynamics.simulate import stress
from ytterby.dynamics.sweep import START, components, sweep
from ytterby.errors import InputError
from ytterby.show.sweep import page as sweep_page


def two_chains() -> World:
    """Magnets and, joined to them by nothing, gallium; Australia makes gallium for itself alone."""
    one = two_suppliers()
    other = world(
        products=[("gallium", "metal")],
        recipes=[],
        production=[("gallium", "CHN", 80.0), ("gallium", "AUS", 5.0)],
        trade=[("gallium", "CHN", "JPN", 50.0), ("gallium", "CHN", "USA", 30.0)],
        demand=[("gallium", "JPN", "toy", 50.0), ("gallium", "USA", "toy", 30.0), ("gallium", "AUS", "toy", 5.0)],
    )
    joined = {name: pl.concat([frame, other[name]]).unique(maintain_order=True) for name, frame in one.items() if name in FLOWING}
    values = one["values"].filter(pl.col("product") != "gallium")
    material = pl.when(pl.col("product") == "gallium").then(pl.lit("gallium")).otherwise("material").alias("material")
    materials = pl.concat([one["materials"], one["materials"].with_columns(material=pl.lit("gallium"))])
    joined["products"] = joined["products"].with_columns(material)
    return World({**dict(one), **joined, "values": values, "materials": materials})


FLOWING = ("products", "processes", "production", "trade", "demand")


@pytest.fixture(scope="module")
def place() -> World:
    return two_chains()


@pytest.mark.parametrize("draws", [1, 3, 100])
def test_a_lane_is_the_stress_test_of_that_ban(place: World, draws: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LANES", 8)
    swept = sweep(place, weeks=70, draws=draws, seed=4)
    fixed = {"passing": (0.0, 0.0, 0.5), "weeks": module.LASTS}
    for product, exporter in swept.scenarios.select("product", "exporter").rows():
        ban = Shock("ban", exporter, ("*",), (product,), START, None, fixed)
        alone = stress(place, Scenario("ban", START, 1.0, (ban,)), weeks=70, draws=draws, seed=4).stops.filter(pl.col("lost_high") > 1e-3)
        here = swept.losses.filter(pl.col("product") == product, pl.col("exporter") == exporter).sort("used", "actor", "use")
        assert here["actor"].to_list() == alone.sort("product", "actor", "use")["actor"].to_list()
        for name in ("lost", "lost_low", "lost_high"):
            assert here[name].to_list() == pytest.approx(alone.sort("product", "actor", "use")[name].to_list(), rel=1e-9)


def test_what_nothing_joins_runs_apart(place: World) -> None:
    parts = [sorted(set(part["production"]["product"])) for part in components(place)]
    assert ["gallium"] in parts
    assert len(parts) == 2
    assert sum(len(part["trade"]) for part in components(place)) == len(place["trade"])


def test_a_stop_of_nothing_is_listed_and_costs_nothing(place: World) -> None:
    swept = sweep(place, weeks=60)
    table = by_scenario(swept)
    nothing = table.filter((pl.col("product") == "gallium") & (pl.col("exporter") == "AUS"))
    assert nothing.select("stopped", "share", "usd").row(0) == (0.0, 0.0, 0.0)
    felt = table.filter((pl.col("product") == "gallium") & (pl.col("exporter") == "CHN"))
    assert felt["stopped"].item() == pytest.approx(80.0)
    assert felt["share"].item() > 0.5
    assert felt["usd"].item() is None  # a loss, and nobody says what it costs: missing, not 0
    assert table.height == swept.scenarios.height == place["production"].filter(pl.col("t") > 0).height


def test_an_outage_hits_the_maker_too(place: World) -> None:
    banned, broken = (sweep(place, kind=kind, weeks=60, products=["gallium"]) for kind in ("ban", "outage"))
    assert "AUS" not in banned.losses["actor"].to_list()
    assert "AUS" in broken.losses.filter(pl.col("exporter") == "AUS")["actor"].to_list()
    assert set(broken.scenarios["product"]) == {"gallium"}


def test_the_same_seed_gives_the_same_tables_whatever_the_lanes(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sweep(place, weeks=60, draws=5, seed=2)
    monkeypatch.setattr(module, "LANES", 2)
    narrow = sweep(place, weeks=60, draws=5, seed=2)
    assert whole.losses.equals(narrow.losses)
    assert schema.check("sweep", whole.losses) == []
    assert (whole.losses["lost_low"] <= whole.losses["lost"]).all()
    assert (whole.losses["lost"] <= whole.losses["lost_high"]).all()


def test_a_sweep_that_was_stopped_goes_on(place: World, tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done >= 9:
            raise KeyboardInterrupt

    folder = tmp_path / "swept"
    with pytest.raises(KeyboardInterrupt):
        sweep(place, weeks=60, draws=3, folder=folder, progress=stop)
    kept = list((folder / "chains").iterdir())
    assert len(kept) == 1
    before = kept[0].stat().st_mtime_ns
    whole = sweep(place, weeks=60, draws=3, folder=folder)
    assert kept[0].stat().st_mtime_ns == before
    assert whole.losses.equals(sweep(place, weeks=60, draws=3).losses)
    with pytest.raises(InputError, match="holds another run"):
        sweep(place, weeks=61, draws=3, folder=folder)


def test_expected_loss_weighs_each_country_by_its_chance(place: World) -> None:
    scores = pl.DataFrame({"year": [2024, 2024], "actor": ["CHN", "AUS"], "score": ["wgi_pv"] * 2, "value": [-2.5, 2.5]})
    scored = place.with_table("scores", scores.with_columns(low=None, high=None, basis=pl.lit("assumed"), source=pl.lit("textbook")))
    chance = dict(chances(scored).select("actor", "chance").rows())
    assert (chance["CHN"], chance["AUS"], chance["JPN"]) == (BASE, 0.0, BASE / 2)
    swept = sweep(scored, weeks=60)
    table = by_scenario(swept)
    cost = sum(chance[row["exporter"]] * row["usd"] for row in table.filter(pl.col("product") == "magnet").iter_rows(named=True))
    assert expected(swept, scored).filter(pl.col("product") == "magnet")["usd"].item() == pytest.approx(cost)
    assert expected(swept, scored).filter(pl.col("product") == "gallium")["usd"].item() is None


def test_n_minus_1_is_the_worst_single_stop(place: World) -> None:
    swept = sweep(place, weeks=60)
    worst = n_minus_1(swept).filter((pl.col("used") == "magnet") & (pl.col("actor") == "JPN")).row(0, named=True)
    all_ = by_scenario(swept, ["JPN"]).filter(pl.col("product") != "gallium")
    assert worst["share"] == pytest.approx(all_["share"].max())
    home = n_minus_1(swept).filter((pl.col("used") == "gallium") & (pl.col("actor") == "AUS")).row(0, named=True)
    assert (home["exporter"], home["share"]) == (None, 0.0)


def test_value_at_risk_sets_defence_apart_and_keeps_the_basis() -> None:
    stops = stress(two_suppliers(), Scenario("ban", START, 1.0, (Shock("ban", "CHN", ("*",), ("magnet",), START),)), weeks=60).stops
    table = at_risk(stops, two_suppliers())
    assert schema.check("at_risk", table) == []
    assert table["usd"].sum() == pytest.approx(stops["usd"].sum())
    assert set(table["basis"]) == {"assumed"}
    summed = by_country(table)
    assert set(summed["uses"]) == {"defence", "other uses"}
    unpriced = at_risk(stops, two_suppliers().with_table("values", two_suppliers()["values"].clear()))
    assert set(unpriced["basis"]) == {"missing"}
    assert unpriced["usd"].to_list() == [None] * table.height
    assert by_country(unpriced)["unpriced"].sum() == pytest.approx(stops["lost"].sum())


def test_bad_input_is_named(place: World) -> None:
    with pytest.raises(InputError, match=r"nobody makes 'galium'.*did you mean gallium"):
        sweep(place, products=["galium"])
    with pytest.raises(InputError, match="weeks is 0"):
        sweep(place, weeks=0)
    with pytest.raises(InputError, match="unknown kind 'flood'"):
        sweep(place, kind="flood")  # type: ignore[arg-type]


def test_progress_counts_scenarios(place: World) -> None:
    told: list[tuple[int, int]] = []
    swept = sweep(place, weeks=10, draws=3, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3 * swept.scenarios.height, 3 * swept.scenarios.height)


def test_the_day_of_the_sweep_is_the_first_of_a_year() -> None:
    assert datetime.date(2025, 1, 1) == START
    assert with_parameters(chain())["parameters"].height == 0


def test_the_page_of_the_embedded_world_is_current() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "sweep.md"
    assert page.read_text(encoding="utf-8") == sweep_page(), "run: make docs"


def test_a_producer_that_stands_still_ships_nothing_rather_than_less() -> None:
    # Goods at hand can come out at minus a rounding; shipments of it were once negative in these two scenarios.
    swept = sweep(load_world(), products=["dy_metal", "tb_oxide"], weeks=60)
    assert swept.scenarios.height > 2
