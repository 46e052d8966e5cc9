"""Random communities that look like land: jittered points, Delaunay neighbours, up to some hundred cells."""

import numpy as np
from scipy.spatial import Delaunay

from tests.optimize.oracle import METRES, make_problem


def draw_town(seed, n_cells, *, mean=60, empty=0.05, all_costs=False, **changes):
    """Scatter cells, join Delaunay neighbours, give most of them households around `mean`."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 100 * np.sqrt(n_cells), (n_cells, 2))
    corners = Delaunay(points).simplices if n_cells > 3 else np.array([list(range(n_cells))])
    pairs = {tuple(sorted((int(t[i]), int(t[j])))) for t in corners for i in range(len(t)) for j in range(i)}
    edges = sorted(pairs)
    households = np.maximum(rng.gamma(4, mean / 4, n_cells).astype(np.int64), 1)
    households[rng.random(n_cells) < empty] = 0
    plain = {
        "border_m": rng.uniform(20, 150, len(edges)).round(2),
        "border_factor": rng.choice([0.4, 1.0], len(edges)),
        "outer_m": rng.uniform(0, 100, n_cells).round(2),
        "x_m": points[:, 0],
        "y_m": points[:, 1],
        "compound_idx": rng.integers(-1, max(1, n_cells // 3), n_cells),
        "today_idx": rng.integers(-1, max(1, n_cells // 7), n_cells),
        "heavy": rng.random(len(edges)) < 0.1,
        "formal_members": rng.poisson(0.5, n_cells),
        "institutions": rng.poisson(1, n_cells),
        "organisations": rng.poisson(0.2, n_cells),
        "weights": dict.fromkeys(METRES, 0.5) if all_costs else {"boundary": 1.0},
    }
    return make_problem(households, edges, **(plain | changes))
