"""What results depend on beside their input: versions, code, tables. Two machines that work on one run must have the same."""

import platform
import sys
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib import import_module, metadata
from pathlib import Path

from ytterby.errors import InputError

Identity = dict[str, str]
LIBRARIES = ("numpy", "polars", "scipy", "highspy")
"""Packages in whose versions results could differ in their last digits."""


@cache
def identity() -> Identity:
    """Return what results depend on beside their input: versions, and hashes of this package's code and tables.

    >>> sorted(identity())[:3]
    ['code', 'highspy', 'kernel']
    """
    root = Path(__file__).parents[1]
    return {
        "ytterby": metadata.version("ytterby"),
        "code": _hash(path for path in root.rglob("*") if path.suffix in (".py", ".toml", ".json") or path.name == "schema.csv"),
        "world": _hash((root / "tables").rglob("*")),
        "kernel": "built" if _has_kernel() else "not built",
        "python": ".".join(map(str, sys.version_info[:2])),
        "machine": f"{platform.system()} {platform.machine()}",
        **{name: metadata.version(name) for name in LIBRARIES},
    }


def refuse(client: Identity, worker: Identity) -> None:
    """Raise an InputError if a worker differs from the client in anything that could change a result.

    >>> refuse({"ytterby": "1"}, {"ytterby": "2"})
    Traceback (most recent call last):
    ytterby.errors.InputError: a worker has ytterby 2, this machine 1; --cluster; install the same ytterby, world and packages on both
    """
    for name, mine in client.items():
        theirs = worker.get(name, "none")
        if theirs != mine:
            told = f"another {name} of ytterby" if len(mine) == 64 else f"{name} {theirs}, this machine {mine}"
            raise InputError(f"a worker has {told}", "--cluster", "install the same ytterby, world and packages on both")


def _hash(files: Iterable[Path]) -> str:
    digest = sha256()
    for path in sorted(path for path in files if path.is_file()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _has_kernel() -> bool:
    try:
        import_module("ytterby.dynamics._kernel")
    except ImportError:
        return False
    return True
