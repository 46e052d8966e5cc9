"""The best way to divide a grid in two."""

from collections.abc import Mapping, Sequence

import numpy as np

from optimize.costs import total_cost
from optimize.engines import Never, Params, solve
from optimize.errors import Cancelled
from optimize.graph import build_graph
from optimize.groups import Groups
from optimize.part import restrict
from optimize.problem import IntArray, Problem
from scenarios.desk.ground import DeskGround
from scenarios.rules import GridRules

_TIME_LIMIT_S = 2.0
_EVEN = 0.1  # divisions whose halves differ by so much less of the whole are equally even
_MOST_PRICED = 200


def best_split(
    ground: DeskGround, cells: Sequence[str], rules: GridRules, weights: Mapping[str, float]
) -> tuple[str, ...]:
    """Give the cells of a grid that should become a new one, those of the half with its first cell staying.

    Where both halves can keep the band, they are the engine's best; else the most even ones, and among
    equally even ones the cheapest.

    Parameters
    ----------
    cells
        At least two cells of one community; a grid in several pieces is divided between its pieces.
    """
    community = ground.community_of(cells[0])
    position = {cell: at for at, cell in enumerate(ground.cells_of(community))}
    chosen = tuple(sorted(position[cell] for cell in cells))
    part = restrict(ground.problem(community, rules, weights), chosen, 2)
    labels = _by_engine(part)
    if labels is None:
        labels = _by_trees(part)
    own = ground.cells_of(community)
    return tuple(own[chosen[at]] for at in np.flatnonzero(labels != labels[0]).tolist())


def _by_engine(part: Problem) -> IntArray | None:
    total = int(part.households.sum())
    if not 2 * part.min_households <= total <= 2 * part.max_households:
        return None
    try:
        params = Params(engine="auto", time_limit_s=_TIME_LIMIT_S)
        found = solve(part, params, stop=Never(), rng=np.random.default_rng(1))
    except Cancelled:
        return None
    whole = found.status in ("optimal", "feasible") and int(found.labels.max(initial=-1)) == 1
    return found.labels if whole else None


def _by_trees(part: Problem) -> IntArray:
    """Cut one border of a tree through the cells: both halves hang together, whichever border it is."""
    found: dict[bytes, IntArray] = {}
    for root in range(part.n_cells):
        for side in _cuts(part, root):
            labels = (side != side[0]).astype(np.int64)
            found[labels.tobytes()] = labels
    size = part.households if part.households.any() else part.area_m2
    uneven = {key: abs(float(size.sum() - 2 * size[labels == 1].sum())) for key, labels in found.items()}
    step = _EVEN * float(size.sum()) or 1.0
    ranked = sorted(found, key=lambda key: (int(uneven[key] / step), uneven[key], key))[:_MOST_PRICED]

    def rank(key: bytes) -> tuple[int, float, bytes]:
        groups = Groups.from_labels(found[key], part.households)
        return int(uneven[key] / step), float(total_cost(part, groups).sum()), key

    return found[min(ranked, key=rank)]


def _cuts(part: Problem, root: int) -> list[np.ndarray]:
    """Give, for each cell below the root of a breadth-first tree, which cells its branch holds."""
    graph = build_graph(part.n_cells, part.edges)
    parent = np.full(part.n_cells, -1, np.int64)
    order: list[int] = []
    seen = np.zeros(part.n_cells, np.bool_)
    # Cells in other pieces hang below roots of their own, as branches to be cut off.
    for start in [root, *range(part.n_cells)]:
        if seen[start]:
            continue
        seen[start] = True
        queue = [start]
        for cell in queue:
            order.append(cell)
            for other in graph.indices[graph.indptr[cell] : graph.indptr[cell + 1]].tolist():
                if not seen[other]:
                    seen[other] = True
                    parent[other] = cell
                    queue.append(other)
    branch = np.eye(part.n_cells, dtype=np.bool_)
    for cell in reversed(order):
        if parent[cell] >= 0:
            branch[parent[cell]] |= branch[cell]
    return [branch[cell] for cell in order[1:]]
