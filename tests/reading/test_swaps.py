"""Swaps: another country, person, number or date in a text changes that slot of its ledger, moves the offsets, and nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reading.cases import HERE, Row, articles, reading
from tests.reading.swap_dates import calendar, weekdays
from tests.reading.swaps import Swap, countries, difference, expected, numbers, people, shape
from ytterby.reading.article import from_text
from ytterby.reading.document import Document, analyse
from ytterby.reading.lexicon import load_language
from ytterby.reading.reader import interpret

FILES = sorted((HERE / "sentences").glob("*.toml"))
SORTS: tuple[Callable[[Document, str], Iterator[Swap]], ...] = (countries, people, numbers, weekdays, calendar)
LEAST = 0.95
Tried = tuple[str, bool, str]


def tried(code: str, row: Row) -> Iterator[Tried]:
    """Each swap of an article: its kind, whether the article tells events, and what is wrong with the swapped ledger."""
    language = load_language(code)
    article = from_text(row["text"], row["published"])
    events = interpret(article, language).events
    document = analyse(article.text, article.published, language)
    for sort in SORTS:
        for swap in sort(document, row["name"]):
            text = swap.text(article.text)
            found = shape(interpret(from_text(text, row["published"]), language).events)
            wrong = difference(expected(swap, events, text), found)
            yield swap.kind, bool(events), f"{row['name']}: {swap.what}: {wrong}" if wrong else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_swap_changes_its_slot_and_nothing_else(path: Path) -> None:
    done = [result for row in articles(path) for result in tried(path.stem, row)]
    for telling in (True, False):
        mine = [(kind, wrong) for kind, tells, wrong in done if tells is telling]
        failed = [f"{kind}: {wrong}" for kind, wrong in mine if wrong]
        kinds = {kind: [wrong for other, wrong in mine if other == kind] for kind, _ in mine}
        each = ", ".join(f"{kind} {sum(not wrong for wrong in all_)} of {len(all_)}" for kind, all_ in sorted(kinds.items()))
        rate = 1 - len(failed) / len(mine) if mine else 1.0
        print(
            f"{path.stem}, articles that tell {'events' if telling else 'nothing'}: {rate:.1%} of {len(mine)} swaps ({each})",
            *failed,
            sep="\n  ",
        )
        assert rate >= LEAST, "\n".join([f"{len(failed)} of {len(mine)} swaps", *failed])
    assert sum(tells for _, tells, _ in done) >= 60


@pytest.mark.parametrize(("weekday", "day"), [("Monday", "2025-11-03"), ("Wednesday", "2025-10-29"), ("Sunday", "2025-11-02")])
def test_the_present_tense_with_any_day_of_the_week_lies_ahead(weekday: str, day: str) -> None:
    events = reading(f"Donald Trump meets Xi Jinping on {weekday}.", "2025-10-28").events
    assert [(event["status"], event["date"]) for event in events] == [("planned", day)]
