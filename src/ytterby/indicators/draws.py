"""Figures with their draws: a column is plain, or an array of 1 + draws numbers a row, the first of them the central one.

Indicators are written on arrays (rows, 1 + draws), with labels in frames beside them. NaN is missing. A figure's random numbers follow
from the seed and its own key alone: neither the order of rows, nor other rows, nor a choice of one product changes them.
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

DIGITS = 12
"""Significant digits to which two ranges are the same."""
NEAR_ZERO = 1e-6
"""A figure this small beside its range is drawn as it is, not relative to itself."""
KEYS = ("product", "actor")
"""What every result of an indicator is grouped by."""


def figures(frame: pl.DataFrame, column: str = "t") -> Floats:
    """Return a column as an array (rows, 1 + draws); a plain column has no draws.

    >>> figures(pl.DataFrame({"t": [2.0, 3.0]})).shape
    (2, 1)
    """
    values = frame[column]
    width = values.dtype.shape[0] if isinstance(values.dtype, pl.Array) else 1
    return values.to_numpy().astype(float).reshape(frame.height, width)


def framed(labels: pl.DataFrame, **values: Floats) -> pl.DataFrame:
    """Return labels with columns of figures; without draws the columns are plain.

    >>> framed(pl.DataFrame({"actor": ["CHN"]}), t=np.array([[2.0]])).rows()
    [('CHN', 2.0)]
    """
    return labels.with_columns(_column(name, array) for name, array in values.items())


def _column(name: str, values: Floats) -> pl.Series:
    if values.shape[1] == 1:
        return pl.Series(name, values[:, 0])
    return pl.Series(name, values.ravel()).reshape(values.shape)


def sums(frame: pl.DataFrame, keys: Sequence[str], **values: Floats) -> pl.DataFrame:
    """Return the sums of arrays over the rows that share their keys.

    >>> held = pl.DataFrame({"actor": ["JPN", "JPN", "USA"], "t": [1.0, 2.0, 4.0]})
    >>> sums(held, ["actor"], t=figures(held)).rows()
    [('JPN', 3.0), ('USA', 4.0)]
    """
    labels, number = grouped(frame, keys)
    return framed(labels, **{name: reduced(np.add, array, number) for name, array in values.items()})


def reduced(operation: np.ufunc, values: Floats, number: Ints) -> Floats:
    """Reduce the rows of each group (numbered from 0, none empty) by an operation like np.add or np.maximum."""
    if not len(number):
        return values
    if operation is np.add:
        return weighted(number, np.arange(len(number)), np.ones(len(number)), values, int(number.max()) + 1)
    order = np.argsort(number, kind="stable")
    starts = np.flatnonzero(np.diff(number[order], prepend=-1))
    return np.asarray(operation.reduceat(values[order], starts, axis=0))


def weighted(row: Ints, column: Ints, weight: Floats, values: Floats, rows: int) -> Floats:
    """Return sums of rows of values: row i of the result is the sum of weight x values[column] over the entries with row i.

    >>> weighted(np.array([0, 0]), np.array([0, 1]), np.array([1.0, 0.5]), np.array([[2.0], [4.0]]), 1).tolist()
    [[4.0]]
    """
    from scipy.sparse import csr_array

    return np.asarray(csr_array((weight, (row, column)), shape=(rows, len(values))) @ values)


def over(operation: np.ufunc, frame: pl.DataFrame, keys: Sequence[str], values: Floats) -> Floats:
    """Return, for each row, the reduction of its group: `over(np.add, ...)` is the group's sum.

    >>> held = pl.DataFrame({"actor": ["JPN", "JPN", "USA"], "t": [1.0, 2.0, 4.0]})
    >>> over(np.add, held, ["actor"], figures(held)).ravel().tolist()
    [3.0, 3.0, 4.0]
    """
    _, number = grouped(frame, keys)
    return reduced(operation, values, number)[number]


def grouped(frame: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.DataFrame, Ints]:
    """Return the distinct keys in the order of their first rows, and each row's number among them.

    >>> labels, number = grouped(pl.DataFrame({"actor": ["B", "A", "B"]}), ["actor"])
    >>> labels["actor"].to_list(), number.tolist()
    (['B', 'A'], [0, 1, 0])
    """
    labels = frame.select(keys).unique(maintain_order=True)
    numbered = frame.select(keys).join(labels.with_row_index("group"), on=list(keys), how="left", maintain_order="left")
    return labels, numbered["group"].to_numpy().astype(np.int64)


def lookup(frame: pl.DataFrame, other: pl.DataFrame, keys: Sequence[str], column: str) -> Floats:
    """Return, for each row of a frame, another's figures under the same keys (unique there); NaN where it has none.

    >>> lookup(pl.DataFrame({"actor": ["B", "C"]}), pl.DataFrame({"actor": ["A", "B"], "t": [1.0, 2.0]}), ["actor"], "t").tolist()
    [[2.0], [nan]]
    """
    places = other.select(keys).with_row_index("place")
    place = frame.select(keys).join(places, on=list(keys), how="left", validate="m:1", maintain_order="left")["place"]
    known = figures(other, column)
    absent = place.is_null().to_numpy()
    if not other.height:
        return np.full((frame.height, known.shape[1]), np.nan)
    found = known[place.fill_null(0).to_numpy().astype(np.int64)]
    found[absent] = np.nan
    return np.asarray(found)


def ratio(above: Floats, below: Floats) -> Floats:
    """Return above / below; NaN, never infinite, where below is not positive.

    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def drawn(frame: pl.DataFrame, column: str, draws: int, seed: int) -> pl.DataFrame:
    """Give a column its draws from the triangular distribution (low, figure, high); low, high and key go.

    >>> one = pl.DataFrame({"key": ["a"], "t": [2.0], "low": [1.0], "high": [4.0]})
    >>> figures(drawn(one, "t", 2, seed=1)).round(2).tolist()
    [[2.0, 1.47, 1.64]]
    """
    low, mode, high = (figures(frame, name) for name in ("low", column, "high"))
    if not draws or not frame.height:
        return framed(frame.drop("low", "high", "key").drop(column), **{column: np.hstack([mode, np.empty((frame.height, draws))])})
    # Flows share the range of their producer's output, relative to themselves: such rows are drawn once.
    size = np.where(mode > NEAR_ZERO * np.maximum(np.abs(low), np.abs(high)), mode, 1.0)
    shapes = pl.DataFrame({name: (end / size)[:, 0] for name, end in (("low", low), ("mode", mode), ("high", high))})
    labels, number = grouped(shapes.with_columns(pl.all().round_sig_figs(DIGITS), key=frame["key"]), ["key", "low", "mode", "high"])
    ends = (figures(labels, name) for name in ("low", "mode", "high"))
    relative = triangular(uniforms(labels["key"].to_list(), draws, seed), *ends)
    return framed(frame.drop(column, "low", "high", "key"), **{column: np.hstack([mode, size * relative[number]])})


def uniforms(keys: list[str], draws: int, seed: int) -> Floats:
    """Return random numbers in [0, 1) of shape (keys, draws): the same for the same key, whatever the others are.

    >>> bool((uniforms(["a", "b"], 3, 0)[:1] == uniforms(["a"], 3, 0)).all())
    True
    """
    rows = {key: np.random.Generator(np.random.PCG64([seed, _number(key)])).random(draws) for key in dict.fromkeys(keys)}
    return np.stack([rows[key] for key in keys]) if keys else np.empty((0, draws))


def _number(key: str) -> int:
    return int.from_bytes(sha256(key.encode()).digest()[:8], "big")


def triangular(uniform: Floats, low: Floats, mode: Floats, high: Floats) -> Floats:
    """Turn uniform numbers (n, draws) into draws of the triangular distributions (low, mode, high) (n, 1), by its inverse.

    >>> triangular(np.array([[0.0, 0.5, 1.0]]), np.array([[0.0]]), np.array([[1.0]]), np.array([[2.0]])).tolist()
    [[0.0, 1.0, 2.0]]
    """
    span = high - low
    turn = np.divide(mode - low, span, out=np.zeros_like(span), where=span > 0)
    rising = low + np.sqrt(uniform * span * (mode - low))
    falling = high - np.sqrt((1.0 - uniform) * span * (high - mode))
    return np.where(span > 0, np.where(uniform < turn, rising, falling), mode)
