"""Articles from files: .txt, .html, .json and .jsonl (text, published, url, title), RSS and Atom feeds, folders, or standard input.

What cannot be read says why.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from ytterby.errors import InputError
from ytterby.reading.dates import Day, ends, find_days, resolve
from ytterby.reading.detect import detect_language
from ytterby.reading.feed import Item, looks_like_feed, parse_feed
from ytterby.reading.folding import fold
from ytterby.reading.lexicon import languages, load_language
from ytterby.reading.mentions import find_mentions

LARGEST = 10_000_000
LETTERS = 1_000_000
YEARS = range(1900, 2101)
HEAD = 300
FEEDS = (".xml", ".rss", ".atom")
READABLE = (".txt", ".html", ".htm", ".json", ".jsonl", *FEEDS)
BLOCKS = re.compile(
    "address|article|blockquote|br|dd|div|dt|figcaption|footer|h[1-6]|header|li|main|p|section|table|td|th|tr",
)
SILENT = frozenset(["script", "style", "noscript", "template", "svg", "nav", "aside", "head"])
_HALF = re.compile("[\ud800-\udfff]")
_STATED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True)
class Article:
    """A text with what is known about it. `published` is the last day that the stated date of publication covers."""

    stem: str
    text: str
    published: date | None
    url: str | None
    title: str | None
    language: str
    sha256: str
    stated: str | None = None


def from_text(
    text: str, published: str | date | None = None, *, stem: str = "article", url: str | None = None, title: str | None = None
) -> Article:
    """Make an article of a text; without a date of publication, the date at its head is taken.

    Raises InputError for a bad date and for a text that is none: more than a million letters, or half of a letter (a lone surrogate).

    >>> from_text("Bern, 3. März 2026 - Es regnet auf die Stadt und das Land.").published
    datetime.date(2026, 3, 3)
    """
    _check(text, stem)
    language = detect_language(text)
    stated = published.isoformat() if isinstance(published, date) else published or _head_date(text, language)
    day = parse_published(stated, stem)
    return Article(stem, text, day, url, title, language, sha256(text.encode()).hexdigest(), stated)


def _check(text: str, where: str) -> None:
    if len(text) > LETTERS:
        raise InputError(f"{len(text) / 1e6:.1f} million letters are more than an article", where, "cut it into articles")
    if half := _HALF.search(text):
        raise InputError(f"half of a letter at {half.start()}", where, "write it as UTF-8")


def parse_published(value: str | date | None, where: str) -> date | None:
    """Return the last day that a date of publication covers ("2025-06" is a month).

    >>> parse_published("2025-06", "here")
    datetime.date(2025, 6, 30)
    """
    if value is None:
        return None
    try:
        day = value if isinstance(value, date) else _last_day(value.strip()[:10])
    except ValueError:
        raise InputError(f"{value!r} is no date", where, "write YYYY-MM-DD") from None
    if day.year not in YEARS:
        raise InputError(f"'{value}' is no day of publication", where, f"give a year from {YEARS[0]} to {YEARS[-1]}")
    return day


def _last_day(stated: str) -> date:
    if not _STATED.fullmatch(stated):
        raise ValueError(stated)
    return ends(stated)


def _head_date(text: str, language: str) -> str | None:
    """The first full date in the head of a text: a date line, 'date 2025-10-28', 'Bern, 3. März 2026 -'."""
    code = language if language in languages() else "en"
    head = text[:HEAD]
    words = load_language(code)
    for day in find_days(head, find_mentions(head, fold(head), words), words):
        if day.kind == "calendar" and day.year and day.month and day.day and _leads(head, day):
            found = resolve(day, None, ahead=False)
            return found[0] if found else None
    return None


def _leads(head: str, day: Day) -> bool:
    """Whether a date belongs to the head, not to a sentence: nothing but a short place or word stands before it on its line."""
    before = head[: day.start].rpartition("\n")[2]
    after = head[day.end :].lstrip(" \t.)")
    own_line = not after or after[0] in "\n-–—(" or re.match(r"\s*date:?\s*$", before, re.IGNORECASE) is not None
    return len(before.split()) <= 5 and own_line


def load_articles(paths: Sequence[str | Path], published: date | None = None, skip: Callable[[str], None] | None = None) -> list[Article]:
    """Read articles from files, feeds and folders; `published` holds for those that have no date of their own.

    A folder gives the articles in it, at any depth, in the order of their paths; `skip` is told, in a line, which of its files cannot be
    read. Raises InputError, one line, for a file that is missing, empty, too large, binary, not UTF-8, no valid JSON or no feed, for a
    folder without an article, and, without `skip`, for the first file of a folder that cannot be read.
    """
    found: list[Article] = []
    for path in paths:
        found += _folder(Path(path), published, skip) if Path(path).is_dir() else _load(str(path), published)
    return found


def _folder(folder: Path, published: date | None, skip: Callable[[str], None] | None) -> list[Article]:
    found: list[Article] = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or path.suffix.lower() not in READABLE or not path.is_file():
            continue
        try:
            found += _load(str(path), published)
        except InputError as error:
            if skip is None:
                raise
            skip(str(error))
    if not found:
        raise InputError("no article in the folder", str(folder), f"put {', '.join(READABLE)} into it")
    return found


def _load(path: str, published: date | None) -> list[Article]:
    where = "standard input" if path == "-" else path
    content = _bytes(path, where)
    if Path(path).suffix.lower() in FEEDS or (not Path(path).suffix and looks_like_feed(content)):
        stem = "stdin" if path == "-" else Path(path).stem
        return [_from_item(item, f"{stem}-{number}", where, published) for number, item in enumerate(parse_feed(content, where), 1)]
    text = _decode(content, where)
    stem, suffix = ("stdin", "") if path == "-" else (Path(path).stem, Path(path).suffix.lower())
    if suffix == ".json":
        return [_from_json(_parse(text, where), stem, where, published)]
    if suffix == ".jsonl":
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        rows = [(f"{where}:{number}", _parse(line, f"{where}:{number}"), f"{stem}-{number}") for number, line in lines]
        return [_from_json(row, name, at, published) for at, row, name in rows]
    if suffix in (".html", ".htm") or (not suffix and text.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))):
        page = _page(text)
        return [_dated(page.text(), stem, where, published, None, page.title.strip() or None)]
    return [_dated(text, stem, where, published, None, None)]


def _dated(text: str, stem: str, where: str, published: date | None, url: str | None, title: str | None) -> Article:
    if not text.strip():
        raise InputError("the article is empty", where, "give a text")
    _check(text, where)
    article = from_text(text, None, stem=stem, url=url, title=title)
    return article if article.published or not published else from_text(text, published, stem=stem, url=url, title=title)


def _bytes(path: str, where: str) -> bytes:
    try:
        if path == "-":
            content = sys.stdin.buffer.read(LARGEST + 1)
            size = len(content)
        else:
            size = Path(path).stat().st_size
            content = b"" if size > LARGEST else Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where, "check the path") from None
    if size > LARGEST:
        raise InputError(f"{size / 1e6:.0f} MB is more than an article ({LARGEST / 1e6:.0f} MB)", where, "cut it into articles")
    return content


def _decode(content: bytes, where: str) -> str:
    if content.startswith(b"%PDF"):
        raise InputError("a PDF, not a text", where, "save it as text first")
    if b"\x00" in content[:4096]:
        raise InputError("a binary file, not a text", where, "give .txt, .html, .json or .jsonl")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 at byte {error.start}", where, "convert it, for instance with iconv -t utf-8") from None
    if not text.strip():
        raise InputError("the article is empty", where, "give a text")
    return text


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"no valid JSON: {str(error).splitlines()[0]}", where, 'give {"text": "…", "published": "YYYY-MM-DD"}') from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise InputError("no field 'text'", where, 'give {"text": "…", "published": "YYYY-MM-DD"}')
    return row


def _from_json(row: dict[str, Any], stem: str, where: str, published: date | None) -> Article:
    for field in ("published", "url", "title", "id"):
        if row.get(field) is not None and not isinstance(row[field], str):
            raise InputError(f"'{field}' is no text", where, "put it in quotes")
        _check(row.get(field) or "", f"{where}, {field}")
    _check(row["text"], where)
    if not row["text"].strip():
        raise InputError("the article is empty", where, "give a text")
    name, url, title = row.get("id") or stem, row.get("url"), row.get("title")
    if row.get("published"):
        parse_published(row["published"], f"{where}, published")
        return from_text(row["text"], row["published"].strip()[:10], stem=name, url=url, title=title)
    return _dated(row["text"], name, where, published, url, title)


def _from_item(item: Item, stem: str, where: str, published: date | None) -> Article:
    """The article of a feed's item: its title, then the text of its content, as a page would have them."""
    body = _page(item.html).text()
    text = body if not item.title or body.startswith(item.title) else f"{item.title}\n\n{body}"
    if item.published:
        return from_text(text, item.published, stem=stem, url=item.link, title=item.title or None)
    return _dated(text, stem, where, published, item.link, item.title or None)


def _closed(text: str) -> str:
    """A page whose last comments, sections and tags, if nothing closes them, are text: the parser would look for the end of each anew.

    >>> _closed("<p>a</p><!-- b <c")
    '<p>a</p>&lt;!-- b &lt;c'
    """
    for opening, closing in (("<!--", "-->"), ("<![", "]"), ("<?", ">"), ("<", ">")):
        end = text.rfind(closing) + 1
        text = text[:end] + text[end:].replace(opening, "&lt;" + opening[1:])
    return text


def _page(text: str) -> "_Page":
    page = _Page()
    page.feed(_closed(text))
    page.close()
    return page


class _Page(HTMLParser):
    """The readable text of a page: paragraphs apart by blank lines, scripts and menus left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self._parts: list[str] = []
        self._silent: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title"
        if tag in SILENT:
            if tag not in self._silent:
                self._silent.append(tag)
        elif BLOCKS.fullmatch(tag):
            self._parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        elif BLOCKS.fullmatch(tag):
            self._parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._silent:
            self._parts.append(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        """Return the paragraphs."""
        paragraphs: Iterable[str] = re.split(r"\n{2,}", "".join(self._parts))
        return "\n\n".join(part.strip() for part in paragraphs if part.strip()) + "\n"
