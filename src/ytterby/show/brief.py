"""Brief: everything that one run of the whole way found, as the report and the summary show it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.dynamics.outcome import Outcome
from ytterby.planning.plan import Plan
from ytterby.reading.acts import distinct
from ytterby.reading.article import Article

CONTROLS = ("ban", "licence", "quota", "tariff")


@dataclass(frozen=True)
class Brief:
    """Articles, what they tell, what follows and what to do about it.

    events, context, rejected, commitments: records of ytterby.reading; indicators: table of the schema; outcomes: one a scenario, in the
    same order; plan: None without a scenario or an ally; allies: actors of the world; run: versions, hashes, seed and options;
    explained: how each event and context fact came about.
    """

    articles: list[Article]
    events: list[dict[str, Any]]
    context: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    commitments: list[dict[str, Any]]
    scenarios: list[Scenario]
    outcomes: list[Outcome]
    indicators: pl.DataFrame
    plan: Plan | None
    world: World
    allies: tuple[str, ...]
    run: dict[str, Any]
    explained: list[dict[str, Any]] = field(default_factory=list)

    @property
    def on(self) -> date:
        """The day whose knowledge the brief stands for: when the latest article was published; without any, the world's last year."""
        published = [article.published for article in self.articles if article.published]
        return max(published) if published else date(max(self.world["production"]["year"], default=1), 1, 1)

    @property
    def acts(self) -> list[dict[str, Any]]:
        """Of all events that tell one act, in one article or in several, the one that says most; in the order of the events."""
        return distinct(self.events)

    @property
    def base_year(self) -> int:
        """The year that the models start from: that of the outcomes, else the latest with both production and demand."""
        if self.outcomes:
            return self.outcomes[0].grid.year
        years = set(self.world["production"]["year"]) & set(self.world["demand"]["year"])
        return max(years, default=self.on.year)

    def dominant(self) -> str | None:
        """Return the actor whose power over supply the report watches.

        The one that imposes most of the scenarios' controls; without controls, the one with the largest mean share of the products' output;
        None in a world without production.
        """
        imposers = Counter(shock.actor for scenario in self.scenarios for shock in scenario.shocks if shock.kind in CONTROLS)
        if imposers:
            return min(imposers, key=lambda actor: (-imposers[actor], actor))
        share = pl.col("t") / pl.col("t").sum().over("product")
        made = self.world["production"].filter((pl.col("year") == self.base_year) & (pl.col("t") > 0))
        ranking = made.with_columns(share.alias("share")).group_by("actor").agg(pl.col("share").sum())
        ranked = ranking.sort("share", "actor", descending=[True, False])
        return str(ranked["actor"][0]) if ranked.height else None
