"""List every contiguous group of units whose reduced cost is within reach, however many groups there are.

Groups grow from a root unit by units of their border, each taken in or left out for good, so that no group
is met twice. A branch is cut as soon as no group in it can be in reach: bounded by a minimum cut for the
borders, the duals and the compounds, with a multiplier for the households that the band allows.
"""

from dataclasses import dataclass, replace

import numpy as np

from optimize.costs import total_cost
from optimize.costs.polsby_popper import measure_true_outlines
from optimize.costs.sums import sum_cells
from optimize.enumerate import keep_ties
from optimize.groups import Groups
from optimize.pricing_duals import Duals
from optimize.pricing_floors import Floors, build_floors
from optimize.pricing_net import Net, build_net, build_stack
from optimize.pricing_sums import (
    AREA,
    HOUSEHOLDS,
    INSTITUTIONS,
    KEPT,
    MEMBERS,
    ORGANISATIONS,
    OUTLINE,
    PLANES,
    PRICE_FAR,
    PRICE_FEW,
    PRICE_KEPT,
    PRICE_MIX,
    PRICE_NONE,
    PRICE_OUTLINE,
    PRICE_PLANES,
    PRICE_SIZE,
    PRICE_UNEVEN,
    RESIDENTS,
    SHAPES,
    Bend,
    planes_kernel,
    price_limits,
)
from optimize.pricing_tree import resume_kernel
from optimize.problem import FloatArray, Problem
from optimize.stop import Stop
from optimize.units import Units

_NODES_PER_CALL = 3000
_SHARE = 0.3  # of the limit of a price, same
_FARTHEST = 50.0  # of such changes that a price may go
_OUTLINE_STEP = 0.2  # metres for a metre of outline
_FIRST_STEP = 0.25  # share of what a household brings by which its price is changed at first
_NOISE = 1e-9  # relative to the sum of all terms: sums of float64 can err by a thousandth of it
_FAR = 1e300


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Groups in reach with their costs and reduced costs; `complete` says that there are no others."""

    groups: Groups
    cost: FloatArray
    reduced: FloatArray
    complete: bool
    n_nodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """One part of a problem, ready to be priced; with a bend, for costs that are a floor of the problem's."""

    problem: Problem
    units: Units
    floors: Floors
    bend: Bend | None = None

    @classmethod
    def build(cls, problem: Problem, units: Units, bend: Bend | None = None) -> "Pricing":
        """Measure the floors of all costs in force."""
        return cls(problem=problem, units=units, floors=build_floors(problem, units, bend), bend=bend)

    def cost(self, groups: Groups) -> FloatArray:
        """Give the cost of groups of units: in full or, with a bend, their shape by its planes only."""
        cells = self.units.expand(groups)
        if self.bend is None:
            return total_cost(self.problem, cells)
        weights = {name: weight for name, weight in self.problem.weights.items() if name not in SHAPES}
        flat = total_cost(replace(self.problem, weights=weights), cells)
        rate = self.floors.sums.rate[PLANES]
        if not rate:
            return flat
        area, outline = sum_cells(self.problem.area_m2, cells), measure_true_outlines(self.problem, cells)
        strips = [planes_kernel(self.floors.sums.bend, *entry) for entry in zip(area, outline, strict=True)]
        return np.asarray(flat + rate * np.array(strips, np.float64))

    def list_within(
        self, duals: Duals, reach: float, stop: Stop, *, max_nodes: int, max_groups: int
    ) -> Listed:
        """List the groups whose reduced cost is at most `reach`.

        Parameters
        ----------
        max_nodes, max_groups
            The listing is cut off, and not complete, beyond so many branches or groups.
        """
        net = build_net(self.units, self.floors, duals.cuts, _size_steps(self, duals))
        band = (self.problem.min_households, self.problem.max_households)
        sets: list[np.ndarray] = []
        n_nodes, complete = 0, True
        for variant, where in self._passes():
            task = _Task(
                net=self._aim(net, variant, where),
                extra=self.floors.variants[variant],
                by_size=self.floors.by_size,
                duals=duals,
                reach=reach,
            )
            found, nodes, complete = _list_variant(
                task, band, stop, (max_nodes - n_nodes, max_groups - len(sets))
            )
            sets += found
            n_nodes += nodes
            if not complete:
                break
        groups = _to_groups(sets, self.units)
        cost = self.cost(groups)
        reduced = duals.reduce(groups, cost)
        keep = np.flatnonzero(reduced <= reach)
        return Listed(
            groups=groups.take(keep),
            cost=cost[keep],
            reduced=reduced[keep],
            complete=complete,
            n_nodes=n_nodes,
        )

    def _passes(self) -> list[tuple[int, int]]:
        """List what to look for: each variant, in each range of outlines where these matter."""
        sums = self.floors.sums
        ranges = range(sums.bend.shape[1] + 1 if sums.rate[PLANES] else 1)
        return [(at, where) for at in range(len(self.floors.variants)) for where in ranges]

    def _aim(self, net: Net, variant: int, where: int) -> Net:
        """Aim at the groups of a range that continue the grid of today that a variant is about."""
        sums = self.floors.sums
        amount = sums.amount.copy()
        amount[:, KEPT] = self.floors.kept[variant]
        sums = sums._replace(amount=amount, kept=self.floors.keep_from[variant : variant + 1])
        # Prices without a limit would take floats to where they err.
        farthest = _FARTHEST * net.step[:, None]
        limits = np.clip(price_limits(sums, where), -farthest, farthest)
        return net._replace(sums=sums, limits=limits, where=np.array([where], np.int64))


def _size_steps(pricing: Pricing, duals: Duals) -> FloatArray:
    """Give of what size the changes of each price are, float64 (9,)."""
    step = _SHARE * price_limits(pricing.floors.sums, 0)[:, 1]
    step[PRICE_MIX] = _SHARE
    step[PRICE_SIZE] = _FIRST_STEP * float(np.abs(duals.unit).sum()) / max(pricing.units.total, 1)
    step[PRICE_OUTLINE] = _OUTLINE_STEP
    step[PRICE_KEPT] = step[PRICE_SIZE]
    return step


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One variant of the floors, to be listed."""

    net: Net
    extra: FloatArray
    by_size: FloatArray
    duals: Duals
    reach: float


def _list_variant(
    task: _Task, band: tuple[int, int], stop: Stop, most: tuple[int, int]
) -> tuple[list[np.ndarray], int, bool]:
    """List one variant; give the groups as rows of booleans, the branches looked at, and whether done."""
    net, duals = task.net, task.duals
    stack = build_stack(net)
    n_units = len(net.households)
    stack.capacity[0] = net.capacity
    stack.term[0] = net.term
    stack.term[0, :n_units] += task.extra - duals.unit
    stack.price[0] = 0.0
    stack.price[0, PRICE_PLANES] = net.limits[PRICE_PLANES, 1]
    stack.price[0, PRICE_MIX] = net.limits[PRICE_MIX].mean()
    noise = _NOISE * float(np.abs(stack.term[0]).sum() + np.abs(task.by_size).max() + net.capacity.sum())
    noise += _NOISE * _most_paid(net)
    place = np.array([0, max(band[0], 0), band[1], _NODES_PER_CALL], np.int64)
    sets: list[np.ndarray] = []
    nodes = 0
    sink = np.zeros((2000, n_units), np.bool_)
    while place[0] >= 0:
        place[3] = _NODES_PER_CALL
        count = resume_kernel(
            net, stack, place, task.by_size, duals.cut_price, task.reach + duals.grid + noise, sink
        )
        sets += list(sink[:count].copy())
        nodes += int(place[3])
        if place[0] >= 0 and (nodes >= most[0] or len(sets) > most[1] or stop()):
            return sets, nodes, False
    return sets, nodes, True


def _to_groups(sets: list[np.ndarray], units: Units) -> Groups:
    """Turn rows of booleans into groups, each once; groups that tear a tied set apart are left out."""
    rows = np.unique(np.array(sets, np.bool_).reshape(-1, len(units)), axis=0)
    indptr = np.concatenate([[0], np.cumsum(rows.sum(axis=1))]).astype(np.int64)
    groups = Groups(
        indptr=indptr,
        members=np.nonzero(rows)[1].astype(np.int32),
        households=(rows @ units.households).astype(np.int64),
    )
    return keep_ties(groups, units)


def _most_paid(net: Net) -> float:
    """Give how much the prices of sums can come to in all terms."""
    prices = np.abs(net.limits).max(axis=1)
    total = np.abs(net.sums.amount).sum(axis=0)
    total[OUTLINE] += net.outline.sum()
    sums = [HOUSEHOLDS, RESIDENTS, INSTITUTIONS, MEMBERS, ORGANISATIONS, OUTLINE, KEPT]
    of_sums = [PRICE_SIZE, PRICE_FAR, PRICE_UNEVEN, PRICE_FEW, PRICE_NONE, PRICE_OUTLINE, PRICE_KEPT]
    touch, most = net.sums.bend
    planes = (
        (4.0 * np.pi * total[AREA] + 2.0 * touch * total[OUTLINE]) / (touch * (2.0 * most - touch))
    ).max()
    return float(prices[of_sums] @ total[sums] + prices[PRICE_PLANES] * planes)
