"""The chain: flows by stage as a Sankey diagram, and who holds what share of each stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from ytterby.show.figures.base import axis, figure, labels, nothing, rounded
from ytterby.show.language import say
from ytterby.show.palette import LIGHT, see_through
from ytterby.show.words import percent, tonnes

PAD = 13
"""Pixels between the nodes of a column."""
HEIGHT = 480
"""Pixels of the Sankey diagram's columns."""


@dataclass(frozen=True)
class Node:
    """A country at a stage: label, number of its column, role (dominant, ally, other), t a year, share of the stage."""

    label: str
    column: int
    role: str
    t: float
    share: float


def sankey(nodes: Sequence[Node], links: Sequence[tuple[int, int, float]], columns: Sequence[str], unit: str) -> go.Figure:
    """Return flows (from, to, t a year) between nodes that stand in columns, one a stage."""
    if not links:
        return nothing(say("chain.flows_none"))
    places = {column: 0.02 + 0.96 * column / max(1, len(columns) - 1) for column in range(len(columns))}
    heights = _heights(nodes)
    trace = go.Sankey(
        arrangement="snap",
        textfont={"size": 13, "color": LIGHT["ink"], "shadow": "none"},
        node={
            "label": [f"{node.label} {percent(node.share)}" for node in nodes],
            "color": [LIGHT[node.role] for node in nodes],
            "x": [round(places[node.column], 3) for node in nodes],
            "y": heights,
            "pad": PAD,
            "thickness": 12,
            "line": {"width": 0},
            "customdata": [say("chain.node", stage=columns[node.column], mass=tonnes(node.t)) for node in nodes],
            "hovertemplate": "<b>%{label}</b><br>%{customdata}<extra></extra>",
        },
        link={
            "source": [source for source, _, _ in links],
            "target": [target for _, target, _ in links],
            "value": rounded(t for _, _, t in links),
            "color": [see_through(LIGHT[nodes[source].role], 0.33) for source, _, _ in links],
            "customdata": [
                say("chain.flow_of", one=nodes[s].label, other=nodes[t].label, mass=tonnes(value), unit=unit) for s, t, value in links
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    heads = [_head(name, column / max(1, len(columns) - 1)) for column, name in enumerate(columns)]
    return figure([trace], HEIGHT + 50, margin={"l": 4, "r": 4, "t": 34, "b": 16}, annotations=heads)


def _heights(nodes: Sequence[Node]) -> list[float]:
    """Middles of the nodes, stacked in each column in the order given, on the scale that Plotly draws them with.

    Left to itself, Plotly stacks a column by its links, and the actor that matters most wanders from stage to stage.
    """
    columns: dict[int, list[Node]] = {}
    for node in nodes:
        columns.setdefault(node.column, []).append(node)
    gap = PAD / HEIGHT
    scale = min(((1 - gap * (len(column) - 1)) / sum(node.t for node in column) for column in columns.values()), default=0.0)
    upto = dict.fromkeys(columns, 0.0)
    found = []
    for node in nodes:
        found.append(round(min(0.999, max(0.001, upto[node.column] + scale * node.t / 2)), 4))
        upto[node.column] += scale * node.t + gap
    return found


def _head(name: str, x: float) -> dict[str, Any]:
    side = "left" if x == 0 else "right" if x == 1 else "center"
    text = {"text": f"<b>{name}</b>", "x": x, "y": 1, "xref": "paper", "yref": "paper", "xanchor": side, "yanchor": "bottom"}
    return text | {"showarrow": False, "font": {"size": 13, "color": LIGHT["muted"]}}


@dataclass(frozen=True)
class Share:
    """Who makes a product: its label, shares of 1 by role, whether they rest on estimates, and the anchor of their source."""

    label: str
    dominant: float
    ally: float
    other: float
    est: bool
    href: str


def share_bars(shares: Sequence[Share], dominant: str, allies: str) -> go.Figure:
    """Return one bar a product: the dominant actor's share, the allies', all others'."""
    names = [share.label for share in shares]
    parts = (("dominant", dominant, "#ffffff"), ("ally", allies, "#ffffff"), ("other", say("chain.all_others"), LIGHT["ink"]))
    traces = []
    for role, name, ink in parts:
        values = [getattr(share, role) for share in shares]
        shown = [
            f"{percent(value)}{'†' if share.est else ''}" if value >= 0.07 else "" for value, share in zip(values, shares, strict=True)
        ]
        traces.append(
            go.Bar(
                name=name,
                y=names,
                x=rounded(100 * value for value in values),
                orientation="h",
                text=shown,
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"color": ink, "size": 12},
                marker={"color": LIGHT["other_soft"] if role == "other" else LIGHT[role]},
                customdata=[share.href for share in shares],
                hovertemplate=f"<b>%{{y}}</b><br>{name}: {say('chain.shares_hover', share='%{x:.3g}')}<extra></extra>",
            )
        )
    height = 30 * len(shares) + 96
    return figure(
        traces,
        height,
        barmode="stack",
        uniformtext={"minsize": 11, "mode": "hide"},
        bargap=0.28,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
        margin={"l": 8, "r": 28, "t": 36, "b": 44},
        xaxis=axis(say("chain.shares_axis"), range=[0, 100], dtick=25, ticksuffix=say("number.percent_axis")),
        yaxis=labels(),
    )
