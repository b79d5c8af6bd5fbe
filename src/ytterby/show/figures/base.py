"""What all figures share: type, quiet axes, panels in a grid that a narrow screen can re-arrange."""

import math
import re
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Any
from unicodedata import east_asian_width

import plotly.graph_objects as go

from ytterby.show.language import say
from ytterby.show.palette import LIGHT

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
ROW = 26
"""Pixels that a row of a bar or dot chart takes."""
TITLE = 40
"""Letters that a line of a panel's title holds."""


def figure(traces: Iterable[Any], height: int, **layout: Any) -> go.Figure:
    """Return a figure in the house's style; keyword arguments go to the layout.

    >>> figure([], 200).layout.height
    200
    """
    style = {
        "template": go.layout.Template(),
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": LIGHT["ink"]},
        "separators": say("number.decimal") + say("number.thousands"),
        "margin": {"l": 8, "r": 16, "t": 16, "b": 40},
        "hoverlabel": {
            "bgcolor": LIGHT["ground"],
            "bordercolor": LIGHT["line"],
            "font": {"color": LIGHT["ink"], "size": 13},
            "align": "left",
        },
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "xanchor": "left", "font": {"size": 13}},
        "showlegend": False,
        "dragmode": False,
    }
    return go.Figure(data=list(traces), layout=style | layout)


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """Return a quiet axis: thin grid, no border, its unit as title.

    >>> axis("t a year")["title"]["text"]
    't a year'
    """
    quiet = {
        "gridcolor": LIGHT["line"],
        "zeroline": False,
        "linecolor": LIGHT["line"],
        "tickfont": {"size": 12, "color": LIGHT["muted"]},
        "title": {"text": title, "font": {"size": 12, "color": LIGHT["muted"]}, "standoff": 8},
        "automargin": True,
        "fixedrange": True,
    }
    return quiet | more


def labels(**more: Any) -> dict[str, Any]:
    """Return an axis of names, top row first.

    >>> labels()["autorange"]
    'reversed'
    """
    names: dict[str, Any] = {"autorange": "reversed", "showgrid": False, "ticklabelstandoff": 6}
    return axis(**(names | {"tickfont": {"size": 13, "color": LIGHT["ink"]}} | more))


def panels(
    titles: Sequence[str], traces: Iterable[Any], x: dict[str, Any], y: dict[str, Any], row: int, wide: int, narrow: int
) -> go.Figure:
    """Return small multiples: panel n uses axes xn, yn. meta tells the page how many columns a wide and a narrow screen take.

    row: pixels a row of panels takes; traces name their axes themselves, see `place`.
    """
    columns = max(1, min(wide, len(titles)))
    rows = max(1, math.ceil(len(titles) / columns))
    axes: dict[str, Any] = {}
    for number in range(1, len(titles) + 1):
        ending = "" if number == 1 else str(number)
        axes |= {f"xaxis{ending}": dict(x), f"yaxis{ending}": dict(y)}
    return figure(
        traces,
        height=rows * row + 40,
        margin={"l": 8, "r": 16, "t": 30, "b": 30},
        grid={"rows": rows, "columns": columns, "pattern": "independent", "xgap": 0.14, "ygap": 0.5},
        annotations=[_title(text, number) for number, text in enumerate(titles, 1)],
        meta={"panels": len(titles), "wide": columns, "narrow": min(narrow, columns), "row": row},
        **axes,
    )


def _title(text: str, number: int) -> dict[str, Any]:
    ending = "" if number == 1 else str(number)
    return {
        "text": f"<b>{'<br>'.join(lines(text, TITLE))}</b>",
        "align": "left",
        "x": 0,
        "y": 1,
        "xref": f"x{ending} domain",
        "yref": f"y{ending} domain",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13},
    }


def lines(text: str, width: int) -> list[str]:
    """Return a text in lines of some letters; a letter of East Asia takes two places, and a line may end after any of them.

    >>> lines("Cars and lorries", 8), lines("電気自動車用", 8)
    (['Cars and', 'lorries'], ['電気自動', '車用'])
    """
    if not any(east_asian_width(letter) in "WF" for letter in text):
        return wrap(text, width, break_on_hyphens=False)
    found, left = [""], width
    # A word or a number of Latin letters stays whole; a line does not begin with a mark that closes.
    for part in re.findall(r"[!-~]+|.", text):
        wide = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in part)
        if wide > left and part not in "、。）」・ー～：" and found[-1]:
            found, left = [*found, ""], width
        found[-1] += part
        left -= wide
    return found


def room(texts: Iterable[str]) -> int:
    """Return the pixels that notes beside a plot take, at 12 px a letter of Latin script and a gap before them.

    >>> room(["90 %", "never"])
    52
    """
    wide = max((sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text) for text in texts), default=0)
    return 12 + 8 * wide


def place(number: int) -> dict[str, str]:
    """Return the axes of panel n.

    >>> place(1), place(3)
    ({'xaxis': 'x', 'yaxis': 'y'}, {'xaxis': 'x3', 'yaxis': 'y3'})
    """
    ending = "" if number == 1 else str(number)
    return {"xaxis": f"x{ending}", "yaxis": f"y{ending}"}


def rounded(values: Iterable[float | None], digits: int = 3) -> list[float | None]:
    """Return values with few significant digits, so that a page stays small; missing ones stay None.

    >>> rounded([1234.5678, None, 0.0])
    [1230.0, None, 0.0]
    """
    return [None if value is None or math.isnan(value) else float(f"{value:.{digits}g}") for value in values]


def ceiling(value: float) -> float:
    """Return the end of a share axis (percent): the next of 10, 25, 50, 100.

    >>> ceiling(8.5), ceiling(26.0), ceiling(130.0)
    (10.0, 50.0, 100.0)
    """
    return next((float(end) for end in (10, 25, 50) if value <= end), 100.0)


def nothing(text: str) -> go.Figure:
    """Return an empty figure that says why it is empty."""
    note = {
        "text": text,
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "font": {"size": 14, "color": LIGHT["muted"]},
    }
    hidden = {"visible": False, "fixedrange": True}
    return figure([], 110, annotations=[note], xaxis=hidden, yaxis=hidden)
