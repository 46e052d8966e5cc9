"""First plans for the search: balanced power diagrams and recursive spanning-tree bipartition.

Both give exactly the wished number of contiguous grids in every piece of the board; neither promises the
band.
"""

import numpy as np
from numba import njit
from scipy.spatial import cKDTree

from optimize.graph import Graph, can_leave_kernel, find_components, label_components
from optimize.problem import FloatArray, IntArray
from optimize.search_board import Board
from optimize.search_chance import ChanceArray, new_chance
from optimize.search_trees import Tree, build_tree, cut_tree_kernel, grow_tree_kernel, mark_area_kernel

_ROUNDS = 60  # weight adjustments of a power diagram; more hardly changes the balance
_FAR = 1 << 60  # more households than any miss
_PLAIN, _PLAIN_ROUNDS = 500, 15  # units from which on centres are found without scikit-learn; rounds
_TRIES = 6  # trees drawn for each bipartition


def board_pieces(board: Board) -> tuple[int, IntArray]:
    """Find the connected pieces of the board; a grid never spans two."""
    return find_components(len(board.load), board.edges)


def grid_range(board: Board, units: IntArray) -> tuple[int, int]:
    """Bound the number of grids of one piece: ⌈W/max⌉ and ⌊W/min⌋.

    A unit above the maximum takes a grid for itself. Where no whole number lies between the two, they come in
    order all the same; a piece always has a grid.
    """
    load = board.load[units]
    over = load > board.high
    rest = int(load[~over].sum())
    fewest = -(-rest // board.high) + int(over.sum())
    most = rest // max(board.low, 1) + int(over.sum())
    fewest, most = min(fewest, most), max(fewest, most)
    return min(max(fewest, 1), len(units)), min(max(most, 1), len(units))


def power_start(board: Board, piece: IntArray, grids: IntArray, seed: int) -> IntArray:
    """Draw a power diagram on k-means seeds, move its weights until households balance, mend contiguity.

    Parameters
    ----------
    piece
        int64 (u,), connected piece of each unit.
    grids
        int64, wished number of grids of each piece.
    seed
        Decides the seeds of k-means.
    """
    labels = np.zeros(len(board.load), dtype=np.int64)
    first = 0
    for index, k in enumerate(grids.tolist()):
        units = np.flatnonzero(piece == index)
        labels[units] = first + _power_labels(board, units, k, seed + index)
        first += k
    return mend(board, labels, piece, grids)


def _power_labels(board: Board, units: IntArray, k: int, seed: int) -> IntArray:
    """Assign the units of one piece to k power cells."""
    if k >= len(units):
        return np.arange(len(units), dtype=np.int64)
    points = np.stack([board.x[units], board.y[units]], axis=1)
    load = board.load[units].astype(np.float64)
    weight = load + 0.01 * max(load.mean(), 1.0)  # empty land still belongs somewhere
    centre = _seed_centres(points, weight, k, seed)
    above = np.zeros((len(units), 1))
    scale = max(float(np.ptp(points, axis=0).prod()) / k, 1e-9)
    wished = weight.sum() / k
    bonus = np.zeros(k)
    for turn in range(_ROUNDS):
        # Distance squared less a bonus is distance squared to a centre lifted off the plane.
        lifted = np.column_stack([centre, np.sqrt(bonus.max() - bonus)])
        labels = cKDTree(lifted).query(np.hstack([points, above]))[1]
        held = np.bincount(labels, weights=weight, minlength=k)
        bonus += (0.3 * (1 - turn / _ROUNDS) + 0.02) * scale * np.maximum((wished - held) / wished, -1.0)
    return np.asarray(labels, dtype=np.int64)


def _seed_centres(points: FloatArray, weight: FloatArray, k: int, seed: int) -> FloatArray:
    """Give k centres by k-means: scikit-learn's, or on large boards a few plain rounds of the same.

    Importing scikit-learn takes more memory than ten thousand cells do.
    """
    if len(points) < _PLAIN:
        from sklearn.cluster import KMeans  # noqa: PLC0415 - see above

        model = KMeans(n_clusters=k, init="random", n_init=1, random_state=seed)
        return np.asarray(model.fit(points, sample_weight=weight).cluster_centers_)
    centre = points[np.random.default_rng(seed).choice(len(points), k, replace=False)]
    for _ in range(_PLAIN_ROUNDS):
        near = cKDTree(centre).query(points)[1]
        held = np.bincount(near, weights=weight, minlength=k)
        sums = [np.bincount(near, weights=weight * axis, minlength=k) for axis in points.T]
        centre = np.where(held[:, None] > 0, np.stack(sums, axis=1) / np.maximum(held, 1e-9)[:, None], centre)
    return centre


def tree_start(board: Board, piece: IntArray, grids: IntArray, seed: int) -> IntArray:
    """Divide every piece by cutting random spanning trees, again and again, where the households balance."""
    labels = np.zeros(len(board.load), dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(grids)]).astype(np.int64)
    labels[:] = first[piece]
    starts = np.array([np.flatnonzero(piece == index)[0] for index in range(len(grids))], dtype=np.int64)
    _divide_kernel(board, build_tree(len(board.load)), labels, starts, grids, first, new_chance(seed))
    return labels


@njit(cache=True)
def _divide_kernel(
    board: Board,
    tree: Tree,
    labels: IntArray,
    starts: IntArray,
    grids: IntArray,
    first: IntArray,
    chance: ChanceArray,
) -> None:
    """Cut every area that still stands for several grids; the areas wait on a stack as (unit, grids)."""
    stack = np.empty((len(labels) + len(starts), 2), dtype=np.int64)
    for index in range(len(starts)):
        stack[0, 0], stack[0, 1] = starts[index], grids[index]
        depth = 1
        free = first[index] + 1
        while depth > 0:
            depth -= 1
            start, k = stack[depth, 0], stack[depth, 1]
            if k < 2:
                continue
            share, inside, outside = _halve_kernel(board, tree, labels, start, k, free, chance)
            free += 1
            stack[depth, 0], stack[depth, 1] = inside, share
            stack[depth + 1, 0], stack[depth + 1, 1] = outside, k - share
            depth += 2


@njit(cache=True)
def _halve_kernel(
    board: Board, tree: Tree, labels: IntArray, start: int, k: int, new: int, chance: ChanceArray
) -> tuple[int, int, int]:
    """Divide one area in two by the best of a few trees; side 1 takes the label `new`.

    Returns
    -------
    share, inside, outside
        Grids that side 1 stands for, a unit of side 1 and a unit of side 0.
    """
    count = mark_area_kernel(board, tree, labels, start, labels[start])
    best_share, miss = 1, _FAR
    for _ in range(_TRIES):
        grow_tree_kernel(board, tree, count, chance)
        share, off = cut_tree_kernel(board, tree, count, k, chance)
        if off < miss:
            miss, best_share = off, share
            tree.best[:] = tree.side
        if miss == 0:
            break
    inside, outside, taken = -1, -1, 0
    for i in range(count):
        unit = tree.node[i]
        if tree.best[unit] == 1:
            labels[unit] = new
            inside = unit
            taken += 1
        else:
            outside = unit
    # each side needs a unit for each of its grids
    return min(max(best_share, k - (count - taken)), taken), inside, outside


def mend(board: Board, labels: IntArray, piece: IntArray, grids: IntArray) -> IntArray:
    """Make every grid contiguous and none empty: keep each grid's heaviest part, hand the rest to neighbours.

    Labels of piece i lie in one block of `grids[i]` numbers, blocks in order of pieces.
    """
    keep = _heaviest_parts(board, labels)
    out = np.where(keep, labels, -1)
    total = int(grids.sum())
    held = np.bincount(out[keep], weights=board.load[keep], minlength=total)
    open_units = [int(unit) for unit in np.flatnonzero(~keep)]
    while open_units:
        waiting = []
        for unit in open_units:
            near = out[board.graph.indices[board.graph.indptr[unit] : board.graph.indptr[unit + 1]]]
            near = near[near >= 0]
            if len(near):
                out[unit] = near[held[near].argmin()]
                held[out[unit]] += board.load[unit]
            else:
                waiting.append(unit)
        open_units = waiting
    _fill_empty(board.graph, board.load, out, np.repeat(np.arange(len(grids)), grids), piece)
    return out


def _heaviest_parts(board: Board, labels: IntArray) -> np.ndarray:
    """Mark the units in the heaviest connected part of each grid (the lowest-numbered part when even)."""
    count, part = label_components(len(labels), board.edges, labels)
    held = np.bincount(part, weights=board.load, minlength=count)
    label_of = np.empty(count, dtype=np.int64)
    label_of[part] = labels
    order = np.lexsort((-held, label_of))
    best = order[np.r_[True, label_of[order][1:] != label_of[order][:-1]]]
    return np.isin(part, best)


def _fill_empty(graph: Graph, load: IntArray, labels: IntArray, home: IntArray, piece: IntArray) -> None:
    """Give every empty grid a unit of the grid with most households in its piece; changes `labels`."""
    stamp, queue = np.zeros(len(labels) + 1, dtype=np.int64), np.empty(len(labels), dtype=np.int64)
    for empty in np.flatnonzero(np.bincount(labels, minlength=len(home)) == 0):
        held = np.bincount(labels, weights=load, minlength=len(home))
        size = np.bincount(labels, minlength=len(home))
        givers = np.flatnonzero((home == home[empty]) & (size > 1))
        giver = givers[held[givers].argmax()]
        units = np.flatnonzero((labels == giver) & (piece == home[empty]))
        for unit in units.tolist():
            if can_leave_kernel(graph, labels, unit, stamp, queue):
                labels[unit] = empty
                break
