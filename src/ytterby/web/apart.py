"""A brief made in a process of its own: the page stays quick meanwhile, who calls it off stops it at once, and its memory goes back."""

import re
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ytterby import pipeline
from ytterby.core.world import World, empty
from ytterby.errors import InputError
from ytterby.reading.article import READABLE
from ytterby.show.brief import Brief
from ytterby.show.language import languages, speaking
from ytterby.show.page import compact, contents, parts
from ytterby.show.report import assembled
from ytterby.web.inputs import Inputs, Text
from ytterby.web.jobs import Tell
from ytterby.web.sending import Page, packed

PULSE = 0.1
"""Seconds between two looks at the other process."""
PATIENCE = 5.0
"""Seconds that it has to end."""
Pages = dict[tuple[str, str], Page]
"""What a brief's page shows, by language and section."""
Made = tuple[Brief, Pages]


def made_apart(inputs: Inputs, world: World | None, tell: Tell) -> Made:
    """Return a brief and all that its page shows; world: None for the embedded one, which the other process loads itself.

    tell is called with each step, and again and again while nothing is heard: what it raises ends the other process. Raises InputError for
    inputs that cannot be used.
    """
    context = get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, inputs, world), daemon=True)
    process.start()
    theirs.close()
    try:
        return _heard(mine, tell)
    finally:
        process.terminate()
        process.join(PATIENCE)
        mine.close()


def _heard(mine: Connection, tell: Tell) -> Made:
    last = ("", 0, 0)
    while True:
        if not mine.poll(PULSE):
            tell(*last)
            continue
        try:
            kind, value = mine.recv()
        except EOFError:
            raise RuntimeError("the process that makes briefs ended without a result") from None
        if kind == "made":
            made: Made = value
            return made
        if kind == "fault":
            raise InputError(*value)
        last = value
        tell(*last)


def _work(theirs: Connection, inputs: Inputs, world: World | None) -> None:
    """What the other process does. Ctrl-C is for the server, which then ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def tell(step: str, done: int, total: int) -> None:
        theirs.send(("step", (step, done, total)))

    try:
        theirs.send(("made", made_here(inputs, world, tell)))
    except InputError as error:
        theirs.send(("fault", str(error).split("; ", 2)))


def made_here(inputs: Inputs, world: World | None, tell: Tell) -> Made:
    """Return a brief, without the arrays of its draws, and all that its page shows."""
    with tempfile.TemporaryDirectory() as folder:
        made = pipeline.brief(
            written(inputs.articles, Path(folder)),
            allies=inputs.allies,
            budget=inputs.budget,
            draws=inputs.draws,
            weeks=inputs.weeks,
            published=date.fromisoformat(inputs.published) if inputs.published else None,
            world=world,
            progress=tell,
        )
    tell("page", 0, 1)
    pages = {(language, name): found for language in languages() for name, found in _pages(made, language).items()}
    return _light(made), pages


def _pages(made: Brief, language: str) -> dict[str, Page]:
    """Each section of a brief's page and its report, in a language."""
    with speaking(language):
        page, charts = contents(made)
        bodies: dict[str, Any] = {name: {"html": part.html, "figures": part.figures} for name, part in parts(page, charts).items()}
        report = packed(assembled(page, charts).encode(), "text/html; charset=utf-8", "report.html")
    return {name: packed(compact(body).encode(), "application/json") for name, body in bodies.items()} | {"report": report}


def _light(made: Brief) -> Brief:
    """A brief without the arrays of all draws, whose tables stay, and without customs records, from which its trade was worked out."""
    names = ("wanted", "got", "stock", "price")
    outcomes = [replace(outcome, **{name: getattr(outcome, name)[:, :, :1].copy() for name in names}) for outcome in made.outcomes]
    return replace(made, outcomes=outcomes, world=made.world.with_table("customs", empty("customs")))


def written(articles: Sequence[Text], folder: Path) -> list[str | Path]:
    """Write articles into a folder of our own; of a given name only harmless letters and a known ending are taken."""
    paths: list[str | Path] = []
    for number, article in enumerate(articles, 1):
        given = Path(article.name.replace("\\", "/")).name
        ending = next((end for end in READABLE if given.lower().endswith(end)), ".txt")
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", given.removesuffix(ending)).strip("-")[:60] or "article"
        path = folder / f"{stem}{f'-{number}' if len(articles) > 1 else ''}{ending}"
        path.write_text(article.text, encoding="utf-8", errors="surrogatepass", newline="")
        paths.append(path)
    return paths
