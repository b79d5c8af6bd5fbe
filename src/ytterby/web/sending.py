"""Answers that a browser may keep: packed once, sent again only if they changed."""

import gzip
from dataclasses import dataclass
from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALL = 500
"""Bytes below which packing gains nothing."""
VARY = "Accept-Encoding, Accept-Language"


def tag_of(body: bytes) -> str:
    """Return the entity tag of some bytes: the same for the same bytes, however they are packed.

    >>> tag_of(b"a")
    'W/"ca978112ca1bbdcafac231b3"'
    """
    return f'W/"{sha256(body).hexdigest()[:24]}"'


@dataclass(frozen=True)
class Page:
    """Something to send: its bytes packed by gzip, how many they are, their tag and type, a name if it is to be saved as a file."""

    packed: bytes
    size: int
    tag: str
    kind: str
    name: str = ""

    def answer(self, request: Request) -> Response:
        """Return the answer to a request: 304 if the browser has these bytes already, packed if it can unpack.

        >>> packed(b"a", "text/plain").answer(Request({"type": "http", "headers": []})).status_code
        200
        """
        headers = {"etag": self.tag, "cache-control": "no-cache", "vary": VARY}
        if self.name:
            headers["content-disposition"] = f'attachment; filename="{self.name}"'
        if self.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if self.size < SMALL or "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(gzip.decompress(self.packed), media_type=self.kind, headers=headers)
        return Response(self.packed, media_type=self.kind, headers={**headers, "content-encoding": "gzip"})


def packed(body: bytes, kind: str, name: str = "") -> Page:
    """Return a page of some bytes; the same bytes give the same packet."""
    return Page(gzip.compress(body, compresslevel=6, mtime=0), len(body), tag_of(body), kind, name)


class Tagged:
    """ASGI middleware: what is got in one piece bears a tag, and is not sent again to who has it. Streams pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and tag its answer."""
        if scope["type"] == "http" and scope["method"] == "GET":
            send = _Tagging(send, Headers(scope=scope).get("if-none-match", "")).send
        await self.app(scope, receive, send)


@dataclass
class _Tagging:
    """Holds the start of an answer back until its bytes are known."""

    sink: Send
    asked: str
    start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _taggable(message):
            self.start = message
            return
        if self.start is not None:
            start, self.start = self.start, None
            message = self._tagged(start, message)
            await self.sink(start)
        await self.sink(message)

    def _tagged(self, start: Message, message: Message) -> Message:
        """Mark the start of an answer; returns its bytes, none if they are known already."""
        if message.get("more_body", False):
            return message
        headers, tag = MutableHeaders(raw=start["headers"]), tag_of(message.get("body", b""))
        headers["etag"], headers["cache-control"] = tag, "no-cache"
        headers.add_vary_header(VARY)
        start["headers"] = headers.raw
        if tag not in self.asked:
            return message
        del headers["content-length"]
        start["status"], start["headers"] = 304, headers.raw
        return {**message, "body": b""}


def _taggable(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return bool(start["status"] == 200 and "etag" not in headers and headers.get("cache-control") != "no-store")
