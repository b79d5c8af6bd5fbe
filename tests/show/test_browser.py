"""The report in a real browser: offline, no request, no error, no overflow, every chart drawn, links and choices at work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.browser


@contextmanager
def opened(browser: Browser, path: Path, width: int = 1280, scheme: str = "light") -> Iterator[Tab]:
    """A tab with the report; fails at its end on any request that leaves, any error of the console or the page."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)  # type: ignore[arg-type]
    tab, faults = context.new_page(), list[str]()
    tab.on("request", lambda request: faults.append(request.url) if not request.url.startswith(("file:", "data:", "blob:")) else None)
    tab.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(path.as_uri())
    yield tab
    context.close()
    assert faults == []


def drawn(tab: Tab) -> int:
    """Scroll past every chart and count those that are there."""
    plots = tab.locator(".plot")
    for number in range(plots.count()):
        plots.nth(number).scroll_into_view_if_needed()
        plots.nth(number).locator(".main-svg").first.wait_for(timeout=20_000)
    return plots.count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_chart_is_drawn_and_nothing_overflows(browser: Browser, page_file: Path, width: int, scheme: str) -> None:
    with opened(browser, page_file, width, scheme) as tab:
        assert drawn(tab) >= 12
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 24, 29)")
        ink = tab.evaluate("getComputedStyle(document.querySelector('#plot-shares .ytick text')).fill")
        assert ink == ("rgb(27, 31, 36)" if scheme == "light" else "rgb(233, 235, 238)")


def test_the_map_and_the_sankey_have_their_shapes(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as tab:
        drawn(tab)
        assert tab.locator("#plot-map .choroplethlayer path").count() > 150
        assert tab.locator("#plot-chain-flows .sankey-node").count() > 10


def test_a_choice_changes_the_chart_and_the_table_behind_it(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as tab:
        drawn(tab)
        node = "#plot-chain-flows .sankey-node text"
        before = tab.locator(node).all_text_contents()
        tab.select_option('select[data-name="Element"]', "terbium")
        tab.wait_for_function(
            "(old) => document.querySelector('#plot-chain-flows .sankey-node text') && "
            "[...document.querySelectorAll('#plot-chain-flows .sankey-node text')].map(n => n.textContent).join() !== old",
            arg=",".join(before),
        )
        shown = tab.locator("#chart-chain-flows .behind .scroll:not([hidden])")
        assert shown.count() == 1
        assert shown.get_attribute("data-key") == "terbium"


def test_a_quote_and_its_event_light_up_together_and_lead_to_each_other(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as tab:
        card = tab.locator("#article .card").first
        event = card.get_attribute("data-event")
        mark = tab.locator(f'mark[data-events~="{event}"]').first
        card.hover()
        expect(mark).to_contain_class("on")
        mark.hover()
        expect(card).to_contain_class("on")
        mark.locator("a").click()
        tab.wait_for_function("(hash) => location.hash === hash", arg=f"#event-{event}")
        card.locator("blockquote a").click()
        expect(mark).to_contain_class("found")


def test_a_click_on_a_bar_leads_to_its_source_and_a_link_opens_what_hides_its_target(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as tab:
        tab.evaluate("document.querySelectorAll('#sources details').forEach((part) => { part.open = false; })")
        tab.locator("#plot-shares").scroll_into_view_if_needed()
        tab.locator("#plot-shares .nsewdrag").click(position={"x": 60, "y": 12})
        tab.wait_for_function("location.hash.startsWith('#source-')")
        assert tab.evaluate("document.querySelector(location.hash).checkVisibility()")


def test_the_keyboard_reaches_the_content_and_the_choices(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as tab:
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.className") == "skip"
        tab.keyboard.press("Enter")
        assert tab.evaluate("location.hash") == "#main"
        assert tab.locator("select").evaluate_all("(found) => found.every((one) => one.tabIndex === 0 && one.labels.length === 1)")


def test_printing_draws_all_charts_on_white(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, scheme="dark") as tab:
        tab.emulate_media(media="print", color_scheme="dark")
        tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        tab.locator("#plot-bottlenecks .main-svg").first.wait_for()
        assert tab.locator(".plot[data-drawn]").count() == tab.locator(".plot").count()
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        # A4 and Letter hold 680 px between usual margins.
        widths = tab.locator(".plot > .plot-container").evaluate_all(
            "(found) => found.map((one) => one.querySelector('.main-svg').clientWidth)"
        )
        assert max(widths) <= 680
