"""ytterby: from a news article to a plan for the supply of critical minerals.

Tables in and out are polars frames. Names load on first use, so that `import ytterby` stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ytterby.core.scenario import Scenario, Shock
    from ytterby.core.world import World, load_world
    from ytterby.data.rebuild import as_of
    from ytterby.dynamics.scenario_file import load_scenario
    from ytterby.dynamics.scenarios import scenarios
    from ytterby.dynamics.simulate import stress
    from ytterby.errors import DataError, InputError, ModelError, YtterbyError
    from ytterby.indicators.measure import measure
    from ytterby.pipeline import brief
    from ytterby.planning.plan import plan
    from ytterby.reading.reader import read

__version__ = "0.1.0"

_HOME = {
    "DataError": "ytterby.errors",
    "InputError": "ytterby.errors",
    "ModelError": "ytterby.errors",
    "Scenario": "ytterby.core.scenario",
    "Shock": "ytterby.core.scenario",
    "World": "ytterby.core.world",
    "YtterbyError": "ytterby.errors",
    "as_of": "ytterby.data.rebuild",
    "brief": "ytterby.pipeline",
    "load_scenario": "ytterby.dynamics.scenario_file",
    "load_world": "ytterby.core.world",
    "measure": "ytterby.indicators.measure",
    "plan": "ytterby.planning.plan",
    "read": "ytterby.reading.reader",
    "scenarios": "ytterby.dynamics.scenarios",
    "stress": "ytterby.dynamics.simulate",
}

__all__ = [
    "DataError",
    "InputError",
    "ModelError",
    "Scenario",
    "Shock",
    "World",
    "YtterbyError",
    "as_of",
    "brief",
    "load_scenario",
    "load_world",
    "measure",
    "plan",
    "read",
    "scenarios",
    "stress",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'ytterby' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
