"""A tab of the browser that no fault goes by unseen, and acts that are done again until the page shows their effect."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, expect
from playwright.sync_api import Page as Tab
from playwright.sync_api import TimeoutError as TooLate

PATIENCE = 60_000
"""Milliseconds that a page may take for anything: a machine may be slow."""


@contextmanager
def opened(browser: Browser, address: str, inside: tuple[str, ...], width: int = 1280, scheme: str = "light", **more: Any) -> Iterator[Tab]:
    """A tab with a page; fails at its end on any request to other addresses than those inside, any error of the console or the page."""
    # Less motion: what still fades or glides would be measured or clicked on its way.
    look = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "reduced_motion": "reduce", **more}
    context, faults = browser.new_context(**look), list[str]()
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    tab.on("request", lambda request: faults.append(request.url) if not request.url.startswith((*inside, "data:", "blob:")) else None)
    tab.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    try:
        tab.goto(address)
        yield tab
    finally:
        context.close()
    assert faults == []


def fits(tab: Tab, width: int) -> None:
    """Wait until nothing is wider than the window: charts are fitted a moment after they are drawn."""
    tab.wait_for_function("(width) => document.documentElement.scrollWidth <= width", arg=width)


def lit(pointed: Locator, lights: Locator) -> None:
    """Point at one part and wait until another has the class `on`; again, should a chart that is drawn above have moved the first away."""
    shown = lights.and_(pointed.page.locator(".on"))
    until(pointed.hover, shown)


def until(act: Callable[[], object], shown: Locator, times: int = 30) -> None:
    """Act until something is shown: what is seen at once may have been moved, or not yet listen."""
    for _ in range(times):
        act()
        try:
            shown.wait_for(timeout=2_000)
        except TooLate:
            continue
        return
    expect(shown).to_be_visible()
