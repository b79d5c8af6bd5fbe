"""Money over years, and bars side by side: who pays by which instrument, marginal beside Shapley value."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ytterby.show.figures.base import ROW, axis, figure, labels, rounded
from ytterby.show.palette import LIGHT
from ytterby.show.words import money, scale

ORDER = ("ally", "good", "deal", "dominant", "other", "ally_soft", "good_soft", "deal_soft", "dominant_soft", "other_soft")
"""Colours in the order in which series take them; from the eleventh on they begin anew."""


def stacked(years: Sequence[int], series: Mapping[str, Sequence[float]], href: str) -> go.Figure:
    """Return bars by year, the series (USD) on top of each other, the largest at the bottom."""
    size, unit = scale(max((sum(values) for values in zip(*series.values(), strict=True)), default=0.0))
    ranked = sorted(series, key=lambda name: (-sum(series[name]), name))
    traces = [
        go.Bar(
            name=name,
            x=list(years),
            y=rounded([usd / size for usd in series[name]], 4),
            marker={"color": LIGHT[ORDER[number % len(ORDER)]]},
            text=[money(usd) for usd in series[name]],
            textposition="none",
            customdata=[href] * len(years),
            hovertemplate="<b>%{x}</b>: %{text}<extra>" + name + "</extra>",
        )
        for number, name in enumerate(ranked)
    ]
    return figure(
        traces,
        300,
        barmode="stack",
        bargap=0.3,
        showlegend=True,
        margin={"l": 8, "r": 16, "t": 44, "b": 30},
        xaxis=axis(dtick=1, tickformat="d", showgrid=False),
        yaxis=axis(unit, rangemode="tozero", nticks=5),
    )


def twins(names: Sequence[str], series: Mapping[str, Sequence[float]], errors: Mapping[str, Sequence[float]], href: str) -> go.Figure:
    """Return two or more bars a name (USD) with their values at the end; errors: standard errors by series, where there are any."""
    size, unit = scale(max((usd for values in series.values() for usd in values), default=0.0))
    traces = [
        go.Bar(
            name=name,
            y=list(names),
            x=rounded([usd / size for usd in values], 4),
            orientation="h",
            marker={"color": LIGHT[("ally", "deal", "other")[number % 3]]},
            error_x=_whisker(errors[name], size) if any(errors.get(name, ())) else None,
            text=[money(usd) for usd in values],
            textposition="outside",
            cliponaxis=False,
            textfont={"size": 12, "color": LIGHT["ink"]},
            customdata=[href] * len(names),
            hovertemplate="<b>%{y}</b><br>%{text}<extra>" + name + "</extra>",
        )
        for number, (name, values) in enumerate(series.items())
    ]
    made = figure(
        traces,
        (ROW - 6) * len(series) * len(names) + 110,
        barmode="group",
        bargap=0.28,
        showlegend=True,
        margin={"l": 8, "r": 130, "t": 36, "b": 40},
        xaxis=axis(unit, rangemode="tozero", nticks=5),
        yaxis=labels(),
    )
    made.update_layout(legend={"traceorder": "normal"})
    return made


def _whisker(errors: Sequence[float], size: float) -> dict[str, object]:
    return {"type": "data", "array": rounded([usd / size for usd in errors], 4), "color": LIGHT["ink"], "thickness": 1, "width": 3}
