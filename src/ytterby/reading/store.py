"""The ledger kept in one SQLite file: texts and readings are added, never changed; events are worked out from them.

Two tables that only grow: `documents` (the untouched text) and `entries` (a reading of a document, or a correction by hand). What the
ledger says is a function of the entries (acts, events, links), so that every former version can be worked out again, reading an
article twice changes nothing, and the order of articles does not matter. One transaction an entry: whoever is killed loses nothing that was
committed. Several programs may write at once; each waits for the other.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from ytterby import __version__
from ytterby.errors import InputError
from ytterby.reading.acts import Record, block
from ytterby.reading.article import Article
from ytterby.reading.dates import ends
from ytterby.reading.events import Event, build, read_correction
from ytterby.reading.gate import check_record
from ytterby.reading.links import Link, link
from ytterby.reading.store_file import RESCUE, guarded, opened

KINDS = ("reading", "correction")


@dataclass(frozen=True)
class Entry:
    """One addition to the store: a reading (body: its records) or a correction (body: record, slot, value, why)."""

    seq: int
    at: str
    by: str
    kind: str
    document: str | None
    body: Any


@dataclass(frozen=True)
class Ledger:
    """What the store says: events and the links between them."""

    events: list[Event]
    links: list[Link]


class Store:
    """An open ledger; see open_store."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._connection = path, connection

    def append(self, article: Article, records: Sequence[Record], anew: bool = False) -> bool:
        """Keep an article and what was read in it; False if it is known already. anew: let this reading replace the former one.

        Raises InputError if a record is not what the text says, or if another program holds the file for too long.
        """
        for record in records:
            if faults := check_record(record, article.text):
                raise InputError(f"a record that the text does not bear out: {'; '.join(faults)}", article.stem, "read the article again")
        body = json.dumps(list(records), ensure_ascii=False, allow_nan=False)
        with self._transaction() as writer:
            known = writer.execute("SELECT body FROM entries WHERE document = ? ORDER BY seq DESC LIMIT 1", (article.sha256,)).fetchone()
            if known is not None and (not anew or known[0] == body):
                return False
            row = (article.sha256, article.stem, article.language, article.stated, article.url, article.title, article.text)
            writer.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
            _add(writer, "reading", article.sha256, body)
        return True

    def correct(self, name: str, slot: str, value: str, why: str) -> str:
        """Correct an event by hand; what it said before stays in its history. Returns the event's id.

        slot: type, status, salience, certainty, date, effective, until, materials, actors; drop (leave it out), alone (take this
        telling out of its event), same_as (another event's id). Raises InputError for an unknown event, slot or value, or without a why.
        """
        if not why.strip():
            raise InputError("no reason given", "correction", "say why")
        record = self.resolve(name)
        meant = self.resolve(value) if slot == "same_as" else read_correction(slot, value)
        body = {"record": record, "slot": slot, "value": meant, "why": why.strip()}
        with self._transaction() as writer:
            _add(writer, "correction", None, json.dumps(body, ensure_ascii=False))
        return record

    def entries(self) -> list[Entry]:
        """Return all entries in their order; raises InputError if one is not as it was written."""
        with guarded(self.path):
            rows = self._connection.execute("SELECT seq, at, by, kind, document, body, digest FROM entries ORDER BY seq").fetchall()
        for row in rows:
            if _digest(row[5]) != row[6] or row[3] not in KINDS:
                raise InputError(f"entry {row[0]} is not as it was written", str(self.path), RESCUE)
        return [Entry(row[0], row[1], row[2], row[3], row[4], json.loads(row[5])) for row in rows]

    def ledger(self, as_of: date | None = None) -> Ledger:
        """Return what the store says, or what it said from articles published up to a day (undated ones left out then).

        Every text is checked against its hash, every record against its text. Raises InputError if one does not hold.
        """
        entries = self.entries()
        self._verify(entries)
        events = build(_records(entries, as_of), _corrections(entries))
        return Ledger(events, link(events))

    def history(self, name: str) -> list[dict[str, Any]]:
        """Return the versions of an event, oldest first: seq, at, by, cause and the event as it then was (None: left out)."""
        entries, wanted = self.entries(), self.resolve(name)
        kin = _kin(entries, wanted)
        states = []
        for number in range(1, len(entries) + 1):
            so_far = entries[:number]
            states.append(build([record for record in _records(so_far) if block(record) in kin], _corrections(so_far)))
        versions: list[dict[str, Any]] = []
        for entry, event in zip(entries, _followed(states, wanted), strict=True):
            if event != (versions[-1]["event"] if versions else None):
                cause = entry.document if entry.kind == "reading" else f"{entry.body['slot']}: {entry.body['why']}"
                versions.append({"seq": entry.seq, "at": entry.at, "by": entry.by, "cause": cause, "event": event})
        return versions

    def resolve(self, name: str) -> str:
        """Return the id that a name stands for: any record of an event, in full or by its first letters (four or more)."""
        ids: set[str] = {record["id"] for entry in self.entries() if entry.kind == "reading" for record in entry.body}
        fitting = sorted(known for known in ids if known.startswith(name)) if len(name) >= 4 else []
        if len(fitting) != 1:
            what = f"'{name}' fits {len(fitting)} events" if fitting else f"no event '{name}'"
            raise InputError(what, str(self.path), "give more letters" if fitting else "ytterby ledger list shows the ids")
        return fitting[0]

    def documents(self) -> dict[str, dict[str, Any]]:
        """Return the documents by their hash: stem, language, published, url, title, text."""
        with guarded(self.path):
            rows = self._connection.execute("SELECT * FROM documents ORDER BY sha256").fetchall()
        names = ("stem", "language", "published", "url", "title", "text")
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}

    def _verify(self, entries: Sequence[Entry]) -> None:
        documents = self.documents()
        for name, document in documents.items():
            if sha256(document["text"].encode()).hexdigest() != name:
                raise InputError(f"the text of document {name[:12]} has changed", str(self.path), RESCUE)
        for record in _records(entries):
            document = documents.get(record["document"]["sha256"], {})
            if any(document.get(name) != value for name, value in record["document"].items() if name != "sha256"):
                raise InputError(f"the document of event {record['id']} is not as it was written", str(self.path), RESCUE)
            if faults := check_record(record, document["text"]):
                raise InputError(f"event {record['id']}: {'; '.join(faults)}", str(self.path), RESCUE)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with guarded(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                # After some faults (no room, no disk) SQLite has rolled back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")


@contextmanager
def open_store(path: str | Path, create: bool = False) -> Iterator[Store]:
    """Open a ledger file; with `create`, make it if it is absent.

    Raises InputError, one line, if the file is absent, damaged, of another program or of a newer version.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, open_store(Path(folder, "a.db"), create=True) as store:
    ...     store.ledger().events
    []
    """
    path = Path(path)
    with opened(path, create) as connection:
        yield Store(path, connection)


def _add(writer: sqlite3.Connection, kind: str, document: str | None, body: str) -> None:
    row = (datetime.now(UTC).isoformat(timespec="seconds"), f"ytterby {__version__}", kind, document, body, _digest(body))
    writer.execute("INSERT INTO entries (at, by, kind, document, body, digest) VALUES (?, ?, ?, ?, ?, ?)", row)


def _digest(body: str) -> str:
    return sha256(body.encode()).hexdigest()


def _records(entries: Sequence[Entry], as_of: date | None = None) -> list[Record]:
    """The records of the latest reading of each document."""
    latest: dict[str | None, list[Record]] = {entry.document: entry.body for entry in entries if entry.kind == "reading"}
    return [record for records in latest.values() for record in records if as_of is None or _known(record, as_of)]


def _known(record: Record, as_of: date) -> bool:
    published = record["document"]["published"]
    return bool(published) and ends(published[:10]) <= as_of


def _corrections(entries: Sequence[Entry]) -> list[Record]:
    return [entry.body for entry in entries if entry.kind == "correction"]


def _kin(entries: Sequence[Entry], wanted: str) -> set[tuple[Any, ...]]:
    """The blocks of all records that could ever be in one event with a record: its own, and those put together by hand."""
    ids = {wanted}
    orders = [(c["record"], c["value"]) for c in _corrections(entries) if c["slot"] == "same_as"]
    for _ in orders:
        ids |= {name for order in orders if ids & set(order) for name in order}
    return {block(record) for entry in entries if entry.kind == "reading" for record in entry.body if record["id"] in ids}


def _followed(states: Sequence[list[Event]], wanted: str) -> list[Event | None]:
    """In each state the event that holds a record; before the record came, the event that it joined."""
    held = [next((event for event in state if wanted in _ids(event)), None) for state in states]
    first = next((index for index, event in enumerate(held) if event is not None), len(states))
    for index in range(first - 1, -1, -1):
        after = held[index + 1] if index + 1 < len(held) else None
        held[index] = max(states[index], key=lambda event: len(_ids(event) & _ids(after)), default=None) if after else None
        if held[index] is not None and not _ids(held[index]) & _ids(after):
            held[index] = None
    return held


def _ids(event: Event | None) -> set[str]:
    return {source["id"] for source in event["sources"]} if event else set()
