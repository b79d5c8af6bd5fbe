"""Two runs beside each other, costs against budgets, ranks with bands, events in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go

from ytterby.show.figures.base import ROW, axis, ceiling, figure, labels, nothing, panels, place, rounded
from ytterby.show.figures.stress import WEEK, hovered_day
from ytterby.show.language import say
from ytterby.show.palette import LIGHT
from ytterby.show.words import money, scale


@dataclass(frozen=True)
class Pair:
    """Shortfall of one use in two runs, % of what it wants, a value a week (medians)."""

    label: str
    one: Sequence[float]
    other: Sequence[float]


def pairs(first: date, weeks: int, uses: Sequence[Pair], states: tuple[str, str]) -> go.Figure:
    """Return a panel a use: the median shortfall of one run in orange, dotted, and of the other in blue."""
    if not uses:
        return nothing(say("compare.nothing"))
    top = ceiling(max(max(*use.one, *use.other) for use in uses))
    traces: list[Any] = []
    for number, use in enumerate(uses, 1):
        for values, name, colour, dash in ((use.one, states[0], "dominant", "dot"), (use.other, states[1], "ally", "solid")):
            traces.append(
                go.Scatter(
                    y=rounded(values),
                    x0=first.isoformat(),
                    dx=WEEK,
                    mode="lines",
                    line={"width": 2, "color": LIGHT[colour], "dash": dash},
                    name=name,
                    legendgroup=name,
                    showlegend=number == 1,
                    hovertemplate=f"{say('stress.pairs_hover', day=hovered_day(), name=name, share='%{y:.0f}')}<extra>{use.label}</extra>",
                    **place(number),
                )
            )
    last = first.fromordinal(first.toordinal() + 7 * weeks).isoformat()
    x = axis(tickformat=say("date.axis_month"), nticks=3, tickangle=0, range=[first.isoformat(), last], showgrid=False)
    made = panels(
        [use.label for use in uses],
        traces,
        x,
        axis(range=[0, top], ticksuffix=say("number.percent_axis"), nticks=3),
        row=158,
        wide=3,
        narrow=1,
    )
    made.update_layout(showlegend=True, legend={"yref": "container", "y": 1, "yanchor": "top"}, margin={"t": 66})
    made.update_layout(height=made.layout.height + 36)
    return made


def frontier(budgets: Sequence[float], expected: Sequence[float], worst: Sequence[float], chosen: float) -> go.Figure:
    """Return the cost of shortages against the plan's budget: expected and in the worst cases (USD); a line marks the chosen budget."""
    size, unit = scale(max([*budgets, *worst, 1.0]))
    traces = [
        go.Scatter(
            x=[usd / size for usd in budgets],
            y=rounded([usd / size for usd in values], 4),
            name=name,
            mode="lines+markers",
            line={"width": 2, "color": LIGHT[colour]},
            marker={"size": 7},
            text=[say("plan.frontier_hover", usd=money(usd), budget=money(budget)) for usd, budget in zip(values, budgets, strict=True)],
            customdata=["#scenarios"] * len(budgets),
            hovertemplate="%{text}<extra>" + name + "</extra>",
        )
        for name, values, colour in ((say("chart.worst"), worst, "dominant"), (say("chart.expected"), expected, "ally"))
    ]
    line = {"type": "line", "x0": chosen / size, "x1": chosen / size, "yref": "paper", "y0": 0, "y1": 1}
    return figure(
        traces,
        330,
        showlegend=True,
        margin={"l": 8, "r": 16, "t": 36, "b": 48},
        xaxis=axis(say("plan.frontier_x", unit=unit), rangemode="tozero"),
        yaxis=axis(say("plan.frontier_y", unit=unit), rangemode="tozero"),
        shapes=[{**line, "line": {"color": LIGHT["muted"], "width": 1, "dash": "dot"}}],
    )


@dataclass(frozen=True)
class Level:
    """A value with its band and where it comes from; words: the value as it is said."""

    label: str
    value: float
    low: float | None
    high: float | None
    words: str
    href: str


def levels(rows: Sequence[Level], unit: str) -> go.Figure:
    """Return a ranking: a bar a row, the band as a whisker, the value in words at the end."""
    if not rows:
        return nothing(say("measures.no_value"))
    far = max(max(row.value, row.high or row.value) for row in rows)
    bands = [(row.low, row.high) if row.low is not None and row.high is not None else (row.value, row.value) for row in rows]
    bar = go.Bar(
        y=[row.label for row in rows],
        x=rounded([row.value for row in rows], 4),
        orientation="h",
        marker={"color": LIGHT["ally_soft"], "line": {"color": LIGHT["ally"], "width": 1}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [max(0.0, high - row.value) for row, (_, high) in zip(rows, bands, strict=True)],
            "arrayminus": [max(0.0, row.value - low) for row, (low, _) in zip(rows, bands, strict=True)],
            "color": LIGHT["ink"],
            "thickness": 1,
            "width": 3,
        },
        customdata=[row.href for row in rows],
        text=[row.words for row in rows],
        textposition="none",
        hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>",
    )
    return figure([bar], ROW * len(rows) + 70, bargap=0.35, xaxis=axis(unit, range=[0, 1.04 * far if far else 1]), yaxis=labels())


@dataclass(frozen=True)
class Moment:
    """Something that happens on a day: its row, colour family, words and anchor."""

    day: date
    row: str
    family: str
    words: str
    href: str


COLOURS = {"restrict": "dominant", "accord": "ally", "deal": "deal", "other": "other"}


def moments(found: Sequence[Moment], today: date) -> go.Figure:
    """Return a dot a moment, a row a kind; a thin line marks today."""
    if not found:
        return nothing(say("timeline.none"))
    rows = list(dict.fromkeys(moment.row for moment in found))
    dots = go.Scatter(
        x=[moment.day.isoformat() for moment in found],
        y=[moment.row for moment in found],
        mode="markers",
        marker={"size": 11, "color": [LIGHT[COLOURS[moment.family]] for moment in found], "line": {"width": 1, "color": LIGHT["ground"]}},
        text=[moment.words for moment in found],
        customdata=[moment.href for moment in found],
        hovertemplate=f"{hovered_day()}<br>%{{text}}<extra></extra>",
    )
    line = {"type": "line", "x0": today.isoformat(), "x1": today.isoformat(), "yref": "paper", "y0": 0, "y1": 1}
    return figure(
        [dots],
        ROW * len(rows) + 70,
        xaxis=axis(tickformat=say("date.axis_month"), nticks=6, type="date"),
        yaxis=labels(),
        shapes=[{**line, "line": {"color": LIGHT["muted"], "width": 1, "dash": "dot"}}],
    )
