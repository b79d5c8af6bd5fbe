"""What a year of a block holds beyond balances, where its rules ask for it (rules.py); without such rules it adds nothing.

Rows (each at most its limit): by-products of a place ("host", product, actor); a use and what stands in for it ("use", slot); what
nobody takes ("surplus", balance, product, ...). At least its limit: what must be taken ("pay", group, product).
Columns: "substitute" (pair), "scrap", "lend", "refill" (product, actor), "surplus" (row).
"""

from collections.abc import Sequence

import numpy as np

from ytterby.core.grid import Grid
from ytterby.planning.network import Flags
from ytterby.planning.options import Option
from ytterby.planning.rules import Rules
from ytterby.planning.template import Template


def couple(block: Template, grid: Grid, rules: Rules, options: Sequence[Option], allied: Flags, partners: Flags) -> None:
    """Add what ties the columns of a template; call it when all else stands."""
    _substitutes(block, grid, rules, allied)
    _by_products(block, grid, rules, options, allied | partners)
    if rules.collected > 0:
        for key, row in [(key, row) for key, row in block.rows.items() if key[0] == "ally" and _used(block, grid, key)]:
            block.add("scrap", key[1:], [(row, 1.0)])
    _stocks(block, rules, options)
    _owed(block, options)
    _surplus(block, set(surplus_costs(rules, options)))


def surplus_costs(rules: Rules, options: Sequence[Option]) -> dict[str, float]:
    """Return what a tonne that nobody takes costs (USD), for products of which that can happen.

    These are co-products, if a surplus costs something: by-products, their hosts, and what one project gets of one ore; and what an
    agreement makes the allies take, at its price.
    """
    joint = {product for pair in rules.ratio for product in pair}.union(*(option.joint for option in options))
    found = dict.fromkeys(joint, rules.surplus) if rules.surplus > 0 else {}
    for option in (option for option in options if option.pays > 0):
        for product, _ in option.outputs:
            found[product] = max(found.get(product, 0.0), option.price)
    return found


def _stocks(block: Template, rules: Rules, options: Sequence[Option]) -> None:
    """What an ally lends of its stock to the common pool, and what it buys again of a stock that has a price."""
    for key in [key for key in block.rows if key[0] == "ally"]:
        if rules.sharing > 0 and any(option.lends and option.actor == key[2] for option in options):
            block.add("lend", key[1:], [(block.row("pool", key[1]), 1.0)])
        if any(option.kind == "stock" and option.price > 0 and (option.product, option.actor) == key[1:] for option in options):
            block.add("refill", key[1:], [])


def _owed(block: Template, options: Sequence[Option]) -> None:
    """What must be taken of an agreement, wanted or not."""
    paying = {option.key for option in options if option.pays > 0}
    for column in [column for column in block.of("option") if block.keys[column][0] in paying]:
        block.enter(block.row("pay", str(block.keys[column][0]), str(block.keys[column][1])), column, 1.0)


def _used(block: Template, grid: Grid, key: tuple[str, ...]) -> bool:
    slots = {int(block.keys[column][0]) for column in block.of("missing")}
    return any((grid.products[grid.slot_product[slot]], grid.actors[grid.slot_actor[slot]]) == key[1:] for slot in slots)


def _substitutes(block: Template, grid: Grid, rules: Rules, allied: Flags) -> None:
    """What stands in for a missing good: from outside, or a product of the block that the same ally then needs more of."""
    pairs = rules.substitutes
    for number, (slot, other) in enumerate(zip(pairs.slot, pairs.other, strict=True)):
        actor = grid.actors[grid.slot_actor[slot]]
        row = block.rows.get(("ally", grid.products[grid.slot_product[slot]], actor))
        if row is None or not allied[grid.slot_actor[slot]]:
            continue
        entries = [(row, 1.0)]
        if other >= 0:
            entries.append((block.row("ally", grid.products[grid.slot_product[other]], actor), -1.0))
        if grid.slot_use[slot] >= 0:
            # What is replaced is not missing, and helps no other use.
            new = ("use", str(slot)) not in block.rows
            cap = block.row("use", str(slot))
            for column in [one for one in block.of("missing") if block.keys[one][0] == slot] if new else ():
                block.enter(cap, column, 1.0)
            entries.append((cap, 1.0))
        block.add("substitute", (number,), entries)


def _by_products(block: Template, grid: Grid, rules: Rules, options: Sequence[Option], inside: Flags) -> None:
    """A row for each by-product of an ally or partner that hosts it: all it makes there, in plants and projects, against the host's."""
    nodes = {(int(p), int(a)): number for number, (p, a) in enumerate(zip(grid.node_product, grid.node_actor, strict=True))}
    least = {(int(n), int(h)): float(ratio) for n, h, ratio in zip(rules.hosts.node, rules.hosts.host, rules.hosts.ratio, strict=True)}
    for actor in np.flatnonzero(inside):
        for (product, host), ratio in rules.ratio.items():
            if product not in grid.products or host not in grid.products:
                continue
            made, base = (nodes.get((grid.products.index(name), int(actor)), -1) for name in (product, host))
            ratio = max([least.get((made, base), ratio), *_own(options, grid.actors[actor], product, host)])
            theirs = _makers(block, options, grid.actors[actor], product, made)
            hosting = _makers(block, options, grid.actors[actor], host, base)
            if not theirs or not (hosting or base >= 0):
                continue
            new = ("host", product, grid.actors[actor]) not in block.rows
            row = block.row("host", product, grid.actors[actor])
            for column, factor in theirs if new else ():
                block.enter(row, column, factor)
            for column, factor in hosting:
                block.enter(row, column, -ratio * factor)
            fixed = [(made, -1.0)] if made >= 0 and new else []
            fixed += [(base, ratio)] if base >= 0 else []
            plants = {int(block.keys[column][0]) for column, _ in [*theirs, *hosting] if block.kinds[column] == "plant"}
            block.constant.setdefault(row, []).extend((node, factor) for node, factor in fixed if node not in plants)


def _own(options: Sequence[Option], actor: str, product: str, host: str) -> list[float]:
    """What projects of a place that make both are built for."""
    outputs = [dict(option.outputs) for option in options if option.kind == "project" and option.actor == actor]
    return [own[product] / own[host] for own in outputs if own.get(host, 0.0) > 0 and product in own]


def _makers(block: Template, options: Sequence[Option], actor: str, product: str, node: int) -> list[tuple[int, float]]:
    """Columns that make a product in a place, with tonnes of it per unit: the plant or its idle part, and projects."""
    hosted = {option.key: option for option in options if option.kind == "project" and option.actor == actor}
    found = [(column, 1.0) for kind in ("plant", "idle") for column in block.of(kind) if block.keys[column][0] == node]
    for column in block.of("option"):
        key, main = str(block.keys[column][0]), str(block.keys[column][1])
        if main == product and key in hosted:
            found.append((column, 1.0))
        elif key in hosted and (key, product) in block.joined and block.joined[key, product][0] == column:
            found.append((column, block.joined[key, product][1]))
    return found


def _surplus(block: Template, products: set[str]) -> None:
    """What comes beyond what is taken costs something: each balance of such a product once more, from above."""
    for key, row in [(key, row) for key, row in block.rows.items() if key[0] in ("ally", "own", "pool") and key[1] in products]:
        over = block.row("surplus", *key)
        entries = list(zip(block.row_index, block.column_index, block.value, strict=True))
        for _, column, value in [entry for entry in entries if entry[0] == row]:
            block.enter(over, column, value)
        block.add("surplus", key, [(over, -1.0)])
