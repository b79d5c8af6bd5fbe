"""The app in a real browser: every view and the whole story; no error, no request that leaves, nothing that axe calls serious."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests import tabs
from tests.web.conftest import GERMAN, Server

pytestmark = pytest.mark.browser
VIEWS = ("brief", "chain", "stress", "plan", "ledger", "indicators")
# A quick machine shows the progress for a moment only, perhaps between two looks of a test.
PROGRESS_SEEN = """new MutationObserver((_, self) => {
  if (!document.querySelector(".progress:not([hidden]) progress")) return;
  window.progressSeen = true;
  self.disconnect();
}).observe(document.body, { subtree: true, childList: true, attributes: true })"""


@contextmanager
def opened(
    browser: Browser, server: Server, query: str = "", width: int = 1280, scheme: str = "light", lang: str = "en-US"
) -> Iterator[Tab]:
    """A tab with the app, once its view stands."""
    with tabs.opened(browser, f"{server.address}/{query}", (server.address,), width, scheme, locale=lang) as tab:
        ready(tab)
        yield tab


def ready(tab: Tab, view: str = "") -> None:
    """Wait until a view stands."""
    tab.locator(f'body[data-ready^="{view}-"]' if view else "body[data-ready]").wait_for(state="attached")


def blemishes(tab: Tab) -> list[str]:
    """What axe finds serious or critical."""
    found = Axe().run(tab).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_view_stands_fits_and_is_accessible(browser: Browser, server: Server, brief: str, width: int, scheme: str) -> None:
    with opened(browser, server, f"?brief={brief}", width, scheme) as tab:
        for view in VIEWS:
            tab.locator(f'#views [data-view="{view}"]').click()
            ready(tab, view)
            expect(tab.locator("#problem")).to_be_hidden()
            expect(tab.locator("h1")).not_to_be_empty()
            if view != "brief":
                tab.locator(".plot .main-svg").first.wait_for()
                expect(tab.locator("figure.chart:not(:has(details.behind table))")).to_have_count(0)
            tabs.fits(tab, width)
            assert blemishes(tab) == [], view


def test_without_a_brief_a_view_teaches(browser: Browser, server: Server) -> None:
    with opened(browser, server) as tab:
        assert blemishes(tab) == []
        tab.get_by_role("button", name="Make the brief").click()
        expect(tab.locator("#problem")).to_have_text("Paste an article or choose a file")
        for view in VIEWS:
            tab.locator(f'#views [data-view="{view}"]').click()
            ready(tab, view)
            expect(tab.locator("#lede")).not_to_be_empty()
            expect(tab.locator("#problem")).to_be_hidden()


def test_the_whole_story(browser: Browser, server: Server) -> None:
    with opened(browser, server) as tab:
        tab.get_by_label("Article", exact=True).fill(GERMAN.read_text(encoding="utf-8"))
        tab.get_by_label("Allies").fill("USA,JPN")
        tab.get_by_label("Draws").fill("4")
        tab.evaluate(PROGRESS_SEEN)
        tab.get_by_role("button", name="Make the brief").click()
        tab.wait_for_function("window.progressSeen")
        tab.locator("mark").first.wait_for(timeout=300_000)
        ready(tab, "brief")
        card = tab.locator(".card").first
        tabs.lit(card, tab.locator(f'mark[data-events~="{card.get_attribute("data-event")}"]').first)
        tab.get_by_role("link", name="Stress", exact=True).click()
        ready(tab, "stress")
        expect(tab.locator("#what-if .answer[data-answered='1']")).to_be_visible()
        before = tab.locator("#what-if .answer td").all_text_contents()
        tab.get_by_label("Severity").fill("2")
        expect(tab.locator("#what-if .answer[data-answered='2']")).to_be_visible()
        assert tab.locator("#what-if .answer td").all_text_contents() != before
        expect(tab).to_have_url(re.compile("severity=2"))
        permalink = tab.url
        tab.get_by_label("Beside it").select_option("relief")
        tab.locator("#beside .plot").scroll_into_view_if_needed()
        tab.locator("#beside .plot .main-svg").first.wait_for()
        tab.get_by_role("link", name="Plan", exact=True).click()
        ready(tab, "plan")
        tab.locator("#plot-portfolio .main-svg").first.wait_for()
        with tab.expect_download() as saved:
            tab.get_by_role("link", name="Excel").click()
        assert Path(saved.value.path()).read_bytes()[:2] == b"PK"
        for kind, start in (("png", b"\x89PNG"), ("svg", b"<svg"), ("csv", b'"Option"'), ("json", b'{"data"'), ("xlsx", b"PK")):
            with tab.expect_download() as picture:
                tab.locator(f'#chart-portfolio [data-save="{kind}"]').click()
            assert Path(picture.value.path()).read_bytes().startswith(start), kind
        tab.goto(permalink)
        ready(tab, "stress")
        expect(tab.get_by_label("Severity")).to_have_value("2")


def test_a_number_opens_its_row_and_an_event_its_sentence(browser: Browser, server: Server, brief: str) -> None:
    with opened(browser, server, f"?view=stress&brief={brief}") as tab:
        link = tab.locator('#scenarios a[href^="#source-"]').first
        link.click()
        expect(tab.locator("#drawer")).to_be_visible()
        expect(tab.locator("#drawer-body")).to_contain_text("Licence")
        expect(tab).to_have_url(re.compile("open="))
        assert blemishes(tab) == []
        tab.keyboard.press("Escape")
        expect(tab.locator("#drawer")).to_be_hidden()
        expect(tab).not_to_have_url(re.compile("open="))
        expect(link).to_be_focused()
        tab.get_by_role("link", name="Ledger", exact=True).click()
        ready(tab, "ledger")
        tab.locator('#view td a[href^="#event-"]').last.click()
        expect(tab.locator("#drawer mark")).to_be_visible()


def test_search_by_keyboard_and_languages(browser: Browser, server: Server, brief: str) -> None:
    with opened(browser, server, f"?brief={brief}&view=chain", lang="de-DE") as tab:
        expect(tab.locator("html")).to_have_attribute("lang", "de")
        expect(tab.locator("h1")).to_have_text("Wer von wem abhängt")
        tab.get_by_role("combobox", name="Suche").fill("gall")
        tab.locator("#hits li").first.wait_for()
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("Enter")
        expect(tab.get_by_label("Material")).to_have_value("gallium")
        tab.locator("#plot-shares .main-svg").first.wait_for()
        tab.get_by_label("Sprache").select_option("en")
        expect(tab.locator("h1")).to_have_text("Who depends on whom")
        expect(tab).to_have_url(re.compile("lang=en"))


def test_the_keyboard_skips_to_the_content_and_reaches_the_views(browser: Browser, server: Server) -> None:
    with opened(browser, server) as tab:
        tab.keyboard.press("Tab")
        expect(tab.locator(".skip")).to_be_focused()
        tab.keyboard.press("Enter")
        expect(tab.locator("#main")).to_be_focused()
        tab.wait_for_function("document.querySelectorAll('main, nav, header, footer, form[role=search]').length >= 5")
