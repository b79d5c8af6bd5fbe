"""Cash of a plan: who pays what by which instrument in which year, and what of it does not come back.

With a budget by government the program decides who pays (money.py). Without one a rule does: a government pays for its own stocks and for
projects in its country; a project outside the allies is shared by the allies in proportion to what they need of its product.
"""

import polars as pl

from ytterby.core import schema
from ytterby.planning.case import needs
from ytterby.planning.money import payers
from ytterby.planning.options import Option
from ytterby.planning.tables import taken
from ytterby.planning.value import CHOSEN, Found


def cash(found: Found) -> pl.DataFrame:
    """Return table `cash`: year, government, instrument, option, usd (face value), cost (public), basis. usd adds up to what is spent."""
    problem, rows = found.problem, []
    years = problem.case.years
    for number, (option, share) in enumerate(zip(problem.options, taken(found), strict=True)):
        if share <= CHOSEN or option.usd <= 0:
            continue
        for name, part in _split(found, number).items():
            for outlay in option.outlays:
                scale = share * part
                row = (
                    max(years[0], outlay.year),
                    name,
                    outlay.instrument,
                    option.key,
                    scale * outlay.usd,
                    scale * outlay.cost,
                    outlay.basis,
                )
                rows.append(row)
    columns = [column.name for column in schema.columns("cash")]
    frame = pl.DataFrame(rows, schema=columns, orient="row") if rows else pl.DataFrame(schema=columns).cast(pl.String())
    summed = frame.group_by(columns[:4], maintain_order=True).agg(pl.col("usd", "cost").cast(pl.Float64()).sum(), pl.col("basis").first())
    return schema.cast("cash", summed.select(columns)).sort(columns[:4])


def _split(found: Found, number: int) -> dict[str, float]:
    """Part of an option that each government pays; the parts add up to 1."""
    problem = found.problem
    option = problem.options[number]
    first = len(problem.options) + len(problem.players)
    pays = payers(problem.options, problem.allies) if found.optimum.z.size > first else []
    chosen = {name: float(found.optimum.z[first + at]) for at, (of, name) in enumerate(pays) if of == number}
    parts = chosen if sum(chosen.values()) > 0 else _rule(found, option)
    total = sum(parts.values())
    return {name: part / total for name, part in sorted(parts.items()) if part > CHOSEN * total}


def _rule(found: Found, option: Option) -> dict[str, float]:
    if option.actor in found.problem.allies:
        return {option.actor: 1.0}
    wanted = needs(found.problem.case.grid, found.problem.allies, [option.product or ""])
    found_ = {name: t for _, name, t in wanted if t > 0}
    return found_ or dict.fromkeys(found.problem.allies, 1.0)
