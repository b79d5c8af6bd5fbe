"""Stress: shortfall over time, weeks to stop, share lost by country and use, value at risk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go

from ytterby.show.figures.base import ROW, axis, ceiling, figure, labels, nothing, panels, place, room, rounded
from ytterby.show.language import say
from ytterby.show.palette import HEAT, LIGHT
from ytterby.show.words import day, money, percent, scale

WEEK = 7 * 24 * 3600 * 1000
"""A week in milliseconds, the unit of Plotly's date axes."""


@dataclass(frozen=True)
class Fan:
    """Shortfall of one use, % of what it wants, a value a week: low, middle, high (P5, P50, P95)."""

    label: str
    low: Sequence[float]
    middle: Sequence[float]
    high: Sequence[float]


def fans(weeks: Sequence[date], uses: Sequence[Fan], on: date) -> go.Figure:
    """Return a panel a use: the median shortfall and the band from P5 to P95; a thin line marks the day of the article."""
    if not uses:
        return nothing(say("stress.fan_none"))
    first, last = weeks[0].isoformat(), weeks[-1].isoformat()
    top = ceiling(max((max(use.high) for use in uses), default=0.0))
    traces: list[Any] = []
    for number, use in enumerate(uses, 1):
        traces += _fan(first, use, place(number))
    made = panels(
        [use.label for use in uses],
        traces,
        axis(
            tickformat=say("date.axis_month"),
            nticks=3,
            tickangle=0,
            range=[first, last],
            showgrid=False,
            ticks="outside",
            tickcolor=LIGHT["line"],
        ),
        axis(range=[0, top], ticksuffix=say("number.percent_axis"), nticks=3, rangemode="tozero"),
        row=158,
        wide=3,
        narrow=1,
    )
    if first <= on.isoformat() <= last:
        made.update_layout(shapes=[_today(number, on) for number in range(1, len(uses) + 1)])
    return made


def _fan(first: str, use: Fan, where: dict[str, str]) -> list[Any]:
    """The band's edges and the median. Weeks are given as first day and step: a third of the bytes."""
    edge = {"width": 0, "color": LIGHT["dominant_soft"]}
    when = {"x0": first, "dx": WEEK, "mode": "lines", **where}
    shown = say("number.percent", n="%{y:.0f}")
    return [
        go.Scatter(y=rounded(use.high), line=edge, name="P95", hovertemplate=f"P95: {shown}<extra></extra>", **when),
        go.Scatter(
            y=rounded(use.low),
            line=edge,
            fill="tonexty",
            fillcolor=LIGHT["dominant_soft"],
            name="P5",
            hovertemplate=f"P5: {shown}<extra></extra>",
            **when,
        ),
        go.Scatter(
            y=rounded(use.middle),
            line={"width": 2, "color": LIGHT["dominant"]},
            name=use.label,
            hovertemplate=f"{say('stress.fan_hover', day=hovered_day(), share='%{y:.0f}')}<extra>{use.label}</extra>",
            **when,
        ),
    ]


def hovered_day() -> str:
    """Return the place of a day in what a pointer shows, in the format of the language."""
    return f"%{{x|{say('date.axis_day')}}}"


def _today(number: int, on: date) -> dict[str, Any]:
    where = place(number)
    line = {"color": LIGHT["muted"], "width": 1, "dash": "dot"}
    return {
        "type": "line",
        "xref": where["xaxis"],
        "yref": f"{where['yaxis']} domain",
        "x0": on.isoformat(),
        "x1": on.isoformat(),
        "y0": 0,
        "y1": 1,
        "line": line,
    }


@dataclass(frozen=True)
class Stop:
    """When a use stops: its label, days of the low, middle and high (None: never), chance that it does."""

    label: str
    low: date | None
    middle: date | None
    high: date | None
    chance: float
    href: str


def stop_dots(stops: Sequence[Stop], first: date, last: date) -> go.Figure:
    """Return a dot a use at the median week of its stop, with the band from P5 to P95; an open dot at P5 where the median is never."""
    if not stops:
        return nothing(say("stress.stops_none", day=day(last)))
    traces: list[Any] = []
    for stop in stops:
        end = stop.high or last
        if stop.low is not None:
            traces.append(
                go.Scatter(
                    x=[stop.low.isoformat(), end.isoformat()],
                    y=[stop.label] * 2,
                    mode="lines",
                    line={"width": 8, "color": LIGHT["dominant_soft"]},
                    hoverinfo="skip",
                )
            )
    for known, symbol in ((True, "circle"), (False, "circle-open")):
        rows = [stop for stop in stops if (stop.middle is not None) == known and (stop.middle or stop.low) is not None]
        traces.append(_dots(rows, symbol))
    chances = [_chance(stop) for stop in stops] + [_beside(say("stress.chance"), y=1, yref="paper", yanchor="bottom")]
    return figure(
        traces,
        ROW * len(stops) + 70,
        margin={"l": 8, "r": room(note["text"] for note in chances), "t": 26, "b": 44},
        xaxis=axis(
            say("stress.stops_axis"),
            range=[first.isoformat(), last.isoformat()],
            tickformat=say("date.axis_short"),
            nticks=7,
        ),
        yaxis=labels(categoryorder="array", categoryarray=[stop.label for stop in stops]),
        annotations=chances,
    )


def _dots(rows: Sequence[Stop], symbol: str) -> go.Scatter:
    return go.Scatter(
        x=[str(stop.middle or stop.low) for stop in rows],
        y=[stop.label for stop in rows],
        mode="markers",
        marker={"size": 11, "color": LIGHT["dominant"], "symbol": symbol, "line": {"width": 2}},
        customdata=[stop.href for stop in rows],
        hovertext=[
            f"<b>{stop.label}</b><br>{say('stress.median' if stop.middle else 'stress.earliest', day=day(stop.middle or stop.low))}"
            for stop in rows
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _chance(stop: Stop) -> dict[str, Any]:
    return _beside(percent(stop.chance), y=stop.label, yref="y")


def _beside(text: str, **where: Any) -> dict[str, Any]:
    """A note at the right of the plot."""
    note = {"text": text, "x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "showarrow": False}
    return note | {"font": {"size": 12, "color": LIGHT["muted"]}} | where


def heat(actors: Sequence[str], uses: Sequence[str], shares: Sequence[Sequence[float | None]], href: str) -> go.Figure:
    """Return the share of the need that is missing, actors down, uses across; empty: no such use there."""
    if not actors:
        return nothing(say("stress.heat_none"))
    text = [["" if share is None else percent(share) for share in row] for row in shares]
    trace = go.Heatmap(
        x=list(uses),
        y=list(actors),
        z=[rounded(row) for row in shares],
        zmin=0,
        zmax=1,
        colorscale=[[place, colour] for place, colour in HEAT],
        showscale=False,
        xgap=2,
        ygap=2,
        text=text,
        texttemplate="%{text}",
        textfont={"size": 12},
        customdata=[[href for _ in uses] for _ in actors],
        hoverongaps=False,
        hovertemplate=f"<b>%{{y}}, %{{x}}</b><br>{say('stress.heat_hover', share='%{text}')}<extra></extra>",
    )
    return figure(
        [trace],
        ROW * len(actors) + 120,
        margin={"l": 8, "r": 44, "t": 90, "b": 8},
        xaxis=axis(side="top", tickangle=-30, showgrid=False, tickfont={"size": 12, "color": LIGHT["ink"]}),
        yaxis=labels(),
    )


@dataclass(frozen=True)
class Risk:
    """Value at risk of an ally in a scenario, USD: its label, median for defence and for the other uses, the total's P5 and P95."""

    label: str
    defence: float
    others: float
    low: float
    high: float
    href: str


def risk_bars(risks: Sequence[Risk]) -> go.Figure:
    """Return a bar a row: value added at risk, defence apart, whiskers from P5 to P95 of the total."""
    names = [risk.label for risk in risks]
    totals = [risk.defence + risk.others for risk in risks]
    top = max([risk.high for risk in risks] + [1.0])
    size, unit = scale(top)
    traces: list[Any] = [
        go.Bar(
            name=name,
            y=names,
            x=rounded(getattr(risk, part) / size for risk in risks),
            orientation="h",
            marker={"color": LIGHT[colour]},
            customdata=[[risk.href, money(getattr(risk, part))] for risk in risks],
            hovertemplate=f"<b>%{{y}}</b><br>{name}: %{{customdata[1]}}<extra></extra>",
        )
        for part, name, colour in (("defence", say("stress.defence_legend"), "dominant"), ("others", say("stress.others_legend"), "ally"))
    ]
    over = [(risk.high - total) / size for risk, total in zip(risks, totals, strict=True)]
    under = [(total - risk.low) / size for risk, total in zip(risks, totals, strict=True)]
    error = {"type": "data", "symmetric": False, "array": rounded(over), "arrayminus": rounded(under)}
    traces.append(
        go.Scatter(
            x=rounded(total / size for total in totals),
            y=names,
            mode="markers",
            marker={"size": 1, "color": LIGHT["ink"]},
            error_x=error | {"color": LIGHT["ink"], "thickness": 1.2, "width": 5},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    return figure(
        traces,
        34 * len(risks) + 100,
        barmode="stack",
        bargap=0.35,
        showlegend=True,
        margin={"l": 8, "r": room(money(total) for total in totals), "t": 36, "b": 44},
        xaxis=axis(say("chart.of_year", unit=unit, year=2024), range=[0, 1.05 * top / size], nticks=6),
        yaxis=labels(),
        annotations=[_total(risk, total) for risk, total in zip(risks, totals, strict=True)],
    )


def _total(risk: Risk, total: float) -> dict[str, Any]:
    return _beside(f"<b>{money(total)}</b>", y=risk.label, yref="y", font={"size": 12, "color": LIGHT["ink"]})
