"""Words for people: figures with units, days, names of actors, products and kinds of event."""

import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from ytterby.core.world import World

NONE = "–"
"""What stands for a value that is missing."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SYMBOLS = {"ndpr": "NdPr", "dysprosium": "Dy", "terbium": "Tb"}
EVENTS = {
    "agreement": "Agreement",
    "joint_statement": "Joint statement",
    "export_control": "Export control",
    "export_control_relief": "Export control eased",
    "other_policy": "Other policy",
    "market_dominance": "Market dominance",
    "policy_goal": "Policy goal",
    "price_floor": "Price floor",
    "project_start": "Project start",
}
FAMILIES = {
    "restrict": ("export_control", "tariff", "quota", "sanction", "outage", "market_dominance"),
    "accord": ("agreement", "joint_statement", "meeting", "export_control_relief", "policy_goal"),
    "deal": ("order", "offtake", "investment", "pledge", "stockpile", "price_floor", "project_start"),
}
"""Kinds of event that share a colour: what narrows supply, what is agreed, what is promised or paid."""
BASES = ("estimated", "assumed")


def significant(value: float, digits: int = 2) -> str:
    """Write a number with a few significant digits and thousands apart.

    >>> significant(1234567), significant(0.01234), significant(8.0), significant(0.0)
    ('1,200,000', '0.012', '8', '0')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else NONE
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    text = f"{rounded:,.{max(0, places)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(usd: float | None) -> str:
    """Write USD with the size in words; a missing amount is a dash.

    >>> money(1.234e9), money(4.56e8), money(73_000.0), money(0.0), money(None)
    ('1.2 bn USD', '456 M USD', '73 k USD', '0 USD', '–')
    """
    if usd is None or math.isnan(usd):
        return NONE
    for size, name in ((1e12, " tn"), (1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if abs(usd) >= 0.9995 * size:
            shown = usd / size
            return f"{shown:,.0f}{name} USD" if abs(shown) >= 9.95 else f"{shown:.1f}{name} USD".replace(".0 ", " ")
    return f"{usd:.0f} USD"


def percent(share: float | None) -> str:
    """Write a share of 1 in percent; small ones keep a digit, what is not 0 never reads 0 and what is not all never reads 100.

    >>> percent(0.897), percent(0.0123), percent(0.0), percent(0.0001), percent(0.998), percent(None)
    ('90 %', '1.2 %', '0 %', '< 0.1 %', '99.8 %', '–')
    """
    if share is None or math.isnan(share):
        return NONE
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if share < 1 and round(100 * share) == 100:
        return f"{min(99.9, 100 * share):.1f} %"
    return f"{significant(100 * share)} %" if share < 0.1 else f"{100 * share:.0f} %"


def tonnes(t: float | None) -> str:
    """Write a mass; a missing one is a dash.

    >>> tonnes(10208.2), tonnes(90_900), tonnes(4.537), tonnes(0.0)
    ('10,208 t', '90,900 t', '4.5 t', '0 t')
    """
    if t is None or math.isnan(t):
        return NONE
    return f"{t:,.0f} t" if abs(t) >= 10 else f"{significant(t)} t"


def day(value: date | str | None) -> str:
    """Write a day, month or year as the text gives it.

    >>> day(date(2025, 10, 8)), day("2025-10-28"), day("2025-10"), day("2026"), day(None)
    ('8 Oct 2025', '28 Oct 2025', 'Oct 2025', '2026', '–')
    """
    if value is None:
        return NONE
    parts = str(value)[:10].split("-")
    if len(parts) == 1:
        return parts[0]
    month = f"{MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return f"{int(parts[2])} {month}" if len(parts) == 3 else month


def week_day(start: date, week: float) -> date:
    """Return the first day of a week of a run.

    >>> week_day(date(2025, 4, 4), 2)
    datetime.date(2025, 4, 18)
    """
    return start + timedelta(weeks=int(week))


def week(start: date, number: float | None) -> str:
    """Write a week of a run with its date; none is 'never'.

    >>> week(date(2025, 4, 4), 23.0), week(date(2025, 4, 4), None)
    ('week 23 (12 Sep 2025)', 'never')
    """
    return "never" if number is None else f"week {number:.0f} ({day(week_day(start, number))})"


def listed(words: Iterable[str]) -> str:
    """Join words as a sentence does.

    >>> listed(["Japan", "France", "Norway"]), listed(["Japan"])
    ('Japan, France and Norway', 'Japan')
    """
    known = list(words)
    return " and ".join([", ".join(known[:-1]), known[-1]]) if len(known) > 1 else "".join(known)


def plain(name: str) -> str:
    """Turn a short name into words.

    >>> plain("price_floor"), plain("in_force")
    ('Price floor', 'In force')
    """
    return name.replace("_", " ").capitalize()


def kind_of(event_type: str) -> str:
    """Return the name of a kind of event for people.

    >>> kind_of("export_control"), kind_of("order")
    ('Export control', 'Order')
    """
    return EVENTS.get(event_type, plain(event_type))


def family_of(event_type: str) -> str:
    """Return the colour family of a kind of event: restrict, accord, deal or other.

    >>> family_of("export_control"), family_of("other_policy")
    ('restrict', 'other')
    """
    return next((family for family, types in FAMILIES.items() if event_type in types), "other")


def estimated(basis: str | None) -> bool:
    """Say whether a figure's basis makes it an estimate.

    >>> estimated("assumed"), estimated("measured")
    (True, False)
    """
    return basis in BASES


class Names:
    """Names for people of a world's actors, products, uses, stages and materials; an unknown code stays as it is."""

    def __init__(self, world: World) -> None:
        self._names = {
            table: dict(world[f"{table}s"].select(table, "name").iter_rows()) for table in ("actor", "product", "use", "stage", "material")
        }

    def actor(self, code: str) -> str:
        """Return an actor's name; 'org:slug' becomes words, '*' everyone else.

        >>> Names(World({})).actor("org:mp-materials"), Names(World({})).actor("*")
        ('Mp Materials', 'everyone else')
        """
        if code == "*":
            return "everyone else"
        known: str | None = self._names["actor"].get(code)
        return known or (code[4:].replace("-", " ").title() if code.startswith("org:") else code)

    def short(self, code: str) -> str:
        """Return an actor's name for a chart: 'Rest of the world' becomes 'Others'."""
        return "Others" if code == "ROW" else self.actor(code)

    def product(self, code: str) -> str:
        """Return a product's name with symbols for long elements.

        >>> Names(World({})).product("ndfeb_magnet")
        'ndfeb_magnet'
        """
        name: str = self._names["product"].get(code, code)
        return name.replace("Neodymium-praseodymium", "NdPr")

    def inside(self, product: str) -> str:
        """Return a product's name for the middle of a sentence: 'Terbium oxide' becomes 'terbium oxide', 'NdPr oxide' stays.

        >>> Names(World({})).inside("Magnet"), Names(World({})).inside("NdFeB")
        ('magnet', 'NdFeB')
        """
        name = self.product(product)
        return name[:1].lower() + name[1:] if name.split(" ")[0][1:].islower() else name

    def use(self, code: str) -> str:
        """Return a final use's name."""
        return str(self._names["use"].get(code, plain(code)))

    def use_of(self, use: str, product: str, main: str) -> str:
        """Return a use's name, with the product where it is not the main one (oxides outside magnets)."""
        return self.use(use) if product == main else f"{self.product(product)}, {self.use(use).lower()} uses"

    def stage(self, code: str) -> str:
        """Return a stage's name."""
        return str(self._names["stage"].get(code, plain(code)))

    def material(self, code: str) -> str:
        """Return a material's name."""
        return str(self._names["material"].get(code, plain(code)))

    def actors_of(self, event: dict[str, Any]) -> str:
        """Return an event's actors as words, each once."""
        return listed(dict.fromkeys(self.actor(actor["id"]) for actor in event.get("actors", [])))
