"""`ytterby measure`: indicators with bands."""

from typing import Annotated

from cyclopts import Parameter

from ytterby.cli.common import DEFAULTS, Common, iso_date, the_world
from ytterby.cli.console import write


def measure(
    *indicators: str,
    list_all: Annotated[bool, Parameter(name="--list", negative="", help="show the catalogue: formula, unit, reference")] = False,
    product: str | None = None,
    actor: str | None = None,
    year: int | None = None,
    on: str | None = None,
    draws: int = 1000,
    common: Common = DEFAULTS,
) -> None:
    """Measure supply risk: indicators with bands.

    Example: ytterby measure hhi import_reliance --product ndfeb_magnet --on 2025-10-28

    Parameters
    ----------
    indicators
        names of the catalogue; none: all of them
    product
        only this product
    actor
        only this actor's view (ISO3; * is the world's)
    year
        year of the data; default: the latest
    on
        count the restrictions known and in force on this date
    draws
        draws behind each band; 0: no bands
    """
    import polars as pl

    from ytterby.core import catalogue
    from ytterby.indicators.measure import measure as run

    if list_all:
        rows = [(e.name, e.spec.title, e.spec.formula, e.spec.unit, e.spec.reference) for e in catalogue.indicators().values()]
        write(pl.DataFrame(rows, schema=["indicator", "title", "formula", "unit", "reference"], orient="row"), common.format, common.out)
        return
    day = iso_date(on, "--on")
    frame = run(the_world(common), *indicators, product=product, actor=actor, year=year, on=day, draws=draws, seed=common.seed)
    write(frame, common.format, common.out)
