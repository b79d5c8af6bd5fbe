"""Folders of runs that can be stopped and gone on with: what is run stands in run.json, and each file is written whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from ytterby.errors import InputError

RUN = "run.json"


def open_run(folder: Path, parts: str, about: Mapping[str, object]) -> None:
    """Make a folder with one for its parts, or see that it holds the same run (all that `about` says is the same); else: InputError."""
    text = json.dumps(about, indent=1, sort_keys=True, default=str) + "\n"
    marker, partial = folder / RUN, folder / f".{RUN}.partial"
    if marker.is_file() and marker.read_text(encoding="utf-8") != text:
        raise InputError("the folder holds another run", str(folder), "choose another --out")
    if not marker.is_file() and folder.exists() and _holds_others(folder, {parts, partial.name}):
        raise InputError("the folder exists and holds no run", str(folder), "choose another --out")
    try:
        (folder / parts).mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(marker)
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror}", str(folder), "choose another --out") from None


def _holds_others(folder: Path, ours: set[str]) -> bool:
    """Say whether a folder (or a file of its name) holds anything but what a run leaves that was stopped as it began."""
    return not folder.is_dir() or any(path.name not in ours for path in folder.iterdir())


def write_whole(frame: pl.DataFrame, path: Path) -> None:
    """Write a Parquet file whole or not at all; InputError if it cannot be written."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        frame.write_parquet(partial)
        partial.replace(path)
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror}", str(path), "make room or choose another --out") from None
    finally:
        partial.unlink(missing_ok=True)
