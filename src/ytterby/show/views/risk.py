"""What is lost in the year from the day of the article, per draw: tonnes missing, their share of the need, their value."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np

from ytterby.core.grid import Floats
from ytterby.core.world import World
from ytterby.core.worth import Worth, worths
from ytterby.dynamics.outcome import YEAR, Outcome


@dataclass(frozen=True)
class Window:
    """The weeks of a run that count: first, and one after the last. They are fewer than a year where the run ends before."""

    first: int
    last: int


def window(outcome: Outcome, on: date) -> Window:
    """Return the 52 weeks from a day on, as far as the run has them; from the run's start if the day lies outside it.

    A run begins when its earliest measure did, often long before the article; what matters to its reader lies ahead.
    """
    week = (on - outcome.scenario.start).days // 7
    first = week if 0 <= week < outcome.weeks else 0
    return Window(first, min(outcome.weeks, first + YEAR))


@dataclass(frozen=True)
class Loss:
    """USD at risk: medians of defence and of the other uses; P5, P50, P95 of the whole; its median at the low and high value per tonne."""

    defence: float
    others: float
    low: float
    middle: float
    high: float
    cheap: float
    dear: float


def missing(outcome: Outcome, weeks: Window) -> Floats:
    """Return the tonnes missing in some weeks, shape (final slots, draws)."""
    part = slice(weeks.first, weeks.last)
    return np.asarray((outcome.wanted[part] - outcome.got[part]).sum(axis=0))


def shares(outcome: Outcome, weeks: Window) -> dict[tuple[str, str, str], float]:
    """Return by actor, product and use the share of some weeks' need that is missing: median tonnes missing / median tonnes wanted."""
    net, final = outcome.grid, outcome.grid.final()
    short = np.median(missing(outcome, weeks), axis=1)
    asked = np.median(outcome.wanted[weeks.first : weeks.last].sum(axis=0), axis=1)
    return {
        (net.actors[net.slot_actor[slot]], net.products[net.slot_product[slot]], net.uses[net.slot_use[slot]]): min(
            1.0, max(0.0, lost / need)
        )
        for slot, lost, need in zip(final, short.tolist(), asked.tolist(), strict=True)
        if need > 0
    }


def loss(outcome: Outcome, world: World, actors: Collection[str], weeks: Window) -> Loss:
    """Return what is at risk for some actors together in some weeks of a run.

    loss of a draw = sum over the actors' uses of tonnes missing x value per tonne (table values); the band is that of the draws; cheap and
    dear take the lower and upper value per tonne of every use at once. A use without a value counts nothing.
    """
    net, final = outcome.grid, outcome.grid.final()
    here = np.array([net.actors[number] in actors for number in net.slot_actor[final]])
    priority = dict(world["uses"].select("use", "priority").iter_rows())
    pairs = [(net.products[net.slot_product[slot]], net.uses[net.slot_use[slot]]) for slot in final]
    short = missing(outcome, weeks) * here[:, None]
    defence = np.array([priority[use] == "defence" for _, use in pairs])
    known = [worth or Worth(0.0, 0.0, 0.0, "") for worth in worths(world, pairs)]
    values = {name: np.array([getattr(worth, name) for worth in known]) for name in ("usd", "low", "high")}
    low, middle, high = _band(short, values["usd"])
    guarded = min(middle, _band(short[defence], values["usd"][defence])[1])
    cheap, dear = (_band(short, values[name])[1] for name in ("low", "high"))
    return Loss(guarded, middle - guarded, low, middle, high, cheap, dear)


def _band(short: Floats, value: Floats) -> tuple[float, float, float]:
    low, middle, high = (max(0.0, float(number)) for number in np.quantile(value @ short, (0.05, 0.5, 0.95)))
    return low, middle, high
