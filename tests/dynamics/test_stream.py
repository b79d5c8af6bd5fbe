"""Draws written to a folder: a run that was stopped goes on, and ends with the same bytes."""

import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.dynamics.cases import DAY, scenario
from tests.worlds import two_suppliers
from ytterby.core.scenario import Shock
from ytterby.dynamics.simulate import stress
from ytterby.dynamics.stream import stream
from ytterby.errors import InputError

FUTURE = scenario(Shock("outage", "CHN", ("*",), ("magnet",), DAY, figures={"severity": (-0.9, -0.6, 0.0)}))
DRAWS = 300
KILLED = """
import os, signal
from pathlib import Path
from tests.dynamics.test_stream import DRAWS, FUTURE, two_suppliers, stream

def die(done, total):
    if done >= 128:
        os.kill(os.getpid(), signal.SIGKILL)

stream(two_suppliers(), FUTURE, Path({folder!r}), weeks=60, draws=DRAWS, seed=1, progress=die)
"""


def go(folder: Path, **more: object) -> pl.DataFrame:
    return stream(two_suppliers(), FUTURE, folder, **{"weeks": 60, "draws": DRAWS, "seed": 1, **more})  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stream") / "whole"
    go(folder)
    return folder


def test_a_run_killed_in_the_middle_resumes_to_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", KILLED.format(folder=str(folder))], cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list((folder / "draws").iterdir())) == 2
    told: list[tuple[int, int]] = []
    go(folder, progress=lambda now, total: told.append((now, total)))
    assert told[-1] == (DRAWS, DRAWS)
    assert files(folder) == files(whole)


def test_ctrl_c_keeps_what_is_done(whole: Path, tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done >= 192:
            raise KeyboardInterrupt

    folder = tmp_path / "stopped"
    with pytest.raises(KeyboardInterrupt):
        go(folder, progress=stop)
    assert sorted(files(folder)) == ["draws/000000.parquet", "draws/000001.parquet", "draws/000002.parquet", "run.json"]
    go(folder)
    assert files(folder) == files(whole)


def test_the_summary_is_that_of_a_run_in_memory(whole: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    held = stress(two_suppliers(), FUTURE, weeks=60, draws=DRAWS, seed=1)
    assert pl.read_parquet(whole / "stops.parquet").equals(held.stops)
    monkeypatch.setattr("ytterby.dynamics.stream.ROWS", DRAWS)  # one final use at a time
    assert go(tmp_path / "narrow").equals(held.stops)
    rows = pl.read_parquet(sorted((whole / "draws").iterdir()))
    assert rows.height == DRAWS * held.stops.height
    assert rows["lost"].sum() == pytest.approx(held.lost().sum())


@pytest.mark.parametrize("change", [{"seed": 2}, {"weeks": 61}, {"draws": 301}, {"about": {"world": "other"}}])
def test_another_run_is_not_mixed_in(change: dict[str, object], tmp_path: Path) -> None:
    go(tmp_path / "one", draws=5) if "draws" not in change else go(tmp_path / "one")
    with pytest.raises(InputError, match="holds another run"):
        go(tmp_path / "one", **{"draws": 5, **change} if "draws" not in change else change)


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="holds no run"):
        go(tmp_path)
    with pytest.raises(InputError, match="draws is 0"):
        go(tmp_path / "none", draws=0)
    assert files(tmp_path) == {"letter.txt": b"dear"}
