"""A report read back: its ids, links, texts and scripts, by the standard library's parser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "input", "img", "hr"}


@dataclass
class Page(HTMLParser):
    """What a page holds. numbers: (text, link) of each cell of class number; open: tags not closed; faults: tags closed out of turn."""

    ids: list[str] = field(default_factory=list)
    hrefs: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.hrefs.append(given.get("href", ""))
            if self.numbers and ("td", "number") in self.open:
                self.numbers[-1] = (self.numbers[-1][0], given.get("href", ""))
        if tag == "td" and given.get("class") == "number":
            self.numbers.append(("", ""))
        for name, found in (("blockquote", self.quotes), ("mark", self.marks), ("script", self.scripts)):
            if tag == name:
                found.append("")
        if tag not in VOID:
            self.open.append((tag, given.get("class", "")))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]} at {self.getpos()}")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        inside = [tag for tag, _ in self.open]
        for name, found in (("blockquote", self.quotes), ("mark", self.marks), ("script", self.scripts)):
            if name in inside:
                found[-1] += data
        if ("td", "number") in self.open:
            self.numbers[-1] = (self.numbers[-1][0] + data, self.numbers[-1][1])
        if "script" not in inside and "style" not in inside:
            self.text += data


def read(html: str) -> Page:
    """Parse a page."""
    page = Page()
    page.feed(html)
    page.close()
    return page
