"""`ytterby ledger`: what the store holds: events over many articles, what ends what, what is due; correct and export it."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ytterby.cli.common import DEFAULTS, Common, iso_date
from ytterby.cli.console import put, write
from ytterby.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from ytterby.reading.events import Event
    from ytterby.reading.links import Link

EVENTS = ("event", "date", "type", "status", "certainty", "actors", "materials", "amounts", "sources", "links")
PROMISES = ("event", "type", "actors", "materials", "due", "due_precision", "state", "by", "evidence")
MOMENTS = ("day", "what", "event", "type", "status", "actors", "materials", "note")
app = App(name="ledger", help="Look at the ledger that `ytterby read --store` keeps: events, links, commitments.", help_format="plaintext")


@Parameter(name="*")
class Filter:
    """Which events are meant."""

    def __init__(
        self,
        *,
        actor: Annotated[str | None, Parameter(help="only events of this actor (ISO3 code or org:NAME)")] = None,
        material: Annotated[str | None, Parameter(help="only events on this material or a part of it")] = None,
        type: Annotated[str | None, Parameter(help="only this type of event")] = None,  # noqa: A002 - the option's name
        status: Annotated[str | None, Parameter(help="only this status")] = None,
        since: Annotated[str | None, Parameter(help="only from this day on, YYYY-MM-DD")] = None,
        until: Annotated[str | None, Parameter(help="only up to this day, YYYY-MM-DD")] = None,
    ) -> None:
        self.names = {"actor": actor, "material": material, "type": type, "status": status}
        self.since, self.until = iso_date(since, "--since"), iso_date(until, "--until")


EVERYTHING = Filter()


@app.command(name="list")
def list_(
    file: Path,
    *,
    commitments: Annotated[bool, Parameter(negative="")] = False,
    only: Filter = EVERYTHING,
    common: Common = DEFAULTS,
) -> None:
    """List the events, each with its sources and what it ends or is ended by; or the commitments with their due dates.

    Example: ytterby ledger list ledger.db --material rare_earths --since 2025-04-01

    Parameters
    ----------
    file
        the ledger, made by ytterby read --store
    commitments
        list what was promised instead, by when, and whether it is open, overdue, done or withdrawn on --as-of (default: today)
    """
    from ytterby.reading.view import listed, promised

    events, links = _load(file, only, common)
    frame = _frame(promised(events, links, _day(common)), PROMISES) if commitments else _frame(listed(events, links), EVENTS)
    write(frame, common.format, common.out)


@app.command
def timeline(file: Path, *, only: Filter = EVERYTHING, common: Common = DEFAULTS) -> None:
    """Show what happened, took effect, ends and is due, in order of the day.

    Example: ytterby ledger timeline ledger.db --actor CHN

    Parameters
    ----------
    file
        the ledger, made by ytterby read --store
    """
    from ytterby.reading.view import timeline as run

    events, links = _load(file, only, common)
    write(_frame(run(events, links, _day(common)), MOMENTS), common.format, common.out)


@app.command
def show(file: Path, event: str, *, common: Common = DEFAULTS) -> None:
    """Show one event as JSON: every source with its words, codes, links, corrections and former versions.

    Example: ytterby ledger show ledger.db 03de9c61

    Parameters
    ----------
    file
        the ledger, made by ytterby read --store
    event
        its id, or the first letters of it
    """
    from ytterby.reading.store import open_store
    from ytterby.reading.view import full

    _only_json(common, "ledger show")
    with open_store(file) as store:
        wanted, ledger, versions = store.resolve(event), store.ledger(), store.history(event)
    whole = next((e for e in ledger.events if any(source["id"] == wanted for source in e["sources"])), None)
    told: dict[str, Any] = {"event": full(whole, ledger.links) if whole else None, "history": versions}
    put(json.dumps(told, ensure_ascii=False, indent=1) + "\n", common.out)


@app.command
def export(file: Path, *, only: Filter = EVERYTHING, common: Common = DEFAULTS) -> None:
    """Write the events as JSON lines (everything), CSV or Parquet (one row an event), with codes of CAMEO, PLOVER and Global Trade Alert.

    Example: ytterby ledger export ledger.db --out events.parquet

    Parameters
    ----------
    file
        the ledger, made by ytterby read --store
    """
    from ytterby.core.whole import whole
    from ytterby.reading.ledger import to_jsonl
    from ytterby.reading.view import flat, full

    form = _export_format(common)
    events, links = _load(file, only, common)
    if form == "jsonl":
        put(to_jsonl(full(event, links) for event in events), common.out)
        return
    frame = _frame(flat(events, links), ())
    if form == "csv" or common.out is None:
        put(frame.write_csv() if frame.width else "", common.out)
        return
    with whole(common.out) as draft:
        frame.write_parquet(draft)


@app.command
def correct(file: Path, event: str, change: str, *, why: str, common: Common = DEFAULTS) -> None:
    """Correct an event by hand; what it said before stays in its history.

    Example: ytterby ledger correct ledger.db 03de9c61 status=denied --why "the ministry denied it on 3 May"

    Parameters
    ----------
    file
        the ledger, made by ytterby read --store
    event
        its id, or the first letters of it
    change
        SLOT=VALUE: type, status, salience, certainty, date, effective, until, materials=a,b, actors=CHN:imposer,USA:target;
        drop=yes leaves the event out, alone=yes takes a telling out of its event, same_as=EVENT puts two together
    why
        the reason, kept with the correction
    """
    from ytterby.reading.store import open_store

    slot, equals, value = change.partition("=")
    if not equals:
        raise InputError(f"'{change}' is no change", "ledger correct", "write SLOT=VALUE, for instance status=denied")
    with open_store(file) as store:
        record = store.correct(event, slot.strip(), value.strip(), why)
    put(f"corrected {record}: {slot.strip()} = {value.strip()}\n", common.out)


def _load(file: Path, only: Filter, common: Common) -> "tuple[list[Event], list[Link]]":
    from ytterby.reading.store import open_store
    from ytterby.reading.view import Choice, chosen

    with open_store(file) as store:
        ledger = store.ledger(iso_date(common.as_of, "--as-of"))
    return chosen(ledger.events, Choice(**only.names, since=only.since, until=only.until)), ledger.links


def _day(common: Common) -> date:
    return iso_date(common.as_of, "--as-of") or date.today()


def _only_json(common: Common, verb: str) -> None:
    if common.format not in (None, "json"):
        raise InputError(f"no format '{common.format}'", f"{verb} --format", "it is JSON")


def _export_format(common: Common) -> str:
    """The format by --format, else by the suffix of --out, else JSON lines."""
    suffix = common.out.suffix.lower() if common.out else ""
    named = {".jsonl": "jsonl", ".json": "jsonl", ".csv": "csv", ".parquet": "parquet"}
    if common.format == "table" or (common.format is None and suffix not in named and common.out is not None):
        raise InputError(f"no format '{common.format or suffix}'", "ledger export", "name the file .jsonl, .csv or .parquet")
    return {"json": "jsonl", "csv": "csv"}[common.format] if common.format else named.get(suffix, "jsonl")


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> "pl.DataFrame":
    import polars as pl

    if not rows:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String()))
    return pl.DataFrame(rows, infer_schema_length=None).select(columns or list(rows[0]))
