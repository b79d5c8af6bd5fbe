"""The language that pages speak: one catalogue of messages a language, asked by key; names of what the tables hold, by code.

`texts/de.toml` holds the messages of a language, `texts/names.de.toml` its names; to add a language is to add these two files. English
names are those of the world's tables.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Any

from ytterby.errors import InputError

FIRST = "en"
"""The language that is spoken unless another is asked for."""
_spoken: ContextVar[str] = ContextVar("language", default=FIRST)


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that pages speak, English first.

    >>> languages()[:2]
    ('en', 'de')
    """
    files = [file.name.removesuffix(".toml") for file in resources.files("ytterby.show").joinpath("texts").iterdir()]
    return FIRST, *sorted(name for name in files if "." not in name and name != FIRST)


def known(language: str) -> str:
    """Return a language's code if pages speak it, else raise an InputError.

    >>> known("de")
    'de'
    """
    if language not in languages():
        raise InputError(f"no language '{language[:20]}'", "--lang", f"choose {', '.join(languages())}")
    return language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let all that is said inside be said in a language; each thread and task has its own.

    >>> with speaking("de"):
    ...     say("and")
    ' und '
    """
    before = _spoken.set(known(language))
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """Return the code of the language that is spoken now.

    >>> spoken()
    'en'
    """
    return _spoken.get()


def say(key: str, **values: object) -> str:
    """Return a message in the language that is spoken now, with its places filled in; an unknown key is a fault of ours.

    >>> say("between", low=1, high=2)
    '1 to 2'
    """
    text = flat(spoken())[key]
    return text.format(**values) if values else text


def said(key: str) -> str | None:
    """Return a message without places, None if there is no such key.

    >>> said("event.meeting"), said("event.picnic")
    ('Meeting', None)
    """
    return flat(spoken()).get(key)


@cache
def catalogue(language: str) -> dict[str, Any]:
    """Return the messages of a language as its file nests them."""
    return _read(f"{language}.toml")


@cache
def flat(language: str) -> Mapping[str, str]:
    """Return the messages of a language by their keys, parts joined by dots."""
    return dict(_flattened(catalogue(language), ""))


@cache
def names(language: str) -> dict[str, dict[str, str]]:
    """Return a language's names by table and code; none in English, where the world's tables have them."""
    return {} if language == FIRST else _read(f"names.{language}.toml")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("ytterby.show").joinpath("texts", name).read_text(encoding="utf-8"))


def _flattened(nested: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in nested.items():
        if isinstance(value, str):
            yield before + name, value
        else:
            yield from _flattened(value, f"{before}{name}.")
