"""What takes input from outside, each as a function of one file: it returns, or raises an InputError, or it is a finding."""

import json
import shutil
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

from starlette.testclient import TestClient

from ytterby.cli.measure import _events, _table
from ytterby.core import schema
from ytterby.core.world import load_world
from ytterby.data.build import recognise, sources
from ytterby.data.mapper import import_table
from ytterby.dynamics.folder import held
from ytterby.dynamics.scenario_file import dump_scenarios, load_scenarios, parse_scenarios
from ytterby.errors import DataError, InputError
from ytterby.indicators.derived import losses
from ytterby.indicators.measure import measure
from ytterby.reading import llm
from ytterby.reading.article import from_text, load_articles
from ytterby.reading.document import Document
from ytterby.reading.gate import check_record
from ytterby.reading.reader import read_article
from ytterby.reading.store import open_store
from ytterby.web.app import Site, create_app
from ytterby.web.desk import Desk

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
STORY = "Beijing, 9 October 2025 - China has banned exports of gallium to Japan. The ministry said so.\n"
MAP = (
    'table = "stocks"\n[columns]\nproduct = "p"\nactor = "a"\ndays = "v"\n'
    '[constants]\nholder = "state"\nbasis = "assumed"\nsource = "own"\n'
)
ROWS = "p,a,y,v\ngallium_refined,CHN,2024,5\ndy_oxide,Japan,2024,7\n"


@dataclass(frozen=True)
class Target:
    """Something that reads a file, and the name that the file must have."""

    name: str
    file: str
    run: Callable[[Path], object]


def _article(path: Path) -> None:
    for article in load_articles([path]):
        for record in read_article(article).events:
            assert check_record(record, article.text) == []


def _scenario(path: Path) -> None:
    world = load_world()
    found = load_scenarios(path, world)
    assert parse_scenarios(dump_scenarios(found), world) == found, "what is written is not read back as it was"


def _source(name: str, path: Path) -> None:
    if recognise(path) != name:
        return
    for table, frame in sources()[name].read(path).tables.items():
        assert schema.check(table, schema.cast(table, frame)) == [], "a frame that breaks the schema"


def _map(path: Path) -> None:
    (path.parent / "rows.csv").write_text(ROWS, encoding="utf-8")
    import_table(path.parent / "rows.csv", path)


def _rows(path: Path) -> None:
    (path.parent / "map.toml").write_text(MAP, encoding="utf-8")
    for table, frame in import_table(path, path.parent / "map.toml").tables.items():
        assert schema.check(table, schema.cast(table, frame)) == [], "a frame that breaks the schema"


def _world(path: Path) -> None:
    load_world(path.parent)


def _purchases(path: Path) -> None:
    measure(load_world(), "hhi", "import_reliance", actor="DEU", imports=_table(path), draws=0)


def _stops(path: Path) -> None:
    losses(load_world(), _table(path), None)


def _ledger_lines(path: Path) -> None:
    measure(load_world(), "under_control", product="gallium_refined", events=_events(path), draws=0)


def _store(path: Path) -> None:
    with open_store(path) as store:
        for event in store.ledger().events:
            store.history(event["id"])


def _answer(path: Path) -> None:
    article = from_text(STORY)
    content = path.read_bytes()
    service = llm.Service("http://localhost")
    former = llm._post
    try:
        llm._post = lambda *_: content
        hints = llm.ask(service, article.text)
    except llm.ServiceError as error:
        raise InputError(str(error)) from None  # the rules go on alone
    finally:
        llm._post = former

    def advise(document: Document, passed: object) -> object:
        return llm.hinted(document, passed, hints, lambda _: None)  # type: ignore[arg-type]

    for record in read_article(article, advise).events:  # type: ignore[arg-type]
        assert check_record(record, article.text) == []


@cache
def _client() -> TestClient:
    """The app, but that no job ever runs."""
    app = create_app(Site())
    app.state.jobs._pool = SimpleNamespace(submit=lambda *_: None, shutdown=lambda **_: None)
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=True, follow_redirects=False)


def _http(path: Path) -> None:
    """A request: a line of method and address, lines of headers, an empty line, the body."""
    head, _, body = path.read_bytes().partition(b"\n\n")
    first, *lines = head.split(b"\n")
    method, _, address = first.partition(b" ")
    headers = [(name.strip(), value.strip()) for name, colon, value in (line.partition(b":") for line in lines) if colon]
    try:
        asked = _client().build_request(method.decode("ascii"), address.decode("latin-1"), headers=headers, content=body)
    except Exception:  # noqa: BLE001 - no request that a client could send
        return
    answer = _client().send(asked)
    assert answer.status_code < 500 or answer.status_code == 503, f"status {answer.status_code}"
    if answer.status_code >= 400 and method != b"HEAD":
        told = json.loads(answer.content)["error"]
        assert set(told) == {"what", "where", "remedy"}
        assert "\n" not in told["what"], "an answer of many lines"


def _brief_file(path: Path) -> None:
    desk = Desk(folder=path.parent)
    shutil.copy(path, desk.folder / "briefs" / "0123456789abcdef.json")
    desk.known()
    desk.inputs("0123456789abcdef")


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        *(Target(f"article-{kind}", f"a.{kind}", _article) for kind in ("txt", "html", "json", "jsonl", "xml")),
        Target("scenario", "a.toml", _scenario),
        *(Target(f"source-{name}", "Lithium (Li2O).csv", partial(_source, name)) for name in sources()),
        Target("map", "map.toml", _map),
        Target("rows", "rows.csv", _rows),
        Target("world", "stocks.csv", _world),
        Target("purchases", "a.csv", _purchases),
        Target("stops", "a.csv", _stops),
        Target("ledger-lines", "a.jsonl", _ledger_lines),
        Target("store", "a.db", _store),
        Target("part", "a.parquet", held),
        Target("answer", "a.json", _answer),
        Target("http", "a.txt", _http),
        Target("brief-file", "a.json", _brief_file),
    )
}


def finding(target: Target, content: bytes) -> str | None:
    """What is wrong with how a target takes a content; nothing if all is well."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / target.file
        path.write_bytes(content)
        try:
            target.run(path)
        except InputError as error:
            many = "\n" in str(error) and not isinstance(error, DataError)
            return f"an error of many lines: {error}" if many else None
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 - a panic of a library is a finding too
            return traceback.format_exc()
    return None


def samples(target: Target) -> list[bytes]:
    """The corpus of a target."""
    return [path.read_bytes() for path in sorted((CORPUS / target.name).iterdir())]
