"""Figures, words and marks: laws first, then cases worked out by hand."""

import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.worlds import chain, two_suppliers
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.outcome import Outcome
from ytterby.dynamics.simulate import stress
from ytterby.show import geo
from ytterby.show.brief import Brief
from ytterby.show.figures.stress import Fan, Stop, fans, stop_dots
from ytterby.show.marking import runs
from ytterby.show.palette import DARK, LIGHT, swaps
from ytterby.show.table import Citations
from ytterby.show.views import chain as chain_view
from ytterby.show.views import stress as stress_view
from ytterby.show.views.risk import loss, shares, window
from ytterby.show.views.view import View
from ytterby.show.words import Names, money, percent, significant, tonnes

DAY = datetime.date(2025, 1, 3)


def ban(start: datetime.date = DAY, products: tuple[str, ...] = ("magnet",)) -> Scenario:
    return Scenario("ban", DAY, 1.0, (Shock("ban", "CHN", ("*",), products, start),))


def view(world: World, scenario: Scenario, outcome: Outcome, on: datetime.date = DAY) -> View:
    from ytterby.reading.article import from_text

    article = from_text("A text.", on)
    brief = Brief([article], [], [], [], [], [scenario], [outcome], pl.DataFrame(), None, world, ("JPN",), {})
    return View(brief, Names(world), Citations(world))


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-2, 62), st.integers(-2, 62)), max_size=8))
def test_runs_join_to_the_text_and_cover_each_quote(text: str, spans: list[tuple[int, int]]) -> None:
    events: list[dict[str, Any]] = [{"id": str(n), "type": "order", "start": one, "end": two} for n, (one, two) in enumerate(spans)]
    found = runs(text, events)
    assert "".join(run.text for run in found) == text
    for event in events:
        if 0 <= event["start"] < event["end"] <= len(text):
            assert "".join(run.text for run in found if event["id"] in run.events) == text[event["start"] : event["end"]]
            assert sum(event["id"] in run.begins for run in found) == 1
        else:
            assert not any(event["id"] in run.events for run in found)


def test_the_narrowest_quote_gives_the_colour() -> None:
    wide, inner = {"id": "w", "type": "agreement", "start": 0, "end": 9}, {"id": "i", "type": "export_control", "start": 3, "end": 6}
    assert [run.family for run in runs("abcdefghi", [wide, inner])] == ["accord", "restrict", "accord"]


@given(st.floats(0, 1))
@example(0.995)
def test_a_share_that_is_not_0_never_reads_0_and_one_below_all_never_100(share: float) -> None:
    assert (percent(share) == "0 %") == (share == 0)
    assert (percent(share) == "100 %") == (share == 1)


@pytest.mark.parametrize(("value", "text"), [(9.96e8, "996 M USD"), (9.996e8, "1 bn USD"), (-2.5e9, "-2.5 bn USD"), (999.0, "999 USD")])
def test_money_keeps_its_size(value: float, text: str) -> None:
    assert money(value) == text


def test_missing_is_a_dash_never_0() -> None:
    assert {money(None), percent(None), tonnes(None), significant(float("nan"))} == {"–"}


def test_text_and_marks_have_contrast_on_both_grounds() -> None:
    for tones in (LIGHT, DARK):
        pairs = [
            ("ink", "ground"),
            ("muted", "ground"),
            ("muted", "surface"),
            ("accent", "ground"),
            ("dominant", "ground"),
            ("good", "ground"),
        ]
        pairs += [("ink", f"{name}_soft") for name in ("dominant", "ally", "other", "deal", "good")]
        for one, other in pairs:
            assert contrast(tones[one], tones[other]) >= 4.5, (one, other)
        # White (on the dark ground: black) letters stand in the bars.
        assert contrast(tones["ground"], tones["dominant"]) >= 4.5
        assert contrast(tones["ground"], tones["ally"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_each_light_colour_has_one_dark_counterpart() -> None:
    assert set(LIGHT) == set(DARK)
    assert len(set(LIGHT.values())) == len(LIGHT)
    assert set(LIGHT.values()) <= set(swaps())


def test_outlines_hold_the_large_economies_and_are_small() -> None:
    from ytterby.core.world import load_world

    codes = {feature["id"] for feature in geo.outlines()["features"]}
    blocs = load_world()["blocs"]
    assert (
        set(blocs.filter(pl.col("bloc").is_in(["G7", "BRICS", "QUAD", "MSP"]) & (pl.col("actor").str.len_chars() == 3))["actor"]) <= codes
    )
    assert {"CHN", "MMR", "AUS", "MYS", "VNM", "CHL", "COD", "KOR", "TWN", "RUS"} <= codes
    points = [point for f in geo.outlines()["features"] for p in f["geometry"]["coordinates"] for ring in p for point in ring]
    assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points)
    assert len(str(geo.outlines())) < 300_000


def test_an_arc_read_backwards_and_rounding() -> None:
    topology = {
        "transform": {"scale": [0.5, 0.5], "translate": [-1, 0]},
        "arcs": [[[0, 0], [4, 0], [0, 4]], [[0, 0], [0, 4], [4, 0]]],
        "objects": {"countries": {"geometries": [{"type": "MultiPolygon", "arcs": [[[0, -2]]], "id": "1"}]}},
    }
    ring = geo.convert(topology, {"1": "AAA"})["features"][0]["geometry"]["coordinates"][0][0]
    assert ring == [[-1, 0], [1, 0], [1, 2], [-1, 2], [-1, 0]]
    assert geo.convert(topology, {})["features"] == []


def test_shares_by_role_sum_to_one_and_match_the_textbook() -> None:
    world = two_suppliers(0.6)
    scenario = ban()
    made = view(world, scenario, stress(world, scenario, weeks=2))
    ((product, share, sources),) = chain_view.shares(made)
    assert product == "magnet"
    assert (round(share.dominant, 9), round(share.ally, 9), round(share.other, 9)) == (0.6, 0.0, 0.4)
    assert share.est
    assert sources == ("textbook",)


def test_flows_of_the_chain_keep_the_mass_of_the_element() -> None:
    world, scenario = chain(), ban(products=("oxide",))
    made = view(world, scenario, stress(world, scenario, weeks=2))
    frame = chain_view.flows(made, "stuff")
    by_stage = dict(frame.group_by("from_stage").agg(pl.col("t").sum()).iter_rows())
    assert by_stage == pytest.approx({"mine": 2600.0, "separation": 2080.0, "magnet": 1040.0})


def test_a_total_ban_without_stocks_puts_the_whole_year_at_risk() -> None:
    """60 % of 2,000 t from CHN; JPN's cars want 700 t at 1 M USD, its radars 100 t at 10 M USD; all draws are the same."""
    world, scenario = two_suppliers(1.0 - 1e-9), ban()
    outcome = stress(world, scenario, weeks=60)
    weeks = window(outcome, DAY)
    found = loss(outcome, world, ("JPN",), weeks)
    missing = sum(float(outcome.wanted[:52, slot].sum() - outcome.got[:52, slot].sum()) for slot in (0, 1))
    assert (weeks.first, weeks.last) == (0, 52)
    assert found.low == found.middle == found.high
    assert found.middle == pytest.approx(found.defence + found.others)
    assert 0 < found.middle <= 52 / 52.18 * (700e6 + 1000e6) * 1.001
    assert missing > 0
    assert all(0 <= share <= 1 for share in shares(outcome, weeks).values())


def test_the_window_starts_at_the_article_and_ends_with_the_run() -> None:
    world, scenario = two_suppliers(), ban()
    outcome = stress(world, scenario, weeks=60)
    assert window(outcome, DAY + datetime.timedelta(weeks=20)).first == 20
    assert window(outcome, DAY + datetime.timedelta(weeks=20)).last == 60
    assert window(outcome, DAY - datetime.timedelta(days=1)).first == 0
    assert window(outcome, DAY + datetime.timedelta(weeks=500)).first == 0


def test_bands_of_a_fan_are_in_order_and_every_value_is_a_share() -> None:
    world, scenario = two_suppliers(), ban()
    scenario = Scenario("l", DAY, 1.0, (Shock("licence", "CHN", ("*",), ("magnet",), DAY, figures={"share": (0.2, 0.5, 0.9)}),))
    outcome = stress(world, scenario, weeks=30, draws=20)
    for chart in stress_view.charts(view(world, scenario, outcome)):
        assert chart.unit
        assert chart.sources
        assert chart.as_of
        assert chart.tables
        for made in chart.figures.values():
            assert made.layout.height > 0
    fan = stress_view.charts(view(world, scenario, outcome))[0].figures["JPN|l"]
    high, low, middle = (np.array(trace.y, dtype=float) for trace in fan.data[:3])
    assert (low <= middle + 0.11).all()
    assert (middle <= high + 0.11).all()
    assert low.min() >= 0
    assert high.max() <= 100


def test_a_fan_marks_the_day_of_the_article_only_inside_the_run() -> None:
    weeks = [DAY + datetime.timedelta(weeks=n) for n in range(4)]
    use = Fan("Cars", [0.0] * 4, [0.0] * 4, [0.0] * 4)
    assert len(fans(weeks, [use, use], DAY).layout.shapes) == 2
    assert len(fans(weeks, [use], DAY - datetime.timedelta(days=1)).layout.shapes) == 0


def test_a_stop_without_a_median_shows_its_earliest_week_as_an_open_dot() -> None:
    later = DAY + datetime.timedelta(weeks=10)
    made = stop_dots([Stop("a", DAY, later, None, 0.9, "#x"), Stop("b", later, None, None, 0.3, "#x")], DAY, later)
    symbols: dict[str, Any] = {trace.marker.symbol: list(trace.y) for trace in made.data if trace.mode == "markers"}
    assert symbols == {"circle": ["a"], "circle-open": ["b"]}
    assert {note.text for note in made.layout.annotations} == {"90 %", "30 %", "chance"}
    assert "no draw" in stop_dots([], DAY, later).layout.annotations[0].text.lower()


def test_every_figure_of_the_report_names_units_sources_and_a_table(made: Brief) -> None:
    from ytterby.show.views import indicators, plan

    full = View(made, Names(made.world), Citations(made.world))
    assert made.plan is not None
    charts = chain_view.charts(full) + stress_view.charts(full) + indicators.charts(full) + plan.charts(full, made.plan)
    assert len(charts) == len({chart.name for chart in charts}) >= 12
    for chart in charts:
        assert chart.start in chart.figures, chart.name
        assert chart.unit
        assert chart.as_of
        assert chart.sources
        assert set(chart.sources) <= set(made.world["sources"]["source"])
        assert {table.key for table in chart.tables} <= set(chart.figures)
        assert all(len(row) == len(table.heads) for table in chart.tables for row in table.rows)
        for figure in chart.figures.values():
            values = [value for trace in figure.data for value in (trace.x if trace.type == "bar" else ()) or ()]
            assert all(np.isfinite(value) for value in values)
