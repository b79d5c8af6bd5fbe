"""The scenarios' cards: weight, reason, shocks with their parameters and sources."""

from typing import Any

from ytterby.core.scenario import Shock
from ytterby.show.table import Cell
from ytterby.show.views.view import View, scenario_anchor
from ytterby.show.words import day, percent, significant

UNITS = {
    "share": "of the trade",
    "delay_days": "days of delay",
    "denied": "refused",
    "quota": "t a year",
    "rate": "rate",
    "severity": "change",
    "t": "t",
    "weeks": "weeks long",
}
"""What a figure of a shock counts."""


def cards(view: View) -> list[dict[str, Any]]:
    """Return each scenario for its card: name, weight, why, shocks with their parameters and sources."""
    return [
        {
            "anchor": scenario_anchor(scenario.name)[1:],
            "name": scenario.name.capitalize(),
            "weight": percent(scenario.weight),
            "weight_href": view.citations.anchor("ytterby_settings"),
            "why": scenario.why,
            "start": day(scenario.start),
            "shocks": [_shock(view, shock) for shock in scenario.shocks],
        }
        for scenario in view.brief.scenarios
    ]


def _shock(view: View, shock: Shock) -> dict[str, Any]:
    figures = []
    for name, (low, mode, high) in shock.figures.items():
        shown = percent if name in ("share", "denied", "severity", "rate") else significant
        words = shown(mode) if low == high else f"{shown(mode)} ({shown(low)} to {shown(high)})"
        figures.append(Cell(f"{words} {UNITS.get(name, name)}", view.citations.anchor(shock.source), est=True, number=True))
    return {
        "kind": shock.kind.capitalize(),
        "actor": view.names.actor(shock.actor),
        "targets": ", ".join(view.names.actor(target) for target in shock.targets),
        "products": ", ".join(view.names.product(product) for product in shock.products),
        "days": f"from {day(shock.start)}" + (f" to {day(shock.end)}" if shock.end else ", open-ended"),
        "figures": figures,
        "event": shock.event,
        "sources": view.citations.cite(shock.source),
        "assumed": "assumed" in (shock.source or "assumed"),
    }
