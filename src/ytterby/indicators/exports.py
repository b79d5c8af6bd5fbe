"""Indicators in the formats of the field: CSV, JSON, Parquet, XLSX with its sources, and characterisation factors for LCA programs.

    .csv .json .parquet .xlsx   any table; XLSX has a second sheet with the titles and links of all sources that stand behind the rows
    .brightway.csv              name, categories, unit, amount: one method, as bw2io.CSVLCIAImporter reads it
    .zip                        olca-schema JSON-LD: an impact method with a category, flows, unit group and flow property, for openLCA

Factors are those of geopolrisk_cf, one flow a product; a missing factor is left out of these files, never written as 0.
"""

import io
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import polars as pl

from ytterby.core.catalogue import Indicator
from ytterby.core.world import World
from ytterby.errors import InputError
from ytterby.indicators import geopolrisk_cf

FACTOR = "geopolrisk_cf"
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""The name space of URLs in RFC 4122; identifiers follow from names, so that a new export updates an old one."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The day that a ZIP file begins with: the same factors give the same bytes."""
BRIGHTWAY, OLCA = ".brightway.csv", ".zip"
Entity = dict[str, Any]
PLAIN = (".csv", ".json", ".parquet", ".xlsx")


def ending(path: Path) -> str | None:
    """Return the format that a file's name asks for, or None.

    >>> ending(Path("cf.brightway.csv")), ending(Path("a.xlsx")), ending(Path("a.txt"))
    ('.brightway.csv', '.xlsx', None)
    """
    return next((end for end in (BRIGHTWAY, OLCA, *PLAIN) if path.name.lower().endswith(end)), None)


def encoded(frame: pl.DataFrame, end: str, world: World) -> bytes:
    """Return a table as the bytes of a format (see `ending`).

    Raises InputError for a format of factors without one factor, or with several views in one file, and where xlsx lacks its library.

    >>> encoded(pl.DataFrame({"value": [1.0, None]}), ".csv", World({}))
    b'value\\n1.0\\n\\n'
    """
    if end == BRIGHTWAY:
        return _brightway(_factors(frame, end), world)
    if end == OLCA:
        return _olca(_factors(frame, end), world)
    if end == ".xlsx":
        return _xlsx(frame, world)
    if end == ".json":
        return frame.write_ndjson().encode()
    if end == ".csv":
        return frame.write_csv().encode()
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def _xlsx(frame: pl.DataFrame, world: World) -> bytes:
    try:
        import xlsxwriter
    except ImportError:
        raise InputError("xlsx needs the package xlsxwriter", "--out", "pip install 'ytterby[xlsx]', or write .csv") from None
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        frame.write_excel(book, "values", autofit=True)
        sources_of(frame, world).write_excel(book, "sources", autofit=True)
    return stream.getvalue()


def sources_of(frame: pl.DataFrame, world: World) -> pl.DataFrame:
    """Return the rows of table `sources` that stand behind a table with a column source (names joined by ;).

    >>> sources_of(pl.DataFrame({"value": [1.0]}), World({})).columns
    ['source', 'title', 'url', 'licence', 'vintage', 'published']
    """
    named = (
        frame["source"].drop_nulls().str.split(";").list.explode(empty_as_null=True).unique().to_list() if "source" in frame.columns else []
    )
    return world["sources"].filter(pl.col("source").is_in(named)).select("source", "title", "url", "licence", "vintage", "published")


def _factors(frame: pl.DataFrame, end: str) -> pl.DataFrame:
    """The factors of one view: the rows of geopolrisk_cf that have a value, in the last state."""
    known = frame.filter(pl.col("indicator") == FACTOR).drop_nulls("value") if "indicator" in frame.columns else frame.clear()
    if known.is_empty():
        raise InputError("no characterisation factor to write", f"--out ...{end}", f"measure {FACTOR} --actor JPN")
    if known["actor"].n_unique() > 1 or known["year"].n_unique() > 1:
        raise InputError("factors of several views in one file", f"--out ...{end}", "choose one with --actor")
    return known.filter(pl.col("state") == pl.col("state").sort().last()) if known["state"].n_unique() > 1 else known


def _names(factors: pl.DataFrame, world: World) -> pl.DataFrame:
    named = factors.join(world["products"].select("product", name="name"), on="product", how="left")
    return named.with_columns(pl.col("name").fill_null(pl.col("product"))).sort("product")


def _brightway(factors: pl.DataFrame, world: World) -> bytes:
    rows = _names(factors, world)
    table = rows.select("name", categories=pl.lit("natural resource::in ground"), unit=pl.lit("kilogram"), amount="value")
    return table.write_csv().encode()


def _identifier(*words: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "/".join(("ytterby", *words))))


def _olca(factors: pl.DataFrame, world: World) -> bytes:
    """A package of olca-schema 2: one file an entity, in a folder of its type."""
    first = factors.row(0, named=True)
    label = f"GeoPolRisk, {first['actor']}, {first['year']}"
    spec: Indicator = geopolrisk_cf.SPEC
    unit: Entity = {"@type": "Unit", "@id": _identifier("unit", "kg"), "name": "kg", "conversionFactor": 1.0, "isRefUnit": True}
    group: Entity = {"@type": "UnitGroup", "@id": _identifier("units of mass"), "name": "Units of mass (ytterby)", "units": [unit]}
    mass: Entity = {"@type": "FlowProperty", "@id": _identifier("mass"), "name": "Mass (ytterby)", "flowPropertyType": "PHYSICAL_QUANTITY"}
    mass["unitGroup"] = _reference(group)
    flows: list[Entity] = []
    entries: list[Entity] = []
    for row in _names(factors, world).iter_rows(named=True):
        has = {"@type": "FlowPropertyFactor", "isRefFlowProperty": True, "conversionFactor": 1.0, "flowProperty": _reference(mass)}
        flow: Entity = {"@type": "Flow", "@id": _identifier("flow", row["product"]), "name": row["name"], "flowType": "ELEMENTARY_FLOW"}
        flows.append({**flow, "flowProperties": [has]})
        factor = {"@type": "ImpactFactor", "value": row["value"], "flow": _reference(flow), "flowProperty": _reference(mass)}
        entries.append({**factor, "unit": _reference(unit)})
    category = {
        "@type": "ImpactCategory",
        "@id": _identifier("category", label),
        "name": label,
        "refUnit": "kg Cu-eq",
        "impactFactors": entries,
    }
    category["description"] = f"{spec.title}. {spec.formula}. {spec.reference}"
    method: Entity = {
        "@type": "ImpactMethod",
        "@id": _identifier("method", label),
        "name": label,
        "impactCategories": [_reference(category)],
    }
    entities = {"unit_groups": [group], "flow_properties": [mass], "flows": flows, "lcia_categories": [category], "lcia_methods": [method]}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo("olca-schema.json", EPOCH), json.dumps({"version": 2}))
        for folder, members in entities.items():
            for member in members:
                package.writestr(zipfile.ZipInfo(f"{folder}/{member['@id']}.json", EPOCH), json.dumps(member, sort_keys=True))
    return stream.getvalue()


def _reference(entity: Entity) -> Entity:
    return {key: entity[key] for key in ("@type", "@id", "name")}
