"""Tables and charts as the report shows them: each number with the place that it comes from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ytterby.core.world import World
from ytterby.show.language import say
from ytterby.show.retelling import Told
from ytterby.show.words import estimated


@dataclass(frozen=True)
class Cell:
    """One cell: its text, the anchor that it leads to, whether it is an estimate, whether it is a number, a title, a language."""

    text: str
    href: str = ""
    est: bool = False
    number: bool = False
    title: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Table:
    """A table: the heads of its columns and its rows of cells."""

    heads: tuple[str, ...]
    rows: list[list[Cell]]
    key: str = ""


@dataclass(frozen=True)
class Select:
    """A choice above charts: its name, options (value, words) and the one to start with; its label is the message chart.NAME."""

    name: str
    options: tuple[tuple[str, str], ...]
    start: str


@dataclass(frozen=True)
class Chart:
    """A chart: figures by key (joined values of the selects), what it says, the tables behind it, its sources.

    name: its anchor. says: one sentence for those who do not see it. unit, as_of: shown below it. est: it rests on estimates.
    group: charts of one group share their choices, which stand above them; without a group a chart has its own. wide: least width.
    """

    name: str
    title: str
    says: str
    figures: Mapping[str, Any]
    tables: Sequence[Table]
    unit: str
    as_of: str
    sources: tuple[str, ...]
    est: bool = True
    selects: tuple[Select, ...] = ()
    group: str = ""
    wide: int = 0

    def about(self, key: str) -> str:
        """Return what a table or figure is about: the words of the options that its key joins."""
        parts = zip(self.selects, key.split("|"), strict=False)
        return ", ".join(dict(select.options).get(value, value) for select, value in parts)

    @property
    def start(self) -> str:
        """The key of the figure that is shown first."""
        return "|".join(select.start for select in self.selects)


@dataclass
class Citations:
    """The sources that a report has used so far, in the order of their first use."""

    world: World
    used: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = set(self.world["sources"]["source"])

    def cite(self, *names: str | None) -> tuple[str, ...]:
        """Note sources as used and return their names; 'a;b' counts as two, and what is no source of the world is left out."""
        found: dict[str, None] = {}
        for name in names:
            for part in (name or "").split(";"):
                if part in self.known:
                    found[part] = None
                    self.used.setdefault(part, len(self.used) + 1)
        return tuple(found)

    def anchor(self, *names: str | None) -> str:
        """Return the anchor of the first source, or that of the note on assumptions."""
        found = self.cite(*names)
        return f"#source-{found[0]}" if found else "#assumptions"

    def number(self, text: str, *names: str | None, basis: str | None = None) -> Cell:
        """Return a number's cell that leads to its source."""
        found = self.cite(*names)
        return Cell(text, self.anchor(*names), est=estimated(basis), number=True, title="; ".join(found) or say("chart.assumption"))


def result(text: str, href: str, est: bool = True) -> Cell:
    """Return the cell of a number that a model made; it leads to the scenario or table whose parameters made it.

    >>> result("8 %", "#scenario-relief").number
    True
    """
    return Cell(text, href, est=est, number=True, title=say("chart.of_model"))


def retold(told: Told, href: str = "") -> Cell:
    """Return the cell of a sentence of a model.

    >>> retold(Told("It has ended.", "en")).lang
    'en'
    """
    return Cell(told.text, href, lang=told.lang)


def words(*texts: str) -> list[Cell]:
    """Return cells of plain words.

    >>> [cell.text for cell in words("a", "b")]
    ['a', 'b']
    """
    return [Cell(text) for text in texts]


def slug(name: str) -> str:
    """Return a name fit for an anchor.

    >>> slug("status quo")
    'status-quo'
    """
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")


def any_estimated(bases: Iterable[str | None]) -> bool:
    """Say whether any of the bases makes the whole an estimate.

    >>> any_estimated(["measured", "assumed"])
    True
    """
    return any(estimated(basis) for basis in bases)
