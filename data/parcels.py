"""The old quarter: parcels that tile their community, with their households and no buildings."""

from dataclasses import dataclass

import numpy as np
from shapely.geometry import Polygon

from data.blocks import Town
from data.specs import SPECS

PARCEL_ELDERLY_SHARE = 0.19


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A parcel with its counts."""

    id: str
    community_code: str
    shape: Polygon
    households: int
    residents: int
    elderly: int


def build_parcels(town: Town, rng: np.random.Generator) -> tuple[Parcel, ...]:
    """Give each block of a community known by parcels its households, by land and density."""
    parcels: list[Parcel] = []
    for spec in SPECS:
        if spec.form != "parcels":
            continue
        shapes = [block.shape for block in town.blocks_of(spec.code)]
        water = town.river.buffer(30.0)
        dry = np.array([shape.difference(water).area for shape in shapes])
        weight = dry * rng.uniform(0.7, 1.4, size=len(shapes))
        counts = np.clip(np.rint(spec.households * weight / weight.sum()), 15, 95).astype(int)
        for number, (shape, households) in enumerate(zip(shapes, counts.tolist(), strict=True), start=1):
            residents = round(households * rng.uniform(2.3, 2.8))
            parcels.append(
                Parcel(
                    id=f"DK{spec.code[-3:]}{number:03d}",
                    community_code=spec.code,
                    shape=shape,
                    households=households,
                    residents=residents,
                    elderly=round(residents * PARCEL_ELDERLY_SHARE),
                )
            )
    return tuple(parcels)
