"""The desk: the briefs that lie ready, the inputs that they can be made from again, the ledger that they feed.

A brief's id is the hash of all that it was made from, so that a permalink means the same brief on every machine. Some briefs stay in
memory; of all others the inputs are kept in the folder given with --data (or, without one, until the server stops), and the brief is
made again when somebody asks for it.
"""

import json
import re
import shutil
import tempfile
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

from ytterby import pipeline
from ytterby.core.scenario import Scenario
from ytterby.core.whole import whole, writing
from ytterby.core.world import World, load_world
from ytterby.dynamics.outcome import Outcome
from ytterby.dynamics.simulate import stress
from ytterby.errors import InputError
from ytterby.indicators.measure import measure
from ytterby.planning.plan import Plan, plan
from ytterby.reading.store import open_store
from ytterby.show.brief import Brief
from ytterby.show.language import spoken
from ytterby.show.retelling import Retelling
from ytterby.show.views.stress import scenario_name
from ytterby.web.apart import Pages, made_apart
from ytterby.web.inputs import Inputs, Text
from ytterby.web.jobs import Tell
from ytterby.web.sending import Page
from ytterby.web.what_if import changed, stocked

HELD = 6
"""Briefs in memory."""
BANDS = 200
"""Draws behind the bands of a ranking."""
QUICK = 16
"""Draws behind an answer to a slider."""
RUNS = 3
"""Quick runs of a brief in memory: two scenarios and the question asked last; one takes some 11 MB."""
LISTED = 20
"""Briefs that a list names."""


@dataclass
class Held:
    """A brief that lies ready: what its page shows, and quick answers about it. The arrays of its many draws are let go."""

    id: str
    inputs: Inputs
    brief: Brief
    pages: Pages
    runs: OrderedDict[tuple[object, ...], Outcome] = field(default_factory=OrderedDict)
    plans: dict[float, Plan] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def page(self, section: str) -> Page:
        """Return a section of the brief's page, or its report, in the language that is spoken."""
        return self.pages[spoken(), section]

    def scenario(self, name: str) -> Scenario:
        """Return a scenario by its name; an unknown one is an InputError."""
        for scenario in self.brief.scenarios:
            if scenario.name == name:
                return scenario
        raise InputError(
            f"no scenario '{name[:60]}'", "scenario", f"known: {', '.join(one.name for one in self.brief.scenarios) or 'none'}"
        )

    def run(self, scenario: str, severity: float = 1.0, delay_days: float | None = None, cover: float = 1.0) -> Outcome:
        """Return a quick run of a scenario with changed figures; the same draws for the same question."""
        key = (scenario, severity, delay_days, cover)
        with self.lock:
            if key not in self.runs:
                future = changed(self.scenario(scenario), severity, delay_days)
                self.runs[key] = _asked(stress(stocked(self.brief.world, cover), future, weeks=self.inputs.weeks, draws=QUICK))
                while len(self.runs) > RUNS:
                    self.runs.popitem(last=False)
            self.runs.move_to_end(key)
            return self.runs[key]

    def planned(self, budget: float) -> Plan:
        """Return the plan for a budget against the brief's scenarios; what partners are worth, most of the work, is left out."""
        if self.brief.plan is None:
            raise InputError("there is nothing to plan against", "plan", "a plan needs a scenario and an ally")
        with self.lock:
            if budget not in self.plans:
                self.plans[budget] = plan(self.brief.world, self.brief.scenarios, budget, self.brief.allies, partners=False)
            return self.plans[budget]


class Desk:
    """The briefs of a server; see the head of the file."""

    def __init__(self, world: World | None = None, folder: Path | None = None) -> None:
        self.world, self._given = world or load_world(), world
        self._temporary = tempfile.mkdtemp(prefix="ytterby-") if folder is None else None
        self.folder = Path(self._temporary or str(folder))
        self.kept = folder is not None
        try:
            (self.folder / "briefs").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write: {error.strerror}", str(folder), "choose another --data") from None
        self.ledger = self.folder / "ledger.db"
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._measured: dict[tuple[str, str, str | None], pl.DataFrame] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let go of what was kept for this server's life only."""
        if self._temporary:
            shutil.rmtree(self._temporary, ignore_errors=True)

    @cached_property
    def fingerprint(self) -> str:
        """What the world is: a hash of the embedded world's files, which need not be read as tables for it, or of a given world's rows."""
        if self._given is not None:
            return pipeline.fingerprint(self._given)
        digest = sha256()
        for file in sorted(resources.files("ytterby").joinpath("tables").iterdir(), key=lambda file: file.name):
            digest.update(file.name.encode() + file.read_bytes())
        return digest.hexdigest()

    def measured(self, indicator: str, actor: str, stage: str | None) -> pl.DataFrame:
        """Return an indicator of the world from one view, with bands; a question is worked out once."""
        key = (indicator, actor, stage)
        if key not in self._measured:
            frame = measure(self.world, indicator, actor=None if actor == "*" else actor, stage=stage, draws=BANDS)
            # What is kept is bounded by what can be asked: indicators x views x stages.
            self._measured[key] = frame.filter((pl.col("actor") == actor) & (pl.col("state") == "before"))
        return self._measured[key]

    def get(self, name: str) -> Held | None:
        """Return a brief that lies ready."""
        with self._lock:
            if name in self._held:
                self._held.move_to_end(name)
            return self._held.get(name)

    def inputs(self, name: str) -> Inputs | None:
        """Return the inputs that a brief of this id can be made from again, if they are known; InputError if their file is damaged."""
        path = self.folder / "briefs" / f"{name}.json"
        if not re.fullmatch("[0-9a-f]{16}", name) or not path.is_file():
            return None
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
            return Inputs(**{**given, "articles": tuple(Text(**one) for one in given["articles"]), "allies": tuple(given["allies"])})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise InputError(
                "the file of a brief is damaged", f"briefs/{path.name}", "ask for the brief again: that writes it anew"
            ) from None

    def keep(self, inputs: Inputs) -> str:
        """Write inputs down, whole or not at all; returns the brief's id."""
        name = inputs.id(self.fingerprint)
        path = self.folder / "briefs" / f"{name}.json"
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole(path) as draft:
                draft.write_text(json.dumps(asdict(inputs)), encoding="utf-8")
        return name

    def known(self) -> list[tuple[str, str]]:
        """Return id and first words of the briefs that can be opened, the latest first, at most LISTED."""
        files = sorted((self.folder / "briefs").glob("[0-9a-f]*.json"), key=lambda path: (-path.stat().st_mtime, path.stem))
        return [(path.stem, self._title(path.stem)) for path in files[:LISTED]]

    def _title(self, name: str) -> str:
        """The first words of a brief's first article; of a damaged one, that it is so: it must not hide the others."""
        try:
            inputs = self.inputs(name)
        except InputError as error:
            return str(error)
        return " ".join(inputs.articles[0].text[:160].split())[:80] if inputs and inputs.articles else ""

    def make(self, inputs: Inputs, tell: Tell) -> Held:
        """Make a brief, enter its events in the ledger, and lay it ready."""
        made, pages = made_apart(inputs, self._given, tell)
        with open_store(self.ledger, create=True) as store:
            for article in made.articles:
                store.append(article, [event for event in made.events if event["document"]["sha256"] == article.sha256])
        held = Held(inputs.id(self.fingerprint), inputs, made, pages)
        if made.plan is not None:
            held.plans[inputs.budget] = made.plan
        with self._lock:
            self._held[held.id] = held
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return held


def _asked(run: Outcome) -> Outcome:
    """A run with what an answer needs: what each use wanted and got, and when it stops."""
    return replace(run, outcome=run.outcome.clear(), flows=run.flows.clear(), stock=run.stock[:0].copy(), shipped=run.shipped[:0].copy())


def facts(held: Held) -> dict[str, Any]:
    """Return a brief in short: what the app needs to set its choices."""
    brief, again = held.brief, Retelling(held.brief.world)
    return {
        "id": held.id,
        "on": brief.on.isoformat(),
        "articles": [
            {"title": article.title or article.stem, "language": article.language, "sha256": article.sha256} for article in brief.articles
        ],
        "events": len(brief.events),
        "allies": list(brief.allies),
        "scenarios": [
            {"name": one.name, "title": scenario_name(one), "weight": one.weight, "why": again(one.why).text} for one in brief.scenarios
        ],
        "options": {name: value for name, value in asdict(held.inputs).items() if name != "articles"},
        "planned": brief.plan is not None,
        "run": brief.run,
    }
