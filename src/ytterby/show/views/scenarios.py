"""The scenarios' cards: weight, reason, shocks with their parameters and sources."""

from typing import Any

from ytterby.core.scenario import Shock
from ytterby.show.language import say
from ytterby.show.retelling import Retelling
from ytterby.show.table import Cell
from ytterby.show.views.view import View, scenario_anchor
from ytterby.show.words import day, heading, named, percent, significant, word


def cards(view: View) -> list[dict[str, Any]]:
    """Return each scenario for its card: name, weight, why, shocks with their parameters and sources."""
    again = Retelling(view.brief.world)
    return [
        {
            "anchor": scenario_anchor(scenario.name)[1:],
            "name": heading(named("scenario", scenario.name, scenario.name)),
            "weight": percent(scenario.weight),
            "weight_href": view.citations.anchor("ytterby_settings"),
            "why": again(scenario.why),
            "start": day(scenario.start),
            "shocks": [_shock(view, shock) for shock in scenario.shocks],
        }
        for scenario in view.brief.scenarios
    ]


def _shock(view: View, shock: Shock) -> dict[str, Any]:
    figures = []
    for name, (low, mode, high) in shock.figures.items():
        shown = percent if name in ("share", "denied", "severity", "rate") else significant
        words = shown(mode) if low == high else say("stress.figure_banded", mode=shown(mode), low=shown(low), high=shown(high))
        figures.append(Cell(say(f"figure.{name}", n=words), view.citations.anchor(shock.source), est=True, number=True))
    return {
        "kind": word("shock", shock.kind),
        "actor": view.names.actor(shock.actor),
        "targets": say("comma").join(view.names.actor(target) for target in shock.targets),
        "products": say("comma").join(view.names.product(product) for product in shock.products),
        "days": say("stress.from_to" if shock.end else "stress.open_ended", first=day(shock.start), last=day(shock.end)),
        "figures": figures,
        "event": shock.event,
        "sources": view.citations.cite(shock.source),
        "assumed": "assumed" in (shock.source or "assumed"),
    }
