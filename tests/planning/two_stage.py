"""Random two-stage programs for tests and benchmarks: blocks of materials with their own plants, stocks and distinct states."""

import numpy as np
from scipy import sparse

from ytterby.planning.recourse import Block, FirstStage, TwoStage


def random_block(rng: np.random.Generator, states: int, first: int, options: int, years: int) -> Block:
    """A material: each year inflow, output of each option and use of a stock cover the need, or it is missing at a value.

    Option 0 is the stock. Columns a year: inflow, stock used, missing, output of options 1, 2, ...; rows a year: balance, built capacity;
    last row: the stock.
    """
    width, height = 2 + options, options
    need, lead = rng.uniform(50, 150), rng.integers(0, max(1, years - 1), options)
    size = rng.uniform(0.1, 0.5, options) * need
    rows, columns, place, param, slope = [], [], [], [], []
    for year in range(years):
        rows += [year * height] * width + [year * height + n for n in range(1, options)] + [years * height]
        at = year * width
        columns += [at + n for n in range(width)] + [at + 2 + n for n in range(1, options)] + [at + 1]
        for option in range(1, options):
            if year >= lead[option]:
                place.append(years * width + year * height + option)
                param.append(first + option)
                slope.append(size[option])
    place.append(years * (width + height))
    param.append(first)
    slope.append(size[0])
    matrix = sparse.csc_array((np.ones(len(rows)), (rows, columns)), shape=(years * height + 1, years * width))
    limit = np.zeros((states, years * (width + height) + 1))
    passing = np.where(rng.random((states, years)) < 0.6, 1.0, rng.uniform(0.0, 1.0, (states, years)))
    limit[:, [year * width for year in range(years)]] = need * passing
    limit[:, [year * width + n for year in range(years) for n in range(1, width)]] = np.inf
    limit[:, [years * width + year * height for year in range(years)]] = need
    cost = np.zeros((years, width))
    cost[:, 2], cost[:, 3:] = rng.uniform(0.5, 2.0) * 1.05 ** -np.arange(years), 0.01
    sense = np.zeros(years * height + 1, dtype=bool)
    sense[[year * height for year in range(years)]] = True
    return Block(
        cost=cost.ravel(),
        start=matrix.indptr.astype(np.int64),
        index=matrix.indices.astype(np.int64),
        value=matrix.data,
        at_least=sense,
        limit=limit,
        place=np.array(place),
        param=np.array(param),
        slope=np.tile(slope, (states, 1)),
    )


def random_program(
    seed: int, materials: int, scenarios: int, years: int = 3, states: int = 6, options: int = 3, risk: float = 0.5, tail: float = 0.9
) -> TwoStage:
    """A program of so many materials and scenarios; the budget pays about a third of all options."""
    rng = np.random.default_rng(seed)
    blocks = [random_block(rng, states, number * options, options, years) for number in range(materials)]
    cost = rng.uniform(1.0, 60.0, materials * options)
    chance = rng.uniform(0.5, 1.5, scenarios)
    first = FirstStage(
        cost=cost,
        low=np.zeros(len(cost)),
        high=np.ones(len(cost)),
        rows=sparse.csr_array(cost[None]),
        row_low=np.array([-np.inf]),
        row_high=np.array([cost.sum() / 3]),
        whole=np.arange(len(cost)) % options > 0,
    )
    of = rng.integers(0, states, (materials, scenarios))
    return TwoStage(first, tuple(blocks), of, chance / chance.sum(), risk, tail)
