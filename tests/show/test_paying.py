"""Money of the plan in the report: bars add up to the tables, whiskers only where values were drawn, nothing without rows."""

import polars as pl
import pytest

from ytterby.core.world import empty
from ytterby.show.brief import Brief
from ytterby.show.figures.paying import stacked, twins
from ytterby.show.table import Chart, Citations
from ytterby.show.views import paying
from ytterby.show.views.view import View
from ytterby.show.words import Names


def test_bars_of_a_year_stand_on_each_other_the_largest_first() -> None:
    made = stacked([2026, 2027], {"Japan": [1e9, 0.0], "France": [2e9, 1e9]}, "#scenarios")
    assert [trace.name for trace in made.data] == ["France", "Japan"]
    assert [sum(trace.y[year] for trace in made.data) for year in (0, 1)] == [3.0, 1.0]
    assert made.layout.barmode == "stack"
    assert made.layout.yaxis.title.text == "bn USD"


def test_whiskers_stand_where_there_are_errors() -> None:
    made = twins(["Japan"], {"Marginal": [2e6], "Shapley": [1e6]}, {"Shapley": [1e5]}, "#scenarios")
    assert made.data[0].error_x.array is None
    assert made.data[1].error_x.array == (0.1,)
    assert twins(["Japan"], {"Shapley": [1e6]}, {"Shapley": [0.0]}, "#scenarios").data[0].error_x.array is None


@pytest.fixture(scope="module")
def charts(made: Brief) -> dict[str, Chart]:
    assert made.plan is not None
    return {chart.name: chart for chart in paying.charts(View(made, Names(made.world), Citations(made.world)), made.plan)}


def test_the_charts_of_money_add_up_to_the_cash(made: Brief, charts: dict[str, Chart]) -> None:
    assert made.plan is not None
    total = made.plan.cash["usd"].sum()
    for figure in charts["cash"].figures.values():
        size = {"bn USD": 1e9, "M USD": 1e6}[figure.layout.yaxis.title.text]
        assert sum(sum(trace.y) for trace in figure.data) * size == pytest.approx(total, rel=1e-3)
    every = set(made.world["instruments"]["instrument"]) | set(made.plan.cash["instrument"])
    assert len(charts["means"].tables[0].rows) == len(every)


def test_what_comes_too_late_is_named_with_its_share(made: Brief, charts: dict[str, Chart]) -> None:
    assert made.plan is not None
    first = made.plan.years[0]
    short = made.plan.service.filter((pl.col("state") == "after") & (pl.col("year") < first + 3) & (pl.col("worst") > 0.5))
    assert ("soon" in charts) == (short.height > 0)
    assert "frontier" in charts


def test_without_rows_there_is_no_chart(made: Brief) -> None:
    assert made.plan is not None
    bare = made.plan.__class__(
        **{**made.plan.__dict__, **{name: empty(name) for name in ("cash", "frontier", "service", "answers", "accords")}}
    )
    view = View(made, Names(made.world), Citations(made.world))
    assert paying.charts(view, bare) == []
    assert paying.answers(view, bare) == []
