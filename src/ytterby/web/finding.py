"""Search over materials, products, countries, indicators and the ledger's events: folded words, best fit first."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from ytterby.core.catalogue import indicators
from ytterby.reading.store import open_store
from ytterby.reading.view import parties
from ytterby.show.views.indicators import title_of
from ytterby.show.words import Names, day, kind_of
from ytterby.web.desk import Desk

MOST = 20
Hit = dict[str, Any]


def folded(text: str) -> str:
    """Return a text for comparison: without case and accents.

    >>> folded("Türkiye")
    'turkiye'
    """
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))


def find(desk: Desk, text: str) -> list[Hit]:
    """Return what fits a text, names that begin with it first."""
    wanted = folded(text.strip())
    hits = [
        hit
        for hit in _all(desk)
        if wanted and all(word in folded(f"{hit['code']} {hit['name']} {hit['detail']}") for word in wanted.split())
    ]
    return sorted(hits, key=lambda hit: (not folded(hit["name"]).startswith(wanted), wanted != folded(hit["code"]), hit["name"]))[:MOST]


def _all(desk: Desk) -> Iterator[Hit]:
    world, names = desk.world, Names(desk.world)
    for code, english, symbol in world["materials"].select("material", "name", "symbol").iter_rows():
        yield _hit("material", code, names.material(code), _detail(symbol, english, names.material(code)), view="chain", material=code)
    for code, english, material in world["products"].select("product", "name", "material").iter_rows():
        yield _hit("product", code, names.product(code), _detail("", english, names.product(code)), view="chain", material=material)
    for code, english in world["actors"].select("actor", "name").iter_rows():
        yield _hit(
            "country",
            code,
            names.actor(code),
            _detail("", english, names.actor(code)),
            view="indicators",
            actor=code,
            indicator="import_reliance",
        )
    for code, entry in indicators().items():
        if not entry.spec.run:
            yield _hit("indicator", code, title_of(code), entry.spec.formula, view="indicators", indicator=code)
    yield from _events(desk)


def _detail(symbol: str | None, english: str, name: str) -> str:
    """What stands below a name: the symbol, and the English name where it differs, so that both are found."""
    return " · ".join(part for part in (symbol, english if english != name else "") if part)


def _events(desk: Desk) -> Iterator[Hit]:
    if not desk.ledger.is_file():
        return
    with open_store(desk.ledger) as store:
        found = store.ledger().events
    for event in found:
        name = f"{kind_of(event['type'])}, {day(event['date'])}"
        yield _hit("event", event["id"], name, f"{parties(event) or ''} {event['evidence']}", view="ledger", open=f"#event-{event['id']}")


def _hit(kind: str, code: str, name: str, detail: str, **state: str) -> Hit:
    return {"kind": kind, "code": code, "name": name, "detail": detail, "state": state}
