"""What is sent: in the language that is asked for, with a tag and packed, whatever it is; a chart as a workbook."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from ytterby.show.language import languages
from ytterby.web.app import create_app

PATHS = ("", "/briefs", "/world", "/world/products", "/choices", "/search?q=gallium", "/ledger", "/ledger/choices", "/ledger/ledger.jsonl")
API = "/api/v1"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(), base_url="http://127.0.0.1") as made:
        yield made


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/texts/de", "/api/v1/openapi.json", *(API + path for path in PATHS)])
def test_whatever_is_got_bears_a_tag_and_is_sent_once(client: TestClient, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    again = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get(path, headers={"if-none-match": 'W/"other"'}).status_code == 200
    assert "Accept-Language" in first.headers["vary"]
    if len(first.content) > 500:
        assert first.headers["content-encoding"] == "gzip"


def test_a_fault_bears_no_tag(client: TestClient) -> None:
    assert "etag" not in client.get("/api/v1/nowhere").headers


def test_an_answer_speaks_the_language_of_its_address_then_that_of_the_browser(client: TestClient) -> None:
    def names(path: str, header: str) -> dict[str, str]:
        told = client.get(f"{API}/choices{path}", headers={"accept-language": header}).json()
        return dict(told["actors"])

    assert names("", "en")["DEU"] == "Germany"
    assert names("", "de-CH, de;q=0.9, en;q=0.5")["DEU"] == "Deutschland"
    assert names("?lang=ja", "de")["DEU"] == "ドイツ"
    assert names("?lang=xx", "xx")["DEU"] == "Germany"


@pytest.mark.parametrize("language", languages())
def test_a_country_is_found_by_its_name_in_the_language_and_in_english(client: TestClient, language: str) -> None:
    own = {"en": "Germany", "de": "Deutschland", "ja": "ドイツ"}[language]
    for name in (own, "Germany"):
        found = client.get(f"{API}/search", params={"q": name, "lang": language}).json()
        assert "DEU" in [hit["code"] for hit in found]


def test_rows_become_a_workbook_and_texts_stay_texts(client: TestClient) -> None:
    sheets = [{"name": "points", "rows": [["name", "x"], ["=1+1", 2.5]]}, {"name": "about", "rows": [["価値"]]}]
    told = client.post(f"{API}/workbook", json={"sheets": sheets})
    book = zipfile.ZipFile(io.BytesIO(told.content))
    assert "<v>2.5</v>" in book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    texts = book.read("xl/sharedStrings.xml").decode()
    assert "=1+1" in texts
    assert "価値" in texts


@pytest.mark.parametrize("names", [("a", "A"), ("a/b",), ("",), ("a" * 40,)])
def test_sheets_that_a_workbook_cannot_hold_are_told(client: TestClient, names: tuple[str, ...]) -> None:
    told = client.post(f"{API}/workbook", json={"sheets": [{"name": name, "rows": [["x"]]} for name in names]})
    assert told.status_code == 422
    assert set(told.json()["error"]) == {"what", "where", "remedy"}
