"""What a missing tonne costs: value added that stops, by product and use."""

from collections.abc import Iterable
from dataclasses import dataclass

from ytterby.core.world import World

ANY = "*"
"""The use that stands for all uses of a product which have no row of their own."""


@dataclass(frozen=True)
class Worth:
    """USD of value added that stops per tonne of product missing, with its range; source: of the figure."""

    usd: float
    low: float
    high: float
    source: str


def worths(world: World, pairs: Iterable[tuple[str, str]]) -> list[Worth | None]:
    """Return the worth of a missing tonne of each (product, use); None where nobody gives one: missing, not 0.

    >>> worths(World({}), [("gallium_refined", "semiconductors")])
    [None]
    """
    known = {
        (row["product"], row["use"]): Worth(
            row["usd_per_t"],
            row["usd_per_t"] if row["low"] is None else row["low"],
            row["usd_per_t"] if row["high"] is None else row["high"],
            row["source"],
        )
        for row in world["values"].iter_rows(named=True)
    }
    return [known.get((product, use), known.get((product, ANY))) for product, use in pairs]
