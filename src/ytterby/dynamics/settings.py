"""The dynamic model's parameters: the world's table `parameters`, or the documented default of a world without it."""

import math
from dataclasses import dataclass

import polars as pl

from ytterby.core.scenario import Range
from ytterby.core.world import World
from ytterby.errors import InputError

DEFAULTS: dict[str, tuple[Range, str, str]] = {
    "transit_weeks": ((5.0, 5.0, 5.0), "week", "Time between shipment abroad and use"),
    "domestic_weeks": ((1.0, 1.0, 1.0), "week", "The same at home (at least 1: what is made in a week is used in the next)"),
    "order_weeks": ((6.0, 6.0, 6.0), "week", "Time tau_k in which a stock is brought back to its normal cover"),
    "reroute_weeks": ((13.0, 13.0, 13.0), "week", "Time tau_r in which orders move to other suppliers"),
    "spare_share": ((1.0, 1.0, 1.0), "1", "Share of idle capacity that can be called on"),
    # CLEPA, 2025: 25 % of European applications granted after 61 days, 60 % after 87: mean 80, standard deviation 28 days.
    "licence_stages": ((5.0, 5.0, 5.0), "1", "Compartments of the licence queue (as many as the delay has weeks: a fixed delay)"),
    "nonessential_loss": ((0.5, 0.5, 0.5), "1", "Output lost when an input that is not essential is missing altogether"),
    "release_cover": ((0.5, 0.5, 0.5), "1", "Government stock flows once industry's cover falls under this share of normal"),
    "defence_first": ((0.0, 0.0, 0.0), "1", "1: in a shortage defence uses take from the other uses of their country"),
    "transshipment_share": ((0.0, 0.0, 0.0), "1", "Share of banned trade that comes through third countries"),
    "transshipment_weeks": ((0.0, 0.0, 0.0), "week", "Weeks by which trade through third countries takes longer"),
    "transshipment_premium": ((0.0, 0.0, 0.0), "1", "Part of the price by which trade through third countries is dearer"),
    "rationing": ((0.0, 0.0, 0.0), "1", "Too little is shared 0: by base flow, 1: home, 2: defence, 3: contracts, 4: small orders first"),
    "release_weeks": ((1.0, 1.0, 1.0), "week", "A government stock gives at most this part of itself a week (1 / weeks)"),
    "price_unmet": ((0.0, 0.0, 0.0), "1/week", "Rise of the log price a week for each share of need that is unmet (0: no prices)"),
    "price_cover": ((0.0, 0.0, 0.0), "1/week", "Rise of the log price a week for each share of normal stock that is missing"),
    "demand_elasticity": ((0.0, 0.0, 0.0), "1", "Change of final demand with price, per cent for a per cent"),
    "supply_elasticity": ((0.0, 0.0, 0.0), "1", "Idle capacity by price, per cent for a per cent (0: all of it at any price)"),
    "expansion_share": ((0.0, 0.0, 0.0), "1", "New capacity, as a share of old, that is built once the price passes expansion_price"),
    "expansion_price": ((2.0, 2.0, 2.0), "1", "Price, in multiples of the base year's, at which new capacity is begun"),
    "recycling_rate": ((0.0, 0.0, 0.0), "1", "Share of what is scrapped that is collected beyond the base year's"),
    "recycling_yield": ((0.9, 0.9, 0.9), "1", "Share of collected scrap that comes back as product"),
    "recycling_years": ((10.0, 10.0, 10.0), "a", "Mean time in use before a good is scrapped"),
    "recycling_capacity": ((1.0, 1.0, 1.0), "1", "Most scrap that can be taken in, as a share of base need"),
    "new_scrap": ((0.0, 0.0, 0.0), "1", "Share of an input that a process returns as scrap to itself a week later, beyond the base year's"),
    "armington_elasticity": ((3.0, 3.0, 3.0), "1", "How strongly orders turn away from a supplier under a tariff"),
    "licence_share": ((0.5, 0.75, 0.95), "1", "Share of trade under licence where a measure gives none"),
    "licence_delay_days": ((45.0, 63.0, 90.0), "d", "Mean time to a licence where a measure gives none"),
    "licence_denied": ((0.0, 0.05, 0.25), "1", "Share of applications refused where a measure gives none"),
    "quota_share": ((0.5, 0.7, 0.9), "1", "Quota as a share of the base flow where a measure gives none"),
    "tariff_rate": ((0.1, 0.25, 0.5), "1", "Rate of a tariff where none is given"),
    "outage_severity": ((-0.8, -0.5, -0.2), "1", "Change of capacity in an outage where none is given"),
    "outage_weeks": ((26.0, 26.0, 26.0), "week", "Length of an outage where none is given"),
    "relief_weeks": ((1.0, 4.0, 12.0), "week", "Weeks from a meeting to a relief that it brings"),
    "escalation_share": ((0.75, 0.95, 1.0), "1", "Share of trade under licence when a conflict sharpens"),
    "escalation_denied": ((0.1, 0.3, 0.6), "1", "Share of applications refused when a conflict sharpens"),
    "weight_status_quo": ((0.5, 0.5, 0.5), "1", "Weight of the scenario in which measures in force go on"),
    "weight_relief": ((0.35, 0.35, 0.35), "1", "Weight of the scenario in which a planned meeting brings relief"),
    "weight_escalation": ((0.15, 0.15, 0.15), "1", "Weight of the scenario in which threatened or announced measures take effect"),
}
"""Range, unit and meaning of each parameter for a world whose table lacks it. Basis: assumed, all of them."""

SHARE, POSITIVE = (0.0, 1.0), (0.0, math.inf)
BOUNDS = {
    "transshipment_premium": POSITIVE,
    "rationing": (0.0, 4.0),
    "price_unmet": POSITIVE,
    "price_cover": POSITIVE,
    "demand_elasticity": (-math.inf, 0.0),
    "supply_elasticity": POSITIVE,
    "expansion_share": POSITIVE,
    "expansion_price": (1.0, math.inf),
    "recycling_rate": SHARE,
    "recycling_yield": SHARE,
    "recycling_capacity": POSITIVE,
    "new_scrap": SHARE,
}
"""Where a parameter has a sign or an end."""

ASSUMED = "assumed"
"""The source named for a figure that comes from DEFAULTS."""


def parameter_range(world: World, name: str) -> Range:
    """Return (low, central, high) of a parameter: from the world's table, else its default; an unknown name is an InputError.

    >>> parameter_range(World({}), "licence_share")
    (0.5, 0.75, 0.95)
    """
    row = world["parameters"].filter(pl.col("parameter") == name)
    if row.height:
        low, value, high = row["low"][0], row["value"][0], row["high"][0]
        return (value if low is None else low, value, value if high is None else high)
    if name not in DEFAULTS:
        raise InputError(f"no parameter '{name}'", "dynamics.settings", f"known: {', '.join(DEFAULTS)}")
    return DEFAULTS[name][0]


def parameter_source(world: World, name: str) -> str:
    """Return where a parameter comes from: its row's source, or 'assumed'.

    >>> parameter_source(World({}), "licence_share")
    'assumed'
    """
    row = world["parameters"].filter(pl.col("parameter") == name)
    return str(row["source"][0]) if row.height else ASSUMED


@dataclass(frozen=True)
class Settings:
    """Central values of the parameters that rule the weekly steps; see DEFAULTS for their meaning and units."""

    transit_weeks: int
    domestic_weeks: int
    order_weeks: float
    reroute_weeks: float
    spare_share: float
    licence_stages: int
    nonessential_loss: float
    release_cover: float
    defence_first: bool
    transshipment_share: float
    armington_elasticity: float
    transshipment_weeks: int
    transshipment_premium: float
    rationing: int
    release_weeks: float
    price_unmet: float
    price_cover: float
    demand_elasticity: float
    supply_elasticity: float
    expansion_share: float
    expansion_price: float
    recycling_rate: float
    recycling_yield: float
    recycling_weeks: float
    recycling_capacity: float
    new_scrap: float

    @property
    def priced(self) -> bool:
        """Whether prices move."""
        return self.price_unmet != 0.0 or self.price_cover != 0.0

    @property
    def expands(self) -> bool:
        """Whether high prices bring new capacity."""
        return self.priced and self.expansion_share > 0.0

    @property
    def recycles(self) -> bool:
        """Whether scrap comes back beyond what the base year's flows hold."""
        return self.recycling_rate > 0.0 or self.new_scrap > 0.0


def settings(world: World) -> Settings:
    """Read the model's parameters from a world; times are at least one week, whole where they count steps.

    >>> settings(World({})).order_weeks
    6.0
    """

    def central(name: str) -> float:
        value = parameter_range(world, name)[1]
        least, most = BOUNDS.get(name, (-math.inf, math.inf))
        if not (math.isfinite(value) and least <= value <= most):
            raise InputError(f"{name} is {value:g}", "table parameters", f"give a number from {least:g} to {most:g}")
        return value

    return Settings(
        transit_weeks=max(1, round(central("transit_weeks"))),
        domestic_weeks=max(1, round(central("domestic_weeks"))),
        order_weeks=max(1.0, central("order_weeks")),
        reroute_weeks=max(1.0, central("reroute_weeks")),
        spare_share=central("spare_share"),
        licence_stages=max(1, round(central("licence_stages"))),
        nonessential_loss=central("nonessential_loss"),
        release_cover=central("release_cover"),
        defence_first=central("defence_first") > 0.5,
        transshipment_share=central("transshipment_share"),
        armington_elasticity=central("armington_elasticity"),
        transshipment_weeks=max(0, round(central("transshipment_weeks"))),
        transshipment_premium=central("transshipment_premium"),
        rationing=round(central("rationing")),
        release_weeks=max(1.0, central("release_weeks")),
        price_unmet=central("price_unmet"),
        price_cover=central("price_cover"),
        demand_elasticity=central("demand_elasticity"),
        supply_elasticity=central("supply_elasticity"),
        expansion_share=central("expansion_share"),
        expansion_price=central("expansion_price"),
        recycling_rate=central("recycling_rate"),
        recycling_yield=central("recycling_yield"),
        recycling_weeks=max(1.0, central("recycling_years") * 365.0 / 7.0),
        recycling_capacity=central("recycling_capacity"),
        new_scrap=central("new_scrap"),
    )
