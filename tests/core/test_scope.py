"""The part of a world that a shock can reach."""

from tests.worlds import chain, two_suppliers
from ytterby.core.grid import unbalanced
from ytterby.core.scope import connected, within
from ytterby.core.world import World, load_world


def test_recipes_join_products_both_ways() -> None:
    assert connected(chain(), ["oxide"]) == {"ore", "oxide", "magnet"}
    assert connected(two_suppliers(), ["magnet"]) == {"magnet"}


def test_what_cannot_be_reached_is_left_out_and_the_rest_still_balances() -> None:
    world = load_world()
    part = within(world, ["dy_oxide"])
    assert set(part["trade"]["product"]) == connected(world, ["dy_oxide"])
    assert set(part["production"]["product"]) <= connected(world, ["ndfeb_magnet"])
    assert unbalanced(part) == []


def test_no_product_means_the_whole_world() -> None:
    world: World = chain()
    assert within(world, []) is world
