"""From ledgers to scenarios: in force, announced, threatened, relieved; and the annual view of a scenario."""

import datetime
import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.dynamics.cases import scenario, shock
from tests.worlds import table, two_suppliers
from ytterby.core.resolve import members, overlap, products_of
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.scenarios import scenarios
from ytterby.dynamics.shocks import availability
from ytterby.dynamics.spans import last_day
from ytterby.errors import InputError

ON = datetime.date(2025, 10, 28)
GOLD = Path(__file__).resolve().parents[3] / "shared" / "articles" / "gold"
COLUMNS = "restriction actor target kind material announced start end known share delay_days denied relieves source"
D = datetime.date


def the_world() -> World:
    """Two suppliers of magnets, with a family of materials and China's measures of 2025."""
    base = two_suppliers()
    materials = table(
        "material name family",
        [
            ("rare_earths", "REE", None),
            ("ndpr", "NdPr", "rare_earths"),
            ("neodymium", "Nd", "ndpr"),
            ("dysprosium", "Dy", "rare_earths"),
            ("rare_earth_magnets", "Magnets", None),
            ("gallium", "Ga", None),
        ],
    )
    made = [("magnet", "magnet", "rare_earth_magnets"), ("ndpr_oxide", "separation", "ndpr")]
    products = table("product stage material", made, counts="oxide", content=1.0)
    april, october, ended = D(2025, 4, 4), D(2025, 10, 9), D(2025, 11, 7)
    none: tuple[None, ...] = (None,) * 6
    rows: list[tuple[object, ...]] = [
        ("april", "CHN", "*", "licence", "dysprosium", april, april, None, None, 1.0, 63.0, None, None),
        ("april", "CHN", "*", "licence", "rare_earth_magnets", april, april, None, None, 0.75, 63.0, None, None),
        ("old", "CHN", "*", "quota", "rare_earths", D(2010, 7, 1), D(2010, 7, 1), D(2010, 12, 31), *none[1:]),
        ("late", "CHN", "*", "licence", "rare_earth_magnets", october, D(2025, 12, 1), ended, ended, *none[2:]),
        ("later", "CHN", "*", "ban", "rare_earth_magnets", D(2025, 12, 1), D(2025, 12, 1), *none),
        ("us", "CHN", "USA", "ban", "rare_earth_magnets", D(2025, 1, 1), D(2025, 1, 1), *none),
    ]
    rows = [(*row, "textbook") for row in rows]
    dates = dict.fromkeys(("announced", "start", "end", "known"), pl.Date)
    frame = pl.DataFrame(rows, schema={name: dates.get(name) for name in COLUMNS.split()}, orient="row", infer_schema_length=None)
    base = base.with_table("materials", materials).with_table("products", products.with_columns(name=pl.col("product")))
    return base.with_table("restrictions", frame.with_columns(basis=pl.lit("measured")))


WORLD = the_world()


def event(kind: str, status: str, materials: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    roles = more.pop("roles", {"CHN": "imposer"})
    actors = [{"id": actor, "role": role} for actor, role in roles.items()]
    return {"id": f"{kind}-{status}", "type": kind, "status": status, "certainty": "confirmed", "materials": list(materials)} | {
        "actors": actors,
        "quantities": [],
        **more,
    }


CONTROL = event("export_control", "in_force", ("rare_earths", "rare_earth_magnets"))
MEETING = event("meeting", "planned", date="2025-10-30", roles={"CHN": "participant", "USA": "participant", "KOR": "host"})


def test_the_seed_gives_three_scenarios_whose_figures_come_from_the_restrictions() -> None:
    calm, relief, worse = scenarios([CONTROL, MEETING], WORLD, ON)
    assert (calm.name, relief.name, worse.name) == ("status quo", "relief", "escalation")
    assert calm.weight + relief.weight + worse.weight == pytest.approx(1.0)
    assert {one.start for one in (calm, relief, worse)} == {D(2025, 4, 4)}
    (april,) = [one for one in calm.shocks if one.products == ("magnet",)]
    assert (april.kind, april.figure("share"), april.figure("delay_days"), april.end) == ("licence", 0.75, 63.0, None)
    assert april.event == "export_control-in_force"
    assert "textbook" in (april.source or "")
    assert {one.end for one in relief.shocks} == {D(2025, 11, 27)}
    for one in relief.shocks:  # three weeks earlier at most, eight later
        low, mode, high = one.figures["weeks"]
        assert (last_day(one.start, mode), round(mode - low, 9), round(high - mode, 9)) == (one.end, 3.0, 8.0)
    (new,) = [one for one in worse.shocks if one.start == D(2025, 12, 1)]
    assert (new.end, new.kind, new.figure("share")) == (None, "licence", 0.95)  # its end of 7 November was not known on 28 October


def test_dysprosium_without_products_of_its_own_falls_back_on_its_family() -> None:
    assert products_of("dysprosium", WORLD) == ()
    assert products_of("neodymium", WORLD) == ("ndpr_oxide",)
    assert products_of("rare_earths", WORLD) == ("ndpr_oxide",)
    assert products_of("rare_earth_magnets", WORLD, "separation") == ()
    assert products_of("lithium", WORLD) == ()
    assert overlap("rare_earths", "neodymium", WORLD)
    assert not overlap("gallium", "neodymium", WORLD)


def test_what_was_not_yet_known_is_not_used() -> None:
    (only,) = scenarios([CONTROL], WORLD, D(2025, 5, 1))
    assert only.weight == 1.0
    assert {one.start for one in only.shocks} == {D(2025, 4, 4)}


def test_a_measure_against_one_country_counts_only_if_it_is_named() -> None:
    aimed = {**CONTROL, "actors": [{"id": "CHN", "role": "imposer"}, {"id": "USA", "role": "target"}]}
    targets = [{one.targets for one in scenarios([told], WORLD, D(2025, 5, 1))[0].shocks} for told in (CONTROL, aimed)]
    assert ("USA",) not in targets[0]
    assert ("USA",) in targets[1]


def test_a_control_that_the_table_lacks_takes_its_dates_from_the_event_and_its_figures_from_the_parameters() -> None:
    told = event("export_control", "announced", ("rare_earth_magnets",), date="2024-08-15", effective="2024-09-15", until="2024-12")
    (only,) = scenarios([told], WORLD.with_table("restrictions", WORLD["restrictions"].clear()), D(2024, 8, 15))
    (one,) = only.shocks
    assert (one.start, one.end, one.source) == (D(2024, 9, 15), D(2024, 12, 31), "assumed")
    assert one.figures["share"] == (0.5, 0.75, 0.95)


def test_a_relief_ends_the_measure() -> None:
    freed = event("export_control_relief", "announced", ("rare_earth_magnets",), effective="2025-11-10")
    (only, _worse) = scenarios([CONTROL, freed], WORLD, ON)
    assert {one.end for one in only.shocks if one.products == ("magnet",)} == {D(2025, 11, 9)}
    american = {**freed, "actors": [*freed["actors"], {"id": "USA", "role": "target"}]}
    assert {one.end for one in scenarios([CONTROL, american], WORLD, ON)[0].shocks} == {None}
    past = {**freed, "effective": "2025-06-01"}
    assert scenarios([CONTROL, past], WORLD, D(2025, 7, 1)) == []


@pytest.mark.parametrize("how", [{"status": "threatened"}, {"status": "planned"}, {"certainty": "reported"}])
def test_a_threat_is_an_escalation_only(how: dict[str, str]) -> None:
    told = {**event("export_control", "in_force", ("rare_earth_magnets",)), **how}
    calm, worse = scenarios([told], WORLD.with_table("restrictions", WORLD["restrictions"].clear()), ON)
    assert (calm.shocks, len(worse.shocks)) == ((), 1)
    assert calm.weight > worse.weight


def test_outage_quota_tariff_and_sanction_become_shocks() -> None:
    host = {"CHN": "host"}
    told = [
        event("outage", "in_force", ("rare_earth_magnets",), roles=host, date="2025-09", quantities=[{"value": -35, "unit": "percent"}]),
        event("quota", "in_force", ("rare_earth_magnets",), date="2025-10-01", quantities=[{"value": 92, "unit": "t"}]),
        event("tariff", "in_force", ("rare_earth_magnets",), roles={"USA": "imposer", "CHN": "target"})
        | {"quantities": [{"value": 30, "unit": "percent"}]},
        event("sanction", "in_force", ("rare_earth_magnets",), roles={"USA": "imposer", "CHN": "target"}),
    ]
    outage, quota, tariff, sanction = scenarios(told, WORLD, ON)[0].shocks
    assert (outage.figure("severity"), outage.start, outage.actor) == (-0.35, D(2025, 9, 1), "CHN")
    assert quota.figure("quota") == pytest.approx(365.0)  # 92 t over the 92 days that the year has left
    assert (tariff.actor, tariff.targets, tariff.figure("rate")) == ("USA", ("CHN",), 0.3)
    assert (sanction.kind, sanction.actor, sanction.targets) == ("ban", "CHN", ("USA",))


@pytest.mark.parametrize("status", ["denied", "past", "suspended"])
def test_what_is_over_or_denied_changes_nothing(status: str) -> None:
    assert scenarios([event("export_control", status, ("rare_earth_magnets",))], WORLD, ON) == []


def test_no_data_and_no_event_give_no_scenario() -> None:
    assert scenarios([event("export_control", "in_force", ("gallium",)), MEETING], WORLD, ON) == []
    with pytest.raises(InputError, match="on=DATE"):
        scenarios([CONTROL], WORLD)
    assert scenarios([{**CONTROL, "document": {"published": "2025-10-28"}}], WORLD) == scenarios([CONTROL], WORLD, ON)


def test_everyone_and_blocs() -> None:
    blocs = WORLD.with_table("blocs", pl.DataFrame({"bloc": ["G7", "G7"], "actor": ["JPN", "USA"]}))
    assert members(["*"], blocs, "CHN") == {"AUS", "JPN", "USA"}
    assert members(["G7", "AUS"], blocs, "USA") == {"AUS", "JPN"}


def test_the_seed_on_the_embedded_world() -> None:
    from ytterby.core.world import load_world

    path = GOLD / "de-seed-usjp.json"
    if not path.exists() and not os.environ.get("CI"):
        pytest.skip("the labelled articles are not beside the repository")
    world = load_world()
    if world["restrictions"].is_empty() and not os.environ.get("CI"):
        pytest.skip("the embedded tables are not built yet")
    found = scenarios(json.loads(path.read_text(encoding="utf-8"))["events"], world, ON)
    assert [one.name for one in found] == ["status quo", "relief", "escalation"]
    known = set(world["restrictions"]["source"])
    assert all(known & set((one.source or "").split(";")) for future in found for one in future.shocks)


def year_view(one: Shock, years: tuple[int, ...] = (2025, 2026)) -> dict[tuple[int, str, str], float]:
    frame = availability(WORLD, Scenario("x", one.start, 1.0, (one,)), years)
    return {(year, seller, buyer): share for year, _, seller, buyer, share in frame.iter_rows()}


def test_the_annual_view_of_each_kind() -> None:
    ban = year_view(shock("ban", products=("magnet",)))
    assert ban == {(year, "CHN", buyer): 0.0 for year in (2025, 2026) for buyer in ("AUS", "JPN", "USA")}
    licence = year_view(shock("licence", products=("magnet",), share=0.8, delay_days=73.0, denied=0.25))
    assert licence[2025, "CHN", "JPN"] == pytest.approx(1 - 0.8 * 0.25 - 0.2 * 0.8 * 0.75)
    assert licence[2026, "CHN", "JPN"] == pytest.approx(0.8)
    quota = year_view(shock("quota", products=("magnet",), quota=300.0))
    assert quota[2025, "CHN", "USA"] == pytest.approx(300 / 1200)
    outage = year_view(shock("outage", products=("magnet",), severity=-0.4))
    assert outage[2025, "CHN", "CHN"] == pytest.approx(0.6)
    assert year_view(shock("tariff", actor="USA", targets=("CHN",), products=("magnet",), rate=1.0)) == {}


def test_the_annual_view_is_pro_rata_and_multiplies() -> None:
    half = Shock("ban", "CHN", ("USA",), ("magnet",), D(2025, 7, 2), D(2026, 1, 1))
    view = year_view(half)
    assert view[2025, "CHN", "USA"] == pytest.approx(182 / 365)
    assert view[2026, "CHN", "USA"] == pytest.approx(364 / 365)
    both = availability(WORLD, scenario(*[shock("outage", products=("magnet",), severity=-0.5)] * 2), [2025])
    assert both["share"].to_list() == pytest.approx([0.25] * 4)
