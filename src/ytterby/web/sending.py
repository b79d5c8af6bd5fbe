"""Answers that a browser may keep: packed once, sent again only if they changed."""

import gzip
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

SMALL = 500
"""Bytes below which packing gains nothing."""


@dataclass(frozen=True)
class Page:
    """Something to send: its bytes, their type, a name if it is to be saved as a file."""

    body: bytes
    kind: str
    name: str = ""

    @cached_property
    def tag(self) -> str:
        """The entity tag: the same for the same bytes."""
        return f'"{sha256(self.body).hexdigest()[:24]}"'

    @cached_property
    def packed(self) -> bytes:
        """The bytes packed by gzip; the same bytes give the same packet."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)

    def answer(self, request: Request) -> Response:
        """Return the answer to a request: 304 if the browser has these bytes already, packed if it can unpack.

        >>> Page(b"a", "text/plain").answer(Request({"type": "http", "headers": []})).status_code
        200
        """
        headers = {"etag": self.tag, "cache-control": "no-cache", "vary": "Accept-Encoding"}
        if self.name:
            headers["content-disposition"] = f'attachment; filename="{self.name}"'
        if self.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if len(self.body) < SMALL or "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(self.body, media_type=self.kind, headers=headers)
        return Response(self.packed, media_type=self.kind, headers={**headers, "content-encoding": "gzip"})
