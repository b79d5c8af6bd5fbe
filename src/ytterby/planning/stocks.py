"""Stocks as options: what to buy and when, and the consent of an ally to lend what it holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from ytterby.core.grid import Floats
from ytterby.core.world import World
from ytterby.planning.options import Option, Outlay, setting


def stocks(world: World, needs: Sequence[tuple[str, str, float]], years: Sequence[int], onsets: Sequence[int] = ()) -> list[Option]:
    """Return a stock of each product that an ally needs: (product, ally, t a year) of the base year, up to some days of that need.

    It is bought in the first year, or in a later one in which some shortage begins (onsets), at the latest price of table `prices`, and
    held at a cost each year from then on. Without a price there is no option.
    """
    holding = setting(world, "stock_holding_cost")
    stage = dict(world["products"].select("product", "stage").iter_rows())
    name = dict(world["products"].select("product", "name").iter_rows())
    found = []
    for product, ally, need in needs:
        price = world["prices"].filter(pl.col("product") == product).sort(pl.col("bloc") == "world", "date")
        days = setting(world, "stock_days_max_magnet" if stage[product] == "magnet" else "stock_days_max")
        size = need * days / 365
        if price.is_empty() or size <= 0:
            continue
        bought = size * float(price["usd_per_t"][-1])
        outlays = _stockpiled((year, bought * (holding + float(year == years[0]))) for year in years)
        first = Option(
            option=f"stock:{product}:{ally}",
            kind="stock",
            name=f"Stock of {name[product]} in {ally}",
            actor=ally,
            product=product,
            size=size,
            usd=sum(outlay.usd for outlay in outlays),
            outputs=((product, size),),
            source=price["source"][-1],
            opening=float(years[0]),
            outlays=outlays,
            price=price["usd_per_t"][-1],
        )
        dates = [year for year in onsets if year > years[0]]
        found.append(replace(first, group=first.option) if dates else first)
        found += [_bought(first, year) for year in dates]
    return found


def _stockpiled(due: Iterable[tuple[int, float]]) -> tuple[Outlay, ...]:
    """Outlays for a stock: nothing of it is counted as coming back."""
    return tuple(Outlay(year, usd, "stockpile", usd) for year, usd in sorted(due) if usd > 0)


def _bought(first: Option, year: int) -> Option:
    """The same stock bought in a later year: until then nothing is paid and nothing is there."""
    held = {outlay.year: outlay.usd for outlay in first.outlays[1:] if outlay.year >= year}
    outlays = _stockpiled((held | {year: held.get(year, 0.0) + first.size * first.price}).items())
    return replace(
        first,
        option=f"{first.option}@{year}",
        name=f"{first.name}, bought in {year}",
        group=first.option,
        opening=float(year),
        usd=sum(outlay.usd for outlay in outlays),
        outlays=outlays,
    )


def onsets(share: Floats, years: Sequence[int]) -> list[int]:
    """Return the years after the first in which a way that was open is narrowed for the first time: share (scenarios, years, groups).

    >>> onsets(np.array([[[1.0], [0.5]], [[0.5], [0.5]]]), [2026, 2027])
    [2027]
    """
    short = share < 1 - 1e-12
    first = np.where(short.any(axis=1), short.argmax(axis=1), 0)
    return [years[number] for number in np.unique(first) if number > 0]


def consents(
    world: World,
    allies: Sequence[str],
    bought: Sequence[Option],
    held: Sequence[Mapping[tuple[str, str], float]],
    years: Sequence[int],
) -> list[Option]:
    """Return for each of several allies its consent to lend its stocks to the others: a share of what it holds and may buy, for nothing.

    held: t in stock by (product, ally) of each scenario. The share is the setting `stock_sharing`; at 0 nobody offers anything.
    """
    share, found = setting(world, "stock_sharing"), []
    name = dict(world["actors"].select("actor", "name").iter_rows())
    for ally in sorted(allies) if share > 0 and len(allies) > 1 else ():
        sizes: dict[str, float] = {}
        for product, actor in {key for one in held for key in one if key[1] == ally}:
            sizes[product] = max(one.get((product, actor), 0.0) for one in held)
        for option in bought:
            if option.actor == ally and option.option == option.key:
                sizes[option.outputs[0][0]] = sizes.get(option.outputs[0][0], 0.0) + option.size
        outputs = tuple((product, share * t) for product, t in sorted(sizes.items()) if t > 0)
        found.append(
            Option(
                option=f"pool:{ally}",
                kind="agreement",
                name=f"{name[ally]} lends its stocks to the allies",
                actor=ally,
                product=None,
                size=sum(t for _, t in outputs),
                usd=0.0,
                outputs=outputs,
                source="ytterby_settings",
                opening=float(years[0]),
                lends=True,
            )
        )
    return [option for option in found if option.outputs]
