"""The door: who is let in, how much, and what an answer may do in a browser. One attack, one test."""

import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import PATIENCE, Server, ended, started, status
from ytterby.web.apart import written
from ytterby.web.app import Site, create_app
from ytterby.web.inputs import Text

JSON = {"content-type": "application/json"}
TOKEN = "a-token-of-this-test-0123456789"


def answer(server: Server, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    """Send a request with exactly these headers."""
    host, port = server.address.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    if body and "Content-Length" not in headers:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    got = connection.getresponse()
    found = got.status, {name.lower(): value for name, value in got.getheaders()}, got.read()
    connection.close()
    return found


def test_a_name_that_was_rebound_to_loopback_is_refused(server: Server) -> None:
    assert answer(server, "GET", "/api/v1", {"Host": "evil.example"})[0] == 421
    assert answer(server, "GET", "/api/v1", {"Host": "127.0.0.1.evil.example"})[0] == 421
    assert answer(server, "GET", "/api/v1", {"Host": "localhost:1"})[0] == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_can_neither_send_nor_read(server: Server, headers: dict[str, str]) -> None:
    body = json.dumps({"text": "Japan"}).encode()
    assert answer(server, "POST", "/api/v1/read", {**JSON, **headers}, body)[0] == 403
    assert answer(server, "GET", "/api/v1/briefs", headers)[0] == 403


def test_a_form_of_another_site_is_no_json(server: Server) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        assert answer(server, "POST", "/api/v1/read", {"content-type": kind}, b'{"text": "Japan"}')[0] == 415


def test_a_body_beyond_the_limit_is_cut_off_announced_or_not(server: Server) -> None:
    assert answer(server, "POST", "/api/v1/read", {**JSON, "Content-Length": "99999999999"})[0] == 413
    with TestClient(create_app(Site(largest=1000)), base_url="http://127.0.0.1") as client:
        told = client.post("/api/v1/read", headers=JSON, content=iter([b'{"text": "', b"a" * 5000, b'"}']))
    assert told.status_code == 413


def test_an_answer_that_takes_too_long_is_called_off() -> None:
    with TestClient(create_app(Site(patience=0.0)), base_url="http://127.0.0.1") as client:
        assert client.get("/api/v1/indicators/hhi/ranking").status_code == 503


def test_every_answer_lets_nothing_run_but_our_own_files(server: Server) -> None:
    for path in ("/", "/static/app.js", "/api/v1", "/nowhere"):
        headers = answer(server, "GET", path, {})[1]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert re.search(r"script-src 'self'(;|$)", policy)
        assert headers["x-content-type-options"] == "nosniff"
    assert b"<script>" not in answer(server, "GET", "/", {})[2]
    assert "access-control-allow-origin" not in answer(server, "GET", "/api/v1", {})[1]


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e%2fapp.py", "/static/..%2f..%2ferrors.py", "/texts/..%2fen", "/api/v1/briefs/..%2f..%2fledger"],
)
def test_no_path_leads_to_a_file(server: Server, path: str) -> None:
    status, _, body = answer(server, "GET", path, {})
    assert status in (404, 422)
    assert b"import" not in body


@pytest.mark.parametrize("name", ["../../../evil.txt", "/etc/evil.txt", "..\\evil.txt", "a\x00b.txt", ".." * 60, ".hidden", "a.html/../x"])
def test_a_name_of_an_upload_writes_nowhere_else(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (path,) = written([Text(name, "text")], inside)
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]
    assert Path(path).parent == inside


def test_nothing_of_an_article_is_run(server: Server) -> None:
    attack = (
        "Tokio, 28. Oktober 2025 - <script>alert('x')</script> China hat die Ausfuhr von "
        "<b onmouseover=alert(1)>Gallium</b> verboten. {{ 7 * 7 }}"
    )
    asked = {"articles": [{"name": "a.txt", "text": attack}], "draws": 1, "weeks": 4}
    brief = server.done(server.call("/briefs", asked))["result"].removeprefix("/api/v1")
    html = "".join(server.call(f"{brief}/sections/{name}")["html"] for name in ("top", "article", "stress", "commitments"))
    assert "<script" not in html
    assert "<b onmouseover" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7 * 7 }}" in html


@pytest.mark.parametrize("body", [b"{", b'{"text": 1}', b'{"text": "\\ud800"}', b'{"text": "a", "published": "tomorrow"}', b"[" * 100_000])
def test_bad_json_is_one_clear_line(server: Server, body: bytes) -> None:
    status, _, told = answer(server, "POST", "/api/v1/read", JSON, body)
    assert status in (400, 422)
    assert set(json.loads(told)["error"]) == {"what", "where", "remedy"}
    assert b"Traceback" not in told


def test_another_host_asks_for_a_token_and_compares_it_whole() -> None:
    with TestClient(create_app(Site(token=TOKEN)), base_url="http://office.example") as client:
        assert client.get("/api/v1").status_code == 401
        assert client.get("/").status_code == 401
        for wrong in (TOKEN[:-1], TOKEN + "x", "", "ä"):
            assert client.get("/api/v1", headers=[(b"authorization", f"Bearer {wrong}".encode())]).status_code == 401
        assert client.get("/api/v1", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
        welcome = client.get(f"/?token={TOKEN}&view=chain", follow_redirects=False)
        assert (welcome.status_code, welcome.headers["location"]) == (303, "/?view=chain")
        assert "HttpOnly" in welcome.headers["set-cookie"]
        assert "SameSite=Strict" in welcome.headers["set-cookie"]
        assert client.get("/api/v1").status_code == 200


def test_a_host_beyond_loopback_gets_a_token_by_itself(tmp_path: Path) -> None:
    process, line = started(tmp_path / "errors.txt", "--host", "0.0.0.0")
    port = re.search(r":(\d+)/\?token=[\w-]{32}", line)
    assert port, line
    assert status(urllib.request.Request(f"http://127.0.0.1:{port[1]}/api/v1")) == 401  # it is up
    process.send_signal(signal.SIGINT)
    assert (ended(process), (tmp_path / "errors.txt").read_text()) == (0, "stopped\n")


def test_a_token_that_could_be_guessed_or_breaks_a_header_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ytterby", "serve", "--port", "0"],
        env={**os.environ, "YTTERBY_TOKEN": "a;b"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "YTTERBY_TOKEN" in done.stderr


def test_the_ledger_is_whole_after_kill_nine(tmp_path: Path) -> None:
    data = tmp_path / "data"
    process, line = started(tmp_path / "errors.txt", "--data", str(data))
    found = re.search(r"http://\S+?:\d+", line)
    assert found, line
    other = Server(found.group(), data, process)
    text = "Tokio, 28. Oktober 2025 - China hat die Ausfuhr von Gallium verboten."
    asked: dict[str, Any] = {"articles": [{"name": "a.txt", "text": text}], "draws": 1, "weeks": 4}
    assert other.done(other.call("/briefs", asked))["state"] == "done"
    other.call("/briefs", {**asked, "draws": 2})
    process.kill()
    ended(process)
    with closing(sqlite3.connect(data / "ledger.db")) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert ledger.execute("SELECT count(*) FROM documents").fetchone() == (1,)
