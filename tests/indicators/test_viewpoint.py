"""Views: a bloc or a list of allies as one importer, a company with its own purchases, materials and stages, the order of materials."""

import polars as pl
import pytest

from tests.indicators.cases import DAY, market, restricted, run, values, with_scores
from tests.worlds import two_suppliers
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.indicators.measure import contributions, measure
from ytterby.indicators.rank import ranks


def magnets() -> World:
    """CHN makes 60 %, AUS 40 % of 2000 t; JPN takes 800 t, USA 1200 t."""
    return with_scores(two_suppliers(0.6), [("CHN", -0.5), ("AUS", 1.0), ("JPN", 1.0), ("USA", 0.0)])


def test_allies_are_one_importer_and_the_world_stays_one_of_countries() -> None:
    found = values(measure(magnets(), "hhi", "import_reliance", "geopolrisk", actor="USA,JPN", draws=0))
    assert found["hhi", "USA,JPN"] == pytest.approx(0.36 + 0.16)
    assert found["import_reliance", "USA,JPN"] == 1.0
    assert found["geopolrisk", "USA,JPN"] == pytest.approx(0.52 * (0.6 * 0.6 + 0.4 * 0.3))
    home = values(measure(magnets(), "hhi", "import_reliance", "wgi_hhi", actor="AUS,JPN", draws=0))
    assert home["import_reliance", "AUS,JPN"] == pytest.approx((480.0 - 480.0) / 800.0)
    assert home["hhi", "AUS,JPN"] == pytest.approx(0.6**2 + 0.4**2)
    assert home["wgi_hhi", "AUS,JPN"] == pytest.approx(0.36 * 6.0 + 0.16 * 3.0 * 0.8)


def test_a_bloc_is_its_members() -> None:
    world = market([(60.0, 0.5, 0.3), (40.0, 0.5, -1.0), (5.0, 0.9, 0.0)])
    bloc, named = (measure(world, "hhi", "nassar", "eu_supply_risk", "days_of_cover", actor=actor, draws=50) for actor in ("G7", "JPN,USA"))
    assert bloc.drop("actor").equals(named.drop("actor"))
    assert bloc["value"].null_count() == 0


def test_a_list_of_one_is_the_country() -> None:
    world = market([(60.0, 0.5, 0.3), (40.0, 0.5, -1.0)])
    alone = measure(world, actor="JPN", draws=20)
    bloc = world.with_table(
        "blocs", pl.concat([world["blocs"], world["blocs"].head(1).with_columns(bloc=pl.lit("X"), actor=pl.lit("JPN"))])
    )
    merged = measure(bloc, actor="X", draws=20).with_columns(actor=pl.lit("JPN"))
    for key, value in values(alone).items():
        assert values(merged)[key] == (None if value is None else pytest.approx(value, rel=1e-9)), key


def test_a_ban_on_one_ally_counts_by_its_share() -> None:
    world = restricted(magnets(), {"kind": "ban", "target": "JPN"})
    frame = measure(world, "under_control", actor="USA,JPN", on=DAY, draws=0)
    assert values(frame, "after")["under_control", "USA,JPN"] == pytest.approx(0.6 * 800 / 2000)


def test_a_company_has_its_own_suppliers_and_its_countrys_restrictions() -> None:
    bought = pl.DataFrame({"product": ["magnet", "magnet"], "exporter": ["CHN", "AUS"], "t": [9.0, 1.0]})
    world = restricted(magnets(), {"kind": "ban", "target": "JPN"})
    frame = measure(world, "hhi", "under_control", "geopolrisk", "import_reliance", actor="JPN", imports=bought, on=DAY, draws=20)
    found = values(frame, "after")
    assert found["hhi", "own"] == pytest.approx(0.82)
    assert found["under_control", "own"] == pytest.approx(0.9)
    assert found["geopolrisk", "own"] == pytest.approx(0.52 * (0.9 * 0.6 + 0.1 * 0.3))
    assert values(measure(world, "under_control", imports=bought, on=DAY, draws=0), "after")["under_control", "own"] == 0.0
    everyone = restricted(magnets(), {"share": 0.5})
    assert values(measure(everyone, "under_control", imports=bought, on=DAY, draws=0), "after")["under_control", "own"] == pytest.approx(
        0.45
    )
    parts = contributions(world, "hhi", "magnet", "JPN", imports=bought)
    assert parts.rows() == [("CHN", 0.9, pytest.approx(0.81)), ("AUS", 0.1, pytest.approx(0.01))]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"product": ["magnetz"], "exporter": ["CHN"], "t": [1.0]}, "unknown product 'magnetz'; --imports, line 2; did you mean magnet"),
        ({"product": ["magnet"], "exporter": ["CHX"], "t": [1.0]}, "did you mean CHN"),
        ({"product": ["magnet"], "exporter": ["CHN"], "t": [-1.0]}, "no number from 0; --imports, line 2"),
        ({"product": ["magnet"], "exporter": ["CHN"], "t": ["many"]}, "no number from 0"),
        ({"product": ["magnet"], "exporter": ["CHN"]}, "no column 't'"),
    ],
)
def test_purchases_that_cannot_be_placed_are_an_error_with_the_line(rows: dict[str, list[object]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        measure(magnets(), "hhi", imports=pl.DataFrame(rows))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"actor": "USA,JPX"}, "unknown actor 'JPX'; --actor; did you mean JPN"),
        ({"actor": "*,JPN"}, "cannot be merged"),
        ({"material": "stufff"}, "did you mean stuff"),
        ({"stage": "magnat"}, "did you mean magnet"),
        ({"stage": "mine"}, "no product of this choice"),
        ({"stops": pl.DataFrame({"scenario": ["x"]})}, "no column 'product'"),
        ({"stops": run(market([(1.0, 0.5, 0.0)])), "weights": {"other": 1.0}}, "no weight for scenario 'ban'"),
    ],
)
def test_an_unknown_choice_names_the_nearest(options: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        measure(magnets(), "hhi", **options)  # type: ignore[arg-type]


def test_material_and_stage_choose_products() -> None:
    world = market([(60.0, 0.5, 0.3), (40.0, 0.5, -1.0)])
    assert set(measure(world, "hhi", material="stuff", draws=0)["product"]) == {"magnet"}
    assert set(measure(world, "hhi", stage="magnet", draws=0)["product"]) == {"magnet"}


def test_expected_loss_weighs_scenarios_and_weeks_take_the_first_use_to_stop() -> None:
    world = magnets()
    one = run(world)
    two = pl.concat([one, one.with_columns(scenario=pl.lit("flood"), lost=pl.col("lost") * 2, weeks=4.0)])
    worth = dict(world["values"].select("use", "usd_per_t").iter_rows())
    car, radar = 70.0 * worth["car"], 10.0 * worth["radar"]
    weighed = measure(world, actor="JPN", draws=0, stops=two, weights={"ban": 0.1, "flood": 0.02})
    assert values(weighed)["expected_loss", "JPN"] == pytest.approx((car + radar) * (0.1 + 2 * 0.02))
    assert values(weighed)["weeks_to_stop", "JPN"] == 4.0
    even = measure(world, "expected_loss", actor="JPN", draws=100, stops=two)
    assert even["value"].item() == pytest.approx((car + radar) * 1.5)
    assert even["low"].item() < even["value"].item() < even["high"].item()
    assert "expected_loss" not in measure(world, draws=0)["indicator"]
    assert measure(world, "expected_loss", actor="JPN", draws=0)["reason"].item().startswith("no stress run")


def test_the_table_of_a_sweep_will_do_as_a_stress_run() -> None:
    world = magnets()
    sweep = run(world).select(
        pl.lit("magnet").alias("product"), pl.lit("CHN").alias("exporter"), pl.col("product").alias("used"), "actor", "use"
    )
    sweep = sweep.with_columns(weeks=8.0, lost=10.0, lost_low=5.0, lost_high=20.0)
    frame = measure(world, "expected_loss", "weeks_to_stop", actor="USA", draws=0, stops=sweep)
    worth = dict(world["values"].select("use", "usd_per_t").iter_rows())
    assert values(frame) == {("expected_loss", "USA"): pytest.approx(10.0 * worth["car"]), ("weeks_to_stop", "USA"): 8.0}


def test_a_rank_has_a_band_where_ranges_overlap_and_none_where_they_do_not() -> None:
    world = market([(60.0, 0.0, 0.0), (40.0, 0.0, 0.0)])
    second = {"product": "alloy", "material": "other"}
    products = pl.concat([world["products"], world["products"].with_columns(**{k: pl.lit(v) for k, v in second.items()})])
    materials = pl.concat([world["materials"], world["materials"].with_columns(material=pl.lit("other"), name=pl.lit("Other"))])

    def beside(share: float) -> World:
        made = world["production"].with_columns(product=pl.lit("alloy"), t=pl.Series([share, 100.0 - share]))
        made = made.with_columns(low=pl.col("t") * 0.7, high=pl.col("t") * 1.2)
        both = pl.concat([world["production"], made])
        return World({**dict(world), "products": products, "materials": materials, "production": both})

    close = ranks(beside(62.0), "hhi", draws=400)
    assert close["rank"].to_list() == [1.0, 2.0]
    assert close["material"].to_list() == ["other", "stuff"]
    assert close.select("rank_low", "rank_high").rows() == [(1.0, 2.0), (1.0, 2.0)]
    apart = ranks(beside(99.0), "hhi", draws=400)
    assert apart.select("rank_low", "rank_high").rows() == [(1.0, 1.0), (2.0, 2.0)]
    safest = ranks(beside(99.0), "n_minus_1", draws=0)
    assert safest.select("rank_low", "rank_high").null_count().row(0) == (2, 2)


def test_a_missing_material_has_no_rank_and_the_reason() -> None:
    world = market([(60.0, 0.5, 0.3), (40.0, 0.5, -1.0)])
    priceless = world.with_table("prices", world["prices"].clear())
    row = ranks(priceless, "nassar", "JPN", draws=10).row(0, named=True)
    assert (row["rank"], row["value"], row["reason"]) == (None, None, "no price known")
