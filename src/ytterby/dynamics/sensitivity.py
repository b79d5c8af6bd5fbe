"""Which figures a result hangs on: Sobol' indices.

    first order   S_i = Var(E(Y | X_i)) / Var(Y)        what fixing X_i alone would take off the variance of Y
    total         T_i = E(Var(Y | all but X_i)) / Var(Y)  what would be left if all but X_i were fixed; 0: X_i does not matter

Sobol' 2001, doi 10.1016/S0378-4754(00)00270-6; Saltelli et al. 2010, doi 10.1016/j.cpc.2009.09.018, by scipy.stats.sobol_indices.
"""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from ytterby.core.each import Each
from ytterby.core.grid import Floats
from ytterby.dynamics.draws import sobol
from ytterby.errors import InputError

RESAMPLES = 300
"""Bootstrap samples behind a band."""
COLUMNS = ("first", "first_low", "first_high", "total", "total_low", "total_high")


def sensitivity(
    function: Callable[[Floats], Sequence[float]],
    names: Sequence[str],
    results: Sequence[str],
    points: int = 256,
    seed: int = 0,
    each: Each = map,
) -> pl.DataFrame:
    """Return result, name, first, total, each with low and high: Sobol' indices with 90 % bootstrap bands over the points.

    function: takes independent quantiles (one for each name, in 0..1), gives a number for each result; it is called
    points x (names + 2) times. The same seed gives the same table. A result that nothing moves has no indices (empty).
    Estimates of small indices may fall a little below 0, which tells their error. each: what spreads the calls (core/each.py).
    Raises InputError unless points is a power of two from 4 on, there are names, and all results are finite numbers.

    >>> sensitivity(lambda u: [u[0]], ["x", "idle"], ["y"])["total"].round(2).to_list()
    [1.0, 0.0]
    """
    count = len(names)
    if points < 4 or points & (points - 1):
        raise InputError(f"points is {points}", "sensitivity", "give a power of two from 4 on")
    if not count:
        raise InputError("nothing is uncertain", "sensitivity", "give a figure a range")
    cube = sobol(2 * count, 0, points, seed)
    one, other = cube[:, :count], cube[:, count:]
    crossed = [np.where(np.arange(count) == column, other, one) for column in range(count)]
    values = np.array(list(each(function, list(np.concatenate([one, other, *crossed])))), dtype=float)
    if values.shape != (len(values), len(results)) or not np.isfinite(values).all():
        raise InputError("a result is missing or no finite number", "sensitivity", "give one finite number for each result")
    parts = values.reshape(count + 2, points, len(results)).transpose(0, 2, 1)
    table = [
        (result, name, *row)
        for place, result in enumerate(results)
        for name, row in zip(names, _indices(parts[:, place], seed), strict=True)
    ]
    schema = {"result": pl.String, "name": pl.String, **dict.fromkeys(COLUMNS, pl.Float64)}
    return pl.DataFrame(table, schema=schema, orient="row")


def _indices(parts: Floats, seed: int) -> list[tuple[float | None, ...]]:
    """Rows of COLUMNS for each name, from the values (names + 2, points) of one result."""
    if np.ptp(parts) == 0.0:
        return [(None,) * len(COLUMNS)] * (len(parts) - 2)
    found, chance = _estimate(parts), np.random.default_rng(seed)
    again = chance.integers(parts.shape[1], size=(RESAMPLES, parts.shape[1]))
    low, high = np.quantile([_estimate(parts[:, sample]) for sample in again], (0.05, 0.95), axis=0)
    return [
        tuple(float(value) for kind in (0, 1) for value in (found[kind, i], low[kind, i], high[kind, i])) for i in range(len(parts) - 2)
    ]


def _estimate(parts: Floats) -> Floats:
    """First and total indices, shape (2, names)."""
    from scipy.stats import sobol_indices

    found = sobol_indices(func={"f_A": parts[0][None], "f_B": parts[1][None], "f_AB": parts[2:, None]}, n=parts.shape[1])
    return np.array([np.ravel(found.first_order), np.ravel(found.total_order)])
