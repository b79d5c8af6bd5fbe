"""What Plotly needs to write days and numbers in a language."""

from typing import Any

from ytterby.show.language import say, spoken


def locale() -> dict[str, Any]:
    """Return the language that is spoken as a locale of Plotly: names of months and days, signs of numbers.

    >>> locale()["format"]["shortMonths"][9], locale()["format"]["decimal"]
    ('Oct', '.')
    """
    months, days = say("date.months").split(" "), say("date.days").split(" ")
    words = {"months": months, "shortMonths": months, "days": days, "shortDays": days, "periods": ["AM", "PM"]}
    times = {"dateTime": f"{say('date.axis_day')}, %X", "date": "%Y-%m-%d", "time": "%H:%M:%S"}
    signs = {"decimal": say("number.decimal"), "thousands": say("number.thousands"), "grouping": [3], "currency": ["", " USD"]}
    return {"moduleType": "locale", "name": spoken(), "dictionary": {}, "format": words | times | signs}
