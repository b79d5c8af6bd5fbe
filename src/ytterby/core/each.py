"""The one way in which work is spread: a function over items, results in their order. `map` does it here, cluster.py on other machines."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Each(Protocol):
    """What spreads work: `map`, or anything that is called like it.

    The function must be pure (its result follows from the item alone), since it may run anywhere, late, or twice; what it holds and what
    it returns must pickle. Results come in the order of the items, whoever is ready first, so that nothing shows where they were made.

    >>> each: Each = map
    >>> list(each(abs, [-2, 1]))
    [2, 1]
    """

    def __call__(self, function: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
        """Yield function(item) for each item, in order."""
        ...
