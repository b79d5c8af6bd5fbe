"""Many articles, one ledger: which tellings are one act, what ends what, which commitments are open."""

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.tellings import SETS, Told, events, telling
from ytterby.reading.acts import Record, gather, same_act
from ytterby.reading.links import Link, link
from ytterby.reading.promises import standing

each = settings(max_examples=200)


def links(*told: Told) -> list[Link]:
    return link(events(*told))


@given(SETS, st.randoms(use_true_random=False))
@each
def test_the_order_of_articles_does_not_matter(told: list[Told], chance: random.Random) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)
    assert events(*shuffled) == events(*told)
    assert links(*shuffled) == links(*told)


@given(SETS)
@each
def test_every_telling_is_in_one_event_and_all_of_an_event_tell_the_same_act(told: list[Told]) -> None:
    groups = gather([record for _, record in told])
    assert sorted(record["id"] for group in groups for record in group) == sorted(record["id"] for _, record in told)
    for group in groups:
        assert all(same_act(one, other) for one in group for other in group if one is not other)


@given(SETS)
@each
def test_the_same_act_is_the_same_from_either_side(told: list[Told]) -> None:
    for _, one in told:
        for _, other in told:
            assert same_act(one, other) == same_act(other, one)


@given(SETS)
@each
def test_an_event_says_nothing_that_no_source_says(told: list[Told]) -> None:
    by_id = {record["id"]: record for _, record in told}
    for event in events(*told):
        sources = [by_id[source["id"]] for source in event["sources"]]
        for slot in ("status", "date", "effective", "until"):
            assert event[slot] in [source[slot] for source in sources]
        assert {a["id"] for a in event["actors"]} == {a["id"] for s in sources for a in s["actors"]}
        assert set(event["materials"]) == {name for source in sources for name in source["materials"]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"date": "2025-10-09"}, {"date": "2025-10-10"}),
        ({"date": "2025-10-09"}, {"date": None}),
        ({"date": "2025-04"}, {"date": "2025-05-02"}),
        ({"date": "2025-10-10", "source": "publication"}, {"date": "2025-10-07"}),
        ({"date": "2025-10-09", "effective": "2025-11-08"}, {"date": "2025-10-09", "effective": "2025-12-01"}),
        ({"amounts": [(10, "percent")]}, {"amounts": [(25, "percent")]}),
        ({"amounts": [(250, "trees")]}, {"amounts": [(550, "USD")]}),
        ({"materials": ["gallium"]}, {"materials": ["graphite"]}),
        ({"materials": ["gallium"]}, {"materials": ["critical_minerals"]}),
        ({"rule": "export_control.ban"}, {"rule": "export_control.permits"}),
        ({"status": "in_force"}, {"status": "planned"}),
        ({"status": "in_force"}, {"status": "denied"}),
        ({"type": "export_control"}, {"type": "sanction"}),
        ({"actors": [("CHN", "imposer")]}, {"actors": [("USA", "imposer")]}),
        ({"actors": [("CHN", "imposer"), ("JPN", "target")]}, {"actors": [("CHN", "imposer"), ("USA", "target")]}),
        ({"actors": [("USA", "target")]}, {"actors": [("USA", "target")]}),
        ({"published": "2025-01-10"}, {"published": "2025-10-10"}),
    ],
)
def test_two_acts_that_differ_stay_two(one: Record, other: Record) -> None:
    defaults = {} if "published" in one else {"date": "2025-10-09"}
    assert len(events(telling("a", **{**defaults, **one}), telling("b", **{**defaults, **other}))) == 2


@pytest.mark.parametrize(
    ("one", "other", "has"),
    [
        ({"date": "2025-10-09"}, {"date": "2025-10"}, {"date": "2025-10-09"}),
        ({"date": "2025-10-10", "source": "publication"}, {"date": "2025-10-09"}, {"date": "2025-10-09"}),
        ({"date": None, "effective": "2025-12-01"}, {"date": "2025-12-01"}, {"date": "2025-12-01", "effective": "2025-12-01"}),
        ({"date": "2025-10-09", "materials": ["dysprosium"]}, {"date": "2025-10-09"}, {"date": "2025-10-09"}),
        ({"published": "2025-10-12"}, {"published": "2025-11-01"}, {"date": None}),
        ({"published": "2025-10-12", "status": "suspended"}, {"published": "2025-10-09"}, {"status": "suspended"}),
        ({"certainty": "reported"}, {}, {"certainty": "confirmed"}),
        ({"amounts": [(25, "percent")]}, {}, {}),
    ],
)
def test_one_act_told_twice_is_one_event(one: Record, other: Record, has: Record) -> None:
    merged = events(telling("a", **one), telling("b", **other))
    assert len(merged) == 1
    assert len(merged[0]["sources"]) == 2
    assert merged[0] | has == merged[0]


def test_who_fits_two_acts_joins_neither() -> None:
    told = [telling("a", date="2025-04-04"), telling("b", date="2025-10-09"), telling("c", date="2025")]
    assert [event["date"] for event in events(*told)] == ["2025", "2025-04-04", "2025-10-09"]
    twins = events(*told, telling("d", date="2025"))
    assert [len(event["sources"]) for event in twins] == [2, 1, 1]


CONTROL = telling("control", "2025-10-10", date="2025-10-09")
RELIEF: Any = {"type": "export_control_relief", "status": "announced", "date": "2025-11-07"}


def kinds(*told: Told) -> list[tuple[str, str, str, bool]]:
    names = {record["id"]: record["article"] for _, record in told}
    return [(link.kind, names[link.event], names[link.of], link.ends) for link in links(*told)]


def test_a_relief_ends_the_control_that_it_names() -> None:
    relief = telling("relief", "2025-11-08", **RELIEF)
    assert kinds(CONTROL, relief) == [("relieves", "relief", "control", True)]
    suspended = telling("relief", "2025-11-08", status="suspended", date="2025-11-07")
    assert kinds(CONTROL, suspended) == [("relieves", "relief", "control", True)]


@pytest.mark.parametrize(
    "changed",
    [
        {"actors": [("USA", "imposer")]},
        {"materials": ["gallium"]},
        {"materials": []},
        {"date": "2025-10-01"},
        {"status": "planned"},
        {"status": "denied"},
    ],
)
def test_a_relief_of_something_else_ends_nothing(changed: Record) -> None:
    assert kinds(CONTROL, telling("relief", "2025-11-08", **{**RELIEF, **changed})) == []


def test_a_relief_for_another_target_ends_nothing() -> None:
    control = telling("control", date="2025-10-09", actors=[("CHN", "imposer"), ("JPN", "target")])
    relief = telling("relief", "2025-11-08", **RELIEF, actors=[("CHN", "imposer"), ("USA", "target")])
    assert kinds(control, relief) == []


def test_a_relief_in_part_leaves_the_rest() -> None:
    wide = telling("control", materials=["rare_earths", "gallium"], date="2025-10-09")
    assert kinds(wide, telling("relief", "2025-11-08", **RELIEF)) == [("relieves", "relief", "control", False)]
    granted = telling("relief", "2025-11-08", **RELIEF, rule="export_control_relief.licences")
    assert kinds(CONTROL, granted) == [("relieves", "relief", "control", False)]


def test_of_two_controls_the_later_is_relieved_and_of_equals_none() -> None:
    relief = telling("relief", "2025-11-08", **RELIEF)
    april = telling("april", "2025-04-05", date="2025-04-04")
    assert kinds(april, CONTROL, relief) == [("relieves", "relief", "control", True)]
    assert kinds(telling("undated", "2025-10-20"), CONTROL, relief) == []
    twin = telling("twin", date="2025-10-09", actors=[("CHN", "imposer"), ("USA", "target")], materials=["dysprosium"], amounts=[(5, "t")])
    other = telling("other", date="2025-10-09", amounts=[(9, "t")])
    assert kinds(twin, other, relief) == []


def test_a_tariff_with_another_rate_supersedes() -> None:
    slots: Any = {"type": "tariff", "actors": [("USA", "imposer"), ("CHN", "target")], "status": "announced"}
    old = telling("old", "2025-04-03", **slots, date="2025-04-02", amounts=[(25, "percent")])
    new = telling("new", "2025-10-11", **slots, date="2025-10-10", amounts=[(100, "percent")])
    same = telling("new", "2025-10-11", **slots, date="2025-10-10", amounts=[(25, "percent")])
    other = telling("new", "2025-10-11", **slots, date="2025-10-10", amounts=[(3, "years")])
    assert kinds(old, new) == [("supersedes", "new", "old", True)]
    assert kinds(old, same) == kinds(old, other) == []


MEETING: Any = {"type": "meeting", "actors": [("USA", "participant"), ("CHN", "participant")], "materials": []}
PLAN = telling("plan", "2025-10-28", **MEETING, status="planned", date="2025-10-30")


def states(on: date, *told: Told) -> dict[str, str]:
    found = events(*told)
    names = {event["id"]: event["article"] for event in found}
    return {names[row["event"]]: row["state"] for row in standing(found, link(found), on)}


def test_a_commitment_is_open_then_overdue_unless_done_or_withdrawn() -> None:
    held = telling("held", "2025-10-31", **MEETING, status="completed", date="2025-10-30")
    denied = telling("denied", "2025-10-29", **{**MEETING, "actors": [("USA", "participant"), ("CHN", "denier")]}, status="denied")
    assert states(date(2025, 10, 30), PLAN) == {"plan": "open"}
    assert states(date(2025, 10, 31), PLAN) == {"plan": "overdue"}
    assert states(date(2025, 11, 30), PLAN, held) == {"plan": "done"}
    assert states(date(2025, 11, 30), PLAN, denied) == {"plan": "withdrawn"}
    earlier = telling("held", "2025-10-31", **MEETING, status="completed", date="2025-10-29")
    assert states(date(2025, 11, 30), PLAN, earlier) == {"plan": "overdue"}


def test_a_due_year_is_open_to_its_last_day_and_no_date_is_never_overdue() -> None:
    pledge: Any = {"type": "pledge", "status": "announced", "actors": [("JPN", "proposer")], "materials": []}
    gift = telling("gift", "2025-10-28", **pledge, date="2025-10-28", until="2026")
    assert states(date(2026, 12, 31), gift) == {"gift": "open"}
    assert states(date(2027, 1, 1), gift) == {"gift": "overdue"}
    assert states(date(2099, 1, 1), telling("gift", **pledge)) == {"gift": "open"}


def test_a_planned_mine_is_a_commitment_too() -> None:
    mine: Any = {"type": "project_start", "actors": [("org:lynas", "operator")]}
    plan = telling("plan", "2025-10-28", **mine, status="planned", date="2026")
    built = telling("built", "2026-06-02", **mine, status="completed", date="2026-06-01")
    assert states(date(2026, 5, 1), plan) == {"plan": "open"}
    assert states(date(2027, 5, 1), plan, built) == {"plan": "done"}
