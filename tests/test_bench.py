"""The table of all benches: each bench tells finite figures, and a row says whether its limit and its ratio are met."""

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.all import BENCHES, ROOT, cells, number, run, table
from bench.rows import PLACE, Row, tell, told


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_tells_finite_figures(name: str) -> None:
    rows, fault = run(name, None, quick=True)
    assert not fault
    # What needs a peer's data, a browser or the official downloads may be absent.
    figures = [row.ours for row in rows if row.ours is not None]
    assert figures
    assert all(math.isfinite(figure) for figure in figures)
    assert len({(row.what, row.peer) for row in rows}) == len(rows)


def test_every_script_that_measures_is_in_the_table() -> None:
    scripts = {path.stem for path in (ROOT / "bench").glob("*.py")}
    # secure_linopy is a part of secure; sensitivity makes a page of docs.
    assert scripts - {"__init__", "all", "rows", "secure_linopy", "sensitivity"} == set(BENCHES)


@pytest.mark.parametrize(
    ("row", "ratio", "met"),
    [
        (Row("time", 2.0, "s"), None, None),
        (Row("time", 2.0, "s", limit=2.0), None, True),
        (Row("time", 2.1, "s", limit=2.0), None, False),
        (Row("rate", 900.0, "1/s", less=False, limit=1000.0), None, False),
        (Row("rate", 900.0, "1/s", less=False, peer="other", theirs=300.0, times=3.0), 3.0, True),
        (Row("time", 2.0, "s", peer="other", theirs=6.0, times=4.0), 3.0, False),
        (Row("time", 2.0, "s", limit=3.0, peer="other", theirs=6.0, times=4.0), 3.0, False),
        (Row("time", 2.0, "s", peer="other", times=4.0), None, None),
        (Row("faults", 0.0, "", limit=0.0, peer="other", theirs=7.0), None, True),
        (Row("time", None, "s", limit=3.0), None, None),
    ],
)
def test_limits_and_ratios(row: Row, ratio: float | None, met: bool | None) -> None:
    assert row.ratio == ratio
    assert row.met is met


def test_cells_say_what_is_absent() -> None:
    row = Row("time", 0.5, "s", limit=1.0, peer="other", theirs=50.0, times=10.0)
    assert cells("some", row) == ["some", "time", "0.5", "s", "other 50", "x 100", "<= 1, x 10", "yes"]
    assert cells("some", replace(row, theirs=None)) == ["some", "time", "0.5", "s", "other absent", "", "<= 1, x 10", "not told"]
    assert cells("some", replace(row, ours=None))[2] == "absent"
    assert cells("some", row, judge=False)[-1] == ""
    lines = table([cells("some", row)]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[0].startswith("| bench | what | ours | unit |")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (0, "0"), (3, "3"), (12345.6, "12,346"), (0.012345, "0.0123"), (1e-14, "1e-14"), (math.inf, "inf"), (math.nan, "nan")],
)
def test_numbers_have_three_digits(value: float | None, text: str) -> None:
    assert number(value) == text


def test_rows_go_to_the_file_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, rows = tmp_path / "rows.jsonl", [Row("time", 0.5, "s"), Row("rate", 2.0, "1/s", less=False, peer="other")]
    monkeypatch.delenv(PLACE, raising=False)
    tell(*rows)
    assert told(place) == []
    monkeypatch.setenv(PLACE, str(place))
    tell(rows[0])
    tell(rows[1])
    assert told(place) == rows


def test_a_bench_that_fails_is_named() -> None:
    rows, fault = run("read", "/nowhere/python", quick=True)
    assert rows == []
    assert "/nowhere/python" in fault


def test_an_unknown_bench_is_refused() -> None:
    command = [sys.executable, "-m", "bench.all", "--only", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no bench named nothing: there are start, world" in done.stderr
