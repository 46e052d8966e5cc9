"""Slow, plainly right answers for small communities: all plans are tried, costs follow their definitions."""

import itertools
import math
from collections import Counter

import numpy as np

from optimize.problem import Locks, Problem

METRES = {
    "boundary": 1,
    "main_roads_crossed": 1,
    "compactness": 300,
    "polsby_popper": 1000,
    "compound_splits": 300,
    "moved": 2,
    "target_size": 2,
    "residents_off": 0.8,
    "branch_ready": 300,
    "organisations": 200,
    "institutions": 20,
}
"""What one unit of each cost is worth."""


def make_problem(households, edges, **changes):
    """Build a problem from households and pairs; whatever is not named gets a plain value."""
    n_cells, n_edges = len(households), len(edges)
    households = np.array(households, np.int64)
    plain = {
        "name": "test",
        "households": households,
        "residents": households * 3,
        "formal_members": np.zeros(n_cells, np.int64),
        "institutions": np.zeros(n_cells, np.int64),
        "organisations": np.zeros(n_cells, np.int64),
        "edges": np.array(edges, np.int64).reshape(-1, 2),
        "border_m": np.full(n_edges, 100.0),
        "border_factor": np.ones(n_edges),
        "heavy": np.zeros(n_edges, np.bool_),
        "outer_m": np.full(n_cells, 50.0),
        "area_m2": np.full(n_cells, 10_000.0),
        "x_m": np.arange(n_cells) * 100.0,
        "y_m": np.zeros(n_cells),
        "compound_idx": np.full(n_cells, -1, np.int64),
        "today_idx": np.full(n_cells, -1, np.int64),
        "min_households": 300,
        "max_households": 500,
        "target_households": 400,
        "residents_reference": 1000,
        "members_needed": 3,
        "institutions_per_grid": 0.0,
        "weights": {"boundary": 1.0},
        "locks": Locks(),
    }
    facts = plain | changes
    own = np.bincount(facts["edges"].ravel(), np.repeat(facts["border_m"], 2), n_cells)
    return Problem(**({"perimeter_m": facts["outer_m"] + own} | facts))


def read_map(drawing, **changes):
    """Build a problem from a map drawn as text: households of square cells of 100 m; `.` is outside."""
    rows = [line.split() for line in drawing.strip().splitlines()]
    place = {(r, c): None for r, row in enumerate(rows) for c, word in enumerate(row) if word != "."}
    place = {spot: at for at, spot in enumerate(place)}
    edges = []
    for (r, c), at in place.items():
        edges += [(at, place[spot]) for spot in ((r, c + 1), (r + 1, c)) if spot in place]
    degree = Counter(itertools.chain.from_iterable(edges))
    plain = {
        "outer_m": np.array([400.0 - 100.0 * degree[at] for at in place.values()]),
        "x_m": np.array([100.0 * c for _, c in place]),
        "y_m": np.array([-100.0 * r for r, _ in place]),
    }
    return make_problem([int(rows[r][c]) for r, c in place], edges, **(plain | changes))


def draw(labels, drawing):
    """Draw a plan over its map: one letter a cell."""
    letters = iter("?" if label < 0 else chr(ord("a") + label) for label in labels)
    rows = [line.split() for line in drawing.strip().splitlines()]
    return ["".join("." if word == "." else next(letters) for word in row) for row in rows]


def random_problem(rng, *, n_cells=None, locks=True, all_costs=True):
    """Draw a small community: a tree plus a few more borders, sizes from empty to oversize."""
    n = int(n_cells or rng.integers(3, 10))
    pairs = {(int(rng.integers(0, b)), b) for b in range(1, n)}
    pairs |= {
        tuple(sorted(rng.choice(n, 2, replace=False).tolist())) for _ in range(int(rng.integers(0, n + 3)))
    }
    edges = sorted(pairs)
    if rng.random() < 0.1:
        edges = edges[1:]  # now and then a community in pieces
    low = int(rng.integers(20, 60))
    high = int(low * rng.uniform(1.0, 2.2)) + 1
    weights = {name: float(rng.choice([0.0, 0.5, 1.0, 3.0])) for name in METRES} if all_costs else {}
    return make_problem(
        rng.choice([0, 5, 10, 15, 20, 30, 40, 70], n, p=[0.12, 0.13, 0.2, 0.2, 0.2, 0.09, 0.05, 0.01]),
        edges,
        border_m=rng.uniform(1, 300, len(edges)).round(2),
        border_factor=rng.choice([0.3, 0.6, 1.0], len(edges)),
        heavy=rng.random(len(edges)) < 0.3,
        residents=rng.integers(0, 120, n),
        formal_members=rng.choice([0, 0, 1, 2, 5], n),
        institutions=rng.choice([0, 0, 1, 3], n),
        organisations=rng.choice([0, 0, 1], n),
        outer_m=rng.uniform(0, 300, n).round(2),
        area_m2=rng.uniform(500, 30_000, n),
        x_m=rng.uniform(0, 1000, n) + 300_000,
        y_m=rng.uniform(0, 1000, n) + 2_700_000,
        compound_idx=rng.integers(-1, 4, n),
        today_idx=rng.integers(-1, 3, n),
        min_households=low,
        max_households=high,
        target_households=(low + high) // 2,
        residents_reference=int(rng.integers(50, 200)),
        members_needed=int(rng.integers(0, 5)),
        institutions_per_grid=float(rng.uniform(0, 4)),
        weights=weights | {"boundary": 1.0},
        locks=_random_locks(rng, n) if locks else Locks(),
    )


def _random_locks(rng, n):
    def pairs(most):
        count = int(rng.integers(0, most + 1))
        return tuple(tuple(map(int, rng.choice(n, 2, replace=False))) for _ in range(count))

    whole = ()
    if rng.random() < 0.2:
        whole = (frozenset(map(int, rng.choice(n, int(rng.integers(1, 3)), replace=False))),)
    n_grids = int(rng.integers(1, 5)) if rng.random() < 0.2 else None
    return Locks(together=pairs(2), apart=pairs(2), whole=whole, n_grids=n_grids)


def contiguous_sets(problem):
    """List every contiguous set of cells by trying all of them."""
    near = {cell: set() for cell in range(problem.n_cells)}
    for a, b in problem.edges.tolist():
        near[a].add(b)
        near[b].add(a)
    found = []
    for size in range(1, problem.n_cells + 1):
        for cells in itertools.combinations(range(problem.n_cells), size):
            inside, reached, front = set(cells), {cells[0]}, [cells[0]]
            while front:
                fresh = near[front.pop()] & inside - reached
                reached |= fresh
                front += fresh
            if reached == inside:
                found.append(frozenset(cells))
    return found


def all_plans(n_cells, groups):
    """List every way to cover all cells once by some of the groups."""
    by_first = {}
    for group in groups:
        by_first.setdefault(min(group), []).append(group)

    def cover(left):
        if not left:
            yield ()
            return
        for group in by_first.get(min(left), ()):
            if group <= left:
                for others in cover(left - group):
                    yield (group, *others)

    return cover(frozenset(range(n_cells)))


def households_of(problem, group):
    return sum(int(problem.households[cell]) for cell in group)


def outside_band(problem, group):
    size = households_of(problem, group)
    return max(0, problem.min_households - size, size - problem.max_households)


def holds_locks(problem, plan):
    home = {cell: at for at, group in enumerate(plan) for cell in group}
    locks = problem.locks
    return (
        all(home[a] == home[b] for a, b in locks.together)
        and all(home[a] != home[b] for a, b in locks.apart)
        and all(cells in plan for cells in locks.whole)
        and (locks.n_grids is None or len(plan) == locks.n_grids)
    )


def plans_that_hold(problem):
    """List every plan that holds the band and all locks; a grid fixed whole may have any size."""
    groups = [
        group
        for group in contiguous_sets(problem)
        if outside_band(problem, group) == 0 or group in problem.locks.whole
    ]
    return [plan for plan in all_plans(problem.n_cells, groups) if holds_locks(problem, plan)]


def plan_cost(problem, plan):
    """Measure a whole plan by the definitions, in metres of border."""
    values = plan_values(problem, plan)
    return sum(weight * METRES[name] * values[name] for name, weight in problem.weights.items())


def plan_values(problem, plan):
    """Measure every cost of a whole plan by its definition, in its own unit."""

    def total(name, group):
        return sum(int(getattr(problem, name)[cell]) for cell in group)

    mean = problem.institutions_per_grid
    return {
        "boundary": _borders(problem, plan),
        "main_roads_crossed": _crossed(problem, plan),
        "compactness": sum(_roundness(problem, sorted(group)) for group in plan),
        "polsby_popper": sum(_strip(problem, group) for group in plan),
        "compound_splits": _splits(problem, plan),
        "moved": sum(_moved(problem, group) for group in plan),
        "target_size": sum(abs(total("households", g) - problem.target_households) for g in plan),
        "residents_off": sum(abs(total("residents", g) - problem.residents_reference) for g in plan),
        "branch_ready": sum(total("formal_members", g) < problem.members_needed for g in plan),
        "organisations": sum(total("organisations", g) == 0 for g in plan),
        "institutions": sum(abs(total("institutions", g) - mean) for g in plan),
    }


def _borders(problem, plan):
    home = {cell: at for at, group in enumerate(plan) for cell in group}
    inner = sum(
        2 * length * factor
        for (a, b), length, factor in zip(
            problem.edges.tolist(), problem.border_m, problem.border_factor, strict=True
        )
        if home[a] != home[b]
    )
    return inner + problem.outer_m.sum()


def _crossed(problem, plan):
    home = {cell: at for at, group in enumerate(plan) for cell in group}
    return sum(
        length
        for (a, b), length, heavy in zip(problem.edges.tolist(), problem.border_m, problem.heavy, strict=True)
        if heavy and home[a] == home[b]
    )


def _strip(problem, group):
    around = sum(problem.perimeter_m[cell] for cell in group)
    for (a, b), length in zip(problem.edges.tolist(), problem.border_m, strict=True):
        around -= 2 * length * (a in group and b in group)
    return max(0.0, 1 - 4 * math.pi * sum(problem.area_m2[cell] for cell in group) / around**2)


def _splits(problem, plan):
    parts = Counter(
        which for group in plan for which in {int(problem.compound_idx[cell]) for cell in group} if which >= 0
    )
    return sum(count - 1 for count in parts.values())


def _roundness(problem, cells):
    area = problem.area_m2[cells]
    x, y = problem.x_m[cells], problem.y_m[cells]
    mean_x, mean_y = np.average(x, weights=area), np.average(y, weights=area)
    inertia = (area * ((x - mean_x) ** 2 + (y - mean_y) ** 2) + area**2 / (2 * math.pi)).sum()
    return max(0.0, inertia / (area.sum() ** 2 / (2 * math.pi)) - 1)


def _moved(problem, group):
    sizes, inside = Counter(), Counter()
    for cell, which in enumerate(problem.today_idx.tolist()):
        if which >= 0:
            sizes[which] += int(problem.households[cell])
            inside[which] += int(problem.households[cell]) * (cell in group)
    kept = max((inside[which] for which in inside if 2 * inside[which] > sizes[which]), default=0)
    return sum(inside.values()) - kept
