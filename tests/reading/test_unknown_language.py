"""A language without a file is not read as another one: with its file taken away, its articles tell no event.

The exceptions are named: a close relative of a language with a file.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest

from tests.reading.cases import HERE, articles
from ytterby.reading import article, detect, lexicon, reader

FILES = sorted((HERE / "sentences").glob("*.toml"))
RELATED: dict[str, set[str]] = {"es": {"pt"}, "pt": {"es"}, "bg": {"ru"}, "ru": {"bg"}}
"""Whole sentences of theirs share their words: without the one's file a few are read with the other's."""
SLIPS = 0.03
CODES = lexicon.languages()


def family(code: str) -> str:
    """The language of a file: one that is `like` another shares its words, so both are taken away."""
    return str(tomllib.loads((lexicon.FOLDER / "lang" / f"{code}.toml").read_text(encoding="utf-8")).get("like", code))


def forget() -> None:
    """Forget what was worked out from the files before."""
    for cached in (detect._signs, detect._known_by, detect._parts, detect._foreign, detect._unspaced_words):
        cached.cache_clear()


@pytest.fixture
def left(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Take the files of one language away."""
    gone: str = request.param
    rest = [code for code in CODES if family(code) != gone]
    words = {code: words for code, words in detect._function_words().items() if code in rest}
    monkeypatch.setattr(detect, "_function_words", lambda: words)
    for module in (article, detect, reader):
        monkeypatch.setattr(module, "languages", partial(list, rest))
    forget()
    yield gone
    forget()


@pytest.mark.parametrize("left", sorted({family(path.stem) for path in FILES}), indirect=True)
def test_a_language_without_a_file_tells_nothing(left: str) -> None:
    rows = [row for path in FILES if family(path.stem) == left for row in articles(path)]
    told = [(row["name"], article.from_text(row["text"], row["published"])) for row in rows]
    taken = Counter(one.language for _, one in told)
    events = [f"{name}, as {one.language}: {event['type']}" for name, one in told for event in reader.read_article(one).events]
    kin = RELATED.get(left, set())
    print(f"{left}: {taken.pop('und', 0)} of {len(rows)} unknown, the rest taken for {dict(taken)}; events: {events or 'none'}")
    assert left not in taken
    assert [line for line in events if not any(f", as {code}: " in line for code in kin)] == []
    assert len(events) <= SLIPS * len(rows)


def test_related_languages_tell_something_else_only_as_each_other() -> None:
    assert all(left in RELATED[other] for left, others in RELATED.items() for other in others)
