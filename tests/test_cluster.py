"""Work on a Dask cluster: the same bytes as here; workers that die, hang, come late or differ; refusals of one line."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.dynamics.test_stream import DRAWS, FUTURE, files
from tests.planning.cases import DAY, buyer, solve, with_options
from tests.sites import Site, begun, end, fail, in_background, meet, told_each, until
from tests.worlds import two_suppliers
from ytterby import cluster as module
from ytterby.cluster import connected, spread
from ytterby.core.each import Each
from ytterby.core.identity import identity
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import load_world
from ytterby.dynamics.simulate import stress
from ytterby.dynamics.stream import stream
from ytterby.dynamics.sweep import sweep
from ytterby.errors import InputError, ModelError
from ytterby.indicators.measure import measure
from ytterby.planning.trial import trial


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    made = Site(folder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def hands() -> Iterator[Each]:
    with spread(2) as each:
        yield each


def test_draws_in_a_folder_are_the_same_bytes(hands: Each, tmp_path: Path) -> None:
    given: dict[str, Any] = {"weeks": 60, "draws": DRAWS, "seed": 1}
    here = stream(two_suppliers(), FUTURE, tmp_path / "here", **given)
    there = stream(two_suppliers(), FUTURE, tmp_path / "there", **given, each=hands)
    assert here.equals(there)
    assert files(tmp_path / "here") == files(tmp_path / "there")


def test_the_embedded_world_travels_and_gives_the_same_bytes(hands: Each, tmp_path: Path) -> None:
    ban = Scenario("ban", DAY, 1.0, (Shock("ban", "CHN", ("*",), ("gallium_refined",), DAY, figures={"weeks": (5.0, 10.0, 20.0)}),))
    for name, each in (("here", map), ("there", hands)):
        stream(load_world(), ban, tmp_path / name, weeks=30, draws=130, each=each)
    assert files(tmp_path / "here") == files(tmp_path / "there")
    one, other = (stress(load_world(), ban, weeks=20, draws=70, each=each) for each in (map, hands))
    assert (one.got.tobytes(), one.shipped.tobytes()) == (other.got.tobytes(), other.shipped.tobytes())
    assert one.outcome.equals(other.outcome)


def test_a_sweep_is_the_same_bytes(hands: Each, tmp_path: Path) -> None:
    made: dict[str, Each] = {"here": map, "there": hands}
    here, there = (sweep(two_suppliers(), weeks=40, draws=3, folder=tmp_path / name, each=each).losses for name, each in made.items())
    assert here.equals(there)
    assert files(tmp_path / "here") == files(tmp_path / "there")


def test_indicators_are_the_same(hands: Each) -> None:
    one, other = (measure(load_world(), "hhi", "wgi_hhi", draws=20, each=each) for each in (map, hands))
    assert one.equals(other)


def test_a_trial_is_the_same(hands: Each) -> None:
    outage = Scenario("outage", DAY, 1.0, (Shock("outage", "CHN", (), ("magnet",), DAY, figures={"severity": (-1.0, -0.6, -0.2)}),))
    given = with_options(buyer(), prices=[("magnet", 1e3)])
    plan = solve(given, [outage], share=0.4)
    one, other = (trial(given, [outage], plan, weeks=20, draws=100, each=each).table for each in (map, hands))
    assert one.equals(other)


def test_the_processes_of_this_machine_listen_on_its_loopback_alone(hands: Each) -> None:
    assert list(hands(abs, [-1])) == [1]
    psutil = import_module("psutil")
    me = psutil.Process()
    open_ = [line for one in (me, *me.children(recursive=True)) for line in one.net_connections() if line.status == "LISTEN"]
    assert {line.laddr.ip for line in open_} == {"127.0.0.1"}


def test_a_worker_killed_in_mid_run_costs_nothing(site: Site, tmp_path: Path) -> None:
    given: dict[str, Any] = {"weeks": 60, "draws": DRAWS, "seed": 1}
    stream(two_suppliers(), FUTURE, tmp_path / "here", **given)
    marks = tmp_path / "marks"
    marks.mkdir()
    workers = {site.worker(), site.worker()}

    def kill() -> None:
        [first] = until(lambda: begun(marks, 0))
        os.kill(first, signal.SIGKILL)
        until(lambda: len(begun(marks, 0)) > 1)
        (marks / "go").touch()

    with connected(site.address) as cluster:
        killer = in_background(kill)
        stream(two_suppliers(), FUTURE, tmp_path / "there", **given, each=told_each(cluster, marks))
        killer.join()
    assert set(begun(marks, 0)) == workers
    assert files(tmp_path / "here") == files(tmp_path / "there")


def test_a_task_that_hangs_is_given_to_another(site: Site, tmp_path: Path) -> None:
    workers = {site.worker(), site.worker()}

    def hang() -> None:
        [first] = until(lambda: begun(tmp_path, 0))
        os.kill(first, signal.SIGSTOP)
        (tmp_path / "go").touch()

    with connected(site.address) as cluster:
        cluster.late = cluster.least = 0.0
        hanger = in_background(hang)
        assert list(told_each(cluster, tmp_path)(abs, range(0, -20, -1))) == list(range(20))
        hanger.join()
        assert set(begun(tmp_path, 0)) == workers


def test_a_worker_that_comes_late_takes_its_part(site: Site, tmp_path: Path) -> None:
    site.worker()
    marks = tmp_path / "marks"
    marks.mkdir()

    def join() -> None:
        until(lambda: list(marks.iterdir()))
        site.worker()

    with connected(site.address) as cluster:
        joiner = in_background(join)
        assert list(cluster.each(partial(meet, marks), range(9))) == list(range(9))
        joiner.join()


def test_what_a_task_raises_comes_back_as_it_is(hands: Each) -> None:
    made = hands(fail, range(3))
    assert next(made) == 0
    with pytest.raises(ModelError, match="week 3: ore does not balance"):
        next(made)
    assert list(hands(abs, [-4])) == [4]


def test_a_task_that_ends_its_workers_is_told(hands: Each) -> None:
    with pytest.raises(InputError, match="a task ended every worker that took it"):
        list(hands(end, [1]))


@pytest.mark.parametrize(("name", "says"), [("ytterby", "ytterby 0"), ("world", "another world"), ("polars", "polars")])
def test_a_worker_that_differs_is_refused(hands: Each, name: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = {**identity(), name: "f" * 64 if name == "world" else "9"}
    monkeypatch.setattr(module, "identity", lambda: mine)
    with pytest.raises(InputError, match=f"a worker has {says}"):
        list(hands(abs, [1]))


def test_a_cluster_that_ends_is_told(site: Site, tmp_path: Path) -> None:
    site.worker()

    def stop() -> None:
        until(lambda: begun(tmp_path, 0))
        site.close()

    with connected(site.address) as cluster:
        stopper = in_background(stop)
        with pytest.raises(InputError, match="the cluster is gone"):
            list(told_each(cluster, tmp_path)(abs, range(5)))
        stopper.join()


def test_a_scheduler_without_workers_or_none_at_all(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    with pytest.raises(InputError, match="the scheduler has no workers"), spread(address=site.address):
        pass
    site.close()
    for address in (site.address, "tcp://127.0.0.1:no", "nonsense://x"):
        with pytest.raises(InputError, match="no scheduler answers"), spread(address=address):
            pass


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"Dask is not installed; .*ytterby\[cluster\]"), spread(2):
        pass


def run(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ytterby", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


CONTROL = """[scenario]
name = "control"
start = 2025-04-04
[[shock]]
kind = "ban"
actor = "CHN"
products = ["gallium_refined"]
start = 2025-04-04
weeks = [20, 40, 60]
"""


def test_the_command_line_gives_the_same_with_workers_and_a_cluster(site: Site, tmp_path: Path) -> None:
    (tmp_path / "control.toml").write_text(CONTROL, encoding="utf-8")
    site.worker()
    words = ("stress", "control.toml", "--weeks", 40, "--draws", 130, "--format", "csv")
    here = run(*words, "--out", "here", cwd=tmp_path)
    assert here.returncode == 0, here.stderr
    for place, option in (("local", ("--workers", 2)), ("far", ("--cluster", site.address))):
        there = run(*words, "--out", place, *option, cwd=tmp_path)
        assert (there.returncode, there.stdout, there.stderr) == (0, here.stdout, here.stderr)
        assert files(tmp_path / place) == files(tmp_path / "here")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--workers", 0), "workers is 0; --workers; give 1 or more"),
        (("--workers", 1, "--cluster", "tcp://127.0.0.1:1"), "--workers and --cluster; cluster; give one of them"),
        (("--workers", 1, "--ride", 10), "--ride runs in one process, on the world's flows; --workers, --cluster, --network; drop them"),
    ],
)
def test_misuse_is_one_line(words: tuple[object, ...], says: str, tmp_path: Path) -> None:
    (tmp_path / "control.toml").write_text(CONTROL, encoding="utf-8")
    done = run("stress", "control.toml", "--weeks", 3, *words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"ytterby: error: {says}\n")
