"""The work of the grids benchmark: maps to divide, and how a division of one is measured.

What is measured here is counted anew from the labels with numpy and scipy alone, by no engine's code.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from optimize.problem import FloatArray, IntArray

_SPACING_M = 60.0
_CELLS_PER_DISTRICT = 10
_TOLERANCE = 0.2
_SHAPES = ("x_m", "y_m", "area_m2", "outer_m", "border_m", "edges", "weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A map of n cells to divide into contiguous districts.

    Attributes
    ----------
    family
        `voronoi`, `reference` or `file`.
    goal
        `cut`: fewest cut edges; `length`: shortest borders, which makes round districts.
    n_districts
        How many, or None when it is free.
    low, high
        Inclusive bounds of a district's weight.
    weight, x_m, y_m, area_m2, outer_m
        Per cell: households, centroid, area, border with the outside. Files know no areas: 0.
    edges, border_m
        int64 (m, 2) with the smaller index first, and the length of each shared border.
    best_known
        Fewest cut edges published, or None.
    """

    name: str
    family: str
    goal: str
    n_districts: int | None
    low: int
    high: int
    weight: IntArray
    x_m: FloatArray
    y_m: FloatArray
    area_m2: FloatArray
    outer_m: FloatArray
    edges: IntArray
    border_m: FloatArray
    best_known: int | None = None


def draw_voronoi(cells: int, seed: int, goal: str = "cut") -> Work:
    """Scatter points evenly at random, give their Voronoi cells some 45 households each: n/10 districts."""
    from bench.towns import measure_cells  # noqa: PLC0415 - as in `read_reference`

    rng = np.random.default_rng(seed)
    side = float(np.sqrt(cells) * _SPACING_M)
    points = rng.uniform(0.0, side, (cells, 2))
    edges, border_m, outer_m, area_m2 = measure_cells(points, side, side, least_m=0.01)
    weight = np.maximum(rng.gamma(3.0, 15.0, cells), 1).astype(np.int64)
    districts = cells // _CELLS_PER_DISTRICT
    ideal = float(weight.sum()) / districts
    return Work(
        name=f"voronoi {cells}" + (", borders" if goal == "length" else ""),
        family="voronoi",
        goal=goal,
        n_districts=districts,
        low=int(np.ceil(ideal * (1 - _TOLERANCE))),
        high=int(ideal * (1 + _TOLERANCE)),
        weight=weight,
        x_m=points[:, 0],
        y_m=points[:, 1],
        area_m2=area_m2,
        outer_m=outer_m,
        edges=edges,
        border_m=border_m,
    )


def read_work(path: Path) -> Work:
    """Read a published instance: cut edges, inclusive bounds, a fixed number of districts."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    edges = np.unique(np.sort(np.array(facts["edges"], dtype=np.int64).reshape(-1, 2), axis=1), axis=0)
    cells = len(facts["weight"])
    known = facts.get("best_known_cut")
    return Work(
        name=path.stem,
        family="file",
        goal="cut",
        n_districts=int(facts["n_districts"]),
        low=int(facts["weight_min"]),
        high=int(facts["weight_max"]),
        weight=np.array(facts["weight"], dtype=np.int64),
        x_m=np.array(facts.get("x_m", np.zeros(cells)), dtype=np.float64),
        y_m=np.array(facts.get("y_m", np.zeros(cells)), dtype=np.float64),
        area_m2=np.zeros(cells),
        outer_m=np.zeros(cells),
        edges=edges,
        border_m=np.ones(len(edges)),
        best_known=None if known is None else int(known),
    )


def read_works(folder: Path) -> list[Work]:
    """Read every instance of a folder, or of its subfolder `districting`, in order of their names."""
    inner = folder / "districting"
    paths = sorted((inner if inner.is_dir() else folder).glob("*.json"))
    if not paths:
        print(f"grids: no instance files in {folder}", file=sys.stderr)
    return [read_work(path) for path in paths]


def save_work(work: Work, path: Path) -> None:
    """Write a work for another process."""
    plain = {name: getattr(work, name) for name in work.__slots__ if name not in _SHAPES}
    np.savez(path, plain=json.dumps(plain), **{name: getattr(work, name) for name in _SHAPES})


def load_work(path: Path) -> Work:
    """Read what `save_work` wrote."""
    with np.load(path) as kept:
        return Work(**json.loads(str(kept["plain"])), **{name: kept[name] for name in _SHAPES})


def measure(work: Work, labels: IntArray) -> dict[str, float | int | bool]:
    """Measure a division from its labels.

    Returns
    -------
    dict
        Number of districts; share of them inside the bounds; whether all are contiguous and every cell is in
        one; cut edges; metres of border between districts; mean Polsby-Popper (4 pi A / P²; not for files,
        which know no shapes); moment: mean squared distance of households from their district's centre, m².
    """
    names, district = np.unique(labels, return_inverse=True)
    count = len(names)
    load = np.bincount(district, weights=work.weight, minlength=count).astype(np.float64)
    a, b = work.edges.T
    between = district[a] != district[b]
    same = coo_matrix((np.ones((~between).sum()), (a[~between], b[~between])), shape=(len(labels),) * 2)
    n_pieces, _ = connected_components(same, directed=False)
    found: dict[str, float | int | bool] = {
        "districts": count,
        "in_band_share": round(float(((load >= work.low) & (load <= work.high)).mean()), 4),
        "contiguous": bool(n_pieces == count and labels.min() >= 0),
        "cut_edges": int(between.sum()),
        "moment": round(_moment(work, district, load), 1),
    }
    if work.area_m2.any():
        found["border_m"] = round(float(work.border_m[between].sum()), 1)
        found["polsby_popper"] = round(_polsby_popper(work, district, count, between), 4)
    return found


def _moment(work: Work, district: IntArray, load: FloatArray) -> float:
    held = np.maximum(load, 1e-9)
    x = np.bincount(district, weights=work.weight * work.x_m) / held
    y = np.bincount(district, weights=work.weight * work.y_m) / held
    square = (work.x_m - x[district]) ** 2 + (work.y_m - y[district]) ** 2
    return float((square * work.weight).sum() / max(work.weight.sum(), 1))


def _polsby_popper(work: Work, district: IntArray, count: int, between: np.ndarray) -> float:
    area = np.bincount(district, weights=work.area_m2, minlength=count)
    around = np.bincount(district, weights=work.outer_m, minlength=count)
    for side in (0, 1):
        around += np.bincount(
            district[work.edges[between, side]], weights=work.border_m[between], minlength=count
        )
    return float((4 * np.pi * area / np.maximum(around, 1e-9) ** 2).mean())


def read_reference(folder: Path) -> Work:
    """Read the reference district as one map, redrawn without community borders, 300 to 500 households.

    Parcels above the maximum stay what they are: no plan holds the band everywhere.
    """
    import geopandas  # noqa: PLC0415 - the child processes that solve do not need it
    import shapely  # noqa: PLC0415

    frame = geopandas.read_file(folder / "parcels.geojson")
    shapes = shapely.set_precision(frame.to_crs(frame.estimate_utm_crs()).geometry.to_numpy(), 0.01)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    a, b = a[a < b], b[a < b]
    border_m = shapely.length(shapely.intersection(shapes[a], shapes[b]))
    touching = border_m > 1.0
    edges = np.stack([a[touching], b[touching]], axis=1).astype(np.int64)
    border_m = border_m[touching]
    centre = shapely.centroid(shapes)
    between = np.bincount(edges.ravel(), np.repeat(border_m, 2), len(shapes))
    return Work(
        name="reference district",
        family="reference",
        goal="length",
        n_districts=None,
        low=300,
        high=500,
        weight=frame["households"].to_numpy(np.int64),
        x_m=shapely.get_x(centre),
        y_m=shapely.get_y(centre),
        area_m2=shapely.area(shapes),
        outer_m=np.maximum(shapely.length(shapes) - between, 0.0),
        edges=edges,
        border_m=border_m,
    )
