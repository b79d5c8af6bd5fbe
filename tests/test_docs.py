"""The documentation tells the truth: generated pages are current, every public name and verb is described, links lead somewhere."""

import re
from pathlib import Path

import pytest

import ytterby
from ytterby.cli import VERBS
from ytterby.core.reference import PAGES

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == PAGES[name](), "run: make docs"


def test_public_names_exist_and_are_documented() -> None:
    for name in ytterby.__all__:
        assert getattr(ytterby, name).__doc__, name
    assert dir(ytterby) == sorted([*ytterby.__all__, "__version__"])


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'reed'"):
        ytterby.__getattr__("reed")


def test_the_readme_names_every_verb() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for verb in VERBS:
        assert f"ytterby {verb}" in readme, verb


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_dependency_has_a_reason() -> None:
    why = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
    for line in re.findall(r'^    "([a-z0-9]+)>=', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), flags=re.M):
        assert f"| {line} |" in why, line


def test_the_threat_model_names_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[^`]+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []
