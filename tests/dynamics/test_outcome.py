"""The tables of an outcome obey the schema and say what the arrays say."""

import datetime

import numpy as np
import pytest

from tests.dynamics.cases import DAY, scenario, shock
from tests.worlds import chain, two_suppliers
from ytterby.core import schema
from ytterby.core.scenario import Scenario, Shock
from ytterby.dynamics.draws import triangular
from ytterby.dynamics.network import network
from ytterby.dynamics.outcome import Outcome
from ytterby.dynamics.shocks import active_weeks
from ytterby.dynamics.simulate import stress
from ytterby.errors import InputError

RANGED = Shock("outage", "CHN", ("*",), ("magnet",), DAY, figures={"severity": (-0.9, -0.6, 0.0)})


@pytest.fixture(scope="module")
def hit() -> Outcome:
    return stress(two_suppliers(), scenario(RANGED), weeks=60, draws=101, seed=1)


def test_the_tables_obey_the_schema(hit: Outcome) -> None:
    for name in ("outcome", "stops", "flows"):
        frame = getattr(hit, name)
        assert schema.check(name, frame) == []
        assert frame.columns == [column.name for column in schema.columns(name)]
    assert hit.outcome.height == 60 * 3


def test_the_bands_hold_the_median(hit: Outcome) -> None:
    assert (hit.outcome["low"] <= hit.outcome["got"]).all()
    assert (hit.outcome["got"] <= hit.outcome["high"]).all()
    assert (hit.stops["lost_low"] <= hit.stops["lost"]).all()
    assert 0.0 < hit.stops["chance"][0] < 1.0
    assert hit.stops["high"][0] is None  # in over 5 % of the draws nothing stops
    assert hit.stops["lost"].to_list() == pytest.approx(np.median(hit.lost(), axis=1).tolist())
    assert hit.stops["usd"][0] == pytest.approx(hit.stops["lost"][0] * 1e6)


def test_the_rows_bear_the_labels_of_their_slots(hit: Outcome) -> None:
    row = hit.outcome.filter((hit.outcome["actor"] == "JPN") & (hit.outcome["use"] == "radar") & (hit.outcome["week"] == 30))
    slot = hit.stops["use"].to_list().index("radar")
    assert row["got"].item() == pytest.approx(np.median(hit.got[30, slot]))
    assert row["wanted"].item() == pytest.approx(100.0 * 7 / 365)


def test_flows_before_are_the_base_year_and_after_the_central_run() -> None:
    calm = stress(chain(), scenario(), weeks=60)
    assert calm.flows["after"].to_list() == pytest.approx(calm.flows["before"].to_list(), rel=1e-12)
    banned = stress(chain(), scenario(shock("ban", products=("oxide",))), weeks=60).flows
    assert banned.filter(banned["importer"] == "JPN", banned["exporter"] == "CHN")["after"].item() == 0.0


def test_weeks_count_from_the_start_of_the_scenario() -> None:
    late = Shock("ban", "CHN", ("*",), ("magnet",), DAY + datetime.timedelta(70))
    assert active_weeks(late, DAY, 12).tolist() == [0.0] * 10 + [1.0] * 2
    early = Scenario("early", DAY, 1.0, (late,))
    assert stress(two_suppliers(), early, weeks=30).stops["weeks"][0] == 15  # ten weeks, and five under way


def test_part_weeks_are_in_force_in_part() -> None:
    assert active_weeks(Shock("ban", "CHN", (), (), DAY, DAY), DAY, 2).tolist() == pytest.approx([1 / 7, 0.0])


def test_draws_follow_the_triangular_distribution() -> None:
    uniform = np.random.default_rng(0).random(200_000)
    drawn = triangular((1.0, 2.0, 6.0), uniform)
    assert drawn.mean() == pytest.approx(3.0, abs=0.01)
    assert drawn.var() == pytest.approx((1 + 4 + 36 - 2 - 6 - 12) / 18, abs=0.01)
    assert 1.0 <= drawn.min() <= drawn.max() <= 6.0


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    stress(chain(), scenario(), weeks=4, draws=70, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (8, 8)  # two blocks of draws, four weeks each; the kernel tells a block at a time
    assert len(told) >= 2
    assert told == sorted(set(told))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InputError, match="unknown kind of shock 'flood'"):
        stress(chain(), scenario(shock("flood")))


def test_the_network_is_compiled_with_its_lags() -> None:
    net = network(chain())
    assert sorted(net.lag.tolist()) == [1, 1, 5]
    assert net.need.sum() * 365 / 7 == pytest.approx(2600 + 2080 + 1040)
