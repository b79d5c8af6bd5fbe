"""EU list of critical raw materials 2023: supply risk, economic importance and their inputs by material (figures)."""

import datetime
from pathlib import Path

import polars as pl

from ytterby.data.frames import filled, mapping, number, read_text, refuse
from ytterby.data.source import Loaded, Source

SPEC = Source(
    source="eu_crm_2023",
    title="Study on the Critical Raw Materials for the EU 2023",
    url="https://doi.org/10.2873/725585",
    licence="figures only",
    vintage="2023",
    published=datetime.date(2023, 3, 16),
    rank=1,
    tables=("published",),
    header=("material", "SR", "EI", "stage", "SR_E", "SR_P", "IR_E", "IR_P", "EoL"),
    note="Terbium's supply risk (4.9) does not follow from its own inputs (5.3 to 5.4)",
)
LIST = "eu_2023"
INDICATORS = {
    "SR": ("supply_risk", "1"),
    "EI": ("economic_importance", "1"),
    "SR_E": ("supply_risk_extraction", "1"),
    "SR_P": ("supply_risk_processing", "1"),
    "SI_EI": ("substitution_index_importance", "1"),
    "SI_SR": ("substitution_index_risk", "1"),
    "IR_E": ("import_reliance_extraction", "percent"),
    "IR_P": ("import_reliance_processing", "percent"),
    "EoL": ("recycling_input_rate", "percent"),
}
"""The annex's columns -> our indicators and their units."""


def read(path: Path) -> Loaded:
    """Return table `published`: one row a material of the study and indicator; what the study leaves empty is not a row.

    Materials that the world does not have (cork, lime) keep the study's name, with an empty material (maps/eu_crm.csv).
    """
    frame = read_text(path).with_columns(pl.col("material").str.strip_chars())
    indicators = [name for name in INDICATORS if name in frame.columns]
    long = frame.unpivot(indicators, index=["line", "material"], variable_name="column", value_name="text")
    kept, faults = refuse(
        long.filter(filled("text"))
        .with_columns(value=number("text"), place=pl.col("column").replace_strict(_places()))
        .sort("line", "place"),
        (~filled("material"), "no material"),
        (pl.col("value").is_null(), pl.format("{}, {}: '{}' is no number", "material", "column", "text")),
        (pl.struct("material", "column").is_first_distinct().not_(), pl.format("repeats {}, {}", "material", "column")),
    )
    names = {code: name for code, (name, _) in INDICATORS.items()}
    units = {code: unit for code, (_, unit) in INDICATORS.items()}
    published = kept.select(
        list=pl.lit(LIST),
        name=pl.col("material"),
        indicator=pl.col("column").replace_strict(names),
        material=pl.col("material").replace_strict(mapping("eu_crm"), default=None, return_dtype=pl.String),
        value="value",
        unit=pl.col("column").replace_strict(units),
        source=pl.lit(SPEC.source),
    )
    return Loaded({"published": published}, faults)


def _places() -> dict[str, int]:
    return {name: place for place, name in enumerate(INDICATORS)}
