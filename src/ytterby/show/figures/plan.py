"""The plan: the portfolio over the years, cost before and after, shortages by use, worth of partners, bottlenecks, indicators."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ytterby.show.figures.base import ROW, axis, ceiling, figure, labels, panels, place, rounded
from ytterby.show.language import say
from ytterby.show.palette import LIGHT
from ytterby.show.words import percent

SHORT = 6
"""Years that fit an axis one by one."""
KINDS = {"project": "ally", "stock": "good", "agreement": "deal"}


@dataclass(frozen=True)
class Choice:
    """A chosen option: its label, kind, first year with effect, what it gives in words, the anchor of its source."""

    label: str
    kind: str
    start: int
    gives: str
    href: str


def portfolio(choices: Sequence[Choice], years: Sequence[int]) -> go.Figure:
    """Return a bar an option, from its first year with effect to the end of the horizon."""
    first, last = years[0], years[-1] + 1
    traces = []
    for kind, role in KINDS.items():
        rows = [choice for choice in choices if choice.kind == kind]
        if not rows:
            continue
        starts = [min(max(row.start, first), last - 1) for row in rows]
        traces.append(
            go.Bar(
                name=say(f"option.{kind}s"),
                y=[row.label for row in rows],
                base=starts,
                x=[last - start for start in starts],
                orientation="h",
                marker={"color": LIGHT[f"{role}_soft"], "line": {"color": LIGHT[role], "width": 1}},
                text=[row.gives for row in rows],
                textposition="inside",
                insidetextanchor="start",
                textangle=0,
                constraintext="none",
                textfont={"color": LIGHT["ink"], "size": 12},
                customdata=[row.href for row in rows],
                hovertemplate=f"<b>%{{y}}</b><br>{say('plan.portfolio_hover', year='%{base}', gives='%{text}')}<extra></extra>",
            )
        )
    return figure(
        traces,
        (ROW + 3) * len(choices) + 90,
        barmode="overlay",
        bargap=0.22,
        showlegend=True,
        margin={"l": 8, "r": 12, "t": 36, "b": 30},
        xaxis=axis(range=[first, last], dtick=1 if len(years) <= SHORT else 2, tickformat="d"),
        yaxis=labels(categoryorder="array", categoryarray=[choice.label for choice in choices]),
    )


@dataclass(frozen=True)
class Change:
    """A value before and after, with bands as far as there are any; panel: the title it stands under."""

    panel: str
    label: str
    before: float | None
    after: float | None
    words: tuple[str, str]
    href: str
    band_before: tuple[float, float] | None = None
    band_after: tuple[float, float] | None = None

    def largest(self) -> float:
        """Return the largest value or end of a band; 0 if nothing is known."""
        known = [self.before, self.after, *(self.band_before or ()), *(self.band_after or ())]
        return max((value for value in known if value is not None), default=0.0)


def changes(
    rows: Sequence[Change], unit: str, ends: Sequence[float] | None = None, wide: int = 2, states: tuple[str, str] = ("", "")
) -> go.Figure:
    """Return dumbbells in panels: an open dot before, a full one after, a line between them, thin lines for the bands.

    ends: the end of each panel's axis; None: the next round percentage above all values.
    """
    states = states if any(states) else (say("chart.before"), say("chart.after"))
    titles = list(dict.fromkeys(row.panel for row in rows))
    per_panel = [[row for row in rows if row.panel == title] for title in titles]
    traces = []
    for number, group in enumerate(per_panel, 1):
        traces += _dumbbells(group, number, states)
    height = ROW * max(len(group) for group in per_panel) + 70
    made = panels(titles, traces, axis(unit, rangemode="tozero"), labels(), row=height, wide=wide, narrow=1)
    made.update_layout(
        showlegend=True, legend={"yref": "container", "y": 1, "yanchor": "top"}, margin={"t": 76}, height=made.layout.height + 46
    )
    for number in range(1, len(titles) + 1):
        name = f"xaxis{'' if number == 1 else number}"
        end = ends[number - 1] if ends else ceiling(max(row.largest() for row in rows))
        made.update_layout({name: {"range": [0, 1.04 * end]}})
    made.update_layout(grid={"xgap": 0.5 if wide > 1 else 0.1, "ygap": 0.42})
    return made


def _dumbbells(rows: Sequence[Change], number: int, states: tuple[str, str]) -> list[go.Scatter]:
    where, found = place(number), []
    names = [row.label for row in rows]
    xs: list[float | None] = []
    ys: list[str | None] = []
    for row in rows:
        if row.before is not None and row.after is not None:
            xs += [row.before, row.after, None]
            ys += [row.label, row.label, None]
    found.append(
        go.Scatter(x=xs, y=ys, mode="lines", line={"width": 2, "color": LIGHT["other"]}, hoverinfo="skip", showlegend=False, **where)
    )
    for place_of, (state, colour, symbol) in enumerate(((states[0], "dominant", "circle-open"), (states[1], "ally", "circle"))):
        values = [(row.before, row.after)[place_of] for row in rows]
        bands = [(row.band_before, row.band_after)[place_of] for row in rows]
        found.append(
            go.Scatter(
                x=rounded(values, 4),
                y=names,
                name=state,
                mode="markers",
                cliponaxis=False,
                marker={"size": 11, "color": LIGHT[colour], "symbol": symbol, "line": {"width": 2, "color": LIGHT[colour]}},
                error_x=_error(values, bands, LIGHT[colour]),
                customdata=[[row.href, row.words[place_of]] for row in rows],
                hovertemplate=f"<b>%{{y}}</b><br>{state}: %{{customdata[1]}}<extra></extra>",
                showlegend=number == 1,
                legendgroup=state,
                **where,
            )
        )
    return found


def _error(values: Sequence[float | None], bands: Sequence[tuple[float, float] | None], colour: str) -> dict[str, object]:
    over = [None if v is None or b is None else max(0.0, b[1] - v) for v, b in zip(values, bands, strict=True)]
    under = [None if v is None or b is None else max(0.0, v - b[0]) for v, b in zip(values, bands, strict=True)]
    shape = {"type": "data", "symmetric": False, "array": rounded(over, 4), "arrayminus": rounded(under, 4)}
    return shape | {"color": colour, "thickness": 1, "width": 0}


def bars(
    names: Sequence[str], values: Sequence[float], texts: Sequence[str], unit: str, hrefs: Sequence[str], colours: Sequence[str]
) -> go.Figure:
    """Return plain bars with their value in words at the end; colours: names of the palette."""
    trace = go.Bar(
        y=list(names),
        x=rounded(values, 4),
        orientation="h",
        marker={"color": [LIGHT[colour] for colour in colours]},
        text=list(texts),
        textposition="outside",
        cliponaxis=False,
        textfont={"size": 12, "color": LIGHT["ink"]},
        customdata=list(hrefs),
        hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>",
    )
    return figure(
        [trace],
        (ROW + 4) * len(names) + 64,
        bargap=0.3,
        margin={"l": 8, "r": 130, "t": 6, "b": 40},
        xaxis=axis(unit, rangemode="tozero", nticks=5),
        yaxis=labels(),
    )


def share_words(missing: float, wanted: float) -> str:
    """Return a shortage in words.

    >>> share_words(5.0, 100.0)
    '5 % missing'
    """
    return say("plan.service_missing", share=percent(missing / wanted)) if wanted > 0 else say("plan.nothing_wanted")
