"""How work grows with its input: a ratio of processor times, measured side by side, not a time."""

import gc
import time
from collections.abc import Callable

TOO_SHORT = 0.1
ROUNDS = 24
TIMES = 4


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of one run; a garbage collection of what earlier tests left is not part of it."""
    gc.disable()
    try:
        begin = time.process_time()
        work()
        return time.process_time() - begin
    finally:
        gc.enable()


def assert_grows(small: Callable[[], object], large: Callable[[], object], factor: float, what: str = "the large") -> None:
    """The large, four times the small, takes at most `factor` times its time, or too little to measure.

    The small runs four times in a row, so that a busy machine disturbs it as long as the large; and a noisy one gets more rounds, which do
    not help what grows faster: the least of each is taken.
    """
    least_small = least_large = float("inf")
    for _ in range(ROUNDS):
        least_large = min(least_large, spent(large))
        if least_large <= TOO_SHORT:
            return
        least_small = min(least_small, spent(lambda: [small() for _ in range(TIMES)]) / TIMES)
        if least_large <= factor * least_small:
            return
    raise AssertionError(f"{what}: {least_small:.3f} s, then {least_large:.3f} s, more than {factor:g} times")
