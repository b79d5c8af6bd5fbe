"""What may be read, and the one line that says why not."""

import io
import json
import sys
from datetime import date
from pathlib import Path

import pytest

from ytterby.errors import InputError
from ytterby.reading.article import from_text, load_articles, parse_published
from ytterby.reading.reader import read, read_article

SENTENCE = "China hat die Ausfuhr von Gallium verboten."
PAGE = f"""<!doctype html><html><head><title>Ausfuhr &amp; Verbot</title><script>China signs an agreement</script></head>
<body><nav>Start</nav><h1>Verbot</h1><p>{SENTENCE.replace("ü", "&uuml;")}</p><footer>Ende</footer></body></html>"""


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_plain_text_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", b"\xef\xbb\xbf" + SENTENCE.encode())
    assert load_articles([path])[0].text == SENTENCE


@pytest.mark.parametrize("name", ["a.html", "a.htm", "page"])
def test_a_page_gives_its_paragraphs(tmp_path: Path, name: str) -> None:
    article = load_articles([put(tmp_path, name, PAGE)])[0]
    assert article.title == "Ausfuhr & Verbot"
    assert article.text == f"Verbot\n\n{SENTENCE}\n\nEnde\n"
    event = read_article(article).events[0]
    assert article.text[event["start"] : event["end"]] == event["evidence"] == SENTENCE


def test_json_with_its_fields(tmp_path: Path) -> None:
    row = {"text": SENTENCE, "published": "2024-12-03", "url": "https://example.org/a", "title": "Verbot", "id": "verbot"}
    article = load_articles([put(tmp_path, "a.json", json.dumps(row))])[0]
    event = read_article(article).events[0]
    assert (article.stem, article.stated, article.title) == ("verbot", "2024-12-03", "Verbot")
    assert event["document"] == {"sha256": article.sha256, "language": "de", "published": "2024-12-03", "url": "https://example.org/a"}


def test_json_lines_are_numbered(tmp_path: Path) -> None:
    path = put(tmp_path, "many.jsonl", json.dumps({"text": SENTENCE}) + "\n\n" + json.dumps({"text": "Nichts ist geschehen."}) + "\n")
    assert [article.stem for article in load_articles([path])] == ["many-1", "many-3"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SENTENCE.encode())))
    article = load_articles(["-"], date(2024, 12, 3))[0]
    assert (article.stem, article.text, article.stated) == ("stdin", SENTENCE, "2024-12-03")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "the article is empty"),
        ("a.txt", b" \n\xc2\xa0", "the article is empty"),
        ("a.txt", b"\x00\x01\x02binary", "a binary file, not a text"),
        ("a.txt", b"%PDF-1.7 x", "a PDF, not a text"),
        ("a.txt", "Türkei".encode("latin-1"), "not UTF-8 at byte 1"),
        ("a.txt", "Türkei und Japan".encode("utf-16"), "a binary file|not UTF-8"),
        ("a.txt", b"x" * 50_000_000, "50 MB is more than an article"),
        ("a.json", b'{"text": ', "no valid JSON"),
        ("a.json", b"[" * 100_000, "no valid JSON"),
        ("a.json", b"[1]", "no field 'text'"),
        ("a.json", b'{"text": " "}', "the article is empty"),
        ("a.json", b'{"text": "x", "published": "tomorrow"}', "'tomorrow' is no date"),
        ("a.json", b'{"text": "x", "published": 2024}', "'published' is no text"),
        ("a.jsonl", b'{"text": "x"}\n{"text": 3}\n', "no field 'text'"),
        ("a.html", b"<html><body><script>x</script></body></html>", "the article is empty"),
    ],
)
def test_what_cannot_be_read_says_why_in_one_line(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        load_articles([put(tmp_path, name, content)])
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        load_articles([tmp_path / "absent.txt"])
    with pytest.raises(InputError, match="no article in the folder"):
        load_articles([tmp_path])


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("date 2025-10-28 ", "2025-10-28"),
        ("Bern, 3. März 2026 - ", "2026-03-03"),
        ("TOKIO, 28. Oktober 2025 (Agentur) - ", "2025-10-28"),
        ("Im Jahr 2019, am 3. März 2019, begann alles. ", None),
    ],
)
def test_the_day_at_the_head_counts_only_at_the_head(head: str, day: str | None) -> None:
    article = from_text(f"{head}Die Regierung hat das Abkommen mit Japan und China noch nicht unterzeichnet.")
    assert article.stated == day


@pytest.mark.parametrize(("stated", "last"), [("2025-06", "2025-06-30"), ("2024-02", "2024-02-29"), ("2025", "2025-12-31")])
def test_a_month_of_publication_covers_all_its_days(stated: str, last: str) -> None:
    day = parse_published(stated, "here")
    assert day is not None
    assert day.isoformat() == last


@pytest.mark.parametrize("bad", ["2025-13", "2025-02-30", "28.10.2025", "soon", ""])
def test_a_bad_date_is_an_error(bad: str) -> None:
    with pytest.raises(InputError, match="is no date"):
        read(SENTENCE, bad)


def test_a_language_without_a_file_tells_nothing() -> None:
    assert read("Lorem ipsum dolor sit amet, consectetur adipiscing elit.") == []
