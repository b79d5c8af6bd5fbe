"""The errors that ytterby raises on purpose, as one small tree.

    YtterbyError
    ├── InputError      what the user gave cannot be used: a file, an option, a name     (exit 2)
    │   └── DataError   a table breaks its schema; collects all faults, each with a remedy
    └── ModelError      a law of a model does not hold (mass balance, bounds): our fault (exit 1)

Each message is one line for the user: what; where; remedy.
"""

from collections.abc import Sequence


class YtterbyError(Exception):
    """Base of every error raised on purpose."""


class InputError(YtterbyError):
    """Input that cannot be used.

    >>> str(InputError("unknown ally 'JPX'", "--allies", "did you mean JPN?"))
    "unknown ally 'JPX'; --allies; did you mean JPN?"
    """

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        super().__init__("; ".join(part for part in (what, where, remedy) if part))


class DataError(InputError):
    """A table with faults, all of them listed.

    >>> print(DataError("production", ["production.t: row 0 holds -1.0, outside 0..inf."]))
    Table 'production' has 1 fault:
      production.t: row 0 holds -1.0, outside 0..inf.
    """

    def __init__(self, table: str, faults: Sequence[str]) -> None:
        count = f"{len(faults)} fault" + ("s" if len(faults) != 1 else "")
        super().__init__(f"Table '{table}' has {count}:\n  " + "\n  ".join(faults))
        self.table, self.faults = table, tuple(faults)

    def __reduce__(self) -> tuple[type["DataError"], tuple[str, tuple[str, ...]]]:
        # Errors come back from other processes too.
        return DataError, (self.table, self.faults)


class ModelError(YtterbyError):
    """A law of a model does not hold; the result would be wrong, so there is none."""
