"""The small program of bench/secure.py as a user of linopy would write it; reads the arrays on standard input.

Prints the optimum and the seconds from arrays to optimum. Runs in an environment of its own with linopy and highspy.
"""

import io
import sys
import time

import linopy  # type: ignore[import-not-found]
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import xarray as xr  # type: ignore[import-not-found]


def main() -> None:
    given = dict(np.load(io.BytesIO(sys.stdin.buffer.read())))
    begin = time.perf_counter()
    materials, years, options = (int(number) for number in given["shape"])
    scenarios = len(given["chance"])
    s, t, o = pd.RangeIndex(scenarios, name="s"), pd.RangeIndex(years, name="t"), pd.RangeIndex(options, name="o")
    chance = xr.DataArray(given["chance"], coords=[s])
    model = linopy.Model()
    share = model.add_variables(0, 1, coords=[pd.RangeIndex(materials, name="m"), o], name="share")
    price = xr.DataArray(given["cost"].reshape(materials, options), coords=[pd.RangeIndex(materials, name="m"), o])
    eta, xi = model.add_variables(0, name="eta"), model.add_variables(0, coords=[s], name="xi")
    model.add_constraints((price * share).sum() <= float(given["budget"][0]), name="budget")
    cost = None
    for m in range(materials):
        inflow = model.add_variables(0, xr.DataArray(given[f"inflow{m}"], coords=[s, t]), name=f"inflow{m}")
        used, missing = (model.add_variables(0, coords=[s, t], name=f"{name}{m}") for name in ("used", "missing"))
        made = model.add_variables(0, coords=[s, t, o[1:]], name=f"made{m}")
        need = xr.DataArray(given[f"need{m}"], coords=[s, t])
        model.add_constraints(inflow + used + missing + made.sum("o") >= need, name=f"balance{m}")
        built = xr.DataArray(given[f"built{m}"][:, 1:], coords=[t, o[1:]])
        model.add_constraints(made - built * share.sel(m=m, o=o[1:]) <= 0, name=f"built{m}")
        model.add_constraints(used.sum("t") - float(given[f"stock{m}"][0]) * share.sel(m=m, o=0) <= 0, name=f"stock{m}")
        value = given[f"value{m}"]
        own = (xr.DataArray(value[:, 2], coords=[t]) * missing).sum("t")
        own = own + (xr.DataArray(value[:, 3:], coords=[t, o[1:]]) * made).sum(["t", "o"])
        cost = own if cost is None else cost + own
    risk, tail = given["risk"]
    model.add_constraints(xi + eta - cost >= 0, name="tail")
    model.add_objective((price * share).sum() + (chance * cost).sum() + risk * eta + (risk / (1 - tail)) * (chance * xi).sum())
    model.solve("highs", output_flag=False)
    print(f"{model.objective.value:.6f}", time.perf_counter() - begin)


if __name__ == "__main__":
    main()
