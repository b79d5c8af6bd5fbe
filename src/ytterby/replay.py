"""Run again what a run.json tells of a brief, of draws or of a sweep, and see whether the same bytes come out."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any

import polars as pl

from ytterby import pipeline
from ytterby.core.world import World, load_world
from ytterby.dynamics.scenario_file import parse_scenarios
from ytterby.dynamics.stream import stream
from ytterby.dynamics.sweep import sweep
from ytterby.errors import InputError
from ytterby.reading.article import Article

ROOM = 30
"""Letters that are shown from where two texts part."""
NOT_INPUT = ("files", "tables")
KINDS: dict[str, type | tuple[type, ...]] = {
    "allies": list,
    "budget": (int, float),
    "draws": int,
    "files": dict,
    "kind": str,
    "language": str,
    "products": list,
    "seed": int,
    "shocks": str,
    "weeks": int,
}
"""What run.json holds, by key."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Replay:
    """What came of a run that was made again.

    files: file, same (whether its bytes are the same), differs (where not: the first difference, in words), one row a file. causes: what
    is not as it was then and may be why (versions, machine, tables), a line each.
    """

    files: pl.DataFrame
    causes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every file has the same bytes."""
        return bool(self.files["same"].all())


def replay(path: str | Path, *, world: World | None = None, progress: Progress | None = None) -> Replay:
    """Make the run of a run.json once more, in a place of its own, and compare it with the folder in which the run.json stands.

    world: the tables to run on; none: the embedded ones. progress is called with (done, in all). The folder stays as it is. Raises
    InputError for a file that is no run.json or lacks what a run needs, for a brief whose articles.jsonl is gone or was changed, and for
    what the run itself refuses.

    >>> replay("nowhere/run.json")
    Traceback (most recent call last):
        ...
    ytterby.errors.InputError: no such file; nowhere/run.json; give the run.json of a brief, of draws or of a sweep
    """
    path = Path(path)
    about = _about(path)
    run, needed = next((made for key, made in RUNS.items() if key in about), (None, ()))
    if run is None:
        raise InputError("no run that can be made again", str(path), "give the run.json of a brief, of draws or of a sweep")
    for key in needed:
        if not isinstance(about.get(key), KINDS[key]):
            raise InputError(f"incomplete: '{key}'", str(path), "give a run.json as it was written")
    world = world or load_world()
    with tempfile.TemporaryDirectory(prefix="ytterby-replay-") as place:
        again = Path(place) / "again"
        run(about, path.parent, world, again, progress or (lambda _done, _total: None))
        rows = list(_compared(path.parent, again, about.get("files", {})))
        causes = _causes(about, _about(again / path.name))
    return Replay(pl.DataFrame(rows, schema={"file": pl.String, "same": pl.Boolean, "differs": pl.String}, orient="row"), causes)


def _about(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("no such file", str(path), "give the run.json of a brief, of draws or of a sweep") from None
    except (OSError, ValueError):
        raise InputError("no JSON", str(path), "give a run.json as it was written") from None
    if not isinstance(about, dict):
        raise InputError("no run", str(path), "give a run.json as it was written")
    return about


def _brief(about: Mapping[str, Any], folder: Path, world: World, again: Path, progress: Progress) -> None:
    """A brief: the articles are those that its folder keeps."""
    result = pipeline.brief(
        _articles(folder / "articles.jsonl", about["files"].get("articles.jsonl")),
        allies=about["allies"],
        progress=lambda _step, done, total: progress(done, total),
        world=world,
        **{name: about[name] for name in ("budget", "draws", "weeks", "seed")},
    )
    pipeline.save(result, again, language=about["language"])


def _articles(path: Path, digest: object) -> list[Article]:
    """The articles of a brief, as they were."""
    if not path.is_file():
        raise InputError("the brief's articles are gone", str(path), "put the file back")
    content = path.read_bytes()
    if sha256(content).hexdigest() != digest:
        raise InputError("the brief's articles were changed since", str(path), "make a new brief of them")
    rows = [json.loads(line) for line in content.decode().splitlines()]
    return [Article(**{**row, "published": date.fromisoformat(row["published"])}) for row in rows]


def _draws(about: Mapping[str, Any], _folder: Path, world: World, again: Path, progress: Progress) -> None:
    """Draws of one scenario, which stands in run.json itself."""
    if "network" in about:
        raise InputError("a run on a network of links", "run.json", "start its command again with another --out and compare")
    (scenario,) = parse_scenarios(about["shocks"], world, "run.json")
    held = {**pipeline.versions(world), "shocks": about["shocks"]}
    figures = {name: about[name] for name in ("weeks", "draws", "seed")}
    stream(world, scenario, again, about=held, progress=progress, **figures)


def _sweep(about: Mapping[str, Any], _folder: Path, world: World, again: Path, progress: Progress) -> None:
    figures = {name: about[name] for name in ("kind", "weeks", "draws", "seed", "products")}
    sweep(world, folder=again, about=pipeline.versions(world), progress=progress, **figures)


Run = Callable[[Mapping[str, Any], Path, World, Path, Progress], None]
RUNS: dict[str, tuple[Run, tuple[str, ...]]] = {
    "articles": (_brief, ("allies", "budget", "draws", "weeks", "seed", "language", "files")),
    "shocks": (_draws, ("shocks", "weeks", "draws", "seed")),
    "kind": (_sweep, ("kind", "weeks", "draws", "seed", "products")),
}
"""What makes a run again and what it needs for that, by a key that only its run.json has."""


def _compared(then: Path, now: Path, hashes: Mapping[str, str]) -> Iterator[tuple[str, bool, str | None]]:
    """Each file of either run but run.json: its name, whether its bytes are the same, else the first difference."""
    for name in sorted(_visible(then) | _visible(now) | set(hashes)):
        old, new = then / name, now / name
        if not new.is_file():
            yield name, False, "this run does not make it"
        elif not old.is_file():
            same = hashes.get(name) == sha256(new.read_bytes()).hexdigest()
            yield name, same, None if same else "it is gone from the folder, and the hash in run.json is another"
        elif old.read_bytes() == new.read_bytes():
            yield name, True, None
        else:
            changed = name in hashes and sha256(old.read_bytes()).hexdigest() != hashes[name]
            yield name, False, ("changed since it was written; " if changed else "") + _difference(old, new)


def _visible(folder: Path) -> set[str]:
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != pipeline.MARKER]
    return {name for path in paths if not (name := path.relative_to(folder).as_posix()).startswith(".")}


def _difference(old: Path, new: Path) -> str:
    """The first difference of two files, in words."""
    if old.suffix == ".parquet":
        return _of_tables(old, new)
    lines = zip_longest(*(path.read_text(encoding="utf-8", errors="replace").splitlines() for path in (old, new)), fillvalue="")
    for number, (then, now) in enumerate(lines, start=1):
        if then != now:
            at = next(k for k, (a, b) in enumerate(zip_longest(then, now)) if a != b)
            return f"line {number}, letter {at + 1}: '{then[at : at + ROOM]}' then, '{now[at : at + ROOM]}' now"
    return "ends of lines"


def _of_tables(old: Path, new: Path) -> str:
    """The first difference of two tables: columns, rows, or the first column that differs and in how many rows."""
    try:
        then, now = pl.read_parquet(old), pl.read_parquet(new)
    except pl.exceptions.PolarsError as error:
        return f"cannot be read: {str(error).splitlines()[0]}"
    if then.schema != now.schema:
        return "columns"
    if then.height != now.height:
        return f"{then.height} rows then, {now.height} now"
    for name in then.columns:
        rows = int((~then[name].eq_missing(now[name])).sum())
        if rows:
            return f"column {name}: {rows} of {then.height} rows"
    return "the same rows, written in another way"


def _causes(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """What the two run.json tell differently, but for results."""
    told = {**dict.fromkeys(now), **then}
    return tuple(
        f"{key}: {_short(told[key])} then, {_short(now.get(key))} now"
        for key in sorted(told)
        if key not in NOT_INPUT and told[key] != now.get(key)
    )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= ROOM else text[:12] + "..."
