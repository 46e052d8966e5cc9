"""Floors of what a group costs, as numbers that a minimum cut can add up.

Boundary, compounds and sizes enter exactly, main roads exactly as far as a cut can carry them. Households
that change grid enter exactly once it is said which of today's grids a group continues: one variant each. Of
a distance from a mean the tangent is taken. Every other cost counts 0, which no cost falls below. So a floor
never exceeds the cost of a group, and a group is in reach of some variant whenever its cost is.
"""

from dataclasses import dataclass

import numpy as np

from optimize.costs import COSTS
from optimize.pricing_sums import Sums, build_sums
from optimize.problem import FloatArray, IntArray, Problem
from optimize.units import Units

SHARP = frozenset({"boundary", "main_roads_crossed", "compound_splits", "target_size"})
"""Costs whose floor is, nearly or fully, what they cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What a group of units costs at least, in metres.

    Attributes
    ----------
    alone
        float64 (u,), paid for each unit inside; may be negative.
    pairs, length
        int64 (p, 2) and float64 (p,): pairs of units, and what is paid when one of the two is inside.
    team_units, team_of
        int64 (t,) and int64 (t,): unit and the team that it belongs to.
    team_price
        float64 (teams,), paid once for each team with a unit inside.
    by_size
        float64 (max_households + 1,), paid for the households inside.
    variants
        float64 (v, u), v ≥ 1: added to `alone`; the floor is the least over the variants.
    bare, cut, crossed, outline, target
        What is paid exactly, where no floor is needed: float64 (u,) for each unit inside; float64 (p,) where
        one of a pair is inside, where both are, and the true length of their border; for each size.
    kept, keep_from
        float64 (v, u) and (v,): households of the grid of today that a variant is about, and how many of them
        a group must hold to continue it; zeros for none.
    teams
        int64 (teams,), which compounds they are.
    sums
        Costs that depend on sums alone.
    """

    alone: FloatArray
    pairs: IntArray
    length: FloatArray
    team_units: IntArray
    team_of: IntArray
    team_price: FloatArray
    by_size: FloatArray
    variants: FloatArray
    bare: FloatArray
    cut: FloatArray
    crossed: FloatArray
    outline: FloatArray
    target: FloatArray
    kept: FloatArray
    keep_from: FloatArray
    teams: IntArray
    sums: Sums


def build_floors(problem: Problem, units: Units, n_grids: int) -> Floors:
    """Add up the floors of all costs in force; `n_grids` only decides where the tangents touch."""
    unit_of = np.full(problem.n_cells, -1, np.int64)
    for at, cells in enumerate(units.cells):
        unit_of[list(cells)] = at
    alone = _per_unit(unit_of, len(units), _rate(problem, "boundary") * problem.outer_m)
    pairs, length, crossed, outline = _gather_borders(problem, unit_of, alone)
    bare = alone.copy()
    # Both inside pays `crossed`: half of it on each unit, less on the cut, as far as the cut goes.
    shifted = np.minimum(crossed / 2, length)
    np.add.at(alone, pairs.ravel(), np.repeat(shifted, 2))
    team_units, team_of, teams, shares = _gather_teams(problem, unit_of, len(units))
    team_price = np.full(len(teams), _rate(problem, "compound_splits"))
    alone += shares
    bare += shares
    constant = 0.0
    for name, values, reference in (
        ("residents_off", problem.residents, problem.residents_reference),
        ("institutions", problem.institutions, problem.institutions_per_grid),
    ):
        share = _per_unit(unit_of, len(units), values.astype(np.float64))
        slope = _tangent(share.sum() / max(n_grids, 1), reference) * _rate(problem, name)
        alone += slope * share
        constant -= slope * reference
    target = _rate(problem, "target_size") * np.abs(
        np.arange(problem.max_households + 1, dtype=np.float64) - problem.target_households
    )
    variants, kept, keep_from = _variants(problem, unit_of, len(units))
    return Floors(
        alone=alone,
        pairs=pairs,
        length=length - shifted,
        team_units=team_units,
        team_of=team_of,
        team_price=team_price,
        by_size=constant + target,
        variants=variants,
        bare=bare,
        cut=length,
        crossed=crossed,
        outline=outline,
        target=target,
        kept=kept,
        keep_from=keep_from,
        teams=teams,
        sums=build_sums(problem, units, unit_of),
    )


def _rate(problem: Problem, name: str) -> float:
    return float(problem.weights.get(name, 0.0)) * COSTS[name].metres_per_unit


def _per_unit(unit_of: IntArray, n_units: int, values: FloatArray) -> FloatArray:
    mine = unit_of >= 0
    return np.bincount(unit_of[mine], weights=values[mine], minlength=n_units).astype(np.float64)


def _gather_borders(
    problem: Problem, unit_of: IntArray, alone: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Sum borders into pairs of units; those out of the part are always paid, those within a unit crossed."""
    cut = _rate(problem, "boundary") * problem.border_m * problem.border_factor
    crossed = np.where(problem.heavy, _rate(problem, "main_roads_crossed") * problem.border_m, 0.0)
    ends = unit_of[problem.edges]
    for side in (0, 1):
        leaving = (ends[:, side] >= 0) & (ends[:, 1 - side] < 0)
        np.add.at(alone, ends[leaving, side], cut[leaving])
    within = (ends[:, 0] >= 0) & (ends[:, 0] == ends[:, 1])
    np.add.at(alone, ends[within, 0], crossed[within])
    between = (ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])
    pairs, which = np.unique(np.sort(ends[between], axis=1), axis=0, return_inverse=True)
    sums = [
        np.bincount(which.ravel(), values[between], len(pairs)).astype(np.float64)
        for values in (cut, crossed, problem.border_m)
    ]
    return pairs.reshape(-1, 2).astype(np.int64), sums[0], sums[1], sums[2]


def _gather_teams(
    problem: Problem, unit_of: IntArray, n_units: int
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Turn compounds into teams: one split, less the share of the compound that is inside.

    Returns
    -------
    team_units, team_of, teams, shares
        As in `Floors`; what each unit's share of its compounds takes off, float64 (u,).
    """
    rate = _rate(problem, "compound_splits")
    known = problem.compound_idx >= 0
    size = np.bincount(problem.compound_idx[known], minlength=1)
    mine = known & (unit_of >= 0)
    shares = np.zeros(n_units)
    if not rate or not mine.any():
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing, shares
    held = np.stack([unit_of[mine], problem.compound_idx[mine]], axis=1)
    np.add.at(shares, held[:, 0], -rate / size[held[:, 1]])
    held = np.unique(held, axis=0)
    names, team_of = np.unique(held[:, 1], return_inverse=True)
    return held[:, 0].astype(np.int64), team_of.astype(np.int64), names.astype(np.int64), shares


def _tangent(mean: float, reference: float) -> float:
    """Give the slope, -1 to 1, at which to touch |x - reference|: that side on which grids lie on average."""
    return float(np.clip(4.0 * (mean / reference - 1.0), -1.0, 1.0)) if reference > 0 else 1.0


def _variants(problem: Problem, unit_of: IntArray, n_units: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give what moves when a group continues none or one of today's grids, what it keeps, and of how much."""
    rate = _rate(problem, "moved")
    today, households = problem.today_idx, problem.households
    if not rate:
        return np.zeros((1, n_units)), np.zeros((1, n_units)), np.zeros(1)
    here = np.unique(today[(unit_of >= 0) & (today >= 0)]).tolist()
    moved = [
        _per_unit(unit_of, n_units, np.where((today >= 0) & (today != grid), households, 0.0))
        for grid in (-1, *here)
    ]
    kept = [
        _per_unit(unit_of, n_units, np.where((today >= 0) & (today == grid), households, 0.0))
        for grid in (-1, *here)
    ]
    # Whole households, more than half of them.
    half = [0.0, *(float(households[today == grid].sum() // 2 + 1) for grid in here)]
    return rate * np.array(moved), np.array(kept), np.array(half)
