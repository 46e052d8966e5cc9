"""What a proposal stands on: the project's layers, its cells in degrees and in metres, facts per cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geo.cells import cut_cells
from geo.crs import metric_crs
from geo.faults import refusal
from geo.layers import STORAGE_CRS, Layers, Tiling
from geo.memo import Memo
from geo.validate import check_layers
from optimize.problem import Problem
from scenarios.build import build_problem, todays_grid
from scenarios.facts import CellFacts, count_facts
from scenarios.given import names_of
from scenarios.locks.join import KeptLocks, join_locks, read_desk_plan
from scenarios.locks.wanted import GridLocks, check_locks, locks_of
from scenarios.plan import Community
from scenarios.project.layers import layers_digest, read_tiling, save_tiling
from scenarios.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Layers, cells in degrees and in metres, today's grids, facts per cell."""

    layers: Layers
    stored: Tiling
    metres: Tiling
    today: pd.Series
    facts: CellFacts

    @property
    def community_of(self) -> dict[str, str]:
        """Cell id → code of its community."""
        cells = self.metres.cells
        return dict(zip(cells["cell_id"], cells["community_code"], strict=True))


_CUT: Memo[Tiling] = Memo(2)  # by the digest of the layers: cells that no file was to keep


def stand_on(path: Path, layers: Layers, *, keep: bool = True) -> Ground:
    """Give the ground of a project, cutting its cells first where the layers have changed.

    Without `keep` the file stays as it is: who only reads changes nothing.
    """
    stored = ready_tiling(path, layers, keep=keep)
    metres = to_metres(stored)
    return Ground(
        layers=layers,
        stored=stored,
        metres=metres,
        today=todays_grid(layers, metres.cells),
        facts=count_facts(layers, metres.cells),
    )


def ready_tiling(path: Path, layers: Layers, *, keep: bool = True) -> Tiling:
    """Give the project's cells (EPSG:4490), cutting and storing them first where the layers have changed.

    Without `keep` they are not stored.

    Raises
    ------
    LayerError
        `layers_refused` where another program has spoilt the layers since they were read in.
    """
    known = read_tiling(path, layers)
    if known is not None:
        return known
    if not keep:
        return _CUT.get(layers_digest(layers), lambda: _cut(layers))
    stored = _cut(layers)
    save_tiling(path, layers, stored)
    return stored


def _cut(layers: Layers) -> Tiling:
    error = refusal(check_layers(layers))
    if error is not None:
        raise error
    cut = cut_cells(layers)
    return Tiling(cells=cut.cells.to_crs(STORAGE_CRS), links=cut.links.to_crs(STORAGE_CRS), faults=cut.faults)


def to_metres(tiling: Tiling) -> Tiling:
    """Give the same tiling in the metric CRS of its place."""
    crs = metric_crs(tiling.cells)
    return Tiling(cells=tiling.cells.to_crs(crs), links=tiling.links.to_crs(crs), faults=tiling.faults)


def list_communities(ground: Ground) -> list[Community]:
    """List the communities in the order of their layer, each with its cells in metres."""
    names = names_of(ground.layers.frames["communities"])
    cells = ground.metres.cells
    own = cells["community_code"]
    return [Community(code=code, name=name, cells=cells[own == code]) for code, name in names.items()]


def keep_locks(path: Path, settings: Settings, ground: Ground) -> KeptLocks:
    """Join the wishes of some settings with what is locked on the scenario's desk.

    Raises
    ------
    RuleError
        Where a wish is about what is not there.
    """
    community_of = ground.community_of
    check_locks(settings.locks, community_of)
    plan = read_desk_plan(path, settings.scenario)
    if plan is None:
        return KeptLocks(locks=settings.locks, wishes=settings.locks)
    return join_locks(settings.locks, plan, community_of)


def build_problems(
    ground: Ground, codes: Sequence[str], settings: Settings, locks: GridLocks | None = None
) -> dict[str, Problem]:
    """Build the problem of each community named that has cells; the settings' locks where none are given.

    Raises
    ------
    RuleError
        Where a lock is on what is not there.
    """
    wanted = settings.locks if locks is None else locks
    cells = ground.metres.cells
    check_locks(wanted, ground.community_of)
    ids: Mapping[str, list[str]] = {
        str(code): own.tolist() for code, own in cells.groupby("community_code")["cell_id"]
    }
    return {
        code: build_problem(
            ground.metres,
            code,
            rules=settings.rules,
            weights=settings.weights,
            today=ground.today,
            facts=ground.facts,
            locks=locks_of(wanted, code, ids[code]),
        )
        for code in codes
        if code in ids
    }
