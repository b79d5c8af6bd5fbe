"""Records as the reader makes them, without the reader; as a program, a writer that goes on until it is stopped."""

import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ytterby.reading import store_file
from ytterby.reading.acts import Record
from ytterby.reading.article import Article
from ytterby.reading.dates import ends
from ytterby.reading.events import build
from ytterby.reading.store import Store, open_store

Told = tuple[Article, Record]
IMPOSER = (("CHN", "imposer"),)


def telling(
    name: object,
    published: str | None = "2025-10-10",
    *,
    type: str = "export_control",  # noqa: A002 - the slot's name
    status: str = "in_force",
    actors: Sequence[tuple[str, str]] = IMPOSER,
    materials: Sequence[str] = ("rare_earths",),
    date: str | None = None,
    source: str = "text_or_relative",
    amounts: Sequence[tuple[float, str]] = (),
    rule: str = "a.rule",
    **slots: Any,
) -> tuple[Article, Record]:
    """An article of one sentence and the record that it tells; the same name gives the same text."""
    names = " and ".join(actor for actor, _ in actors)
    evidence = f"{names} did so, as {name} writes, with {' '.join(f'{value:g} {unit}' for value, unit in amounts) or 'no number'}."
    text = f"Story {name}.\n\n{evidence}\n"
    start = text.index(evidence)
    key = sha256(text.encode()).hexdigest()
    article = Article(str(name), text, ends(published) if published else None, None, None, "en", key, published)
    places = [(text.index(actor, start), actor, role) for actor, role in actors]
    record = {
        "id": sha256(f"{key}{type}{status}".encode()).hexdigest()[:16],
        "article": str(name),
        "document": {"sha256": key, "language": "en", "published": published, "url": None},
        "type": type,
        "status": status,
        "salience": "news",
        "certainty": "confirmed",
        "actors": [{"id": a, "role": role, "name": a, "via": None, "start": at, "end": at + len(a)} for at, a, role in places],
        "materials": list(materials),
        "stage": "unspecified",
        "date": date,
        "date_precision": {4: "year", 7: "month", 10: "day"}[len(date)] if date else None,
        "date_source": source if date else None,
        "effective": None,
        "until": None,
        "quantities": [
            {"value": value, "unit": unit, "of": "", "start": (at := text.index(f"{value:g} {unit}")), "end": at + 2}
            for value, unit in amounts
        ],
        "evidence": evidence,
        "start": start,
        "end": start + len(evidence),
        "rule": rule,
        "why": "a test",
        "confidence": 0.95,
    }
    return article, {**record, **slots}


def events(*told: Told) -> list[Record]:
    """The events that tellings make."""
    return build([record for _, record in told])


def keep(store: Store, *told: tuple[Article, Record]) -> None:
    """Append tellings, one article each."""
    for article, record in told:
        store.append(article, [record])


def write_on(path: Path, first: int, last: int) -> None:
    """Append numbered articles and print each number once it is committed."""
    store_file.PATIENCE = 600.0  # with rivals on a slow machine
    with open_store(path, create=True) as store:
        for number in range(first, last):
            keep(store, telling(number, date=f"2025-{number % 12 + 1:02d}-{number % 28 + 1:02d}"))
            print(number, flush=True)


RIVALS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "published": st.sampled_from(["2025-10-09", "2025-10-10", "2025-10-12", "2025-11-20", None]),
        "status": st.sampled_from(["announced", "in_force", "suspended", "planned", "denied"]),
        "type": st.sampled_from(["export_control", "tariff", "export_control_relief"]),
        "actors": st.sampled_from(
            [(("CHN", "imposer"),), (("CHN", "imposer"), ("USA", "target")), (("CHN", "imposer"), ("JPN", "target"))]
        ),
        "materials": st.sampled_from([("rare_earths",), ("dysprosium",), ("gallium",), ()]),
        "date": st.sampled_from([None, "2025-10-09", "2025-10-10", "2025-10", "2025"]),
        "source": st.sampled_from(["text_or_relative", "publication"]),
        "effective": st.sampled_from([None, "2025-12-01", "2025-10-09"]),
        "amounts": st.sampled_from([(), ((10, "percent"),), ((25, "percent"),)]),
    }
)
SETS = st.lists(RIVALS, min_size=1, max_size=9).map(lambda rows: [telling(number, **row) for number, row in enumerate(rows)])


if __name__ == "__main__":
    write_on(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
