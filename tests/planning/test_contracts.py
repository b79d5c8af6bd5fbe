"""Contracts under stress: a right to a share or to tonnes, a volume that comes first, and what is paid even if it is not taken."""

import pytest

from tests.planning.cases import ASSUMED, DAY, PLAIN, chosen, missing, scenario, solve, with_options
from tests.planning.test_options import with_partner
from tests.worlds import table, world
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World


def agreed(given: World, terms: dict[str, float], **deal: object) -> World:
    """An agreement between JPN and AUS, with its terms in table `contracts`."""
    rows = [{"option": "deal", "party": party, **deal} for party in ("AUS", "JPN")]
    made = with_options(given, prices=[("magnet", 1000.0)], parameters={**PLAIN, "stock_days_max_magnet": 0.0}, agreements=rows)
    return made.with_table(
        "contracts", table("option first_below take_or_pay", [("deal", terms.get("below"), terms.get("pay"))], **ASSUMED)
    )


@pytest.mark.parametrize(("terms", "right"), [({}, 150.0), ({"below": 600.0}, 250.0), ({"below": 250.0}, 150.0)])
def test_a_volume_that_comes_first_holds_when_the_supplier_makes_less(terms: dict[str, float], right: float) -> None:
    """AUS, whose feed is cut by half, makes 250 t: half of the 300 t due to JPN, or, first of all, 250 t of them, before DEU."""
    given = world(
        products=[("oxide", "separation"), ("magnet", "magnet")],
        recipes=[("magnet", "oxide", 1.0)],
        production=[("oxide", "CHN", 500.0), ("magnet", "AUS", 500.0)],
        trade=[("oxide", "CHN", "AUS", 500.0), ("magnet", "AUS", "JPN", 300.0), ("magnet", "AUS", "DEU", 200.0)],
        demand=[("magnet", "JPN", "car", 300.0), ("magnet", "DEU", "car", 200.0)],
    )
    result = solve(agreed(given, terms, t=300.0, stage="magnet"), [scenario("ban", 1.0, "oxide")], share=0.5)
    assert missing(result)[2026] == pytest.approx(300 - right)


def test_what_must_be_taken_and_nobody_needs_is_paid() -> None:
    """200 t are due of which 100 t come to JPN anyway; should its need fall to 40 t, 60 t of the other 100 t cost their price."""
    slump = Scenario("slump", DAY, 0.5, (Shock("demand", "JPN", (), ("magnet",), DAY, figures={"severity": (-0.96, -0.96, -0.96)}),))
    cases = [slump, scenario("ban", 0.5, "magnet")]
    bound = solve(agreed(with_partner(), {"pay": 1.0}, t=200.0), cases, risk=0.0)
    assert chosen(bound) == {"deal": pytest.approx(1.0)}
    idle = 100.0
    assert bound.cost_after == pytest.approx(0.5 * 60 * 1000.0 + 0.5 * (900 - 100 - idle) * 1e6)
    free = solve(agreed(with_partner(), {}, t=200.0), cases, risk=0.0)
    assert free.cost_after == pytest.approx(0.5 * (900 - 100 - idle) * 1e6)


def test_an_obligation_that_costs_more_than_it_saves_is_not_taken_on() -> None:
    slump = Scenario("slump", DAY, 0.9999, (Shock("demand", "JPN", (), ("magnet",), DAY, figures={"severity": (-0.96, -0.96, -0.96)}),))
    result = solve(agreed(with_partner(), {"pay": 1.0}, t=200.0), [slump, scenario("ban", 0.0001, "magnet")], risk=0.0, budget=0.0)
    assert chosen(result)["deal"] == pytest.approx(0.4, abs=1e-6)
