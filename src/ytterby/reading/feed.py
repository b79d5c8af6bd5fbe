"""Items of an RSS or Atom feed, parsed safely: no DOCTYPE, no entities, nothing fetched.

RSS 2.0 (https://www.rssboard.org/rss-specification), RSS 1.0 and Atom (RFC 4287), with content:encoded and dc:date.
"""

import html
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from xml.parsers import expat

from ytterby.errors import InputError

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
RSS1 = "http://purl.org/rss/1.0/"
SLOTS = {
    "title": "title",
    "description": "summary",
    "link": "link",
    "pubDate": "published",
    f"{CONTENT} encoded": "content",
    f"{DC} date": "published",
    f"{RSS1} title": "title",
    f"{RSS1} description": "summary",
    f"{RSS1} link": "link",
    f"{ATOM} title": "title",
    f"{ATOM} summary": "summary",
    f"{ATOM} content": "content",
    f"{ATOM} published": "published",
    f"{ATOM} updated": "updated",
}
ITEMS = frozenset(["item", f"{RSS1} item", f"{ATOM} entry"])
ROOTS = frozenset(["rss", "http://www.w3.org/1999/02/22-rdf-syntax-ns# RDF", f"{ATOM} feed"])
FIRST = 1000
DEEPEST = 200


@dataclass
class Item:
    """One item of a feed; `html` is its content, else its summary; `published` is an ISO day, None if the feed gives none that is one."""

    title: str = ""
    html: str = ""
    published: str | None = None
    link: str | None = None


@dataclass
class _Slots:
    """The texts of one item while it is read."""

    texts: dict[str, str] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)


def looks_like_feed(content: bytes) -> bool:
    """Whether the head of a file is that of a feed.

    >>> looks_like_feed(b'<?xml version="1.0"?><rss version="2.0">'), looks_like_feed(b"<!doctype html><html>")
    (True, False)
    """
    head = content[:FIRST].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    roots = (b"<rss", b"<feed", b"<rdf:rdf")
    return head.startswith(roots) or (head.startswith(b"<?xml") and any(root in head for root in roots))


def parse_feed(content: bytes, where: str) -> list[Item]:
    """Return the items of a feed in its order, those without any text left out.

    Raises InputError for what is no XML, has a DOCTYPE, is no feed, or holds no item.

    >>> [item.title for item in parse_feed(b"<rss><channel><item><title>Gallium</title></item></channel></rss>", "here")]
    ['Gallium']
    """
    reader = _Reader(where)
    try:
        reader.parse(content)
    except expat.ExpatError as error:
        raise InputError(
            f"no valid XML: {expat.ErrorString(error.code)} in line {error.lineno}", where, "give an RSS or Atom feed"
        ) from None
    except (LookupError, UnicodeError):
        raise InputError("an unknown encoding", where, "give a feed in UTF-8") from None
    found = [_item(slots) for slots in reader.items]
    found = [item for item in found if item.title or item.html.strip()]
    if not found:
        raise InputError("no item in the feed", where, "give a feed with items")
    return found


class _Reader:
    """Collect the texts of items from the events of expat."""

    def __init__(self, where: str) -> None:
        self.items: list[_Slots] = []
        self._where, self._path, self._slot = where, list[str](), ""
        self._depth, self._markup = 0, False

    def parse(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(content, True)

    def _refuse(self, *_: object) -> None:
        raise InputError("a DOCTYPE or an entity, which a feed does not need", self._where, "remove it")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._path and tag not in ROOTS:
            raise InputError("XML, but no RSS or Atom feed", self._where, "save the article as text or HTML")
        if len(self._path) >= DEEPEST:
            raise InputError(f"elements {DEEPEST} deep, which no feed has", self._where, "give an RSS or Atom feed")
        self._path.append(tag)
        if tag in ITEMS:
            self.items.append(_Slots())
        elif self._slot:
            self._markup = True  # XHTML inside the slot: kept as markup
            self._put(f"<{tag.rpartition(' ')[2]}>")
        elif self._in_item() and tag == f"{ATOM} link":
            self._link(attributes)
        elif self._in_item() and tag in SLOTS:
            self._open(SLOTS[tag], attributes)

    def _open(self, slot: str, attributes: dict[str, str]) -> None:
        self._slot, self._depth, self._markup = slot, len(self._path), attributes.get("type") == "xhtml"
        if attributes.get("type") == "text":
            self.items[-1].plain.add(slot)

    def _link(self, attributes: dict[str, str]) -> None:
        if attributes.get("rel", "alternate") == "alternate" and attributes.get("href"):
            self.items[-1].texts.setdefault("link", attributes["href"])

    def _in_item(self) -> bool:
        return len(self._path) > 1 and self._path[-2] in ITEMS

    def _end(self, tag: str) -> None:
        if self._slot and len(self._path) == self._depth:
            self._slot = ""
        elif self._slot:
            self._put(f"</{tag.rpartition(' ')[2]}>")
        self._path.pop()

    def _text(self, text: str) -> None:
        if self._slot:
            self._put(html.escape(text) if self._markup else text)

    def _put(self, text: str) -> None:
        texts = self.items[-1].texts
        texts[self._slot] = texts.get(self._slot, "") + text


def _item(slots: _Slots) -> Item:
    texts = slots.texts
    slot = "content" if texts.get("content", "").strip() else "summary"
    body = texts.get(slot, "")
    return Item(
        title=" ".join(html.unescape(texts.get("title", "")).split()),
        html=html.escape(body) if slot in slots.plain else body,
        published=_day(texts.get("published") or texts.get("updated") or ""),
        link=texts.get("link", "").strip() or None,
    )


def _day(text: str) -> str | None:
    """The day of a date of RFC 822 or ISO 8601, where it was written; None if it is neither.

    >>> _day("Tue, 28 Oct 2025 23:30:00 +0900"), _day("2025-10-28T01:00:00Z"), _day("soon")
    ('2025-10-28', '2025-10-28', None)
    """
    text = text.strip()
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        pass  # not ISO: RSS writes dates as mail does
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None
