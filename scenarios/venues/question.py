"""From a project's cells and venues to a question in arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.layers import Layers
from optimize.problem import FloatArray
from optimize.venues.siting import Siting
from scenarios.errors import RuleError
from scenarios.ground import Ground
from scenarios.rules import WorkRules
from scenarios.venues.demand import Elderly, count_elderly
from scenarios.venues.settings import VenueSettings
from scenarios.venues.ways import Ways, measure_ways

_LIMIT_M = 5000.0
"""How far ways are measured, and what someone counts who has none."""


PUBLIC_KINDS = ("school", "hospital", "market", "government", "social_organisation", "park")
"""Kinds of institutions that people have errands at (ours)."""

_BESIDE_M = 100.0  # two doors this near are one errand (ours)


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueGround:
    """What every question of a scenario shares: cells and venues in metres, ways between them, rules.

    `beside` marks the venues near a public institution, bool (m,); `elderly` is None where nobody counts.
    """

    cells: gpd.GeoDataFrame
    venues: gpd.GeoDataFrame
    ways: Ways
    rules: WorkRules
    beside: NDArray[np.bool_]
    elderly: Elderly | None
    compound_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def venue_ids(self) -> list[str]:
        """Ids of the venues in the order of the arrays."""
        return [str(venue) for venue in self.venues["id"]]


def stand_venues(ground: Ground, rules: WorkRules) -> VenueGround:
    """Measure the ways of a scenario.

    Raises
    ------
    RuleError
        `no_venues` where the project has none, existing or possible.
    """
    cells = ground.metres.cells
    frame = ground.layers.frames.get("venues")
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        raise RuleError("no_venues")
    venues = frame.to_crs(cells.crs).reset_index(drop=True)
    ways = measure_ways(ground.layers, cells, venues, _LIMIT_M)
    return VenueGround(
        cells=cells,
        venues=venues,
        ways=ways,
        rules=rules,
        beside=_beside(ground.layers, venues),
        elderly=count_elderly(ground.layers, cells),
        compound_names=_names(ground.layers),
    )


def _beside(layers: Layers, venues: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which venues stand beside a public institution."""
    frame = layers.frames.get("institutions")
    if not isinstance(frame, gpd.GeoDataFrame) or "kind" not in frame:
        return np.zeros(len(venues), np.bool_)
    public = frame[frame["kind"].isin(PUBLIC_KINDS) & frame.geometry.notna()].to_crs(venues.crs)
    near = public.sindex.query(venues.geometry, predicate="dwithin", distance=_BESIDE_M)[0]
    return np.isin(np.arange(len(venues)), near)


def _names(layers: Layers) -> dict[str, str]:
    """Give the names of the compounds, id → name."""
    frame = layers.frames.get("compounds")
    if frame is None or "name" not in frame:
        return {}
    named = frame[frame["name"].notna()]
    return dict(zip(named["id"].astype(str), named["name"].astype(str), strict=True))


def build_siting(ground: VenueGround, settings: VenueSettings) -> Siting:
    """Put a question that `check_settings` lets pass into arrays.

    Raises
    ------
    RuleError
        `unknown_venues` where a venue that is forced in or out is not there; `no_elderly`.
    """
    _check_names(ground.venue_ids, [*settings.opened, *settings.closed])
    existing = is_existing(ground.venues)
    opened = ground.venues["id"].isin(settings.opened).to_numpy()
    must = opened | (existing & settings.keep_existing)
    must &= ~ground.venues["id"].isin(settings.closed).to_numpy()
    return Siting(
        weight=weights_of(ground, settings.weight),
        distance_m=ground.ways.distance_m,
        cost=_cost(ground.venues, existing, settings),
        must=must,
        closed=~must & _shut(ground.venues, existing, settings),
        bonus_m=_bonus(ground, settings),
        n_open=settings.n_open,
        budget=settings.budget,
        reach_m=ground.rules.walk_10_min_m if settings.reach_m is None else settings.reach_m,
        far_m=_LIMIT_M,
        share=settings.share,
        room=_room(ground.venues, settings),
    )


def _bonus(ground: VenueGround, settings: VenueSettings) -> FloatArray:
    """Give the weighted metres that opening a venue is credited with for standing beside an institution."""
    if settings.colocation_m == 0:
        return np.zeros(len(ground.venues))
    near = ground.ways.distance_m <= (settings.reach_m or ground.rules.walk_10_min_m)
    weight = weights_of(ground, settings.weight)
    beside = ground.beside & ~is_existing(ground.venues)
    return np.where(beside, settings.colocation_m * (weight @ near), 0.0)


def weights_of(ground: VenueGround, weight: str) -> FloatArray:
    """Give how many of those who count live in each cell, float64 (n,).

    Raises
    ------
    RuleError
        `no_elderly` where no layer counts the elderly.
    """
    if weight != "elderly":
        return np.asarray(ground.cells[weight].to_numpy(np.float64))
    if ground.elderly is None:
        raise RuleError("no_elderly")
    return ground.elderly.counts.astype(np.float64)


def is_existing(venues: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which venues are there today."""
    return np.asarray(venues["status"].eq("existing").to_numpy(), np.bool_)


def _check_names(known: Sequence[str], named: Sequence[str]) -> None:
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise RuleError("unknown_venues", venues=unknown)


def _shut(
    venues: gpd.GeoDataFrame, existing: NDArray[np.bool_], settings: VenueSettings
) -> NDArray[np.bool_]:
    shut = venues["id"].isin(settings.closed).to_numpy()
    if settings.land_uses and "land_use" in venues:
        shut = shut | (~existing & ~venues["land_use"].isin(settings.land_uses).to_numpy())
    return np.asarray(shut, np.bool_)


def land_uses(venues: gpd.GeoDataFrame) -> list[str]:
    """List the land uses of the candidates."""
    if "land_use" not in venues:
        return []
    return sorted({str(use) for use in venues.loc[~is_existing(venues), "land_use"].dropna()})


def _cost(venues: gpd.GeoDataFrame, existing: NDArray[np.bool_], settings: VenueSettings) -> FloatArray:
    """Give what a site takes of the budget; without one, each counts as one, and for `lscp` only new ones."""
    if settings.budget is not None:
        return build_costs(venues)
    return np.where(existing & (settings.model == "lscp"), 0.0, 1.0)


def build_costs(venues: gpd.GeoDataFrame) -> FloatArray:
    """Give what opening each venue costs in yuan: building a new one; an existing one is paid for."""
    return np.where(is_existing(venues), 0.0, np.nan_to_num(column_numbers(venues, "cost_build")))


def count_unpriced(venues: gpd.GeoDataFrame) -> int:
    """Count the candidates without a cost, which a budget takes as 0 yuan."""
    return int((~is_existing(venues) & np.isnan(column_numbers(venues, "cost_build"))).sum())


def _room(venues: gpd.GeoDataFrame, settings: VenueSettings) -> FloatArray | None:
    if settings.model != "capacitated":
        return None
    return np.nan_to_num(column_numbers(venues, "capacity")) * settings.residents_per_place


def column_numbers(frame: gpd.GeoDataFrame, column: str) -> FloatArray:
    """Give a column as numbers; NaN where there is none."""
    if column not in frame:
        return np.full(len(frame), np.nan)
    return np.asarray(pd.to_numeric(frame[column], errors="coerce").to_numpy(np.float64))
