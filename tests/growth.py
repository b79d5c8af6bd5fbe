"""How work grows with its input: a ratio of processor times, measured side by side, not a time."""

import gc
import time
from collections.abc import Callable

TOO_SHORT = 0.1
ROUNDS = 6


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
    """The large takes at most `factor` times the small, or too little to measure. A noisy machine gets more rounds."""
    least_small = least_large = float("inf")
    for _ in range(ROUNDS):
        least_large = min(least_large, spent(large))
        if least_large <= TOO_SHORT:
            return
        least_small = min(least_small, spent(small))
        if least_large <= factor * least_small:
            return
    raise AssertionError(f"{what}: {least_small:.3f} s, then {least_large:.3f} s, more than {factor:g} times")
