"""The language of an answer: that of the address (`lang`), else the first of Accept-Language that pages speak, else English."""

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ytterby.show.language import FIRST, languages, speaking


class Speaking:
    """ASGI middleware: what is said while a request is answered is said in its language."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        with speaking(given if given in languages() else preferred(Headers(scope=scope).get("accept-language", ""))):
            await self.app(scope, receive, send)


def preferred(header: str) -> str:
    """Return the language of the pages that a browser likes best.

    >>> preferred("fr-CH, fr;q=0.9, de;q=0.8, en;q=0.7"), preferred("de-AT"), preferred("xx, *;q=0.5")
    ('de', 'de', 'en')
    """
    wishes = []
    for part in header.split(","):
        name, _, weight = part.strip().partition(";q=")
        wishes.append((name.split("-")[0].lower(), _weight(weight)))
    ranked = sorted(wishes, key=lambda wish: -wish[1])
    return next((name for name, weight in ranked if weight > 0 and name in languages()), FIRST)


def _weight(text: str) -> float:
    try:
        return float(text or 1.0)
    except ValueError:
        return 0.0
