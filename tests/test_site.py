"""The documentation builds as a site: every link leads somewhere, every page stands in the menu, nothing is loaded from elsewhere."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOADED = re.compile(r'<(?:script|img|iframe)[^>]+src="(https?:[^"]+)|<link[^>]+stylesheet[^>]+href="(https?:[^"]+)')


def test_the_site_builds_without_a_broken_link_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    command = [str(Path(sys.executable).with_name("zensical")), "build", "--strict"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list((tmp_path / "build" / "site").rglob("*.html"))
    assert len(pages) > 10
    assert [page for page in pages if LOADED.search(page.read_text(encoding="utf-8"))] == []


def test_every_page_stands_in_the_menu() -> None:
    menu = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    assert tomllib.loads(menu)["project"]["nav"]
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f'"{page.name}"' not in menu] == []
