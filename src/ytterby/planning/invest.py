"""Whether a project pays: its net present value over price courses, as an investor sees it.

    NPV(f) = -capital + (1 + h)^-wait [A(h, life) (f sales - opex) + A(h, years) main max(0, floor - f)]

f is the price as a multiple of the latest one, lognormal with mean 1 and the same for all that the project sells and buys; A(h, n) is the
annuity factor at the hurdle rate h. The investor judges by the mean NPV of the worst price courses (a share 1 - tail of them): a lender
counts the bad years. All figures are of the project taken whole, in USD.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import polars as pl

from ytterby.core.world import World
from ytterby.planning.options import Option, setting
from ytterby.planning.recourse import tail_mean
from ytterby.planning.solver import Floats

COURSES = 99
"""Price courses, at the middles of as many equal parts of the probability."""
ENOUGH = 4
"""Yearly prices from which their own spread is taken."""

Recipes = Mapping[str, Sequence[tuple[str, float]]]


def annuity(rate: float, years: float) -> float:
    """Return what a dollar a year is worth: (1 - (1 + rate)^-years) / rate.

    >>> round(annuity(0.08, 20.0), 3), annuity(0.0, 20.0)
    (9.818, 20.0)
    """
    return (1 - (1 + rate) ** -years) / rate if rate else years


def courses(spread: float) -> Floats:
    """Return prices as multiples of the latest one, all equally likely, with mean 1.

    >>> [round(float(one), 2) for one in (courses(0.3).min(), courses(0.3).mean(), courses(0.3).max())]
    [0.44, 1.0, 2.07]
    """
    normal = NormalDist()
    factor = np.exp(spread * np.array([normal.inv_cdf((number + 0.5) / COURSES) for number in range(COURSES)]))
    return np.asarray(factor / factor.mean())


@dataclass(frozen=True)
class Business:
    """A project as an investment: capital (USD); sales less bought feed, of which main product, opex (USD a year at the latest prices);
    spread of the log price; wait from the begin to first output, life (years); hurdle rate, tail."""

    capital: float
    sales: float
    main: float
    opex: float
    spread: float
    wait: float
    life: float
    hurdle: float
    tail: float

    def value(self, floor: float = 0.0, years: float = 0.0) -> float:
        """Return the mean NPV of the worst price courses, with a price floor for the main product (multiple of its price) for some years.

        >>> plant = Business(90.0, 20.0, 50.0, 5.0, 0.0, 0.0, 20.0, 0.08, 0.5)
        >>> round(plant.value(), 2), round(plant.value(1.2, 10.0), 2)
        (57.27, 124.37)
        """
        factor = courses(self.spread)
        margin = annuity(self.hurdle, self.life) * (factor * self.sales - self.opex)
        paid = annuity(self.hurdle, min(years, self.life)) * self.main * np.maximum(0.0, floor - factor)
        worth = (1 + self.hurdle) ** -self.wait * (margin + paid) - self.capital
        return -tail_mean(np.full(COURSES, 1 / COURSES), -worth, self.tail)

    def payment(self, floor: float) -> float:
        """Return what a floor pays in a year at full output, on average over the price courses (USD): main E[max(0, floor - f)]."""
        return float(self.main * np.maximum(0.0, floor - courses(self.spread)).mean())


def price(world: World, product: str) -> float | None:
    """Return the latest price of a product (USD/t), outside a control if there is one; None where no table has it."""
    rows = world["prices"].filter(pl.col("product") == product).sort(pl.col("bloc") == "world", "date")
    return float(rows["usd_per_t"][-1]) if rows.height else None


def spread(world: World, product: str) -> float:
    """Return the spread of a product's log price over the years of the table, or the parameter's where they are few."""
    rows = world["prices"].filter((pl.col("product") == product) & (pl.col("bloc") == "world")).sort("date").tail(10)
    return float(np.log(rows["usd_per_t"]).std()) if rows.height >= ENOUGH else setting(world, "price_spread")


def business(world: World, option: Option, recipes: Recipes) -> tuple[Business | None, str]:
    """Return a project as an investment, or None and which figure is missing.

    What the project makes and uses itself is neither sold nor bought; the feed that it brings from its own mine costs what mining costs.
    """
    opex = dict(world["processes"].unique("product", keep="first", maintain_order=True).select("product", "opex").iter_rows())
    made = dict(option.outputs)
    used: dict[str, float] = {}
    cost = 0.0
    for product, t in made.items():
        for feed, ratio in recipes.get(product, ()):
            if product not in option.fed:
                used[feed] = used.get(feed, 0.0) + ratio * t
            elif feed not in made:
                cost += ratio * t * (opex.get(feed) or 0.0)
    sold = {product: max(0.0, t - used.get(product, 0.0)) for product, t in made.items()}
    bought = {feed: max(0.0, t - made.get(feed, 0.0)) for feed, t in used.items()}
    prices = {product: price(world, product) for product in (*sold, *bought)}
    needed = [product for product in prices if sold.get(product, 0.0) + bought.get(product, 0.0) > 0]
    missing = next((f"a price of {product}" for product in needed if prices[product] is None), "")
    missing = missing or next((f"an operating cost of {product}" for product in made if opex.get(product) is None), "")
    if missing:
        return None, missing
    worth = {product: usd or 0.0 for product, usd in prices.items()}
    main = option.product if option.product in sold and sold[option.product] > 0 else max(sold, key=lambda one: sold[one] * worth[one])
    return (
        Business(
            capital=option.capital,
            sales=sum(t * worth[product] for product, t in sold.items()) - sum(t * worth[feed] for feed, t in bought.items()),
            main=sold[main] * worth[main],
            opex=cost + sum(t * (opex[product] or 0.0) for product, t in made.items()),
            spread=spread(world, main),
            wait=max(0.0, option.opening - option.begin),
            life=setting(world, "project_life"),
            hurdle=setting(world, "hurdle_rate"),
            tail=setting(world, "investor_tail"),
        ),
        "",
    )
