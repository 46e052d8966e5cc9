"""Ward clustering on the contiguity graph: a plan in no time, and the baseline for all other plans.

Ward (1963), Hierarchical grouping to optimize an objective function, doi:10.1080/01621459.1963.10500845, as
scikit-learn's `AgglomerativeClustering` with `connectivity`. It knows neither households nor costs; where the
band is missed, boundary cells are then moved downhill. What still breaks a rule is reported.
"""

import time

import numpy as np
from scipy.sparse import coo_matrix
from sklearn.cluster import AgglomerativeClustering

from optimize.assemble import build_result
from optimize.checks import lay_out
from optimize.locks import settle_locks
from optimize.params import OnStep, Params, Step
from optimize.problem import IntArray, Problem
from optimize.result import Reason, Result, Stats
from optimize.search_board import Board, build_board
from optimize.search_certificate import certify, find_reasons, settle_count
from optimize.search_chance import new_chance
from optimize.search_flips import Heat, Span, anneal_kernel
from optimize.search_nest import no_nest
from optimize.search_prices import build_prices
from optimize.search_rounds import count_options
from optimize.search_walk import build_walk
from optimize.starts import board_pieces, grid_range
from optimize.stop import Stop

_MOVES_PER_UNIT = 2000


def cluster(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> Result:
    """Propose grids by Ward clustering of centroids, then mend the balance; the band may stay broken.

    The number of grids is the one asked for, else the households over the target size.
    """
    del params  # nothing to choose
    started = time.process_time()
    seed = int(rng.integers(2**31))
    layout, locks = lay_out(problem), settle_locks(problem)
    board, units = build_board(problem, layout.fixed, locks, build_prices(problem))
    n_free, reasons = settle_count(problem, layout)
    labels = np.zeros(len(board.load), dtype=np.int64)
    if len(labels):
        count, piece = board_pieces(board)
        ranges = [grid_range(board, np.flatnonzero(piece == index)) for index in range(count)]
        grids = count_options(board, piece, n_free, ranges)[0]
        labels = mend_balance(board, ward_labels(board, piece, grids), int(grids.sum()), seed)
    cells = units.to_cells(labels)
    reasons += find_reasons(problem, layout, cells)
    if stop():
        reasons.append(Reason(code="stopped"))
    bound, proven = certify(problem, layout, n_free, cells)
    stats = Stats(engine="ward", seed=seed, cpu_s=time.process_time() - started, truncated=True)
    result = build_result(problem, cells, lower_bound=bound, proven=proven, reasons=reasons, stats=stats)
    if on_step is not None:
        on_step(Step(phase="done", done=1.0, objective=result.objective, lower_bound=result.lower_bound))
    return result


def ward_labels(board: Board, piece: IntArray, grids: IntArray) -> IntArray:
    """Cluster the centroids of every piece into its number of contiguous grids, int64 (u,)."""
    points = np.stack([board.x, board.y], axis=1)
    labels = np.zeros(len(board.load), dtype=np.int64)
    first = 0
    for index, k in enumerate(grids.tolist()):
        units = np.flatnonzero(piece == index)
        labels[units] = first
        if k > 1:
            model = AgglomerativeClustering(
                n_clusters=k, linkage="ward", connectivity=_connectivity(board, units)
            )
            labels[units] += model.fit_predict(points[units])
        first += k
    return labels


def _connectivity(board: Board, units: IntArray) -> coo_matrix:
    place = np.full(len(board.load), -1, dtype=np.int64)
    place[units] = np.arange(len(units))
    a, b = place[board.edges].T
    a, b = a[a >= 0], b[a >= 0]
    return coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(len(units), len(units))).tocsr()


def mend_balance(board: Board, labels: IntArray, k: int, seed: int) -> IntArray:
    """Where the band is missed, move boundary cells: towards the band first, then to shorter borders."""
    walk = build_walk(board, labels, k)
    moves = _MOVES_PER_UNIT * len(labels)
    greedy = Heat(1e-6, 1e-6, 1e3, 1e3, 0.0)
    if walk.miss[0] > 0:
        anneal_kernel(board, walk, no_nest(), greedy, Span(0, moves, moves), new_chance(seed))
    return walk.best
