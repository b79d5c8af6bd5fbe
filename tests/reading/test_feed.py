"""Feeds and folders: every item becomes an article, nothing is fetched or expanded, what is no feed says so."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.errors import InputError
from ytterby.reading.article import load_articles
from ytterby.reading.feed import parse_feed
from ytterby.reading.reader import read_article

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>All the news</title><link>https://example.org</link><pubDate>Wed, 01 Jan 2020 00:00:00 GMT</pubDate>
<atom:link href="https://example.org/feed" rel="self"/>
<item><title>Gallium &amp;amp; more</title><link>https://example.org/1</link><pubDate>Tue, 03 Dec 2024 23:30:00 -0500</pubDate>
<description>Short.</description>
<content:encoded><![CDATA[<p>China hat die Ausfuhr von <b>Gallium</b> verboten.</p>
<script>alert(1)</script><p>Ende.</p>]]></content:encoded></item>
<item><title>Nickel</title><description>&lt;p&gt;Indonesien hat die Ausfuhr von Nickel verboten.&lt;/p&gt;</description></item>
<item><guid>nothing to read</guid></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><updated>2020-01-01T00:00:00Z</updated>
<entry><title type="text">Kobalt</title><link rel="enclosure" href="https://example.org/a.mp3"/><link href="https://example.org/k"/>
<updated>2025-02-24T10:00:00Z</updated><published>2025-02-23T10:00:00+01:00</published>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Der Kongo hat 3 &lt; 4 <em>gesagt</em>.</p>
<p>Ende &amp; aus.</p></div></content></entry>
<entry><title>Lithium</title><updated>2025-03-01T10:00:00Z</updated><summary type="text">1 &lt;b&gt; 2</summary></entry></feed>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<rss><channel><item><title>&b;</title></item></channel></rss>"""
THIEF = """<?xml version="1.0"?><!DOCTYPE rss SYSTEM "file:///etc/hostname">
<rss><channel><item><title>x</title></item></channel></rss>"""


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_items_of_rss_are_articles(tmp_path: Path) -> None:
    first, second = load_articles([put(tmp_path, "news.xml", RSS)])
    assert (first.stem, first.title, first.stated, first.url) == ("news-1", "Gallium & more", "2024-12-03", "https://example.org/1")
    assert first.text == "Gallium & more\n\nChina hat die Ausfuhr von Gallium verboten.\n\nEnde.\n"
    assert (second.text, second.stated) == ("Nickel\n\nIndonesien hat die Ausfuhr von Nickel verboten.\n", None)
    (event,) = read_article(first).events
    assert (event["type"], event["document"]["published"], event["document"]["url"]) == ("export_control", "2024-12-03", first.url)
    assert first.text[event["start"] : event["end"]] == event["evidence"]


def test_the_entries_of_atom_are_articles(tmp_path: Path) -> None:
    first, second = load_articles([put(tmp_path, "news.atom", ATOM)])
    assert (first.title, first.stated, first.url) == ("Kobalt", "2025-02-23", "https://example.org/k")
    assert first.text == "Kobalt\n\nDer Kongo hat 3 < 4 gesagt.\n\nEnde & aus.\n"
    assert (second.text, second.stated, second.url) == ("Lithium\n\n1 <b> 2\n", "2025-03-01", None)


def test_rss_1_with_dates_of_dublin_core() -> None:
    feed = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><item><title>T</title><link>https://example.org/1</link><dc:date>2025-03-04</dc:date>
    <description>D</description></item></rdf:RDF>"""
    (item,) = parse_feed(feed.encode(), "here")
    assert (item.title, item.html, item.published, item.link) == ("T", "D", "2025-03-04", "https://example.org/1")


def test_a_feed_in_another_encoding() -> None:
    feed = '<?xml version="1.0" encoding="ISO-8859-1"?><rss><channel><item><title>Türkei</title></item></channel></rss>'
    assert parse_feed(feed.encode("latin-1"), "here")[0].title == "Türkei"


def test_a_feed_without_a_suffix_is_told_by_its_head(tmp_path: Path) -> None:
    assert len(load_articles([put(tmp_path, "feed", RSS)])) == 2


def test_a_page_in_xhtml_is_no_feed(tmp_path: Path) -> None:
    page = '<?xml version="1.0"?><!DOCTYPE html><html><body><p>China hat die Ausfuhr von Gallium verboten.</p></body></html>'
    assert len(read_article(load_articles([put(tmp_path, "page.html", page)])[0]).events) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (BOMB, "a DOCTYPE or an entity"),
        (THIEF, "a DOCTYPE or an entity"),
        ("<rss><channel>", "no valid XML: no element found in line 1"),
        ("<rss><channel><item><title>&b;</title></item></channel></rss>", "no valid XML: undefined entity"),
        ("<rss><channel></channel></rss>", "no item in the feed"),
        ("<sitemap><url>x</url></sitemap>", "no RSS or Atom feed"),
        ("<rss>" + "<a>" * 5000, "elements 200 deep"),
        ('<?xml version="1.0" encoding="klingon"?><rss/>', "no valid XML|an unknown encoding"),
        (b"\xff\xfe\x00", "no valid XML"),
    ],
)
def test_what_is_no_sound_feed_says_so_in_one_line(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        load_articles([put(tmp_path, "bad.xml", content)])
    assert "bad.xml" in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.integers(0, len(RSS)), st.text(max_size=4))
@settings(max_examples=300)
def test_a_garbled_feed_gives_articles_or_one_line(at: int, noise: str) -> None:
    garbled = (RSS[:at] + noise + RSS[at + len(noise) :]).encode("utf-8", "surrogatepass")
    said = ""
    items = []
    try:
        items = parse_feed(garbled, "here")
    except InputError as error:
        said = str(error)
    assert bool(items) is not bool(said)
    assert "\n" not in said


def test_a_folder_gives_all_its_readable_articles_and_names_the_rest(tmp_path: Path) -> None:
    put(tmp_path, "b.txt", "China hat die Ausfuhr von Gallium verboten.")
    put(tmp_path, "a/c.xml", RSS)
    put(tmp_path, "broken.json", "{")
    put(tmp_path, "photo.jpg", b"\xff\xd8")
    put(tmp_path, ".hidden/d.txt", "Nichts.")
    put(tmp_path, ".d.txt", "Nichts.")
    left: list[str] = []
    assert [article.stem for article in load_articles([tmp_path], skip=left.append)] == ["c-1", "c-2", "b"]
    assert len(left) == 1
    assert "broken.json" in left[0]
    with pytest.raises(InputError, match=r"broken\.json"):
        load_articles([tmp_path])
