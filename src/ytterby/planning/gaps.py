"""Links of the chain for which named projects fall short: without them the plants before and after would stand idle in the plan.

For each such product between mine and last plant (mines cannot be placed at will), one plant is offered in the ally that makes most of it,
or of what it feeds: large enough, with what allies and projects make, for the allies' plants and the projects. Size, cost and lead time
are estimates from its process, and it says so.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from ytterby.core.grid import Grid
from ytterby.core.world import World
from ytterby.planning.options import Option, setting

Recipes = Mapping[str, Sequence[tuple[str, float]]]
"""Essential feeds (product, t per t) of each product."""


def gaps(
    world: World, flat: Grid, allies: Collection[str], scope: Collection[str], named: Sequence[Option], recipes: Recipes, year: int
) -> list[Option]:
    """Return an option for each intermediate product of the scope that falls short and whose process has a cost.

    year: of the decision. Sizes are t a year, costs USD.
    """
    first = world["processes"].unique("product", keep="first", maintain_order=True)
    process = {row["product"]: row for row in first.iter_rows(named=True)}
    name = dict(world["products"].select("product", "name").iter_rows())
    outputs = [
        (*output, output[0] in option.fed) for option in named if option.kind == "project" and not option.left for output in option.outputs
    ]
    feeds = {feed for rows in recipes.values() for feed, _ in rows}
    found: dict[str, Option] = {}
    for product in sorted(set(scope) & feeds & set(recipes)):
        row = process.get(product)
        if row is None or row["capex"] is None:
            continue
        size = _short(flat, allies, product, outputs, recipes)
        actor = place(flat, allies, product, recipes)
        capital = size * row["capex"]
        if size > 0:
            found[product] = Option(
                option=f"new:{product}:{actor}",
                kind="project",
                name=f"A new plant for {name[product]} in {actor}",
                actor=actor,
                product=product,
                size=size,
                usd=capital * setting(world, "public_share"),
                outputs=((product, size),),
                source=row["source"],
                opening=year + row["lead_time"],
                ramp=row["ramp"],
                estimated=True,
                waits=True,
                capital=capital,
                begin=float(year),
                note="named projects fall short of it: place, size, cost and time are estimates from its process",
            )
    return list(found.values())


def _short(flat: Grid, allies: Collection[str], product: str, outputs: Sequence[tuple[str, float, bool]], recipes: Recipes) -> float:
    """What the allies' plants and the projects would take, less what the allies and the projects make (t a year)."""
    here, number = [flat.actors.index(actor) for actor in allies], flat.products.index(product)
    taken = np.isin(flat.slot_actor, here) & (flat.slot_product == number)
    made = np.isin(flat.node_actor, here) & (flat.node_product == number)
    projects = sum(t * ratio for output, t, fed in outputs if not fed for feed, ratio in recipes.get(output, ()) if feed == product)
    return float(flat.need[taken].sum() - flat.output[made].sum()) + projects - sum(t for output, t, _ in outputs if output == product)


def place(flat: Grid, allies: Collection[str], product: str, recipes: Recipes) -> str:
    """Return the ally that makes most of the product; where none does, most of what it feeds; else the first by name."""
    fed = {main for main, feeds in recipes.items() if product in [feed for feed, _ in feeds]}

    def output(actor: str, products: Collection[str]) -> float:
        nodes = zip(flat.node_product, flat.node_actor, flat.output, strict=True)
        return sum(float(t) for p, a, t in nodes if flat.products[p] in products and flat.actors[a] == actor)

    return max(sorted(allies), key=lambda actor: (output(actor, {product}), output(actor, fed)))
