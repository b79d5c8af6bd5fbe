"""A run can be made again from its run.json: the same bytes, or what differs and what may be why."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from tests.test_shell import run
from ytterby import pipeline
from ytterby.core.world import World, load_world
from ytterby.dynamics.scenario_file import dump_scenarios, parse_scenarios
from ytterby.dynamics.stream import stream
from ytterby.dynamics.sweep import sweep
from ytterby.errors import InputError
from ytterby.replay import replay

TEXT = "Beijing, 3 March 2026 - China has banned exports of gallium to Japan. The ban is in force.\n"
CONTROL = """[scenario]
name = "control"
start = 2025-04-04
[[shock]]
kind = "licence"
actor = "CHN"
products = ["gallium_refined"]
start = 2025-04-04
share = [0.8, 0.9, 1.0]
delay_days = 120
"""


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    """A brief of a short article, in German."""
    place = tmp_path_factory.mktemp("replay")
    (place / "ban.txt").write_text(TEXT, encoding="utf-8")
    result = pipeline.brief([place / "ban.txt"], allies=["JPN"], budget=1e9, draws=4, weeks=30, seed=2, world=world)
    pipeline.save(result, place / "brief", language="de")
    (place / "ban.txt").unlink()
    return place / "brief"


@pytest.fixture
def brief(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "brief"))


def test_a_brief_comes_out_the_same_without_its_article_file(made: Path, world: World) -> None:
    again = replay(made / "run.json", world=world)
    assert again.files.filter(~pl.col("same")).rows() == []
    assert set(again.files["file"]) == {path.name for path in made.iterdir()} - {"run.json"}
    assert again.causes == ()


def test_run_json_holds_the_hash_of_each_file(made: Path) -> None:
    held = json.loads((made / "run.json").read_text(encoding="utf-8"))["files"]
    assert held == {path.name: sha256(path.read_bytes()).hexdigest() for path in made.iterdir() if path.name != "run.json"}


def test_what_differs_is_told_with_its_place_and_what_may_be_why(brief: Path, world: World) -> None:
    about = json.loads((brief / "run.json").read_text(encoding="utf-8"))
    (brief / "run.json").write_text(json.dumps({**about, "polars": "0.1"}), encoding="utf-8")
    ledger = (brief / "ledger.jsonl").read_text(encoding="utf-8")
    (brief / "ledger.jsonl").write_text(ledger.replace("export_control", "export_kontrol", 1), encoding="utf-8")
    table = pl.read_parquet(brief / "stops.parquet")
    table.with_columns(pl.col("chance") + 1).write_parquet(brief / "stops.parquet")
    (brief / "plan.csv").unlink()
    again = replay(brief / "run.json", world=world)
    told = dict(again.files.select("file", "differs").iter_rows())
    at = ledger.index("export_control") + len("export_") + 1
    assert told["ledger.jsonl"].startswith(f"changed since it was written; line 1, letter {at}: 'kontrol")
    assert f"column chance: {table.height} of {table.height} rows" in told["stops.parquet"]
    assert again.files.filter(file="plan.csv")["same"].item()  # gone, but its hash is known
    assert not again.same
    assert [line.split(":")[0] for line in again.causes] == ["polars"]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder: (folder / "articles.jsonl").unlink(), "articles are gone"),
        (lambda folder: (folder / "articles.jsonl").write_text("{}\n"), "articles were changed"),
        (lambda folder: (folder / "run.json").write_text("{}"), "no run that can be made again"),
        (lambda folder: (folder / "run.json").write_text("[]"), "no run"),
        (lambda folder: (folder / "run.json").write_text("{"), "no JSON"),
        (lambda folder: (folder / "run.json").write_text('{"articles": [], "allies": "JPN"}'), "incomplete: 'allies'"),
        (lambda folder: (folder / "run.json").write_text('{"shocks": "", "weeks": 9, "draws": 1, "seed": 0, "network": "0"}'), "a network"),
        (lambda folder: (folder / "run.json").unlink(), "no such file"),
    ],
)
def test_what_cannot_be_made_again_says_why(brief: Path, world: World, spoil: "object", told: str) -> None:
    spoil(brief)  # type: ignore[operator]
    with pytest.raises(InputError, match=told):
        replay(brief / "run.json", world=world)


def test_draws_come_out_the_same_and_damage_is_seen(tmp_path: Path, world: World) -> None:
    (future,) = parse_scenarios(CONTROL, world)
    about = {**pipeline.versions(world), "shocks": dump_scenarios([future])}
    stream(world, future, tmp_path / "runs", weeks=20, draws=100, seed=5, about=about)
    again = replay(tmp_path / "runs" / "run.json", world=world)
    assert again.same
    assert again.files["file"].to_list() == ["draws/000000.parquet", "draws/000001.parquet", "stops.parquet"]
    (tmp_path / "runs" / "draws" / "000001.parquet").write_bytes(b"torn")
    damaged = replay(tmp_path / "runs" / "run.json", world=world)
    assert damaged.files.filter(~pl.col("same"))["file"].to_list() == ["draws/000001.parquet"]


def test_a_sweep_comes_out_the_same_and_other_tables_are_told(tmp_path: Path, world: World) -> None:
    sweep(world, weeks=10, products=["gallium_refined"], folder=tmp_path / "runs", about={**pipeline.versions(world), "world": "another"})
    again = replay(tmp_path / "runs" / "run.json", world=world)
    assert again.same
    assert [line.split(":")[0] for line in again.causes] == ["world"]


def test_the_command_says_it_with_its_exit_code(brief: Path) -> None:
    fine = run("replay", brief / "run.json", "--format", "csv")
    assert (fine.returncode, "the same bytes" in fine.stderr) == (0, True), fine.stderr
    assert fine.stdout.startswith("file,same,differs\narticles.jsonl,true,\n")
    (brief / "context.jsonl").write_text("{}\n", encoding="utf-8")
    other = run("replay", brief / "run.json", "--format", "csv")
    assert (other.returncode, other.stderr) == (1, "")
    assert 'context.jsonl,false,"changed since' in other.stdout
