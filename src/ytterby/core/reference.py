"""The generated pages of docs/: what every table and every indicator means. `python -m ytterby.core.reference docs` writes them."""

import sys
from pathlib import Path

from ytterby.core import catalogue, schema
from ytterby.core.coverage import coverage_page
from ytterby.core.world import load_world


def tables_page() -> str:
    """Return docs/tables.md: each table of the schema with its columns.

    >>> tables_page().splitlines()[0]
    '# Tables'
    """
    lines = ["# Tables", "", "Generated from `core/schema.csv`; a star marks the key. Missing is empty, never 0.", ""]
    for table, columns in schema.tables().items():
        lines += [f"## {table}", "", "| column | type | unit | range or choices | refers to | meaning |", "|---|---|---|---|---|---|"]
        lines += [_row(column) for column in columns] + [""]
    return "\n".join(lines)


def _row(column: schema.Column) -> str:
    bounds = " or ".join(column.choices) if column.choices else _bounds(column)
    name = f"{column.name}*" if column.key else column.name
    return f"| {name} | {column.dtype} | {column.unit} | {bounds} | {column.reference} | {column.description} |"


def _bounds(column: schema.Column) -> str:
    if column.low is None and column.high is None:
        return ""
    low, high = (f"{bound:g}" if bound is not None else "" for bound in (column.low, column.high))
    return f"{low}..{high}"


def catalogue_page() -> str:
    """Return docs/catalogue.md: each indicator with formula, unit and reference.

    >>> catalogue_page().splitlines()[0]
    '# Indicators'
    """
    lines = ["# Indicators", "", "Generated from the files of `indicators/`.", ""]
    for entry in catalogue.indicators().values():
        spec = entry.spec
        lines += [f"## {entry.name}: {spec.title}", "", f"- formula: {spec.formula}", f"- unit: {spec.unit}"]
        lines += [f"- range: {spec.low:g} to {spec.high:g}", f"- reference: {spec.reference}", f"- tables: {', '.join(entry.needs)}", ""]
    return "\n".join(lines)


def coverage_of_ours() -> str:
    """Return docs/coverage.md for the embedded world.

    >>> coverage_of_ours().startswith("# Coverage")
    True
    """
    return coverage_page(load_world())


PAGES = {"tables.md": tables_page, "catalogue.md": catalogue_page, "coverage.md": coverage_of_ours}


def main(folder: str) -> None:
    """Write the generated pages into a folder."""
    for name, page in PAGES.items():
        (Path(folder) / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
