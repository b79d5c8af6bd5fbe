"""The format of a language file carries scripts without blanks and suffixes glued to words: two tiny languages prove it."""

import pytest

from tests.reading.cases import HERE, Row, articles, differences, reading, tiny
from ytterby.errors import InputError
from ytterby.reading.boundaries import joined, suffix
from ytterby.reading.dates import find_days
from ytterby.reading.folding import fold
from ytterby.reading.format import GRAMMAR, OPTIONAL, TABLES
from ytterby.reading.lexicon import build_language, languages, load_language, read_table
from ytterby.reading.mentions import find_mentions
from ytterby.reading.quantities import find_quantities
from ytterby.reading.segments import segment, sentences

ROWS = articles(HERE / "languages" / "sentences.toml")


@pytest.mark.parametrize("article", ROWS, ids=lambda row: f"{row['language']}-{row['name']}")
def test_a_tiny_language_reads_its_sentences(article: Row) -> None:
    assert differences(article, reading(article["text"], article["published"], article["language"], small=True)) == []


def test_particles_are_no_part_of_a_name() -> None:
    event = reading("中国は日本へのガリウムの輸出を禁止した。", code="ja", small=True).events[0]
    assert [actor["name"] for actor in event["actors"]] == ["中国", "日本"]
    assert event["evidence"] == "中国は日本へのガリウムの輸出を禁止した。"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("約250トン", 250.0, "t"),
        ("1,200トン", 1200.0, "t"),
        ("3億ドル", 3e8, "USD"),
        ("5億5000万ドル", 5.5e8, "USD"),
        ("20%", 20.0, "percent"),
    ],
)
def test_japanese_numbers(text: str, value: float, unit: str) -> None:
    found = find_quantities(text, find_mentions(text, fold(text), tiny("ja")), tiny("ja"))
    assert [(quantity.value, quantity.unit) for quantity in found] == [(value, unit)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2025年10月28日", (2025, 10, 28)),
        ("10月28日", (None, 10, 28)),
        ("2025年10月", (2025, 10, None)),
        ("28日", (None, None, 28)),
        ("2025年", (2025, None, None)),
        ("１０月２８日", (None, 10, 28)),
    ],
)
def test_japanese_dates(text: str, parts: tuple[int | None, ...]) -> None:
    days = find_days(text, find_mentions(text, fold(text), tiny("ja")), tiny("ja"))
    assert [(day.year, day.month, day.day) for day in days] == [parts]


def test_a_full_stop_without_a_blank_ends_a_sentence_but_not_inside_quotes() -> None:
    story = "首相は「問題はない。」と述べた。輸出は続く。"
    found = sentences(story, segment(story, tiny("ja")), tiny("ja"))
    assert [story[one.start : one.end] for one in found] == ["首相は「問題はない。」と述べた。", "輸出は続く。"]


@pytest.mark.parametrize(
    ("word", "stem", "end", "marks"),
    [("çin'in ihracatı", 3, 6, {"possessive"}), ("japonya'ya", 7, 10, {"to"}), ("çinko", 3, 3, set()), ("abd'de", 3, 6, {"in"})],
)
def test_turkish_suffixes_reach_the_end_of_the_word(word: str, stem: int, end: int, marks: set[str]) -> None:
    assert suffix(word, stem, tiny("tr")) == (end, frozenset(marks))


def test_words_of_scripts_without_blanks_end_anywhere() -> None:
    assert not joined("米国政府", 2)
    assert joined("usa", 1)
    assert not joined("aの", 1)


def test_katakana_are_words_of_their_own() -> None:
    assert joined("タイヤ", 2)
    assert not joined("タイは", 2)
    assert not joined("ネオジム・鉄", 4)


def test_long_and_short_letters_of_chinese_are_one() -> None:
    short, long = reading("中国禁止镓出口。", code="zh-Hans").events[0], reading("中國禁止鎵出口。", code="zh-Hant").events[0]
    assert (short["materials"], long["materials"]) == (["gallium"], ["gallium"])
    assert (short["evidence"], long["evidence"]) == ("中国禁止镓出口。", "中國禁止鎵出口。")


def test_a_language_may_be_like_another() -> None:
    own, other = read_table("zh-Hant"), read_table("zh-Hans")
    assert own["concept"] == other["concept"]
    assert own["function_words"] != other["function_words"]


@pytest.mark.parametrize(
    ("text", "roles"), [("自3月1日起", ["effective"]), ("有效期至11月27日", ["until"]), ("3月1日", ["date"]), ("停止30日间", [])]
)
def test_without_blanks_either_side_of_a_date_gives_its_role(text: str, roles: list[str]) -> None:
    chinese = load_language("zh-Hans")
    assert [day.role for day in find_days(text, find_mentions(text, fold(text), chinese), chinese)] == roles


@pytest.mark.parametrize(("key", "near"), [("space", "spaces"), ("marks_folow", "marks_follow")])
def test_a_misspelt_key_names_the_right_one(key: str, near: str) -> None:
    with pytest.raises(InputError, match=f"did you mean {near}"):
        build_language("xx", {"grammar": {key: True}})


def test_a_misspelt_table_names_the_right_one() -> None:
    with pytest.raises(InputError, match="did you mean concept"):
        build_language("xx", {"concepts": {}})


def test_the_page_explains_every_table_and_key() -> None:
    page = (HERE.parents[1] / "docs" / "reading.md").read_text(encoding="utf-8")
    assert [name for name in (*GRAMMAR, *TABLES, *OPTIONAL) if f"`{name}`" not in page] == []


@pytest.mark.parametrize("code", languages())
def test_the_first_line_of_a_language_tells_it_apart(code: str) -> None:
    from ytterby.reading.lexicon import FOLDER

    assert (FOLDER / "lang" / f"{code}.toml").read_text(encoding="utf-8").startswith('function_words = "')
