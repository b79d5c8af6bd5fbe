"""A language model as adviser that fails, dawdles or breaks off: the rules go on, with a warning."""

import json
import threading

import pytest

from tests.reading.advice import ALONE, ARTICLE, TRUE, Answer, dawdle, raw, reply, service, told
from ytterby.errors import InputError
from ytterby.reading.llm import Service, adviser, check_url
from ytterby.reading.reader import read_article


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (reply("I am sorry, I cannot do that."), "not the JSON"),
        (reply("[" * 100_000), "not the JSON"),
        (reply({"events": "many"}), "no list of events"),
        (reply({}), "not the JSON"),
        (reply(None), "not the JSON"),
        (raw(b"\x00\xff garbage"), "not the JSON"),
        (raw(b"[]"), "not the JSON"),
        (raw(b'{"choices": []}'), "not the JSON"),
        (raw(b'{"choices": [{"message": {"content": null}}]}'), "not the JSON"),
        (raw(b'{"choices": [{"mess', length=4000), "not the JSON"),
        (raw(b""), "not the JSON"),
        (raw(b"no", 500), "status 500"),
        (raw(b"no", 401), "status 401"),
        (raw(b"x" * 2_000_001), "more than 2 MB"),
        (lambda handler: handler.connection.close(), "127.0.0.1"),
        (lambda handler: None, "127.0.0.1"),
    ],
)
def test_a_service_that_fails_leaves_the_rules_and_a_warning(answer: Answer, says: str) -> None:
    reading, warnings, _ = told(answer)
    assert reading.events == ALONE.events
    assert len(warnings) == 1
    assert says in warnings[0]
    assert "the rules go on alone" in warnings[0]


@pytest.mark.parametrize("drop", [b"x", b""], ids=["drips", "sleeps"])
def test_a_service_that_dawdles_is_given_up_while_it_dawdles(drop: bytes) -> None:
    over = threading.Event()
    with service(dawdle(over, drop)) as (url, _):
        warnings: list[str] = []
        events = read_article(ARTICLE, adviser(Service(url, seconds=0.4), warnings.append)).events
        assert not over.is_set()
        over.set()
    assert events == ALONE.events
    assert "within 0.4 s" in warnings[0]


def test_a_redirect_is_not_followed() -> None:
    with service(reply({"events": [TRUE]})) as (other, seen):
        reading, warnings, _ = told(raw(b"", 307, location=f"{other}/v1/chat/completions"))
    assert seen == []
    assert reading.events == ALONE.events
    assert "status 307" in warnings[0]


def test_nobody_there_is_a_warning() -> None:
    with service(reply({})) as (url, _):
        pass
    warnings: list[str] = []
    assert read_article(ARTICLE, adviser(Service(url), warnings.append)).events == ALONE.events
    assert len(warnings) == 1


def test_a_key_is_sent_only_if_the_environment_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YTTERBY_LLM_KEY", raising=False)
    assert told(reply({"events": []}))[2][0]["key"] is None
    monkeypatch.setenv("YTTERBY_LLM_KEY", "a-test-word")
    assert told(reply({"events": []}))[2][0]["key"] == "Bearer a-test-word"


def test_an_answer_in_a_fence_is_read() -> None:
    fenced = "```json\n" + json.dumps({"events": [{**TRUE, "type": "war"}]}) + "\n```"
    assert "no type 'war'" in told(reply(fenced))[1][0]


@pytest.mark.parametrize("url", ["ftp://example.org", "localhost:8080", "", "file:///etc/hostname", "http://"])
def test_what_is_no_address_is_an_error(url: str) -> None:
    with pytest.raises(InputError, match="no address"):
        adviser(Service(url), lambda line: None)


@pytest.mark.parametrize(
    ("url", "path"), [("http://h:1/v1", "/v1/chat/completions"), ("http://h:1/api/v1/chat/completions", "/api/v1/chat/completions")]
)
def test_the_path_of_an_address_is_kept(url: str, path: str) -> None:
    assert check_url(url) == f"http://h:1{path}"
