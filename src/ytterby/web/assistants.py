"""The verbs as tools for AI assistants, over the Model Context Protocol on standard input and output.

Tools only read, unless a folder was given at the start: then `save_brief` may write into it. What cannot be used is an error with one
line: what, where, remedy.
"""

import json
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import polars as pl
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

import ytterby
from ytterby import pipeline
from ytterby.core.catalogue import indicators
from ytterby.core.world import World
from ytterby.dynamics.scenario_file import dump_scenarios, parse_scenarios
from ytterby.dynamics.simulate import stress as stressed
from ytterby.errors import InputError
from ytterby.indicators.measure import measure as measured
from ytterby.planning.plan import plan as planned
from ytterby.reading.article import from_text
from ytterby.reading.reader import read_article
from ytterby.show.brief import Brief
from ytterby.show.summary import summary

INSTRUCTIONS = (
    "Supply of critical minerals: read an article into events with verbatim evidence, stress the supply chain with a scenario, plan within "
    "a budget, measure supply risk. Figures marked estimated or assumed are no measurements; missing values are missing, never 0."
)
ROWS = 200
"""Rows of a table that an answer holds at most; it says how many there are."""
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
Row = dict[str, Any]
Text = Annotated[str, Field(description="text of the article", min_length=1, max_length=1_000_000)]
Toml = Annotated[str, Field(description="scenario file in TOML", min_length=1, max_length=200_000)]
Allies = Annotated[list[str], Field(description="ISO3 codes or blocs")]
Budget = Annotated[float, Field(description="USD of 2024", ge=0, allow_inf_nan=False)]
Draws = Annotated[int, Field(ge=1, le=500)]


P = ParamSpec("P")
R = TypeVar("R")


def told(tool: Callable[P, R]) -> Callable[P, R]:
    """Let a tool tell what cannot be used; of other faults a client learns only that there was one."""

    @wraps(tool)
    def telling(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return tool(*args, **kwargs)
        except InputError as error:
            raise ToolError(str(error)) from None

    return telling


def table(frame: pl.DataFrame) -> Row:
    """Return a table for an answer: its rows, at most ROWS, and how many it has.

    >>> table(pl.DataFrame({"a": [1]}))
    {'rows': [{'a': 1}], 'of': 1}
    """
    return {"rows": json.loads(frame.head(ROWS).write_json()), "of": frame.height}


def create_server(world: World, folder: Path | None = None) -> MCPServer:
    """Return the server; folder: where briefs may be saved, nowhere by default.

    >>> create_server(World({})).name
    'ytterby'
    """
    server = MCPServer("ytterby", instructions=INSTRUCTIONS, version=ytterby.__version__)
    for add in (_reading, _models, _tables):
        add(server, world)
    if folder is not None:
        _saving(server, world, folder)
    return server


def _reading(server: MCPServer, world: World) -> None:
    @server.tool(annotations=READS)
    @told
    def read(text: Text, published: date | None = None) -> Row:
        """Read an article into events, each with the verbatim words that carry it; also what was turned away, and why."""
        reading = read_article(from_text(text, published))
        return {"events": reading.events, "context": reading.context, "rejected": reading.rejected}

    @server.tool(annotations=READS)
    @told
    def brief(text: Text, allies: Allies = [], budget: Budget = 5e9, published: date | None = None, draws: Draws = 32) -> Row:  # noqa: B006 - never changed
        """The main job: an article to events, scenarios, shortfalls and a plan, in one screen of text and tables."""
        made = _brief(world, text, allies, budget, published, draws)
        return {
            "summary": summary(made, "not written"),
            "events": made.events,
            "scenarios": dump_scenarios(made.scenarios),
            "plan": table(made.plan.options) if made.plan else None,
        }


def _brief(world: World, text: str, allies: Sequence[str], budget: float, published: date | None, draws: int) -> Brief:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "article.txt"
        path.write_text(text, encoding="utf-8", newline="")
        return pipeline.brief([path], allies=allies, budget=budget, draws=draws, published=published, world=world)


def _models(server: MCPServer, world: World) -> None:
    @server.tool(annotations=READS)
    @told
    def stress(scenario: Toml, weeks: Annotated[int, Field(ge=1, le=520)] = 156, draws: Draws = 16, actor: str | None = None) -> Row:
        """Run scenarios week by week; returns for each use when it stops and what it loses (table stops)."""
        frames = [stressed(world, future, weeks, draws).stops for future in parse_scenarios(scenario, world)]
        found = pl.concat(frames)
        if actor is not None and actor not in world["actors"]["actor"]:
            raise InputError(f"unknown actor '{actor}'", "actor", "give an ISO3 code")
        return table(found if actor is None else found.filter(pl.col("actor") == actor))

    @server.tool(annotations=READS)
    @told
    def plan(scenario: Toml, allies: Allies, budget: Budget = 5e9) -> Row:
        """Choose mines, plants, stocks and agreements against scenarios within a budget."""
        made = planned(world, parse_scenarios(scenario, world), budget, allies)
        costs = {name: getattr(made, name) for name in ("spent", "cost_before", "cost_after", "cvar_before", "cvar_after", "limits")}
        return {**costs, "options": table(made.options), "partners": table(made.partners), "bottlenecks": table(made.bottlenecks)}

    @server.tool(annotations=READS)
    @told
    def measure(
        indicator: str, product: str | None = None, material: str | None = None, actor: str | None = None, year: int | None = None
    ) -> Row:
        """Measure supply risk by one indicator (list_indicators names them), with the 5th and 95th percentile."""
        return table(measured(world, indicator, product=product, material=material, actor=actor, year=year, draws=200))


def _tables(server: MCPServer, world: World) -> None:
    @server.tool(annotations=READS)
    @told
    def list_indicators() -> list[Row]:
        """List the indicators: name, title, formula, unit, reference."""
        names = ("title", "formula", "unit", "reference")
        return [{"indicator": entry.name} | {name: getattr(entry.spec, name) for name in names} for entry in indicators().values()]

    @server.tool(annotations=READS)
    @told
    def world_table(name: str, contains: str = "") -> Row:
        """Look at a table of the world (products, production, trade, projects, sources, ...); contains: a word that a row must hold."""
        if name not in world:
            raise InputError(f"no table '{name}'", "world_table", f"known: {', '.join(world)}")
        frame = world[name]
        texts = [
            pl.col(column).str.to_lowercase().str.contains(contains.lower(), literal=True)
            for column in frame.columns
            if frame[column].dtype == pl.String
        ]
        return table(frame.filter(pl.any_horizontal(texts)) if contains and texts else frame)


def _saving(server: MCPServer, world: World, folder: Path) -> None:
    @server.tool(annotations=WRITES)
    @told
    def save_brief(
        name: Annotated[
            str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,60}$", description="folder for the brief: letters, digits, - and _")
        ],
        text: Text,
        allies: Allies = [],  # noqa: B006 - never changed
        budget: Budget = 5e9,
        published: date | None = None,
    ) -> str:
        """Make a brief and write its files into a new folder; returns the path of the report."""
        made = _brief(world, text, allies, budget, published, 200)
        return str(pipeline.save(made, folder / name))


def serve(world: World, folder: Path | None = None) -> None:
    """Serve on standard input and output until they close."""
    create_server(world, folder).run("stdio")
