"""The command line as users meet it: exit codes, one-line errors, whole files, the same bytes for the same seed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GERMAN = ROOT / "examples" / "usa-japan-2025-10-28.de.txt"


def run(*words: object, cwd: Path = ROOT, stdin: bytes | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "ytterby", *map(str, words)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, "COLUMNS": "160"},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_help_and_version() -> None:
    assert "brief" in run("--help").stdout
    assert run("--version").stdout.strip() == "0.1.0"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["reed"], "Did you mean"),
        (["brief"], "nothing to work on; brief"),
        (["brief", "absent.txt"], "absent.txt"),
        (["brief", GERMAN, "--allies", "JPX", "--out", "x"], "JPX"),
        (["brief", GERMAN, "--budget", "much"], "budget"),
        (["brief", GERMAN, "--published", "tomorrow"], "'tomorrow' is no date; --published"),
        (["measure", "hhl"], "did you mean hhi?"),
        (["world", "show", "prodction"], "prodction"),
        (["world", "check", "--world", "absent"], "no such folder; absent"),
        (["stress", "absent.toml"], "absent.toml"),
    ],
)
def test_bad_usage_is_one_clear_line_and_exit_2(words: list[object], says: str, tmp_path: Path) -> None:
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("ytterby: error: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \n\t\n", "empty"),
        ("binary.txt", b"\x00\x01\x02" * 100, "binary"),
        ("paper.pdf", b"%PDF-1.7\n" + bytes(range(256)), "PDF"),
        ("latin.txt", "Japan bestellt große Mengen".encode("latin-1"), "UTF-8"),
        ("huge.txt", b"a" * 50_000_000, "50"),
        ("broken.json", b'{"text": ', "broken.json"),
        ("undated.txt", "Japan und die USA haben ein Abkommen über seltene Erden unterzeichnet.".encode(), "--published"),
    ],
)
def test_a_bad_article_is_one_clear_line_and_nothing_is_written(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("brief", name, "--out", "brief", cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("ytterby: error: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_article_without_events_gives_an_honest_short_report(tmp_path: Path) -> None:
    (tmp_path / "calm.txt").write_text("Bern, 3. März 2026 - Der Zoo zeigt zwei junge Luchse.\n", encoding="utf-8")
    done = run("brief", "calm.txt", "--out", "brief", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no event" in done.stdout.lower()
    assert "no event" in (tmp_path / "brief" / "report.html").read_text(encoding="utf-8").lower()


def test_a_folder_that_exists_or_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep me")
    done = run("brief", GERMAN, "--out", "full", "--overwrite", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "exists" in done.stderr
    done = run("brief", GERMAN, "--out", "absent/folder", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert (tmp_path / "full" / "mine.txt").read_text() == "keep me"


def test_brief_writes_every_file_and_the_same_bytes_for_the_same_seed(tmp_path: Path) -> None:
    options = ["--allies", "USA,JPN", "--draws", "8", "--weeks", "60", "--seed", "3", "--quiet"]
    for folder in ("one", "two"):
        done = run("brief", GERMAN, *options, "--out", folder, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    names = {"articles.jsonl", "ledger.jsonl", "context.jsonl", "scenarios.toml", "indicators.csv"}
    names |= {"outcome.parquet", "stops.parquet", "flows.parquet"}
    assert {path.name for path in (tmp_path / "one").iterdir()} == names | {"plan.csv", "report.html", "run.json"}
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two"}
    for name in sorted(names | {"plan.csv", "report.html", "run.json"}):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    stressed = run("stress", "one/scenarios.toml", "--weeks", "20", "--actor", "JPN", "--format", "csv", cwd=tmp_path)
    assert stressed.returncode == 0, stressed.stderr
    assert stressed.stdout.startswith("scenario,week,product,actor,use,wanted,got")
    again = run("brief", GERMAN, *options, "--out", "one", cwd=tmp_path)
    assert again.returncode == 2
    assert "--overwrite" in again.stderr


def test_read_writes_json_lines_from_standard_input() -> None:
    done = run("read", "-", stdin=GERMAN.read_bytes())
    events = [json.loads(line) for line in done.stdout.splitlines()]
    text = GERMAN.read_text(encoding="utf-8")
    assert len(events) == 7
    assert all(text[event["start"] : event["end"]] == event["evidence"] for event in events)


def test_formats_are_stable_for_pipes() -> None:
    csv = run("measure", "hhi", "--product", "ndfeb_magnet", "--format", "csv").stdout
    rows = [json.loads(line) for line in run("measure", "hhi", "--product", "ndfeb_magnet", "--format", "json").stdout.splitlines()]
    assert csv.splitlines()[0] == ",".join(rows[0])
    assert len(csv.splitlines()) == len(rows) + 1


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, ytterby; print(sorted({'polars', 'numpy', 'plotly', 'highspy', 'scipy', 'jinja2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reading_loads_no_tables_and_no_solver() -> None:
    code = (
        "import sys; sys.argv = ['ytterby', 'read', sys.argv[1]]; from ytterby.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'polars', 'numpy', 'plotly', 'highspy', 'scipy'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(GERMAN)], capture_output=True, text=True, check=True)
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_an_older_article_on_another_mineral_gets_figures_too(tmp_path: Path) -> None:
    text = "Peking, 3. Dezember 2024 - China verbietet die Ausfuhr von Gallium und Germanium in die USA. Das Verbot gilt ab sofort.\n"
    (tmp_path / "ban.txt").write_text(text, encoding="utf-8")
    done = run("brief", "ban.txt", "--allies", "USA,JPN", "--draws", "8", "--out", "brief", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "allium" in done.stdout
    assert "Tables: of today" in done.stdout
    assert "M USD" in done.stdout or "bn USD" in done.stdout
