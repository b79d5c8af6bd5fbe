"""By-products, substitutes, scrap, what becomes of stocks: answers that can be worked out by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest

from tests.planning.cases import ASSUMED, DAY, PLAIN, buyer, chosen, missing, passing, scenario, solve, with_options
from tests.worlds import Rows, chain, table, world
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.simulate import stress
from ytterby.planning.case import Available
from ytterby.planning.plan import plan

BAN = [scenario("ban", 1.0, "magnet")]
YEAR = 365.0 / 7.0


def by_year(shares: Mapping[int, float]) -> Available:
    """Availability: a banned product's links carry a share that differs from year to year (1 where none is given)."""

    def available(given: World, case: Scenario, years: Sequence[int]) -> pl.DataFrame:
        frame = passing(0.0)(given, case, years)
        return frame.with_columns(share=pl.col("year").replace_strict(shares, default=1.0, return_dtype=pl.Float64))

    return available


def replaced(given: World, *rows: tuple[str, str, str, float, float]) -> World:
    return given.with_table("substitution", table("product use substitute share lag", rows, **ASSUMED))


def gallium(capacity: Rows = (("gallium", "JPN", 50.0),), alumina: float = 100.0) -> World:
    """JPN makes alumina and 5 t of gallium from it (the table allows 0.1 t a tonne), CHN makes the other 20 t."""
    given = world(
        products=[("alumina", "separation"), ("gallium", "separation")],
        recipes=[],
        production=[("alumina", "JPN", alumina), ("gallium", "JPN", 5.0), ("gallium", "CHN", 20.0)],
        trade=[("gallium", "CHN", "JPN", 20.0)],
        demand=[("alumina", "JPN", "toy", alumina), ("gallium", "JPN", "car", 25.0)],
        capacity=capacity,
    )
    return given.with_table(
        "recipes", table("process product t_per_t", [("alumina", "gallium", 0.1)], role="output", essential=0, **ASSUMED)
    )


def test_a_by_product_follows_its_host() -> None:
    bans = [scenario("ban", 1.0, "gallium")]
    assert missing(solve(with_options(gallium()), bans))[2026] == pytest.approx(25 - 0.1 * 100)
    untied = gallium().with_table("recipes", gallium()["recipes"].head(0))
    assert missing(solve(with_options(untied), bans))[2026] == pytest.approx(0.0, abs=1e-6)
    more = gallium([("gallium", "JPN", 50.0), ("alumina", "JPN", 180.0)])
    assert missing(solve(with_options(more), bans))[2026] == pytest.approx(25 - 0.1 * 180)


def test_a_project_for_a_by_product_makes_no_more_than_the_hosts_of_its_country_allow() -> None:
    bans = [scenario("ban", 1.0, "gallium")]
    alone = with_options(gallium(()), [("p", "JPN", "separation", "construction", 2026, 1.0, 1)], [("p", "gallium", 15.0)])
    assert missing(solve(alone, bans))[2026] == pytest.approx(25 - 10)
    hosted = with_options(
        gallium(()), [("p", "JPN", "separation", "construction", 2026, 1.0, 1)], [("p", "gallium", 15.0), ("p", "alumina", 100.0)]
    )
    # With feed for more it makes all of its 15 t.
    assert missing(solve(hosted, bans))[2026] == pytest.approx(25 - 5 - 15)


def test_a_host_outside_that_cannot_sell_starves_the_by_product() -> None:
    given = world(
        products=[("alumina", "separation"), ("gallium", "separation")],
        recipes=[],
        production=[("alumina", "AUS", 100.0), ("gallium", "AUS", 10.0)],
        trade=[("alumina", "AUS", "DEU", 100.0), ("gallium", "AUS", "JPN", 10.0)],
        demand=[("alumina", "DEU", "toy", 100.0), ("gallium", "JPN", "car", 10.0)],
    ).with_table("recipes", gallium()["recipes"])
    case = scenario("ban", 1.0, "alumina", actor="AUS")
    assert missing(solve(with_options(given), [case], share=0.4))[2026] == pytest.approx(6.0)


def test_a_substitute_comes_after_its_lag() -> None:
    given = replaced(buyer(), ("magnet", "car", "Motors without magnets", 0.25, 2 * YEAR))
    result = solve(with_options(given), BAN, years=[2026, 2027, 2028, 2029])
    assert [round(t, 3) for t in missing(result).values()] == [1000.0, 1000.0, 750.0, 750.0]
    half = replaced(buyer(), ("magnet", "car", "Motors without magnets", 0.25, YEAR / 2))
    assert [round(t, 3) for t in missing(solve(with_options(half), BAN, years=[2026, 2027])).values()] == [875.0, 750.0]


def test_the_lag_counts_from_the_first_year_of_shortage() -> None:
    given = replaced(buyer(), ("magnet", "car", "Motors without magnets", 0.25, YEAR))
    result = solve(with_options(given), BAN, years=[2026, 2027, 2028], available=by_year({2027: 0.0, 2028: 0.0}))
    assert [round(t, 3) for t in missing(result).values()] == [0.0, 1000.0, 750.0]


def test_a_substitute_helps_its_own_use_only() -> None:
    given = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 1100.0)],
        trade=[("magnet", "CHN", "JPN", 1100.0)],
        demand=[("magnet", "JPN", "car", 1000.0), ("magnet", "JPN", "radar", 100.0)],
    )
    result = solve(with_options(replaced(given, ("magnet", "car", "Motors without magnets", 1.0, 0.0))), BAN)
    by_use = dict(result.service.filter(pl.col("state") == "after").select("use", "missing").iter_rows())
    assert by_use == {"car": pytest.approx(0.0, abs=1e-6), "radar": pytest.approx(100.0)}


def test_a_substitute_from_the_world_is_needed_in_its_place() -> None:
    given = world(
        products=[("magnet", "magnet"), ("ferrite", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 1000.0), ("ferrite", "CHN", 500.0)],
        trade=[("magnet", "CHN", "JPN", 1000.0), ("ferrite", "CHN", "JPN", 500.0)],
        demand=[("magnet", "JPN", "car", 1000.0), ("ferrite", "JPN", "car", 500.0)],
        uses=(("car", "essential", 1e6),),
    )
    dear = given.with_table("values", table("product use usd_per_t", [("magnet", "car", 1e6), ("ferrite", "car", 1e5)], **ASSUMED))
    made = replaced(dear, ("magnet", "car", "ferrite", 0.3, 0.0))
    result = solve(with_options(made), [scenario("ban", 1.0, "magnet"), scenario("both", 0.0, "ferrite")], risk=0.0)
    by_product = dict(result.service.filter(pl.col("state") == "after").group_by("product").agg(pl.col("missing").sum()).iter_rows())
    assert by_product == {"magnet": pytest.approx(700.0), "ferrite": pytest.approx(300.0)}


def test_a_substitute_for_an_input_keeps_part_of_a_plant_running() -> None:
    given = replaced(chain(), ("oxide", "magnet", "Something else", 0.3, 0.0))
    assert missing(solve(with_options(given), [scenario("ban", 1.0, "oxide")]))[2026] == pytest.approx(0.7 * 1040)


SCRAP = {**PLAIN, "recycling_yield": 0.9, "recycling_years": 10.0, "recycling_capacity": 1.0}


def test_scrap_comes_back_as_it_was_sold() -> None:
    result = solve(with_options(buyer(), parameters={**SCRAP, "recycling_rate": 0.5}), BAN, years=[2026, 2027])
    first = 1000 - 0.9 * 0.5 * 1000
    in_use = 10_000 * 0.9 + (1000 - first)
    assert [round(t, 3) for t in missing(result).values()] == [round(first, 3), round(1000 - 0.45 * in_use / 10, 3)]


def recycler(actor: str = "JPN") -> World:
    given = with_options(buyer(), [("p", actor, "magnet", "construction", 2026, 8e7, 1)], [("p", "magnet", 800.0)], parameters=SCRAP)
    rate = table("parameter value low high", [("recycling_rate", 0.0, 0.0, 0.5)], unit="1", description="test", **ASSUMED)
    given = given.with_table("parameters", pl.concat([given["parameters"], rate], how="diagonal_relaxed"))
    return given.with_table("project_feeds", table("option product", [("p", "magnet")], **ASSUMED))


def test_a_project_on_scrap_makes_no_more_than_is_thrown_away() -> None:
    result = solve(recycler(), BAN, years=[2026, 2027])
    assert [round(t, 3) for t in missing(result).values()] == [550.0, round(1000 - 0.45 * (9000 + 450) / 10, 3)]
    assert chosen(result)["p"] == pytest.approx(450 / 800)


def test_a_stock_decays() -> None:
    given = with_options(buyer(stocks=[("magnet", "JPN", "industry", 365.0)]), parameters={**PLAIN, "stock_decay": 0.1})
    result = solve(given, BAN, years=[2026, 2027, 2028], available=by_year({2028: 0.0}))
    assert sum(missing(result).values()) == pytest.approx(1000 * (1 - 0.9**2))


def test_a_stock_is_bought_again_in_a_calm_year() -> None:
    given = with_options(buyer(), prices=[("magnet", 1000.0)])
    result = solve(given, BAN, years=[2026, 2027, 2028], available=by_year({2026: 0.0, 2028: 0.3}))
    assert sum(missing(result).values()) == pytest.approx(0.0, abs=1e-6)
    # 1,000 t are bought at first and 700 t once more, a cost of the course of events.
    assert result.spent == pytest.approx(1e6)
    assert result.cost_after == pytest.approx(700 * 1000.0)
    lasting = solve(given, BAN, years=[2026, 2027, 2028], available=by_year({2026: 0.0, 2027: 0.9, 2028: 0.3}))
    assert sum(missing(lasting).values()) == pytest.approx(1000 + 100 + 700 - 1000)


def test_a_stock_is_bought_when_the_shortage_begins() -> None:
    given = with_options(buyer(), prices=[("magnet", 1000.0)], parameters={**PLAIN, "stock_holding_cost": 0.05})
    result = solve(given, BAN, years=[2026, 2027, 2028], available=by_year({2028: 0.0}))
    assert chosen(result) == {"stock:magnet:JPN": pytest.approx(1.0)}
    assert result.options["start"].item() == 2028
    assert result.spent == pytest.approx(1e6 * 1.05)
    early = solve(given, BAN, years=[2026, 2027, 2028])
    assert early.options["start"].item() == 2026


def lenders(sharing: float) -> World:
    """JPN holds a year's magnets and needs none of them in the ban; USA has none."""
    given = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 1000.0), ("magnet", "AUS", 1000.0)],
        trade=[("magnet", "CHN", "USA", 1000.0), ("magnet", "AUS", "JPN", 1000.0)],
        demand=[("magnet", "USA", "car", 1000.0), ("magnet", "JPN", "car", 1000.0)],
        stocks=[("magnet", "JPN", "state", 182.5)],
    )
    return with_options(given, parameters={**PLAIN, "stock_sharing": sharing})


@pytest.mark.parametrize("sharing", [0.0, 0.4, 1.0])
def test_allies_lend_what_they_agree_to(sharing: float) -> None:
    result = solve(lenders(sharing), BAN, allies="JPN,USA")
    assert missing(result)[2026] == pytest.approx(1000 - sharing * 500)
    worth = dict(result.options.select("option", "worth").iter_rows())
    assert worth == ({"pool:JPN": pytest.approx(sharing * 500e6)} if sharing else {})
    partners = dict(result.partners.select("actor", "shapley").iter_rows())
    assert partners["JPN"] == pytest.approx(sharing * 500e6, abs=1.0)


def test_two_co_products_the_surplus_of_the_major_costs_something() -> None:
    given = world(
        products=[("major", "mine"), ("minor", "mine")],
        recipes=[],
        production=[("major", "CHN", 100.0), ("minor", "CHN", 30.0)],
        trade=[("major", "CHN", "JPN", 100.0), ("minor", "CHN", "JPN", 30.0)],
        demand=[("major", "JPN", "toy", 100.0), ("minor", "JPN", "car", 30.0)],
    )

    def run(cost: float) -> Any:
        made = with_options(
            given,
            [("mine", "JPN", "mine", "construction", 2026, 1.0, 1)],
            [("mine", "major", 1000.0), ("mine", "minor", 50.0)],
            parameters={**PLAIN, "surplus_cost": cost},
        )
        return solve(made, [scenario("ban", 1.0, "minor")], risk=0.0)

    # For 30 t of the minor 600 t of the major come, of which 100 t find a taker: the last 25 t
    # of the minor pay for 500 t of surplus up to 50,000 USD/t.
    below, above = run(49_000.0), run(51_000.0)
    assert chosen(below) == {"mine": pytest.approx(0.6)}
    assert below.cost_after == pytest.approx(500 * 49_000.0)
    # Up to 100 t of the major are no surplus, so that 5 t of the minor are had for nothing.
    assert missing(above)[2026] == pytest.approx(25.0)
    assert above.cost_after == pytest.approx(25e6)


def test_an_ally_that_limits_its_exports_still_serves_itself() -> None:
    given = world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "AUS", 100.0)],
        trade=[("magnet", "AUS", "JPN", 60.0)],
        demand=[("magnet", "JPN", "car", 60.0), ("magnet", "AUS", "car", 40.0)],
    )
    result = solve(with_options(given), [scenario("ban", 1.0, "magnet", actor="AUS")], allies="AUS,JPN", share=0.25)
    by_ally = dict(result.service.filter(pl.col("state") == "after").select("actor", "missing").iter_rows())
    # AUS could make 100 t: 40 t at home, and a quarter of what it could send.
    assert by_ally == {"AUS": pytest.approx(0.0, abs=1e-6), "JPN": pytest.approx(60 - 25.0)}


def test_opening_stocks_are_drawn() -> None:
    given = with_options(buyer())
    rows = table("product actor holder days low high", [("magnet", "JPN", "industry", 73.0, 0.0, 146.0)], **ASSUMED)
    result = plan(given.with_table("stocks", rows), BAN, 0.0, "JPN", years=[2026], draws=32, available=passing(0.0))
    service = result.service.filter(pl.col("state") == "after").row(0, named=True)
    assert service["missing"] == pytest.approx(800.0, abs=20.0)
    assert service["worst"] > 900.0


def weekly(given: World, case: Scenario, first: int, weeks: int = 52) -> float:
    """Tonnes a year that JPN lacks in some weeks of the stress test."""
    late = stress(given, case, weeks=first + weeks).outcome.filter((pl.col("week") >= first) & (pl.col("actor") == "JPN"))
    return float((late["wanted"] - late["got"]).sum()) * YEAR / weeks


@pytest.mark.parametrize(
    ("given", "product", "first", "year"),
    [
        (replaced(buyer(), ("magnet", "car", "Motors without magnets", 0.25, 26.0)), "magnet", 60, 2027),
        (replaced(chain(), ("oxide", "magnet", "Something else", 0.3, 0.0)), "oxide", 60, 2027),
        (gallium(), "gallium", 60, 2027),
    ],
)
def test_the_stress_test_settles_at_the_same_shortage(given: World, product: str, first: int, year: int) -> None:
    case = Scenario("ban", DAY, 1.0, (Shock("ban", "CHN", ("*",), (product,), DAY),))
    result = plan(with_options(given), [case], 0.0, "JPN", years=[2026, year])
    assert missing(result)[year] == pytest.approx(weekly(with_options(given), case, first), rel=2e-3)
