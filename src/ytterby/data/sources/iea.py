"""IEA Critical Minerals Data Explorer: mining and refining by country, demand by technology, kt of contained element (CC BY 4.0)."""

import datetime
from functools import cache
from pathlib import Path

import polars as pl

from ytterby.core.units import TONNES
from ytterby.core.world import load_world
from ytterby.data.frames import number, read_text, refuse
from ytterby.data.names import country
from ytterby.data.source import Fault, Loaded, Source

SPEC = Source(
    source="iea_cmde_2025",
    title="Critical Minerals Data Explorer, May 2025",
    url="https://www.iea.org/data-and-statistics/data-tools/critical-minerals-data-explorer",
    licence="CC BY 4.0",
    vintage="2025-05",
    published=datetime.date(2025, 5, 21),
    rank=2,
    tables=("outlook", "observations"),
    header=("mineral", "stage", "country", "year", "kt"),
    note="'Rare earth elements' are the four magnet elements Nd, Pr, Dy, Tb, contained; graphite is of battery grade when refined",
    also=(("table", "mineral", "sector", "scenario", "year", "kt"),),
)
BASE = 2024
"""The year that is counted; later ones are projected."""
BATTERY = "Battery-grade graphite"
ROUNDING = 0.001
"""By how much a sum may miss its total, as a share, before it is told."""
MATERIALS = {
    "Rare Earth Elements": "magnet_rare_earths",
    BATTERY: "graphite",
    "PGMs": "platinum_group",
    "Total REE": "rare_earths",
}
"""Where the IEA's name is not the material's own in lower case."""
TOTALS = ("Total EV", "Total battery storage", "Total hydrogen technologies", "Total solar PV", "Total wind")
"""Rows that add up several minerals: a material of none."""
SHARES = ("cleanShare",)
SECTORS = {"all": "clean energy", "total": "clean energy", "totalClean": "clean energy", "totalDemand": "*", "otherUses": "other uses"}
"""The explorer's column names -> sectors; '*' is all demand, 'clean energy' the sum of the technologies."""
ORDER = {"totalDemand": 0, "cleantechByTech": 1, "byTechnology": 2, "cleantechByMineral": 3}
"""The explorer's tables of demand, the one that counts first."""
PLACES = {"World total": "WLD", "Rest of world": "ROW"}


def read(path: Path) -> Loaded:
    """Return table `outlook`; from the file of supply also table `observations`: the counted year's output by country.

    Supply: scenario 'base', sector '*'; demand: actor WLD. Counted values are the IEA's estimates, projections its assumptions.
    The same demand stands in several of the explorer's tables; it is taken once, from 'totalDemand' first (see ORDER).
    """
    frame = read_text(path)
    return _supply(frame) if "stage" in frame.columns else _demand(frame)


@cache
def _materials() -> frozenset[str]:
    return frozenset(load_world()["materials"]["material"])


def _material() -> pl.Expr:
    return pl.col("mineral").replace_strict(MATERIALS, default=pl.col("mineral").str.to_lowercase().str.replace_all(" ", "_"))


def _common() -> tuple[tuple[pl.Expr, pl.Expr | str], ...]:
    unknown = pl.format("'{}' is no material of the world", "mineral")
    return (
        (pl.col("year").is_null(), "no year"),
        (pl.col("t").is_null(), "kt is no number"),
        (~pl.col("material").is_in(list(_materials())), unknown),
    )


def _parsed(frame: pl.DataFrame) -> pl.DataFrame:
    t = (number("kt") * TONNES["kt"]).round(6)
    return frame.with_columns(year=number("year").cast(pl.Int64), t=t, material=_material(), source=pl.lit(SPEC.source)).with_columns(
        basis=pl.when(pl.col("year") <= BASE).then(pl.lit("estimated")).otherwise(pl.lit("assumed"))
    )


def _supply(frame: pl.DataFrame) -> Loaded:
    names = {name: PLACES.get(name) or country(name) for name in frame["country"].unique().drop_nulls()}
    frame = _parsed(frame).with_columns(actor=pl.col("country").replace_strict(names, default=None), flow=pl.col("stage"))
    kept, faults = refuse(
        frame,
        *_common(),
        (pl.col("actor").is_null(), pl.format("'{}' is no country known", "country")),
        (~pl.col("flow").is_in(["mining", "refining"]), pl.format("'{}' is neither mining nor refining", "stage")),
    )
    outlook = kept.select("material", "flow", "actor", "year", "t", "basis", "source", sector=pl.lit("*"), scenario=pl.lit("base"))
    form = pl.when(pl.col("flow") == "mining").then(pl.lit("_mine")).otherwise(pl.lit("_refined"))
    counted = outlook.filter(pl.col("year") == BASE).with_columns(product=pl.col("material") + form, quantity=pl.lit("production"))
    observations = counted.select("year", "product", "actor", "quantity", "source", "t", "basis")
    return Loaded({"outlook": outlook, "observations": observations}, faults + _sums(kept))


def _sums(kept: pl.DataFrame) -> tuple[Fault, ...]:
    """A fault for each year whose countries do not add up to the world as published."""
    world = pl.col("actor") == "WLD"
    added = kept.group_by("material", "flow", "year").agg(
        line=pl.col("line").min(), total=pl.col("t").filter(world).first(), added=pl.col("t").filter(~world).sum()
    )
    apart = added.filter((pl.col("added") > 0) & ((pl.col("added") / pl.col("total") - 1).abs() > ROUNDING)).sort("line")
    return tuple(
        Fault(line, f"{material}, {flow}, {year}: the countries add up to {added:,.0f} t, the world is said to be {total:,.0f} t")
        for material, flow, year, line, total, added in apart.select("material", "flow", "year", "line", "total", "added").iter_rows()
    )


def _demand(frame: pl.DataFrame) -> Loaded:
    frame = _parsed(frame).with_columns(
        sector=pl.col("sector").replace(SECTORS)
        + pl.when(pl.col("mineral") == BATTERY).then(pl.lit(", battery grade")).otherwise(pl.lit("")),
        place=pl.col("table").replace_strict(ORDER, default=None, return_dtype=pl.Int64),
    )
    kept, faults = refuse(
        frame,
        (pl.col("mineral").is_in(TOTALS), "adds up several minerals: left out"),
        (pl.col("sector").is_in(SHARES), "a share, not tonnes: left out"),
        *_common(),
        (pl.col("place").is_null(), pl.format("'{}' is no table of the explorer", "table")),
    )
    key = ["material", "sector", "scenario", "year"]
    once = kept.sort("place", "line").unique(key, keep="first", maintain_order=True)
    outlook = once.select(*key, "t", "basis", "source", flow=pl.lit("demand"), actor=pl.lit("WLD"))
    return Loaded({"outlook": outlook}, faults + _differences(kept, key))


def _differences(kept: pl.DataFrame, key: list[str]) -> tuple[Fault, ...]:
    """A fault for each demand of which the explorer's own tables differ by more than 1 %."""
    spread = kept.group_by(key).agg(low=pl.col("t").min(), high=pl.col("t").max(), line=pl.col("line").min())
    apart = spread.with_columns(gap=pl.col("high") / pl.col("low") - 1).filter((pl.col("gap") > 0.01) & pl.col("gap").is_finite())
    worst = apart.group_by("material", "sector").agg(pl.col("gap").max(), pl.col("line").min()).sort("line", "material")
    return tuple(
        Fault(line, f"{material}, {sector}: the explorer's tables differ by up to {100 * gap:.0f} %; the first in ORDER is taken")
        for material, sector, gap, line in worst.iter_rows()
    )
