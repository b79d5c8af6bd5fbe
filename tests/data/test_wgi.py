"""WGI: four layouts, decimal commas, the Bank's own codes, contradictions; the real file."""

from pathlib import Path

import polars as pl
import pytest

from tests.data import official
from ytterby.core import schema
from ytterby.data.source import header_of, recognises
from ytterby.data.sources import wgi
from ytterby.errors import InputError


def write(folder: Path, text: str, name: str = "wgi.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    assert recognises(wgi.SPEC, header_of(folder / name))
    return folder / name


def test_the_long_layout_has_bands_of_two_standard_errors(tmp_path: Path) -> None:
    text = (
        "country,iso3,year,estimate,stderr,rank\n"
        "Japan,JPN,2023,1.0,0.25,80\n"
        "Congo,ZAR,2023,-2.0,,1\n"
        "Nowhere,QQQ,2023,0,0.1,5\n"
        "Fiji,FJI,2023,n/e,0.1,5\n"
    )
    loaded = wgi.read(write(tmp_path, text))
    scores = schema.cast("scores", loaded.tables["scores"])
    assert scores.select("year", "actor", "score", "value", "low", "high").rows() == [
        (2023, "COD", "wgi_pv", -2.0, None, None),
        (2023, "JPN", "wgi_pv", 1.0, 0.51, 1.49),
    ]
    assert sorted(fault.line for fault in loaded.faults) == [4, 5]


def test_the_banks_long_layout_names_its_indicator(tmp_path: Path) -> None:
    text = (
        "codeindyr,code,countryname,year,indicator,estimate,stddev,nsource\n"
        "JPNpv,JPN,Japan,2024,pv,1.0,0.2,9\n"
        "JPNrl,JPN,Japan,2024,rl,1.5,0.2,9\n"
    )
    assert wgi.read(write(tmp_path, text)).tables["scores"].select("score", "value").sort("score").rows() == [
        ("wgi_pv", 1.0),
        ("wgi_rl", 1.5),
    ]


def test_a_column_a_year_with_decimal_commas(tmp_path: Path) -> None:
    name = "Political Stability and Absence of Violence/Terrorism"
    text = (
        f"Country,Country Code,Indicator Name,2022,2023\n"
        f'Japan,JPN,{name}: Estimate,"1,03","0,98"\n'
        f'Gaza,WBG,{name}: Estimate,..,"-1,9"\n'
        f"Japan,JPN,{name}: Percentile Rank,90,91\n"
    )
    loaded = wgi.read(write(tmp_path, text))
    assert loaded.faults == ()
    assert loaded.tables["scores"].select("year", "actor", "value").rows() == [
        (2022, "JPN", 1.03),
        (2023, "JPN", 0.98),
        (2023, "PSE", -1.9),
    ]
    assert loaded.tables["scores"]["low"].null_count() == 3


def test_the_wide_sheet_has_two_header_lines(tmp_path: Path) -> None:
    text = (
        "Country/Territory,Code,1996,,1998,\n"
        ",,Estimate,StdErr,Estimate,StdErr\n"
        "Japan,JPN,1.0,0.5,#N/A,#N/A\n"
        "China,CHN,-0.5,0.25,-0.4,0.25\n"
    )
    loaded = wgi.read(write(tmp_path, text, "Political StabilityNoViolence.csv"))
    assert loaded.tables["scores"].select("year", "actor", "value", "low").rows() == [
        (1996, "CHN", -0.5, -0.99),
        (1996, "JPN", 1.0, 0.02),
        (1998, "CHN", -0.4, -0.89),
    ]
    assert loaded.faults == ()
    with pytest.raises(InputError, match="name does not say"):
        wgi.read(write(tmp_path, text, "sheet3.csv"))


def test_contradictions_span_a_band_and_are_told(tmp_path: Path) -> None:
    text = "country,iso3,year,estimate,stderr\nGuyana,GUY,2022,0.0,0.1\nGuyana,GUY,2022,0.4,0.2\nGuyana,GUY,2022,0.4,0.2\n"
    loaded = wgi.read(write(tmp_path, text))
    assert loaded.tables["scores"].select("value", "low", "high").rows() == [(0.2, pytest.approx(-0.196), pytest.approx(0.792))]
    assert [(fault.line, fault.reason.split(":")[0]) for fault in loaded.faults] == [(2, "GUY 2022")]


def test_the_real_file() -> None:
    loaded = wgi.read(official("wgi/wgi_political_stability_1996_2024.csv"))
    scores = schema.cast("scores", loaded.tables["scores"])
    assert schema.check("scores", scores) == []
    assert (scores["year"].min(), scores["year"].max(), scores["actor"].n_unique()) == (1996, 2024, 213)
    guyana = scores.filter(pl.col("actor") == "GUY")
    assert guyana["year"].is_unique().all()
    assert guyana.height == 26
    assert scores.filter((pl.col("actor") == "TWN") & (pl.col("year") == 2024)).height == 1
    assert scores.filter(~pl.col("value").is_between(pl.col("low"), pl.col("high"))).height == 0
    assert {fault.reason.split(" ")[0] for fault in loaded.faults} == {"GUY", "'ANT'", "'R20'", "'PUS'"}
