"""What is counted in each community and each of its grids: the figures that staff and money are measured by.

Grids of a community, with the ground outside all grids as one more, add up to the community in every figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios import store
from scenarios.branches.places import Land, homes, list_places
from scenarios.branches.propose import land_of
from scenarios.branches.standing import read_standing
from scenarios.facts import has_members
from scenarios.given import names_of
from scenarios.ground import Ground
from scenarios.levers.stand import ground_of
from scenarios.project.plans import require_scenario
from scenarios.project.schema import BASE_SCENARIO
from scenarios.rules import WorkRules

FIGURES = ("households", "residents", "institutions", "formal_members")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCount:
    """Figures of one grid; `code` is None for the ground of a community outside all grids."""

    code: str | None
    name: str
    community_code: str
    households: int
    residents: int
    institutions: int
    formal_members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityCount:
    """Figures of one community.

    Attributes
    ----------
    formal_members
        Who live or work there; None where nobody has counted any.
    organisations
        None where the project has no layer of them.
    facts
        The numbers of its row in `community_facts` that are given, by column.
    """

    code: str
    name: str
    households: int
    residents: int
    institutions: int
    formal_members: int | None
    organisations: int | None
    grids: tuple[GridCount, ...]
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def n_grids(self) -> int:
        """How many grids it has."""
        return sum(grid.code is not None for grid in self.grids)

    def fact(self, name: str) -> int | None:
        """Give a count of `community_facts`, None where it is not given."""
        return round(self.facts[name]) if name in self.facts else None


def read_census(path: Path, scenario: str = BASE_SCENARIO) -> tuple[CommunityCount, ...]:
    """Count a scenario on its own ground and by its own grids; without a plan by those of today.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`.
    LayerError, StoreError
        The project cannot be read or cut into cells.
    """
    require_scenario(path, scenario)
    ground = ground_of(path, scenario, keep=False)
    return take_census(ground, land_of(ground, store.read_outcome(path, scenario)))


def take_census(ground: Ground, land: Land) -> tuple[CommunityCount, ...]:
    """Count communities and their grids, in the order of the communities' layer."""
    sums = _table(ground, land).groupby(["community_code", "grid"])[list(FIGURES)].sum()
    rows: dict[str, dict[str, dict[str, int]]] = {}
    for (home, grid), figures in sums.to_dict("index").items():
        rows.setdefault(str(home), {})[str(grid)] = {name: int(value) for name, value in figures.items()}
    organisations = _organisations(ground, land)
    facts = _facts(ground.layers.frames.get("community_facts"))
    counted = any(has_members(ground.layers.frames.get(name)) for name in ("compounds", "institutions"))
    return tuple(
        _community(
            code,
            name,
            rows.get(code, {}),
            land,
            counted=counted,
            organisations=None if organisations is None else organisations.get(code, 0),
            facts=facts.get(code, {}),
        )
        for code, name in names_of(ground.layers.frames["communities"]).items()
    )


def _table(ground: Ground, land: Land) -> pd.DataFrame:
    """Give the cells with their figures, one row a cell."""
    cells = land.cells
    return pd.DataFrame(
        {
            "community_code": cells["community_code"].to_numpy(),
            "grid": [code if isinstance(code, str) else "" for code in land.grid_of_cell],
            "households": cells["households"].to_numpy(np.int64),
            "residents": cells["residents"].to_numpy(np.int64),
            "institutions": ground.facts.institutions,
            "formal_members": ground.facts.formal_members,
        }
    )


def _community(
    code: str,
    name: str,
    rows: Mapping[str, Mapping[str, int]],
    land: Land,
    *,
    counted: bool,
    organisations: int | None,
    facts: Mapping[str, float],
) -> CommunityCount:
    grids = tuple(
        GridCount(code=grid or None, name=land.names.get(grid, grid), community_code=code, **figures)
        for grid, figures in rows.items()
        if grid or any(figures.values())
    )
    total = {name: sum(figures[name] for figures in rows.values()) for name in FIGURES}
    return CommunityCount(
        code=code,
        name=name,
        households=total["households"],
        residents=total["residents"],
        institutions=total["institutions"],
        formal_members=total["formal_members"] if counted else None,
        organisations=organisations,
        grids=grids,
        facts=facts,
    )


def _organisations(ground: Ground, land: Land) -> dict[str, int] | None:
    """Count the organisations of each community: those that belong to it or stand in it."""
    if ground.layers.frames.get("organisations") is None:
        return None
    standing = read_standing(ground.layers, WorkRules(), None, homes(list_places(ground, land)))
    codes = pd.Series([one.community_code for one in standing], dtype=object).dropna()
    return {str(code): int(n) for code, n in codes.value_counts().items()}


def _facts(frame: pd.DataFrame | None) -> dict[str, dict[str, float]]:
    if frame is None:
        return {}
    columns = [name for name in frame if name != "community_code"]
    numbers = frame[columns].apply(pd.to_numeric, errors="coerce").astype("Float64")
    return {
        str(code): {str(name): float(value) for name, value in row.items() if not pd.isna(value)}
        for code, row in zip(frame["community_code"], numbers.to_dict("records"), strict=True)
    }
