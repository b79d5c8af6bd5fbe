"""One plain sentence for each option: why it is in the plan, or why not, with the numbers that decide."""

import numpy as np

from ytterby.core.world import World
from ytterby.planning.options import Option
from ytterby.planning.solver import Floats
from ytterby.planning.value import CHOSEN, Found, least_gain

SCARCE = 1.0
"""A tonne worth less than this (USD) is not scarce."""


def money(usd: float) -> str:
    """Write an amount with two significant digits and its size in words.

    >>> money(1.23e9), money(456e6), money(7890.0)
    ('1.2 bn USD', '456 M USD', '8 k USD')
    """
    for size, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "M")):
        if abs(usd) >= size:
            return f"{usd / size:.0f} {name} USD" if abs(usd) >= 10 * size else f"{usd / size:.1f} {name} USD"
    return f"{usd / 1e3:.0f} k USD"


def tonnes(t: float) -> str:
    """Write a mass with at least two significant digits.

    >>> tonnes(10208.2), tonnes(0.4537)
    ('10,208 t', '0.45 t')
    """
    return f"{t:,.0f} t" if t >= 10 else f"{t:.2g} t"


def _ratio(value: float) -> str:
    return f"{value:,.1f}" if value < 10 else f"{value:,.0f}"


def _when(option: Option) -> str:
    """What is to be said of a vintage that is not the project's own time."""
    if option.months:
        return f"; opened {option.months:.0f} months sooner by faster permits"
    return f"; not begun before {int(option.begin)}" if option.option != option.key and option.kind == "project" else ""


class Reasons:
    """Sentences for the options of one solved plan; the duals are read once."""

    def __init__(self, world: World, found: Found) -> None:
        self.found = found
        self.name = dict(world["products"].select("product", "name").iter_rows())
        self.years = found.problem.case.years
        self.shadow = found.shadow

    def scarce(self, product: str) -> Floats:
        """Return what one more tonne of a product in the allies' hands saves in each year (USD/t)."""
        rows = [usd for key, usd in self.found.scarcity.items() if key[0] in ("pool", "ally") and key[1] == product]
        return np.max(rows, axis=0) if rows else np.zeros(len(self.years))

    def sentence(self, number: int, share: float) -> str:
        """Return the sentence of an option of the program that is taken in a share."""
        option = self.found.problem.options[number]
        text = self._chosen(option, share, number) if share > CHOSEN else self._left(option, number)
        if share > CHOSEN and option.support and option.usd > 0:
            text += f"; support: {option.support}"
        return f"{text}; {option.note}." if option.note and option.usd > 0 else f"{text}."

    def _chosen(self, option: Option, share: float, number: int) -> str:
        worth, usd, cost = float(self.found.worth[number]), share * option.usd, share * float(self.found.problem.cost[number])
        what = f"{tonnes(share * option.size)} of {self.name.get(option.product or '', 'output')}"
        if option.kind != "stock":
            what = what.replace(" t of", f" t a year from {int(np.ceil(option.opening))} of", 1)
        if option.given and worth <= SCARCE:
            return f"Runs already: {what}, but under these scenarios nothing would change without it"
        part = f"{share:.0%}" if share >= 0.01 else f"{share:.1%}"
        whole = share > 1 - CHOSEN or option.kind == "stock" or option.estimated
        head = "Runs already" if option.given else "Chosen" if whole else f"Chosen for a stake of {part}"
        times = f", {_ratio(worth / usd)} times its cost" if usd > 0 else ""
        tip = "; the worst cases tip the balance" if 0 < worth < cost else ""
        flips = f"; it pays up to a cost of {money(float(self.found.gain[number]) * usd / cost)}" if cost > 0 else ""
        return f"{head}: {what}{_when(option)}; without it alone shortages would cost {money(worth)} more{times}{tip}{flips}"

    def _left(self, option: Option, number: int) -> str:
        gain, cost = float(self.found.gain[number]), float(self.found.problem.cost[number])
        if not gain > least_gain(option.usd):
            return self._idle(option)
        saves = f"added to this plan it would save {money(gain)} (worst cases weighed in)"
        # Its cost may be so many times as high as it is for the gain to outweigh it, and what the budget it takes would do elsewhere.
        times = gain / max(cost + self.shadow * option.usd, 1.0)
        if gain < cost or self.shadow <= 0:
            return f"Left: {saves} for {money(option.usd)}; it would pay at a cost below {money(times * option.usd)}"
        return f"Left for lack of budget: {saves} for {money(option.usd)}; it would enter at a cost below {money(times * option.usd)}"

    def _idle(self, option: Option) -> str:
        """Why one more tonne of its product saves nothing: too late, not scarce, or its feed is what is scarce."""
        after = [number for number, year in enumerate(self.years) if option.ready(year) > 0]
        for product, _ in option.outputs:
            if self.scarce(product)[after].max(initial=0.0) > SCARCE:
                feeds = [
                    feed
                    for feed, _ in self.found.problem.case.recipes.get(product, ())
                    if self.scarce(feed)[after].max(initial=0.0) > SCARCE
                ]
                if feeds and product not in option.fed:
                    return f"Left: it lacks feed, {self.name[feeds[0]]} is as scarce as what it would make"
        product = self.name.get(option.product or "", "its product")
        if self.scarce(option.product or "").max(initial=0.0) > SCARCE:
            return f"Left: {product} is no longer scarce when it opens in {int(np.ceil(option.opening))}"
        return f"Left: one more tonne of {product} would save nothing; it is not the scarce link under these scenarios"
