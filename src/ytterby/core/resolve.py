"""Names into products and actors: what a measure on 'rare earths' against 'G7' touches in this world."""

from collections.abc import Iterable

import polars as pl

from ytterby.core.world import World

EVERYONE = "*"
"""Every actor other than the one that imposes."""


def _parents(world: World) -> dict[str, str | None]:
    return dict(world["materials"].select("material", "family").iter_rows())


def lineage(material: str, world: World) -> tuple[str, ...]:
    """Return a material and its ever wider families; an unknown material stands alone.

    >>> lineage("dysprosium", World({}))
    ('dysprosium',)
    """
    return _lineage(material, _parents(world))


def _lineage(material: str, parents: dict[str, str | None]) -> tuple[str, ...]:
    found = [material]
    while (parent := parents.get(found[-1])) is not None and parent not in found:
        found.append(parent)
    return tuple(found)


def overlap(one: str, other: str, world: World) -> bool:
    """Say whether two materials are the same or one is part of the other.

    >>> overlap("dysprosium", "dysprosium", World({})), overlap("dysprosium", "gallium", World({}))
    (True, False)
    """
    return one in lineage(other, world) or other in lineage(one, world)


def products_of(material: str, world: World, stage: str | None = None, moved: bool = False) -> tuple[str, ...]:
    """Return the products that a material's name stands for, at one stage or at all.

    They are the products of the material and of all narrower ones (by materials.family); if there are none, those that the nearest
    wider material carries itself (neodymium -> NdPr oxide); else nothing: the world has no data on it. moved: only products that the
    tables ship or use, which a measure can stop; of others the world holds statistics alone.

    >>> products_of("unobtainium", World({}))
    ()
    """
    products = world["products"]
    if stage is not None:
        products = products.filter(pl.col("stage") == stage)
    if moved:
        flowing = pl.concat([world["trade"]["product"], world["demand"]["product"]]).unique()
        products = products.filter(pl.col("product").is_in(flowing.to_list()))
    parents = _parents(world)
    narrower = [name for name in parents if material in _lineage(name, parents)]
    found = products.filter(pl.col("material").is_in([material, *narrower]))["product"].to_list()
    for wider in _lineage(material, parents)[1:]:
        found = found or products.filter(pl.col("material") == wider)["product"].to_list()
    return tuple(sorted(found))


def members(names: Iterable[str], world: World, imposer: str = "") -> frozenset[str]:
    """Return the actors that codes and blocs stand for; '*' is everyone but the imposer, who is never its own target.

    >>> sorted(members(["JPN", "CHN"], World({}), imposer="CHN"))
    ['JPN']
    """
    found: set[str] = set()
    for name in names:
        bloc = world["blocs"].filter(pl.col("bloc") == name)["actor"].to_list()
        found.update(world["actors"]["actor"].to_list() if name == EVERYONE else bloc or [name])
    return frozenset(found - {imposer})
