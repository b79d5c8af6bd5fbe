"""USGS Mineral Commodity Summaries 2024, world data of the rare-earth chapter: production 2022 and 2023, reserves."""

import datetime
from collections.abc import Iterator
from pathlib import Path

from ytterby.data.source import Loaded, Source
from ytterby.data.usgs_tables import Cell, entries, observations, plain, rows_of

SPEC = Source(
    source="usgs_mcs2024",
    title="Mineral Commodity Summaries 2024, rare earths, world data",
    url="https://doi.org/10.3133/mcs2024",
    licence="US public domain",
    vintage="MCS 2024",
    published=datetime.date(2024, 1, 31),
    rank=1,
    tables=("observations",),
    header=("Source", "Country", "Type", "Prod_t_est_2022", "Prod_t_est_2023", "Reserves_t"),
    note="Both years are estimates, rounded to one to three digits",
)
COLUMNS = (("production", "Prod_t_est_2022", 2022, "Prod_notes"), ("production", "Prod_t_est_2023", 2023, "Prod_notes"))
RESERVES = ("reserves", "Reserves_t", 2023, "Reserves_notes")


def read(path: Path) -> Loaded:
    """Return table observations (t of rare-earth oxides) and the faults. The file is padded with empty rows, which say nothing."""
    found, faults = entries(_cells(path), "2024")
    frame, more = observations(found, SPEC.source)
    return Loaded({"observations": frame}, (*faults, *more))


def _cells(path: Path) -> Iterator[Cell]:
    for line, row in rows_of(path):
        if not any(row.values()):
            continue
        for column, name, year, notes in (*COLUMNS, RESERVES):
            yield Cell(line, ("rare earths", plain(row["Type"]), "", column), row["Country"], year, row[name], row[notes], estimated=True)
