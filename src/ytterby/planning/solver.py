"""HiGHS, and nothing else: a linear program as arrays goes in; primal values, duals and the objective come out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ytterby.errors import ModelError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

INFINITY = float("inf")


@dataclass(frozen=True)
class Program:
    """Minimise cost'x with low <= x <= high and row_low <= A x <= row_high; A is given by columns (compressed sparse columns).

    cost, low, high (columns); row_low, row_high (rows); start (columns + 1), index and value (non-zeros) as in scipy's csc_array.
    """

    cost: Floats
    low: Floats
    high: Floats
    row_low: Floats
    row_high: Floats
    start: Ints
    index: Ints
    value: Floats


@dataclass(frozen=True)
class Solution:
    """An optimum: x (columns), reduced cost (columns), dual (rows: change of the objective per unit of the row's bound), objective.

    bound: proven lower bound of the objective (a mixed-integer program stops at a small gap); pivots: simplex steps from the last basis.
    """

    x: Floats
    reduced: Floats
    dual: Floats
    objective: float
    bound: float = -INFINITY
    pivots: int = 0


class Solver:
    """One program kept in HiGHS, so that after a change of bounds the simplex starts from the last basis.

    Serial dual simplex with a fixed seed: the same program gives the same vertex on every run.

    >>> one = Program(*map(np.array, ([1.0], [0.0], [9.0], [2.0], [INFINITY], [0, 1], [0], [1.0])))
    >>> solver = Solver(one)
    >>> solver.solve().objective
    2.0
    >>> solver.bound(np.array([0]), np.array([3.0]), np.array([9.0])); solver.solve().x.tolist()
    [3.0]
    """

    def __init__(self, program: Program, presolve: bool = True) -> None:
        import highspy

        # The Python class greets on standard output, which would spoil `--format json`; the compiled class below it does not.
        self._highs: Any = highspy.Highs.__base__()
        settings: dict[str, object] = {"output_flag": False, "threads": 1, "solver": "simplex", "simplex_strategy": 1, "random_seed": 0}
        settings |= {"presolve": "choose" if presolve else "off", "mip_rel_gap": 1e-7}
        for name, value in settings.items():
            self._highs.setOptionValue(name, value)
        self._highs.passModel(_model(highspy, program))

    def bound(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Set the bounds of some columns; the basis stays."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), low.astype(float), high.astype(float))

    def bound_rows(self, rows: Ints, low: Floats, high: Floats) -> None:
        """Set the bounds of some rows; the basis stays."""
        self._highs.changeRowsBounds(len(rows), rows.astype(np.int32), low.astype(float), high.astype(float))

    def add_rows(self, low: Floats, start: Ints, index: Ints, value: Floats) -> None:
        """Add rows low <= a x, given by rows (compressed sparse rows, without the last start); the basis stays."""
        high = np.full(len(low), INFINITY)
        self._highs.addRows(
            len(low), low.astype(float), high, len(index), start.astype(np.int32), index.astype(np.int32), value.astype(float)
        )

    def drop_rows(self, rows: Ints) -> None:
        """Take rows out; those that follow move up."""
        self._highs.deleteRows(len(rows), rows.astype(np.int32))

    def whole(self, columns: Ints) -> None:
        """Let columns take whole numbers only: from now on a mixed-integer program, without duals."""
        import highspy

        kinds = np.full(len(columns), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        self._highs.changeColsIntegrality(len(columns), columns.astype(np.int32), kinds)

    def basis(self) -> Any:
        """Return the last basis, to be set again by `start_from`."""
        return self._highs.getBasis()

    def start_from(self, basis: Any) -> None:
        """Let the next solve start from a basis of this program or of another with the same rows and columns."""
        self._highs.setBasis(basis)

    def price(self, columns: Ints, cost: Floats) -> None:
        """Set the costs of some columns; the basis stays."""
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), cost.astype(float))

    def solve(self) -> Solution:
        """Return the optimum; ModelError if there is none (the plan's program always has one: doing nothing is feasible)."""
        status = self._run()
        if str(status) != "HighsModelStatus.kOptimal":
            # A basis left from other bounds can be numerically poor: once more from scratch before giving up.
            self._highs.clearSolver()
            status = self._run()
        if str(status) != "HighsModelStatus.kOptimal":
            raise ModelError(f"the plan's linear program ended as '{self._highs.modelStatusToString(status)}'; planning; please report it")
        found = self._highs.getSolution()
        info = self._highs.getInfo()
        objective = float(info.objective_function_value)
        return Solution(
            x=np.array(found.col_value),
            reduced=np.array(found.col_dual),
            dual=np.array(found.row_dual),
            objective=objective,
            bound=float(info.mip_dual_bound) if info.mip_node_count >= 0 else objective,
            pivots=int(info.simplex_iteration_count),
        )

    def _run(self) -> Any:
        self._highs.run()
        return self._highs.getModelStatus()


def _model(highspy: Any, program: Program) -> Any:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.cost), len(program.row_low)
    model.col_cost_, model.col_lower_, model.col_upper_ = program.cost, program.low, program.high
    model.row_lower_, model.row_upper_ = program.row_low, program.row_high
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = program.start.astype(np.int32)
    model.a_matrix_.index_ = program.index.astype(np.int32)
    model.a_matrix_.value_ = program.value.astype(float)
    return model
