"""The map: who makes a product, and its largest flows between countries, on our own outlines (no request leaves the page)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from ytterby.show.figures.base import figure
from ytterby.show.geo import outlines
from ytterby.show.language import say
from ytterby.show.palette import LIGHT, see_through
from ytterby.show.words import percent, tonnes


@dataclass(frozen=True)
class Place:
    """An actor on the map: code, name, position, role, output (t a year), share of the world's."""

    code: str
    name: str
    lat: float
    lon: float
    role: str
    t: float
    share: float


def world_map(places: Mapping[str, Place], flows: Sequence[tuple[str, str, float]], tinted: Mapping[str, str], source: str) -> go.Figure:
    """Return the map of one product.

    places: makers and buyers by code; flows: (exporter, importer, t a year), largest first; tinted: role of each country to tint;
    source: the anchor that a click leads to.
    """
    traces = [_land(tinted), *_lines(places, flows), _makers(places, source)]
    geo = {
        "visible": False,
        "bgcolor": "rgba(0,0,0,0)",
        # The Pacific in the middle: the busiest lines cross it, and no line is cut.
        "projection": {"type": "natural earth", "rotation": {"lon": 150}},
        "lataxis": {"range": [-50, 78]},
    }
    return figure(traces, 460, margin={"l": 0, "r": 0, "t": 0, "b": 0}, geo=geo)


def _land(tinted: Mapping[str, str]) -> go.Choropleth:
    world = outlines()
    codes = [feature["id"] for feature in world["features"]]
    level = {"ally": 1, "dominant": 2}
    steps = (LIGHT["land"], LIGHT["ally_soft"], LIGHT["dominant_soft"])
    scale = [[edge / 3, colour] for number, colour in enumerate(steps) for edge in (number, number + 1)]
    return go.Choropleth(
        geojson=world,
        locations=codes,
        z=[level.get(tinted.get(code, ""), 0) for code in codes],
        zmin=-0.5,
        zmax=2.5,
        colorscale=scale,
        showscale=False,
        marker={"line": {"color": LIGHT["ground"], "width": 0.5}},
        hoverinfo="skip",
    )


def _lines(places: Mapping[str, Place], flows: Sequence[tuple[str, str, float]]) -> list[Any]:
    """One trace a flow: only so can each have its own width."""
    top = max((t for _, _, t in flows), default=1.0)
    found = []
    for exporter, importer, t in flows:
        one, other = places[exporter], places[importer]
        words = say("chain.flow", one=one.name, other=other.name, mass=tonnes(t))
        found.append(
            go.Scattergeo(
                lat=[one.lat, other.lat],
                lon=[one.lon, other.lon],
                mode="lines",
                line={"width": round(1 + 7 * (t / top) ** 0.5, 1), "color": see_through(LIGHT[one.role], 0.55)},
                text=[words, words],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    return found


def _makers(places: Mapping[str, Place], source: str) -> go.Scattergeo:
    makers = [place for place in places.values() if place.t > 0]
    return go.Scattergeo(
        lat=[place.lat for place in makers],
        lon=[place.lon for place in makers],
        mode="markers+text",
        text=[place.name if place.share >= 0.03 or place.role == "ally" else "" for place in makers],
        textposition="top center",
        textfont={"size": 12, "color": LIGHT["ink"]},
        marker={
            "size": [round(7 + 48 * place.share**0.5, 1) for place in makers],
            "color": [LIGHT[place.role] for place in makers],
            "opacity": 0.85,
            "line": {"color": LIGHT["ground"], "width": 1},
        },
        customdata=[source for _ in makers],
        hovertext=[
            f"<b>{place.name}</b><br>{say('chain.map_hover', mass=tonnes(place.t), share=percent(place.share))}" for place in makers
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
