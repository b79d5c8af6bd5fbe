"""What each instrument of the framework did in a plan: the plan solved again without what it brought about, the rest as it is.

worth = expected shortage cost without it - expected shortage cost of the plan; missing likewise in tonnes of all valued uses and years. A
project whose support holds several instruments falls if one of them does, so that worths do not add up. Of blocks with many states every
tenth is measured, as for the worth of options.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from ytterby.core import schema
from ytterby.core.world import World
from ytterby.planning.assembly import MILLION
from ytterby.planning.cash import cash
from ytterby.planning.instruments import terms
from ytterby.planning.lshaped import MANY, STEP, LShaped
from ytterby.planning.options import Option
from ytterby.planning.problem import Problem, build
from ytterby.planning.solver import Floats, Ints, Solution
from ytterby.planning.tables import taken
from ytterby.planning.value import Found

Losses = tuple[float, float]
"""Expected shortage cost (USD, discounted) and tonnes missing over all years."""


@dataclass(frozen=True)
class Deed:
    """What an instrument did: how many options it had a part in, and what would be lost without it; None: nothing that can be measured."""

    options: int
    lost: Losses | None
    why: str


def deeds(world: World, found: Found, left: Sequence[Option]) -> pl.DataFrame:
    """Return table `deeds`: a row for each instrument of table `instruments`, with money, worth and tonnes."""
    paid = cash(found).group_by("instrument").agg(pl.col("usd", "cost").sum())
    money = {name: (usd, cost) for name, usd, cost in paid.iter_rows()}
    judge, rows = _Judge(world, found), []
    for name, title in world["instruments"].select("instrument", "name").iter_rows():
        deed = _deed(name, judge, left)
        usd, cost = money.get(name, (0.0, 0.0))
        worth, t = deed.lost if deed.lost is not None else (None, None)
        rows.append((name, title, deed.options, usd, cost, worth, t, deed.why))
    columns = [column.name for column in schema.columns("deeds")]
    frame = pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None) if rows else pl.DataFrame(schema=columns)
    return schema.cast("deeds", frame.cast(pl.String()) if not rows else frame)


def _deed(name: str, judge: "_Judge", left: Sequence[Option]) -> Deed:
    special: dict[str, Callable[[], Deed]] = {
        "permitting": judge.permits,
        "asset_review": judge.review,
        "eligibility": lambda: _kept_out(left),
        "response_group": lambda: Deed(0, None, "The ranked bottlenecks, the plan and its costs are what such a group would ask for."),
    }
    return special[name]() if name in special else judge.part(name)


def _kept_out(left: Sequence[Option]) -> Deed:
    out = [option for option in left if option.left.startswith("it sells to the controlling side")]
    return Deed(len(out), None, f"Keeps out {len(out)} that sell to the controlling side or belong to it.")


class _Judge:
    """Measures what a plan loses without some of its parts."""

    def __init__(self, world: World, found: Found) -> None:
        self.found, self.problem = found, found.problem
        self.shares = taken(found)
        self.hazard = terms(world, "asset_review").get("hazard", 0.0)
        deals = world["agreements"].select("option", "instrument", "project")
        self.by = dict(deals.select("option", "instrument").iter_rows())
        self.signed = set(deals.drop_nulls("project").select("project", "instrument").iter_rows())
        self._known: dict[bytes, Losses] = {}

    def part(self, name: str) -> Deed:
        """What goes with an instrument: projects that it supports (here or by a signed deal), stocks, rights, plants that live on scrap."""
        numbers = [number for number, share in enumerate(self.shares) if share > 0 and self._uses(self.problem.options[number], name)]
        if not numbers:
            return Deed(0, (0.0, 0.0), "Nothing in this plan rests on it.")
        names = sorted({self.problem.options[number].key for number in numbers})
        what = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        return Deed(len(names), self.lost(numbers), f"Without it the plan would lose {what}.")

    def _uses(self, option: Option, name: str) -> bool:
        if name in ("projects", "recycling"):
            return option.kind == "project" and not option.given and (name == "projects" or option.scrap)
        if name == "stockpile" and option.lends:
            return True
        if name == self.by.get(option.option) or (option.key, name) in self.signed:
            return True
        return any(outlay.instrument == name for outlay in option.outlays)

    def permits(self) -> Deed:
        """Faster permits: the same projects at their own time."""
        fast = [number for number, share in enumerate(self.shares) if share > 0 and self.problem.options[number].months]
        if not fast:
            return Deed(0, (0.0, 0.0), "No project of this plan opens sooner by it.")
        first = {option.option: number for number, option in enumerate(self.problem.options)}
        onto = {number: first[self.problem.options[number].key] for number in fast}
        return Deed(len(fast), self.lost(fast, onto), "Without it these projects would open at their own time.")

    def review(self) -> Deed:
        """Review of asset sales: without it each project may be lost to the other side, year by year."""
        plants = [number for number, share in enumerate(self.shares) if share > 0 and self.problem.options[number].kind == "project"]
        if not (plants and self.hazard):
            return Deed(0, (0.0, 0.0), "No plant of this plan is for sale, or its hazard is not known.")
        case = self.problem.case
        open_ = tuple(replace(option, hazard=self.hazard) if option.kind == "project" else option for option in case.options)
        other = build(replace(case, options=open_), self.problem.allies, 0.0)
        method = LShaped(other.program)
        z, states = self.problem.stage(self.shares), _some(other)
        usd, t = _losses(other, method.solutions(z, states), states)
        kept = _losses(self.problem, self._at(self.shares, range(len(states)), states), states)
        why = f"Without it {self.hazard:.1%} of their output is lost a year, on average: plants sold to the other side."
        return Deed(len(plants), (max(0.0, usd - kept[0]), max(0.0, t - kept[1])), why)

    def lost(self, numbers: Collection[int], onto: dict[int, int] | None = None) -> Losses:
        """Return what is lost without some options, or with their shares moved onto others."""
        other = self.shares.copy()
        for number in numbers:
            other[number] = 0.0
            if onto is not None:
                other[onto[number]] = min(1.0, other[onto[number]] + self.shares[number])
        if other.tobytes() not in self._known:
            moved = np.flatnonzero(other != self.shares)
            states = _some(self.problem)
            touched = [at for at, block in enumerate(self.problem.program.blocks) if np.isin(block.param, moved).any()]
            with_, without = (_losses(self.problem, self._at(each, touched, states), states) for each in (self.shares, other))
            self._known[other.tobytes()] = max(0.0, without[0] - with_[0]), max(0.0, without[1] - with_[1])
        return self._known[other.tobytes()]

    def _at(self, shares: Floats, blocks: Collection[int], states: Sequence[Ints]) -> list[list[Solution]]:
        """Optima of some blocks at a plan; none of the others."""
        wanted = [of if at in set(blocks) else of[:0] for at, of in enumerate(states)]
        return self.found.method.solutions(self.problem.stage(shares), wanted)


def _some(problem: Problem) -> list[Ints]:
    """States that are measured: all, or every tenth where there are many."""
    return [np.arange(0, block.states, STEP if block.states >= MANY else 1) for block in problem.program.blocks]


def _losses(problem: Problem, optima: Sequence[Sequence[Solution]], states: Sequence[Ints]) -> Losses:
    """Expected cost and tonnes missing of the states solved; a part of them stands for all of its block."""
    cost, tonnes, value = 0.0, 0.0, problem.case.value
    for part, solved, of, chance in zip(problem.parts, optima, states, problem.program.weights(), strict=True):
        if not solved:
            continue
        weight = chance[of] / max(float(chance[of].sum()), 1e-12) * float(chance.sum())
        cost += float(weight @ np.array([one.objective for one in solved])) * MILLION
        for one, share in zip(solved, weight, strict=True):
            tonnes += share * sum(float(t.sum()) for slot, t in part.missing(one).items() if value[slot] > 0)
    return cost, tonnes
