"""Agreements as options: what a signed contract lets the allies claim of a partner's plants.

Modelled: a right to a share, or to tonnes a year, of what one party outside the allies makes of the agreement's material and stage, beyond
what that party sends the allied parties anyway, for as long as the agreement runs; under stress the right shrinks with the supplier's
output, but a volume that comes first (table `contracts`) holds as long as that much is made. Of a take-or-pay contract that share of what
the right adds must be taken, and a tonne that nobody needs costs its price. Money put into a project lowers the project's cost
(options.py). Not modelled: intentions without a volume, joint research.
"""

from typing import Any

import polars as pl

from ytterby.core.world import World
from ytterby.planning.options import Basis, Option


def agreements(world: World, basis: Basis, output: dict[tuple[str, str], float]) -> list[Option]:
    """Return every agreement as an option: a right to a share (or tonnes) of what a party outside the allies makes.

    output: t a year by (product, actor) of the base year. Signed money is spent, so using an agreement costs nothing.
    """
    return [
        _agreement(world, rows, basis, output)
        for _, rows in world["agreements"].sort("option", "party").group_by("option", maintain_order=True)
    ]


def _agreement(world: World, rows: pl.DataFrame, basis: Basis, output: dict[tuple[str, str], float]) -> Option:
    row = rows.row(0, named=True)
    outside = [party for party in rows["party"] if party not in basis.allies]
    covered = _covered(world, row)
    made = {party: {product: t for (product, actor), t in output.items() if actor == party and product in covered} for party in outside}
    supplier = max(outside, key=lambda party: sum(made[party].values()), default=rows["party"][0])
    rights = _rights(row, made.get(supplier, {}))
    reasons = (
        (not any(party in basis.allies for party in rows["party"]), "none of the allies is a party"),
        (row["project"] is not None and not rights, "its money is already counted in the cost of its project"),
        (row["t"] is None and row["share"] is None, "it names no tonnage and no share"),
        (not outside, "all its parties are allies, who share their supply anyway"),
        (not rights, "its parties outside the allies made nothing of this kind in the base year"),
        (row["until"] is not None and row["until"].year <= basis.years[0], "it has ended"),
        (row["date"] > basis.on, f"it was known only on {row['date']}, after the day of this plan"),
    )
    product = max(rights, key=lambda right: right[1])[0] if rights else None
    below, pays = _terms(world, row["option"])
    price = world["prices"].filter(pl.col("product") == (product or "")).sort(pl.col("bloc") == "world", "date")["usd_per_t"]
    return Option(
        option=row["option"],
        kind="agreement",
        name=row["name"],
        actor=supplier,
        product=product,
        size=sum(t for _, t in rights),
        usd=0.0,
        outputs=rights,
        source=row["source"],
        opening=float(max(row["date"].year, basis.years[0])),
        closing=float(row["until"].year) if row["until"] is not None else float("inf"),
        left=next((reason for holds, reason in reasons if holds), ""),
        price=price[-1] if len(price) else 0.0,
        parties=frozenset(rows["party"]) & basis.allies,
        first_below=below,
        pays=pays if len(price) else 0.0,
    )


def _terms(world: World, option: str) -> tuple[float, float]:
    """Output of the supplier below which the volume comes first (t a year); share of it that is paid in any case; 0: unsaid."""
    row = world["contracts"].filter(pl.col("option") == option)
    said = [0.0 if row[name][0] is None else float(row[name][0]) for name in ("first_below", "take_or_pay")] if row.height else [0.0, 0.0]
    return said[0], said[1]


def _rights(row: dict[str, Any], made: dict[str, float]) -> tuple[tuple[str, float], ...]:
    """Tonnes a year that the agreement may claim of each product, never more than is made."""
    total = sum(made.values())
    wanted = row["t"] if row["t"] is not None else (row["share"] or 0.0) * total
    return tuple((product, min(1.0, wanted / total) * t) for product, t in sorted(made.items())) if total and wanted else ()


def _covered(world: World, row: dict[str, Any]) -> set[str]:
    """Products of the agreement's material (or of a material in its family) at its stage; without a stage, all stages."""
    family = world["materials"].filter((pl.col("material") == row["material"]) | (pl.col("family") == row["material"]))["material"]
    products = world["products"].filter(pl.col("material").is_in(family.to_list()))
    return set((products if row["stage"] is None else products.filter(pl.col("stage") == row["stage"]))["product"])
