"""One small brief and its report, made once a session."""

from pathlib import Path

import pytest

from ytterby import pipeline
from ytterby.show.brief import Brief
from ytterby.show.report import report

ROOT = Path(__file__).resolve().parents[2]
GERMAN = ROOT / "examples" / "usa-japan-2025-10-28.de.txt"
CALM = "Bern, 3. März 2026 - Der Zoo zeigt zwei junge Luchse.\n"


@pytest.fixture(scope="session")
def made() -> Brief:
    return pipeline.brief([GERMAN], allies=["USA", "JPN"], draws=4, weeks=60)


@pytest.fixture(scope="session")
def page(made: Brief) -> str:
    return report(made)


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Brief:
    path = tmp_path_factory.mktemp("calm") / "calm.txt"
    path.write_text(CALM, encoding="utf-8")
    return pipeline.brief([path], draws=2, weeks=4)


@pytest.fixture(scope="session")
def page_file(page: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page, encoding="utf-8")
    return path
