"""What the command line writes: frames as table, CSV or JSON; progress on a terminal; errors as one line."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ytterby.core.whole import whole

if TYPE_CHECKING:
    import polars as pl

Format = Literal["table", "csv", "json"]


def write(frame: "pl.DataFrame", form: Format | None, out: Path | None) -> None:
    """Write a frame to a file or to standard output; without a format: a table on a terminal, else CSV.

    Raises InputError if the file cannot be written; a file is written whole or not at all.
    """
    if form is None:
        form = "table" if out is None and sys.stdout.isatty() else "csv"
    writers: dict[str, Callable[[pl.DataFrame], str]] = {
        "table": _table,
        "csv": lambda rows: rows.write_csv(),
        "json": lambda rows: rows.write_ndjson(),
    }
    put(writers[form](frame), out)


def put(text: str, out: Path | None) -> None:
    """Write text to a file, whole or not at all, or to standard output."""
    if out is None:
        sys.stdout.write(text)
        return
    with whole(out) as draft:
        draft.write_text(text, encoding="utf-8")


def _table(frame: "pl.DataFrame") -> str:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, dtype in frame.schema.items():
        table.add_column(name, justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else 160, highlight=False, soft_wrap=False)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


@contextmanager
def progress(label: str, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Give a function (done, total) that moves a bar on stderr; silent if quiet or not on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def fail(message: str) -> None:
    """Write one line on stderr in the form that users and scripts know."""
    sys.stderr.write(f"ytterby: error: {message}\n")


def note(message: str, quiet: bool = False) -> None:
    """Write a remark on stderr, unless quiet."""
    if not quiet:
        sys.stderr.write(f"ytterby: note: {message}\n")
