"""No pattern blows up: four times the text takes about four times the time, whatever it is made of."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest

import ytterby.reading
from tests.growth import assert_grows
from tests.reading.cases import reading
from ytterby.reading.clauses import _cutting
from ytterby.reading.companies import _LONG, _blank, _shape
from ytterby.reading.dates import _shapes
from ytterby.reading.lexicon import languages, load_language
from ytterby.reading.names import _name_at_end

Use = Callable[[str], object]
WORD, NEAR = 100, 120
SEEDS = {
    50_000: ["a", "(", " ", "1", ".-", "A", "\n"],
    16_000: [
        "1.", "1,", "1,111", "a.", "A.", "a-", "a'", "é", "Ab ", "ab ", "A b", "ge", "zu", "Aa", "\n ", "\n\n ", "\t", "\u00a0", '"', "»",
        "「", "。", "、", "・", "タ", "中", "가", "Я", "ا", "ก", "-", "–", ",", ", ", ", a ", "!", "…", "date", "2025", "2025-", "20.",
        "年", "1年", "Abc Ltd", "Abc-", "A&", "$1", "1 a ", "<", "<a", "&", "<!--", "[", "\\", "_", "e\u0301",
    ],
}  # fmt: skip


def everywhere(pattern: re.Pattern[str]) -> Use:
    """All matches in a text."""
    return lambda text: sum(1 for _ in pattern.finditer(text))


def at_start(pattern: re.Pattern[str]) -> Use:
    return pattern.match


def company(pattern: re.Pattern[str]) -> Use:
    return lambda text: sum(1 for _ in pattern.finditer(_LONG.sub(_blank, text)))


def near(pattern: re.Pattern[str]) -> Use:
    return lambda text: pattern.search(text[:NEAR])


def of_a_word(pattern: re.Pattern[str]) -> Use:
    return lambda text: pattern.fullmatch(text[:WORD])


def modules() -> Iterator[tuple[str, Use]]:
    """Every pattern that a module of the reader compiles as it loads."""
    for module in pkgutil.iter_modules(ytterby.reading.__path__):
        for name, value in vars(importlib.import_module(f"ytterby.reading.{module.name}")).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{module.name}.{name}", everywhere(value)


def grammars() -> Iterator[tuple[str, Use]]:
    """Every pattern of a language, as the reader uses it: on a word, on the letters near a place, on a paragraph, on the text."""
    for code in languages():
        grammar = load_language(code).grammar
        shapes = _shapes(tuple(grammar["day_marks"]), grammar["date_links"], tuple(grammar["date_formats"]))
        yield f"{code}.company", company(_shape(grammar["company"], grammar["nouns_capital"]))
        yield from ((f"{code}.date_formats[{number}]", everywhere(shape)) for number, shape in enumerate(shapes.formats))
        yield f"{code}.day_before", near(shapes.day_before)
        yield f"{code}.day_after", at_start(shapes.day_after)
        yield f"{code}.year_after", at_start(shapes.year_after)
        yield from ((f"{code}.{key}", of_a_word(re.compile(grammar[key]))) for key in ("participle", "infinitive") if grammar[key])
        yield from ((f"{code}.{key}", at_start(re.compile(grammar[key]))) for key in ("dateline", "name") if grammar[key])
        if grammar["cuts"]:
            yield f"{code}.cuts", everywhere(_cutting(grammar["cuts"]))
        if grammar["name"]:
            yield f"{code}.name_at_end", near(_name_at_end(grammar["name"]))


@pytest.mark.parametrize(("name", "use"), [pytest.param(*pair, id=pair[0]) for pair in (*modules(), *grammars())])
def test_a_pattern_is_linear(name: str, use: Use) -> None:
    for size, seeds in SEEDS.items():
        for seed in seeds:
            for last in ("", "x", "."):
                text = (seed * size)[:size]
                # Four times for what is linear, sixteen for what is quadratic.
                assert_grows(partial(use, text[: size // 4] + last), partial(use, text + last), 8, f"{name} on {seed!r} and {last!r}")


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("seed", ["ge", "zu", "a.", "(", "\n ", "1.1.", "Ab "])
def test_a_long_run_of_anything_is_read_in_time(code: str, seed: str) -> None:
    load_language(code)
    small, large = (partial(reading, (seed * size)[:size], code=code) for size in (5_000, 20_000))
    assert_grows(small, large, 8)
