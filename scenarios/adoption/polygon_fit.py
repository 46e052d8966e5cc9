"""How polygons drawn elsewhere lie on the cells: which covers most of each, and what does not fit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.layers import Fault, Severity
from scenarios.adoption.difference import Standing

LAYER = "polygons"
"""What findings call the polygons."""

NOISE_SHARE = 0.01
"""Share of a cell below which a polygon over it counts as drawing noise."""

NOISE_M2 = 1.0
_MOST_NAMED = 8

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaps:
    """Which polygon covers how much of which cell, noise left out, and the best polygon of each cell.

    Attributes
    ----------
    cell, polygon
        int64 (m,), positions.
    share
        float64 (m,), share of the cell's area, the largest of a cell first.
    best
        int64 (n,), the polygon of largest overlap of each cell, -1 where none covers it; of equals the first.
    best_share
        float64 (n,).
    """

    cell: IntArray
    polygon: IntArray
    share: FloatArray
    best: IntArray
    best_share: FloatArray


def measure_overlaps(cells: Shapes, polygons: Shapes) -> Overlaps:
    """Measure how much of each cell each polygon covers; shapes in a metric CRS.

    A pair counts when it is more than `NOISE_SHARE` of the cell.
    """
    cell, polygon = shapely.STRtree(polygons).query(cells, predicate="intersects")
    covered = shapely.area(shapely.intersection(cells[cell], polygons[polygon]))
    share = covered / shapely.area(cells)[cell]
    order = np.lexsort((polygon, -share, cell))
    cell, polygon, share = cell[order], polygon[order], share[order]
    real = share > NOISE_SHARE
    cell, polygon, share = cell[real], polygon[real], share[real]
    first = np.unique(cell, return_index=True)[1]
    best = np.full(len(cells), -1, np.int64)
    best_share = np.zeros(len(cells))
    best[cell[first]], best_share[cell[first]] = polygon[first], share[first]
    return Overlaps(cell=cell, polygon=polygon, share=share, best=best, best_share=best_share)


def measure_fit(overlaps: Overlaps) -> float:
    """Measure how well polygons follow the cells: the mean share of a cell that its best polygon covers."""
    covered = overlaps.best >= 0
    return float(overlaps.best_share[covered].mean()) if covered.any() else 0.0


def find_homes(standing: Standing, overlaps: Overlaps, area: FloatArray, n: int) -> list[str | None]:
    """Find the community of each polygon: where most of the ground of its cells lies; None without cells."""
    communities = list(standing.community_of_cell.values())
    ground: list[Counter[str]] = [Counter() for _ in range(n)]
    for cell, best in enumerate(overlaps.best.tolist()):
        if best >= 0:
            ground[best][communities[cell]] += float(area[cell])
    return [counts.most_common(1)[0][0] if counts else None for counts in ground]


def list_disagreements(
    frame: gpd.GeoDataFrame,
    standing: Standing,
    overlaps: Overlaps,
    homes: Sequence[str | None],
    codes: Sequence[str | None],
) -> Iterator[Fault]:
    """List cells that are split or uncovered, and polygons that cross communities or hold no cells."""
    ids, communities = list(standing.grid_of_cell), list(standing.community_of_cell.values())
    titles = title_polygons(frame, codes)
    yield from _split(ids, communities, overlaps, homes, titles)
    uncovered = [ids[at] for at in np.flatnonzero(overlaps.best < 0)]
    if uncovered:
        yield finding("cells_uncovered", "notice", n=len(uncovered), cells=tuple(uncovered[:_MOST_NAMED]))
    astray: dict[int, list[int]] = {}
    for cell, best in enumerate(overlaps.best.tolist()):
        if best >= 0 and homes[best] != communities[cell]:
            astray.setdefault(best, []).append(cell)
    for best, cells in sorted(astray.items()):
        yield finding_at(
            frame,
            best,
            "polygon_crosses",
            "notice",
            code=titles[best],
            community=name_of(standing, homes[best]),
            others=tuple(dict.fromkeys(name_of(standing, communities[cell]) for cell in cells)),
            n=len(cells),
            cells=tuple(ids[cell] for cell in cells[:_MOST_NAMED]),
        )
    for at, home in enumerate(homes):
        if home is None:
            yield finding_at(frame, at, "polygon_without_cells", "notice", code=titles[at])


def _split(
    ids: Sequence[str],
    communities: Sequence[str],
    overlaps: Overlaps,
    homes: Sequence[str | None],
    titles: Sequence[str],
) -> Iterator[Fault]:
    """List the cells that no polygon of their community covers whole, with the shares of each."""
    for cell in np.flatnonzero((overlaps.best >= 0) & (overlaps.best_share < 1 - NOISE_SHARE)).tolist():
        best = int(overlaps.best[cell])
        if homes[best] != communities[cell]:
            continue  # told with the polygon that crosses
        own = overlaps.cell == cell
        pairs = zip(overlaps.polygon[own].tolist(), overlaps.share[own].tolist(), strict=True)
        shares = tuple(f"{titles[polygon]} {share:.1%}" for polygon, share in pairs)
        yield finding("cell_split", "notice", cell=ids[cell], shares=shares, code=titles[best])


def list_overlapping(
    polygons: Shapes, codes: Sequence[str | None], frame: gpd.GeoDataFrame
) -> Iterator[Fault]:
    """List the pairs of polygons that lie on each other; shapes in a metric CRS."""
    titles = title_polygons(frame, codes)
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    one, other = one[one < other], other[one < other]
    areas = shapely.area(shapely.intersection(polygons[one], polygons[other]))
    for a, b, area in zip(one.tolist(), other.tolist(), areas.tolist(), strict=True):
        if area > NOISE_M2:
            facts = {"code": titles[a], "other": titles[b], "area_m2": round(area)}
            yield finding_at(frame, a, "polygons_overlap", "notice", **facts)


def title_polygons(frame: gpd.GeoDataFrame, codes: Sequence[str | None]) -> list[str]:
    """Name each polygon: by its code, else by what the file calls it, else by its row."""
    given = [*zip(codes, read_texts(frame, "code"), read_texts(frame, "name"), frame.index, strict=True)]
    return [code or own or name or f"#{int(row) + 1}" for code, own, name, row in given]


def read_texts(frame: gpd.GeoDataFrame, column: str) -> list[str | None]:
    """Give a column's texts, None where there is none."""
    if column not in frame:
        return [None] * len(frame)
    return [value.strip() or None if isinstance(value, str) else None for value in frame[column]]


def name_of(standing: Standing, community: str | None) -> str:
    """Give a community's name."""
    return standing.communities.get(community or "", community or "")


def finding_at(
    frame: gpd.GeoDataFrame, position: int, code: str, severity: Severity, /, **facts: object
) -> Fault:
    """Make a finding about one polygon, with its row in the file."""
    row = int(frame.index[position]) + 1
    return Fault(code=code, severity=severity, layer=LAYER, row=row, facts=facts)


def finding(code: str, severity: Severity, /, **facts: object) -> Fault:
    """Make a finding about the polygons as a whole."""
    return Fault(code=code, severity=severity, layer=LAYER, facts=facts)
