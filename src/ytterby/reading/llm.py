"""Ask a language model for hints, if the user names one; the rules and the gate decide.

The model is asked for the type of each act and, for each role, an exact quote. A hint counts only if its quotes are in the text letter by
letter, the words of a rule of that type stand in the quoted sentence, the parties are mentions there whose words around them allow the
role, nothing in the rest of the sentence negates it, and the gate passes the result. So a model can join what stands in two clauses; it
cannot add a party, a date, a number, a material or an act that the text does not name. Nothing is sent unless a URL is given, and
only to that URL: no redirect is followed.
"""

import http.client
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ytterby.errors import InputError, YtterbyError
from ytterby.reading.candidates import Candidate, Refusal, propose, told
from ytterby.reading.clauses import Clause
from ytterby.reading.document import Document
from ytterby.reading.matching import Match, match_rule
from ytterby.reading.mentions import Mention, within
from ytterby.reading.merging import merge
from ytterby.reading.parties import may_take
from ytterby.reading.roles import ACTIVE, Filled, fill
from ytterby.reading.rules import Role, Rule, load_rules

KEY = "YTTERBY_LLM_KEY"
"""The variable of the environment that may hold a key for the service; sent as a bearer token."""
LONGEST = 100_000
LARGEST = 2_000_000
MOST = 100
TASK = """You find events about the supply of critical minerals in a news article. Answer with JSON alone:
{"events": [{"type": TYPE, "quote": "one sentence of the article, letter by letter", "roles": {ROLE: ["exact quote of the name"]}}]}
Leave out what did not happen, questions, conditions and opinions. Never translate, shorten or correct a quote. Types and their roles:
"""
_FENCE = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)


@dataclass(frozen=True)
class Service:
    """Where to ask: the URL of an OpenAI-compatible service, the model's name, and how many seconds an answer may take in all."""

    url: str
    model: str = "default"
    seconds: float = 60.0


class ServiceError(YtterbyError):
    """The service gave no answer that can be used; the rules go on alone."""


def check_url(url: str) -> str:
    """Return a service's URL with the path of its chat; raises InputError if it is none.

    >>> check_url("http://localhost:8080")
    'http://localhost:8080/v1/chat/completions'
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"'{url}' is no address of a service", "--llm", "write http://HOST:PORT")
    path = parts.path.rstrip("/")
    if not path.endswith("/chat/completions"):
        path += "/chat/completions" if path.endswith("/v1") else "/v1/chat/completions"
    return f"{parts.scheme}://{parts.netloc}{path}"


def adviser(service: Service, warn: Callable[[str], None]) -> Callable[[Document, Sequence[Candidate]], list[Candidate | Refusal]]:
    """Return an adviser for reader.read_article that asks a service; what goes wrong is told to `warn`, and the rules go on alone."""
    check_url(service.url)

    def advise(document: Document, passed: Sequence[Candidate]) -> list[Candidate | Refusal]:
        try:
            hints = ask(service, document.text)
        except ServiceError as error:
            warn(f"the language model was no help, the rules go on alone: {error}")
            return []
        return hinted(document, passed, hints, warn)

    return advise


def ask(service: Service, text: str) -> list[dict[str, Any]]:
    """Return the hints of a service on a text, whatever they are worth. Raises ServiceError if there is no answer or no JSON."""
    if len(text) > LONGEST:
        raise ServiceError(f"a text of {len(text)} letters is longer than {LONGEST}")
    messages = [{"role": "system", "content": TASK + _menu()}, {"role": "user", "content": text}]
    answer = _post(service, json.dumps({"model": service.model, "temperature": 0, "messages": messages}).encode())
    try:
        content = json.loads(answer)["choices"][0]["message"]["content"]
        fenced = _FENCE.match(content)
        events = json.loads(fenced[1] if fenced else content)["events"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ServiceError("its answer is not the JSON that was asked for") from None
    if not isinstance(events, list):
        raise ServiceError("its answer holds no list of events")
    return [event for event in events if isinstance(event, dict)][:MOST]


def _menu() -> str:
    roles: dict[str, dict[str, None]] = {}
    for rule in load_rules():
        if not rule.context:
            roles.setdefault(rule.type, {}).update(dict.fromkeys(role.name for role in rule.roles))
    return "\n".join(f"{name}: {', '.join(names)}" for name, names in roles.items())


def _post(service: Service, body: bytes) -> bytes:
    """Send a request and return the answer; a watchdog closes the line when the time is over, however slowly it drips."""
    parts = urlsplit(check_url(service.url))
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {os.environ[KEY]}"} if os.environ.get(KEY) else {})
    started = time.monotonic()
    connection = kind(parts.hostname or "", parts.port, timeout=service.seconds)
    watchdog = threading.Timer(service.seconds, lambda: _cut(connection))
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", parts.path, body, headers)
        response = connection.getresponse()
        if response.status != 200:
            raise ServiceError(f"status {response.status} of {parts.netloc}")
        answer = response.read(LARGEST + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() - started >= service.seconds
        raise ServiceError(f"no answer of {parts.netloc} within {service.seconds:g} s" if late else f"{parts.netloc}: {error}") from None
    finally:
        watchdog.cancel()
        connection.close()
    if len(answer) > LARGEST:
        raise ServiceError(f"an answer of more than {LARGEST / 1e6:g} MB")
    if time.monotonic() - started >= service.seconds:
        raise ServiceError(f"no answer of {parts.netloc} within {service.seconds:g} s")
    return answer


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        import socket

        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # closed already: there is nothing left to cut


def hinted(
    document: Document, passed: Sequence[Candidate], hints: Sequence[dict[str, Any]], warn: Callable[[str], None]
) -> list[Candidate | Refusal]:
    """Return what hints amount to: candidates, or refusals with a reason; what tells a known act again is left out."""
    found: list[Candidate | Refusal] = []
    known = list(passed)
    for hint in hints:
        result = _candidate(document, known, hint)
        if isinstance(result, str):
            warn(f"a hint of the language model was rejected: {result}")
        elif isinstance(result, Refusal):
            found.append(result)
        elif len(merge([*known, result])) > len(merge(known)):
            known.append(result)
            found.append(result)
    return found


def _candidate(document: Document, known: Sequence[Candidate], hint: dict[str, Any]) -> Candidate | Refusal | str:
    kind, quote, roles = hint.get("type"), hint.get("quote"), hint.get("roles")
    if not isinstance(kind, str) or not isinstance(quote, str) or not isinstance(roles, dict) or not quote.strip():
        return "no type, quote and roles"
    rules = [rule for rule in load_rules() if rule.type == kind and not rule.context]
    if not rules:
        return f"no type {kind!r}"
    sentence = _sentence(document, quote)
    if sentence is None:
        return f"the quote {quote[:60]!r} is not in the story, letter by letter"
    taken = [(t.start, t.end) for candidate in known if not candidate.match.rule.context for t in candidate.match.triggers[:1]]
    found = next((hit for rule in rules if (hit := _found(document, rule, sentence, quote, taken)) is not None), None)
    if found is None:
        return f"no words of {quote[:60]!r} make it a new {kind}"
    filled = _roles(document, found, roles, told(known))
    return Refusal(found, filled) if isinstance(filled, str) else propose(document, found, known, filled)


def _sentence(document: Document, quote: str) -> int | None:
    """The sentence of the story that holds a quote; a quote of more than one sentence has none."""
    at = document.text.find(quote)
    while at >= 0:
        number = document.sentence_at(at)
        if number >= 0 and at + len(quote) <= document.sentences[number].end:
            return number
        at = document.text.find(quote, at + 1)
    return None


def _found(document: Document, rule: Rule, sentence: int, quote: str, taken: list[tuple[int, int]]) -> Match | None:
    """The match of a rule in the clauses that a quote covers, put together to one; only those that hold its words stay in it."""
    start = document.text.find(quote, document.sentences[sentence].start)
    covered = [clause for clause in document.clauses[sentence] if _touches(clause, start, start + len(quote))]
    found = match_rule(document, rule, sentence, _together(document, covered), taken) if covered else None
    if found is None:
        return None
    holding = [clause for clause in covered if any(clause.holds(t.start, t.end) for t in found.triggers)]
    return replace(found, clause=_together(document, holding), rule=replace(rule, name=f"llm.{rule.name}")) if holding else None


def _touches(clause: Clause, start: int, end: int) -> bool:
    return any(first < end and start < last for first, last in clause.spans)


def _together(document: Document, clauses: Sequence[Clause]) -> Clause:
    """One clause out of several; a condition or an aim among them makes all of it one."""
    words = (*document.language.words("conditions"), *document.language.words("purposes"))
    openers = [clause.opener for clause in clauses]
    opener = next((word for word in openers if word in words), openers[0])
    return Clause(tuple(sorted(span for clause in clauses for span in clause.spans)), opener)


def _roles(document: Document, found: Match, quotes: dict[str, Any], before: Filled) -> Filled | str:
    """The roles as the rules fill them; a hint must agree with them, and may fill what they leave empty. A text is the reason why not."""
    filled, _ = fill(document, found, before)
    for role in found.rule.roles:
        own = {actor.value for name, actor in filled if name == role.name}
        for actor in _named(document, found, quotes.get(role.name)):
            if isinstance(actor, str):
                return f"{role.name}: {actor}"
            if actor.value in own:
                continue
            if own or not may_take(actor, role) or any(actor.value == other.value for _, other in filled) or not _may_bear(actor, role):
                return f"{role.name}: the words of the text do not give {actor.value} this part"
            filled.append((role.name, actor))
        if len({actor.value for name, actor in filled if name == role.name}) < role.least:
            return f"no {role.name}"
    return filled


def _named(document: Document, found: Match, quotes: object) -> Iterator[Mention | str]:
    """The actors that quotes name in the clauses of the act, each by exactly one mention; a text says why there is none."""
    for quote in quotes if isinstance(quotes, list) else [quotes] if quotes is not None else []:
        if not isinstance(quote, str) or not quote:
            yield "a quote that is no text"
            continue
        named = [actor for first, last in found.clause.spans for actor in _in_quote(document, quote, first, last)]
        if len({actor.value for actor in named}) == 1:
            yield named[0]
        else:
            yield f"{quote[:60]!r} names nobody, or several, beside the act"


def _in_quote(document: Document, quote: str, first: int, last: int) -> Iterator[Mention]:
    at = document.text.find(quote, first, last)
    while at >= 0:
        yield from within(document.actors, at, at + len(quote))
        at = document.text.find(quote, at + 1, last)


def _may_bear(actor: Mention, role: Role) -> bool:
    """Whether the words around an actor allow a role."""
    allowed = set(ACTIVE if role.markers == ("agent",) else role.markers)
    return "all" in allowed or bool(actor.markers & allowed) or (not actor.markers and "bare" in allowed)
