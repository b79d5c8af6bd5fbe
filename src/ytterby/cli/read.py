"""`ytterby read`: articles to events, printed or kept in a ledger."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ytterby.cli.common import DEFAULTS, Common, iso_date, require
from ytterby.cli.console import note, put
from ytterby.errors import InputError

if TYPE_CHECKING:
    from ytterby.reading.article import Article
    from ytterby.reading.reader import Adviser, Reading


def read(
    *articles: Path,
    published: str | None = None,
    store: Path | None = None,
    anew: Annotated[bool, Parameter(negative="")] = False,
    explain: Annotated[bool, Parameter(negative="")] = False,
    context: Annotated[bool, Parameter(negative="")] = False,
    llm: str | None = None,
    llm_model: str = "default",
    llm_seconds: float = 60.0,
    common: Common = DEFAULTS,
) -> None:
    """Read articles into events, one JSON object a line, each with its verbatim evidence.

    Example: ytterby read article.txt --store ledger.db

    Parameters
    ----------
    articles
        .txt, .html, .json or .jsonl files, RSS or Atom feeds, folders of them; - is standard input
    published
        date of publication, YYYY-MM-DD, where the text has none
    store
        also keep texts and events in this ledger; an article that is known already changes nothing
    anew
        let this reading replace a former one of the same article, which stays in the history
    explain
        also how each event came about, and what was rejected and why, as JSON lines on stderr
    context
        also facts that are no events: market dominance, policy goals
    llm
        ask the OpenAI-compatible service at this URL for hints, which the rules and the gate judge; the texts are sent to it
    llm_model
        the model's name at that service
    llm_seconds
        seconds that one answer may take
    """
    from ytterby.reading.article import load_articles
    from ytterby.reading.ledger import to_jsonl
    from ytterby.reading.reader import read_article
    from ytterby.reading.store import open_store

    require(articles, "read")
    if common.format not in (None, "json"):
        raise InputError(f"no format '{common.format}'", "read --format", "events are JSON lines")
    adviser = _adviser(llm, llm_model, llm_seconds)
    loaded = load_articles(articles, iso_date(published, "--published"), lambda line: note(f"left out: {line}", common.quiet))
    lines, new = [], 0
    with open_store(store, create=True) if store else nullcontext() as ledger:
        for article in loaded:
            reading = read_article(article, adviser)
            _remark(article, reading, explain, common)
            lines.append(to_jsonl(reading.events + (reading.context if context else [])))
            new += ledger.append(article, reading.events, anew) if ledger else 0
    if store:
        note(f"{store}: {new} articles added, {len(loaded) - new} known already", common.quiet)
    put("".join(lines), common.out)


def _remark(article: "Article", reading: "Reading", explain: bool, common: Common) -> None:
    if article.published is None:
        note(f"{article.stem}: no date found, so 'today' or 'Thursday' stay open; --published gives one", common.quiet)
    if not reading.events:
        note(f"{article.stem}: no event found", common.quiet)
    for line in reading.explained + reading.rejected if explain else ():
        sys.stderr.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def _adviser(llm: str | None, model: str, seconds: float) -> "Adviser | None":
    if llm is None:
        return None
    from ytterby.reading.llm import Service, adviser

    if not 0 < seconds < 86_400:
        raise InputError(f"{seconds:g} seconds are no time to wait", "--llm-seconds", "give more than 0")
    # A warning, not a remark: --quiet does not hide that a result is not what was asked for.
    return adviser(Service(llm, model, seconds), note)
