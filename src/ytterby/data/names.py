"""Country names as the sources write them -> ISO 3166 alpha-3, by the table maps/countries.csv and by nothing else."""

import csv
import re
import unicodedata
from functools import cache
from importlib import resources
from pathlib import Path


def country(name: str) -> str | None:
    """Return the actor that a source's country name means: an ISO code, WLD (world total), ROW (other countries); None if unknown.

    Case, spaces, the form of the apostrophe and a footnote's digits at the end do not count. Two countries in one ("United States and
    Canada") are no actor.

    >>> country("Burma"), country("Korea, Republic of 7"), country("United States and Canada")
    ('MMR', 'KOR', None)
    """
    return _known().get(fold(name))


def fold(name: str) -> str:
    """Return a name as maps/countries.csv writes it: lower case, plain spaces and apostrophes, no footnote digits at its end.

    >>> fold(" Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire\N{NO-BREAK SPACE}12, ")
    "côte d'ivoire"
    """
    plain = unicodedata.normalize("NFKC", name).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").lower()
    return re.sub(r"\s+", " ", re.sub(r"[\s\d,]+$", "", plain)).strip()


@cache
def _known() -> dict[str, str]:
    return {row["name"]: row["actor"] for row in map_rows("countries")}


def map_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the tables in maps/: what a source's names mean here.

    >>> sorted(map_rows("countries")[0])
    ['actor', 'name']
    """
    path = Path(str(resources.files("ytterby.data") / "maps" / f"{name}.csv"))
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
