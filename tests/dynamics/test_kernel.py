"""The compiled kernel equals model.py, whatever the world, the shock, the number of draws and threads."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings

from tests.dynamics.cases import scenario, shock, with_parameters
from tests.dynamics.test_laws import RANGED, SHOCKS, worlds
from tests.worlds import two_suppliers
from ytterby.core.scenario import Scenario, Shock
from ytterby.core.world import World
from ytterby.dynamics import compiled
from ytterby.dynamics.draws import draw
from ytterby.dynamics.model import initial_state
from ytterby.dynamics.network import network
from ytterby.dynamics.pressure import licensed_links, pressure
from ytterby.dynamics.shocks import Calendar, effect_of
from ytterby.dynamics.simulate import Run, run
from ytterby.errors import InputError, ModelError

quick = settings(max_examples=25)
FIELDS = ("wanted", "got", "stock", "shipped")


def both(base: World, future: Scenario, weeks: int = 80, draws: int = 1) -> tuple[Run, Run]:
    net = network(base)
    drawn = draw(base, future, net, draws, seed=1)
    model, kernel = (run(net, base, future, drawn, weeks, engine=engine) for engine in ("model", "kernel"))
    return model, kernel


def apart(one: Run, other: Run) -> float:
    """Largest difference, as a share of the largest value of its field."""
    gaps = [np.abs(getattr(one, name) - getattr(other, name)).max() / max(np.abs(getattr(one, name)).max(), 1e-300) for name in FIELDS]
    return float(max(gaps))


def test_the_kernel_was_built() -> None:
    assert compiled.kernel() is not None, "no compiled kernel: install a C++ compiler and run pip install again"


@quick
@given(worlds(), SHOCKS, SHOCKS)
def test_the_kernel_equals_the_model(base: World, one: Shock, other: Shock) -> None:
    assert apart(*both(base, scenario(one, other))) <= 1e-12


@settings(max_examples=5)
@given(worlds())
def test_draws_of_every_kind_of_range_are_equal_too(base: World) -> None:
    assert apart(*both(base, RANGED, weeks=120, draws=19)) <= 1e-12


def test_defence_first_and_government_stock_are_in_the_kernel() -> None:
    base = with_parameters(two_suppliers(), defence_first=1.0)
    future = scenario(shock("ban", products=("magnet",)), shock("release", actor="JPN", products=("magnet",), t=30.0))
    assert apart(*both(base, future)) <= 1e-12


@settings(max_examples=5)
@given(worlds())
def test_single_precision_is_close(base: World) -> None:
    net = network(base)
    drawn = draw(base, RANGED, net, 5, seed=2)
    effects = [effect_of(*pair, net, base, Calendar(RANGED.start, 60, 5)) for pair in zip(RANGED.shocks, drawn.figures, strict=True)]
    links = licensed_links(effects)
    force = pressure(effects, net, links, 10, 5)
    spans = [(60, force)]
    double = compiled.run(net, initial_state(net, drawn.cover, drawn.reserve, links), spans)
    single = compiled.run(net, initial_state(net, drawn.cover, drawn.reserve, links), spans, single=True)
    for exact, close in zip(double, single, strict=True):
        assert np.abs(exact - close).max() <= 1e-5 * np.abs(exact).max()


def test_neither_threads_nor_neighbours_change_a_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    base = two_suppliers()
    net = network(base)
    drawn = draw(base, RANGED, net, 37, seed=4)
    together = run(net, base, RANGED, drawn, 70, engine="kernel")
    monkeypatch.setattr(compiled, "threads", lambda: 1)
    alone = run(net, base, RANGED, drawn, 70, engine="kernel")
    part = run(net, base, RANGED, drawn.part(11, 30), 70, engine="kernel")
    for name in ("wanted", "got", "stock"):
        assert getattr(together, name).tobytes() == getattr(alone, name).tobytes()
        assert (getattr(together, name)[:, :, 11:30] == getattr(part, name)).all()


@pytest.mark.parametrize("single", [False, True])
def test_every_instruction_set_gives_the_same_bytes(single: bool) -> None:
    module, base = compiled.kernel(), two_suppliers()
    net = network(base)
    drawn = draw(base, RANGED, net, 19, seed=3)
    effects = [effect_of(*pair, net, base, Calendar(RANGED.start, 60, 19)) for pair in zip(RANGED.shocks, drawn.figures, strict=True)]
    links = licensed_links(effects)
    spans = [(60, pressure(effects, net, links, 10, 19))]
    found = []
    for name in module.instructions():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(compiled, "kernel", lambda name=name: SimpleNamespace(run=partial(module.run, set=name)))
            results = compiled.run(net, initial_state(net, drawn.cover, drawn.reserve, links), spans, single=single)
        found.append([values.tobytes() for values in results])
    assert module.instructions()[-1] == "base"
    assert all(one == found[0] for one in found)


def test_an_instruction_set_that_the_machine_lacks_is_an_error() -> None:
    base = two_suppliers()
    net = network(base)
    drawn = draw(base, scenario(), net, 1, seed=0)
    state = initial_state(net, drawn.cover, drawn.reserve, licensed_links([]))
    with pytest.MonkeyPatch.context() as patch:
        module = compiled.kernel()
        patch.setattr(compiled, "kernel", lambda: SimpleNamespace(run=partial(module.run, set="avx1024")))
        with pytest.raises(ValueError, match="avx1024"):
            compiled.run(net, state, [(1, pressure([], net, licensed_links([]), 0, 1))])


def test_a_balance_that_does_not_close_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    base = two_suppliers()
    net = network(base)
    drawn = draw(base, scenario(), net, 1, seed=0)
    monkeypatch.setitem(compiled.TOLERANCE, False, -1.0)
    with pytest.raises(ModelError, match=r"week 0: .* does not balance"):
        run(net, base, scenario(), drawn, 3, engine="kernel")


def test_a_run_in_single_precision_is_that_in_double_to_a_hundred_thousandth() -> None:
    base, future = two_suppliers(), scenario(shock("ban"))
    net = network(base)
    drawn = draw(base, future, net, 3, seed=0)
    double, single = (run(net, base, future, drawn, 60, engine=engine) for engine in ("kernel", "single"))
    gaps = [float(np.abs(getattr(double, name) - getattr(single, name)).max()) for name in FIELDS]
    # Against what is wanted: the stock of this world is nothing, so that a share of it says nothing.
    assert 0.0 < max(gaps) < 1e-5 * double.wanted.max()


def test_a_kernel_of_other_sources_is_refused_instead_of_misreading_memory() -> None:
    compiled.kernel.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "import_module", lambda _name: SimpleNamespace(interface=1, __file__="old.so"))
        with pytest.raises(InputError, match=r"older or newer than the program; old\.so; install ytterby again"):
            compiled.kernel()
    compiled.kernel.cache_clear()
    assert compiled.kernel() is not None
