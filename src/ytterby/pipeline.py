"""The whole way: article -> ledger -> scenarios -> outcome -> indicators -> plan -> report.

Each step is one function from tables to tables; the folder that is written holds what passed between them, so that a step can be
run again from its neighbour's files.
"""

import json
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl

import ytterby
from ytterby.core.scenario import Scenario
from ytterby.core.scope import within
from ytterby.core.whole import settle, writing
from ytterby.core.world import World, load_world
from ytterby.data.rebuild import as_of
from ytterby.dynamics.outcome import Outcome
from ytterby.dynamics.scenario_file import dump_scenarios
from ytterby.dynamics.scenarios import scenarios
from ytterby.dynamics.simulate import stress
from ytterby.errors import InputError
from ytterby.indicators.measure import measure
from ytterby.planning.plan import check_allies, plan
from ytterby.reading.acts import distinct
from ytterby.reading.article import Article, load_articles
from ytterby.reading.ledger import commitments, to_jsonl
from ytterby.reading.reader import read_article
from ytterby.show.report import Brief, report

INDICATORS = ("hhi", "top3", "wgi_hhi", "n_minus_1", "import_reliance", "under_control")
PLAN_DRAWS = 8
"""Draws of each scenario that a brief's plan is made on: on the central figures alone it would promise too much."""
MARKER = "run.json"
Progress = Callable[[str, int, int], None]


def brief(
    articles: Sequence[str | Path | Article],
    *,
    allies: Sequence[str] = (),
    budget: float = 5e9,
    draws: int = 200,
    weeks: int = 156,
    published: date | None = None,
    world: World | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    left_out: Callable[[str], None] | None = None,
) -> Brief:
    """Read articles, stress the chain they touch, plan against it; returns everything the report shows.

    The world is taken as it was known on the day of the latest article (data/rebuild.py), if it held the article's products then.
    allies: ISO3 codes or blocs; without any, the signatories of the articles' agreements. budget: USD of 2024. The same seed gives the
    same result. left_out is told of each file of a folder that cannot be read. Raises InputError for
    articles that cannot be read or dated and for unknown allies.
    """
    tell = progress or (lambda _step, _done, _total: None)
    world = world or load_world()
    documents = [one for given in articles for one in _read(given, published, left_out)]
    _require_dates(documents)
    on = max(document.published for document in documents if document.published)
    members = check_allies(world, allies) if allies else ()
    readings = [read_article(document) for document in documents]
    events = [event for reading in readings for event in reading.events]
    members = members or _signatories(events, world)
    world, tables = _known(world, events, on)
    futures = scenarios(events, world, on)
    outcomes = [_stressed(world, future, weeks, draws, seed, tell) for future in futures]
    tell("indicators", 0, 1)
    indicators = _measured(world, futures, on, events)
    tell("plan", 0, 1)
    few = min(draws, PLAN_DRAWS)
    chosen = plan(world, futures, budget, members, draws=few, further=True, seed=seed) if futures and members else None
    return Brief(
        articles=documents,
        events=events,
        context=[fact for reading in readings for fact in reading.context],
        rejected=[candidate for reading in readings for candidate in reading.rejected],
        commitments=commitments(distinct(events)),
        scenarios=futures,
        outcomes=outcomes,
        indicators=indicators,
        plan=chosen,
        world=world,
        allies=tuple(members),
        run=_run(documents, world, on, tables=tables, budget=budget, draws=draws, weeks=weeks, seed=seed, allies=list(members)),
        explained=[line for reading in readings for line in reading.explained],
    )


def _known(world: World, events: Sequence[dict[str, object]], on: date) -> tuple[World, str]:
    """The world as known on the day; today's if only that holds the products that the article touches, and which it is."""
    then = as_of(world, on)
    if scenarios(events, then, on) or not scenarios(events, world, on):
        return then, f"as known on {on}"
    return world, f"of today: what was known on {on} does not hold the products that the article touches"


def _read(given: str | Path | Article, published: date | None, left_out: Callable[[str], None] | None) -> list[Article]:
    return [given] if isinstance(given, Article) else load_articles([given], published, left_out)


def _require_dates(documents: Sequence[Article]) -> None:
    for document in documents:
        if document.published is None:
            raise InputError("no date of publication in the text", document.stem, "give --published YYYY-MM-DD")


def _measured(world: World, futures: Sequence[Scenario], on: date, events: Sequence[dict[str, object]]) -> pl.DataFrame:
    """Indicators of the products that the scenarios can reach; without a scenario, of all; the EU as one importer too."""
    touched = {product for future in futures for shock in future.shocks for product in shock.products}
    part = within(world, touched)
    found = measure(part, *INDICATORS, on=on, events=events)
    if "EU" not in set(part["blocs"]["bloc"]):
        return found
    return pl.concat([found, measure(part, *INDICATORS, actor="EU", on=on, events=events).filter(pl.col("actor") == "EU")])


def _stressed(world: World, future: Scenario, weeks: int, draws: int, seed: int, tell: Progress) -> Outcome:
    return stress(world, future, weeks=weeks, draws=draws, seed=seed, progress=lambda done, total: tell(future.name, done, total))


def _signatories(events: Sequence[dict[str, object]], world: World) -> tuple[str, ...]:
    """The states that signed the articles' agreements, in order of appearance, as far as the world knows them."""
    known = set(world["actors"]["actor"])
    found: dict[str, None] = {}
    for event in events:
        if event["type"] in ("agreement", "joint_statement"):
            for actor in event["actors"]:  # type: ignore[attr-defined]
                if actor["id"] in known:
                    found[actor["id"]] = None
    return tuple(found)


def _run(documents: Sequence[Article], world: World, on: date, **options: object) -> dict[str, object]:
    return {
        **versions(world),
        "as_of": on.isoformat(),
        "articles": [{"stem": document.stem, "sha256": document.sha256} for document in documents],
        **options,
    }


def versions(world: World) -> dict[str, str]:
    """Return what the bytes of a run may depend on beside its input: versions, the kind of machine, the world's fingerprint.

    >>> sorted(versions(World({})))
    ['machine', 'numpy', 'polars', 'python', 'world', 'ytterby']
    """
    return {
        "ytterby": ytterby.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "polars": pl.__version__,
        "machine": platform.machine(),
        "world": fingerprint(world),
    }


def fingerprint(world: World) -> str:
    """Return the SHA-256 of a world's tables, the same for the same rows.

    >>> len(fingerprint(World({})))
    64
    """
    digest = sha256()
    for name, frame in world.items():
        digest.update(name.encode())
        digest.update(frame.write_csv().encode())
    return digest.hexdigest()


def save(result: Brief, folder: str | Path, overwrite: bool = False, language: str = "en") -> Path:
    """Write a brief's files into a folder, all of them or none; returns the report's path. language: that of the report.

    Raises InputError if the folder exists (unless `overwrite` and it is an earlier brief) or cannot be written.
    """
    with whole_folder(Path(folder), overwrite) as draft:
        (draft / "articles.jsonl").write_text(to_jsonl(map(_row, result.articles)), encoding="utf-8")
        (draft / "ledger.jsonl").write_text(to_jsonl(result.events), encoding="utf-8")
        (draft / "context.jsonl").write_text(to_jsonl(result.context), encoding="utf-8")
        (draft / "scenarios.toml").write_text(dump_scenarios(result.scenarios), encoding="utf-8")
        result.indicators.write_csv(draft / "indicators.csv")
        for name in ("outcome", "stops", "flows"):
            frames = [getattr(outcome, name) for outcome in result.outcomes]
            if frames:
                pl.concat(frames).write_parquet(draft / f"{name}.parquet")
        if result.plan is not None:
            result.plan.options.write_csv(draft / "plan.csv")
        (draft / "report.html").write_text(report(result, language), encoding="utf-8")
        files = {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(draft.iterdir())}
        run = {**result.run, "language": language, "files": files}
        (draft / MARKER).write_text(json.dumps(run, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return Path(folder) / "report.html"


def _row(article: Article) -> dict[str, object]:
    return {**asdict(article), "published": None if article.published is None else article.published.isoformat()}


def check_folder(folder: Path, overwrite: bool) -> None:
    """Raise an InputError now, before any work, if a brief could not be written into a folder later; first mend what a kill left."""
    with writing(folder):
        _mend(folder)
    if folder.exists() and not folder.is_dir():
        raise InputError("a file of that name exists", str(folder), "choose another --out")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / MARKER).is_file():
            raise InputError("the folder exists and is no earlier brief", str(folder), "choose another --out")
        if not overwrite:
            raise InputError("the folder exists", str(folder), "choose another --out or add --overwrite")
    with writing(folder), tempfile.TemporaryDirectory(dir=folder.absolute().parent, prefix=f".{folder.name}."):
        pass


@contextmanager
def whole_folder(folder: Path, overwrite: bool) -> Iterator[Path]:
    """Give a draft folder beside the target and put it in place when the block ends well; else leave nothing behind."""
    check_folder(folder, overwrite)
    with writing(folder):
        draft = _beside(folder)
        try:
            yield draft
            draft.chmod(0o755)
            for file in draft.iterdir():
                settle(file)
            if folder.exists():
                folder.replace(_aside(folder))
            draft.replace(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
            _mend(folder)


def _beside(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder.absolute().parent, prefix=f".{folder.name}."))


def _aside(folder: Path) -> Path:
    """Where the former brief stands between the two renames that put a new one in its place."""
    return folder.absolute().with_name(f".{folder.name}.former")


def _mend(folder: Path) -> None:
    """End the change of two briefs wherever it was stopped: the former one goes back if nothing took its place, else away."""
    former = _aside(folder)
    if not former.exists():
        return
    if not folder.exists():
        former.replace(folder)
        return
    # Under its own name a part of it, left by a kill right here, could be taken for the whole.
    scrap = _beside(folder)
    former.replace(scrap / former.name)
    shutil.rmtree(scrap)
