"""Folders of runs that can be stopped and gone on with: what is run stands in run.json, and each file is written whole or not at all.

A part bears a seal: the hash of its bytes, in its own footer. One that is cut or changed is as good as absent: it is run again.
"""

import io
import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import polars as pl

from ytterby.core.whole import whole, writing
from ytterby.errors import InputError

RUN = "run.json"
SEAL = "ytterby_sha256"
"""Key of the seal in a part's metadata."""
BLANK = b"0" * 64


def open_run(folder: Path, parts: str, about: Mapping[str, object]) -> None:
    """Make a folder with one for its parts, or see that it holds the same run (all that `about` says is the same); else: InputError."""
    text = json.dumps(about, indent=1, sort_keys=True, default=str) + "\n"
    marker = folder / RUN
    if marker.is_file() and marker.read_text(encoding="utf-8", errors="replace") != text:
        raise InputError("the folder holds another run", str(folder), "choose another --out")
    if not marker.is_file() and folder.exists() and _holds_others(folder, parts):
        raise InputError("the folder exists and holds no run", str(folder), "choose another --out")
    with writing(folder):
        (folder / parts).mkdir(parents=True, exist_ok=True)
        with whole(marker) as draft:
            draft.write_text(text, encoding="utf-8")
        for left in (folder / parts).glob(".*.partial"):  # by a kill
            left.unlink(missing_ok=True)


def _holds_others(folder: Path, parts: str) -> bool:
    """Say whether a folder (or a file of its name) holds anything but what a run leaves that was stopped as it began."""
    return not folder.is_dir() or any(path.name != parts and not path.name.startswith(f".{RUN}.") for path in folder.iterdir())


def write_whole(frame: pl.DataFrame, path: Path) -> None:
    """Write a Parquet file under a seal, whole or not at all; InputError if it cannot be written."""
    stream = io.BytesIO()
    frame.write_parquet(stream, metadata={SEAL: BLANK.decode()})
    content = stream.getvalue()
    at = _seal_at(content)
    with whole(path) as draft:
        draft.write_bytes(content[:at] + _digest(content, at) + content[at + len(BLANK) :])


def held(path: Path) -> pl.DataFrame | None:
    """Return a part that was written before; None if it is absent or not as it was written: it has to be made again.

    The seal is looked at first: what decodes Parquet may take any turn on bytes that somebody or something changed.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    at = _seal_at(content)
    return pl.read_parquet(content) if at > 0 and _digest(content, at) == content[at : at + len(BLANK)] else None


def _seal_at(content: bytes) -> int:
    """Where the seal stands in a Parquet file: after its name and the two bytes (kind, length) by which the footer announces a text."""
    named = content.rfind(SEAL.encode())
    return named + len(SEAL) + 2 if named > 0 else -1


def _digest(content: bytes, at: int) -> bytes:
    """The hash of a file's bytes, of the seal as if it were blank."""
    return sha256(content[:at] + BLANK + content[at + len(BLANK) :]).hexdigest().encode()
