"""The plan: a large synthetic program, the extensive form and linopy on a small one, growth, and the real world with every option.

    python -m bench.secure [--peer PYTHON_WITH_LINOPY] [--quick]

Every part runs in a process of its own (wall seconds, peak memory); compare only figures of one run. The large program: 60 materials,
10 years, 1,000 scenarios, 81 states a material, to a certified gap of 0.1 %. The small one: 5 materials, 100 scenarios, solved three
times: here, as one linear program in HiGHS, and, if a Python with linopy is named, as linopy writes it. The example brief: entire (as
small programs are solved) and in parts. Growth: seconds by materials and
by scenarios, as a slope in logarithms (1 is linear).
"""

import math
import subprocess
import sys
import time
from pathlib import Path

from bench.rows import Row, asked, tell
from tests.planning.two_stage import random_program
from ytterby.planning.lshaped import LShaped
from ytterby.planning.recourse import TwoStage, extensive
from ytterby.planning.solver import Solver

YEARS, STATES, OPTIONS = 10, 81, 8
GAP = 1e-3
GROWTH = {"materials": [(5, 100), (15, 100), (60, 100)], "scenarios": [(15, 100), (15, 300), (15, 1000), (15, 3000)]}


def synthetic(materials: int, scenarios: int) -> TwoStage:
    return random_program(1, materials, scenarios, years=YEARS, states=min(STATES, scenarios), options=OPTIONS)


def here(materials: int, scenarios: int, gap: float) -> str:
    found = LShaped(synthetic(materials, scenarios)).minimise(gap=gap)
    return f"{found.upper:.6f} {found.gap:.1e}"


def whole(materials: int, scenarios: int) -> str:
    return f"{Solver(extensive(synthetic(materials, scenarios))).solve().objective:.6f} 0"


def real(draws: int, allies: str = "USA,JPN,AUS,CAN,KOR,FRA") -> str:
    import datetime

    from ytterby.core.scenario import Scenario, Shock
    from ytterby.core.world import load_world
    from ytterby.planning.plan import plan

    world = load_world()
    day = datetime.date(2026, 1, 1)
    made = set(world["production"]["product"]) & set(world["trade"]["product"])
    figures = {"share": (0.5, 0.75, 0.95), "delay_days": (45.0, 63.0, 90.0), "denied": (0.05, 0.25, 0.6)}
    shocks = tuple(Shock("licence", "CHN", ("*",), (product,), day, None, figures) for product in sorted(made))
    found = plan(world, [Scenario("controls on everything", day, 1.0, shocks)], 2e10, allies, draws=draws)
    return f"{found.spent + found.cost_after:.0f} {found.gap:.1e} {found.options.height} options {found.partners.height} partners"


def example(draws: int, entirely: bool) -> str:
    """The example brief's program, entire or in parts: seconds and optimum."""
    from ytterby.core.world import load_world
    from ytterby.data.rebuild import as_of
    from ytterby.dynamics.scenarios import scenarios
    from ytterby.planning.case import case, horizon
    from ytterby.planning.entire import Entire
    from ytterby.planning.problem import build
    from ytterby.reading.article import load_articles
    from ytterby.reading.reader import read_article

    document = load_articles([Path(__file__).parents[1] / "examples" / "usa-japan-2025-10-28.en.txt"])[0]
    assert document.published is not None
    world = as_of(load_world(), document.published)
    futures = scenarios(read_article(document).events, world, document.published)
    allies = frozenset({"JPN", "USA"})
    program = build(case(world, futures, allies, horizon(futures), 0.5, 0.95, None, draws, 0)[0], allies, 5e9).program
    begin = time.perf_counter()
    least = Entire(program).solve()[1] if entirely else LShaped(program).minimise().upper
    return f"{time.perf_counter() - begin:.2f} {least:.6f} {len(program.chance) * sum(len(block.cost) for block in program.blocks)}"


def run(task: str) -> tuple[float, float, str]:
    """Run a task of this file in a new process: seconds, peak memory in GB, what it prints."""
    code = f"import time, resource\nfrom bench.secure import *\nbegin = time.perf_counter()\nprint({task})\n"
    code += "print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)"
    root = Path(__file__).parents[1]
    lines = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout.splitlines()
    seconds, memory = (float(word) for word in lines[1].split())
    return seconds, memory, lines[0]


def by_linopy(python: str) -> tuple[float, str]:
    """Seconds that linopy takes from arrays to the optimum, and the optimum."""
    script = Path(__file__).with_name("secure_linopy.py")
    found = subprocess.run([python, str(script)], input=_arrays(), capture_output=True, check=True).stdout.decode().split()
    return float(found[-1]), found[-2]


def _arrays() -> bytes:
    """The small program as the arrays that secure_linopy.py reads."""
    import io

    import numpy as np

    problem = synthetic(5, 100)
    file = io.BytesIO()
    parts: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {
        "cost": problem.first.cost,
        "budget": problem.first.row_high,
        "chance": problem.chance,
        "risk": np.array([problem.risk, problem.tail]),
        "shape": np.array([len(problem.blocks), YEARS, OPTIONS], dtype=float),
    }
    width = YEARS * (2 + OPTIONS)
    for number, (block, of) in enumerate(zip(problem.blocks, problem.of, strict=True)):
        limit = block.limit[of]
        built = np.zeros((YEARS, OPTIONS))
        for place, param, size in zip(block.place, block.param, block.slope[0], strict=True):
            if param % OPTIONS:
                built[(place - width) // OPTIONS, param % OPTIONS] = size
        parts |= {
            f"inflow{number}": limit[:, : width : 2 + OPTIONS],
            f"need{number}": limit[:, width : width + YEARS * OPTIONS : OPTIONS],
            f"built{number}": built,
            f"stock{number}": block.slope[0][-1:],
            f"value{number}": block.cost.reshape(YEARS, -1),
        }
    np.savez(file, **parts)  # type: ignore[arg-type]
    return file.getvalue()


def growth(sizes: list[tuple[int, int]]) -> float:
    """Print seconds for each size and return the slope between the first and the last."""
    taken = []
    for materials, scenarios in sizes:
        seconds, memory, _ = run(f"here({materials}, {scenarios}, GAP)")
        taken.append(seconds)
        print(
            f"  {materials:3d} materials x {scenarios:5d} scenarios: {seconds:7.2f} s, {memory:.2f} GB {'#' * max(1, round(4 * seconds))}"
        )
    grown = sizes[-1][0] * sizes[-1][1] / (sizes[0][0] * sizes[0][1])
    return math.log(taken[-1] / taken[0]) / math.log(grown)


def small(peer: str | None) -> None:
    """The small program here, as one linear program in HiGHS, and in linopy if a Python is named."""
    mine, _, text = run("here(5, 100, 1e-7)")
    theirs, _, other = run("whole(5, 100)")
    print(f"5 x 100: {mine:.2f} s ({text}); extensive form in HiGHS {theirs:.2f} s ({other}): {theirs / mine:.1f} times faster")
    slow: float | None = None
    if peer:
        slow, optimum = by_linopy(peer)
        print(f"5 x 100 in linopy: {slow:.1f} s ({optimum}): {slow / mine:.1f} times faster")
    tell(
        Row("5 materials, 100 scenarios", mine, "s", peer="extensive form in HiGHS", theirs=theirs, times=4.0),
        Row("5 materials, 100 scenarios", mine, "s", peer="linopy", theirs=slow, times=20.0),
        Row("distance from the extensive form", abs(float(text.split()[0]) / float(other.split()[0]) - 1.0), "of the optimum", limit=1e-6),
    )


def main(peer: str | None, quick: bool) -> None:
    """Print the figures."""
    materials, scenarios, draws = (6, 20, 1) if quick else (60, 1000, 200)
    seconds, memory, text = run(f"here({materials}, {scenarios}, GAP)")
    name = f"{materials} materials x 10 years x {scenarios:,} scenarios"
    print(f"{name}: {seconds:.1f} s, {memory:.2f} GB; objective and gap {text}")
    tell(
        Row(name, seconds, "s", limit=60.0),
        Row(f"memory of {name}", memory, "GB", limit=1.0),
        Row(f"certified gap of {name}", float(text.split()[1]), "of the optimum", limit=GAP),
    )
    small(peer)
    for draws_each in (1,) if quick else (4, 11, 33, 100):
        (one, best, columns), (other, same, _) = (run(f"example({draws_each}, {way})")[2].split() for way in (True, False))
        print(f"the example brief, {3 * draws_each} cases, {int(columns):,} columns: entire {one} s ({best}), in parts {other} s ({same})")
        tell(Row(f"the example brief, {3 * draws_each} cases, in parts", float(other), "s", peer="entire", theirs=float(one)))
    for kind, sizes in GROWTH.items():
        print(f"growth with {kind}")
        slope = growth([(m, s // 10) for m, s in sizes[:2]] if quick else sizes)
        print(f"  slope {slope:.2f}")
        tell(Row(f"growth with {kind} (1 is linear)", slope, "slope"))
    allies = "USA,JPN" if quick else "USA,JPN,AUS,CAN,KOR,FRA"
    seconds, memory, text = run(f"real({draws}, {allies!r})")
    name = f"the real world, all minerals and projects, {draws} draws, {allies.count(',') + 1} allies with Shapley values"
    print(f"{name}: {seconds:.1f} s, {memory:.2f} GB; {text}")
    tell(Row(name, seconds, "s", limit=60.0), Row("memory of the real world's plan", memory, "GB"))


if __name__ == "__main__":
    begin = time.perf_counter()
    options = asked(__doc__, peer="a Python that has linopy and highspy")
    main(options.peer, options.quick)
    print(f"in all {time.perf_counter() - begin:.0f} s")
