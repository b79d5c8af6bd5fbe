"""Which restrictions count on a day: the table as it was known then, and what the ledger tells beyond it."""

import datetime
from typing import Any

import polars as pl
import pytest

from tests.indicators.cases import DAY, event, restricted
from tests.worlds import two_suppliers
from ytterby.core.world import World, load_world
from ytterby.errors import InputError
from ytterby.indicators.controls import in_force
from ytterby.indicators.measure import measure


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def under(world: World, on: datetime.date = DAY, *events: dict[str, Any]) -> list[str]:
    return in_force(world, on, events)["importer"].to_list()


@pytest.mark.parametrize(
    ("row", "on", "counts"),
    [
        ({}, "2025-10-28", True),
        ({}, "2025-04-03", False),
        ({"start": day("2025-11-08")}, "2025-10-28", False),
        ({"end": day("2025-06-30")}, "2025-10-28", False),
        ({"end": day("2025-06-30"), "known": day("2025-12-01")}, "2025-10-28", True),
        ({"end": day("2025-10-28")}, "2025-10-28", True),
        ({"kind": "tariff"}, "2025-10-28", False),
    ],
)
def test_a_restriction_counts_while_it_is_in_force_as_far_as_was_known(row: dict[str, Any], on: str, counts: bool) -> None:
    assert bool(under(restricted(two_suppliers(), row), day(on))) == counts


def test_everyone_else_is_never_the_imposer() -> None:
    assert under(restricted(two_suppliers(), {})) == ["*", "AUS", "JPN", "USA"]


def test_a_relief_of_the_table_ends_what_it_names_while_it_holds() -> None:
    relief = {"restriction": "r2", "kind": "relief", "relieves": "r1", "announced": day("2025-11-07"), "start": day("2025-11-07")}
    world = restricted(two_suppliers(), {}, {**relief, "end": day("2026-11-10")})
    assert under(world, DAY)
    assert not under(world, day("2025-12-01"))
    assert under(world, day("2026-12-01"))


def test_an_event_tells_of_a_control_that_the_table_lacks() -> None:
    found = in_force(two_suppliers(), DAY, [event()])
    assert set(found["kind"]) == {"licence"}
    assert set(found["source"]) == {"article"}
    assert set(found["basis"]) == {"assumed"}
    assert under(two_suppliers(), DAY, event(target="JPN")) == ["JPN"]


def test_an_event_adds_nothing_to_a_restriction_that_the_table_knows() -> None:
    world = restricted(two_suppliers(), {"share": 0.75})
    assert in_force(world, DAY, [event()]).equals(in_force(world, DAY))


@pytest.mark.parametrize(
    "more",
    [
        {"status": "planned"},
        {"status": "suspended"},
        {"certainty": "reported"},
        {"effective": "2025-12-01"},
        {"effective": "2025-11"},
        {"until": "2025-09"},
        {"actors": []},
        {"actors": [{"id": "XYZ", "role": "imposer"}]},
        {"materials": ["unobtainium"]},
    ],
)
def test_an_event_that_is_not_in_force_or_not_about_this_world_does_not_count(more: dict[str, Any]) -> None:
    assert under(two_suppliers(), DAY, event(**more)) == []


def test_a_relief_of_the_ledger_ends_a_control_or_frees_one_country() -> None:
    world = restricted(two_suppliers(), {})
    assert under(world, DAY, event("export_control_relief")) == []
    assert under(two_suppliers(), DAY, event(), event("export_control_relief")) == []
    assert under(world, DAY, event("export_control_relief", target="JPN")) == ["AUS", "USA"]
    assert under(world, DAY, event("export_control_relief", status="planned")) == under(world)
    assert under(world, DAY, event("export_control_relief", effective="2025-11-10")) == under(world)
    assert under(world, DAY, event("export_control_relief", date="2025-03")) == under(world)


def test_a_relief_that_the_table_knows_ends_only_what_the_table_says() -> None:
    later = {"start": day("2025-10-09"), "announced": day("2025-10-09")}
    relief = {"restriction": "r3", "kind": "relief", "relieves": "r2", "announced": day("2025-11-07"), "start": day("2025-11-07")}
    world = restricted(two_suppliers(), {"target": "JPN"}, {**later, "restriction": "r2", "target": "USA"}, relief)
    told = event("export_control_relief", date="2025-11-10")
    assert under(world, day("2025-11-20"), told) == ["JPN"]


def test_events_without_a_day_take_that_of_the_latest_article() -> None:
    frame = measure(two_suppliers(), "under_control", events=[event()], draws=0)
    after = frame.filter((pl.col("state") == "after") & (pl.col("actor") == "*"))
    assert after["value"].item() == pytest.approx(0.6)
    assert after["source"].item() == "article;textbook"
    with pytest.raises(InputError, match="give the day"):
        measure(two_suppliers(), events=[event(document={})])


def test_a_day_without_restrictions_has_an_after_and_no_day_has_none() -> None:
    assert set(measure(two_suppliers(), "hhi", draws=0)["state"]) == {"before"}
    assert set(measure(two_suppliers(), "hhi", on=DAY, draws=0)["state"]) == {"before", "after"}


def test_the_listing_of_april_2025_names_dysprosium_terbium_and_magnets_not_ndpr() -> None:
    world = load_world()
    chain = world["production"]["product"].unique().to_list()
    listed = {"dy_concentrate", "dy_metal", "dy_oxide", "tb_concentrate", "tb_metal", "tb_oxide", "ndfeb_magnet"}
    found = in_force(world, DAY).filter((pl.col("exporter") == "CHN") & (pl.col("source") == "cn_mofcom_18_2025"))
    assert listed <= set(found["product"])
    assert not {product for product in found["product"] if product.startswith("ndpr")}
    assert listed <= set(chain)
    before = in_force(world, day("2025-04-03")).filter(pl.col("source") == "cn_mofcom_18_2025")
    assert before.is_empty()


def test_in_november_2025_only_the_measures_of_october_were_suspended() -> None:
    world = load_world()
    told = event("export_control_relief", date="2025-11-10", materials=["rare_earths"])
    april = pl.col("source") == "cn_mofcom_18_2025"
    before, after = (in_force(world, when, [told]).filter(april) for when in (DAY, day("2025-11-20")))
    assert before.height
    assert after.equals(before)
