"""BACI: both forms, missing weights, Taiwan, leading zeros, suspects; the real file against published values."""

import gzip
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from tests.data import official
from ytterby.core import schema
from ytterby.core.world import load_world
from ytterby.data.source import Loaded, header_of, recognises
from ytterby.data.sources import baci
from ytterby.errors import InputError

NUMERIC = (
    "t,i,j,k,v,q\n2023,156,842,280530,  10.500,    2.000\n2023,490,392,280530,1.000,\n2023,156,999,280530,1,1\n2023,156,392,010121,1,1\n"
)
CODES = (
    'country_code,country_name,country_iso2,country_iso3\n156,China,CN,CHN\n842,USA,US,USA\n392,Japan,JP,JPN\n490,"Other Asia, nes",,S19\n'
)


@cache
def real() -> Loaded:
    return baci.read(official("baci/baci_hs92_criticalminerals_2012_2024.csv.gz"))


def test_numeric_codes_are_named_by_the_file_beside(tmp_path: Path) -> None:
    (tmp_path / "country_codes_V202601.csv").write_text(CODES, encoding="utf-8")
    file = tmp_path / "BACI_HS92_Y2023_V202601.csv"
    file.write_text(NUMERIC, encoding="utf-8")
    loaded = baci.read(file)
    assert recognises(baci.SPEC, header_of(file))
    assert schema.cast("customs", loaded.tables["customs"]).rows() == [
        (2023, "280530", "CHN", "USA", 2.0, 10500.0, "measured", "baci_202601"),
        (2023, "280530", "TWN", "JPN", None, 1000.0, "measured", "baci_202601"),
    ]
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [
        (5, "1 customs codes that table customs_codes lacks are left out (1 rows)"),
        (4, "'999' is no country known to table actors"),
    ]


def test_numeric_codes_alone_are_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "baci.csv").write_text(NUMERIC, encoding="utf-8")
    with pytest.raises(InputError, match=r"country codes are absent.*country_codes_V"):
        baci.read(tmp_path / "baci.csv")


def test_packed_file_with_names_and_lost_leading_zeros(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = load_world().with_table("customs_codes", pl.DataFrame({"hs6": ["010121"], "name": "Horses", "basis": "missing", "source": "x"}))
    monkeypatch.setattr(baci, "load_world", lambda: world)
    file = tmp_path / "baci.csv.gz"
    file.write_bytes(gzip.compress(b"t,i,j,i_iso3,j_iso3,k,v,q\n2024,1,2,CHN,JPN,10121,2.5,1.25\n2024,1,2,CHN,JPN,10121,x,1\n"))
    loaded = baci.read(file)
    assert loaded.tables["customs"].row(0)[1:6] == ("010121", "CHN", "JPN", 1.25, 2500.0)
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [(3, "v or q is no number")]


def test_a_suspect_does_not_depend_on_currency_or_order() -> None:
    flows = real().tables["customs"].filter((pl.col("hs6") == "284690") & (pl.col("year") == 2024))
    seen = baci.suspects(flows).select("exporter", "importer", "t").sort(pl.all())
    other = baci.suspects(flows.with_columns(pl.col("usd") * 7.1).sample(fraction=1.0, shuffle=True, seed=1))
    assert seen.height > 0
    assert other.select("exporter", "importer", "t").sort(pl.all()).equals(seen)


def test_equal_unit_values_raise_no_suspicion() -> None:
    flows = pl.DataFrame({"year": 2024, "hs6": "284690", "exporter": "CHN", "t": [float(n) for n in range(1, 50)]})
    assert baci.suspects(flows.with_columns(usd=pl.col("t") * 1000)).height == 0


def test_the_real_file_is_whole_and_sound() -> None:
    customs = schema.cast("customs", real().tables["customs"])
    assert customs.height == 472_559
    assert customs["hs6"].n_unique() == 59
    assert customs["t"].null_count() / customs.height == pytest.approx(0.049, abs=0.0005)
    assert customs.filter(pl.col("exporter") == "TWN").height > 1000
    assert all(fault.reason.startswith("suspect, kept") for fault in real().faults)
    assert schema.check("customs", customs, load_world()) == []


def test_turkey_to_benin_is_kept_and_flagged() -> None:
    flow = (pl.col("exporter") == "TUR") & (pl.col("importer") == "BEN") & (pl.col("hs6") == "284690") & (pl.col("year") == 2024)
    assert real().tables["customs"].filter(flow)["t"].to_list() == [40_700.0]
    told = [fault.reason for fault in real().faults if "TUR to BEN, 284690, 2024" in fault.reason]
    assert told == ["suspect, kept: TUR to BEN, 284690, 2024: 40,700 t at 53 USD/t, z -4.2"]
    assert len(real().faults) < 0.002 * 472_559


def test_us_imports_of_rare_earths_2023_are_near_the_usgs() -> None:
    """USGS MCS 2025: compounds and metals imported in 2023, 186 million USD (customs value; BACI reconciles with the exporters)."""
    codes = ["280530", "284610", "284690"]
    flows = real().tables["customs"].filter((pl.col("year") == 2023) & pl.col("hs6").is_in(codes) & (pl.col("importer") == "USA"))
    assert flows["usd"].sum() == pytest.approx(189e6, rel=0.005)
    assert flows["usd"].sum() == pytest.approx(186e6, rel=0.05)


def test_customs_are_saved_small_and_without_loss(tmp_path: Path) -> None:
    customs = schema.cast("customs", real().tables["customs"])
    baci.save_customs(customs, tmp_path / "customs.parquet")
    again = schema.cast("customs", pl.read_parquet(tmp_path / "customs.parquet"))
    assert (tmp_path / "customs.parquet").stat().st_size < 4e6
    assert again.equals(customs.sort("hs6", "exporter", "importer", "year"))


def test_contents_lie_in_their_ranges_and_follow_the_formulas() -> None:
    codes = load_world()["customs_codes"]
    assert codes.height == 59
    with_content = codes.drop_nulls("content")
    assert with_content.filter((pl.col("low") > pl.col("content")) | (pl.col("content") > pl.col("high"))).height == 0
    assert codes.filter(pl.col("content").is_null() != (pl.col("basis") == "missing")).height == 0
    content = dict(codes.select("hs6", "content").iter_rows())
    assert content["283691"] == pytest.approx(2 * 6.94 / (2 * 6.94 + 12.011 + 3 * 15.999), abs=5e-5)
    assert content["282530"] == pytest.approx(2 * 50.9415 / (2 * 50.9415 + 5 * 15.999), abs=5e-5)
    known = set(load_world()["products"]["product"])
    assert set(codes["product"].drop_nulls()) <= known
