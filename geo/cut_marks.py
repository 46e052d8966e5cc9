"""What the cells of each community depend on, as a short text: equal texts mean equal cells."""

import hashlib
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely

from geo.cells import MAX_HOUSEHOLDS, find_surroundings, metric_frames
from geo.cells_seeds import COLUMNS, find_seeds
from geo.layers import Layers
from geo.tiling import Shapes

_REACH_M = 60.0
"""A line farther than this from a community is followed by none of its borders (`geo.alongside`: 20 m)."""


def mark_cuts(layers: Layers, *, max_households: int = MAX_HOUSEHOLDS) -> dict[str, str]:
    """Give a digest of everything that the cutting of each community's cells looks at.

    That is the community's shape, who lives in it and where, and every line and area near enough to cut it or
    to be followed by a border. What `geo.cells.cut_cells` makes of one community alone depends on
    nothing else.

    Returns
    -------
    dict
        Community code → digest, in the order of the communities.
    """
    frames = metric_frames(layers)
    regions = frames["communities"].geometry.to_numpy()
    codes = frames["communities"]["code"].astype(str).tolist()
    seeds, _ = find_seeds(frames, regions, codes)
    near = _around(frames, max_households)
    marks = {}
    for at, (code, region) in enumerate(zip(codes, regions, strict=True)):
        digest = hashlib.sha256(f"{code}|{max_households}|{frames['communities'].crs}".encode())
        digest.update(shapely.to_wkb(region, byte_order=1))
        own = seeds[seeds["region"] == at]
        digest.update(own[list(COLUMNS[:-2])].to_csv(index=False).encode())
        _add(digest, own.geometry.to_numpy())
        reach = shapely.buffer(region, _REACH_M)
        shapely.prepare(reach)
        for names, shapes in near:
            touched = np.flatnonzero(shapely.intersects(reach, shapes))
            digest.update("|".join(names[touched].astype(str)).encode())
            _add(digest, shapes[touched])
        marks[code] = digest.hexdigest()
    return marks


def _around(frames: Mapping[str, gpd.GeoDataFrame], max_households: int) -> list[tuple[Shapes, Shapes]]:
    """Give names and shapes of all that cuts or is followed."""
    around = find_surroundings(frames, max_households)
    lines = [
        (frames[name][column].to_numpy(dtype=object), frames[name].geometry.to_numpy())
        for name, column in (("roads", "class"), ("barriers", "kind"))
    ]
    areas = [(np.full(len(shapes), "", object), shapes) for shapes in (around.compounds, around.keep)]
    return [*lines, *areas]


def _add(digest: "hashlib._Hash", shapes: Shapes) -> None:
    for shape in shapely.to_wkb(shapes, byte_order=1):
        digest.update(shape or b"-")
