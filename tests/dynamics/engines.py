"""A scenario in both engines at once, and a world of one market."""

import numpy as np

from tests.dynamics.cases import DAY
from tests.worlds import world
from ytterby.core.grid import Floats
from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.dynamics import compiled
from ytterby.dynamics.draws import draw
from ytterby.dynamics.model import initial_state, step
from ytterby.dynamics.network import network
from ytterby.dynamics.pressure import licensed_links
from ytterby.dynamics.shocks import Calendar
from ytterby.dynamics.spans import effects_of, spans_of


class Both:
    """A scenario run by model.py, week by week, and by the kernel; they must agree."""

    def __init__(self, base: World, future: Scenario, weeks: int = 104) -> None:
        self.net = network(base)
        drawn = draw(base, future, self.net, 1, seed=0)
        calendar = Calendar(DAY, weeks, 1)
        effects = effects_of(future, drawn, self.net, base, calendar)
        licensed = licensed_links(effects)
        spans = spans_of(future, drawn, effects, self.net, licensed, calendar)
        self.state = initial_state(self.net, drawn.cover, drawn.reserve, licensed)
        markets = len(self.state.price)
        self.price, by_kernel = np.zeros((weeks, markets)), np.zeros((weeks, markets, 1))
        if compiled.kernel() is not None:
            start = initial_state(self.net, drawn.cover, drawn.reserve, licensed)
            kernel = compiled.run(self.net, start, spans, price=by_kernel)
        self.wanted: list[Floats] = []
        self.used: list[Floats] = []
        self.shipped: list[Floats] = []
        self.made: list[Floats] = []
        self.stock: list[Floats] = []
        week = 0
        for length, force in spans:
            for _ in range(length):
                what = step(self.net, self.state, force, week)
                for kept, now in zip(
                    (self.wanted, self.used, self.shipped, self.made, self.stock),
                    (what.wanted, what.used, what.shipped, what.made, self.state.stock),
                    strict=True,
                ):
                    kept.append(now[:, 0].copy())
                self.price[week] = self.state.price[:, 0]
                week += 1
        if compiled.kernel() is not None:
            final = self.net.final
            mine = (np.array(self.wanted)[:, final], np.array(self.used)[:, final], np.array(self.stock)[:, final], np.array(self.shipped))
            for one, other in zip(mine, (*(array[:, :, 0] for array in kernel[:3]), kernel[3]), strict=True):
                assert np.abs(one - other).max() <= 1e-12 * max(1.0, np.abs(one).max())
            assert np.abs(self.price - by_kernel[:, :, 0]).max(initial=0.0) <= 1e-11

    def slot(self, product: str, actor: str, use: str | None = None) -> int:
        flat = self.net.grid
        here = (flat.slot_product == flat.products.index(product)) & (flat.slot_actor == flat.actors.index(actor))
        kind = flat.slot_use == (-1 if use is None else flat.uses.index(use))
        return int(np.flatnonzero(here & kind)[0])

    def node(self, product: str, actor: str) -> int:
        flat = self.net.grid
        return int(np.flatnonzero((flat.node_product == flat.products.index(product)) & (flat.node_actor == flat.actors.index(actor)))[0])

    def served(self, slot: int) -> Floats:
        return np.array([used[slot] / wanted[slot] for used, wanted in zip(self.used, self.wanted, strict=True)])


PRICED = {"price_unmet": 0.5, "price_cover": 0.0, "order_weeks": 4.0}


def one_market(spare: float = 0.0) -> World:
    """CHN makes 1,000 t and uses them; idle capacity beside it."""
    return world(
        [("ore", "mine")], [], [("ore", "CHN", 1000.0)], [], [("ore", "CHN", "car", 1000.0)], capacity=[("ore", "CHN", 1000.0 + spare)]
    )
