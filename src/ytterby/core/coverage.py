"""What the world knows of each listed mineral: material x stage x years x basis, as a table and as a page of docs/."""

import polars as pl

from ytterby.core.world import World

LISTS = {"us_2025": "US", "eu_2023": "EU"}


def coverage(world: World) -> pl.DataFrame:
    """Return a row per product of a listed material: listed, lists, product, stage, counts, production, ...

    Cells name years and basis ("2023-2025 measured, estimated"); an empty cell means that the world holds nothing.

    >>> coverage(World({})).height
    0
    """
    listed = world["lists"].group_by("material").agg(lists=pl.col("list").replace(LISTS).sort().str.join(", "))
    below = _with_parts(world, listed)
    products = below.join(world["products"].select("product", "material", "stage", "counts"), on="material", how="left")
    place = world["stages"].select("stage", "place")
    frame = products.join(place, on="stage", how="left").sort("listed", "material", "place", "product", nulls_last=True).drop("place")
    observed = world["observations"]
    cells = {
        "production": _years(pl.concat([_of(observed, "production"), world["production"].select("year", "product", "basis")])),
        "capacity": _years(_of(observed, "capacity")),
        "reserves": _years(_of(observed, "reserves")),
        "prices": _years(world["prices"].select(pl.col("date").dt.year().alias("year"), "product", "basis")),
    }
    for name, cell in cells.items():
        frame = frame.join(cell.rename({"cell": name}), on="product", how="left")
    codes = world["customs_codes"].drop_nulls("product").group_by("product").agg(customs=pl.col("hs6").sort().str.join(" "))
    frame = frame.join(codes, on="product", how="left")
    outlook = world["outlook"].group_by("material").agg(outlook=pl.format("{}-{}", pl.col("year").min(), pl.col("year").max()))
    salient = world["salient"].group_by("material").agg(us=pl.format("{}-{}", pl.col("year").min(), pl.col("year").max()))
    return frame.join(outlook, on="material", how="left").join(salient, on="material", how="left")


def _with_parts(world: World, listed: pl.DataFrame) -> pl.DataFrame:
    """Listed materials; one without products of its own is shown by the narrower or wider material that has them."""
    having = set(world["products"]["material"])
    family = dict(world["materials"].select("material", "family").iter_rows())
    rows = []
    for material, lists in listed.iter_rows():
        wider, seen = material, {material}
        while wider not in having and family.get(wider) and family[wider] not in seen:
            wider = family[wider]
            seen.add(wider)
        parts = [part for part, parent in family.items() if parent == material and part in having]
        own = [material] if material in having else []
        shown = own + parts or ([wider] if wider in having else [material])
        rows += [(material, lists, part) for part in shown]
    return pl.DataFrame(rows, schema={"listed": pl.String, "lists": pl.String, "material": pl.String}, orient="row")


def _of(observed: pl.DataFrame, quantity: str) -> pl.DataFrame:
    return observed.filter(pl.col("quantity") == quantity).select("year", "product", "basis")


def _years(rows: pl.DataFrame) -> pl.DataFrame:
    """Years and bases of each product's rows, in words."""
    told = rows.group_by("product").agg(first=pl.col("year").min(), last=pl.col("year").max(), basis=pl.col("basis").unique().sort())
    span = pl.when(pl.col("first") == pl.col("last")).then(pl.col("first").cast(pl.String)).otherwise(pl.format("{}-{}", "first", "last"))
    return told.select("product", cell=pl.format("{} {}", span, pl.col("basis").list.join(", ")))


def coverage_page(world: World) -> str:
    """Return docs/coverage.md.

    >>> coverage_page(World({})).splitlines()[0]
    '# Coverage'
    """
    frame = coverage(world)
    head = ["listed", "lists", "product", "stage", "counts", "production", "capacity", "reserves", "customs", "prices", "outlook", "us"]
    lines = [
        "# Coverage",
        "",
        "Generated from the embedded tables: every mineral of the US list of 2025 and the EU list of 2023, stage by stage. An empty cell",
        "means that the world holds nothing there: missing, not zero. `us`: years of the salient US statistics. `customs`: codes of",
        "HS 1992 with trade 2012-2024 between all economies.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
    ]
    lines += [_line(row, head) for row in frame.iter_rows(named=True)]
    return "\n".join(lines + _corrections(world)) + "\n"


def _line(row: dict[str, object], head: list[str]) -> str:
    return "| " + " | ".join("" if row[name] is None else str(row[name]) for name in head) + " |"


def _corrections(world: World, limit: int = 25) -> list[str]:
    """The largest moves of output that closing the balances asked for, as a share of the product's world output."""
    moved = world["corrections"].filter(pl.col("item") == "production")
    share = (pl.col("after") - pl.col("before")) / pl.col("before").sum().over("product")
    top = moved.with_columns(share=share).sort(pl.col("share").abs(), "product", "actor", descending=[True, False, False]).head(limit)
    figures = top.select(
        "product",
        "actor",
        *(pl.col(name).round_sig_figs(4).map_elements("{:,.4g}".format, return_dtype=pl.String) for name in ("before", "after", "error")),
        pl.col("share").map_elements("{:+.2%}".format, return_dtype=pl.String),
        "source",
    )
    head = figures.columns
    lines = ["", "## Largest corrections", "", "Where closing the balances of the base year moved published output most, as a share of the"]
    lines += ["product's world output (t a year; error: standard error that it was given). All: `ytterby world show corrections`.", ""]
    lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + [_line(row, head) for row in figures.iter_rows(named=True)]
