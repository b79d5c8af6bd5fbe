"""`ytterby stress` as users run it: folders that resume, sweeps, value at risk, stocks to hold, remarks and refusals."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

CONTROL = """[scenario]
name = "control"
start = 2025-04-04
[[shock]]
kind = "licence"
actor = "CHN"
products = ["gallium_refined"]
start = 2025-04-04
weeks = [20, 40, 60]
share = [0.8, 0.9, 1.0]
delay_days = 120
denied = 0.5
"""


def run(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ytterby", "stress", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "control.toml").write_text(CONTROL, encoding="utf-8")
    return tmp_path


def test_a_folder_takes_any_number_of_draws_and_goes_on(place: Path) -> None:
    words = ("control.toml", "--weeks", 60, "--draws", 100, "--out", "runs", "--format", "csv")
    first = run(*words, cwd=place)
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("scenario,product,actor,use,weeks,low,high,chance,lost")
    held = {path: path.read_bytes() for path in (place / "runs").rglob("*.parquet")}
    assert len(held) == 3
    (place / "runs" / "draws" / "000001.parquet").unlink()
    again = run(*words, cwd=place)
    assert again.stdout == first.stdout
    assert {path: path.read_bytes() for path in (place / "runs").rglob("*.parquet")} == held
    other = run("control.toml", "--draws", 99, "--out", "runs", cwd=place)
    assert (other.returncode, "holds another run" in other.stderr) == (2, True)


def test_value_at_risk_and_stocks_to_hold(place: Path) -> None:
    risk = run("control.toml", "--weeks", 60, "--show", "risk", "--actor", "USA", "--format", "csv", cwd=place)
    table = pl.read_csv(risk.stdout.encode())
    assert set(table["basis"]) == {"estimated"}
    assert table["usd"].sum() > 0
    countries = run("control.toml", "--weeks", 60, "--show", "countries", "--actor", "USA", "--format", "csv", cwd=place)
    assert pl.read_csv(countries.stdout.encode())["usd"].sum() == pytest.approx(table["usd"].sum())
    ride = run("control.toml", "--ride", 40, "--actor", "JPN", "--format", "csv", cwd=place)
    row = pl.read_csv(ride.stdout.encode()).row(0, named=True)
    assert (row["product"], row["need"] > row["days"]) == ("gallium_refined", True)


def test_a_sweep_needs_no_file(place: Path) -> None:
    done = run("--sweep", "--weeks", 60, "--actor", "USA", "--rank", "--format", "csv", cwd=place)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Spearman") == 2
    table = pl.read_csv(done.stdout.encode())
    assert table["material"].n_unique() == table.height > 40
    detail = run("--sweep", "--kind", "outage", "--weeks", 30, "--show", "stops", "--actor", "JPN", "--format", "csv", cwd=place)
    assert set(pl.read_csv(detail.stdout.encode())["actor"]) == {"JPN"}
    worst = run("--sweep", "--weeks", 60, "--show", "n_minus_1", "--actor", "USA", "--format", "csv", cwd=place)
    assert pl.read_csv(worst.stdout.encode())["share"].is_between(0.0, 1.0).all()
    alone = run("control.toml", "--sweep", cwd=place)
    assert alone.stderr == "ytterby: error: scenario files and --sweep; stress; give one of them\n"


def test_a_shock_without_effect_is_told(place: Path) -> None:
    (place / "idle.toml").write_text(CONTROL.replace('"CHN"', '"FRA"'), encoding="utf-8")
    done = run("idle.toml", "--weeks", 5, "--format", "csv", cwd=place)
    assert (done.returncode, "changes nothing" in done.stderr) == (0, True)
    quiet = run("idle.toml", "--weeks", 5, "--format", "csv", "--quiet", cwd=place)
    assert (quiet.stderr, quiet.stdout) == ("", done.stdout)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("control.toml", "--draws", 0), "draws is 0"),
        (("control.toml", "--show", "outcome", "--out", "runs"), "outcome and a folder"),
        (("control.toml", "--ride", 0), "weeks is 0"),
        (("control.toml", "--show", "n_minus_1"), "add --sweep"),
        (("--sweep", "--actor", "USAA"), "did you mean USA"),
    ],
)
def test_misuse_is_one_line(words: tuple[object, ...], says: str, place: Path) -> None:
    done = run(*words, cwd=place)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert says in done.stderr
    assert not (place / "runs").exists()
