"""Geological mapping: for each mined product that the allies lack, a search that may find a mine, late and by chance.

The option stands for the mean of its outcomes: with the chance of table `terms` a mine of the size that the allies lack opens, so many
years after the search begins, and its capital is paid then; else nothing comes of it. The search itself is paid at once.
"""

from collections.abc import Sequence

from ytterby.core.grid import Grid
from ytterby.core.world import World
from ytterby.planning.gaps import Recipes, place
from ytterby.planning.instruments import terms, weakest
from ytterby.planning.options import Option, Outlay


def searches(world: World, flat: Grid, wanted: Sequence[tuple[str, str, float]], recipes: Recipes, years: Sequence[int]) -> list[Option]:
    """Return a search for each product of the first stage of which the allies make less than they take up: (product, ally, t a year)."""
    known = terms(world, "mapping")
    if not {"usd", "years", "chance"} <= known.keys():
        return []
    stage = dict(world["stages"].select("place", "stage").iter_rows())
    mined = world["products"].filter(world["products"]["stage"] == stage[min(stage)]) if stage else world["products"].head(0)
    name = dict(mined.select("product", "name").iter_rows())
    first = world["processes"].unique("product", keep="first", maintain_order=True)
    process = {row["product"]: row for row in first.iter_rows(named=True)}
    allies = sorted({ally for _, ally, _ in wanted})
    found = []
    for product in sorted({product for product, _, _ in wanted} & name.keys()):
        made = sum(
            float(t)
            for of, actor, t in zip(flat.node_product, flat.node_actor, flat.output, strict=True)
            if flat.products[of] == product and flat.actors[actor] in allies
        )
        size = sum(t for one, _, t in wanted if one == product) - made
        row = process.get(product)
        if size <= 0 or row is None:
            continue
        opening = years[0] + known["years"]
        build = known["chance"] * size * (row["capex"] or 0.0)
        basis = weakest(world, "mapping")
        outlays = [Outlay(years[0], known["usd"], "mapping", known["usd"], basis)]
        outlays += [Outlay(int(opening), build, "mapping", build, basis)] if build > 0 else []
        actor = place(flat, allies, product, recipes)
        found.append(
            Option(
                option=f"search:{product}:{actor}",
                kind="project",
                name=f"A search for {name[product]} in {actor}",
                actor=actor,
                product=product,
                size=known["chance"] * size,
                usd=sum(outlay.usd for outlay in outlays),
                outputs=((product, known["chance"] * size),),
                source=row["source"],
                opening=opening,
                ramp=row["ramp"],
                left="" if opening <= years[-1] else f"what geological mapping finds would open about {int(opening)}, after {years[-1]}",
                estimated=True,
                note=f"a mine is found with a chance of {known['chance']:.0%}: size and cost are means",
                outlays=tuple(outlays),
                begin=float(years[0]),
            )
        )
    return found
