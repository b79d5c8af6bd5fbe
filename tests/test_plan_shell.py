"""`ytterby plan` as users run it: budgets by year and ally, options asked for or ruled out, what each instrument did, and refusals."""

import io
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

CONTROL = """[scenario]
name = "control"
start = 2026-01-04
[[shock]]
kind = "licence"
actor = "CHN"
products = ["ndfeb_magnet", "dy_oxide", "tb_oxide"]
start = 2026-01-04
share = 0.75
delay_days = 63
denied = 0.3
"""


def run(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ytterby", "plan", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "control.toml").write_text(CONTROL, encoding="utf-8")
    return tmp_path


def test_budgets_and_wishes_hold_and_the_money_is_told(place: Path) -> None:
    words = ("control.toml", "--allies", "USA,JPN", "--budgets", "2026=1e8,JPN=0", "--must", "lcm_lacq", "--never", "usar_stillwater")
    done = run(*words, "--format", "csv", cwd=place)
    assert done.returncode == 0, done.stderr
    rows = pl.read_csv(io.StringIO(done.stdout)).filter(pl.col("chosen") > 0)
    chosen = dict(rows.select("option", "chosen").iter_rows())
    assert chosen["lcm_lacq"] == pytest.approx(1.0)
    assert "usar_stillwater" not in chosen
    assert "USA commits" in done.stderr
    assert "JPN commits" not in done.stderr
    assert "without it shortages would cost" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--budget", -1), "a budget of -1 USD"),
        (("--budgets", "2026"), "write 2026=1e9, JPN=2e9 or USA:2027=5e8"),
        (("--budgets", "FRA=1e9"), "a budget for FRA, who is no ally of this plan"),
        (("--must", "mp_10xx"), "did you mean mp_10x"),
        (("--must", "mp_10x", "--budget", "1e6"), "breaks the budget in all"),
        (("control.toml",), "the scenarios' weights add up to 2"),
    ],
)
def test_misuse_is_one_line(words: tuple[object, ...], says: str, place: Path) -> None:
    done = run("control.toml", "--allies", "USA,JPN", *words, cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ytterby: error: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
