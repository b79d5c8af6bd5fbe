"""The ledger over all articles that this server has read: timeline, commitments, the sentence behind an event."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from ytterby.errors import InputError
from ytterby.reading.ledger import to_jsonl
from ytterby.reading.store import Ledger, open_store
from ytterby.reading.view import Choice, chosen, full, promised, timeline
from ytterby.show.language import say
from ytterby.show.page import fragment, rendered, view_of
from ytterby.show.views import timeline as shown
from ytterby.show.views import trace
from ytterby.show.words import Names, kind_of, word
from ytterby.web.common import API, Id, Part, TheDesk, part
from ytterby.web.desk import Desk
from ytterby.web.questions import empty

router = APIRouter(prefix=API, tags=["ledger"])
Word = Annotated[str | None, Query(max_length=80)]


def the_ledger(desk: Desk) -> Ledger:
    """Return what the ledger says; nothing was read yet: an empty one."""
    if not desk.ledger.is_file():
        return Ledger([], [])
    with open_store(desk.ledger) as store:
        return store.ledger()


@router.get("/ledger")
def view(
    desk: TheDesk,
    actor: Word = None,
    material: Word = None,
    type: Word = None,  # noqa: A002 - the parameter's name
    status: Word = None,
    since: date | None = None,
    until: date | None = None,
) -> Part:
    """Show the events as a timeline and the commitments with their state today."""
    ledger, today = the_ledger(desk), date.today()
    events = chosen(ledger.events, Choice(actor, material, type, status, since, until))
    seen = view_of(empty(desk.world))
    chart = shown.timeline(timeline(events, ledger.links, today), seen.names, today)
    due = shown.promises(promised(events, ledger.links, today), seen.names)
    return part(fragment(seen, [chart], [(say("timeline.promises"), due)]))


@router.get("/ledger/choices")
def choices(desk: TheDesk) -> dict[str, list[list[str]]]:
    """Return the actors, materials, types and states that the ledger's events bear, each with its name, in the order of names."""
    events, names = the_ledger(desk).events, Names(desk.world)
    return {
        "actor": _choices({actor["id"] for event in events for actor in event["actors"]}, names.actor),
        "material": _choices({name for event in events for name in event["materials"]}, names.material),
        "type": _choices({event["type"] for event in events}, kind_of),
        "status": _choices({event["status"] for event in events}, partial(word, "status")),
    }


def _choices(codes: Iterable[str], name: Callable[[str], str]) -> list[list[str]]:
    return sorted(([code, name(code)] for code in codes), key=lambda pair: (pair[1], pair[0]))


@router.get("/ledger/ledger.jsonl", response_class=Response)
def export(desk: TheDesk) -> Response:
    """Return all events with their links, one JSON object a line."""
    ledger = the_ledger(desk)
    text = to_jsonl([full(event, ledger.links) for event in ledger.events])
    return Response(text, media_type="application/x-ndjson", headers={"content-disposition": 'attachment; filename="ledger.jsonl"'})


@router.get("/ledger/events/{event}")
def sentence(event: Id, desk: TheDesk) -> Part:
    """Return an event and its sentence amid the text of its article."""
    found: dict[str, Any] | None = next((one for one in the_ledger(desk).events if one["id"] == event), None)
    if found is None:
        found = _told(desk, event)
    if found is None:
        raise HTTPException(404, "no such event")
    with open_store(desk.ledger) as store:
        document = store.documents()[found["document"]["sha256"]]
    return Part(html=rendered("sentence", trace.sentence(view_of(empty(desk.world)), found, document)), figures={})


def _told(desk: Desk, event: str) -> dict[str, Any] | None:
    """A telling that the ledger counts with another: the event under which it stands."""
    if not desk.ledger.is_file():
        return None
    with open_store(desk.ledger) as store:
        try:
            record = store.resolve(event)
        except InputError:
            return None
        bodies = [one for entry in store.entries() if entry.kind == "reading" for one in entry.body]
    return next((one for one in bodies if one["id"] == record), None)
