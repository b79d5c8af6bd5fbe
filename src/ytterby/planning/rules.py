"""What ties the flows of a plan beyond recipes: by-products, substitutes, scrap, and what becomes of stocks.

The tables and parameters are those of the weekly stress test (dynamics/extras.py, dynamics/settings.py), so that a plan and its trial
speak of the same world:

by-product     what a country makes of it  <=  ratio x what it makes of the host
substitute     given  <=  share x need of its use, from its lag after the first shortage on
scrap          comes back  <=  yield x rate x in use / life;   in use' = in use (1 - 1 / life) + what uses got
stock          S' = S (1 - decay) + bought - released
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ytterby.core.grid import Grid, Ints
from ytterby.core.world import World
from ytterby.dynamics.extras import Hosts, Substitutes, by_products, hosts, substitutes
from ytterby.dynamics.settings import parameter_range
from ytterby.planning.options import setting


@dataclass(frozen=True)
class Rules:
    """ratio: t per t of (by-product, host); hosts, substitutes: by number in a grid; feeds: product whose scrap a project lives on.

    collected, collectable: share of what is thrown away that comes back as it is, and at most once plants for it are built (1);
    yielded: t of product per t of scrap; life: years in use; capacity: most scrap taken in as it is, as a share of need.
    decay: share of a stock lost a year; sharing: share of a stock that an ally may lend (1); surplus: USD/t to be rid of a co-product.
    """

    ratio: Mapping[tuple[str, str], float]
    hosts: Hosts
    substitutes: Substitutes
    feeds: Mapping[str, str]
    collected: float
    collectable: float
    yielded: float
    life: float
    capacity: float
    decay: float
    sharing: float
    surplus: float

    def pairs(self, grid: Grid) -> list[tuple[str, str]]:
        """Return pairs of products that these rules tie together, so that they stand in one block."""
        inside = self.substitutes.other >= 0
        of, other = (grid.slot_product[numbers[inside]] for numbers in (self.substitutes.slot, self.substitutes.other))
        return [*self.ratio, *((grid.products[one], grid.products[two]) for one, two in zip(of, other, strict=True))]

    def part(self, nodes: Ints, slots: Ints, count: tuple[int, int]) -> "Rules":
        """Return the rules of a part of the grid, in its own numbers; nodes, slots: which it has of the whole's `count`."""
        node, slot = np.full(count[0] + 1, -1), np.full(count[1] + 1, -1)
        node[nodes], slot[slots] = np.arange(len(nodes)), np.arange(len(slots))
        tied, swaps = self.hosts, self.substitutes
        kept, taken = node[tied.node] >= 0, slot[swaps.slot] >= 0
        return replace(
            self,
            hosts=Hosts(node[tied.node[kept]], node[tied.host[kept]], tied.ratio[kept]),
            substitutes=Substitutes(slot[swaps.slot[taken]], slot[swaps.other[taken]], swaps.share[taken], swaps.lag[taken]),
        )


def rules(world: World, grid: Grid) -> Rules:
    """Return the rules of a world on its grid; raises InputError for an unknown use in the table `substitution`."""
    rate = parameter_range(world, "recycling_rate")
    return Rules(
        ratio={(product, host): ratio for product, host, ratio in by_products(world)},
        hosts=hosts(world, grid),
        substitutes=substitutes(world, grid),
        feeds=dict(world["project_feeds"].select("option", "product").iter_rows()),
        collected=rate[1],
        collectable=rate[2],
        yielded=parameter_range(world, "recycling_yield")[1],
        life=parameter_range(world, "recycling_years")[1],
        capacity=parameter_range(world, "recycling_capacity")[1],
        decay=setting(world, "stock_decay"),
        sharing=setting(world, "stock_sharing"),
        surplus=setting(world, "surplus_cost"),
    )
