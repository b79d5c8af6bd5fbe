"""What the reader does for speed finds the same as the plain way."""

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.reading.boundaries import tokens_before
from ytterby.reading.dates import _ISO, _NUMERIC, _YEAR, _shapes
from ytterby.reading.digits import number_starts, search_at
from ytterby.reading.folding import _MANY, _PLAIN, _SAME, UNSPACED, _fold_slowly, fold, fold_text, unspaced
from ytterby.reading.lexicon import languages, load_language
from ytterby.reading.marking import _PIECE, _TOKEN
from ytterby.reading.people import _places
from ytterby.reading.quantities import _BLANKS, _NUMBER

each = settings(max_examples=200)
EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
LETTERS = st.text(
    st.sampled_from("aeÉß ıİё\n\t\u0301\u00ad\u200b협정\u1100\u1161タ゛\u3099协議。’") | st.characters(exclude_categories=["Cs"])
)
FIGURES = st.text(st.sampled_from("0123456789 .,-–/%$€年月日号년 월일千\u00a0tab"), max_size=40)
FORMATS = sorted({shape for code in languages() for shape in load_language(code).grammar["date_formats"]})
SHAPES = [_ISO, _NUMERIC, _YEAR, _NUMBER, _BLANKS, *_shapes((), "", tuple(FORMATS)).formats]


def test_a_plain_letter_folds_into_one_that_stays_apart() -> None:
    for letter in filter(_PLAIN.fullmatch, EVERY):
        pieces: list[str] = []
        _fold_slowly("a" + letter, 0, 2, pieces, [], [])
        assert pieces == ["a", letter.casefold()], letter


def test_the_table_of_like_letters_is_looked_up_where_it_must_be() -> None:
    few = "’‘ʼ‑‐−İıёЁ"
    assert [chr(code) for code in _SAME if chr(code) not in few and not _MANY.match(chr(code))] == []


def test_the_pattern_of_scripts_without_blanks_is_their_table() -> None:
    assert [letter for letter in EVERY if bool(UNSPACED.fullmatch(letter)) != unspaced(letter)] == []


@given(LETTERS)
@each
def test_a_text_folds_alike_with_and_without_its_way_back(text: str) -> None:
    folded = fold(text)
    assert fold_text(text) == folded.text
    assert len(folded.first) == len(folded.last) == len(folded.text)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.pattern[:30])
@given(FIGURES)
@each
def test_what_begins_with_a_digit_is_found_where_digits_begin(shape: re.Pattern[str], text: str) -> None:
    assert [m.span() for m in search_at(shape, text, number_starts(text))] == [m.span() for m in shape.finditer(text)]


@pytest.mark.parametrize("shape", [_TOKEN, _PIECE], ids=["token", "piece"])
@given(st.text("ab é.’'-\n(_"), st.integers(0, 10), st.integers(0, 30))
@each
def test_words_come_backwards(shape: re.Pattern[str], text: str, start: int, end: int) -> None:
    plain = [token.span() for token in shape.finditer(text, start, min(end, len(text)))]
    assert [token.span() for token in tokens_before(shape, text, start, min(end, len(text)))] == plain[::-1]


@given(st.text("ab ", max_size=40), st.sets(st.text("ab ", min_size=1, max_size=4), min_size=1))
@each
def test_names_stand_where_a_pattern_of_them_all_finds_them(text: str, names: set[str]) -> None:
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    assert list(_places(text, names)) == [match.span() for match in re.finditer(pattern, text)]
