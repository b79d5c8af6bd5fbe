"""Words for people, in the language that is spoken: figures with units, days, names of actors, products and kinds of event."""

import math
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from ytterby.core.world import World
from ytterby.show.language import flat, names, said, say, spoken

NONE = "–"
"""What stands for a value that is missing."""
SYMBOLS = {"ndpr": "NdPr", "dysprosium": "Dy", "terbium": "Tb"}
FAMILIES = {
    "restrict": ("export_control", "tariff", "quota", "sanction", "outage", "market_dominance"),
    "accord": ("agreement", "joint_statement", "meeting", "export_control_relief", "policy_goal"),
    "deal": ("order", "offtake", "investment", "pledge", "stockpile", "price_floor", "project_start"),
}
"""Kinds of event that share a colour: what narrows supply, what is agreed, what is promised or paid."""
BASES = ("estimated", "assumed")


def number(value: float, places: int = 0) -> str:
    """Write a number with the decimals and thousands of the language.

    >>> number(1234.5, 1)
    '1,234.5'
    """
    signs = {",": say("number.thousands"), ".": say("number.decimal")}
    return "".join(signs.get(sign, sign) for sign in f"{value:,.{places}f}")


def significant(value: float, digits: int = 2) -> str:
    """Write a number with a few significant digits and thousands apart.

    >>> significant(1234567), significant(0.01234), significant(8.0), significant(0.0)
    ('1,200,000', '0.012', '8', '0')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else NONE
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    text = number(rounded, max(0, places))
    return text.rstrip("0").removesuffix(say("number.decimal")) if places > 0 else text


def sizes() -> list[tuple[float, str]]:
    """Return the sizes of USD that the language has words for, largest first.

    >>> sizes()[1]
    (1000000000.0, '{n} bn USD')
    """
    found = [(float(f"1{key.removeprefix('money.')}"), text) for key, text in flat(spoken()).items() if key.startswith("money.")]
    return sorted(found, reverse=True)


def money(usd: float | None) -> str:
    """Write USD with the size in words; a missing amount is a dash.

    >>> money(1.234e9), money(4.56e8), money(73_000.0), money(0.0), money(None)
    ('1.2 bn USD', '456 M USD', '73 k USD', '0 USD', '–')
    """
    if usd is None or math.isnan(usd):
        return NONE
    for size, text in sizes():
        if size > 1 and abs(usd) >= 0.9995 * size:
            shown = usd / size
            short = abs(shown) >= 9.95 or abs(shown - round(shown)) < 0.05
            return text.format(n=number(shown, 0 if short else 1))
    return say("money.e0", n=number(usd))


def scale(top: float) -> tuple[float, str]:
    """Return the size and name of the unit that an axis up to some USD takes.

    >>> scale(2.5e9), scale(480_000.0), scale(0.0)
    ((1000000000.0, 'bn USD'), (1000.0, 'k USD'), (1.0, 'USD'))
    """
    size, text = next((pair for pair in sizes() if top >= pair[0]), sizes()[-1])
    return size, text.format(n="").strip()


def percent(share: float | None) -> str:
    """Write a share of 1 in percent; small ones keep a digit, what is not 0 never reads 0 and what is not all never reads 100.

    >>> percent(0.897), percent(0.0123), percent(0.0), percent(0.0001), percent(0.998), percent(None)
    ('90 %', '1.2 %', '0 %', '< 0.1 %', '99.8 %', '–')
    """
    if share is None or math.isnan(share):
        return NONE
    if 0 < share < 0.0005:
        return say("number.least", n=number(0.1, 1))
    if share < 1 and round(100 * share) == 100:
        return say("number.percent", n=number(min(99.9, 100 * share), 1))
    return say("number.percent", n=significant(100 * share) if share < 0.1 else number(100 * share))


def amount(t: float) -> str:
    """Write the number of a mass without its unit.

    >>> amount(10208.2), amount(4.537)
    ('10,208', '4.5')
    """
    return number(t) if abs(t) >= 10 else significant(t)


def tonnes(t: float | None) -> str:
    """Write a mass; a missing one is a dash.

    >>> tonnes(10208.2), tonnes(90_900), tonnes(4.537), tonnes(0.0)
    ('10,208 t', '90,900 t', '4.5 t', '0 t')
    """
    return NONE if t is None or math.isnan(t) else say("number.mass", n=amount(t))


def between(low: float | None, high: float | None, words: Callable[[float], str], first: Callable[[float], str] | None = None) -> str:
    """Write a range, '1 to 2 t'; first: how its lower end is written, where that differs. An open range is a dash.

    >>> between(1, 2, tonnes, amount), between(None, 2, tonnes)
    ('1 to 2 t', '–')
    """
    return NONE if low is None or high is None else say("between", low=(first or words)(low), high=words(high))


def day(value: date | str | None) -> str:
    """Write a day, month or year as the text gives it.

    >>> day(date(2025, 10, 8)), day("2025-10-28"), day("2025-10"), day("2026"), day(None)
    ('8 Oct 2025', '28 Oct 2025', 'Oct 2025', '2026', '–')
    """
    if value is None:
        return NONE
    parts = str(value)[:10].split("-")
    if len(parts) == 1:
        return say("date.year", year=parts[0])
    month = say("date.months").split(" ")[int(parts[1]) - 1]
    return (
        say("date.day", day=int(parts[2]), month=month, year=parts[0]) if len(parts) == 3 else say("date.month", month=month, year=parts[0])
    )


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
    return say("never") if number is None else say("number.weeks", n=f"{number:.0f}", day=day(week_day(start, number)))


def listed(words: Iterable[str]) -> str:
    """Join words as a sentence does.

    >>> listed(["Japan", "France", "Norway"]), listed(["Japan"])
    ('Japan, France and Norway', 'Japan')
    """
    known = list(words)
    return say("and").join([say("comma").join(known[:-1]), known[-1]]) if len(known) > 1 else "".join(known)


def plain(name: str) -> str:
    """Turn a short name into words.

    >>> plain("price_floor"), plain("in_force")
    ('Price floor', 'In force')
    """
    return name.replace("_", " ").capitalize()


def word(table: str, code: str) -> str:
    """Return the word for a code in a table of the catalogue; a code that it does not know is turned into words.

    >>> word("status", "in_force"), word("status", "half_done")
    ('In force', 'Half done')
    """
    return said(f"{table}.{code}") or plain(code)


def inside(text: str) -> str:
    """Return words as they look amid a sentence: 'Terbium oxide' becomes 'terbium oxide', 'NdPr oxide' stays.

    >>> inside("Magnet"), inside("NdFeB"), inside("EU")
    ('magnet', 'NdFeB', 'EU')
    """
    lower = say("number.inside") == "lower" and text.split(" ", maxsplit=1)[0][1:].islower()
    return text[:1].lower() + text[1:] if lower else text


def heading(text: str) -> str:
    """Return words with a capital in front."""
    return text[:1].upper() + text[1:]


def kind_of(event_type: str) -> str:
    """Return the name of a kind of event for people.

    >>> kind_of("export_control"), kind_of("order")
    ('Export control', 'Order')
    """
    return word("event", event_type)


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


def named(table: str, code: str, english: str) -> str:
    """Return the name of what a table holds, in the language that is spoken; English where that language has none.

    >>> named("scenario", "relief", "relief")
    'relief'
    """
    return names(spoken()).get(table, {}).get(code, english)


class Names:
    """Names for people of a world's actors, products, uses, stages and materials; an unknown code stays as it is."""

    def __init__(self, world: World) -> None:
        self._names = {
            table: dict(world[f"{table}s"].select(table, "name").iter_rows()) for table in ("actor", "product", "use", "stage", "material")
        }

    def _named(self, table: str, code: str, otherwise: str) -> str:
        """A name of the world's; one of its own making keeps the name that it gives."""
        return named(table, code, str(self._names[table][code])) if code in self._names[table] else otherwise

    def actor(self, code: str) -> str:
        """Return an actor's name; 'org:slug' becomes words, '*' everyone else.

        >>> Names(World({})).actor("org:mp-materials"), Names(World({})).actor("*")
        ('Mp Materials', 'everyone else')
        """
        if code == "*":
            return say("everyone")
        return self._named("actor", code, code[4:].replace("-", " ").title() if code.startswith("org:") else code)

    def short(self, code: str) -> str:
        """Return an actor's name for a chart: 'Rest of the world' becomes 'Others'."""
        return say("others") if code == "ROW" else self.actor(code)

    def product(self, code: str) -> str:
        """Return a product's name with symbols for long elements.

        >>> Names(World({})).product("ndfeb_magnet")
        'ndfeb_magnet'
        """
        return self._named("product", code, code).replace("Neodymium-praseodymium", "NdPr")

    def inside(self, product: str) -> str:
        """Return a product's name for the middle of a sentence: 'Terbium oxide' becomes 'terbium oxide', 'NdPr oxide' stays.

        >>> Names(World({})).inside("Magnet"), Names(World({})).inside("NdFeB")
        ('magnet', 'NdFeB')
        """
        return inside(self.product(product))

    def use(self, code: str) -> str:
        """Return a final use's name."""
        return self._named("use", code, plain(code))

    def use_of(self, use: str, product: str, main: str) -> str:
        """Return a use's name, with the product where it is not the main one (oxides outside magnets)."""
        return self.use(use) if product == main else say("stress.outside", product=self.product(product), use=inside(self.use(use)))

    def stage(self, code: str) -> str:
        """Return a stage's name."""
        return self._named("stage", code, plain(code))

    def material(self, code: str) -> str:
        """Return a material's name."""
        return self._named("material", code, plain(code))

    def actors_of(self, event: dict[str, Any]) -> str:
        """Return an event's actors as words, each once."""
        return listed(dict.fromkeys(self.actor(actor["id"]) for actor in event.get("actors", [])))
