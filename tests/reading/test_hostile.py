"""Whatever is given, the reader says in one line what is wrong, or tells only what passes the gate; its time and room are bounded."""

import base64
import gzip
import json
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.growth import assert_grows
from tests.reading.cases import HERE, Row, articles
from ytterby.errors import InputError
from ytterby.reading.article import Article, from_text, load_articles
from ytterby.reading.detect import detect_language
from ytterby.reading.gate import check_record
from ytterby.reading.lexicon import languages, load_language
from ytterby.reading.reader import Reading, interpret, read_article

each = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
ROWS: dict[str, list[Row]] = {path.stem: articles(path) for path in sorted((HERE / "sentences").glob("*.toml"))}
LANGUAGES = st.sampled_from([code for code in languages() if code in ROWS])
ENGLISH = "China has banned exports of gallium to Japan, and the two countries will sign an agreement on 3 March 20255."
PIECES = [
    "China", "the US", "President Xi", "Tokyo's", "gallium", "rare earths", "banned exports of", "signed an agreement with", "will meet",
    "3 March 20255", "2025-02-30", "on Monday", "99.99.2025", "next year", "5,000,000.00.0 tonnes", "$", "US$8.5 bn", "250.", "0 percent",
    "'", "\"", "(", ")", ",", ". ", "? ", ";", "-", "–", "…", "\n\n", "\r\n", "\t", "\u00a0", "\u200b", "\u202e", "\u200f", "\ufeff",
    "\u0301", "\U0001f642", "\U0001f468\u200d\U0001f469", "العربية", "עברית", "中国は", "日米", "러시아", "Россия", "\x01", "\x7f",
    "\u2028", "İ", "ß", "ﬁ", "Ǆ", "\u1161", "date 20255-10-28", "Photo:", "Mr. ", "he", "the ministry", "both sides", "<b>",
    "&amp;", "{", "%s", "\\",
]  # fmt: skip
SCRAPS = st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)
TEXTS = st.one_of(st.text(max_size=200), SCRAPS, st.tuples(st.text(max_size=40), SCRAPS).map("".join))


def sound(told: Reading, text: str) -> None:
    """Everything told passes the gate, and the segments lie in the text, in order."""
    for record in told.events + told.context:
        assert check_record(record, text) == []
        json.dumps(record, ensure_ascii=False).encode()
    assert all(0 <= part.start <= part.end <= len(text) for part in told.segments)
    assert [part.start for part in told.segments] == sorted(part.start for part in told.segments)


def given_or_refused(load: Callable[[], list[Article]], where: str) -> list[Article]:
    """The articles, or none if one line says what is wrong where."""
    try:
        return load()
    except InputError as error:
        message = str(error)
    assert "\n" not in message
    assert where in message
    return []


@given(TEXTS, LANGUAGES, st.sampled_from([None, "2025-10-28", "1900-01-01", "2100-12-31", "9999-12-31"]))
@example(ENGLISH, "en", "9999-12-31")
@example(ENGLISH, "en", "2100-12-31")
@each
def test_any_text_in_any_language(text: str, code: str, published: str | None) -> None:
    if (article := given_or_refused(lambda: [from_text(text, published)], "article")) == []:
        return
    sound(interpret(article[0], load_language(code)), text)
    sound(read_article(article[0]), text)


@given(st.sampled_from([(code, row["text"]) for code, rows in ROWS.items() for row in rows]), st.integers(0, 400), TEXTS)
@each
def test_a_story_with_anything_in_the_middle_of_it(story: tuple[str, str], at: int, scrap: str) -> None:
    text = story[1][:at] + scrap + story[1][at:]
    sound(interpret(from_text(text, "2025-10-28"), load_language(story[0])), text)


def loads(folder: Path, name: str, content: bytes) -> list[Article]:
    """The articles of a file; what cannot be read must say so in one line that names the file."""
    path = folder / name
    path.write_bytes(content)
    found = given_or_refused(lambda: load_articles([path]), name)
    for article in found:
        sound(read_article(article), article.text)
    return found


NAMES = st.sampled_from(["a.txt", "a.html", "a.json", "a.jsonl", "a", "a.gz", "a.xml", "a.rss"])
MARKUP = [
    "<p>", "</p>", "<script>", "</script>", "<style", ">", "<!--", "-->", "<![CDATA[", "]]>", "<svg>", "</", "<", "&#x", "&#55296;", "&#0;",
    "&#1114112;", "&nbsp", "<title>", "<?", "<!", "<br/>", "<a href='",
]  # fmt: skip
PAGES = st.lists(st.one_of(st.sampled_from(MARKUP), st.sampled_from(PIECES), st.text(max_size=8)), max_size=40).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=30), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
FIELDS = st.sampled_from(["text", "published", "url", "title", "id"])


@given(st.binary(max_size=300), NAMES)
@each
def test_any_bytes(tmp_path: Path, content: bytes, name: str) -> None:
    loads(tmp_path, name, content)


@given(PAGES)
@example("<html>&#55296;&#xdfff; a &#0; b")
@each
def test_any_page(tmp_path: Path, page: str) -> None:
    loads(tmp_path, "a.html", page.encode("utf-8", "replace"))


@given(st.dictionaries(FIELDS, VALUES), st.booleans())
@example({"text": "China \ud800 signs"}, False)
@example({"text": ENGLISH, "published": "20255-10-28"}, False)
@example({"text": ENGLISH, "id": "a\nb", "url": "\ud800"}, True)
@each
def test_any_fields(tmp_path: Path, row: Row, lines: bool) -> None:
    loads(tmp_path, "a.jsonl" if lines else "a.json", json.dumps(row).encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1", "cp1252", "shift_jis", "gb18030", "koi8-r"])
def test_another_encoding_is_refused_or_harmless(tmp_path: Path, encoding: str) -> None:
    story = "\n".join([ENGLISH, "Die Türkei prüft Zölle auf Öl."]) if encoding not in ("shift_jis", "koi8-r") else ENGLISH
    loads(tmp_path, "a.txt", story.encode(encoding))
    assert loads(tmp_path, "b.txt", ENGLISH.encode() + "Zölle".encode("latin-1")) == []


def test_a_packed_file_is_refused(tmp_path: Path) -> None:
    for name in ("a.gz", "a.txt", "a.html", "a.json"):
        assert loads(tmp_path, name, gzip.compress(b"a" * 10_000_000)) == []


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + ENGLISH,
        "<script>" * 50_000 + ENGLISH,
        "<b>" * 100_000 + ENGLISH + "</b>" * 100_000,
        "&amp;" * 200_000 + f"<p>{ENGLISH}</p>",
        "&lt;" * 200_000 + "script&gt;",
        "<!DOCTYPE x [" + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9)) + "]>" + "&a9;" + ENGLISH,
        "<" * 200_000,
        "<script>" + "</" * 100_000 + ">",
        "<svg>" * 50_000 + "</nav>" * 50_000,
        "<![CDATA[" * 20_000 + "]>",
        "<a" + " " * 100_000 + "b>",
        "<!--" * 50_000 + ENGLISH,
        "<a " + "b='" * 100_000,
        "<p>" + "&" * 200_000,
        "</p" * 100_000,
    ],
    ids=lambda page: page[:8],
)
def test_a_page_made_to_choke(tmp_path: Path, page: str) -> None:
    found = loads(tmp_path, "a.html", page.encode())
    assert all(len(article.text) <= len(page) + 2 for article in found)


def test_what_a_script_says_is_not_read(tmp_path: Path) -> None:
    page = (
        f"<html><body><p>Nothing was said on the matter by the ministry.</p><script>var a = '{ENGLISH}'; // </p>{ENGLISH}</script></body>"
    )
    assert [article.text for article in loads(tmp_path, "a.html", page.encode())] == ["Nothing was said on the matter by the ministry.\n"]


@pytest.mark.parametrize("code", sorted(ROWS))
def test_directions_accents_and_emoji_change_no_event(code: str) -> None:
    for row in ROWS[code][:12]:
        text = row["text"].strip()
        plain = [(event["type"], event["status"]) for event in interpret(from_text(text, row["published"]), load_language(code)).events]
        for changed in (unicodedata.normalize("NFD", text), f"\u202b{text}\u202c", f"{text}\n\n\U0001f642\U0001f3fd", f"\u200f\n\n{text}"):
            told = interpret(from_text(changed, row["published"]), load_language(code))
            sound(told, changed)
            assert [(event["type"], event["status"]) for event in told.events] == plain


# Time and room

STORY = "\n\n".join(row["text"].strip() for row in ROWS["en"]) + "\n\n"
LONG: dict[str, Callable[[int], str]] = {
    "news": lambda size: STORY * (size // len(STORY) + 1),
    "blanks": lambda size: "the " + " " * size + "x",
    "lines": lambda size: "the" + "\n \t" * (size // 3) + "x",
    "one word": lambda size: "the " + "abcdefgh" * (size // 8),
    "one sentence": lambda size: "The government of China, " * (size // 25),
    "no stop": lambda size: "China and Japan signed exports of gallium " * (size // 42),
    "pronouns": lambda size: "China. " + "He said the ministry. " * (size // 22),
    "offices": lambda size: "President Abc Def of the US " * (size // 28),
    "stops": lambda size: ". " * (size // 2),
    "digits": lambda size: "1,111." * (size // 6),
    "numbers": lambda size: "11 " * (size // 3),
    "brackets": lambda size: "(" * size,
    "accents": lambda size: "e" + "\u0301" * size,
    "code": lambda size: base64.b64encode(bytes(n * n % 251 for n in range(size * 3 // 4))).decode(),
}


def read_english(text: str) -> None:
    detect_language(text)
    interpret(from_text(text, "2025-10-28"), load_language("en"))


@pytest.mark.parametrize("name", LONG)
def test_four_times_the_text_takes_no_more_than_nine_times_the_time(name: str) -> None:
    load_language("en")
    # Four times for what is linear, sixteen for what is quadratic.
    small, large = (partial(read_english, LONG[name](size)) for size in (20_000, 80_000))
    assert_grows(small, large, 9)


def test_ten_megabytes_are_refused_and_a_million_letters_fit_into_300_megabytes(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_text((STORY * (1_000_000 // len(STORY) + 1))[:1_000_000], encoding="ascii", errors="replace")
    (tmp_path / "large.txt").write_text((STORY * (10_000_000 // len(STORY) + 1))[:9_900_000], encoding="ascii", errors="replace")
    (tmp_path / "large.html").write_text("<p>" + "<b>a</b> " * 1_000_000, encoding="ascii")
    program = (
        "import pathlib, re, sys\n"
        "from ytterby.errors import InputError\n"
        "from ytterby.reading.article import load_articles\n"
        "from ytterby.reading.reader import read_article\n"
        "try:\n"
        "    print(len(read_article(load_articles([sys.argv[1]])[0]).events))\n"
        "except InputError as error:\n"
        "    print(error)\n"
        # Not getrusage: a child inherits the peak of the process that started it.
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1]) / 1024)\n"
    )
    for name, says in (("en.txt", None), ("large.txt", "million letters"), ("large.html", "million letters")):
        words = [sys.executable, "-c", program, str(tmp_path / name)]
        said, room = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
        assert says in said if says else int(said) > 0
        assert float(room) < 300, f"{name}: {room} MB"
