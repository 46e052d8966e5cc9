"""Cut communities into cells: the smallest pieces of land that a planner assigns to grids."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import count

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.adjacency import link_cells
from geo.cells_ground import Layout, Surroundings, lay_out
from geo.cells_merge import group_empty
from geo.cells_seeds import find_seeds, split_whole
from geo.crs import metric_crs
from geo.errors import TilingError
from geo.layers import Fault, Layers, Tiling
from geo.pieces import read_cuts
from geo.tiling import IntArray, Rough, Shapes, make_exact, unite

MAX_HOUSEHOLDS = 500
"""Households of the largest grid, above which a compound is divided."""

LARGE_STAFF = 200
"""An institution of this size may have a dedicated grid, so its ground stays a cell (city practice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What cells are cut from, found once for all communities.

    Attributes
    ----------
    frames
        The layers in one metric CRS (`metric_frames`).
    regions, codes
        Shapes and codes of the communities.
    seeds, faults
        Who lives in which community (`geo.cells_seeds.find_seeds`), and what was noticed there.
    around
        What all of them are cut by.
    """

    frames: Mapping[str, gpd.GeoDataFrame]
    regions: Shapes
    codes: list[str]
    seeds: gpd.GeoDataFrame
    faults: tuple[Fault, ...]
    around: Surroundings


def survey(layers: Layers, *, max_households: int = MAX_HOUSEHOLDS) -> Survey:
    """Find what the cells of some layers are cut from; arguments as for `cut_cells`."""
    frames = metric_frames(layers)
    regions = frames["communities"].geometry.to_numpy()
    codes = frames["communities"]["code"].astype(str).tolist()
    seeds, faults = find_seeds(frames, regions, codes)
    return Survey(
        frames=frames,
        regions=regions,
        codes=codes,
        seeds=seeds,
        faults=faults,
        around=find_surroundings(frames, max_households),
    )


def cut_cells(
    layers: Layers, *, max_households: int = MAX_HOUSEHOLDS, only: Collection[str] | None = None
) -> Tiling:
    """Cut every community into cells that tile it exactly, and link neighbours.

    Parcels are cells as they are. Elsewhere the ground is cut along roads, rivers, railways, walls and
    the edges of compounds, and within the pieces divided among buildings and compound points, every place to
    the nearest. A compound without buildings is one cell, or several when it is above the maximum or a main
    road crosses it. Ground without households joins its neighbours, except large open ground.

    Parameters
    ----------
    layers
        At least `communities` and one of `parcels`, `buildings`, `compounds`.
    max_households
        Households of the largest grid.
    only
        Codes of the communities to cut; all when left out. Who lives in which community is settled among all.

    Raises
    ------
    TilingError
        `no_communities` when there is nothing to cut; `households_lost` if a figure went missing on the way,
        which would be a fault of ours.
    """
    if len(layers.frames["communities"]) == 0:
        raise TilingError("no_communities")
    return cut_surveyed(survey(layers, max_households=max_households), only=only)


def cut_surveyed(ground: Survey, *, only: Collection[str] | None = None) -> Tiling:
    """Cut what has been surveyed; as `cut_cells`."""
    regions, codes, seeds, frames = ground.regions, ground.codes, ground.seeds, ground.frames
    if only is not None:
        wanted = [at for at, code in enumerate(codes) if code in only]
        seeds = seeds[seeds["region"].isin(wanted)].reset_index(drop=True)
        seeds["region"] = seeds["region"].map({at: place for place, at in enumerate(wanted)}).astype("int64")
        regions, codes = regions[wanted], [codes[at] for at in wanted]
    layouts = [lay_out(shape, _seeds_in(seeds, i), ground.around) for i, shape in enumerate(regions)]
    cells = _settle(regions, layouts, seeds)
    cells["community_code"] = np.array(codes, dtype=object)[cells["region"]]
    cells = _merge_empty(cells, ground.around.keep, frames)
    if int(cells["households"].sum()) != int(seeds["households"].sum()):
        lost = int(seeds["households"].sum() - cells["households"].sum())
        raise TilingError("households_lost", households=lost)
    cells["cell_id"] = _name_cells(cells, seeds)
    columns = ["cell_id", "community_code", "compound_id", "households", "residents", "kind", "geometry"]
    cells = cells[columns]
    return Tiling(
        cells=cells, links=link_cells(cells, frames["roads"], frames["barriers"]), faults=ground.faults
    )


def metric_frames(layers: Layers) -> Mapping[str, gpd.GeoDataFrame]:
    """Bring the layers that cells are cut from to one metric CRS; a missing layer becomes an empty frame."""
    crs = metric_crs(layers.frames["communities"])
    columns = {"roads": ["class"], "barriers": ["kind"]}
    frames = {}
    for name in ("communities", "parcels", "buildings", "compounds", "institutions", "roads", "barriers"):
        frame = layers.frames.get(name)
        if frame is None or len(frame) == 0:
            frame = gpd.GeoDataFrame(columns=[*columns.get(name, ["id"]), "geometry"], geometry="geometry")
            frames[name] = frame.set_crs(crs)
        else:
            frames[name] = frame.to_crs(crs)
    return frames


def find_surroundings(frames: Mapping[str, gpd.GeoDataFrame], max_households: int) -> Surroundings:
    """Find what all communities are cut by; `frames` in a metric CRS."""
    compounds = frames["compounds"].geometry.to_numpy()
    institutions = frames["institutions"]
    staff = institutions["staff"] if "staff" in institutions else pd.Series(0, index=institutions.index)
    large = (pd.to_numeric(staff, errors="coerce").astype("float64") >= LARGE_STAFF).to_numpy()
    points = institutions.geometry.to_numpy()
    return Surroundings(
        cuts=read_cuts(frames["roads"], frames["barriers"]),
        compounds=compounds[shapely.get_dimensions(compounds) == 2],
        keep=points[large & ~shapely.is_missing(points)],
        max_households=max_households,
    )


def _seeds_in(seeds: gpd.GeoDataFrame, region: int) -> gpd.GeoDataFrame:
    """Give the seeds of one community; the column `seed` remembers their position in all seeds."""
    mine = seeds[seeds["region"] == region]
    return mine.assign(seed=mine.index).reset_index(drop=True)


def _settle(regions: Shapes, layouts: list[Layout], seeds: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Make the rough cells of all communities exact and give each its figures."""
    of_region = [np.flatnonzero(seeds["region"] == i) for i in range(len(layouts))]
    seed = np.concatenate(
        [
            np.append(mine, -1)[np.array(one.seed, dtype=np.int64)]
            for mine, one in zip(of_region, layouts, strict=True)
        ]
    )
    region = np.repeat(np.arange(len(layouts)), [len(one.seed) for one in layouts])
    offsets = np.cumsum([0] + [len(one.seed) for one in layouts])
    owner = np.concatenate([np.array(one.owner) + at for at, one in zip(offsets, layouts, strict=False)])
    shapes = np.array([shape for one in layouts for shape in one.shapes], dtype=object)
    anchor = _anchors(seed, seeds)
    exact = make_exact(regions, Rough(shapes=shapes, owner=owner, region=region, anchor=anchor))
    there = ~shapely.is_missing(exact)
    cells = gpd.GeoDataFrame(
        {"seed": seed[there], "region": region[there]}, geometry=exact[there], crs=seeds.crs
    )
    known = cells["seed"] >= 0
    cells["compound_id"] = seeds["compound_id"].reindex(cells["seed"]).to_numpy()
    cells["kind"] = seeds["kind"].reindex(cells["seed"]).fillna("empty").to_numpy()
    cells["parts"] = cells["seed"].map(cells.loc[known, "seed"].value_counts()).fillna(1).astype(int)
    cells.loc[(cells["parts"] > 1) & (cells["kind"] == "compound"), "kind"] = "part"
    for column in ("households", "residents"):
        cells[column] = _figures(cells, seeds, column)
    return cells


def _anchors(seed: IntArray, seeds: gpd.GeoDataFrame) -> Shapes:
    """Give the place that a building's or point's cell must hold; parts and parcels have none."""
    times = np.bincount(seed[seed >= 0], minlength=len(seeds))
    fixed = (times == 1) & (seeds["kind"] != "parcel").to_numpy()
    anchor = np.full(len(seed), None, dtype=object)
    points = shapely.point_on_surface(seeds.geometry.to_numpy())
    for cell in np.flatnonzero(seed >= 0):
        anchor[cell] = points[seed[cell]] if fixed[seed[cell]] else None
    return anchor


def _figures(cells: gpd.GeoDataFrame, seeds: gpd.GeoDataFrame, column: str) -> IntArray:
    """Give every cell its seed's figure, shared by area among parts; a hidden seed adds to where it lies."""
    figures = np.zeros(len(cells), dtype=np.int64)
    area = cells.area.to_numpy()
    totals = seeds[column].to_numpy()
    by_seed = cells.groupby("seed").indices
    for seed, members in by_seed.items():
        if seed >= 0:
            figures[members] = split_whole(int(totals[seed]), area[members])
    hidden = [seed for seed in range(len(seeds)) if seed not in by_seed]
    for seed in hidden:
        same = np.flatnonzero(cells["region"] == seeds["region"].iloc[seed])
        place = shapely.point_on_surface(seeds.geometry.iloc[seed])
        nearest = np.argmin(shapely.distance(cells.geometry.to_numpy()[same], place))
        figures[same[nearest]] += totals[seed]
    return figures


def _merge_empty(
    cells: gpd.GeoDataFrame, keep: Shapes, frames: Mapping[str, gpd.GeoDataFrame]
) -> gpd.GeoDataFrame:
    kept = np.zeros(len(cells), dtype=bool)
    kept[cells.sindex.query(keep, predicate="intersects")[1]] = True
    root = group_empty(cells, link_cells(cells, frames["roads"], frames["barriers"]), kept)
    shapes = cells.geometry.to_numpy().copy()
    figures = {name: cells.groupby(root)[name].sum() for name in ("households", "residents")}
    for one in np.flatnonzero(np.bincount(root, minlength=len(cells)) > 1):
        shapes[one] = unite(cells.geometry.to_numpy()[root == one])
    cells = cells.set_geometry(gpd.GeoSeries(shapes, index=cells.index, crs=cells.crs))
    cells = cells[root == np.arange(len(cells))].copy()
    for name, values in figures.items():
        cells[name] = values.reindex(cells.index).astype("int64")
    cells.loc[(cells["kind"] == "building") & (cells["households"] == 0), "kind"] = "empty"
    return cells.reset_index(drop=True)


def _name_cells(cells: gpd.GeoDataFrame, seeds: gpd.GeoDataFrame) -> list[str]:
    """Name cells after what they grew from: parts `<id>-1` …, empty ground `<community>-E1` …; unique."""
    empty = (cells["kind"] == "empty").to_numpy()
    within = cells["community_code"].where(empty, cells["seed"].astype(str) + "/seed")
    nth = (cells.groupby(within).cumcount() + 1).to_numpy()
    many = cells.groupby(within)["kind"].transform("size").to_numpy() > 1
    names: list[str] = []
    used: set[str] = set()
    for position, (seed, kind, code) in enumerate(
        zip(cells["seed"], cells["kind"], cells["community_code"], strict=True)
    ):
        base = f"{code}-E" if empty[position] else str(seeds["id"].iloc[seed])
        suffix = str(nth[position]) if empty[position] else f"-{nth[position]}" * bool(many[position])
        name = base + suffix
        # A building and a compound may bear the same id.
        tries = (name if n == 0 else f"{kind}-{name}" if n == 1 else f"{kind}-{name}-{n}" for n in count())
        names.append(next(one for one in tries if one not in used))
        used.add(names[-1])
    return names
