"""The synthetic sub-district as layers: `build_demo`, for the demo project and for tests."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd

from data.blocks import Town, build_town
from data.counts import CompoundCounts, count_compounds, state_facts
from data.estates import lay_out, walls
from data.frames import frame_of, row_of
from data.houses import House, build_houses
from data.institutions import place_institutions
from data.organisations import found_organisations
from data.parcels import Parcel, build_parcels
from data.skeleton import build_skeleton
from data.specs import SPECS, STREET_NAME
from data.today import OldGrid, draw_grids
from data.venues import place_venues
from data.ways import build_ways, river_shape
from geo.layers import Layers
from geo.schema import LAYERS

Frame: TypeAlias = gpd.GeoDataFrame | pd.DataFrame

DEMO_SOURCE = "Gridplan 合成演示数据，非真实地点（synthetic data）"
"""What every map of the demo says about its data."""


def build_demo(seed: int = 999) -> Layers:
    """Build one synthetic sub-district with every layer of `geo.schema.LAYERS`.

    Parameters
    ----------
    seed
        The only source of chance: the same seed gives equal frames.

    Returns
    -------
    Layers
        Frames in `STORAGE_CRS` with the schema's columns and types; counts per place only. All codes
        begin with 999, and the street's name says that the data are synthetic.
    """
    chance = _streams(seed)
    town = build_town(build_skeleton(next(chance)), next(chance))
    plots, sites = lay_out(town, next(chance))
    houses = build_houses(plots, next(chance))
    parcels = build_parcels(town, next(chance))
    compounds = count_compounds(plots, houses, next(chance))
    institutions = place_institutions(plots, sites, town, next(chance))
    venues = place_venues(plots, town, next(chance))
    grids = draw_grids(town, _households_on_blocks(town, compounds, parcels), next(chance))
    organisations = found_organisations(compounds, institutions, venues, grids, next(chance))
    ways = build_ways(town, sites, next(chance))
    facts = state_facts(compounds, parcels, next(chance))
    frames: dict[str, Frame] = {
        "communities": _communities(town),
        "compounds": frame_of(
            "compounds", [_compound_row(c) for c in compounds], [c.plot.known_by for c in compounds]
        ),
        "buildings": _with_shapes("buildings", houses),
        "parcels": _with_shapes("parcels", parcels),
        "institutions": frame_of(
            "institutions", [row_of(i) for i in institutions], [i.point for i in institutions]
        ),
        "organisations": frame_of(
            "organisations", _numbered("ZZ", organisations), [o.point for o in organisations]
        ),
        "venues": frame_of("venues", _numbered("ZD", venues), [venue.point for venue in venues]),
        "roads": frame_of(
            "roads", [{"name": way.name, "class": way.road_class} for way in ways], [way.line for way in ways]
        ),
        "barriers": _barriers(town, compounds),
        "grids": _with_shapes("grids", grids),
        "community_facts": frame_of("community_facts", [row_of(fact) for fact in facts]),
    }
    return Layers(frames={name: frames[name] for name in LAYERS})


def _streams(seed: int) -> Iterator[np.random.Generator]:
    """One generator for each step, so that a change in one step leaves the chance of the others alone."""
    step = 0
    while True:
        yield np.random.default_rng([seed, step])
        step += 1


def _communities(town: Town) -> Frame:
    rows = [{"code": spec.code, "name": spec.name, "street": STREET_NAME} for spec in SPECS]
    return frame_of("communities", rows, [town.communities[spec.code] for spec in SPECS])


def _compound_row(compound: CompoundCounts) -> dict[str, object]:
    plot = compound.plot
    return row_of(compound) | {"id": plot.id, "name": plot.name, "community_code": plot.community_code}


def _with_shapes(layer: str, values: Sequence[House | Parcel | OldGrid]) -> Frame:
    return frame_of(layer, [row_of(value) for value in values], [value.shape for value in values])


def _numbered(prefix: str, values: Sequence[object]) -> list[dict[str, object]]:
    return [row_of(value) | {"id": f"{prefix}{number:03d}"} for number, value in enumerate(values, start=1)]


def _barriers(town: Town, compounds: Sequence[CompoundCounts]) -> Frame:
    lines = list(walls(tuple(compound.plot for compound in compounds)))
    rows = [{"kind": "river"}, {"kind": "railway"}, *({"kind": "wall"} for _ in lines)]
    return frame_of("barriers", rows, [river_shape(town), town.railway, *lines])


def _households_on_blocks(
    town: Town, compounds: Sequence[CompoundCounts], parcels: Sequence[Parcel]
) -> dict[int, int]:
    """Households by position of the block; a compound lies on the block that holds its inner point."""
    held = dict.fromkeys(range(len(town.blocks)), 0)
    spots = [(c.plot.shape.representative_point(), c.households) for c in compounds]
    spots += [(parcel.shape.representative_point(), parcel.households) for parcel in parcels]
    for point, households in spots:
        place = next(place for place, block in enumerate(town.blocks) if block.shape.contains(point))
        held[place] += households
    return held
