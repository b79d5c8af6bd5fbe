"""The mapper on a company's list of imports: German dates, commas, kilograms, names of works; each fault has its line."""

import datetime
from pathlib import Path

import pytest

from ytterby.core import schema
from ytterby.data.mapper import import_table, told
from ytterby.errors import InputError

MAP = """
table = "customs"
[columns]
year = "Jahr"
hs6 = "Zolltarif"
exporter = "Lieferland"
importer = "Werk"
t = "Netto"
usd = "Wert"
[constants]
source = "acme_imports"
basis = "measured"
[units]
t = "kg"
[factors]
usd = 1000
[names.importer]
"Werk Ulm" = "DEU"
[format]
separator = ";"
decimal = ","
encoding = "latin-1"
"""
LIST = """Jahr;Zolltarif;Lieferland;Werk;Netto;Wert
2024;280530;Korea, Republic of;Werk Ulm;1500,5;12,25
2024;280530;China;Werk Ulm;;3
2024;280530;Österreich;Werk Ulm;1;1
2024;280530;Japan;Werk Köln;1;1
2024;280530;Japan;Werk Ulm;1.000,5;1
1824;280530;Japan;Werk Ulm;1;1
2024;28053O;Japan;Werk Ulm;1;1
2024;280530;China;Werk Ulm;2;3
2024;280530;USA;Werk Ulm;-2;3
"""


def write(folder: Path, text: str = LIST, plan: str = MAP) -> tuple[Path, Path]:
    (folder / "imports.csv").write_bytes(text.encode("latin-1"))
    (folder / "map.toml").write_text(plan, encoding="utf-8")
    return folder / "imports.csv", folder / "map.toml"


def test_a_companys_imports(tmp_path: Path) -> None:
    file, plan = write(tmp_path)
    loaded = import_table(file, plan)
    customs = schema.cast("customs", loaded.tables["customs"])
    assert customs.rows() == [
        (2024, "280530", "KOR", "DEU", pytest.approx(1.5005), 12_250.0, "measured", "acme_imports"),
        (2024, "280530", "CHN", "DEU", None, 3000.0, "measured", "acme_imports"),
    ]
    assert told(loaded.faults, Path("imports.csv")).splitlines() == [
        "imports.csv:4: exporter: 'Österreich' is not in table actors; add it there or to [names.exporter]",
        "imports.csv:5: importer: 'Werk Köln' is not in table actors; add it there or to [names.importer]",
        "imports.csv:6: t: '1.000,5' is no float",
        "imports.csv:7: year: '1824' is outside 1990..2060",
        "imports.csv:8: hs6: '28053O' is not in table customs_codes; add it there or to [names.hs6]",
        "imports.csv:9: repeats the key of an earlier row",
        "imports.csv:10: t: '-2' is outside 0..inf",
    ]


def test_dates_and_required_values(tmp_path: Path) -> None:
    plan = """
table = "prices"
[columns]
date = "Tag"
usd_per_t = "Preis"
[constants]
product = "dy_oxide"
bloc = "world"
basis = "measured"
source = "acme_prices"
[format]
date = "%d.%m.%Y"
"""
    file, map_toml = write(tmp_path, "Tag,Preis\n31.12.2025,250000\n2025-12-31,1\n01.01.2026,\n", plan)
    loaded = import_table(file, map_toml)
    assert [str(day) for day in loaded.tables["prices"]["date"]] == ["2025-12-31"]
    assert [(fault.line, fault.reason) for fault in loaded.faults] == [
        (3, "date: '2025-12-31' is no date"),
        (4, "usd_per_t is empty"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('table = "customs"', 'table = "custom"', "unknown table 'custom'.*did you mean customs"),
        ("[columns]", "[column]", "unknown name 'column'.*did you mean columns"),
        ('year = "Jahr"', 'yaer = "Jahr"', "unknown name 'yaer'.*did you mean year"),
        ('year = "Jahr"', 'year = "Jahre"', "no column 'Jahre'.*did you mean Jahr"),
        ('basis = "measured"', 'basis = "measured"\nyear = 2024', "'year' is given twice"),
        ('basis = "measured"', "", "nothing for basis"),
        ('t = "kg"', 't = "stone"', "unknown unit of mass 'stone'"),
        ('t = "kg"', 'usd = "kg"', "'usd' is no mass"),
        ("usd = 1000", 'usd = "1000"', "factors.usd cannot be '1000'"),
        ('separator = ";"', 'separator = ";;"', "cannot read the file"),
        ('"latin-1"', '"utf-7000"', "cannot read the file"),
        ('table = "customs"', "table = ", "cannot read the map"),
    ],
)
def test_a_wrong_map_says_what_is_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    file, plan = write(tmp_path, plan=MAP.replace(old, new))
    with pytest.raises(InputError, match=message):
        import_table(file, plan)


@pytest.mark.parametrize(("unit", "tonnes"), [("t", 1.0), ("kt", 1000.0), ("kg", 0.001), ("lb", 0.00045359237)])
def test_masses_scale_with_their_unit(tmp_path: Path, unit: str, tonnes: float) -> None:
    file, plan = write(tmp_path, "\n".join(LIST.splitlines()[:2]), MAP.replace('t = "kg"', f't = "{unit}"'))
    assert import_table(file, plan).tables["customs"]["t"].item() == pytest.approx(1500.5 * tonnes)


def test_constants_are_in_our_own_form(tmp_path: Path) -> None:
    plan = """
table = "prices"
[columns]
product = "Ware"
usd_per_t = "Preis"
[constants]
date = 2025-12-31
bloc = "world"
basis = "measured"
source = "acme_prices"
[format]
date = "%d.%m.%Y"
decimal = ","
separator = ";"
"""
    file, map_toml = write(tmp_path, "Ware;Preis\ndy_oxide;1,5\n", plan)
    assert import_table(file, map_toml).tables["prices"].select("usd_per_t", "date").rows() == [(1.5, datetime.date(2025, 12, 31))]
