"""Reading of source files: text frames with their line numbers, numbers as people write them, faults by reason."""

import csv
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl

from ytterby.core.world import load_world
from ytterby.data.source import Fault
from ytterby.errors import InputError

YEARS = (1990, 2060)
"""The years that tables bear (schema.csv)."""
TAIWAN = "S19"
"""The code of UN Comtrade and BACI for 'Other Asia, not elsewhere specified', which is Taiwan (ISO 3166: TWN)."""


def read_text(path: Path, encoding: str = "utf8", skip: int = 0, ragged: bool = False) -> pl.DataFrame:
    """Return a CSV file (packed or not) as text, with stripped column names and the line of each row (the header is 1 + skip).

    ragged: drop what a row holds beyond the header. Raises InputError for a file that is no CSV table. Line breaks inside quotes count.

    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "a.csv"; _ = file.write_text("k ,v\\n0101,2\\n")
    >>> read_text(file).rows()
    [('0101', '2', 2)]
    """
    try:
        frame = pl.read_csv(path, infer_schema=False, encoding=encoding, skip_rows=skip, truncate_ragged_lines=ragged)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise InputError("not a CSV table", str(path), str(error).splitlines()[0]) from None
    return with_lines(frame.rename({name: name.strip().lstrip("\ufeff") for name in frame.columns}), 2 + skip)


def with_lines(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """Add column `line`: the first row's line, and one more for each row and each line break inside a field.

    >>> with_lines(pl.DataFrame({"note": ["a", "two\\nlines", "c"]}), 2)["line"].to_list()
    [2, 3, 5]
    """
    breaks = [pl.col(name).str.count_matches("\n").fill_null(0) for name, dtype in frame.schema.items() if dtype == pl.String]
    inside = pl.sum_horizontal(breaks).cum_sum().shift(1, fill_value=0) if breaks else pl.lit(0)
    return frame.with_columns(line=pl.int_range(pl.len()) + first + inside)


def number(column: str | pl.Expr, decimal: str = ".") -> pl.Expr:
    """A column of text as numbers; what is none becomes null.

    >>> pl.DataFrame({"v": [" 1.5", "x", None]}).select(number("v"))["v"].to_list()
    [1.5, None, None]
    >>> pl.DataFrame({"v": ["-0,25"]}).select(number("v", decimal=","))["v"].to_list()
    [-0.25]
    """
    text = (pl.col(column) if isinstance(column, str) else column).str.strip_chars()
    if decimal != ".":
        text = text.str.replace(decimal, ".", literal=True)
    value = text.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def filled(column: str) -> pl.Expr:
    """Whether a column of text holds anything but blanks.

    >>> pl.DataFrame({"v": ["1", " ", None]}).select(filled("v"))["v"].to_list()
    [True, False, False]
    """
    return pl.col(column).str.strip_chars().str.len_chars().fill_null(0) > 0


def refuse(frame: pl.DataFrame, *rules: tuple[pl.Expr, pl.Expr | str], together: bool = True) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    """Part a frame with column `line` into what no rule refuses and the faults.

    rules: (condition, reason); the first that holds counts. together: rows with the same reason make one fault, at the first of their
    lines; else each row makes its own.

    >>> frame = pl.DataFrame({"v": [1, -1, -1], "line": [2, 3, 4]})
    >>> kept, faults = refuse(frame, (pl.col("v") < 0, "below 0"))
    >>> kept.height, faults
    (1, (Fault(line=3, reason='below 0 (2 rows)'),))
    """
    chosen = [
        # A reason that itself is null must not let the row through.
        pl.when(bad.fill_null(False)).then(pl.lit(reason) if isinstance(reason, str) else reason.fill_null("cannot be read"))
        for bad, reason in rules
    ]
    marked = frame.with_columns(_reason=pl.coalesce(chosen))
    refused = marked.filter(pl.col("_reason").is_not_null()).with_columns(rows=pl.lit(1))
    if together:
        refused = refused.group_by("_reason").agg(line=pl.col("line").min(), rows=pl.len())
    faults = tuple(
        Fault(line, reason if rows == 1 else f"{reason} ({rows} rows)")
        for reason, line, rows in refused.sort("line", "_reason").select("_reason", "line", "rows").iter_rows()
    )
    return marked.filter(pl.col("_reason").is_null()).drop("_reason"), faults


def no_year(column: str) -> tuple[pl.Expr, pl.Expr]:
    """A rule for `refuse`: a column of whole numbers holds what is no year of our tables.

    >>> refuse(pl.DataFrame({"year": [2024, 23, None], "line": [2, 3, 4]}), no_year("year"))[1]
    (Fault(line=3, reason="'23' is no year"), Fault(line=4, reason="'' is no year"))
    """
    told = pl.format("'{}' is no year", pl.col(column).cast(pl.String).fill_null(""))
    return ~pl.col(column).is_between(*YEARS).fill_null(False), told


@cache
def actors() -> frozenset[str]:
    """Return the codes of table `actors` of the embedded world.

    >>> {"CHN", "TWN", "ROW"} <= actors()
    True
    """
    return frozenset(load_world()["actors"]["actor"])


def unknown_actor(column: str) -> tuple[pl.Expr, pl.Expr]:
    """A rule for `refuse`: the column holds what table `actors` lacks.

    >>> refuse(pl.DataFrame({"importer": ["CHN", "QQQ"], "line": [2, 3]}), unknown_actor("importer"))[1]
    (Fault(line=3, reason="'QQQ' is no country known to table actors"),)
    """
    return ~pl.col(column).is_in(list(actors())), pl.format("'{}' is no country known to table actors", pl.col(column).fill_null(""))


@cache
def mapping(name: str) -> dict[str, str]:
    """Return a table of two columns of data/maps as a dictionary; rows with an empty second column are left out.

    >>> mapping("iso2")["EL"], mapping("eu_crm")["Natural graphite"]
    ('GRC', 'graphite')
    """
    with resources.files("ytterby.data").joinpath("maps", f"{name}.csv").open(encoding="utf-8") as lines:
        return {key: value for key, value in list(csv.reader(lines))[1:] if value}
