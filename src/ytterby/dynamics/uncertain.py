"""A world and a scenario at chosen quantiles of what is uncertain in them: the shocks' figures, the parameters, the stocks, the values.

Each name is one figure between its low and its high end, triangular about its central value. All shocks that bear a figure, all stocks and
all values of a missing tonne move together: what is asked is what it does if they are all at that end of their ranges.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from ytterby.core.scenario import Range, Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics.draws import triangular
from ytterby.dynamics.settings import parameter_range
from ytterby.errors import InputError

PARAMETERS = ("licence_stages", "order_weeks", "release_weeks", "reroute_weeks", "transit_weeks")
"""Parameters that every run uses in which no prices run and nothing passes a ban; `rationing` is a rule, not a quantity."""
RECYCLING = ("new_scrap", "recycling_capacity", "recycling_rate", "recycling_years", "recycling_yield")
"""Parameters that a run uses if one of new_scrap and recycling_rate is above 0."""
TABLES = {"stocks": "days", "values": "usd_per_t"}
"""Tables of which all rows move together, and the column that moves."""
LICENCE = {"share": "licence_share", "delay_days": "licence_delay_days", "denied": "licence_denied"}
"""The parameter whose range stands for that of a licence's figure."""


def uncertain(world: World, scenario: Scenario) -> list[str]:
    """Return what has a range in a scenario and its world, and is in use: figures of shocks, then parameters, then tables.

    >>> import datetime
    >>> uncertain(World({}), Scenario("nothing", datetime.date(2025, 1, 1), 1.0, ()))
    []
    """
    rates = (parameter_range(world, name)[1] for name in ("new_scrap", "recycling_rate"))
    off = () if any(rates) else RECYCLING
    return [name for name in _movable(world, scenario) if name not in off]


def _movable(world: World, scenario: Scenario) -> list[str]:
    """What has a range, in use or not."""
    figures = {name for shock in scenario.shocks for name, (low, _, high) in shock.figures.items() if low < high}
    limits = {name: parameter_range(world, name) for name in PARAMETERS + RECYCLING}
    moving = [name for name, (low, _, high) in limits.items() if low < high]
    return [*sorted(figures), *sorted(moving), *(name for name in TABLES if world[name].filter(pl.col("low") < pl.col("high")).height)]


def at(world: World, scenario: Scenario, quantiles: Mapping[str, float]) -> tuple[World, Scenario]:
    """Return the world and the scenario in which each named figure stands at its quantile (0 to 1); all others at their central value.

    A run of draw 0 in them is the run at that point; recycling runs where it is named. Raises InputError for a name without a range.

    >>> import datetime
    >>> day = datetime.date(2025, 1, 1)
    >>> licence = Shock("licence", "CHN", ("*",), ("dy_oxide",), day, figures={"share": (0.0, 0.5, 1.0)})
    >>> at(World({}), Scenario("x", day, 1.0, (licence,)), {"share": 0.125})[1].shocks[0].figures
    {'share': (0.25, 0.25, 0.25)}
    """
    movable = _movable(world, scenario)
    unknown = sorted(set(quantiles) - set(movable))
    if unknown:
        known = ", ".join(movable)
        raise InputError(f"nothing named '{unknown[0]}' has a range", f"scenario '{scenario.name}'", f"with a range: {known or 'none'}")
    shocks = tuple(replace(shock, figures=_figures(shock, quantiles)) for shock in scenario.shocks)
    tables = {name: _moved(world[name], column, quantiles[name]) for name, column in TABLES.items() if name in quantiles}
    named = [name for name in PARAMETERS + RECYCLING if name in quantiles]
    if named:
        values = {name: _quantile(parameter_range(world, name), quantiles[name]) for name in named}
        moved = pl.col("parameter").replace_strict(values, default=pl.col("value"), return_dtype=pl.Float64)
        tables["parameters"] = world["parameters"].with_columns(value=moved)
    return world.with_tables(tables), replace(scenario, shocks=shocks)


def ranged(world: World, scenario: Scenario) -> Scenario:
    """Return a scenario whose licences have the ranges of the table `parameters` about their own figures.

    A figure that is a range already, or lies outside of the table's, stays as it is.
    """

    def widened(shock: Shock) -> dict[str, Range]:
        found = dict(shock.figures)
        for name, parameter in LICENCE.items():
            low, _, high = parameter_range(world, parameter)
            own = found.get(name)
            if shock.kind == "licence" and own is not None and own[0] == own[2] and low <= own[1] <= high:
                found[name] = (low, own[1], high)
        return found

    return replace(scenario, shocks=tuple(replace(shock, figures=widened(shock)) for shock in scenario.shocks))


def _figures(shock: Shock, quantiles: Mapping[str, float]) -> dict[str, Range]:
    chosen = {name: _quantile(limits, quantiles[name]) for name, limits in shock.figures.items() if name in quantiles}
    return {**shock.figures, **{name: (value, value, value) for name, value in chosen.items()}}


def _quantile(limits: Range, quantile: float) -> float:
    return float(triangular(limits, np.array([quantile]))[0])


def _moved(table: pl.DataFrame, column: str, quantile: float) -> pl.DataFrame:
    """The table with a column at a quantile between low and high; a row without a range keeps its value."""
    ends = table.select(
        low=pl.min_horizontal("low", column),
        mode=column,
        high=pl.max_horizontal("high", column),
    )
    return table.with_columns(pl.Series(column, [_quantile(limits, quantile) for limits in ends.iter_rows()], dtype=pl.Float64))
