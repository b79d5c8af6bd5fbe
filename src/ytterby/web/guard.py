"""Who may ask, and how much: the checks that every request passes before the app sees it.

On loopback the Host header must name loopback (against DNS rebinding); elsewhere a token is asked for, compared in constant time. What
changes anything must come from our own page (Origin, Sec-Fetch-Site) and be JSON (against forms of other sites). Bodies are cut off at a
size, answers at a time. Every answer carries a Content-Security-Policy that lets nothing run or load but our own files.
"""

import asyncio
import hmac
import json
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 12_000_000
"""Bytes that a request's body may have."""
PATIENCE = 120.0
"""Seconds until an answer must have begun."""
LOCAL = ("127.0.0.1", "localhost", "[::1]")
COOKIE = "ytterby_token"
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""Inline styles are Plotly's; inline scripts are nobody's."""
Headers = dict[str, str]


def loopback(host: str) -> bool:
    """Say whether a host is this machine alone.

    >>> loopback("127.0.0.1"), loopback("::1"), loopback("localhost"), loopback("0.0.0.0"), loopback("example.org")
    (True, True, True, False, False)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Refusal:
    """Why a request is turned away: status, what, remedy."""

    status: int
    what: str
    remedy: str = ""


class Guard:
    """The checks as ASGI middleware. token: asked for if given; largest, patience: limits of bodies (bytes) and answers (s)."""

    def __init__(self, app: ASGIApp, token: str | None = None, largest: int = LARGEST, patience: float = PATIENCE) -> None:
        self.app, self.token, self.largest, self.patience = app, token, largest, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refused = self._host(headers) or self._key(scope, headers) or _origin(scope, headers) or self._body(scope, headers)
        if refused:
            await _answer(send, refused)
        elif self._invited(scope):
            await _welcome(send, scope, str(self.token))
        else:
            await self._passed(scope, receive, send)

    def _host(self, headers: Headers) -> Refusal | None:
        name = headers.get("host", "").rsplit(":", 1)[0] if not headers.get("host", "").endswith("]") else headers["host"]
        if self.token is None and name not in LOCAL:
            return Refusal(421, f"host '{name[:60]}' is not served here", "open the address that ytterby serve prints")
        return None

    def _key(self, scope: Scope, headers: Headers) -> Refusal | None:
        """Without the right token nothing is told; it comes as a header, as a cookie, or once in the address."""
        if self.token is None:
            return None
        given = [headers.get("authorization", "").removeprefix("Bearer "), _cookie(headers), _asked(scope)]
        fits = [hmac.compare_digest(one.encode(), self.token.encode()) for one in given]
        return None if any(fits) else Refusal(401, "no token or a wrong one", "open the address that ytterby serve prints")

    def _invited(self, scope: Scope) -> bool:
        return self.token is not None and scope["path"] == "/" and scope["method"] == "GET" and bool(_asked(scope))

    def _body(self, scope: Scope, headers: Headers) -> Refusal | None:
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.largest:
            return Refusal(413, f"more than {self.largest / 1e6:g} MB", "send fewer or shorter articles")
        has_body = scope["method"] in ("POST", "PUT", "PATCH")
        if has_body and headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return Refusal(415, "the body is no JSON", "send content-type: application/json")
        return None

    async def _passed(self, scope: Scope, receive: Receive, send: Send) -> None:
        meter = _Meter(receive, send, self.largest)
        asked = asyncio.ensure_future(self.app(scope, meter.receive, meter.send))
        try:
            await _within(asked, meter, self.patience)
        except _TooMuch:
            pass
        except TimeoutError:
            await _answer(send, Refusal(503, f"no answer within {self.patience:g} s", "ask for less, or try again later"))
        if meter.over:
            await _answer(send, Refusal(413, f"more than {self.largest / 1e6:g} MB", "send fewer or shorter articles"))


@dataclass
class _Meter:
    """Counts what comes in, notes when the answer begins, and seals it with the headers of every answer."""

    source: Receive
    sink: Send
    largest: int
    taken: int = 0
    begun: bool = False

    @property
    def over(self) -> bool:
        return self.taken > self.largest

    async def receive(self) -> Message:
        message = await self.source()
        self.taken += len(message.get("body", b""))
        if self.over:
            raise _TooMuch
        return message

    async def send(self, message: Message) -> None:
        if self.over:
            # The app turns what goes wrong while it reads a body into an answer of its own; ours stands instead.
            return
        if message["type"] == "http.response.start":
            self.begun = True
            message = {**message, "headers": [*message["headers"], *_sealed()]}
        await self.sink(message)


class _TooMuch(Exception):  # noqa: N818 - no error of ours: the sender went on for too long
    """A body went on beyond its limit."""


async def _within(asked: "asyncio.Future[None]", meter: _Meter, patience: float) -> None:
    """Wait for an answer; one that has not begun in time is called off, one that has may take as long as it wants (events)."""
    done, _ = await asyncio.wait([asked], timeout=patience)
    if not done and not meter.begun:
        asked.cancel()
        raise TimeoutError
    await asked


def _origin(scope: Scope, headers: Headers) -> Refusal | None:
    """Other sites may link to the page, nothing else: no reading of the API, no sending."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    own = {f"{scheme}://{headers.get('host', '')}" for scheme in ("http", "https")}
    if origin is not None and origin not in own:
        return Refusal(403, "a request of another site", "open the page itself")
    if site not in ("same-origin", "none") and scope["path"] != "/":
        return Refusal(403, "a request of another site", "open the page itself")
    return None


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return str(found.value) if found else ""


def _asked(scope: Scope) -> str:
    query: str = scope["query_string"].decode("latin-1")
    return parse_qs(query).get("token", [""])[0]


def _sealed() -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in HEADERS.items()]


async def _answer(send: Send, refused: Refusal) -> None:
    body = json.dumps({"error": {"what": refused.what, "where": "request", "remedy": refused.remedy}}).encode()
    await _send(send, refused.status, body, [(b"content-type", b"application/json"), (b"connection", b"close")])


async def _welcome(send: Send, scope: Scope, token: str) -> None:
    """Keep the token in a cookie and take it out of the address, so that it stands in no history or screenshot."""
    query = "&".join(part for part in scope["query_string"].decode("latin-1").split("&") if not part.startswith("token="))
    cookie = f"{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/"
    await _send(send, 303, b"", [(b"location", f"/{'?' if query else ''}{query}".encode("latin-1")), (b"set-cookie", cookie.encode())])


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length: list[Any] = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length, *_sealed()]})
    await send({"type": "http.response.body", "body": body})
