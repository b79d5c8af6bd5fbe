"""`ytterby brief`: the main job, article to report."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ytterby.cli.common import DEFAULTS, Common, iso_date, require, split, the_world
from ytterby.cli.console import note, progress


def brief(
    *articles: Path,
    allies: str | None = None,
    budget: float = 5e9,
    draws: int = 200,
    weeks: int = 156,
    published: str | None = None,
    lang: str = "en",
    overwrite: Annotated[bool, Parameter(negative="")] = False,
    common: Common = DEFAULTS,
) -> None:
    """Read articles, stress the chain, plan, and write a report: the main job.

    Example: ytterby brief article.txt --allies USA,JPN --budget 5e9 --out brief-today

    Parameters
    ----------
    articles
        .txt, .html, .json or .jsonl files, RSS or Atom feeds, folders of them; - is standard input
    allies
        ISO3 codes or blocs, by commas; default: who signed the articles' agreements
    budget
        public money for the plan, USD of 2024
    draws
        draws per scenario for the bands
    weeks
        weeks to simulate
    published
        date of publication, YYYY-MM-DD, where the text has none
    lang
        language of the report and the summary: en, de or ja
    overwrite
        replace an earlier brief in the same folder
    """
    from ytterby import pipeline
    from ytterby.show.language import known, speaking
    from ytterby.show.summary import summary

    require(articles, "brief")
    known(lang)
    folder = common.out or Path(f"brief-{articles[0].stem if str(articles[0]) != '-' else 'stdin'}")
    pipeline.check_folder(folder, overwrite)
    with progress("brief", common.quiet) as tell:
        result = pipeline.brief(
            articles,
            allies=split(allies),
            budget=budget,
            draws=draws,
            weeks=weeks,
            published=iso_date(published, "--published"),
            world=the_world(common),
            seed=common.seed,
            progress=lambda _step, done, total: tell(done, total),
            left_out=lambda line: note(f"left out: {line}", common.quiet),
        )
        report = pipeline.save(result, folder, overwrite, language=lang)
    with speaking(lang):
        sys.stdout.write(summary(result, str(report)) + "\n")
