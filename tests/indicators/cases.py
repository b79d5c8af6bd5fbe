"""Small worlds to measure: one product, makers with ranges, buyers, scores, and measures that a test gives by hand."""

import datetime
from collections.abc import Sequence
from typing import Any

import polars as pl
from hypothesis import strategies as st

from tests.worlds import SOURCE, table, world
from ytterby.core.world import World, load_world

PUBLISHED = load_world()["published"]

DAY = datetime.date(2025, 10, 28)
ACTORS = ("CHN", "AUS", "JPN", "USA", "VNM", "DEU")
MARKETS = st.lists(st.tuples(st.floats(1.0, 1e6), st.floats(0.0, 1.0), st.floats(-2.4, 2.4)), min_size=1, max_size=len(ACTORS))
"""Makers: output (t/a), share of it that is sold abroad, governance score."""


def market(makers: Sequence[tuple[float, float, float]]) -> World:
    """One product, `magnet`; each maker sells a share to the next two actors, half and half, and uses the rest at home."""
    trade, used = [], dict.fromkeys(ACTORS, 0.0)
    for number, (output, sold, _) in enumerate(makers):
        used[ACTORS[number]] += output * (1.0 - sold)
        for step in (1, 2):
            buyer = ACTORS[(number + step) % len(ACTORS)]
            used[buyer] += output * sold / 2
            trade += [("magnet", ACTORS[number], buyer, output * sold / 2)]
    made = [("magnet", ACTORS[number], output) for number, (output, _, _) in enumerate(makers)]
    demand = [("magnet", actor, "car", t) for actor, t in used.items() if t > 0]
    stocks = [("magnet", "ROW", "industry", 40.0), ("magnet", "JPN", "industry", 60.0), ("magnet", "JPN", "state", 30.0)]
    base = world([("magnet", "magnet")], [], made, trade, demand, stocks)
    wide = base["production"].with_columns(low=pl.col("t") * 0.7, high=pl.col("t") * 1.2)
    actors = pl.concat([base["actors"], base["actors"].clear()]).vstack(_absent(base))
    scores = [(actor, makers[number][2] if number < len(makers) else 0.0) for number, actor in enumerate(ACTORS)]
    return _rich(with_scores(base.with_table("production", wide).with_table("actors", actors), scores))


def _rich(base: World) -> World:
    """What the other indicators need: the EU's factors, a price, reserves, a bloc, GDP and value added by sector."""
    names = ("recycling_input_rate", "substitution_index_risk", "substitution_index_importance")
    told = table("indicator value unit", [(names[0], 20.0, "percent"), (names[1], 0.9, "1"), (names[2], 0.8, "1")])
    published = told.with_columns(list=pl.lit("eu_2023"), name=pl.lit("Stuff"), material=pl.lit("stuff"), source=pl.lit("textbook"))
    price = table("date product usd_per_t", [(datetime.date(2024, 1, 1), "magnet", 50_000.0)], bloc="world", **SOURCE)
    reserves = table("product actor t", [("magnet", "CHN", 70.0), ("magnet", "AUS", 30.0)], year=2024, **SOURCE)
    blocs = table("bloc actor", [("G7", "JPN"), ("G7", "USA"), ("EU", "DEU")])
    wealth = [(actor, score, usd) for actor in ACTORS for score, usd in (("gdp_usd", 4e12), ("va_car", 2e11), ("va_toy", 1e11))]
    scores = pl.concat([base["scores"], World({"scores": table("actor score value", wealth, year=2024, **SOURCE)})["scores"]])
    more = {"published": published, "prices": price, "reserves": reserves, "blocs": blocs, "scores": scores}
    return World({**dict(base), **more})


def run(world: World) -> pl.DataFrame:
    """The table stops of a stress run: every use of the market loses a tenth, one of them stops."""
    demand = world["demand"].select("product", "actor", "use", "t")
    weeks = pl.when(pl.col("actor") == "JPN").then(8.0)
    lost = {f"lost{end}": pl.col("t") * part for end, part in (("", 0.1), ("_low", 0.05), ("_high", 0.3))}
    return demand.with_columns(scenario=pl.lit("ban"), weeks=weeks, low=weeks - 3.0, high=weeks + 9.0, **lost)


def _absent(base: World) -> pl.DataFrame:
    names = [name for name in ACTORS if name not in set(base["actors"]["actor"])]
    return World({"actors": pl.DataFrame({"actor": names, "name": names, "kind": ["country"] * len(names)})})["actors"]


def with_scores(base: World, scores: Sequence[tuple[str, float]]) -> World:
    """A world in which actors have a score of political stability, give or take 0.3."""
    rows = table("actor value", list(scores), year=2024, score="wgi_pv", **SOURCE)
    return base.with_table("scores", rows.with_columns(low=pl.col("value") - 0.3, high=pl.col("value") + 0.3))


def restricted(base: World, *rows: dict[str, Any]) -> World:
    """A world with restrictions; by default a licence of CHN for everyone on all that the material `stuff` stands for."""
    usual = {
        "restriction": "r1",
        "actor": "CHN",
        "target": "*",
        "kind": "licence",
        "material": "stuff",
        "announced": datetime.date(2025, 4, 4),
    }
    usual |= {"start": datetime.date(2025, 4, 4), "end": None, "known": None, "share": None, "relieves": None, **SOURCE}
    dates = {name: pl.Date() for name in ("announced", "start", "end", "known")}
    types = {**dates, "share": pl.Float64(), "relieves": pl.String()}
    return base.with_table("restrictions", pl.DataFrame([{**usual, **row} for row in rows], schema_overrides=types))


def event(kind: str = "export_control", status: str = "in_force", target: str | None = None, **more: Any) -> dict[str, Any]:
    """An event of a ledger: CHN imposes something on the material `stuff`."""
    actors = [{"id": "CHN", "role": "imposer"}] + ([{"id": target, "role": "target"}] if target else [])
    usual = {"type": kind, "status": status, "certainty": "confirmed", "actors": actors, "materials": ["stuff"], "date": None}
    return {**usual, "document": {"published": "2025-10-28"}, "effective": None, "until": None, **more}


def values(frame: pl.DataFrame, state: str = "before") -> dict[tuple[str, str], float | None]:
    """The values of one state by indicator and actor."""
    return {(row["indicator"], row["actor"]): row["value"] for row in frame.filter(pl.col("state") == state).iter_rows(named=True)}


def published(list_: str, indicator: str) -> list[tuple[str, float]]:
    """The names and values of an indicator in a published list."""
    frame = PUBLISHED.filter((pl.col("list") == list_) & (pl.col("indicator") == indicator))
    return [(str(name), float(value)) for name, value in frame.select("name", "value").iter_rows()]


def rounded(value: float, printed: float, digits: int = 1) -> bool:
    """Whether a value prints as published; the last half counts for both sides."""
    return bool(abs(value - printed) <= 0.5 * 10.0**-digits + 1e-9)
