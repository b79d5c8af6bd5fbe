"""Options: which rows are candidates, what they cost, and the sentence that each one gets; errors of the call."""

import datetime
from typing import Any

import polars as pl
import pytest

from tests.planning.cases import PLAIN, buyer, chosen, missing, scenario, solve, with_options
from tests.worlds import world
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.planning.plan import Plan, check_allies

BAN = [scenario("ban", 1.0, "magnet")]


def why(result: Plan, option: str) -> str:
    return str(result.options.filter(pl.col("option") == option)["why"].item())


def with_partner() -> World:
    """JPN buys 900 t of magnets in CHN and 100 t in AUS, which makes 500 t and could make 600 t."""
    return world(
        products=[("magnet", "magnet")],
        recipes=[],
        production=[("magnet", "CHN", 900.0), ("magnet", "AUS", 500.0)],
        trade=[("magnet", "CHN", "JPN", 900.0), ("magnet", "AUS", "JPN", 100.0), ("magnet", "AUS", "DEU", 400.0)],
        demand=[("magnet", "JPN", "car", 1000.0), ("magnet", "DEU", "car", 400.0)],
        capacity=[("magnet", "AUS", 600.0)],
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("p", "JPN", "magnet", "planned", None, 1.0, 0), "controlling side"),
        (("p", "CHN", "magnet", "planned", None, 1.0, 1), "imposes the controls"),
        (("p", "JPN", "magnet", "operating", 2020, None, 1), "part of the base year"),
        (("p", "JPN", "magnet", "uncertain", None, 1.0, 1), "uncertain whether"),
        (("p", "JPN", "magnet", "planned", None, None, 1), "capital cost is not public"),
        (("p", "JPN", "magnet", "planned", 2031, 1.0, 1), "after 2027"),
    ],
)
def test_a_row_that_is_no_candidate_says_why(row: tuple[Any, ...], reason: str) -> None:
    result = solve(with_options(buyer(), [row], [("p", "magnet", 100.0)]), BAN, years=[2026, 2027])
    assert chosen(result) == {}
    assert reason in why(result, "p")


def test_what_was_not_known_yet_is_left() -> None:
    late = datetime.date(2026, 2, 3)
    given = with_options(buyer(), [("p", "JPN", "magnet", "construction", 2026, 1.0, 1)], [("p", "magnet", 100.0)])
    given = given.with_table("projects", given["projects"].with_columns(as_of=pl.lit(late)))
    assert "known only on 2026-02-03" in why(solve(given, BAN), "p")
    deals = [{"option": "deal", "party": party, "share": 0.5, "date": late} for party in ("AUS", "JPN")]
    assert "known only on 2026-02-03" in why(solve(with_options(with_partner(), agreements=deals), BAN), "deal")


def test_a_missing_capex_is_estimated_from_the_process_and_says_so() -> None:
    given = with_options(buyer(), [("p", "JPN", "magnet", "construction", 2026, None, 1)], [("p", "magnet", 100.0)])
    given = given.with_table("processes", given["processes"].with_columns(capex=pl.lit(50.0)))
    result = solve(given, BAN)
    assert result.spent == pytest.approx(100 * 50)
    assert "estimated" in why(result, "p")


def test_a_plant_that_runs_already_in_an_ally_counts_with_and_without_the_plan() -> None:
    given = with_options(buyer(), [("p", "JPN", "magnet", "operating", 2025, None, 1)], [("p", "magnet", 100.0)])
    result = solve(given, BAN, budget=0.0)
    assert missing(result, "before")[2026] == missing(result)[2026] == pytest.approx(900.0)
    assert why(result, "p").startswith("Runs already")


def test_sentences_for_money() -> None:
    plants = [("cheap", "JPN", "magnet", "construction", 2026, 1e6, 1), ("dear", "JPN", "magnet", "construction", 2026, 9e9, 1)]
    plants.append(("next", "JPN", "magnet", "construction", 2026, 2e8, 1))
    outputs = [("cheap", "magnet", 100.0), ("dear", "magnet", 100.0), ("next", "magnet", 300.0)]
    result = solve(with_options(buyer(), plants, outputs), BAN, budget=1e6)
    assert why(result, "cheap").startswith("Chosen: 100 t a year from 2026")
    assert "100 times its cost" in why(result, "cheap")
    assert "would save 150 M USD (worst cases weighed in) for 9.0 bn USD" in why(result, "dear")
    assert why(result, "next").startswith("Left for lack of budget")


def test_a_plant_without_feed_says_what_it_lacks() -> None:
    given = world(
        products=[("oxide", "separation"), ("magnet", "magnet")],
        recipes=[("magnet", "oxide", 2.0)],
        production=[("oxide", "CHN", 2000.0), ("magnet", "CHN", 1000.0)],
        trade=[("magnet", "CHN", "JPN", 1000.0)],
        demand=[("magnet", "JPN", "car", 1000.0)],
    )
    made = with_options(given, [("p", "JPN", "magnet", "construction", 2026, 1e6, 1)], [("p", "magnet", 500.0)])
    assert "it lacks feed, oxide" in why(solve(made, BAN), "p")


def test_partners_bring_idle_plants_projects_and_agreements() -> None:
    plants = [("p", "AUS", "magnet", "construction", 2026, 1e6, 1)]
    deals = [{"option": "deal", "party": party, "share": 0.5} for party in ("AUS", "JPN")]
    alone = solve(with_options(with_partner()), BAN)
    backed = solve(with_options(with_partner(), plants, [("p", "magnet", 50.0)]), BAN)
    agreed = solve(with_options(with_partner(), agreements=deals), BAN)
    assert missing(alone)[2026] == pytest.approx(900.0)
    assert missing(backed)[2026] == pytest.approx(900.0 - 50 - 100)
    assert missing(agreed)[2026] == pytest.approx(900.0 - 150 - 100)
    assert chosen(agreed) == {"deal": 1.0}
    assert agreed.partners.row(0)[:4] == ("AUS", pytest.approx(350e6), pytest.approx(650e6), pytest.approx(1000e6))


def test_an_agreement_that_names_no_volume_is_left() -> None:
    deals = [{"option": "deal", "party": party} for party in ("AUS", "JPN")]
    assert "no tonnage" in why(solve(with_options(with_partner(), agreements=deals), BAN), "deal")


def test_money_committed_by_an_agreement_lowers_the_projects_cost() -> None:
    plants = [("p", "JPN", "magnet", "construction", 2026, 1e6, 1)]
    deals = [{"option": "deal", "party": party, "project": "p", "usd": 4e5} for party in ("AUS", "JPN")]
    result = solve(with_options(with_partner(), plants, [("p", "magnet", 50.0)], agreements=deals), BAN)
    assert result.spent == pytest.approx(6e5)


def test_a_use_without_a_value_is_left_out_and_listed() -> None:
    given = buyer(uses=(("car", "essential", None),))
    result = solve(with_options(given, parameters=PLAIN), BAN)
    assert (result.service.height, result.cost_before) == (0, 0.0)
    assert any("magnet for car has no value" in limit for limit in result.limits)


def test_blocs_are_expanded_and_an_ally_without_demand_is_fine() -> None:
    given = buyer().with_table("blocs", pl.DataFrame({"bloc": "pact", "actor": ["JPN", "CHN"]}))
    assert check_allies(given, "pact") == ("CHN", "JPN")
    assert solve(given, [scenario("calm", 1.0)], allies="CHN").cost_before == 0.0


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"allies": "JPX"}, "did you mean JPN"),
        ({"allies": ""}, "ally"),
        ({"budget": -1.0}, "--budget"),
        ({"budget": float("nan")}, "--budget"),
        ({"cvar": 1.0}, "--cvar"),
        ({"risk": -0.1}, "--risk"),
        ({"years": []}, "year"),
        ({"draws": 0}, "--draws"),
    ],
)
def test_bad_input_is_named(more: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        solve(buyer(), BAN, **more)


def test_a_chosen_option_says_at_which_cost_it_would_leave() -> None:
    given = with_options(buyer(), [("p", "JPN", "magnet", "construction", 2026, 1e6, 1)], [("p", "magnet", 100.0)])
    # 100 t at 1e6 USD, and half of it again for the worst case.
    assert "it pays up to a cost of 150 M USD" in why(solve(given, BAN, risk=0.5), "p")


def test_no_scenario_is_an_error() -> None:
    with pytest.raises(InputError, match="scenario"):
        solve(buyer(), [])
