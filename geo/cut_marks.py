"""What the cells of each community depend on, as a short text: equal texts mean equal cells."""

import hashlib

import numpy as np
import shapely

from geo.cells import MAX_HOUSEHOLDS, Survey, survey
from geo.cells_seeds import COLUMNS
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
    return mark_surveyed(survey(layers, max_households=max_households))


def mark_surveyed(ground: Survey) -> dict[str, str]:
    """Give the digests for what has been surveyed; as `mark_cuts`."""
    seeds, crs, most = ground.seeds, ground.seeds.crs, ground.around.max_households
    near = _around(ground)
    marks = {}
    for at, (code, region) in enumerate(zip(ground.codes, ground.regions, strict=True)):
        digest = hashlib.sha256(f"{code}|{most}|{crs}".encode())
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


def _around(ground: Survey) -> list[tuple[Shapes, Shapes]]:
    """Give names and shapes of all that cuts or is followed."""
    lines = [
        (
            ground.frames[name][column].to_numpy(dtype=object),
            ground.frames[name].geometry.to_numpy(),
        )
        for name, column in (("roads", "class"), ("barriers", "kind"))
    ]
    around = ground.around
    areas = [(np.full(len(shapes), "", object), shapes) for shapes in (around.compounds, around.keep)]
    return [*lines, *areas]


def _add(digest: "hashlib._Hash", shapes: Shapes) -> None:
    for shape in shapely.to_wkb(shapes, byte_order=1):
        digest.update(shape or b"-")
