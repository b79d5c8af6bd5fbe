"""The licence queue: applications wait in Erlang compartments, a share is refused, the rest may be shipped.

Discrete Erlang law (negative binomial): of n compartments each passes on p = n / mu of what it holds a week, so that the mean wait is
exactly mu weeks and its variance n (1 - p) / p^2. With n = mu the wait is fixed. In steady state Little's law holds: B = phi b mu.
"""

from dataclasses import dataclass

import numpy as np

from ytterby.core.grid import Floats
from ytterby.errors import ModelError

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Regime:
    """Licence rules on C links in D draws, each (C, D): share phi of orders that needs one, mean wait mu in weeks, share refused."""

    share: Floats
    weeks: Floats
    denied: Floats


def accept_orders(orders: Floats, normal: Floats, bank: Floats, regime: Regime) -> tuple[Floats, Floats, Floats]:
    """Split orders (C, D) into those free to ship and those to be filed; returns (free, applied, bank).

    Kinds of goods that need no licence do not replace those that do: of normal orders the share 1 - phi is free, what is ordered beyond
    them is filed. The office grants no hoards: filings beyond normal ever come to at most phi mu normal, the goods that the queue itself
    holds back once; `bank` (C, D) keeps the account. So refusals last: nobody gets round them by applying for more.

    >>> rule = Regime(share=np.array([[0.75]]), weeks=np.array([[4.0]]), denied=np.array([[0.0]]))
    >>> free, applied, bank = accept_orders(np.array([[20.0]]), np.array([[8.0]]), np.array([[20.0]]), rule)
    >>> free.item(), applied.item(), bank.item()
    (2.0, 10.0, 24.0)
    """
    ruled = regime.share > 0.0
    room = np.maximum(0.0, regime.share * regime.weeks * normal - bank)
    accepted = np.where(ruled, np.minimum(orders, normal + room), orders)
    free = np.where(ruled, (1.0 - regime.share) * np.minimum(accepted, normal), accepted)
    return free, accepted - free, np.where(ruled, np.maximum(0.0, bank + accepted - normal), 0.0)


def file_applications(queue: Floats, applied: Floats, regime: Regime, week: int) -> tuple[Floats, Floats]:
    """Take in a week's applications (C, D) and let licences out; returns (new queue (n, C, D), orders just licensed).

    Where there is no regime (share 0) nothing waits: what still queues is set free. A mean wait under a week: the share mu of the
    applications waits one week. Raises ModelError unless applied = released + refused + change of queue, to 1e-9.

    >>> rule = Regime(share=np.array([[0.75]]), weeks=np.array([[1.0]]), denied=np.array([[0.0]]))
    >>> queue, licensed = file_applications(np.zeros((1, 1, 1)), np.array([[6.0]]), rule, week=0)
    >>> queue.item(), licensed.item()
    (6.0, 0.0)
    """
    stages = len(queue)
    steps = np.maximum(1.0, np.minimum(stages, np.floor(regime.weeks)))
    none = regime.share <= 0.0
    passed = np.where(none, 1.0, np.minimum(1.0, steps / np.maximum(regime.weeks, 1.0)))
    waiting = np.where(none, 0.0, np.minimum(1.0, regime.weeks) * applied)
    moved = passed * queue
    left = queue - moved
    left[1:] += np.where(none, 0.0, moved[:-1])
    for stage in range(stages):
        left[stage] += np.where(steps == stages - stage, waiting, 0.0)
    exits = np.where(none, held(moved), moved[-1]) + (applied - waiting)
    refused = np.where(none, 0.0, regime.denied * exits)
    released = exits - refused
    gap = np.abs(applied - released - refused - held(left) + held(queue))
    if (gap > TOLERANCE * (applied + held(queue))).any():
        raise ModelError(f"week {week}: the licence queue loses {gap.max():.3g} t/week; please report it")
    return left, released


def held(queue: Floats) -> Floats:
    """Return what waits in all compartments together, added in a fixed order.

    >>> held(np.array([[1.0], [2.0]])).tolist()
    [3.0]
    """
    total: Floats = queue[0].copy()
    for stage in queue[1:]:
        total += stage
    return total
