"""docs/sensitivity.md: which figures the results of the example brief hang on, and whether bands hold what was recorded of past controls.

    python bench/sensitivity.py docs [POINTS]

Minutes on two cores: some ten thousand runs of the weekly model.
"""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from ytterby.core.grid import Floats
from ytterby.core.scenario import Scenario
from ytterby.core.world import World, load_world
from ytterby.data.rebuild import as_of
from ytterby.dynamics.draws import sobol
from ytterby.dynamics.episodes import EPISODES, Episode, load_observed, replay
from ytterby.dynamics.risk import at_risk
from ytterby.dynamics.scenarios import scenarios
from ytterby.dynamics.sensitivity import sensitivity
from ytterby.dynamics.simulate import stress
from ytterby.dynamics.uncertain import RECYCLING, at, ranged, uncertain
from ytterby.reading.article import load_articles
from ytterby.reading.reader import read_article
from ytterby.show.palette import LIGHT

ROOT = Path(__file__).parents[1]
ARTICLE, FOLDER = ROOT / "examples" / "usa-japan-2025-10-28.en.txt", ROOT / "examples" / "episodes"
ALLIES = ("USA", "JPN")
WEEKS, POINTS, DRAWS, SEED = 104, 128, 128, 0
LOST, DEFENCE, MAGNETS, STOP = "USD lost, all uses", "USD lost, defence", "t of magnets missing", "weeks to the first stop"
RESULTS = (LOST, DEFENCE, MAGNETS, STOP)
SUM = "exports of magnets, April to October 2025, t"
MONTHS = [f"2025-{month:02d}" for month in range(4, 11)]
HEAD = """# What the results hang on

Written by `python bench/sensitivity.py docs` ({points} points, {runs:,} runs of the weekly model for the indices). Sobol' indices of the
example brief's scenario "status quo" for the USA and Japan together, and of the replay of 2025 ([episodes](episodes.md)); then a count of
how often bands held what was recorded.

The **first** index of a figure is the part of a result's variance that goes if that figure alone becomes known; the **total** index is
the part that stays if all others become known. A total near 0: the figure does not matter for this result. In brackets: 90 % bands by
bootstrap over the points. Estimates a little below 0, and totals above 1, are their own error: few draws lose much, most nothing.
`ytterby.dynamics.sensitivity` takes any function.

Varied, each over its range in the tables, triangular and independent of the others: figures of the licence (`share`, `delay_days`,
`denied`), the parameters that this run uses, all stocks together (`stocks`), all values of a missing tonne together (`values`). Not varied:
what has no range in the tables (idle capacity that can be called on, loss by an input that is not essential), prices and recycling (off),
the rule of rationing, and the base year's flows, many of which are estimates. So these are shares of the uncertainty that the tables admit,
not of all there is. Defence and all uses have nearly the same indices, because all uses of a country go short alike in the model.
"""
RECYCLED = """## Recycling

Off in a normal run: its rate is 0, with a range up to one half in the table `parameters`. Drawn over that range with all the rest
({draws} runs each), the results are:

| result | 5th, 50th, 95th percentile | with recycling drawn too |
|---|---|---|
"""
HELD = """## Do the bands hold what was recorded?

Each past control again, {draws} times with all figures drawn at once from the same ranges (a licence's figures: the range of the table
`parameters` about the episode's own). Counted: months in which the record lies between the 5th and the 95th percentile. A band that means
what it says would hold nine of ten.

| episode | months | held | record above | record below | width of the band, part of its middle |
|---|---|---|---|---|---|
"""
TAIL = """
Bands that hold far fewer than nine of ten are too narrow: they know the ranges of the figures and nothing of what the model leaves out
(announcements, destinations, seasons, quotas used up early). So read a band of a stress test as the least that is uncertain. The records
of 2010 stand here twice, under two readings of what happened. The months of 2025 from April to June are no independent test: the licence's
share and delay were read off them.
"""


def headline(world: World, scenario: Scenario, names: Sequence[str], quantiles: Floats) -> list[float]:
    """The results of one run for the allies; a use that never stops counts as the run's length."""
    place, future = at(world, scenario, dict(zip(names, quantiles.tolist(), strict=True)))
    stops = stress(place, future, weeks=WEEKS).stops.filter(pl.col("actor").is_in(ALLIES))
    risk = at_risk(stops, place)
    defence = risk.filter(pl.col("priority") == "defence")["usd"].sum()
    missing = stops.filter(pl.col("product") == "ndfeb_magnet")["lost"].sum()
    first = stops["weeks"].min()
    return [float(risk["usd"].sum()), float(defence), float(missing), WEEKS if first is None else float(first)]  # type: ignore[arg-type]


def replayed(episode: Episode, world: World, observed: pl.DataFrame, names: Sequence[str], quantiles: Floats) -> pl.DataFrame:
    """The months of an episode with its figures at some quantiles."""
    given = dict(zip(names, quantiles.tolist(), strict=True))

    def change(place: World, scenario: Scenario) -> tuple[World, Scenario]:
        place = roomy(place, world)
        return at(place, ranged(place, scenario), given)

    return replay(episode, world, FOLDER, observed, change)[0]


def roomy(place: World, world: World) -> World:
    """A small world of its own takes the embedded world's parameters and range of stocks, half to twice."""
    if place["parameters"].height:
        return place
    stocks = place["stocks"].with_columns(low=pl.col("days") / 2.0, high=pl.col("days") * 2.0)
    return place.with_tables({"parameters": world["parameters"], "stocks": stocks})


def moving(episode: Episode, world: World, observed: pl.DataFrame) -> list[str]:
    """What has a range in an episode and can move its trade."""
    found: list[str] = []

    def look(place: World, scenario: Scenario) -> tuple[World, Scenario]:
        place = roomy(place, world)
        found.extend(uncertain(place, ranged(place, scenario)))
        return place, scenario

    replay(episode, world, FOLDER, observed, look)
    return [name for name in found if name != "values"]


def coverage(episode: Episode, world: World, observed: pl.DataFrame) -> tuple[int, int, int, int, float]:
    """Months recorded, held, recorded above and below the band of DRAWS runs, and the median width of the band over its middle."""
    names = moving(episode, world, observed)
    points = sobol(len(names), 0, DRAWS, SEED)
    tables = [replayed(episode, world, observed, names, point) for point in points]
    known = tables[0]["observed"].is_not_null()
    record = tables[0]["observed"].filter(known).to_numpy()
    low, middle, high = np.quantile([table["simulated"].filter(known).to_numpy() for table in tables], (0.05, 0.5, 0.95), axis=0)
    above, below = int((record > high).sum()), int((record < low).sum())
    width = float(np.median((high - low)[middle > 0.0] / middle[middle > 0.0]))
    return len(record), len(record) - above - below, above, below, width


def section(table: pl.DataFrame, title: str) -> str:
    """The indices of a result, the largest total first; below 0.005 in one line."""
    rows = table.sort("total", "name", descending=[True, False])
    lines = [f"## {title}", "", "| figure | first | total |", "|---|---|---|"]
    small = [name for name, total in rows.select("name", "total").iter_rows() if abs(total) < 0.005]
    for row in rows.filter(~pl.col("name").is_in(small)).iter_rows(named=True):
        cells = [f"{row[kind]:.2f} ({row[f'{kind}_low']:.2f} to {row[f'{kind}_high']:.2f})" for kind in ("first", "total")]
        lines.append(f"| {row['name']} | {cells[0]} | {cells[1]} |")
    return "\n".join([*lines, "", f"Total below 0.005: {', '.join(small) or 'none'}.", ""])


def chart(table: pl.DataFrame, results: Sequence[str]) -> str:
    """An SVG of total indices: a panel for each result, a bar for each figure that counts for one of them, a line for its band."""
    top = table.group_by("name").agg(pl.col("total").max()).filter(pl.col("total") >= 0.02).sort("total", "name", descending=[True, False])
    names = top["name"].to_list()
    wide, row, left = 200, 20, 120
    width, height = left + wide * len(results), 40 + row * len(names)
    style = f'font-family="sans-serif" font-size="11" fill="{LIGHT["ink"]}"'
    scale = (wide - 30) / max(1.0, *table["total_high"].drop_nulls().to_list())
    shapes = [f'<text x="{left - 8}" y="{44 + row * at}" text-anchor="end" {style}>{name}</text>' for at, name in enumerate(names)]
    for panel, result in enumerate(results):
        begin = left + wide * panel
        shapes.append(f'<text x="{begin}" y="18" {style}>{result}</text>')
        whole = begin + scale
        shapes.append(f'<path d="M{whole:.1f} 28V{height}" stroke="{LIGHT["line"]}" stroke-dasharray="4 4"/>')
        found = {line["name"]: line for line in table.filter(pl.col("result") == result).iter_rows(named=True)}
        for at_row, name in enumerate(names):
            low, value, high = (max(0.0, found[name][key]) * scale for key in ("total_low", "total", "total_high"))
            y = 33 + row * at_row
            shapes.append(f'<rect x="{begin}" y="{y}" width="{value:.1f}" height="14" fill="{LIGHT["ally_soft"]}"/>')
            shapes.append(f'<path d="M{begin + low:.1f} {y + 7}H{begin + high:.1f}" stroke="{LIGHT["dominant"]}" stroke-width="2"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="Total Sobol indices by figure">'
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="{LIGHT["ground"]}"/>', *shapes, "</svg>", ""])


def brief_results(points: int) -> tuple[pl.DataFrame, str]:
    """Indices of the example brief's first scenario, and the table of results with and without recycling."""
    document = load_articles([ARTICLE])[0]
    assert document.published is not None
    world = as_of(load_world(), document.published)
    future = scenarios(read_article(document).events, world, document.published)[0]
    names = uncertain(world, future)
    table = sensitivity(partial(headline, world, future, names), names, RESULTS, points, SEED)
    lines, spreads = [], []
    for drawn in (names, [*names, *RECYCLING]):
        found = [headline(world, future, drawn, point) for point in sobol(len(drawn), 0, DRAWS, SEED)]
        spreads.append(np.quantile(found, (0.05, 0.5, 0.95), axis=0).T)
    for result, *both in zip(RESULTS, *spreads, strict=True):
        lines.append(
            f"| {result} | " + " | ".join("; ".join(f"{float(f'{value:.3g}'):,.0f}" for value in spread) for spread in both) + " |"
        )
    return table, RECYCLED.format(draws=DRAWS) + "\n".join(lines) + "\n"


def magnet_results(world: World, observed: pl.DataFrame, points: int) -> pl.DataFrame:
    """Indices of the sum of the magnet episode."""
    names = moving(EPISODES[0], world, observed)

    def total(quantiles: Floats) -> list[float]:
        months = replayed(EPISODES[0], world, observed, names, quantiles)
        return [float(months.filter(pl.col("month").is_in(MONTHS))["simulated"].sum())]

    return sensitivity(total, names, [SUM], points, SEED)


def main(docs: str, points: int = POINTS) -> None:
    """Write the page and its chart into a folder."""
    world, observed = load_world(), load_observed(FOLDER)
    brief, recycled = brief_results(points)
    magnets = magnet_results(world, observed, points)
    runs = sum(points * (table.filter(pl.col("result") == table["result"][0]).height + 2) for table in (brief, magnets))
    parts = [
        HEAD.format(points=points, runs=runs),
        "![Total indices by figure and result](sensitivity.svg)\n\nBars: total indices, the dashes stand at 1. Lines: their bands.\n",
    ]
    parts += [section(table, result) for result, table in zip(RESULTS, brief.partition_by("result", maintain_order=True), strict=True)]
    parts += [section(magnets, SUM), recycled]
    lines, count = [], np.zeros(4, dtype=int)
    for episode, row in zip(EPISODES, map(partial(coverage, world=world, observed=observed), EPISODES), strict=True):
        months, held, above, below, width = row
        count += row[:4]
        lines.append(f"| {episode.title} | {months} | {held} | {above} | {below} | {width:.0%} |")
    lines.append("| all | " + " | ".join(str(number) for number in count) + " | |")
    parts += [HELD.format(draws=DRAWS) + "\n".join(lines) + "\n" + TAIL]
    (Path(docs) / "sensitivity.md").write_text("\n".join(parts), encoding="utf-8")
    (Path(docs) / "sensitivity.svg").write_text(chart(brief, RESULTS), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
