"""Laws that every indicator of the catalogue keeps, so that a new one meets them unnamed."""

import math
from collections.abc import Callable, Sequence
from importlib import import_module

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.indicators.cases import ACTORS, DAY, MARKETS, market, restricted, run, values
from ytterby.core.catalogue import indicators
from ytterby.core.schema import check
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.indicators import hhi
from ytterby.indicators.measure import contributions, measure

LAW = settings(max_examples=12)
Makers = Sequence[tuple[float, float, float]]
SUMS = [name for name, entry in indicators().items() if hasattr(import_module(entry.measure.__module__), "parts")]


def mapped(world: World, change: Callable[[pl.DataFrame], pl.DataFrame]) -> World:
    for name in ("production", "trade", "demand", "scores", "stocks", "reserves", "blocs", "prices"):
        world = world.with_table(name, change(world[name]))
    return world


def near(one: pl.DataFrame, other: pl.DataFrame) -> None:
    assert_frame_equal(one, other, rel_tol=1e-7, abs_tol=1e-9)


@given(MARKETS)
@LAW
def test_values_and_bands_keep_the_bounds_of_the_spec_and_a_band_holds_its_value(makers: Makers) -> None:
    world = restricted(market(makers), {"share": 0.75})
    frame = measure(world, on=DAY, draws=40, stops=run(world))
    assert check("indicators", frame) == []
    for row in frame.drop_nulls("value").iter_rows(named=True):
        spec = indicators()[row["indicator"]].spec
        assert spec.low <= row["low"] <= row["value"] <= row["high"] <= spec.high, row
        assert all(math.isfinite(row[name]) for name in ("low", "value", "high"))


def test_the_laws_meet_every_indicator_with_a_value() -> None:
    world = restricted(market([(60.0, 0.5, 0.3), (40.0, 0.5, -1.0)]), {"share": 0.75})
    frame = measure(world, on=DAY, draws=0, stops=run(world))
    assert set(frame.drop_nulls("value")["indicator"]) == set(indicators())


@given(MARKETS, st.floats(1e-3, 1e3))
@LAW
def test_the_unit_of_mass_does_not_matter(makers: Makers, scale: float) -> None:
    world = market(makers)

    def scaled(frame: pl.DataFrame) -> pl.DataFrame:
        if "usd_per_t" in frame.columns:
            return frame.with_columns(pl.col("usd_per_t") / scale)
        return frame.with_columns(pl.col(name) * scale for name in ("t", "low", "high") if name in frame.columns and "t" in frame.columns)

    was, now = measure(world, draws=20), measure(mapped(world, scaled), draws=20)
    # A factor is per kilogram, so it follows the unit as the price does.
    near(*(frame.filter(pl.col("indicator") != "geopolrisk_cf") for frame in (was, now)))
    before, after = values(was), values(now)
    for actor in ACTORS:
        factor = before.get(("geopolrisk_cf", actor))
        assert after.get(("geopolrisk_cf", actor)) == (None if factor is None else pytest.approx(factor / scale, rel=1e-7, abs=1e-12))


@given(MARKETS)
@LAW
def test_neither_the_order_of_rows_nor_a_choice_of_product_or_actor_matters(makers: Makers) -> None:
    world = market(makers)
    frame = measure(world, draws=20)
    near(frame, measure(mapped(world, lambda table: table.reverse()), draws=20))
    near(
        frame.filter(pl.col("actor") == "JPN"), measure(world, actor="JPN", product="magnet", draws=20).join(frame, on="actor", how="semi")
    )


@given(MARKETS, st.permutations(ACTORS))
@LAW
def test_the_names_of_countries_do_not_matter(makers: Makers, order: Sequence[str]) -> None:
    names = dict(zip(ACTORS, order, strict=True))

    def renamed(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.col(name).replace(names) for name in ("actor", "exporter", "importer") if name in frame.columns)

    was, now = values(measure(market(makers), draws=0)), values(measure(mapped(market(makers), renamed), draws=0))
    for (indicator, actor), value in was.items():
        assert now[indicator, names.get(actor, actor)] == (None if value is None else pytest.approx(value, rel=1e-7, abs=1e-9))


@given(st.lists(st.floats(1.0, 1e3), min_size=2, max_size=6), st.floats(0.01, 0.99))
@LAW
def test_more_concentrated_output_is_never_less_risky(outputs: list[float], share: float) -> None:
    outputs = sorted(outputs, reverse=True)
    moved = [outputs[0] + share * outputs[-1], *outputs[1:-1], (1 - share) * outputs[-1]]
    was, now = (values(measure(market([(t, 0.0, 0.0) for t in case]), draws=0, actor="*")) for case in (outputs, moved))
    assert now["hhi", "*"] > was["hhi", "*"]  # type: ignore[operator]
    assert now["wgi_hhi", "*"] > was["wgi_hhi", "*"]  # type: ignore[operator]
    assert now["top3", "*"] >= was["top3", "*"] - 1e-9  # type: ignore[operator]
    assert now["n_minus_1", "*"] < was["n_minus_1", "*"]  # type: ignore[operator]


@given(st.lists(st.floats(1.0, 1e6), min_size=1, max_size=8), st.floats(0.01, 0.99))
@LAW
def test_more_suppliers_never_raise_the_concentration(outputs: list[float], share: float) -> None:
    """One supplier's output split among two, every way."""

    def index(tonnes: list[float]) -> float:
        made = pl.DataFrame({"product": "x", "actor": "*", "supplier": [f"s{n}" for n in range(len(tonnes))], "t": tonnes})
        return float(hhi.measure(made)["value"].item())

    for place, t in enumerate(outputs):
        assert index([*outputs[:place], share * t, (1 - share) * t, *outputs[place + 1 :]]) <= index(outputs) + 1e-12


@given(MARKETS)
@LAW
def test_without_restrictions_after_is_before(makers: Makers) -> None:
    frame = measure(market(makers), on=DAY, draws=20)
    before, after = (frame.filter(pl.col("state") == state).drop("state") for state in ("before", "after"))
    assert_frame_equal(before, after)
    assert before.height


@given(MARKETS.filter(lambda makers: makers[0][1] > 0.01 and makers[0][0] > 0.01 * sum(t for t, _, _ in makers)), st.floats(0.05, 1.0))
@LAW
def test_a_control_raises_the_share_under_control_and_the_weighted_concentration(makers: Makers, share: float) -> None:
    frame = measure(restricted(market(makers), {"share": share}), on=DAY, draws=0)
    before, after = values(frame), values(frame, "after")
    assert before["under_control", "*"] == 0
    assert 0 < after["under_control", "*"] <= share + 1e-9  # type: ignore[operator]
    assert after["wgi_hhi", "*"] > before["wgi_hhi", "*"]  # type: ignore[operator]
    for (name, actor), value in before.items():
        entry, now = indicators()[name], after[name, actor]
        if value is None or now is None or "controls" not in entry.needs:
            assert now == value
        else:
            assert entry.spec.worse * (now - value) >= -1e-9, (name, actor)


@given(MARKETS, st.sampled_from(ACTORS))
@LAW
def test_the_parts_of_suppliers_sum_to_the_value(makers: Makers, actor: str) -> None:
    world = restricted(market(makers), {"share": 0.75})
    for view in ("*", actor):
        found = values(measure(world, *SUMS, actor=view, on=DAY, draws=0), "after")
        for (name, _), value in found.items():
            parts = contributions(world, name, "magnet", view, on=DAY)
            assert parts["part"].sum() == pytest.approx(value or 0.0, rel=1e-7, abs=1e-9)
            assert parts["part"].is_sorted(descending=True)
            assert parts["share"].sum() <= 1 + 1e-9


def test_a_contribution_of_what_is_no_sum_is_an_error() -> None:
    with pytest.raises(InputError, match="no sum over suppliers"):
        contributions(market([(1.0, 0.0, 0.0)]), "bgs_risk", "magnet")


@pytest.mark.parametrize("name", indicators())
def test_a_product_without_data_is_missing_with_a_reason_never_zero(name: str) -> None:
    world = market([(60.0, 0.5, 0.0), (40.0, 0.5, 0.0)])
    products = world["products"]
    world = world.with_table("products", products.vstack(products.with_columns(product=pl.lit("ghost"))))
    rows = measure(world, name, product="ghost", on=DAY)
    assert rows["value"].null_count() == rows.height
    rows = measure(world, name, product="ghost", actor="JPN" if "actor" in indicators()[name].spec.views else "*", on=DAY)
    assert rows.height == 2
    assert rows.select(pl.col("value", "low", "high").null_count()).row(0) == (2, 2, 2)
    assert rows["reason"].null_count() == 0


def test_output_alone_says_nothing_of_who_imports() -> None:
    """Without trade and use nobody knows who keeps what: no importer has a value, the world's concentration has."""
    world = market([(60.0, 0.5, 0.0), (40.0, 0.5, 0.0)])
    blind = world.with_table("trade", world["trade"].clear()).with_table("demand", world["demand"].clear())
    frame = measure(blind, draws=20)
    assert frame.filter(pl.col("actor") != "*")["value"].null_count() == frame.filter(pl.col("actor") != "*").height
    assert values(frame)["hhi", "*"] == pytest.approx(0.52)
    unmade = world.with_table("production", world["production"].with_columns(product=pl.lit("other")))
    reliance = measure(unmade, "import_reliance", draws=0)
    assert reliance["value"].null_count() == reliance.height


@pytest.mark.parametrize("table", ["trade", "demand", "scores", "stocks", "blocs", "recipes", "published", "prices", "reserves"])
def test_a_world_without_a_table_gives_missing_never_infinity(table: str) -> None:
    world = market([(60.0, 0.5, 0.0), (40.0, 0.5, 0.0)])
    frame = measure(world.with_table(table, world[table].clear()), on=DAY, draws=20)
    assert frame.select(pl.col("value", "low", "high").is_finite().all()).row(0) == (True, True, True)
    assert frame.filter(pl.col("value").is_null())["reason"].null_count() == 0
    lost = {
        "demand": "n_minus_1",
        "scores": "wgi_hhi",
        "stocks": "days_of_cover",
        "trade": "under_control",
        "published": "eu_supply_risk",
        "prices": "nassar",
    }
    if table in lost:
        assert (
            frame.filter(pl.col("indicator") == lost[table])["value"].null_count()
            == frame.filter(pl.col("indicator") == lost[table]).height
        )


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_bands() -> None:
    world = market([(60.0, 0.5, 0.3), (40.0, 0.5, -1.0)])
    one, two, three = (measure(world, draws=100, seed=seed) for seed in (7, 7, 8))
    assert one.write_csv() == two.write_csv()
    assert values(one) == values(three)
    assert one["low"].to_list() != three["low"].to_list()


def test_without_draws_there_is_no_band() -> None:
    frame = measure(market([(60.0, 0.5, 0.3)]), draws=0)
    assert frame.select(pl.col("low", "high").null_count()).row(0) == (frame.height, frame.height)


def test_estimates_and_sources_are_named() -> None:
    frame = measure(market([(60.0, 0.5, 0.3), (40.0, 0.5, -1.0)]), "hhi", "days_of_cover").drop_nulls("value")
    assert set(frame["source"]) == {"textbook"}
    assert frame.filter(pl.col("reason").str.contains("rests on estimates of (supply|stocks)")).height == frame.height


@pytest.mark.parametrize(
    ("names", "options", "says"),
    [
        (("hhl",), {}, "did you mean hhi"),
        (("hhi",), {"product": "magnetz"}, "did you mean magnet"),
        (("hhi",), {"actor": "JPX"}, "did you mean JPN"),
        (("hhi",), {"year": 2019}, "nearest year is 2024"),
        (("hhi",), {"draws": -1}, "from 0"),
        (("hhi",), {"seed": -1}, "from 0"),
    ],
)
def test_an_unknown_name_is_an_error_that_names_the_nearest(names: tuple[str, ...], options: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        measure(market([(60.0, 0.5, 0.3), (40.0, 0.5, -1.0)]), *names, **options)  # type: ignore[arg-type]
