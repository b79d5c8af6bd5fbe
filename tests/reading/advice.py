"""What the tests of the adviser share: an article, a true hint, a local service that answers as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ytterby.reading.article import from_text
from ytterby.reading.candidates import Candidate, Refusal
from ytterby.reading.document import analyse
from ytterby.reading.lexicon import load_language
from ytterby.reading.llm import Service, adviser, hinted
from ytterby.reading.reader import Reading, read_article

SPLIT = "The agreement is on lithium; Japan and Australia, it is said in Tokyo, signed."
TEXT = f"""LONDON, 28 October 2025 - Markets were calm today.

{SPLIT}

China has banned exports of gallium to Japan. Brazil did not sign an agreement on niobium with Germany. If Chile signs an agreement
with Peru on copper, prices may fall. France fears that exports of graphite are restricted.
"""
ARTICLE = from_text(TEXT, "2025-10-28")
DOCUMENT = analyse(TEXT, ARTICLE.published, load_language("en"))
TRUE = {"type": "agreement", "quote": SPLIT, "roles": {"signatory": ["Japan", "Australia"]}}
Answer = Callable[[BaseHTTPRequestHandler], None]


def reply(content: object, status: int = 200) -> Answer:
    """An answer in the form of the service; text is sent as the content itself."""
    text = content if isinstance(content, str) else json.dumps(content)
    return raw(json.dumps({"choices": [{"message": {"content": text}}]}).encode(), status)


def raw(body: bytes, status: int = 200, length: int | None = None, location: str = "") -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        if location:
            handler.send_header("Location", location)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def dawdle(over: threading.Event, drop: bytes) -> Answer:
    """An answer that never ends: a head of the same drop again and again, until it is over, which it is by itself after two minutes."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        begun = time.monotonic()
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: " if drop else b"")
            while not over.wait(0.05):
                handler.wfile.write(drop)
                if time.monotonic() - begun > 120:
                    over.set()
        except OSError:
            return  # the other side has had enough

    return answer


@contextmanager
def service(answer: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server on this machine that answers all requests in one way; gives its address and what it was sent."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append({"path": self.path, "key": self.headers.get("Authorization"), **body})
            answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(answer: Answer, seconds: float = 60.0) -> tuple[Reading, list[str], list[dict[str, Any]]]:
    warnings: list[str] = []
    with service(answer) as (url, seen):
        reading = read_article(ARTICLE, adviser(Service(url, "tiny", seconds), warnings.append))
    return reading, warnings, seen


ALONE = read_article(ARTICLE)


def judged(*hints: object) -> tuple[list[Candidate | Refusal], list[str]]:
    """What hints amount to before anything else is known."""
    warnings: list[str] = []
    return hinted(DOCUMENT, [], hints, warnings.append), warnings  # type: ignore[arg-type]
