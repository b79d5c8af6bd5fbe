"""The page on validity: every claim names tests or benches that exist, and where users are told so."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "validity.md").read_text(encoding="utf-8")
HEAD, RULE = "| claim |", "|---"
ROWS = [line for line in PAGE.splitlines() if line.startswith("|") and not line.startswith((HEAD, RULE))]


def fault(name: str, root: Path) -> str | None:
    """What is wrong with the name of a test (path::function) or of a bench (path)."""
    path, _, function = name.partition("::")
    if not (root / path).is_file():
        return f"no file {path}"
    if path.startswith("tests/") and not function:
        return f"{path} names no test"
    found = re.search(rf"^def {re.escape(function)}\(", (root / path).read_text(encoding="utf-8"), flags=re.M)
    return None if not function or found else f"no test {function} in {path}"


def test_there_is_a_table_of_claims() -> None:
    assert len(ROWS) > 20


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_a_claim_names_tests_or_benches_that_exist(row: str) -> None:
    claim, told, shows, seen, _ = (cell.strip() for cell in row.strip("|").split("|"))
    assert claim
    assert seen
    assert re.search(r"\]\([\w-]+\.md\)", told), "where are users told?"
    named = re.findall(r"`([^`]+)`", shows)
    assert named
    assert [fault(name, ROOT) for name in named if fault(name, ROOT)] == []


def test_a_name_that_is_gone_is_found(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text("def test_one() -> None: ...\n", encoding="utf-8")
    assert fault("tests/test_a.py::test_one", tmp_path) is None
    assert fault("tests/test_a.py::test_on", tmp_path) == "no test test_on in tests/test_a.py"
    assert fault("tests/test_a.py", tmp_path) == "tests/test_a.py names no test"
    assert fault("bench/b.py", tmp_path) == "no file bench/b.py"
