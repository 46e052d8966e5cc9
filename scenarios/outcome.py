"""The answer to a scenario as frames again: grids, cells, certificates; what map, tables and exports show."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd

CHOSEN = "chosen_plan"
"""Code of the reason that says for what a person chose a plan: `wish`, and whether it was `proven` for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What is known about one community's plan; the fields are those of `grids --json`.

    `status` is that of `optimize.result.Result`, or `broken`; `reasons` are (code, facts) pairs that name
    cells by id; `locks` tells the locks it was found under from others, empty without any.
    """

    community_code: str
    community_name: str
    n_grids: int
    status: str
    objective: float
    lower_bound: float
    gap: float
    proven: bool
    reasons: tuple[tuple[str, Mapping[str, object]], ...] = ()
    locks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridFacts:
    """What a grid's shape does not tell: its name, its kind and its costs (`cost_<name>` → value)."""

    name: str
    kind: str
    costs: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Cell id → grid code (None where unassigned), grid code → facts, and one certificate per community."""

    grid_of_cell: Mapping[str, str | None]
    facts: Mapping[str, GridFacts]
    certificates: tuple[Certificate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A scenario's plan, measured from its shapes, all frames in EPSG:4490.

    Attributes
    ----------
    scenario
        Name of the scenario.
    cells
        `cell_id`, `community_code`, `compound_id`, `households`, `residents`, `kind`, `grid_code` (None where
        unassigned), geometry.
    grids
        One row per grid, sorted by code: `code`, `name`, `kind`, `community_code`, `households`, `residents`,
        `n_cells`, `area_m2`, `perimeter_m`, `polsby_popper`, `contiguous`, `in_band`, one column
        `cost_<name>` per cost, geometry.
    communities
        `code`, `name`, geometry.
    certificates
        One per community, in the communities' order.
    summary
        The keys of `summary` in `grids --json`.
    rules, weights
        Those that were in force.
    stale
        Whether the layers have changed since: the plan may no longer fit them.
    """

    scenario: str
    cells: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    certificates: tuple[Certificate, ...]
    summary: Mapping[str, object]
    rules: Mapping[str, object] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    stale: bool = False
