"""Files written whole or not at all: a draft beside the target, made safe on the disk, then renamed over it.

Whoever is stopped at any moment, or finds the disk full, leaves the former file or the new one, never a part of one. A draft that was
left behind by a kill bears the name .NAME.XXXXXXXX.partial; nothing reads it.
"""

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ytterby.errors import InputError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No room: on the disk, in the user's share of it, in a file of the size that is allowed."""


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a draft to write to and put it in place when the block ends well; else the target stays as it was.

    Raises InputError, one line, if the draft cannot be written: no room, no right, no folder.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with whole(target) as draft:
    ...     _ = draft.write_text("all of it")
    >>> target.read_text(), len(list(target.parent.iterdir()))
    ('all of it', 1)
    """
    if path.is_symlink():
        path = path.resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        # A rename would put a file in the place of a device.
        raise InputError("no file but a device", str(path), "choose another --out")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with writing(path):
            yield draft
            settle(draft)
            draft.replace(path)
    finally:
        # What went wrong has been told; a draft that cannot be removed either changes nothing about it.
        with suppress(OSError):
            draft.unlink()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says against writing to a path into an InputError of one line.

    >>> with writing(Path("out")):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
        ...
    ytterby.errors.InputError: cannot write: No space left on device; out; make room or choose another --out
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        # Polars reports the system's errors in its own classes and without a number, but with their text.
        told = re.search(r"\(os error (\d+)\)", str(error))
        number = getattr(error, "errno", None) or (int(told[1]) if told else None)
        if number is None:
            raise
        remedy = "make room or choose another --out" if number in FULL else "choose another --out"
        raise InputError(f"cannot write: {os.strerror(number)}", str(path), remedy) from None


def settle(path: Path) -> None:
    """Wait until a file's content is on the disk, so that after a loss of power its name does not stand for an empty file."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
