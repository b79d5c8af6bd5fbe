"""Closed accounts of small chains: balances, bounds, order, and answers by hand."""

import polars as pl
import pytest

from tests.worlds import Rows, table
from ytterby.data.network import Closed, close

MADE = "product actor t low high"


def tables(made: Rows, customs: Rows = (), gdp: Rows = ()) -> dict[str, pl.DataFrame]:
    """Production (product, actor, t, low, high), customs (exporter, importer, gross t) of 000001 = half x_refined, gdp (actor, usd)."""
    return {
        "products": table("product counts", [("x_mine", "X contained"), ("x_refined", "X contained"), ("y_mine", "Y contained")]),
        "production": table(MADE, made, year=2024, basis="measured", source="survey"),
        "customs_codes": table("hs6 product content", [("000001", "x_refined", 0.5)]),
        "customs": table("exporter importer t", customs, year=2024, hs6="000001") if customs else _none("exporter importer t year hs6"),
        "scores": table("actor value", gdp, year=2023, score="gdp_usd") if gdp else _none("actor value year score"),
    }


def _none(columns: str) -> pl.DataFrame:
    kinds = {"t": pl.Float64, "value": pl.Float64, "year": pl.Int64}
    return pl.DataFrame(schema={name: kinds.get(name, pl.String) for name in columns.split()})


CUSTOMS = tables(
    made=[
        ("x_mine", "CHN", 80.0, 78.0, 82.0),
        ("x_mine", "AUS", 30.0, 25.0, 35.0),
        ("x_refined", "CHN", 95.0, 90.0, 100.0),
        ("x_refined", "JPN", 5.0, 4.0, 6.0),
    ],
    customs=[("CHN", "JPN", 60.0), ("CHN", "USA", 40.0), ("JPN", "USA", 4.0), ("USA", "DEU", 2.0)],
)
GDP = tables(made=[("y_mine", "CHN", 50.0, 40.0, 60.0)], gdp=[("CHN", 20.0), ("USA", 25.0), ("FJI", 0.01)])


def balanced(one: Closed) -> None:
    sent = one.flows.group_by("exporter").agg(pl.col("t").sum()).sort("exporter")
    got = one.flows.group_by("importer").agg(pl.col("t").sum()).sort("importer")
    assert sent["t"].to_list() == pytest.approx(one.output["t"].to_list())
    assert got["t"].to_list() == pytest.approx(one.use["t"].to_list())
    assert one.flows["t"].min() > 0  # type: ignore[operator]


def test_output_leaves_and_use_arrives_at_every_stage() -> None:
    mine, refined = sorted(close(CUSTOMS, 2024, [("x_mine", "x_refined")]), key=lambda one: one.product)
    balanced(mine)
    balanced(refined)
    assert (mine.taken_by, refined.taken_by) == ("x_refined", None)
    need = {actor: t * mine.per for actor, t in refined.output.rows()}
    assert dict(mine.use.rows()) == pytest.approx(need, rel=1e-5)


def test_customs_rule_the_pattern_and_content_turns_gross_into_own_tonnes() -> None:
    refined = next(one for one in close(CUSTOMS, 2024, [("x_mine", "x_refined")]) if one.product == "x_refined")
    flows = {(exporter, importer): t for exporter, importer, t in refined.flows.select("exporter", "importer", "t").rows()}
    assert flows["CHN", "JPN"] == pytest.approx(30.0, rel=0.1)
    assert flows["CHN", "USA"] == pytest.approx(20.0, rel=0.1)
    assert ("USA", "DEU") not in flows  # who makes nothing ships nothing of its own
    output = dict(refined.output.rows())
    assert 90.0 <= output["CHN"] <= 100.0


def test_without_customs_use_follows_gdp_and_small_users_are_one() -> None:
    only = close(GDP, 2024, [("y_mine",)])[0]
    balanced(only)
    use = dict(only.use.rows())
    assert use["USA"] / use["CHN"] == pytest.approx(25 / 20, rel=0.05)
    assert use["ROW"] < 0.05


def test_every_move_is_told() -> None:
    told = next(one for one in close(CUSTOMS, 2024, [("x_mine", "x_refined")]) if one.product == "x_refined").corrections
    assert set(told["item"]) == {"production", "use", "exports", "imports"}
    row = told.filter((pl.col("item") == "exports") & (pl.col("actor") == "CHN")).row(0, named=True)
    assert row["before"] == pytest.approx(50.0)


def test_stages_that_cannot_feed_each_other_stay_apart() -> None:
    tonnes = tables(made=[("x_mine", "CHN", 9000.0, None, None), ("x_refined", "CHN", 1.0, None, None)], gdp=[("CHN", 1.0), ("USA", 1.0)])
    tonnes["production"] = tonnes["production"].with_columns(pl.col("low", "high").cast(pl.Float64))
    closed = close(tonnes, 2024, [("x_mine", "x_refined")])
    assert [one.taken_by for one in closed] == [None, None]


def test_gross_weight_never_feeds_contained_metal() -> None:
    unlike = {**CUSTOMS, "products": table("product counts", [("x_mine", "X ore"), ("x_refined", "X contained")])}
    assert [one.taken_by for one in close(unlike, 2024, [("x_mine", "x_refined")])] == [None, None]
