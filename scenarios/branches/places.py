"""The places of a project where a branch may be set up, with what is counted there.

Members of grids are those of compounds, shared among the grids that a compound lies in by households: people
who live there. Members of institutions are those who work there. So the two are never added up.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.layers import Layers
from geo.places import locate
from scenarios.branches.values import Kind, Place
from scenarios.facts import count_members, has_members
from scenarios.given import count, text
from scenarios.ground import Ground

LIVING = "residents"
"""Line of work of a compound: those who live there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """Cells in metres with the grid of each, the names of grids, and each grid's community."""

    cells: gpd.GeoDataFrame
    grid_of_cell: "pd.Series"
    names: Mapping[str, str]

    @property
    def community_of_grid(self) -> dict[str, str]:
        """Grid → community that most of its cells lie in."""
        held = self.grid_of_cell.notna()
        pairs = Counter(zip(self.grid_of_cell[held], self.cells["community_code"][held], strict=True))
        best: dict[str, str] = {}
        for (grid, community), _ in sorted(pairs.items(), key=lambda item: item[1]):
            best[str(grid)] = str(community)
        return best


def list_places(ground: Ground, land: Land) -> tuple[Place, ...]:
    """List all places: grids, compounds, property companies, owners' committees, institutions."""
    layers = ground.layers
    found = [
        *_grids(layers, land),
        *_compounds(layers, land),
        *_companies(layers, land),
        *_institutions(layers, land),
    ]
    return tuple(_unique(found))


def _grids(layers: Layers, land: Land) -> Iterator[Place]:
    """List the grids, each with the members who live there."""
    living = {name: frame for name, frame in layers.frames.items() if name != "institutions"}
    counted = has_members(layers.frames.get("compounds"))
    members = count_members(Layers(frames=living), land.cells)
    centre = shapely.centroid(land.cells.geometry.to_numpy())
    area = land.cells.area.to_numpy()
    home = land.community_of_grid
    for code, rows in land.grid_of_cell.groupby(land.grid_of_cell).groups.items():
        at = land.cells.index.get_indexer(rows)
        weight = area[at] if area[at].sum() > 0 else None
        yield Place(
            id=str(code),
            kind="grid",
            source_id=str(code),
            name=land.names.get(str(code), str(code)),
            community_code=home.get(str(code)),
            grid_code=str(code),
            formal_members=int(members[at].sum()) if counted else None,
            sector=LIVING,
            at=(
                float(np.average(shapely.get_x(centre[at]), weights=weight)),
                float(np.average(shapely.get_y(centre[at]), weights=weight)),
            ),
        )


def _compounds(layers: Layers, land: Land) -> Iterator[Place]:
    """List the compounds and, where they have one, their owners' committees."""
    frame = layers.frames.get("compounds")
    if not isinstance(frame, gpd.GeoDataFrame):
        return
    metres = frame.to_crs(land.cells.crs)
    spots = metres.geometry.representative_point()
    inside = _communities(frame, layers)
    grids = _main_grids(land)
    for position, row in enumerate(frame.to_dict("records")):
        point = spots.iloc[position]
        at = None if point is None or point.is_empty else (float(point.x), float(point.y))
        place = Place(
            id=str(row["id"]),
            kind="compound",
            source_id=str(row["id"]),
            name=text(row.get("name")) or str(row["id"]),
            community_code=text(row.get("community_code")) or inside[position],
            grid_code=grids.get(str(row["id"])),
            formal_members=count(row.get("formal_members")),
            sector=LIVING,
            at=at,
        )
        yield place
        if row.get("owners_committee") is True or row.get("owners_committee") == 1:
            yield replace(
                place,
                id=f"owners_committee:{place.id}",
                kind="owners_committee",
                formal_members=None,
                sector=None,
            )


def _main_grids(land: Land) -> dict[str, str]:
    """Compound → the grid with most of its households."""
    cells = land.cells.assign(grid=land.grid_of_cell)
    held = cells[cells["compound_id"].notna() & cells["grid"].notna()]
    sums = held.groupby(["compound_id", "grid"])["households"].sum().sort_values(kind="stable")
    return {str(compound): str(grid) for compound, grid in sums.index}


def _companies(layers: Layers, land: Land) -> Iterator[Place]:
    """List the property companies, each where it has most households."""
    frame = layers.frames.get("compounds")
    if not isinstance(frame, gpd.GeoDataFrame) or "property_company" not in frame:
        return
    metres = frame.to_crs(land.cells.crs)
    inside = _communities(frame, layers)
    grids = _main_grids(land)
    managed = frame[frame["property_company"].notna()]
    for name, own in managed.groupby("property_company"):
        position = int(frame.index.get_loc(own["households"].fillna(0).astype(float).idxmax()))
        row, point = frame.iloc[position], metres.geometry.iloc[position].representative_point()
        yield Place(
            id=str(name),
            kind="property_company",
            source_id=str(name),
            name=str(name),
            community_code=text(row.get("community_code")) or inside[position],
            grid_code=grids.get(str(row["id"])),
            formal_members=None,
            at=(float(point.x), float(point.y)),
        )


def _institutions(layers: Layers, land: Land) -> Iterator[Place]:
    frame = layers.frames.get("institutions")
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        return
    points = frame.to_crs(land.cells.crs).geometry
    inside = _communities(frame, layers)
    cells = nearest_cells(points.to_numpy(), land.cells)
    for position, row in enumerate(frame.to_dict("records")):
        point, cell = points.iloc[position], int(cells[position])
        missing = point is None or point.is_empty
        grid = None if cell < 0 else land.grid_of_cell.iloc[cell]
        staff = count(row.get("staff"))
        agreement = row.get("cobuild")
        yield Place(
            id=str(row["id"]),
            kind="institution",
            source_id=str(row["id"]),
            name=text(row.get("name")) or str(row["id"]),
            community_code=text(row.get("community_code")) or inside[position],
            grid_code=grid if isinstance(grid, str) else None,
            formal_members=count(row.get("formal_members")),
            sector=text(row.get("sector")),
            at=None if missing else (float(point.x), float(point.y)),
            operating=staff != 0,
            agreement=None if agreement is None or pd.isna(agreement) else bool(agreement),
        )


def nearest_cells(points: NDArray[np.object_], cells: gpd.GeoDataFrame) -> list[int]:
    """Give the one cell of each point: the one it lies in, or else the nearest; -1 without a place."""
    tree = shapely.STRtree(cells.geometry.to_numpy())
    found = [-1] * len(points)
    for position, point in enumerate(points):
        if point is not None and not shapely.is_empty(point) and len(cells):
            inside = tree.query(point, predicate="intersects")
            # On a border a point lies in several cells: the first has it, so that it is counted once.
            found[position] = int(min(inside)) if len(inside) else int(tree.nearest(point))
    return found


def _communities(frame: gpd.GeoDataFrame, layers: Layers) -> list[str | None]:
    located = locate(frame.geometry, layers.frames["communities"])
    return [None if code is None else str(code) for code in located]


def _unique(places: list[Place]) -> Iterator[Place]:
    """Put the kind before ids that two kinds share."""
    times = Counter(place.id for place in places)
    for place in places:
        yield place if times[place.id] == 1 else replace(place, id=f"{place.kind}:{place.id}")


def place_ids(places: tuple[Place, ...]) -> dict[tuple[str, str], str]:
    """Give the id in the plan of each (kind, id of the data)."""
    return {(place.kind, place.source_id): place.id for place in places}


def homes(places: tuple[Place, ...]) -> dict[tuple[str, str], str]:
    """Give the community of each (kind, id of the data)."""
    return {
        (place.kind, place.source_id): place.community_code
        for place in places
        if place.community_code is not None
    }


__all__ = ["LIVING", "Kind", "Land", "homes", "list_places", "nearest_cells", "place_ids"]
