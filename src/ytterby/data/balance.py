"""Biproportional balancing (RAS): the matrix nearest to a prior that has given row and column sums.

    x_ij = r_i * p_ij * s_j   with  sum_j x_ij = row_i  and  sum_i x_ij = column_j

The solution minimises the Kullback-Leibler distance to the prior. Sources: Deming & Stephan (1940), Ann. Math. Stat. 11(4), 427;
Bacharach (1970), Biproportional Matrices and Input-Output Change.
"""

import numpy as np

from ytterby.core.grid import Floats
from ytterby.errors import ModelError


def balance(prior: Floats, rows: Floats, columns: Floats, tolerance: float = 1e-10, rounds: int = 20_000) -> Floats:
    """Return the balanced matrix; shapes (R, C), (R), (C), any one unit. A zero of the prior stays zero.

    Raises ModelError if the sums of the margins differ by more than 1e-9 of their size, if a row or column that must carry something is
    zero in the prior, or if the zeros of the prior leave no solution.

    >>> balance(np.ones((2, 2)), np.array([3.0, 1.0]), np.array([2.0, 2.0])).tolist()
    [[1.5, 1.5], [0.5, 0.5]]
    """
    total = rows.sum()
    if abs(total - columns.sum()) > 1e-9 * max(total, columns.sum()):
        raise ModelError(f"rows add up to {total:.6g} but columns to {columns.sum():.6g}; no matrix has both")
    found = prior.astype(float).copy()
    for _ in range(rounds):
        found *= _scale(rows, found.sum(axis=1), "row")[:, None]
        found *= _scale(columns, found.sum(axis=0), "column")[None, :]
        if np.abs(found.sum(axis=1) - rows).max(initial=0.0) <= tolerance * total:
            return found
    gap = np.abs(found.sum(axis=1) - rows).max() / total
    raise ModelError(f"the zeros of the prior leave no balanced matrix: a gap of {gap:.2g} of the total stays")


def _scale(wanted: Floats, have: Floats, kind: str) -> Floats:
    empty = (have <= 0) & (wanted > 0)
    if empty.any():
        raise ModelError(f"{kind} {int(np.flatnonzero(empty)[0])} must carry {wanted[empty][0]:.6g} but its prior is zero")
    return np.divide(wanted, have, out=np.zeros_like(wanted), where=have > 0)
