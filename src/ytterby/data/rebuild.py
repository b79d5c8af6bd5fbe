"""The world as it was known on a day, estimates and balances included."""

import datetime

from ytterby.core.vintage import known_on
from ytterby.core.world import World
from ytterby.data.assemble import READ, assemble


def as_of(world: World, day: datetime.date) -> World:
    """Return a world as it was known on a day: later editions, measures and claims are gone, and all that rests on them is made anew.

    A world without published values (a hand-made one) is only cut, not made anew.

    >>> as_of(World({}), datetime.date(2025, 10, 28))["sources"].height
    0
    """
    known = known_on(world, day)
    if known["observations"].is_empty() and known["outlook"].is_empty():
        return known
    return assemble({name: known[name] for name in READ}, known)[0]
