"""Each project with the cheapest support that makes it pay: what the plan commits, by instrument and year.

The plan raises a project's public part of the capital, by whichever instruments cost the public least while the investor's condition holds
(instruments.py, invest.py), and pays a price floor after the opening where one is cheaper than more relief. A project whose condition
cannot be worked out for want of a price or cost is taken to pay, and says so.
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from ytterby.core.world import World
from ytterby.planning.instruments import Floor, Means, Mix, cheapest, means, price_floor
from ytterby.planning.invest import Recipes, business
from ytterby.planning.options import Option, Outlay, setting, spread


def financed(world: World, options: Sequence[Option], recipes: Recipes, on: datetime.date) -> list[Option]:
    """Return the options with the support of each project: outlays that add up to usd; one that no mix makes pay is none, and says so.

    on: day of the decision. A project whose price floor is signed by then pays by it, and costs the plan no other.
    """
    with_, floor = means(world), price_floor(world)
    signed = set(world["agreements"].filter((pl.col("instrument") == "price_floor") & (pl.col("date") <= on))["project"].drop_nulls())
    return [
        _financed(world, option, recipes, with_, floor, option.option in signed)
        if option.kind == "project" and option.usd > 0 and not option.left and not option.outlays
        else option
        for option in options
    ]


def _financed(world: World, option: Option, recipes: Recipes, with_: Sequence[Means], floor: Floor | None, signed: bool) -> Option:
    project, missing = business(world, option, recipes) if not signed else (None, "")
    mix = cheapest(project, option.usd, option.capital, with_, floor, setting(world, "discount_rate"), setting(world, "debt_most"))
    if mix is None:
        return replace(option, left="no mix of instruments within their terms makes it pay, nor the highest price floor")
    outlays = (*_capital(option, mix, with_), *_floor(option, mix, floor))
    unknown = f"whether it pays cannot be told without {missing}" if missing else ""
    note = "; ".join(part for part in (option.note, unknown) if part)
    return replace(option, outlays=outlays, usd=sum(outlay.usd for outlay in outlays), support=_words(mix), note=note)


def _capital(option: Option, mix: Mix, with_: Sequence[Means]) -> list[Outlay]:
    """Capital falls due evenly from the begin to the opening."""
    known = {one.name: one for one in with_}
    return [
        Outlay(year, usd, name, known[name].cost * usd, known[name].basis)
        for name, whole in mix.parts.items()
        for year, usd in spread(whole, option.begin, option.opening)
    ]


def _floor(option: Option, mix: Mix, floor: Floor | None) -> list[Outlay]:
    """What the floor is expected to pay from the opening on, as output ramps up."""
    if floor is None or mix.payment <= 0:
        return []
    first = int(option.opening)
    due = [(year, mix.payment * option.ready(year)) for year in range(first, first + int(floor.years) + 1)]
    left, found = mix.payment * floor.years, list[Outlay]()
    for year, usd in due:
        usd = min(usd, left)
        left -= usd
        if usd > 0:
            found.append(Outlay(year, usd, "price_floor", floor.cost * usd, floor.basis))
    return found


def _words(mix: Mix) -> str:
    total = sum(mix.parts.values())
    parts = [f"{name.replace('_', ' ')} {usd / total:.0%}" for name, usd in sorted(mix.parts.items(), key=lambda part: -part[1])]
    return ", ".join(parts) + (f", and a price floor at {mix.floor:.2f} times the latest price" if mix.floor else "")
