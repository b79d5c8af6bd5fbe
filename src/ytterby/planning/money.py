"""Money: what the plan may spend by year and by government, and the rows that hold it there.

    total        sum over options, years of outlay y              <= budget
    a year       sum over options of outlay in t                  <= B_t        (with carry-over: all up to t <= sum of B up to t)
    government   sum over options, years of outlay x_g            <= B_g        sum over g of x_gk = y_k
    both         sum over options of outlay in t x_g              <= B_gt       (carry-over alike)

x_gk is the part of option k that government g pays: without a budget by government there is no need of it, and the split follows a rule
(cash.py). Outlays are money committed at face value, loans and guarantees alike, in the year in which it falls due. The objective counts
what of it the public loses (public cost, instruments.py), discounted to the first year.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from ytterby.errors import InputError
from ytterby.planning.assembly import MILLION
from ytterby.planning.options import Option
from ytterby.planning.recourse import FirstStage
from ytterby.planning.solver import INFINITY, Floats

ONCE = " taken once"
"""End of the names of rows that hold a project to no more than one whole."""


@dataclass(frozen=True)
class Budgets:
    """What may be spent (USD): total; years: by calendar year; governments: by ally; both: by (ally, year). carry: what a year leaves may
    be spent later. A year or ally without a figure is bound by the others alone."""

    total: float
    years: Mapping[int, float] = field(default_factory=dict)
    governments: Mapping[str, float] = field(default_factory=dict)
    both: Mapping[tuple[str, int], float] = field(default_factory=dict)
    carry: bool = True

    @property
    def split(self) -> bool:
        """Say whether it matters which government pays."""
        return bool(self.governments or self.both)


def check(budgets: Budgets, allies: Collection[str], years: Sequence[int]) -> Budgets:
    """Return the budgets if they can be meant; an InputError names the first that cannot.

    >>> check(Budgets(1e9, {2026: -1.0}), ["JPN"], [2026])
    Traceback (most recent call last):
    ytterby.errors.InputError: a budget of -1 USD for 2026; --budgets; give 0 or more
    """
    named = [("", budgets.total), *((f" for {year}", usd) for year, usd in budgets.years.items())]
    named += [(f" for {name}", usd) for name, usd in budgets.governments.items()]
    named += [(f" for {name} in {year}", usd) for (name, year), usd in budgets.both.items()]
    for where, usd in named:
        if not usd >= 0 or (math.isinf(usd) and not where):
            raise InputError(f"a budget of {usd:,.0f} USD{where}", "--budgets" if where else "--budget", "give 0 or more")
    for year in sorted({*budgets.years, *(year for _, year in budgets.both)}):
        if year not in years:
            raise InputError(f"a budget for {year}, a year that the plan does not have", "--budgets", f"give {years[0]} to {years[-1]}")
    for name in sorted({*budgets.governments, *(name for name, _ in budgets.both)}):
        if name not in allies:
            raise InputError(f"a budget for {name}, who is no ally of this plan", "--budgets", f"give {', '.join(sorted(allies))}")
    return budgets


def parse(text: str, total: float, carry: bool = True) -> Budgets:
    """Return budgets from words such as '2026=1e9,JPN=2e9,USA:2027=5e8'.

    >>> made = parse("2026=1e9,USA:2027=5e8", 5e9)
    >>> made.years, made.both
    ({2026: 1000000000.0}, {('USA', 2027): 500000000.0})
    """
    years, governments, both = dict[int, float](), dict[str, float](), dict[tuple[str, int], float]()
    for word in filter(None, (word.strip() for word in text.split(","))):
        key, _, amount = word.partition("=")
        name, _, year = key.strip().rpartition(":")
        try:
            usd = float(amount)
            if name:
                both[name.strip(), int(year)] = usd
            elif year.isdigit():
                years[int(year)] = usd
            else:
                governments[year] = usd
        except ValueError:
            raise InputError(f"cannot read '{word}'", "--budgets", "write 2026=1e9, JPN=2e9 or USA:2027=5e8, by commas") from None
    return Budgets(total, years, governments, both, carry)


class _Rows:
    """Rows of the first stage with their limits and names."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[Floats] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.names: list[str] = []

    def add(self, name: str, at: int, values: Floats, high: float, low: float = -INFINITY) -> None:
        row = np.zeros(self.width)
        row[at : at + len(values)] = values
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)
        self.names.append(name)


def payers(options: Sequence[Option], allies: Collection[str]) -> list[tuple[int, str]]:
    """Return who may pay for what: (number of the option, ally). A stock is paid by the ally that holds it; else any ally may co-invest."""
    who = sorted(allies)
    return [
        (number, name)
        for number, option in enumerate(options)
        if option.usd > 0
        for name in (who if option.kind != "stock" or option.actor not in allies else [option.actor])
    ]


def first_stage(
    options: Sequence[Option],
    players: int,
    budgets: Budgets,
    years: Sequence[int],
    discount: Floats,
    allies: Collection[str],
    must: Collection[str] = (),
) -> FirstStage:
    """Return the first stage: z holds options, players, then the payers' parts; row 0 is the total budget (million USD).

    must: names of options to be taken whole; of a project with vintages, in some year.
    """
    paid = np.array([option.paid(years) for option in options], dtype=float).reshape(len(options), len(years)) / MILLION
    lost = np.array([option.paid(years, cost=True) for option in options], dtype=float).reshape(paid.shape) / MILLION
    pays = payers(options, allies) if budgets.split else []
    count, base = len(options), len(options) + players
    made = _Rows(base + len(pays))
    made.add("the budget in all", 0, paid.sum(axis=1), budgets.total / MILLION)
    for name in sorted({option.group for option in options if option.group} | set(must)):
        own = np.array([float(option.key == name) for option in options])
        made.add(f"'{name}'{ONCE}", 0, own, 1.0, 1.0 if name in must else -INFINITY)
    place = {year: number for number, year in enumerate(years)}
    for when, limit, of in _yearly(budgets.years, place, budgets.carry):
        made.add(f"the budget {when}", 0, paid[:, of].sum(axis=1), limit / MILLION)
    for name in sorted({*budgets.governments, *(who for who, _ in budgets.both)}):
        theirs = np.array([paid[number] * (who == name) for number, who in pays]).reshape(len(pays), len(years))
        if name in budgets.governments:
            made.add(f"the budget of {name}", base, theirs.sum(axis=1), budgets.governments[name] / MILLION)
        yearly = {year: usd for (who, year), usd in budgets.both.items() if who == name}
        for when, limit, of in _yearly(yearly, place, budgets.carry):
            made.add(f"the budget of {name} {when}", base, theirs[:, of].sum(axis=1), limit / MILLION)
    for number in sorted({number for number, _ in pays}):
        row = np.concatenate([-np.eye(count)[number], np.zeros(players), [float(of == number) for of, _ in pays]])
        made.add(f"'{options[number].option}' paid in full", 0, row, 0.0, 0.0)
    kinds = np.array([*(option.kind == "project" for option in options), *np.zeros(made.width - count, dtype=bool)], dtype=bool)
    return FirstStage(
        cost=np.concatenate([lost @ discount, np.zeros(made.width - count)]),
        low=np.array([*(float(option.given) for option in options), *np.ones(players), *np.zeros(len(pays))]),
        high=np.ones(made.width),
        rows=sparse.csr_array(np.array(made.rows)),
        row_low=np.array(made.low),
        row_high=np.array(made.high),
        whole=kinds,
        names=tuple(made.names),
    )


def unasked(first: FirstStage) -> FirstStage:
    """Return a first stage in which nothing must be taken: what a club does not host cannot be asked of it."""
    asked = np.array([name.endswith(ONCE) for name in first.names] or np.zeros(len(first.row_low)), dtype=bool)
    return replace(first, row_low=np.where(asked, -INFINITY, first.row_low))


def _yearly(limits: Mapping[int, float], place: Mapping[int, int], carry: bool) -> list[tuple[str, float, list[int]]]:
    """Limits with the numbers of the years that they hold: each year's own, or with carry-over all named years up to it.

    >>> _yearly({2026: 5.0, 2028: 1.0}, {2026: 0, 2027: 1, 2028: 2}, True)
    [('up to 2026', 5.0, [0]), ('up to 2028', 6.0, [0, 2])]
    """
    named = sorted(limits)
    if not carry:
        return [(f"for {year}", limits[year], [place[year]]) for year in named]
    upto = [named[: number + 1] for number in range(len(named))]
    return [(f"up to {years[-1]}", sum(limits[one] for one in years), [place[one] for one in years]) for years in upto]
