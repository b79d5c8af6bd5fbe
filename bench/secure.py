"""The plan: a large synthetic program, the extensive form and linopy on a small one, growth, and the real world with every option.

    python bench/secure.py [PYTHON_WITH_LINOPY]

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

from tests.planning.two_stage import random_program
from ytterby.planning.lshaped import LShaped
from ytterby.planning.recourse import TwoStage, extensive
from ytterby.planning.solver import Solver

YEARS, STATES, OPTIONS = 10, 81, 8
GAP = 1e-3


def synthetic(materials: int, scenarios: int) -> TwoStage:
    return random_program(1, materials, scenarios, years=YEARS, states=min(STATES, scenarios), options=OPTIONS)


def here(materials: int, scenarios: int, gap: float) -> str:
    found = LShaped(synthetic(materials, scenarios)).minimise(gap=gap)
    return f"{found.upper:.6f} {found.gap:.1e}"


def whole(materials: int, scenarios: int) -> str:
    return f"{Solver(extensive(synthetic(materials, scenarios))).solve().objective:.6f} 0"


def real(draws: int) -> str:
    import datetime

    from ytterby.core.scenario import Scenario, Shock
    from ytterby.core.world import load_world
    from ytterby.planning.plan import plan

    world = load_world()
    day = datetime.date(2026, 1, 1)
    made = set(world["production"]["product"]) & set(world["trade"]["product"])
    figures = {"share": (0.5, 0.75, 0.95), "delay_days": (45.0, 63.0, 90.0), "denied": (0.05, 0.25, 0.6)}
    shocks = tuple(Shock("licence", "CHN", ("*",), (product,), day, None, figures) for product in sorted(made))
    allies = "USA,JPN,AUS,CAN,KOR,FRA"
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
    lines = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
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


def main() -> None:
    seconds, memory, text = run("here(60, 1000, GAP)")
    print(f"60 materials x 10 years x 1,000 scenarios: {seconds:.1f} s, {memory:.2f} GB; objective and gap {text}")
    mine, _, text = run("here(5, 100, 1e-7)")
    theirs, _, other = run("whole(5, 100)")
    print(f"5 x 100: {mine:.2f} s ({text}); extensive form in HiGHS {theirs:.2f} s ({other}): {theirs / mine:.1f} times faster")
    if len(sys.argv) > 1:
        slow, optimum = by_linopy(sys.argv[1])
        print(f"5 x 100 in linopy: {slow:.1f} s ({optimum}): {slow / mine:.1f} times faster")
    for draws in (4, 11, 33, 100):
        (one, best, columns), (other, same, _) = (run(f"example({draws}, {way})")[2].split() for way in (True, False))
        print(f"the example brief, {3 * draws} cases, {int(columns):,} columns: entire {one} s ({best}), in parts {other} s ({same})")
    print("growth with materials")
    print(f"  slope {growth([(5, 100), (15, 100), (60, 100)]):.2f}")
    print("growth with scenarios")
    print(f"  slope {growth([(15, 100), (15, 300), (15, 1000), (15, 3000)]):.2f}")
    seconds, memory, text = run("real(200)")
    print(f"the real world, all minerals and projects, 200 draws, 6 allies with Shapley values: {seconds:.1f} s, {memory:.2f} GB; {text}")


if __name__ == "__main__":
    begin = time.perf_counter()
    main()
    print(f"in all {time.perf_counter() - begin:.0f} s")
