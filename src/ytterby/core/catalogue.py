"""The catalogue: what a folder of one-file-each things offers, read on first ask, never at import."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import polars as pl

from ytterby.errors import InputError


@dataclass(frozen=True)
class Indicator:
    """What an indicator file says of itself (its SPEC); bounds may be infinite.

    views: 'world' (actor '*'), 'actor' (one row for each actor), or both. worse: 1 if a higher value is the greater risk, -1 if a lower
    one is. run: it needs the table `stops` of a stress run.
    """

    title: str
    formula: str
    unit: str
    low: float
    high: float
    reference: str
    views: tuple[str, ...] = ("world", "actor")
    worse: int = 1
    run: bool = False


@dataclass(frozen=True)
class Entry:
    """An indicator of the catalogue: its name (the file's), SPEC and function; `needs` are the tables it takes."""

    name: str
    spec: Indicator
    measure: Callable[..., pl.DataFrame]
    needs: tuple[str, ...]


@cache
def indicators() -> dict[str, Entry]:
    """Return every indicator by name: each module of ytterby.indicators that has a SPEC.

    >>> all(name == entry.name for name, entry in indicators().items())
    True
    """
    package = import_module("ytterby.indicators")
    found = {}
    for module_info in iter_modules(package.__path__):
        module = import_module(f"ytterby.indicators.{module_info.name}")
        if hasattr(module, "SPEC"):
            code = module.measure.__code__
            found[module_info.name] = Entry(module_info.name, module.SPEC, module.measure, code.co_varnames[: code.co_argcount])
    return found


def indicator(name: str) -> Entry:
    """Return one indicator; an unknown name is an InputError that names the nearest."""
    if name not in indicators():
        raise InputError(f"unknown indicator '{name}'", "measure", f"{nearest(name, indicators())} 'ytterby measure --list' shows all")
    return indicators()[name]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return 'did you mean X?' for the nearest known word, or an empty string.

    >>> nearest("JPX", ["JPN", "USA"])
    'did you mean JPN?'
    """
    from difflib import get_close_matches

    matches = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean {matches[0]}?" if matches else ""
