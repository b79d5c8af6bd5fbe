"""Bend the names of a language with cases: from the first case to the others, each with the part in the sentence that it shows.

A row of the table `declension` is an ending of the first case and the same ending in the other cases ("ия" = "ии ии ию ией ии"); `0` is no
ending. A row that ends with `+` belongs to an adjective, so that the next word bends too ("Южная Корея"); of other phrases the first noun
bends alone ("министерство торговли"), of a person's name every word. Where two cases look alike, the first of them says what is shown.
"""

from collections.abc import Iterator, Mapping, Sequence

EVERY = "person"
PEOPLE = ("person", "office")  # of persons the genitive is the object too: "принял президента"


def bent(written: str, kind: str, cases: Sequence[str], rows: Mapping[str, str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the other cases of a name with what they mark; `bare` marks nothing.

    >>> list(bent("Новая Русия", "actor", ["possessive", "bare"], {"ая+": "ой ую", "ия": "ии ию"}))
    [('Новой Русии', frozenset({'possessive'})), ('Новую Русию', frozenset())]
    >>> list(bent("МВФ", "actor", ["possessive"], {"0": "а"}))
    []
    """
    if any(mark in written for mark in "*~|"):
        return
    words, more, seen = written.split(" "), True, {written}
    forms: list[list[str]] = []
    for word in words:
        row = _row(word, rows) if more else None
        more = more and (kind == EVERY or (row is not None and row.endswith("+")))
        forms.append([word] * len(cases) if row is None else _forms(word, row, rows[row]))
    for case, form in zip(cases, map(" ".join, zip(*forms, strict=True)), strict=True):
        if form not in seen:
            seen.add(form)
            yield form, frozenset({case} - {"bare"} - ({"possessive"} if kind in PEOPLE else set()))


def _row(word: str, rows: Mapping[str, str]) -> str | None:
    """The row with the longest ending that fits; a word in capitals does not bend."""
    if len(word) < 2 or word.isupper():
        return None
    fit = [row for row in rows if row != "0" and word.endswith(row.rstrip("+"))]
    plain = "0" in rows and word[-1].casefold() not in VOWELS and word[-1].isalpha()
    return max(fit, key=len) if fit else "0" if plain else None


VOWELS = frozenset("aeiouyаеёиоуыэюяьйъіїє")


def _forms(word: str, row: str, endings: str) -> list[str]:
    stem = word if row == "0" else word[: len(word) - len(row.rstrip("+"))]
    return [stem + ("" if ending == "0" else ending) for ending in endings.split()]
