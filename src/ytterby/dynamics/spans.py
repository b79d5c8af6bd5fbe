"""A run's weeks in spans: as long as the same levers hold in every draw, one pressure holds.

A shock lasts from its start to its end; where its duration is drawn (figure `weeks`), each draw has its own end: from the first week that
begins after it the shock does nothing in that draw. A release brings its tonnes over the longest duration, whatever is drawn.
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ytterby.core.grid import Floats, Ints
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.draws import Draws
from ytterby.dynamics.network import Network
from ytterby.dynamics.pressure import Pressure, pressure
from ytterby.dynamics.shocks import Calendar, Effect, effect_of

NOTHING = {"factor": 1.0, "share": 0.0, "cap": np.inf, "rate": 0.0}
"""The value of each figure of an effect that does nothing."""
Bools = npt.NDArray[np.bool_]


def effects_of(scenario: Scenario, drawn: Draws, net: Network, world: World, calendar: Calendar) -> list[Effect]:
    """Return what each shock does over a calendar, as long as it lasts in any draw."""
    pairs = zip(scenario.shocks, drawn.figures, strict=True)
    return [effect_of(lasting(shock), figures, net, world, calendar) for shock, figures in pairs]


def lasting(shock: Shock) -> Shock:
    """Return a shock with the last day that any draw gives it.

    >>> day = datetime.date(2025, 1, 1)
    >>> lasting(Shock("ban", "CHN", ("*",), (), day, figures={"weeks": (1.0, 1.0, 2.0)})).end
    datetime.date(2025, 1, 14)
    """
    if "weeks" not in shock.figures:
        return shock
    return replace(shock, end=last_day(shock.start, shock.figures["weeks"][2]))


def last_day(start: datetime.date, weeks: float) -> datetime.date:
    """Return the last day of a shock that lasts some weeks, at least its first.

    >>> last_day(datetime.date(2025, 1, 1), 1.0)
    datetime.date(2025, 1, 7)
    """
    return start + datetime.timedelta(max(1, round(7 * weeks)) - 1)


def spans_of(
    scenario: Scenario, drawn: Draws, effects: Sequence[Effect], net: Network, licensed: Ints, calendar: Calendar
) -> list[tuple[int, Pressure]]:
    """Return the spans of a run: how many weeks, and the levers that hold in them."""
    over = [_over(shock, figures, calendar) for shock, figures in zip(scenario.shocks, drawn.figures, strict=True)]
    keys = [
        [(effect.active[week], None if ended is None else ended[week].tobytes()) for effect, ended in zip(effects, over, strict=True)]
        for week in range(calendar.weeks)
    ]
    starts = [week for week in range(calendar.weeks) if week == 0 or keys[week] != keys[week - 1]]
    ends = [*starts[1:], calendar.weeks]
    found = []
    for start, end in zip(starts, ends, strict=True):
        live = [effect if ended is None else _without(effect, ended[start]) for effect, ended in zip(effects, over, strict=True)]
        found.append((end - start, pressure(live, net, licensed, start, calendar.draws)))
    return found


def _over(shock: Shock, figures: dict[str, Floats], calendar: Calendar) -> Bools | None:
    """Whether a shock of drawn duration is over when a week begins, shape (weeks, draws); None: it has no drawn duration."""
    low, _, high = shock.figures.get("weeks", (0.0, 0.0, 0.0))
    if low == high or shock.kind == "release":
        return None
    first = (shock.start - calendar.start).days / 7.0
    over: Bools = np.arange(calendar.weeks)[:, None] >= first + figures["weeks"][None, :]
    return over


def _without(effect: Effect, over: Bools) -> Effect:
    """An effect that does nothing in the draws in which it is over."""
    size = {name: np.where(over, NOTHING[name], value) if name in NOTHING else value for name, value in effect.size.items()}
    return replace(effect, size=size)
