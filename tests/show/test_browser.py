"""The report in a real browser: offline, no request, no error, no overflow, every chart drawn, links and choices at work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests import tabs

pytestmark = pytest.mark.browser


@contextmanager
def opened(browser: Browser, path: Path, width: int = 1280, scheme: str = "light") -> Iterator[Tab]:
    """A tab with the report, offline."""
    with tabs.opened(browser, path.as_uri(), ("file:",), width, scheme, offline=True) as tab:
        yield tab


def drawn(tab: Tab) -> int:
    """Scroll past every chart and count those that are there."""
    plots = tab.locator(".plot")
    for number in range(plots.count()):
        plots.nth(number).scroll_into_view_if_needed()
        plots.nth(number).locator(".main-svg").first.wait_for()
    return plots.count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_chart_is_drawn_and_nothing_overflows(browser: Browser, page_file: Path, width: int, scheme: str) -> None:
    with opened(browser, page_file, width, scheme) as tab:
        assert drawn(tab) >= 12
        tabs.fits(tab, width)
        ground, ink = ("rgb(255, 255, 255)", "rgb(27, 31, 36)") if scheme == "light" else ("rgb(20, 24, 29)", "rgb(233, 235, 238)")
        expect(tab.locator("body")).to_have_css("background-color", ground)
        expect(tab.locator("#plot-shares .ytick text").first).to_have_css("fill", ink)


def test_the_map_and_the_sankey_have_their_shapes(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as tab:
        drawn(tab)
        tab.wait_for_function("document.querySelectorAll('#plot-map .choroplethlayer path').length > 150")
        tab.wait_for_function("document.querySelectorAll('#plot-chain-flows .sankey-node').length > 10")


def test_a_choice_changes_the_chart_and_the_table_behind_it(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as tab:
        drawn(tab)
        node = "#plot-chain-flows .sankey-node text"
        tab.locator(node).first.wait_for()
        before = tab.locator(node).all_text_contents()
        tab.select_option('select[data-name="element"]', "terbium")
        tab.wait_for_function(
            "(old) => document.querySelector('#plot-chain-flows .sankey-node text') && "
            "[...document.querySelectorAll('#plot-chain-flows .sankey-node text')].map(n => n.textContent).join() !== old",
            arg=",".join(before),
        )
        shown = tab.locator("#chart-chain-flows .behind .scroll:not([hidden])")
        expect(shown).to_have_count(1)
        expect(shown).to_have_attribute("data-key", "terbium")


def test_a_quote_and_its_event_light_up_together_and_lead_to_each_other(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as tab:
        card = tab.locator("#article .card").first
        event = card.get_attribute("data-event")
        mark = tab.locator(f'mark[data-events~="{event}"]').first
        tabs.lit(card, mark)
        tabs.lit(mark, card)
        mark.locator("a").click()
        tab.wait_for_function("(hash) => location.hash === hash", arg=f"#event-{event}")
        card.locator("blockquote a").click()
        expect(mark).to_contain_class("found")


def test_a_click_on_a_bar_leads_to_its_source_and_a_link_opens_what_hides_its_target(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as tab:
        tab.evaluate("document.querySelectorAll('#sources details').forEach((part) => { part.open = false; })")
        bars = tab.locator("#plot-shares .nsewdrag")
        tab.locator("#plot-shares").scroll_into_view_if_needed()
        tabs.until(lambda: bars.click(position={"x": 60, "y": 12}), tab.locator('[id^="source-"]:target'))


def test_the_keyboard_reaches_the_content_and_the_choices(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file) as tab:
        tab.keyboard.press("Tab")
        expect(tab.locator("a.skip")).to_be_focused()
        tab.keyboard.press("Enter")
        tab.wait_for_function("location.hash === '#main'")
        assert tab.locator("select").evaluate_all("(found) => found.every((one) => one.tabIndex === 0 && one.labels.length === 1)")


def test_printing_draws_all_charts_on_white(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, scheme="dark") as tab:
        tab.emulate_media(media="print", color_scheme="dark")
        tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        expect(tab.locator(".plot:not([data-drawn]), .plot:not(:has(.main-svg))")).to_have_count(0)
        expect(tab.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
        assert tab.locator(".plot").count() >= 12
        # A4 and Letter hold 680 px between usual margins.
        tab.wait_for_function("[...document.querySelectorAll('.plot > .plot-container .main-svg')].every((one) => one.clientWidth <= 680)")


def test_on_paper_no_chart_is_higher_than_a_page(browser: Browser, page_file: Path) -> None:
    # Letter without margins of 0.4 inch, at 96 pixels an inch.
    with opened(browser, page_file, width=739) as tab:
        tab.emulate_media(media="print")
        tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        expect(tab.locator(".plot:not([data-drawn]), .plot:not(:has(.main-svg))")).to_have_count(0)
        tab.wait_for_function("[...document.querySelectorAll('figure.chart')].every((one) => one.offsetHeight < 960)")
        expect(tab.locator("figure.chart").first).to_have_css("break-inside", "avoid")
