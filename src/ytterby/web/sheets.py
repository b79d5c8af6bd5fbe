"""A chart as a workbook: what was drawn as numbers, the table behind it as it stands, what both mean. The page sends what it shows."""

import io
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from ytterby.errors import InputError
from ytterby.web.common import API
from ytterby.web.downloads import OPTIONS, book_of

router = APIRouter(prefix=API, tags=["files"])
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAME = r"^[^\[\]:*?/\\']{1,31}$"
"""What a sheet may be called."""
Text = Annotated[str, Field(max_length=5000)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Row = Annotated[list[Number | Text | None], Field(max_length=200)]


class Sheet(BaseModel):
    """A sheet: its name and its rows, the first of them the heads."""

    name: str = Field(pattern=NAME)
    rows: list[Row] = Field(max_length=20_000)


class Sheets(BaseModel):
    """A workbook's sheets, each with a name of its own."""

    sheets: list[Sheet] = Field(min_length=1, max_length=12)


@router.post("/workbook", response_class=Response, responses={200: {"content": {KIND: {}}}})
def workbook(given: Sheets) -> Response:
    """Return rows as a workbook; texts stay texts, whatever sign they begin with."""
    names = [sheet.name.lower() for sheet in given.sheets]
    if len(set(names)) < len(names):
        raise InputError("two sheets of one name", "sheets", "name each sheet differently")
    return Response(written(given.sheets), media_type=KIND)


def written(sheets: list[Sheet]) -> bytes:
    """Return sheets as the bytes of a workbook.

    >>> written([Sheet(name="a", rows=[["x"], [1.0]])])[:2]
    b'PK'
    """
    stream = io.BytesIO()
    with book_of(stream, OPTIONS) as book:
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for number, row in enumerate(sheet.rows):
                page.write_row(number, 0, row, bold if number == 0 else None)
            page.freeze_panes(1, 0)
            page.autofit()
    return stream.getvalue()
