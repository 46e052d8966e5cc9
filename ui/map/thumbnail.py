"""A plan of one community as a small picture: SVG text made from the grids' shapes, no Streamlit in here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from exports.colours import colour_grids

_MARGIN_PX = 3.0
_LINE = "#4a4a4a"
_BROKEN = "#d7191c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Width and height of a picture in pixels."""

    width: int = 240
    height: int = 170


def draw_thumbnail(
    grids: gpd.GeoDataFrame, *, title: str = "", broken: Sequence[bool] = (), size: Size | None = None
) -> str:
    """Draw grids as SVG text, north up, as large as fits.

    Parameters
    ----------
    grids
        Shapes in degrees.
    title
        What a screen reader says; may come from a file, so it is escaped.
    broken
        Per row, whether a hard rule is broken: drawn with a red outline above the others.
    """
    size = size or Size()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size.width} {size.height}" '
        f'width="{size.width}" height="{size.height}">'
    )
    named = f"<title>{escape(title)}</title>" if title else ""
    return f"{head}{named}{''.join(_paths(grids, broken, size))}</svg>"


def _paths(grids: gpd.GeoDataFrame, broken: Sequence[bool], size: Size) -> Iterator[str]:
    if grids.empty:
        return
    shapes = _on_paper(grids.geometry.to_numpy(), size)
    marked = [bool(broken[row]) if len(broken) else False for row in range(len(grids))]
    fills = colour_grids(grids)
    # Red outlines come last, so that no neighbour covers half of one.
    for row in sorted(range(len(grids)), key=marked.__getitem__):
        line = f'stroke="{_BROKEN}" stroke-width="2.5"' if marked[row] else f'stroke="{_LINE}"'
        yield (
            f'<path d="{_outline(shapes[row])}" fill="{fills[row]}" fill-rule="evenodd" {line} '
            'stroke-linejoin="round"/>'
        )


def _on_paper(shapes: NDArray[np.object_], size: Size) -> NDArray[np.object_]:
    """Move shapes from degrees into the picture, y downwards, without what is finer than half a pixel."""
    west, south, east, north = shapely.total_bounds(shapes)
    shrink = float(np.cos(np.radians((south + north) / 2)))  # a degree east, measured in degrees north
    wide, high = max((east - west) * shrink, 1e-12), max(north - south, 1e-12)
    scale = min((size.width - 2 * _MARGIN_PX) / wide, (size.height - 2 * _MARGIN_PX) / high)
    left = (size.width - wide * scale) / 2
    top = (size.height - high * scale) / 2

    def place(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([left + (xy[:, 0] - west) * shrink * scale, top + (north - xy[:, 1]) * scale])

    placed: NDArray[np.object_] = shapely.transform(shapely.force_2d(shapes), place)
    return np.asarray(shapely.simplify(placed, 0.5), dtype=object)


def _outline(shape: shapely.Geometry) -> str:
    rings = shapely.get_rings(shapely.get_parts(shape))
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)[:-1]) + "Z"
        for ring in rings
    )
