"""Find what begins with a digit without trying every letter: a pattern is tried only where a run of digits begins."""

import re
from collections.abc import Iterator, Sequence

_RUN = re.compile(r"\d+")


def number_starts(text: str) -> list[int]:
    """Return where the runs of digits of a text begin.

    >>> number_starts("2 of 28.10.2025")
    [0, 5, 8, 11]
    """
    return [run.start() for run in _RUN.finditer(text)]


def search_at(shape: re.Pattern[str], text: str, starts: Sequence[int]) -> Iterator[re.Match[str]]:
    """Yield what `shape.finditer(text)` would, for a pattern that can match nowhere but at some places, given in order.

    >>> [match[0] for match in search_at(re.compile(r"(?<![0-9])[0-9]{1,2}[.]"), "2 of 28.10.2025", [0, 5, 8, 11])]
    ['28.', '10.']
    """
    end = 0
    for start in starts:
        if start >= end and (match := shape.match(text, start)) is not None:
            yield match
            end = match.end()
