"""The report in other languages, in a real browser: what it says in English too must be a word or a name of that language."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.show.test_browser import drawn, opened
from ytterby.show.brief import Brief
from ytterby.show.language import FIRST, flat, languages, names
from ytterby.show.report import report

pytestmark = pytest.mark.browser
OTHERS = [language for language in languages() if language != FIRST]
WORD = re.compile(r"[^\W\d_]{3,}")
TEXTS = """() => {
  const own = document.documentElement.lang, found = [];
  const foreign = (part) => (part.closest("[lang]") ?? document.documentElement).lang !== own;
  const shown = new Set(["text", "hovertext", "hovertemplate", "name", "label", "ticktext", "customdata"]);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.closest("script, style, code, .url") && !foreign(node.parentElement)) found.push(node.textContent);
  }
  for (const part of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    if (!foreign(part)) found.push(...["aria-label", "title", "placeholder"].map((name) => part.getAttribute(name) ?? ""));
  }
  const strings = (value, inside) => {
    if (typeof value === "string") { if (inside && !value.startsWith("#")) found.push(value); }
    else if (Array.isArray(value)) value.forEach((one) => strings(one, inside));
    else if (value) for (const [name, one] of Object.entries(value)) strings(one, shown.has(name));
  };
  strings(JSON.parse(document.getElementById("data-figures").textContent), false);
  return [...new Set(found.map((text) => text.replace(/<[^>]*>|%\\{[^}]*\\}/g, " ").replace(/\\s+/g, " ").trim()))];
}"""


def texts(browser: Browser, brief: Brief, language: str, folder: Path) -> set[str]:
    """All that a report says to who reads, hears or points: texts, labels, titles, what charts show."""
    path = folder / f"{language}.html"
    path.write_text(report(brief, language), encoding="utf-8")
    with opened(browser, path) as tab:
        drawn(tab)
        return set(tab.evaluate(TEXTS))


def proper(brief: Brief) -> set[str]:
    """Words that stand in any language: names of projects, agreements, sources and articles."""
    world = brief.world
    own = [
        *world["projects"]["name"],
        *world["agreements"]["name"],
        *world["sources"]["source"],
        *world["sources"]["vintage"],
        *world["actors"]["actor"],
    ]
    told = [article.text for article in brief.articles] + [event["rule"] for event in brief.events + brief.context]
    return {word for text in [*own, *told] for word in WORD.findall(str(text).replace("_", " "))}


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_of_the_report_is_left_in_english(browser: Browser, made: Brief, tmp_path: Path, language: str) -> None:
    known = {word for text in flat(language).values() for word in WORD.findall(text)}
    known |= {word for table in names(language).values() for text in table.values() for word in WORD.findall(text)}
    both = texts(browser, made, FIRST, tmp_path) & texts(browser, made, language, tmp_path)
    left = [text for text in sorted(both) if set(WORD.findall(text)) - known - proper(made) - {"ytterby", "CSV", "SVG", "PNG"}]
    assert left == []
