"""A solved plan as the tables of the schema: options, service, bottlenecks, partners."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from ytterby.core import schema
from ytterby.core.world import World
from ytterby.planning.game import Values
from ytterby.planning.options import Option
from ytterby.planning.solver import Floats
from ytterby.planning.value import CHOSEN, Found, lead
from ytterby.planning.why import SCARCE, Reasons


def options_table(world: World, found: Found, left: Sequence[Option]) -> pl.DataFrame:
    """Return table `plan`: the program's options, then those that are none."""
    reasons = Reasons(world, found)
    rows = [_row(found, numbers, reasons) for numbers in found.problem.groups]
    rows += [_row_left(world, option) for option in left]
    frame = pl.DataFrame(rows, schema=[column.name for column in schema.columns("plan")], orient="row", infer_schema_length=None)
    return schema.cast("plan", frame).sort("chosen", "worth", "option", descending=[True, True, False], nulls_last=True)


def portfolio(found: Found) -> tuple[tuple[Option, float], ...]:
    """Return the options of the program that are taken, with their shares."""
    shares = [(option, _share(found, number)) for number, option in enumerate(found.problem.options)]
    return tuple((option, share) for option, share in shares if share > 0)


def _share(found: Found, number: int) -> float:
    """Share taken; what is free and changes nothing is not taken."""
    share = float(found.shares[number])
    option = found.problem.options[number]
    idle = option.usd <= 0 and not option.given and not found.worth[number] > SCARCE
    return 0.0 if share <= CHOSEN or idle else min(share, 1.0)


def taken(found: Found) -> Floats:
    """Return the share taken of each option of the program, as the tables give it."""
    return np.array([_share(found, number) for number in range(len(found.problem.options))])


def _row(found: Found, numbers: Sequence[int], reasons: Reasons) -> tuple[object, ...]:
    """One row for all vintages of a project: its start is that of the vintage taken most."""
    number = lead(numbers, found.shares)
    option, parts = found.problem.options[number], [_share(found, one) for one in numbers]
    share = min(1.0, sum(parts))
    usd = sum(part * found.problem.options[one].usd for part, one in zip(parts, numbers, strict=True))
    size, worth = option.size * (share or 1.0), float(found.worth[number]) if share else None
    return _cells(option, share, size, usd, worth, reasons.sentence(number, share))


def _row_left(world: World, option: Option) -> tuple[object, ...]:
    reason = option.left or "the scenarios do not touch what it makes"
    return _cells(option, 0.0, option.size, 0.0, None, f"Left: {reason}.")


def _cells(option: Option, share: float, size: float, usd: float, worth: float | None, why: str) -> tuple[object, ...]:
    start = int(np.ceil(option.opening))
    return (option.key, option.kind, option.name, option.actor, option.product, share, size, start, usd, worth, why, option.source)


def service(found: Found) -> pl.DataFrame:
    """Return table `service`: tonnes wanted and missing by year, ally, use and product, before and after.

    What there is goes to defence, then essential, then other uses, and inside a class in equal parts (order.py).
    """
    problem, made, parts = found.problem, found.problem.case, []
    flat = made.grid
    for state, optima in found.allocated.items():
        for part, of, solved in zip(problem.parts, problem.program.of, optima, strict=True):
            each = [part.missing(one) for one in solved]
            for slot in (slot for slot in each[0] if made.value[slot] > 0):
                missing = np.array([one[slot] for one in each])[of]
                columns = {
                    "year": made.years,
                    "actor": flat.actors[flat.slot_actor[slot]],
                    "use": flat.uses[flat.slot_use[slot]],
                    "product": flat.products[flat.slot_product[slot]],
                    "state": state,
                    "wanted": made.chance @ made.demand[:, :, slot] * flat.need[slot],
                    "missing": made.chance @ missing,
                    "worst": missing.max(axis=0),
                }
                parts.append(pl.DataFrame(columns))
    names = [column.name for column in schema.columns("service")]
    empty = pl.DataFrame(schema=names).cast(pl.String())
    return schema.cast("service", pl.concat(parts).sort(names[:5]) if parts else empty)


def bottlenecks(found: Found, budget: float) -> pl.DataFrame:
    """Return table `bottlenecks`: what one more tonne (or dollar of budget) would save, from the duals of the plan."""
    rows: list[tuple[int, str, str, str, float]] = [(*key, usd) for key, usd in _scarce(found).items() if usd > SCARCE]
    if found.shadow > 1e-9 and budget > 0:
        rows.append((found.problem.case.years[0], "*", "*", "budget", found.shadow))
    columns = [column.name for column in schema.columns("bottlenecks")]
    frame = pl.DataFrame(rows, schema=columns, orient="row") if rows else pl.DataFrame(schema=columns).cast(pl.String())
    return schema.cast("bottlenecks", frame).sort("usd_per_t", *columns[:4], descending=[True, False, False, False, False])


def _scarce(found: Found) -> dict[tuple[int, str, str, str], float]:
    """USD per tonne by (year, product, actor, constraint): supply that reaches an ally, capacity of plants and projects."""
    built = {option.key: option for option in found.problem.options if option.kind == "project"}
    parts: list[tuple[tuple[str, str, str], Floats]] = [((*place, "capacity"), usd) for place, usd in found.tightness.items()]
    for key, usd in found.scarcity.items():
        if key[0] == "ally":
            parts.append(((key[1], key[2], "supply"), usd))
        elif key[0] == "option" and key[1] in built:
            parts.append(((key[2], built[key[1]].actor, "capacity"), -usd))
    best: dict[tuple[int, str, str, str], float] = {}
    for (product, actor, constraint), values in parts:
        for year, usd in zip(found.problem.case.years, values, strict=True):
            place = (year, product, actor, constraint)
            best[place] = max(best.get(place, 0.0), float(usd))
    return best


def partners_table(values: Values) -> pl.DataFrame:
    """Return table `partners`: what each ally and partner is worth to the club, the worthiest first; with one player, nothing."""
    columns = {
        "actor": values.players,
        "worth": values.marginal,
        "with_cost": np.full(len(values.players), values.whole),
        "without_cost": values.whole + values.marginal,
        "shapley": values.shapley,
        "error": values.error,
    }
    frame = pl.DataFrame(columns, schema_overrides={"actor": pl.String()})
    return schema.cast("partners", frame).sort("worth", "actor", descending=[True, False])
