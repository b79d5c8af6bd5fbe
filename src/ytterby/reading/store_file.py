"""The file of the ledger: made, opened and looked at, while other programs may do the same; what SQLite says of it in one line."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ytterby.errors import InputError
from ytterby.reading.store_log import check_log

APPLICATION = 0x59545442  # "YTTB"
VERSION = 1
PATIENCE = 30.0
"""Seconds to wait for another writer."""
RESCUE = "take a copy from before, or rescue what is left: sqlite3 FILE .recover | sqlite3 NEW"
ROOM = "make room or look after the disk; what was added before is kept"
ADVICE = {"locked": "wait until the other program is done", "full": ROOM, "disk I/O": ROOM, "decode": RESCUE}
SCHEMA = f"""
CREATE TABLE documents (sha256 TEXT PRIMARY KEY, stem TEXT NOT NULL, language TEXT NOT NULL, published TEXT, url TEXT, title TEXT,
                        text TEXT NOT NULL) STRICT;
CREATE TABLE entries (seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, by TEXT NOT NULL,
                      kind TEXT NOT NULL CHECK (kind IN ('reading', 'correction')),
                      document TEXT REFERENCES documents (sha256), body TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
CREATE INDEX entries_document ON entries (document);
CREATE TRIGGER documents_kept BEFORE UPDATE ON documents BEGIN SELECT RAISE (ABORT, 'documents are never changed'); END;
CREATE TRIGGER documents_stay BEFORE DELETE ON documents BEGIN SELECT RAISE (ABORT, 'documents are never deleted'); END;
CREATE TRIGGER entries_kept BEFORE UPDATE ON entries BEGIN SELECT RAISE (ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_stay BEFORE DELETE ON entries BEGIN SELECT RAISE (ABORT, 'entries are never deleted'); END;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
"""


@contextmanager
def opened(path: Path, create: bool) -> Iterator[sqlite3.Connection]:
    """Connect to a ledger file; with `create`, make it if it is absent. Raises InputError if it cannot be had or is no sound ledger.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, opened(Path(folder, "a.db"), create=True) as connection:
    ...     connection.execute("SELECT count(*) FROM entries").fetchone()
    (0,)
    """
    if (path.exists() or not create) and not path.is_file():  # in this order: another program may make it just now
        raise InputError("no such ledger", str(path), "ytterby read ARTICLE --store FILE.db makes one")
    check_log(path)
    with guarded(path):
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        with guarded(path):
            _prepare(connection, path, create)
        yield connection
    finally:
        connection.close()


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn what SQLite says about a file into one line with a remedy."""
    try:
        yield
    except sqlite3.OperationalError as error:
        remedy = next((advice for word, advice in ADVICE.items() if word in str(error)), "check the path and its rights; the folder too")
        raise InputError(f"cannot use the ledger: {' '.join(str(error).split())}", str(path), remedy) from None
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise InputError(f"no sound ledger: {' '.join(str(error).split())}", str(path), RESCUE) from None


def _prepare(connection: sqlite3.Connection, path: Path, create: bool) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    fault = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if fault != "ok":
        raise InputError(f"a damaged ledger: {fault.splitlines()[-1]}", str(path), RESCUE)
    if create and _is_new(connection):
        _log_ahead(connection)
        connection.execute("BEGIN IMMEDIATE")
        if _is_new(connection):  # another program may have been faster
            for statement in _statements(SCHEMA):
                connection.execute(statement)
        connection.execute("COMMIT")
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if owner != APPLICATION:
        raise InputError("a database, but no ledger of ytterby", str(path), "choose another file")
    if version > VERSION:
        raise InputError(f"a ledger of version {version}, newer than {VERSION}", str(path), "update ytterby")


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log. Alone for this SQLite does not wait until another program, which does the same, is done."""
    begun = time.monotonic()
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() - begun > PATIENCE:
                raise
            time.sleep(0.01)


def _is_new(connection: sqlite3.Connection) -> bool:
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    return not tables and not connection.execute("PRAGMA application_id").fetchone()[0]


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: executescript would commit in between."""
    statement = ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
