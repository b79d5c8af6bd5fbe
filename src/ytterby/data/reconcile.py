"""Closing a product's balance: flows, output and use that fit each other, nearest to what is published, each by its own error.

    minimise  sum (f - f0)^2 / e_f^2 + sum (R f - p0)^2 / e_p^2 + sum (C f - u0)^2 / e_u^2   over f >= 0

f: flows from makers to takers (home supply is a flow too); R f: what each maker makes, C f: what each taker uses. Output = what leaves,
use = what arrives: production + imports = use + exports holds exactly in the result, and the corrections show what it cost.
A weighted non-negative least-squares problem; solved exactly by block principal pivoting, each step through the small system of makers
and takers (Woodbury). Sources: Stone, Champernowne & Meade (1942), Rev. Econ. Stud. 9(2), 111; Kim & Park (2011), SIAM J. Sci. Comput.
33(6), 3261.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ytterby.core.grid import Floats, Ints
from ytterby.errors import ModelError

ROUNDS = 500
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Accounts:
    """What is published of one product (L flows, M makers, T takers; any one unit of mass a year), with standard errors above 0.

    maker, taker (L): who sends and who takes a flow. flow, output, use with their errors.
    """

    maker: Ints
    taker: Ints
    flow: Floats
    flow_error: Floats
    output: Floats
    output_error: Floats
    use: Floats
    use_error: Floats


def reconcile(accounts: Accounts) -> Floats:
    """Return the flows (L) of the problem above; exact to rounding.

    Raises ModelError for an error that is not above 0 or if pivoting does not end (it never did in tests).

    >>> one = np.array([0]); pair = Accounts(one, one, np.array([8.0]), np.array([1.0]), np.array([10.0]), np.array([1.0]),
    ...                                      np.array([9.0]), np.array([1.0]))
    >>> reconcile(pair).round(6).tolist()
    [9.0]
    """
    errors = (accounts.flow_error, accounts.output_error, accounts.use_error)
    if any((error <= 0).any() or not np.isfinite(error).all() for error in errors):
        raise ModelError("an error of the accounts is not above 0; the balance has no answer")
    scale = max(float(accounts.flow.max(initial=0.0)), float(accounts.output.max(initial=0.0)), 1e-300)
    weight = (scale / accounts.flow_error) ** 2
    margin = np.concatenate([(scale / accounts.output_error) ** 2, (scale / accounts.use_error) ** 2])
    aim = np.concatenate([accounts.output, accounts.use]) / scale
    flow = accounts.flow / scale
    open_, best, patience = flow > 0, len(flow) + 1, 3
    for _ in range(ROUNDS):
        found, pull = _solve(accounts, weight, margin, flow, aim, open_)
        # An open flow must not be negative; a closed one must not gain by opening (pull beyond what its own prior holds back).
        wrong = np.where(open_, found < -TOLERANCE, pull + weight * flow > TOLERANCE * weight)
        count = int(wrong.sum())
        if not count:
            return np.maximum(found, 0.0) * scale
        if count < best:
            best, patience = count, 3
        elif patience:
            patience -= 1
        else:
            # The backup rule (largest index alone) ends for sure where swapping all of them might go round in circles.
            wrong = np.arange(len(wrong)) == np.flatnonzero(wrong)[-1]
        open_ = open_ ^ wrong
    raise ModelError("closing the balance did not end; please report it")


def _sums(accounts: Accounts, flow: Floats) -> Floats:
    """What makers send and takers get (M + T)."""
    sent = np.bincount(accounts.maker, flow, len(accounts.output))
    return np.concatenate([sent, np.bincount(accounts.taker, flow, len(accounts.use))])


def _spread(accounts: Accounts, margin: Floats) -> Floats:
    """The transpose of `_sums`: what a value per maker and taker means for each flow."""
    return margin[accounts.maker] + margin[len(accounts.output) + accounts.taker]


def _solve(
    accounts: Accounts, weight: Floats, margin: Floats, flow: Floats, aim: Floats, open_: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Minimise over the open flows alone, the others being 0: f = f0 + W^-1 A' l with (M^-1 + A W^-1 A') l = aim - A f0.

    Returns f and the pull A' l on every flow. l is what a tonne more or less of each maker and taker is worth.
    """
    makers = len(accounts.output)
    ease = np.where(open_, 1.0 / weight, 0.0)
    start = np.where(open_, flow, 0.0)
    small = np.diag(1.0 / margin + _sums(accounts, ease))
    cross = np.zeros((makers, len(margin) - makers))
    np.add.at(cross, (accounts.maker, accounts.taker), ease)
    small[:makers, makers:] += cross
    small[makers:, :makers] += cross.T
    worth: Floats = np.linalg.solve(small, aim - _sums(accounts, start)).astype(np.float64)
    pull = _spread(accounts, worth)
    return start + ease * pull, pull
