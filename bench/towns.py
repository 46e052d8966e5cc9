"""Communities for benchmarks with too many groups to list: Voronoi cells of jittered points, some empty."""

import numpy as np
from scipy.spatial import Voronoi

from optimize.problem import FloatArray, IntArray, Problem

_SPACING_M = 60.0


def build_town(columns: int, rows: int, *, mean_households: int = 45, seed: int = 1) -> Problem:
    """Build a community of columns x rows cells with about so many households each, band 300 to 500.

    One cell in twenty is empty; a border in five runs along a main road and costs half.
    """
    rng = np.random.default_rng(seed)
    spots = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
    points = (spots + rng.uniform(0.15, 0.85, spots.shape)) * _SPACING_M
    edges, border_m, outer_m, area_m2 = measure_cells(points, columns * _SPACING_M, rows * _SPACING_M)
    n_cells = len(points)
    households = np.maximum(rng.gamma(3.0, mean_households / 3.0, n_cells), 1).astype(np.int64)
    households[rng.random(n_cells) < 0.05] = 0
    nowhere = np.full(n_cells, -1, dtype=np.int64)
    nothing = np.zeros(n_cells, dtype=np.int64)
    along_road = rng.choice([False, True], len(edges), p=[0.8, 0.2])
    return Problem(
        name=f"town {n_cells}",
        households=households,
        residents=households * 3,
        formal_members=nothing,
        institutions=nothing,
        organisations=nothing,
        edges=edges,
        border_m=border_m,
        border_factor=np.where(along_road, 0.5, 1.0),
        heavy=along_road,
        outer_m=outer_m,
        perimeter_m=outer_m + np.bincount(edges.ravel(), np.repeat(border_m, 2), n_cells),
        area_m2=area_m2,
        x_m=points[:, 0],
        y_m=points[:, 1],
        compound_idx=nowhere,
        today_idx=nowhere,
        min_households=300,
        max_households=500,
        target_households=400,
        residents_reference=1000,
        members_needed=3,
        institutions_per_grid=0.0,
        weights={"boundary": 1.0},
    )


def measure_cells(
    points: FloatArray, width: float, height: float, *, least_m: float = 1.0
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Give edges, their lengths, the outline and the area of each cell inside a rectangle.

    Cells that share `least_m` or less are no neighbours. Points mirrored at the four sides make every cell
    end exactly at the rectangle.
    """
    n_cells = len(points)
    mirrored = [points * [-1, 1], points * [-1, 1] + [2 * width, 0]]
    mirrored += [points * [1, -1], points * [1, -1] + [0, 2 * height]]
    diagram = Voronoi(np.concatenate([points, *mirrored]))
    ends = np.sort(diagram.ridge_points, axis=1)
    corners = diagram.vertices[np.array([ridge[:2] for ridge in diagram.ridge_vertices])]
    length = np.linalg.norm(corners[:, 0] - corners[:, 1], axis=1)
    apart = np.linalg.norm(diagram.points[ends[:, 0]] - diagram.points[ends[:, 1]], axis=1)
    area = np.zeros(len(diagram.points))
    for side in (0, 1):
        np.add.at(area, ends[:, side], length * apart / 4)  # a triangle on each side of every ridge
    inner = (ends < n_cells).all(axis=1) & (length > least_m)
    outline = (ends[:, 0] < n_cells) & (ends[:, 1] >= n_cells)
    outer_m = np.bincount(ends[outline, 0], weights=length[outline], minlength=n_cells).astype(np.float64)
    order = np.lexsort(ends[inner].T[::-1])
    edges = np.asarray(ends[inner][order], dtype=np.int64)
    border_m = np.asarray(length[inner][order], dtype=np.float64)
    return edges, border_m, outer_m, area[:n_cells]
