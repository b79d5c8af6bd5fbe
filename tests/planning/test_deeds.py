"""What each instrument did, faster permits, hazards of sales, searches, and what an accord adds by itself: small worlds by hand."""

from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl
import pytest

from tests.planning.cases import DAY, PLAIN, buyer, chosen, missing, scenario, with_options
from tests.planning.cases import solve as plain
from tests.planning.test_instruments import adds_up, economic, one_plant
from tests.planning.test_money import planned
from tests.planning.test_options import with_partner
from tests.worlds import world
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.planning.accord import ACCORD, added
from ytterby.planning.options import Option
from ytterby.planning.plan import Plan

BAN = [scenario("ban", 1.0, "magnet")]
YEARS = (2026, 2027, 2028, 2029)


def solve(given: World, scenarios: Any, **more: Any) -> Plan:
    """The plan with what each instrument did."""
    return plain(given, scenarios, **{"further": True, **more})


def deed(result: Plan, name: str) -> dict[str, Any]:
    return result.deeds.row(by_predicate=pl.col("instrument") == name, named=True)


def test_every_instrument_has_a_row_and_money_adds_up() -> None:
    given = one_plant()
    result = solve(given, BAN)
    assert result.deeds["instrument"].to_list() == given["instruments"]["instrument"].to_list()
    assert result.deeds["usd"].sum() == pytest.approx(result.spent)
    assert (result.deeds["worth"].drop_nulls() >= 0).all()


def test_an_instrument_is_worth_what_falls_without_it() -> None:
    # The plant gives 500 of 1,000 t for one year; a stock at 100 USD a tonne covers the rest.
    result = solve(one_plant(), BAN)
    assert missing(result)[2026] == pytest.approx(0.0, abs=1e-6)
    plant, stock, none = deed(result, "guarantee"), deed(result, "stockpile"), deed(result, "price_floor")
    covered = 1000 * chosen(result)["stock:magnet:JPN"]
    assert (plant["options"], plant["missing"], plant["worth"]) == (1, pytest.approx(1000 - covered), pytest.approx((1000 - covered) * 1e6))
    assert stock["missing"] == pytest.approx(covered if covered < 500 else 500.0)
    assert (none["options"], none["worth"], none["usd"]) == (0, 0.0, 0.0)
    assert "Nothing in this plan" in none["why"]


def test_permits_are_bought_where_a_year_is_worth_its_price() -> None:
    # 400 t a year, two years to build, 12 months sooner at 0.5 % of 1 M USD a month: 60,000 USD for 400 t at 1e6 USD.
    given = economic(planned(("p", 400.0, 1e6)))
    result = solve(given, BAN, years=YEARS)
    assert [round(t) for t in missing(result).values()] == [1000, 600, 600, 600]
    assert "opened 12 months sooner by faster permits" in result.options.filter(pl.col("option") == "p")["why"].item()
    row = deed(result, "permitting")
    assert (row["options"], row["usd"], row["worth"]) == (1, pytest.approx(6e4), pytest.approx(400e6))
    adds_up(result)
    dear = given.with_table("terms", given["terms"].with_columns(value=permit_price(2000.0)))
    late = solve(dear, BAN, years=YEARS)
    assert [round(t) for t in missing(late).values()] == [1000, 1000, 600, 600]


def permit_price(price: float) -> pl.Expr:
    mine = (pl.col("instrument") == "permitting") & (pl.col("term") == "cost")
    return pl.when(mine).then(price).otherwise(pl.col("value"))


def test_a_hazard_takes_output_year_by_year() -> None:
    plant = Option("p", "project", "P", "AUS", "ore", 100.0, 1e6, (("ore", 100.0),), "s", opening=2027.0, hazard=0.1)
    assert [round(plant.ready(year), 3) for year in (2026, 2027, 2028, 2029)] == [0.0, 1.0, 0.9, 0.81]
    assert replace(plant, hazard=0.0).ready(2029) == 1.0


def test_a_review_is_worth_the_output_that_would_be_lost() -> None:
    given = economic(with_options(buyer(), [("p", "JPN", "magnet", "construction", 2026, 1e6, 1)], [("p", "magnet", 400.0)], (), PLAIN))
    hazard = float(given["terms"].filter(pl.col("term") == "hazard")["value"].item())
    row = deed(solve(given, BAN, years=(2026, 2027, 2028)), "asset_review")
    lost = 400 * sum(1 - (1 - hazard) ** year for year in (0, 1, 2))
    assert row["missing"] == pytest.approx(lost, rel=1e-6)
    assert row["worth"] == pytest.approx(lost * 1e6, rel=1e-6)


def ores() -> World:
    """JPN buys all its ore in CHN; magnets play no part."""
    given = world(
        products=[("ore", "mine")],
        recipes=[],
        production=[("ore", "CHN", 1000.0)],
        trade=[("ore", "CHN", "JPN", 1000.0)],
        demand=[("ore", "JPN", "car", 1000.0)],
    )
    return economic(with_options(given, parameters=PLAIN))


def test_a_search_comes_too_late_for_ten_years_and_helps_by_its_chance_after() -> None:
    ban = [scenario("ban", 1.0, "ore")]
    near = solve(ores(), ban, years=tuple(range(2026, 2036)))
    row = near.options.row(by_predicate=pl.col("option") == "search:ore:JPN", named=True)
    assert row["chosen"] == 0.0
    assert "would open about 2043, after 2035" in row["why"]
    far = solve(ores(), ban, years=tuple(range(2026, 2051)))
    taken = far.options.row(by_predicate=pl.col("option") == "search:ore:JPN", named=True)
    assert (taken["chosen"], taken["size"], taken["usd"]) == (1.0, pytest.approx(100.0), pytest.approx(2e8))
    assert missing(far)[2050] == pytest.approx(900.0)
    assert deed(far, "mapping")["options"] == 1


def test_an_accord_without_volumes_adds_nothing_and_one_with_rights_adds_them() -> None:
    deals = [{"option": option, "party": party, **terms} for option, terms in ACCORDS.items() for party in ("AUS", "JPN")]
    given = with_options(with_partner(), agreements=deals)
    result = solve(given, BAN)
    again = partial(plain, scenarios=BAN)
    empty = added(given, result, again)
    assert (empty.cost, empty.spent) == (0.0, 0.0)
    assert "adds nothing: it names no tonnage" in empty.why
    assert result.answers.row(by_predicate=pl.col("question") == "accord")[1:] == (0.0, empty.why)
    # The right gives 250 t less the 100 t sent anyway, and makes a partner of AUS, which has 100 t of idle capacity.
    real = added(given, result, again, "deal")
    assert real.cost == pytest.approx(250e6)
    assert real.why == "Without the accord (Deal) shortages would cost 250 M USD more and the plan would commit as much."
    with pytest.raises(InputError, match=r"unknown agreement 'daal'.*did you mean deal"):
        added(given, result, again, "daal")


ACCORDS: dict[str, dict[str, Any]] = {ACCORD: {"date": DAY}, "deal": {"share": 0.5}}


def test_what_sells_to_the_other_side_is_counted() -> None:
    rows = [("p", "JPN", "magnet", "planned", None, 1.0, 0)]
    given = economic(with_options(buyer(), rows, [("p", "magnet", 100.0)]))
    assert deed(solve(given, BAN), "eligibility")["options"] == 1


def test_without_a_table_of_instruments_there_are_no_deeds() -> None:
    assert solve(buyer(), BAN).deeds.is_empty()
