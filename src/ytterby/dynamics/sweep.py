"""What if each country stopped each product: every product of the world, a scenario for each of its producers, one engine.

Products that recipes join run together in one network; products that nothing joins cannot touch each other and run apart, which changes
no result and spares their links. Each scenario is a lane of the batch: a ban on all exports of one product by one country (or an outage
of its plants), in the share (STOPPED) and for the weeks (LASTS) that the draws say; stocks are drawn too. Nothing else happens at the same
time. A country that ships nothing abroad has nothing to stop: its scenario is listed with 0 t/a stopped, and no use loses anything.
Where prices move, all buyers share one market: lanes have no inside and outside of a control.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from ytterby.core import schema
from ytterby.core.catalogue import nearest
from ytterby.core.each import Each
from ytterby.core.grid import Floats, Ints
from ytterby.core.scenario import Range, Scenario, Shock
from ytterby.core.scope import connected, within
from ytterby.core.world import World
from ytterby.core.worth import worths
from ytterby.dynamics.draws import Draws, draw
from ytterby.dynamics.folder import held, open_run, write_whole
from ytterby.dynamics.network import WEEK, Network, network
from ytterby.dynamics.outcome import YEAR, labels_of, lost, weeks_to_stop
from ytterby.dynamics.shocks import Calendar, Effect
from ytterby.dynamics.simulate import run_spans, state_of
from ytterby.dynamics.spans import spans_of
from ytterby.errors import InputError

Kind = Literal["ban", "outage"]
STOPPED: Range = (0.5, 1.0, 1.0)
"""Share of exports (ban) or of capacity (outage) that stops. Basis: assumed."""
LASTS: Range = (26.0, 52.0, 104.0)
"""Weeks that the stop lasts; the mode is the one year of the US survey (OFR 2025-1047). Basis: assumed."""
LANES = 64
"""Scenarios that run side by side."""
START = datetime.date(2025, 1, 1)
STOP = Shock("ban", "", (), (), START, figures={"passing": (1 - STOPPED[2], 1 - STOPPED[1], 1 - STOPPED[0]), "weeks": LASTS})
TEMPLATE = Scenario("sweep", START, 1.0, (STOP,))
"""What each scenario draws; where it acts is its own."""


@dataclass(frozen=True, eq=False)
class Chain:
    """Products that recipes join, in one network, and the producers whose scenarios are run."""

    world: World
    net: Network
    nodes: Ints
    kind: Kind
    weeks: int
    draws: int
    seed: int

    @property
    def parts(self) -> list[Ints]:
        """Return the producers in parts, as many whole scenarios at a time as lanes allow."""
        step = max(1, LANES // self.draws)
        return [self.nodes[first : first + step] for first in range(0, len(self.nodes), step)]

    def run(self, nodes: Ints) -> pl.DataFrame:
        """Run the scenarios of some producers side by side; returns their losses."""
        drawn, stoppable = _drawn(self), _abroad(self.net)
        parts = [drawn.part(first, min(self.draws, first + LANES)) for first in range(0, self.draws, LANES)]
        missing, stop = zip(*(_lanes(self.net, part, nodes, self.kind, self.weeks, TEMPLATE, stoppable) for part in parts), strict=True)
        labels = labels_of(TEMPLATE, self.net.grid).drop("scenario")
        usd = [(np.nan if worth is None else worth.usd) for worth in worths(self.world, labels.select("product", "use").iter_rows())]
        wanted = self.net.need[self.net.final] * min(self.weeks, YEAR)
        return _losses(self.net, nodes, labels, np.concatenate(missing, 2), np.concatenate(stop, 2), wanted, np.array(usd))


@lru_cache(maxsize=2)
def _drawn(chain: Chain) -> Draws:
    """The draws of a chain: the same for all its producers."""
    return draw(chain.world, TEMPLATE, chain.net, chain.draws, chain.seed)


@dataclass(frozen=True)
class Sweep:
    """All scenarios of a sweep.

    losses: the table sweep of schema.csv, a row for each scenario and each final use that loses in it. scenarios: chain, product,
    exporter and stopped (t/a of the base year that the measure can stop), one row each, also where nothing is lost. wanted: chain, used,
    actor and wanted (t in 52 weeks). chain: the number of the products that recipes join. weeks, draws: of each.
    """

    losses: pl.DataFrame
    scenarios: pl.DataFrame
    wanted: pl.DataFrame
    kind: Kind
    weeks: int
    draws: int


def sweep(
    world: World,
    *,
    kind: Kind = "ban",
    weeks: int = 156,
    draws: int = 1,
    seed: int = 0,
    products: Iterable[str] = (),
    folder: Path | None = None,
    about: Mapping[str, object] | None = None,
    progress: Callable[[int, int], None] | None = None,
    each: Each = map,
) -> Sweep:
    """Stop each product in each country that makes it, one at a time, and return what every use loses in the first 52 weeks.

    products: only these (and what recipes join to them); none: all. draws: of share, weeks and stocks, for each scenario; draw 0 is the
    central case. folder: keep each chain's losses there, and go on from what is kept; about: what else must be the same for that (versions,
    hashes). progress is called with (scenarios done, scenarios in all). each: what spreads the scenarios (core/each.py). Raises InputError
    for weeks or draws below 1, for an unknown kind, for products that the world does not make and for a folder that holds another run.
    """
    for name, value in (("weeks", weeks), ("draws", draws)):
        if value < 1:
            raise InputError(f"{name} is {value}", "sweep", "give 1 or more")
    if kind not in ("ban", "outage"):
        raise InputError(f"unknown kind '{kind}'", "sweep", "give ban or outage")
    wanted = _known(world, products)
    nets = [(part, network(part)) for part in components(world) if not wanted or wanted & set(part["production"]["product"])]
    nodes = [np.flatnonzero(_chosen(net, wanted)) for _, net in nets]
    if folder is not None:
        settings = {"kind": kind, "weeks": weeks, "draws": draws, "seed": seed, "products": sorted(wanted)}
        open_run(folder, "chains", {**settings, **(about or {})})
    chains = [Chain(part, net, own, kind, weeks, draws, seed) for (part, net), own in zip(nets, nodes, strict=True)]
    losses = _spread(chains, None if folder is None else folder / "chains", each, progress or (lambda _done, _total: None))
    scenarios = [
        _scenarios(net, own, kind).with_columns(chain=pl.lit(chain)) for chain, ((_, net), own) in enumerate(zip(nets, nodes, strict=True))
    ]
    wants = pl.concat([_wanted(net, weeks).with_columns(chain=pl.lit(chain)) for chain, (_, net) in enumerate(nets)])
    return Sweep(schema.require("sweep", pl.concat(losses, rechunk=True)), pl.concat(scenarios), wants, kind, weeks, draws)


def _spread(chains: Sequence[Chain], folder: Path | None, each: Each, progress: Callable[[int, int], None]) -> list[pl.DataFrame]:
    """The losses of each chain: those that the folder keeps, the others run and kept there."""
    files = [None if folder is None else folder / f"{number:03d}.parquet" for number in range(len(chains))]
    kept = [None if file is None else held(file) for file in files]
    jobs = [(number, part) for number, chain in enumerate(chains) if kept[number] is None for part in chain.parts]
    made = each(partial(_part, chains), jobs)
    total, done, losses = sum(len(chain.nodes) * chain.draws for chain in chains), 0, []
    for chain, file, table in zip(chains, files, kept, strict=True):
        tables = [pl.DataFrame(schema=SCHEMA) if table is None else table]
        for part in chain.parts:
            if table is None:
                tables.append(next(made))
            done += len(part) * chain.draws
            progress(done, total)
        losses.append(pl.concat(tables))
        if table is None and file is not None:
            write_whole(losses[-1], file)
    progress(total, total)
    return losses


def _part(chains: Sequence[Chain], job: tuple[int, Ints]) -> pl.DataFrame:
    return chains[job[0]].run(job[1])


def components(world: World) -> list[World]:
    """Return the parts of a world that no recipe joins, each with its products only.

    >>> components(World({}))
    []
    """
    moved = pl.concat([world["trade"]["product"], world["demand"]["product"]]).unique()
    left = sorted(set(world["production"]["product"]) & set(moved))
    parts = []
    while left:
        group = connected(world, left[:1])
        parts.append(within(world, group))
        left = [name for name in left if name not in group]
    return parts


def _known(world: World, products: Iterable[str]) -> set[str]:
    made = set(world["production"]["product"])
    wanted = set(products)
    for name in sorted(wanted - made):
        raise InputError(f"nobody makes '{name}' in this world", "sweep", nearest(name, made) or "see 'ytterby world show production'")
    return wanted


def _chosen(net: Network, wanted: set[str]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    chosen = [not wanted or net.grid.products[product] in wanted for product in net.grid.node_product]
    return np.array(chosen, dtype=bool)


def _scenarios(net: Network, nodes: Ints, kind: Kind) -> pl.DataFrame:
    """Each scenario's product, country and the t/a that its measure can stop."""
    stopped = net.output if kind == "outage" else net.by_node @ np.where(_abroad(net), net.flow, 0.0)
    return pl.DataFrame(
        {
            "product": [net.grid.products[number] for number in net.grid.node_product[nodes]],
            "exporter": [net.grid.actors[number] for number in net.grid.node_actor[nodes]],
            "stopped": np.asarray(stopped)[nodes] / WEEK,
        },
        schema={"product": pl.String, "exporter": pl.String, "stopped": pl.Float64},
    )


def _wanted(net: Network, weeks: int) -> pl.DataFrame:
    """What each country wants of each product used, t in the first 52 weeks."""
    labels = labels_of(Scenario("sweep", START, 1.0, ()), net.grid).select("actor", used="product")
    wanted = labels.with_columns(wanted=pl.Series(net.need[net.final] * min(weeks, YEAR)))
    return wanted.group_by("used", "actor", maintain_order=True).agg(pl.col("wanted").sum()).sort("used", "actor")


def _abroad(net: Network) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return np.asarray(net.grid.node_actor[net.grid.link_node] != net.grid.slot_actor[net.grid.link_slot])


def _lanes(
    net: Network,
    drawn: Draws,
    nodes: Ints,
    kind: Kind,
    weeks: int,
    template: Scenario,
    abroad: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
) -> tuple[Floats, Floats]:
    """Run one lane for each node and draw, at once; returns tonnes missing and weeks to stop, each (final slots, nodes, draws)."""
    count, draws = len(nodes), drawn.cover.shape[1]
    lanes = drawn.taken(np.tile(np.arange(draws), count))
    passing, owner = lanes.figures[0]["passing"], np.repeat(nodes, draws)
    calendar = Calendar(template.start, weeks, count * draws)
    active = np.ones(weeks)
    if kind == "ban":
        where = np.flatnonzero(abroad & np.isin(net.grid.link_node, nodes))
        effect = Effect("gate", where, active, {"factor": _own(net.grid.link_node[where], owner, passing)})
    else:
        effect = Effect("capacity", nodes, active, {"factor": _own(nodes, owner, passing)})
    nothing = np.zeros(0, dtype=np.int64)
    spans = spans_of(template, lanes, [effect], net, nothing, calendar)
    run = run_spans(net, state_of(net, lanes, nothing), spans)
    shape = (len(net.final), count, draws)
    return lost(run.wanted, run.got).reshape(shape), weeks_to_stop(run.wanted, run.got).reshape(shape)


def _own(nodes: Ints, owner: Ints, passing: Floats) -> Floats:
    """What passes at each place (of a node) in each lane: all of it but in the node's own lanes."""
    return np.where(nodes[:, None] == owner[None, :], passing[None, :], 1.0)


def _losses(net: Network, nodes: Ints, labels: pl.DataFrame, missing: Floats, stop: Floats, wanted: Floats, usd: Floats) -> pl.DataFrame:
    """The rows of the table sweep: each node's scenario, each final use that loses more than rounding in any draw."""
    low, middle, high = np.maximum(0.0, np.quantile(missing, (0.05, 0.5, 0.95), axis=2))
    weeks = np.quantile(stop, 0.5, axis=2, method="higher")
    slot, number = np.nonzero(high > 1e-6 * wanted[:, None])
    at = (slot, number)
    node = nodes[number]
    frame = pl.DataFrame(
        {
            "product": [net.grid.products[one] for one in net.grid.node_product[node]],
            "exporter": [net.grid.actors[one] for one in net.grid.node_actor[node]],
            "used": labels["product"].gather(slot),
            "actor": labels["actor"].gather(slot),
            "use": labels["use"].gather(slot),
            "weeks": pl.Series([None if week == np.inf else week for week in weeks[at]], dtype=pl.Float64),
            "lost": middle[at],
            "lost_low": low[at],
            "lost_high": high[at],
            "wanted": wanted[slot],
            **{
                name: pl.Series(values[at] * usd[slot]).fill_nan(None)
                for name, values in (("usd", middle), ("usd_low", low), ("usd_high", high))
            },
        },
        schema=SCHEMA,
    )
    return frame.sort("product", "exporter", "used", "actor", "use")


SCHEMA = {
    **dict.fromkeys(("product", "exporter", "used", "actor", "use"), pl.String),
    **dict.fromkeys(("weeks", "lost", "lost_low", "lost_high", "wanted", "usd", "usd_low", "usd_high"), pl.Float64),
}
