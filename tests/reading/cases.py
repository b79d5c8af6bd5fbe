"""Sentences as data: short articles with the events they tell, and how far a ledger agrees with them."""

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ytterby.reading.article import from_text
from ytterby.reading.lexicon import Language, build_language, load_language
from ytterby.reading.reader import Reading, interpret

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHARED = ROOT.parent / "shared"
Row = dict[str, Any]


def shared(*parts: str) -> Path:
    """A path beside the checkout; skips where it is absent, fails where it must not be (CI=true)."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is absent")
        pytest.skip(f"../shared/{'/'.join(parts)} is absent")
    return path


def articles(path: Path) -> list[Row]:
    """The articles of a file of sentences."""
    with path.open("rb") as file:
        rows: list[Row] = tomllib.load(file)["article"]
    return rows


@cache
def tiny(code: str) -> Language:
    """A language of tests/reading/languages, built for tests only."""
    with (HERE / "languages" / f"{code}.toml").open("rb") as file:
        return build_language(code, tomllib.load(file))


def reading(text: str, published: str | None = "2025-10-28", code: str = "en", small: bool = False) -> Reading:
    """Read a text in a language, whatever its words look like; `small` asks for the tiny one of that name."""
    return interpret(from_text(text, published), tiny(code) if small else load_language(code))


def summary(event: Row) -> Row:
    """An event in the form of the sentence files."""
    return {
        **event,
        "actors": sorted(f"{actor['id']}:{actor['role']}" for actor in event["actors"]),
        "materials": sorted(event["materials"]),
        "quantities": [[quantity["value"], quantity["unit"]] for quantity in event["quantities"]],
    }


def agrees(wanted: Row, event: Row) -> bool:
    """Whether an event has everything that a sentence file lists for it."""
    have = summary(event)
    return all(
        all(quantity in have[slot] for quantity in value)
        if slot == "quantities"
        else have[slot] == (sorted(value) if isinstance(value, list) else value)
        for slot, value in wanted.items()
    )


def differences(article: Row, told: Reading) -> list[str]:
    """What a reading misses and what it tells too much."""
    left = list(told.events)
    found = []
    for wanted in article["events"]:
        hit = next((event for event in left if agrees(wanted, event)), None)
        if hit is None:
            found.append(f"missed {wanted}")
        else:
            left.remove(hit)
    slots = ("type", "status", "actors", "materials", "date")
    found += [f"wrong { ({slot: summary(event)[slot] for slot in slots}) }" for event in left]
    if "context" in article and sorted(event["type"] for event in told.context) != sorted(article["context"]):
        found.append(f"context {[event['type'] for event in told.context]}")
    return found
