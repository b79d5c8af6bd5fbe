"""Random small worlds in which everything that a plan knows is there: by-products, substitutes, scrap, stocks that decay, are bought later
or again and are lent, co-products whose surplus costs something, agreements, controls that come and go."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from tests.planning.cases import ASSUMED, scenario, with_options
from tests.worlds import Rows, table, world
from ytterby.core.scenario import Scenario
from ytterby.core.world import World
from ytterby.planning.case import case
from ytterby.planning.options import Option
from ytterby.planning.problem import Problem, build

YEARS = (2026, 2027, 2028, 2029)
ALLIES = frozenset({"JPN", "USA"})
RECIPES = (("oxide", "minor", 1.1), ("magnet", "oxide", 0.4))
STAGES = (("major", "mine"), ("minor", "mine"), ("oxide", "separation"), ("magnet", "magnet"), ("ferrite", "magnet"))


def flows(rng: np.random.Generator) -> tuple[Rows, Rows, Rows]:
    """Production, trade and demand that balance: each taker buys of each maker in proportion to what it makes."""
    uses = [("magnet", "car"), ("magnet", "radar"), ("ferrite", "toy"), ("major", "toy")]
    demand = [(product, who, use, float(rng.uniform(20, 200))) for product, use in uses for who in ("JPN", "USA", "DEU")]
    need = {(product, who): 0.0 for product, _ in STAGES for who in ("AUS", "CHN", "DEU", "JPN", "USA")}
    for product, who, _, t in demand:
        need[product, who] += t
    production, trade = list[tuple[object, ...]](), list[tuple[object, ...]]()
    for product in ("magnet", "ferrite", "oxide", "minor", "major"):
        makers = (
            {"CHN": float(rng.uniform(0.4, 0.9)), "JPN": 0.1, "AUS": 0.1} if product != "major" else {"CHN": 0.6, "AUS": 0.4, "JPN": 0.1}
        )
        total = sum(t for (name, _), t in need.items() if name == product)
        share = {who: part / sum(makers.values()) for who, part in makers.items()}
        production += [(product, who, part * total) for who, part in share.items()]
        for who, part in share.items():
            trade += [(product, who, other, part * need[product, other]) for other in need_of(need, product) if other != who]
            for main, feed, ratio in RECIPES:
                if main == product:
                    need[feed, who] += ratio * part * total
    return production, trade, demand


def need_of(need: dict[tuple[str, str], float], product: str) -> list[str]:
    return [who for (name, who), t in need.items() if name == product and t > 0]


def random_world(seed: int) -> World:
    rng = np.random.default_rng(seed)
    production, trade, demand = flows(rng)
    capacity = [(product, who, float(t) * rng.uniform(1.0, 1.5)) for product, who, t in production if who != "CHN"]  # type: ignore[arg-type]
    stocks = [
        ("magnet", "JPN", "state", float(rng.uniform(0, 90))),
        ("oxide", "ROW", "industry", 30.0),
        ("magnet", "ROW", "industry", 20.0),
    ]
    made = world(STAGES, RECIPES, production, trade, demand, stocks, capacity)
    projects = [
        ("mine", "AUS", "mine", "construction", 2026, rng.uniform(1e6, 5e7), 1),
        ("own", "JPN", "mine", "planned", 2027, rng.uniform(1e6, 5e7), 1),
        ("plant", "JPN", "separation", "construction", 2027, rng.uniform(1e6, 5e7), 1),
        ("scrapper", "USA", "magnet", "construction", 2026, rng.uniform(1e6, 5e7), 1),
    ]
    outputs = [("mine", "major", 100.0), ("mine", "minor", 20.0), ("own", "major", 300.0), ("own", "minor", 40.0), ("plant", "oxide", 30.0)]
    outputs.append(("scrapper", "magnet", 150.0))
    prices = [(product, float(rng.uniform(1e4, 8e5))) for product in ("magnet", "oxide", "minor")]
    parameters = {"stock_decay": 0.05, "stock_sharing": float(rng.uniform(0.2, 1)), "surplus_cost": float(rng.uniform(1, 5e3))}
    parameters |= {"recycling_yield": 0.9, "recycling_years": 5.0, "recycling_capacity": 1.0, "discount_rate": 0.05}
    deals = [{"option": "deal", "party": party, "share": 0.3} for party in ("AUS", "JPN")]
    made = with_options(made, projects, outputs, prices, parameters, deals)
    rate = table("parameter value low high", [("recycling_rate", 0.05, 0.0, 0.3)], unit="1", description="test", **ASSUMED)
    by_product = table("process product t_per_t", [("major", "minor", 0.3)], role="output", essential=0, **ASSUMED)
    swaps = [
        ("magnet", "car", "Other motors", 0.2, 60.0),
        ("magnet", "radar", "ferrite", 0.1, 0.0),
        ("oxide", "magnet", "Other", 0.1, 30.0),
    ]
    return (
        made.with_table("parameters", pl.concat([made["parameters"], rate], how="diagonal_relaxed"))
        .with_table("recipes", pl.concat([made["recipes"], by_product], how="diagonal_relaxed"))
        .with_table("substitution", table("product use substitute share lag", swaps, **ASSUMED))
        .with_table("contracts", table("option first_below take_or_pay", [("deal", 500.0, float(rng.uniform(0, 1)))], **ASSUMED))
        .with_table("project_feeds", table("option product", [("scrapper", "magnet")], **ASSUMED))
    )


def random_case(seed: int, budget: float | None = None) -> tuple[Problem, tuple[Option, ...]]:
    """The program of a random world: some scenarios in which each control lets pass another share each year, all in some years."""
    rng = np.random.default_rng(1000 + seed)
    names = [f"s{number}" for number in range(int(rng.integers(2, 5)))]
    cases = [scenario(name, float(rng.uniform(0.5, 2)), "magnet", "oxide", "minor", "ferrite") for name in names]
    share = {name: rng.uniform(0, 1, len(YEARS)) * (rng.random(len(YEARS)) < 0.6) for name in names}
    calm = {name: rng.random(len(YEARS)) < 0.35 for name in names}

    def available(given: World, one: Scenario, years: Sequence[int]) -> pl.DataFrame:
        part = np.where(calm[one.name], 1.0, share[one.name])
        frame = pl.DataFrame({"year": list(years), "share": part})
        hit = given["trade"].filter((pl.col("exporter") == "CHN") & pl.col("product").is_in(one.shocks[0].products))
        return hit.select("product", "exporter", "importer").join(frame, how="cross")

    made, left, _ = case(random_world(seed), cases, ALLIES, YEARS, float(rng.choice([0.0, 0.5, 2.0])), 0.7, available)
    return build(made, ALLIES, float(rng.uniform(0, 1e8)) if budget is None else budget), left
