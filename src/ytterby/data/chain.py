"""The rare-earth magnet chain of the base year, closed so that what is made is used: production, demand and trade of each product.

From the magnets upstream: need of metal = recipe x magnets, need of oxide = recipe x metal, need of concentrate = recipe x oxide.
Measured anchors: mine and refinery output by country (IEA), customs flows (BACI). Estimated: what the files of estimates/ say, with the
method in the row of table `sources`. What is left of an oxide after metal making is its other use (catalysts, glass, capacitors).
"""

from importlib import resources
from pathlib import Path

import numpy as np
import polars as pl

from ytterby.core import schema

YEAR = 2024
ANCHOR = "magnet_rare_earths"
"""The IEA's 'rare earth elements': the four magnet elements Nd, Pr, Dy, Tb, contained."""
ELEMENTS = ("ndpr", "dy", "tb")
PER_MAGNET = {"ndpr": 0.300, "dy": 0.0100, "tb": 0.0016}
PER_METAL = 1.03
PER_OXIDE = 1.0
MINES = {"CHN": "mixed_china", "MMR": "ion_clay", "AUS": "mt_weld", "USA": "bastnaesite"}
"""The deposit that stands for each country that the IEA names."""


def estimate(name: str) -> pl.DataFrame:
    """Return one of the estimates that the package brings along.

    >>> estimate("magnet").columns
    ['actor', 't', 'low', 'high', 'source']
    """
    return pl.read_csv(Path(str(resources.files("ytterby.data") / "estimates" / f"{name}.csv")), infer_schema_length=None)


def production(outlook: pl.DataFrame) -> pl.DataFrame:
    """Return production of every product (t a year) from the IEA's anchors in table `outlook` and the estimates.

    Columns of table `production`; empty if the base year's mining or refining is not in the outlook.
    """
    supply = outlook.filter((pl.col("material") == ANCHOR) & (pl.col("year") == YEAR) & (pl.col("actor") != "WLD"))
    supply = supply.filter(pl.col("flow").is_in(["mining", "refining"])).unique(["flow", "actor"], keep="first", maintain_order=True)
    if supply.select("flow").n_unique() < 2:
        return schema.cast("production", pl.DataFrame(schema=[column.name for column in schema.columns("production")]).cast(pl.String()))
    mined, refined = _mined(supply), _refined(supply)
    magnets = estimate("magnet").select("actor", "t", "low", "high", "source", product=pl.lit("ndfeb_magnet"), basis=pl.lit("estimated"))
    metal = _metal(float(magnets["t"].sum()))
    oxide = _split_refined(refined, mined)
    ore = _with_scrap(mined, oxide)
    parts = [ore, oxide, metal, magnets]
    columns = ["product", "actor", "t", "low", "high", "basis", "source"]
    frame = pl.concat([part.select(columns).with_columns(pl.col("t", "low", "high").cast(pl.Float64)) for part in parts])
    return frame.with_columns(year=pl.lit(YEAR)).filter(pl.col("t") > 0)


def _mined(supply: pl.DataFrame) -> pl.DataFrame:
    """Mine output of each element: IEA's four countries, its rest of world by USGS and customs weights, split by deposit."""
    named = dict(supply.filter(pl.col("flow") == "mining").select("actor", "t").iter_rows())
    rows = [(actor, MINES[actor], t, "estimated", "iea_cmde_2025") for actor, t in named.items() if actor in MINES]
    rest = estimate("mine").with_columns(t=pl.col("weight") / pl.col("weight").sum() * named["ROW"])
    rows += list(rest.select("actor", "deposit", "t", "basis", "source").iter_rows())
    mines = pl.DataFrame(rows, schema=["actor", "deposit", "t", "basis", "source"], orient="row")
    return _by_element(mines, "concentrate")


def _by_element(frame: pl.DataFrame, form: str) -> pl.DataFrame:
    mix = estimate("composition").drop("source")
    joined = frame.join(mix, on="deposit", how="left", validate="m:1", maintain_order="left")
    parts = [joined.with_columns(product=pl.lit(f"{e}_{form}"), t=pl.col("t") * pl.col(f"product_share_{e}")) for e in ELEMENTS]
    wide = pl.concat(parts)
    # The spread of published mine output (Myanmar 2023: 43 to 72 kt of oxides) is taken as the band of the small producers too.
    spread = pl.when(pl.col("actor").is_in(["CHN", "USA", "AUS"])).then(0.1).otherwise(0.5)
    return wide.with_columns(low=pl.col("t") * (1 - spread), high=pl.col("t") * (1 + spread))


def _refined(supply: pl.DataFrame) -> pl.DataFrame:
    named = dict(supply.filter(pl.col("flow") == "refining").select("actor", "t").iter_rows())
    rows = [(actor, t, 0.0, "iea_cmde_2025") for actor, t in named.items() if actor != "ROW"]
    rest = estimate("refine").with_columns(t=pl.col("weight") / pl.col("weight").sum() * named["ROW"])
    rows += list(rest.select("actor", "t", pl.col("scrap").cast(pl.Float64), "source").iter_rows())
    return pl.DataFrame(rows, schema=["actor", "t", "scrap", "source"], orient="row")


def _split_refined(refined: pl.DataFrame, mined: pl.DataFrame) -> pl.DataFrame:
    """Oxides by element: outside China NdPr only (separated Dy and Tb came from China alone in 2024); China makes the rest."""
    total, mine = float(refined["t"].sum()), float(mined["t"].sum())
    scrap = (total * PER_OXIDE - mine) * np.array(estimate("composition").filter(pl.col("deposit") == "scrap").row(0)[1:4])
    rows = []
    for number, element in enumerate(ELEMENTS):
        world = (float(mined.filter(pl.col("product") == f"{element}_concentrate")["t"].sum()) + scrap[number]) / PER_OXIDE
        for row in refined.iter_rows(named=True):
            outside = float(refined.filter(pl.col("actor") != "CHN")["t"].sum()) if element == "ndpr" else 0.0
            t = world - outside if row["actor"] == "CHN" else (row["t"] if element == "ndpr" else 0.0)
            rows.append((f"{element}_oxide", row["actor"], t, t * 0.9, t * 1.1, "estimated", row["source"]))
    return pl.DataFrame(rows, schema=["product", "actor", "t", "low", "high", "basis", "source"], orient="row")


def _with_scrap(mined: pl.DataFrame, oxide: pl.DataFrame) -> pl.DataFrame:
    """Add the secondary feed (new scrap and old magnets) in the countries that refine it, so that feed meets refining."""
    own = estimate("refine").filter(pl.col("scrap") > 0).select("actor", t=pl.col("scrap").cast(pl.Float64))
    rows = [mined]
    for element in ELEMENTS:
        need = float(oxide.filter(pl.col("product") == f"{element}_oxide")["t"].sum()) * PER_OXIDE
        gap = need - float(mined.filter(pl.col("product") == f"{element}_concentrate")["t"].sum())
        elsewhere = own if element == "ndpr" else own.clear()
        home = pl.DataFrame({"actor": ["CHN"], "t": [gap - float(elsewhere["t"].sum())]})
        extra = pl.concat([elsewhere, home]).with_columns(
            product=pl.lit(f"{element}_concentrate"),
            low=pl.col("t") * 0.5,
            high=pl.col("t") * 1.5,
            basis=pl.lit("estimated"),
            source=pl.lit("ytterby_scrap"),
        )
        rows.append(extra)
    merged = pl.concat(rows, how="diagonal")
    grouped = merged.group_by("product", "actor", maintain_order=True).agg(
        pl.col("t", "low", "high").sum(), pl.col("basis").first(), pl.col("source").first()
    )
    return grouped


def _metal(magnets: float) -> pl.DataFrame:
    need = pl.DataFrame({"product": [f"{e}_metal" for e in ELEMENTS], "total": [PER_MAGNET[e] * magnets for e in ELEMENTS]})
    frame = (
        estimate("metal").join(need, on="product", validate="m:1", maintain_order="left").with_columns(t=pl.col("share") * pl.col("total"))
    )
    return frame.with_columns(low=pl.col("t") * 0.8, high=pl.col("t") * 1.2, basis=pl.lit("estimated"))
