"""Plain ARIO: the adaptive regional input-output model with inventories, many shocks to one economy at a time.

Industries f = (region, sector) sell their sector's good s to all; each holds a stock of every good it uses. Money a step; K scenarios
are the last axis. One step, from the orders O_if and final demand Y_i that stand:

    demand       D_i = sum_f O_if + Y_i,  capacity c_i = alpha_i (1 - loss_i) x0_i,  aim m_i = min(D_i, c_i)
    production   x_f = min(m_f, min over s of X_sf / (psi n A_sf))                                  X: stock, n: cover, A: recipe
    rationing    each order and final demand gets the share x_i / D_i                               (proportional)
    stock        X_sf += what arrives - A_sf x_f
    orders       W_sf = A_sf x_f + [n A_sf m_f - X_sf]+ / tau,  O_if = w_if W_sf for i of sector s
                 w_if: base share of supplier i; adaptive: base share x c_i / x0_i, scaled to a sum of 1
    overproduction  alpha += (alpha_max - alpha) z / tau_alpha, at least 1; z = (D - x) / D at the new orders

Sums over suppliers of one good are matrix products over all scenarios at once, one pair a good: so the orders themselves, regions x
sectors x industries for each scenario, are never held, and the work is a library's matrix multiplication, good by good in the cache.
Stocks and orders are held in steps of the buyer's output, X_sf / A_sf: one number an industry, good and scenario.
Sources: Hallegatte (2008), Risk Analysis 28(3), doi 10.1111/j.1539-6924.2008.01046.x; Hallegatte (2014), Risk Analysis 34(1), doi
10.1111/risa.12090 (inventories, psi); Guan et al. (2020), doi 10.1038/s41562-020-0896-8 (adaptive orders).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ytterby.core.grid import Floats
from ytterby.errors import InputError, ModelError

Reals = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Economy:
    """A closed input-output table a year: flows Z (F, F) from i to f, final demand Y (F), sector number of each industry (F)."""

    flows: Floats
    final: Floats
    sector: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rules:
    """Parameters; times in steps, `steps` of them a year. Values of Hallegatte (2014) for days."""

    steps: float = 365.0
    cover: float = 90.0
    restock: float = 60.0
    psi: float = 0.8
    most: float = 1.25
    overproduction: float = 365.0
    adaptive: bool = False


@dataclass(frozen=True)
class Ario:
    """An economy compiled for its steps: G goods, R industries of each, F = G R industries in order of their good.

    order (F): where each industry stood in the table. used (G, F): whether a good is used. bring (G, R, F): orders of suppliers for each
    unit of the buyer's output, share x A. give (G, F, R): base share of suppliers, turned round. output x0, final Y (F): a step's.
    """

    rules: Rules
    order: npt.NDArray[np.int64]
    used: npt.NDArray[np.bool_]
    bring: Reals
    give: Reals
    output: Reals
    final: Reals


@dataclass
class Stand:
    """Stock X / A, orders W / A (G, F, K), in output of the buyer; demand D, overproduction alpha, capacity ratio, lowest stock (F, K)."""

    stock: Reals
    asked: Reals
    demand: Reals
    alpha: Reals
    ratio: Reals
    lowest: Reals


def compile_economy(table: Economy, rules: Rules, single: bool = False) -> Ario:
    """Sort an economy by good and split its flows into recipes and shares of suppliers.

    Raises InputError where goods have different numbers of industries, a flow is negative or an industry makes nothing.
    """
    goods, counts = np.unique(table.sector, return_counts=True)
    if len(set(counts.tolist())) != 1:
        raise InputError("sectors have different numbers of industries", "economy", "give each region all sectors")
    if not ((table.flows >= 0.0).all() and (table.final >= 0.0).all()):
        raise InputError("a flow is negative or no number", "economy", "clean the table first")
    kind = np.float32 if single else np.float64
    order = np.argsort(table.sector, kind="stable")
    output = ((table.flows.sum(axis=1) + table.final) / rules.steps)[order]
    if not (output > 0.0).all():
        raise InputError("an industry makes nothing", "economy", "leave it out")
    shape = (len(goods), int(counts[0]), len(order))
    bring, give = np.empty(shape, kind), np.empty((shape[0], shape[2], shape[1]), kind)
    used = np.empty((shape[0], shape[2]), bool)
    for good in range(len(goods)):
        flows = table.flows[order[good * shape[1] : (good + 1) * shape[1]]][:, order] / rules.steps
        total = flows.sum(axis=0)
        used[good] = total > 0.0
        bring[good] = flows / output
        give[good] = (flows / np.where(used[good], total, 1.0)).T
    return Ario(rules, order, used, bring, give, output.astype(kind), (table.final[order] / rules.steps).astype(kind))


def start(net: Ario, scenarios: int) -> Stand:
    """Return the base year's fixed point for K scenarios."""
    base = np.repeat(net.output[:, None], scenarios, axis=1)
    cover = net.output.dtype.type(net.rules.cover)
    # A good that is not used never runs out.
    stock = np.where(net.used[:, :, None], cover * base, net.output.dtype.type(np.inf))
    return Stand(stock, np.repeat(base[None], len(net.used), axis=0), base, np.ones_like(base), np.ones_like(base), cover * base)


def step(net: Ario, state: Stand, loss: Reals, pool: ThreadPoolExecutor | None = None) -> tuple[Reals, Reals]:
    """Move on by a step in which industries lose a part of their capacity (F, K); returns output and final demand met (F, K).

    pool: its threads share the goods; the result is the same to the bit.
    """
    rules, base, number = net.rules, net.output[:, None], net.output.dtype.type
    capacity = base * (1 - loss) * state.alpha
    aim = np.minimum(state.demand, capacity)
    made = np.minimum(aim, state.lowest / number(rules.psi * rules.cover))
    served = made / state.demand
    before, state.ratio = state.ratio, capacity / base
    week = _Step(net, state, made, aim * number(rules.cover), served, before)
    goods = range(len(net.used))
    parts = [goods] if pool is None else [goods[k :: pool._max_workers] for k in range(pool._max_workers)]
    lowest = [week.goods(parts[0])] if pool is None else list(pool.map(week.goods, parts))
    state.lowest = np.minimum.reduce(lowest)
    state.demand = week.demand.reshape(made.shape) + net.final[:, None]
    scarcity = (state.demand - made) / state.demand
    state.alpha = np.maximum(state.alpha + (number(rules.most) - state.alpha) * scarcity / number(rules.overproduction), number(1))
    return made, net.final[:, None] * served


class _Step:
    """One step of the stocks and orders of goods, each by itself."""

    def __init__(self, net: Ario, state: Stand, made: Reals, goal: Reals, served: Reals, before: Reals) -> None:
        self.net, self.state, self.made, self.goal = net, state, made, goal
        shape = (len(net.used), -1, made.shape[1])
        # Adaptive orders were weighted by the capacity at which they were placed.
        self.served = (served * before if net.rules.adaptive else served).reshape(shape)
        self.before, self.ratio = before.reshape(shape), state.ratio.reshape(shape)
        self.demand = np.empty(self.served.shape, made.dtype)

    def goods(self, numbers: range) -> Reals:
        """Move some goods on, in place; returns the lowest of their stocks (F, K)."""
        arrives, lowest = np.empty_like(self.made), np.full_like(self.made, np.inf)
        for good in numbers:
            stock, asked = self.state.stock[good], self.state.asked[good]
            np.matmul(self.net.give[good], self.served[good], out=arrives)
            arrives *= asked
            if self.net.rules.adaptive:
                arrives /= self._weight(good, self.before)
            stock += arrives
            stock -= self.made
            np.subtract(self.goal, stock, out=asked)
            np.maximum(asked, 0, out=asked)
            asked *= self.made.dtype.type(1.0 / self.net.rules.restock)
            asked += self.made
            np.minimum(lowest, stock, out=lowest)
            if self.net.rules.adaptive:
                np.matmul(self.net.bring[good], asked / self._weight(good, self.ratio), out=self.demand[good])
                self.demand[good] *= self.ratio[good]
            else:
                np.matmul(self.net.bring[good], asked, out=self.demand[good])
        return lowest

    def _weight(self, good: int, ratio: Reals) -> Reals:
        """Sum over suppliers of base share x capacity ratio (F, K); 1 where nobody could deliver."""
        total: Reals = np.matmul(self.net.give[good], ratio[good])
        return np.where(total > 0, total, 1).astype(total.dtype)


def run(net: Ario, loss: Callable[[int], Reals], steps: int, scenarios: int, threads: int = 1) -> tuple[Reals, Reals]:
    """Run K scenarios, loss(t) (F, K) in the table's order; returns output and final demand met (steps, F, K), a step's, in that order.

    Raises ModelError, with step and industry, where output is no number.

    >>> table = Economy(np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([2.0, 1.0]), np.array([0, 1]))
    >>> net = compile_economy(table, Rules(steps=1.0))
    >>> run(net, lambda t: np.zeros((2, 1)), 3, 1)[0][:, :, 0].round(12).tolist()
    [[4.0, 3.0], [4.0, 3.0], [4.0, 3.0]]
    """
    state, place = start(net, scenarios), np.argsort(net.order)
    made = np.empty((steps, len(net.order), scenarios), net.output.dtype)
    met = np.empty_like(made)
    with ThreadPoolExecutor(threads) as pool:
        for t in range(steps):
            output, final = step(net, state, loss(t)[net.order].astype(net.output.dtype), pool if threads > 1 else None)
            if not np.isfinite(output).all():
                industry = net.order[np.argwhere(~np.isfinite(output))[0][0]]
                raise ModelError(f"step {t}: output of industry {industry} is no number; look for a loss outside 0..1")
            made[t], met[t] = output[place], final[place]
    return made, met
