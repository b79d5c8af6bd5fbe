"""The log of a ledger's last additions, looked through before SQLite does.

SQLite writes into a log beside the file (FILE-wal) and moves what was committed over later. After a kill that log is all that holds the
last additions. SQLite takes the first thing in it that does not add up for its end, without a word.
"""

import struct
from array import array
from pathlib import Path
from sys import byteorder

from ytterby.errors import InputError

HEAD, FRAME = struct.Struct(">8I"), struct.Struct(">6I")
ORDERS = {0x377F0682: "little", 0x377F0683: "big"}
"""How a log begins, and the order of bytes in its sums: sqlite.org/fileformat2.html, section 4."""
LOOKS = 5


def check_log(path: Path) -> None:
    """Raise an InputError if the log beside a ledger is damaged; to be asked before SQLite opens the file, and tidies the log away."""
    log = path.with_name(f"{path.name}-wal")
    if _is_damaged(log):
        remedy = "take a copy from before, or remove the log and read the latest articles again"
        raise InputError("the log of the latest additions is damaged", str(log), remedy)


def _is_damaged(log: Path) -> bool:
    """Whether a log does not add up; what changes between two looks is being written by another program, which has looked before."""
    content = None
    for _ in range(LOOKS):
        former, content = content, _content(log)
        if adds_up(content):
            return False
        if content == former:
            return True
    return False


def _content(log: Path) -> bytes:
    try:
        return log.read_bytes()
    except OSError:  # absent, or tidied away just now; what hinders SQLite too it will say
        return b""


def adds_up(log: bytes) -> bool:
    """Say whether a log of SQLite has no fault before its last frame.

    Its frames bear the log's two salts and running sums. It may end in a frame that a kill cut off, and after that in frames of an
    earlier log (with other salts); but no frame of its own may follow on one that does not add up.

    >>> adds_up(b""), adds_up(bytes(100))
    (True, False)
    """
    if len(log) < HEAD.size:
        return True
    magic, _, page, _, *salts, one, two = HEAD.unpack_from(log)
    order = ORDERS.get(magic)
    if order is None or (sums := _sums(log[:24], (0, 0), order)) != (one, two):
        return False
    step, ended = FRAME.size + page, False
    for at in range(HEAD.size, len(log) - step + 1, step):
        _, _, *own, one, two = FRAME.unpack_from(log, at)
        if own == salts and ended:
            return False
        if own == salts:
            sums = _sums(log[at : at + 8] + log[at + FRAME.size : at + step], sums, order)
        ended = own != salts or sums != (one, two)
    return True


def _sums(content: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    words = array("I", content)
    if order != byteorder:
        words.byteswap()
    one, two = sums
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two
