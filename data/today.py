"""Today's state: the grids in force, drawn years ago for a smaller town, and what each community has."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

from data.blocks import Town
from data.specs import SPECS, CommunitySpec

_TOUCH_M = 20.0
_ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True, kw_only=True)
class OldGrid:
    """A grid in force, with what it has come to hold."""

    code: str
    name: str
    kind: str
    community_code: str
    shape: Polygon
    households: int


def draw_grids(town: Town, households: Mapping[int, int], rng: np.random.Generator) -> tuple[OldGrid, ...]:
    """Group whole blocks into grids that once fitted.

    Parameters
    ----------
    town
        Blocks that tile the communities.
    households
        Position in `town.blocks` → households on that block today.
    rng
        Draws how much each grid took.
    """
    grids: list[OldGrid] = []
    for spec in SPECS:
        places = [place for place, block in enumerate(town.blocks) if block.community_code == spec.code]
        shapes = [town.blocks[place].shape for place in places]
        counts = [households.get(place, 0) for place in places]
        groups = _grow(shapes, counts, rng)
        for number, group in enumerate(groups, start=1):
            held = sum(counts[member] for member in group)
            grids.append(
                OldGrid(
                    code=f"{spec.code}{number:03d}",
                    name=_name(spec, number),
                    kind="base",
                    community_code=spec.code,
                    shape=shapely.coverage_union_all([shapes[member] for member in group]),
                    households=held,
                )
            )
    return tuple(grids)


def _name(spec: CommunitySpec, number: int) -> str:
    return f"{spec.stem}第{_ORDINALS[number - 1]}网格"


def _grow(shapes: list[Polygon], counts: list[int], rng: np.random.Generator) -> list[list[int]]:
    """Contiguous groups from west to east; land without households joins a neighbour."""
    beside = [
        {other for other in range(len(shapes)) if other != this and _touch(shapes[this], shapes[other])}
        for this in range(len(shapes))
    ]
    left = set(range(len(shapes)))
    groups: list[list[int]] = []
    while left:
        seed = min(left, key=lambda place: (shapes[place].centroid.x, place))
        group, aim = [seed], float(rng.choice([150, 320, 480, 760]))
        left.remove(seed)
        while sum(counts[member] for member in group) < aim:
            near = sorted(left & set().union(*(beside[member] for member in group)))
            if not near:
                break
            nearest = min(near, key=lambda place: shapes[place].centroid.distance(shapes[seed].centroid))
            group.append(nearest)
            left.remove(nearest)
        groups.append(group)
    return _join_leftovers(groups, counts, beside)


def _join_leftovers(groups: list[list[int]], counts: list[int], beside: list[set[int]]) -> list[list[int]]:
    """Give groups of next to no households to a group beside them."""
    kept = [list(group) for group in groups]
    for group in [group for group in kept if sum(counts[member] for member in group) < 120]:
        near = set().union(*(beside[member] for member in group))
        others = [other for other in kept if other is not group and near & set(other)]
        if others:
            smallest = min(others, key=lambda other: sum(counts[member] for member in other))
            smallest.extend(group)
            kept.remove(group)
    return kept


def _touch(one: Polygon, other: Polygon) -> bool:
    return bool(one.distance(other) < 0.01 and one.intersection(other).length > _TOUCH_M)
