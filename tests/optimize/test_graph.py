import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.graph import (
    build_graph,
    can_leave_kernel,
    find_components,
    is_contiguous,
    label_components,
)

# 0 1 2
# 3 4 5
SMALL = np.array([[0, 1], [1, 2], [3, 4], [4, 5], [0, 3], [1, 4], [2, 5]])


@st.composite
def labelled_graphs(draw):
    n = draw(st.integers(2, 14))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=30))
    labels = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    return n, np.array(edges, dtype=np.int64).reshape(-1, 2), np.array(labels)


def reachable(n, edges, inside):
    """Flood by repeated sweeps over the edges: slow, plainly right."""
    start = min(inside)
    seen = {start}
    for _ in range(n):
        for a, b in edges.tolist():
            if a in inside and b in inside and (a in seen or b in seen):
                seen |= {a, b}
    return seen


def test_neighbours_are_ascending_and_know_their_edge():
    graph = build_graph(6, SMALL)
    assert graph.n == 6
    assert graph.indices[graph.indptr[4] : graph.indptr[5]].tolist() == [1, 3, 5]
    for cell in range(6):
        for p in range(graph.indptr[cell], graph.indptr[cell + 1]):
            assert sorted([cell, graph.indices[p]]) == SMALL[graph.edge_idx[p]].tolist()


def test_a_graph_without_edges_has_one_component_per_cell():
    assert find_components(3, np.zeros((0, 2), dtype=np.int64))[0] == 3
    assert build_graph(3, np.zeros((0, 2), dtype=np.int64)).indptr.tolist() == [0, 0, 0, 0]


def test_pieces_of_a_label_are_told_apart():
    count, piece = label_components(6, SMALL, np.array([0, 1, 0, 0, 1, 0]))
    assert count == 3
    assert piece[0] == piece[3] != piece[2]


def test_an_empty_group_is_not_contiguous():
    assert not is_contiguous(build_graph(6, SMALL), np.array([], dtype=np.int64))


@settings(deadline=None)  # the first call compiles or loads a kernel
@given(labelled_graphs())
def test_contiguity_agrees_with_a_plain_flood(case):
    n, edges, labels = case
    graph = build_graph(n, edges)
    for label in set(labels.tolist()):
        members = np.flatnonzero(labels == label)
        inside = set(members.tolist())
        assert is_contiguous(graph, members) == (reachable(n, edges, inside) == inside)


@settings(deadline=None)  # the first call compiles or loads a kernel
@given(labelled_graphs())
def test_a_cell_may_leave_when_what_stays_behind_is_one_piece(case):
    n, edges, labels = case
    _, piece = label_components(n, edges, labels)
    graph = build_graph(n, edges)
    stamp, queue = np.zeros(n + 1, dtype=np.int64), np.empty(n, dtype=np.int64)
    for cell in range(n):
        rest = np.flatnonzero(piece == piece[cell])
        rest = rest[rest != cell]
        expected = is_contiguous(graph, rest)
        assert can_leave_kernel(graph, piece, cell, stamp, queue) == expected
