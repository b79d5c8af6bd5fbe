"""Whatever is given, the result is valid or one line says what is wrong; four times the input takes no more than nine times the work."""

import json
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.changes import variants
from tests.fuzz.targets import MAP, STORY, TARGETS, finding, samples
from tests.growth import assert_grows
from ytterby.data.build import recognise, sources
from ytterby.errors import InputError

EXAMPLES = 60


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_is_taken(name: str) -> None:
    """Samples, and what once was a finding."""
    for content in samples(TARGETS[name]):
        assert finding(TARGETS[name], content) is None


@pytest.mark.parametrize("name", TARGETS)
def test_changed_contents_are_taken(name: str) -> None:
    target = TARGETS[name]

    @given(variants(samples(target)))
    @settings(deadline=None, derandomize=True, database=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    def trial(content: bytes) -> None:
        assert finding(target, content) is None

    trial()


@pytest.mark.parametrize("name", sources())
def test_the_samples_of_a_source_are_known_as_its_own(name: str, tmp_path: Path) -> None:
    for path in (Path(__file__).parent / "corpus" / f"source-{name}").glob("sample*"):
        (tmp_path / "a.csv").write_bytes(path.read_bytes())
        assert recognise(tmp_path / "a.csv") == name


def test_a_finding_is_found() -> None:
    def fails(_: Path) -> None:
        raise KeyError("an error that nobody foresaw")

    target = TARGETS["scenario"]
    assert "KeyError" in str(finding(type(target)("x", "a", fails), b""))

    def rambles(_: Path) -> None:
        raise InputError("one line\nand another")

    assert "many lines" in str(finding(type(target)("x", "a", rambles), b""))


SHOCK = '[[scenario.shock]]\nkind = "ban"\nactor = "CHN"\nproducts = ["gallium_refined"]\nstart = 2025-01-01\n'
EVENT = json.dumps({"type": "export_control", "status": "in_force", "actors": [{"id": "CHN", "role": "imposer"}], "materials": ["gallium"]})
HINT = {"type": "export_control", "quote": "China has banned exports of gallium to Japan.", "roles": {"imposer": ["China"]}}


def repeated(head: bytes, row: bytes) -> Callable[[int], bytes]:
    """A content of about a size: a head and as many rows."""
    return lambda size: head + row * (size // len(row))


def of_source(name: str) -> Callable[[int], bytes]:
    """A source's first sample with its last row over and over, the number of it in front where the sample has one."""
    sample = samples(TARGETS[f"source-{name}"])[-1]
    head, _, row = sample.rstrip(b"\n").rpartition(b"\n")
    return repeated(head + b"\n", row + b"\n")


LONG: dict[str, Callable[[int], bytes]] = {
    "scenario": repeated(b'[[scenario]]\nname = "a"\nstart = 2025-01-01\n', SHOCK.encode()),
    "map": lambda size: MAP.encode() + b"[names.actor]\n" + b"".join(b'"name %d" = "CHN"\n' % number for number in range(size // 17)),
    "rows": repeated(b"p,a,y,v\n", b"gallium_refined,CHN,2024,5\n"),
    "world": repeated(b"product,actor,holder,days,basis,source\n", b"gallium_refined,CHN,state,5,assumed,usgs_mcs2026\n"),
    "ledger-lines": repeated(b"", EVENT.encode() + b"\n"),
    "article-jsonl": repeated(b"", json.dumps({"text": STORY}).encode() + b"\n"),
    "answer": lambda size: json.dumps({"choices": [{"message": {"content": json.dumps({"events": [HINT] * (size // 200)})}}]}).encode(),
    **{f"source-{name}": of_source(name) for name in sources()},
}


@pytest.mark.parametrize("name", LONG)
def test_four_times_the_content_takes_no_more_than_nine_times_the_work(name: str) -> None:
    target = TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for size in (50_000, 200_000):
            paths.append(Path(folder) / str(size) / target.file)
            paths[-1].parent.mkdir()
            paths[-1].write_bytes(LONG[name](size))
        small, large = (partial(_taken, target.run, path) for path in paths)
        small()  # what is loaded once is loaded
        assert_grows(small, large, 9, name)


def _taken(run: Callable[[Path], object], path: Path) -> None:
    try:
        run(path)
    except InputError:
        return
