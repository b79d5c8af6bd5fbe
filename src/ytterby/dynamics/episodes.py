"""Episodes of the past, run as they were: simulated months beside those that customs recorded.

Nothing is fitted to an episode. What holds for all of them is set once, here and in the table parameters:

    base       the recorded trade of the last calendar year before the measure; the network's flows are scaled to it
    cleared    goods that customs cleared before a measure without notice go on for 9 days (the scenario files count them in)
    border     imports are recorded 2 weeks after shipment, exports at once
    idle       a producer whose capacity nobody states could make a quarter more than it does
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from ytterby.core.grid import Floats
from ytterby.core.scenario import Scenario
from ytterby.core.scope import within
from ytterby.core.world import World
from ytterby.dynamics.outcome import Outcome
from ytterby.dynamics.scenario_file import load_scenario
from ytterby.dynamics.simulate import stress

IDLE = 0.25
"""Output that a producer without a row in the table capacity could add, as a share of its own. Basis: assumed."""
BORDER_DAYS = {"exports": 0, "imports": 14}
"""Days from shipment to the record of customs. Basis: assumed."""
WEEKS = 65
YEARLY = r"^\d{4}$"


@dataclass(frozen=True)
class Episode:
    """What is compared: a scenario file, the product and exporter, and a series of observed.csv.

    importer: the country that the series is of; none: all abroad. recorded: exports or imports. base: the series that gives the yearly
    trade before the measure (of the same countries, unless another is named).
    """

    title: str
    file: str
    product: str
    exporter: str
    series: str
    recorded: str = "exports"
    importer: str | None = None
    base: str | None = None
    own_world: bool = False


EPISODES = (
    Episode("Magnets 2025, China's exports", "magnets_2025.toml", "ndfeb_magnet", "CHN", "magnets"),
    Episode("Magnets 2025, to the USA", "magnets_2025.toml", "ndfeb_magnet", "CHN", "magnets_usa", importer="USA", base="magnets"),
    Episode("Gallium 2023, China's exports", "gallium_2023.toml", "gallium_refined", "CHN", "gallium"),
    Episode("Germanium 2023, China's exports", "germanium_2023.toml", "germanium_refined", "CHN", "germanium"),
    Episode(
        "2010 as an embargo, Japan's imports",
        "rare_earths_2010_embargo.toml",
        "rare_earths",
        "CHN",
        "rare_earths_jpn",
        "imports",
        "JPN",
        own_world=True,
    ),
    Episode(
        "2010 as a quota, Japan's imports",
        "rare_earths_2010_quota.toml",
        "rare_earths",
        "CHN",
        "rare_earths_jpn",
        "imports",
        "JPN",
        own_world=True,
    ),
    Episode("2010 as an embargo, China's exports", "rare_earths_2010_embargo.toml", "rare_earths", "CHN", "rare_earths", own_world=True),
    Episode("2010 as a quota, China's exports", "rare_earths_2010_quota.toml", "rare_earths", "CHN", "rare_earths", own_world=True),
)


def load_observed(folder: Path) -> pl.DataFrame:
    """Read observed.csv of a folder: series, period (a month, or a year for the base), t, basis, source."""
    return pl.read_csv(folder / "observed.csv", schema_overrides={"period": pl.String, "t": pl.Float64})


Change = Callable[[World, Scenario], tuple[World, Scenario]]


def _as_it_was(world: World, scenario: Scenario) -> tuple[World, Scenario]:
    return world, scenario


def replay(episode: Episode, world: World, folder: Path, observed: pl.DataFrame, change: Change = _as_it_was) -> tuple[pl.DataFrame, float]:
    """Run an episode and return month, simulated and observed (t; empty where no record is at hand) of all its full months, and its base.

    The base is the t/a of this trade before the measure, as recorded (of one destination: its share of it in the model's base year).

    folder: where the scenario files are. The central case runs on the world's base year, or for 2010 on a world of two buyers.
    change: what to run in place of that world and scenario (uncertain.py: other figures within their ranges).
    """
    place = small_world(observed) if episode.own_world else with_idle(within(world, [episode.product]), episode.product, episode.exporter)
    place, scenario = change(place, load_scenario(folder / episode.file, place))
    outcome = stress(place, scenario, weeks=WEEKS)
    factor = _base(observed, episode.base or episode.series) / _yearly(outcome, episode)
    base = factor * _yearly(outcome, replace(episode, base=None))
    weekly = _shipped(outcome, episode, episode.importer) * factor
    simulated = monthly(weekly, scenario.start + datetime.timedelta(BORDER_DAYS[episode.recorded]))
    months = observed.filter((pl.col("series") == episode.series) & ~pl.col("period").str.contains(YEARLY))
    joined = simulated.join(months.select(month="period", observed="t"), on="month", how="left", validate="1:1", maintain_order="left")
    return joined, base


def _base(observed: pl.DataFrame, series: str) -> float:
    row = observed.filter((pl.col("series") == series) & pl.col("period").str.contains(YEARLY))
    return float(row["t"].item())


def _yearly(outcome: Outcome, episode: Episode) -> float:
    """The model's own base flow (t/a) of the trade that the base series counts."""
    rows = outcome.flows.filter((pl.col("product") == episode.product) & (pl.col("exporter") == episode.exporter))
    abroad = rows.filter(pl.col("importer") != episode.exporter)
    own = episode.importer is not None and episode.base is None
    return float((abroad.filter(pl.col("importer") == episode.importer) if own else abroad)["before"].sum())


def _shipped(outcome: Outcome, episode: Episode, importer: str | None) -> Floats:
    """Weekly shipments (t) of an exporter to one country, or abroad."""
    if importer is None:
        return outcome.exports(episode.product, episode.exporter)
    net = outcome.grid
    source, sink = net.node_actor[net.link_node], net.slot_actor[net.link_slot]
    kind = net.node_product[net.link_node] == net.products.index(episode.product)
    chosen = kind & (source == net.actors.index(episode.exporter)) & (sink == net.actors.index(importer))
    return np.asarray(outcome.shipped[:, chosen].sum(axis=1))


def monthly(weekly: Floats, start: datetime.date) -> pl.DataFrame:
    """Turn weekly masses from a day on into the calendar months that they fill: month, simulated.

    >>> monthly(np.full(10, 7.0), datetime.date(2025, 1, 1)).rows()
    [('2025-01', 31.0), ('2025-02', 28.0)]
    """
    days = pl.date_range(start, start + datetime.timedelta(7 * len(weekly) - 1), eager=True)
    daily = pl.DataFrame({"day": days, "simulated": np.repeat(weekly / 7.0, 7)})
    months = (
        daily.group_by(first=pl.col("day").dt.month_start(), maintain_order=True)
        .agg(pl.col("simulated").sum(), pl.len().alias("days"))
        .sort("first")
    )
    full = months.filter(pl.col("days") == pl.col("first").dt.month_end().dt.day())
    return full.select(month=pl.col("first").dt.strftime("%Y-%m"), simulated="simulated")


def with_idle(world: World, product: str, exporter: str) -> World:
    """Return the world in which a producer whose capacity nobody states could make a quarter more."""
    stated = world["capacity"].join(world["processes"].select("process", "product"), on="process", how="left", validate="m:1")
    made = world["production"].filter((pl.col("product") == product) & (pl.col("actor") == exporter) & (pl.col("year") == BASE_YEAR))
    if stated.filter((pl.col("product") == product) & (pl.col("actor") == exporter) & (pl.col("year") == BASE_YEAR)).height:
        return world
    process = world["processes"].filter(pl.col("product") == product)["process"][0]
    row = made.select(
        "year", pl.lit(process).alias("process"), "actor", pl.col("t") * (1 + IDLE), pl.lit("assumed").alias("basis"), "source"
    )
    return world.with_table("capacity", pl.concat([world["capacity"], row.select(world["capacity"].columns)]))


BASE_YEAR = 2024
"""The base year of the network (core/grid.py); in the world of 2010 it stands for 2009."""


def small_world(observed: pl.DataFrame) -> World:
    """Return a world of one product, rare earths of 2009: China ships to Japan and to all others; stocks as the embedded world assumes."""
    total, japan = _base(observed, "rare_earths"), _base(observed, "rare_earths_jpn")
    flows = {"JPN": japan, "ROW": total - japan}
    known = {"basis": ["estimated"], "source": ["observed"]}
    year = {"year": [BASE_YEAR], "product": ["rare_earths"]}
    buyers: Sequence[str] = list(flows)
    return World(
        {
            "actors": pl.DataFrame(
                {"actor": ["CHN", *buyers], "name": ["China", "Japan", "All others"], "kind": ["country", "country", "region"]}
            ),
            "materials": pl.DataFrame({"material": ["rare_earths"], "name": ["Rare earths"]}),
            "stages": pl.DataFrame({"stage": ["separation"], "place": [1], "name": ["Separation"]}),
            "products": pl.DataFrame(
                {"product": ["rare_earths"], "name": ["Rare earths"], "material": ["rare_earths"], "stage": ["separation"]}
                | {"counts": ["gross weight"], "content": [1.0]}
            ),
            "processes": pl.DataFrame(
                {
                    "process": ["rare_earths"],
                    "product": ["rare_earths"],
                    "stage": ["separation"],
                    "lead_time": [0.0],
                    "ramp": [0.0],
                    **known,
                }
            ),
            "uses": pl.DataFrame({"use": ["other"], "name": ["Other"], "priority": ["other"], **known}),
            "production": pl.DataFrame({**year, "actor": ["CHN"], "t": [total], **known}),
            "capacity": pl.DataFrame(
                {"year": [BASE_YEAR], "process": ["rare_earths"], "actor": ["CHN"], "t": [(1 + IDLE) * total], **known}
            ),
            "trade": pl.concat(
                pl.DataFrame({**year, "exporter": ["CHN"], "importer": [buyer], "t": [flows[buyer]], **known}) for buyer in buyers
            ),
            "demand": pl.concat(
                pl.DataFrame({**year, "actor": [buyer], "use": ["other"], "t": [flows[buyer]], **known}) for buyer in buyers
            ),
            "stocks": pl.DataFrame({"product": ["rare_earths"], "actor": ["ROW"], "holder": ["industry"], "days": [42.0], **known}),
        }
    )


@dataclass(frozen=True)
class Fit:
    """How an episode came out over the recorded months.

    months: month, simulated, observed, error (simulated / observed - 1; empty where nothing was recorded to divide by). total: error of the
    sum. low, back: the month of the lowest value and the first one after it above half of the base, (observed, simulated); None: not yet.
    """

    months: pl.DataFrame
    total: float
    low: tuple[str, str]
    back: tuple[str | None, str | None]


def fit(table: pl.DataFrame, base: float) -> Fit:
    """Return the errors of a replayed episode; base: t/a before the measure.

    >>> fit(pl.DataFrame({"month": ["a", "b"], "simulated": [2.0, 1.0], "observed": [1.0, 1.0]}), 12.0).total
    0.5
    """
    both = table.filter(pl.col("observed").is_not_null())
    error = pl.when(pl.col("observed") > 0).then(pl.col("simulated") / pl.col("observed") - 1.0)
    total = sum(both["simulated"]) / sum(both["observed"]) - 1.0
    low = {name: str(both.sort(name, "month")["month"][0]) for name in ("observed", "simulated")}
    back: dict[str, str | None] = {}
    for name, month in low.items():
        later = both.filter((pl.col("month") > month) & (pl.col(name) >= base / 24.0))["month"]
        back[name] = str(later[0]) if len(later) else None
    return Fit(both.with_columns(error=error), total, (low["observed"], low["simulated"]), (back["observed"], back["simulated"]))
