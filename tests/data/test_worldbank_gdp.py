"""GDP: economies only, numbers only."""

from pathlib import Path

from ytterby.data.sources.worldbank_gdp import read


def test_groups_are_left_out_and_faults_have_their_line(tmp_path: Path) -> None:
    file = tmp_path / "gdp.csv"
    file.write_text(
        "Country Name,Country Code,Year,Value\nJapan,JPN,2023,4.2e12\nWorld,WLD,2023,1e14\nFiji,FJI,2023,n/a\n", encoding="utf-8"
    )
    loaded = read(file)
    assert loaded.tables["scores"].select("year", "actor", "score", "value").rows() == [(2023, "JPN", "gdp_usd", 4.2e12)]
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [(4, "'n/a' is no number")]
