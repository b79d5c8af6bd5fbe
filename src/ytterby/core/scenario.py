"""Shock and Scenario: what is assumed to happen, to whom, from when, how hard."""

import datetime
from dataclasses import dataclass, field

Range = tuple[float, float, float]
"""A figure with its range (low, mode, high); a fixed figure repeats itself."""


@dataclass(frozen=True)
class Shock:
    """One measure or accident.

    kind: ban | licence | quota | tariff | outage | demand | release | opening. actor: who imposes it, or where it happens.
    targets: ISO3 codes or blocs; '*' is everyone else. products: short names of the products concerned.
    start, end: first and last day (None: open). figures: the kind's own parameters, each with its range:
    share, delay_days, denied (licence); quota t/a (quota); rate (tariff); severity (outage, demand: -0.8 = 80 % less); t (release); t/a,
    lead_weeks, ramp_weeks (opening).
    event: id of the ledger's event that it follows from; source: where the figures come from (sources.source, joined by ;).
    """

    kind: str
    actor: str
    targets: tuple[str, ...]
    products: tuple[str, ...]
    start: datetime.date
    end: datetime.date | None = None
    figures: dict[str, Range] = field(default_factory=dict)
    event: str | None = None
    source: str | None = None

    def figure(self, name: str, default: float = 0.0) -> float:
        """Return the mode of a figure.

        >>> day = datetime.date(2025, 4, 4)
        >>> Shock("ban", "CHN", ("*",), ("dy_oxide",), day, figures={"share": (0.5, 0.7, 0.9)}).figure("share")
        0.7
        """
        return self.figures.get(name, (default, default, default))[1]


@dataclass(frozen=True)
class Scenario:
    """A named, weighted set of shocks; `why` says in a sentence what it stands for."""

    name: str
    start: datetime.date
    weight: float
    shocks: tuple[Shock, ...]
    why: str = ""
