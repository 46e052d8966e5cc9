"""Take over grids drawn elsewhere: each cell goes to the polygon that covers most of it."""

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import to_storage
from geo.headers import find_layer, map_columns
from geo.layers import Fault
from geo.mend import mend_frames
from geo.read_frames import build_frame
from geo.read_raw import RawTable, Reading
from geo.schema import LAYERS
from geo.validate_shapes import check_shapes
from scenarios.adoption.difference import Adoption, Allow, Standing, refuse, settle
from scenarios.adoption.polygon_codes import choose_codes, read_codes
from scenarios.adoption.polygon_fit import (
    LAYER,
    Overlaps,
    find_homes,
    finding,
    list_disagreements,
    list_overlapping,
    measure_fit,
    measure_overlaps,
    read_texts,
)

_OFFSET_SYSTEMS = ("GCJ-02", "BD-09")
_OFFSET_MARGIN = 0.05
_GOOD_FIT = 0.9
_UNCERTAIN = (None, "WGS84", "CGCS2000")  # what files in GCJ-02 and BD-09 claim to be, for want of a code


def adopt_drawing(
    reading: Reading, file: str, standing: Standing, *, crs: str | None, allow: Allow
) -> Adoption:
    """Give what a file of polygons that was read would change.

    Parameters
    ----------
    reading
        One layer of polygons, or one among others that is named "grids"; with code and name if it has them.
    standing
        The plan to compare with.
    crs
        Coordinate system, as for `geo.read.read_layers`.
    allow
        Whether polygons may become new grids.

    Raises
    ------
    AdoptionError
        `adoption_refused` with every fault: shapes that cross themselves, an unknown or a wrong coordinate
        system, nothing covered, codes of grids that may not be made.
    """
    refuse(file, reading.faults)
    table, trouble = _choose_table(reading.tables, file)
    refuse(file, trouble)
    frame, findings = _shapes_of(table, crs)
    listed = [*reading.faults, *findings]
    refuse(file, listed)
    uncertain = crs is None and (table.crs_assumed or table.crs in _UNCERTAIN)
    return adopt_polygons(frame, standing, source=file, allow=allow, findings=listed, uncertain=uncertain)


def adopt_polygons(
    frame: gpd.GeoDataFrame,
    standing: Standing,
    *,
    source: str,
    allow: Allow,
    findings: Sequence[Fault] = (),
    uncertain: bool = False,
) -> Adoption:
    """Give what polygons would change.

    Parameters
    ----------
    frame
        `code` and `name` (either may be missing or empty), valid geometry in EPSG:4490; the index is one
        below the row as a person counts it.
    findings
        What was found while reading.
    uncertain
        Whether nobody said for certain which coordinate system the polygons have.

    Raises
    ------
    AdoptionError
        `adoption_refused`.
    """
    cells = standing.cells.geometry.to_numpy()
    polygons = frame.to_crs(standing.cells.crs).geometry.to_numpy()
    overlaps = measure_overlaps(cells, polygons)
    offset = _check_offset(frame, standing, cells, overlaps, uncertain=uncertain)
    far = [] if len(overlaps.cell) or offset else [_far(standing, frame)]
    refuse(source, [*findings, *offset, *far])
    homes = find_homes(standing, overlaps, shapely.area(cells), len(polygons))
    codes, coding = choose_codes(frame, standing, overlaps, homes, allow)
    listed = [
        *findings,
        *offset,
        *coding,
        *list_disagreements(frame, standing, overlaps, homes, codes),
        *list_overlapping(polygons, codes, frame),
    ]
    refuse(source, listed)
    named = zip(codes, read_texts(frame, "name"), read_codes(frame, standing), strict=True)
    names = {
        code: name for code, name, given in named if code is not None and name is not None and name != given
    }
    wanted = _wanted(standing, overlaps, homes, codes)
    return settle(standing, wanted, names=names, source=source, kind="polygons", findings=listed)


def _wanted(
    standing: Standing, overlaps: Overlaps, homes: Sequence[str | None], codes: Sequence[str | None]
) -> dict[str, str | None]:
    """Give the code of each cell whose best polygon lies in its community; the others keep their grid."""
    cells = zip(standing.community_of_cell.items(), overlaps.best.tolist(), strict=True)
    return {cell: codes[best] for (cell, home), best in cells if best >= 0 and homes[best] == home}


def has_grids(tables: Sequence[RawTable]) -> bool:
    """Tell whether a file has a layer of polygons that is named as the grids."""
    return any(_is_drawn(table) and _is_named(table) for table in tables)


def two_answers(cells: str) -> Fault:
    """Say that the grids of a file and its layer of cells, by name, have been changed in different ways."""
    return finding("polygons_and_cells", "fault", cells=cells)


def _is_named(table: RawTable) -> bool:
    return find_layer(table.name) == ("grids", True)


def _choose_table(tables: Sequence[RawTable], file: str) -> tuple[RawTable, list[Fault]]:
    """Choose the layer of polygons: the one named as grids, else the only one that has polygons."""
    drawn = [table for table in tables if _is_drawn(table)]
    chosen = [table for table in drawn if _is_named(table)] or drawn
    if not chosen:
        return tables[0], [finding("polygons_missing", "fault", file=file)]
    if len(chosen) > 1:
        names = tuple(table.name for table in chosen)
        return tables[0], [finding("polygons_several", "fault", file=file, layers=names)]
    return chosen[0], []


def _is_drawn(table: RawTable) -> bool:
    if table.shapes is None:
        headers = [str(header) for header in table.table.columns]
        return "wkt" in map_columns(LAYERS["grids"], headers, places=True).places
    return bool((shapely.get_dimensions(table.shapes) == 2).any())


def _shapes_of(table: RawTable, crs: str | None) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read columns and shapes as those of the grids layer, mend what is certain and list what is not."""
    frame, found = build_frame(table, LAYERS["grids"], crs, None)
    if frame is None:
        return gpd.GeoDataFrame(), _renamed(found)
    # Labels drawn as points lie beside the polygons in many a KML: they are no grids, and no fault either.
    is_area = shapely.get_dimensions(frame.geometry.to_numpy()) == 2
    beside = [] if is_area.all() else [finding("polygons_others", "notice", n=int((~is_area).sum()))]
    mended, repairs = mend_frames({"grids": frame[is_area]})
    faults = check_shapes(mended["grids"], LAYERS["grids"])
    return mended["grids"], [*_renamed([*found, *repairs, *faults]), *beside]


def _renamed(findings: Sequence[Fault]) -> list[Fault]:
    """Say of findings that they are of the polygons, and leave out what concerns only a project's layer."""
    passed_over = ("column_ignored", "column_spare", "layer_guessed")
    return [replace(item, layer=LAYER) for item in findings if item.code not in passed_over]


def _far(standing: Standing, frame: gpd.GeoDataFrame) -> Fault:
    there = shapely.box(*frame.to_crs(standing.cells.crs).total_bounds)
    distance_m = float(standing.cells.distance(there).min())
    return finding("polygons_far", "fault", distance_km=round(distance_m / 1000, 1))


def _check_offset(
    frame: gpd.GeoDataFrame,
    standing: Standing,
    cells: NDArray[np.object_],
    read: Overlaps,
    *,
    uncertain: bool,
) -> list[Fault]:
    """Look whether the polygons fit the cells much better when taken as GCJ-02 or BD-09.

    Files seldom say that they are. Where nobody named a system, a clearly better fit is a fault: the grids
    would stand some hundred metres beside the ground they mean.
    """
    system = standing.cells.crs
    fit = measure_fit(read)
    others = {
        name: measure_fit(measure_overlaps(cells, to_storage(frame, name).to_crs(system).geometry.to_numpy()))
        for name in _OFFSET_SYSTEMS
    }
    better, best = max(others.items(), key=lambda item: item[1])
    if best < fit + _OFFSET_MARGIN:
        return []
    facts = {"better": better, "share_read": f"{fit:.0%}", "share_better": f"{best:.0%}"}
    if uncertain and best >= _GOOD_FIT:
        return [finding("polygons_offset", "fault", **facts)]
    return [finding("polygons_offset_maybe", "notice", **facts)]
