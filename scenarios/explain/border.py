"""A grid's border, stretch by stretch: who is across, which line it follows, on which side."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely

from geo.adjacency import MIN_BORDER_M
from geo.alongside import Lines, read_lines
from geo.stretches import OF_COMPOUNDS, Outline, find_side, trace_outline
from scenarios.desk.ground import DeskGround
from scenarios.explain.people import name_compounds

_ACROSS_M = 2.0  # a point so far beyond the edge lies in the community that is across
_REACH_M = 60.0  # no border follows a line that is farther away

Across = tuple[str, str]
"""Kind and code of what lies across a border."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the border: who is across, what it follows, where.

    Attributes
    ----------
    kind
        `grid`, `unassigned` (cells in no grid), `community` (the edge, with another one across) or `edge`
        (the edge of all that is known).
    code, name
        Of the grid or community across, empty where there is none.
    follows, line
        A class of `geo.alongside.BORDER_CLASSES` or `open`, and the name of the line or compound, empty where
        it has none.
    side
        One of eight sides of the grid, or `around`.
    share
        Of the whole border.
    """

    kind: str
    code: str
    name: str
    follows: str
    line: str
    side: str
    length_m: float
    share: float


def find_stretches(
    ground: DeskGround, grid_of_cell: Mapping[str, str | None], names: Mapping[str, str], code: str
) -> tuple[Stretch, ...]:
    """Divide the border of a grid by who is across and what it follows; together they are the whole border.

    The neighbour with the longest border comes first, and of one neighbour the longest stretch. `names` are
    those of the grids.
    """
    home = next(ground.community_of(cell) for cell, grid in grid_of_cell.items() if grid == code)
    own = ground.members[home]
    frame = ground.base.metres.cells.iloc[own]
    ids = [ground.cell_ids[at] for at in own]
    outline = trace_outline(
        frame.geometry.to_numpy(),
        np.array([grid_of_cell.get(cell) == code for cell in ids], np.bool_),
        np.array([ground.compound[at] for at in own], dtype=object),
        _lines_near(ground, frame),
    )
    across = _find_across(ground, [grid_of_cell.get(cell) for cell in ids], outline)
    groups: dict[tuple[Across, str, str], list[int]] = {}
    for at, (who, follows, title) in enumerate(zip(across, outline.follows, outline.title, strict=True)):
        groups.setdefault((who, str(follows), title or ""), []).append(at)
    compounds = name_compounds(ground)
    called = {"grid": names, "community": ground.community_names}
    found = []
    for ((kind, other), follows, line), steps in groups.items():
        chosen = np.zeros(len(across), np.bool_)
        chosen[steps] = True
        length = float(outline.length_m[chosen].sum())
        found.append(
            Stretch(
                kind=kind,
                code=other,
                name=called.get(kind, {}).get(other, other),
                follows=follows,
                line=compounds.get(line, line) if follows in OF_COMPOUNDS else line,
                side=find_side(outline, chosen),
                length_m=length,
                share=length / float(outline.length_m.sum()),
            )
        )
    return _longest_first(_without_corners(found))


def _without_corners(stretches: list[Stretch]) -> list[Stretch]:
    """Count contacts too short to walk along with the longest stretch beside that neighbour, or of all."""
    longest = sorted(stretches, key=lambda item: -item.length_m)
    kept = {(item.kind, item.code, item.follows, item.line): item for item in longest[:1]}
    kept |= {
        (item.kind, item.code, item.follows, item.line): item
        for item in longest[1:]
        if item.length_m >= MIN_BORDER_M
    }
    for item in longest[1:]:
        if item.length_m < MIN_BORDER_M:
            beside = [key for key in kept if key[:2] == (item.kind, item.code)]
            key = (beside or list(kept))[0]
            more = kept[key]
            kept[key] = replace(more, length_m=more.length_m + item.length_m, share=more.share + item.share)
    return list(kept.values())


def _longest_first(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    total: dict[Across, float] = {}
    for item in stretches:
        total[item.kind, item.code] = total.get((item.kind, item.code), 0.0) + item.length_m
    return tuple(
        sorted(
            stretches,
            key=lambda item: (-total[item.kind, item.code], item.kind, item.code, -item.length_m),
        )
    )


def _find_across(ground: DeskGround, grids: list[str | None], outline: Outline) -> list[Across]:
    """Find for each step the grid across; beyond the edge the community there, if there is one."""
    communities = ground.base.layers.frames["communities"]
    shapes = communities.to_crs(ground.base.metres.cells.crs).geometry.to_numpy()
    beyond = np.flatnonzero(outline.other < 0)
    points = shapely.points(outline.middle[beyond] + _ACROSS_M * outline.outward[beyond])
    at, found = shapely.STRtree(shapes).query(points, predicate="intersects")
    codes = communities["code"].astype(str).tolist()
    edge = {int(beyond[step]): codes[place] for step, place in zip(at, found, strict=True)}
    across: list[Across] = []
    for step, cell in enumerate(outline.other.tolist()):
        if cell < 0:
            across.append(("community", edge[step]) if step in edge else ("edge", ""))
        else:
            grid = grids[cell]
            across.append(("grid", grid) if grid is not None else ("unassigned", ""))
    return across


def _lines_near(ground: DeskGround, cells: gpd.GeoDataFrame) -> Lines:
    """Take the roads and barriers that lie in reach of some cells."""
    reach = gpd.GeoSeries([shapely.box(*cells.total_bounds).buffer(_REACH_M)], crs=cells.crs)
    near: dict[str, gpd.GeoDataFrame | None] = {}
    for name in ("roads", "barriers"):
        frame = ground.base.layers.frames.get(name)
        if isinstance(frame, gpd.GeoDataFrame) and not frame.empty:
            near[name] = frame[frame.intersects(reach.to_crs(frame.crs).iloc[0])]
    return read_lines(cells.crs, near.get("roads"), near.get("barriers"))
