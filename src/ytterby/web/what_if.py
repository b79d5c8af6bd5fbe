"""What if a control were harder, slower, or stocks larger: a scenario and a world with changed figures."""

from dataclasses import replace

import polars as pl

from ytterby.core.scenario import Range, Scenario, Shock
from ytterby.core.world import World

SHARES = ("share", "denied", "rate")
"""Figures of a shock that grow with its severity, each at most 1; severity itself may fall to -1."""


def changed(scenario: Scenario, severity: float = 1.0, delay_days: float | None = None) -> Scenario:
    """Return a scenario with harder or milder shocks. severity: factor of shares, refusals, rates and changes of capacity or demand
    (a quota is divided by it); delay_days: mean time to a licence, the range moved in proportion.

    >>> import datetime
    >>> day = datetime.date(2025, 4, 4)
    >>> shock = Shock("licence", "CHN", ("*",), ("dy_oxide",), day, figures={"share": (0.5, 0.7, 0.9), "delay_days": (45.0, 60.0, 90.0)})
    >>> harder = changed(Scenario("a", day, 1.0, (shock,)), severity=1.2, delay_days=120.0).shocks[0]
    >>> [round(value, 2) for value in harder.figures["share"]], harder.figures["delay_days"]
    ([0.6, 0.84, 1.0], (90.0, 120.0, 180.0))
    """
    return replace(scenario, shocks=tuple(_changed(shock, severity, delay_days) for shock in scenario.shocks))


def _changed(shock: Shock, severity: float, delay_days: float | None) -> Shock:
    figures = dict(shock.figures)
    for name, limits in shock.figures.items():
        if name in SHARES:
            figures[name] = _scaled(limits, severity, 0.0, 1.0)
        elif name == "severity":
            figures[name] = _scaled(limits, severity, -1.0, 10.0)
        elif name == "quota" and severity > 0:
            figures[name] = _scaled(limits, 1 / severity, 0.0, float("inf"))
        elif name == "delay_days" and delay_days is not None and limits[1] > 0:
            figures[name] = _scaled(limits, delay_days / limits[1], 0.0, 1000.0)
    return replace(shock, figures=figures)


def _scaled(limits: Range, factor: float, least: float, most: float) -> Range:
    low, mode, high = (min(most, max(least, value * factor)) for value in limits)
    return low, mode, high


def stocked(world: World, cover: float) -> World:
    """Return a world whose industry stocks last `cover` times as long; those of states stay as they are.

    >>> stocked(World({}), 2.0)["stocks"].height
    0
    """
    if cover == 1.0:
        return world
    larger = [
        pl.when(pl.col("holder") == "industry").then(pl.col(name) * cover).otherwise(pl.col(name)).alias(name)
        for name in ("days", "low", "high")
    ]
    return world.with_table("stocks", world["stocks"].with_columns(larger))


def usual_delay(scenario: Scenario) -> float | None:
    """Return the longest mean time to a licence of a scenario, days; None without one.

    >>> import datetime
    >>> usual_delay(Scenario("calm", datetime.date(2025, 1, 1), 1.0, ())) is None
    True
    """
    return max((shock.figure("delay_days") for shock in scenario.shocks if "delay_days" in shock.figures), default=None)
