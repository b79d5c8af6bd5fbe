"""Small worlds to measure: one product, makers with ranges, buyers, scores, and measures that a test gives by hand."""

import datetime
from collections.abc import Sequence
from typing import Any

import polars as pl
from hypothesis import strategies as st

from tests.worlds import SOURCE, table, world
from ytterby.core.world import World

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
    return with_scores(base.with_table("production", wide).with_table("actors", actors), scores)


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
