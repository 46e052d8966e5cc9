"""Locks as a person types them: `A,B`, `CELL=CODE`, `COMMUNITY=3`; those kept with the scenario hold too."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from scenarios import store
from scenarios.errors import RuleError, ScenarioError, raise_together, read_each
from scenarios.locks.kept import read_lock_list
from scenarios.locks.listed import Lock, join_list, still_there
from scenarios.locks.wanted import GridLocks, add_locks, faults_of_locks, keep_grids, put_in_grids


def read_locks(
    path: Path,
    scenario: str,
    *,
    together: Sequence[str],
    apart: Sequence[str],
    keep_grid: Sequence[str],
    in_grid: Sequence[str],
    n_grids: Sequence[str],
) -> GridLocks:
    """Read the locks of a proposal; grids are named by the codes of the scenario's stored plan.

    What was locked in the app before holds besides, as far as its cells are still there; a number of grids
    that is typed comes before one that was kept.

    Raises
    ------
    RuleError
        `not_a_lock` with the form that is asked for; `unknown_grids`, `unknown_cells`. Beside the first, in
        `others`, is everything else that is wrong with what was typed.
    UnknownScenario
        When a grid is named and the scenario has no plan yet.
    """
    grid_of_cell: Mapping[str, str | None] = {}
    households: Mapping[str, int] = {}
    if keep_grid or in_grid:
        cells = store.require_outcome(path, scenario).cells
        codes = (code if isinstance(code, str) else None for code in cells["grid_code"])
        grid_of_cell = dict(zip(cells["cell_id"], codes, strict=True))
        households = dict(zip(cells["cell_id"], cells["households"].astype(int), strict=True))

    def place(text: str) -> tuple[tuple[str, str], ...]:
        return put_in_grids([_split(text, "=", "CELL=CODE")], grid_of_cell, households)

    refused: list[ScenarioError] = []
    moved = read_each(place, in_grid, refused)
    kept = read_each(lambda code: keep_grids([code], grid_of_cell), dict.fromkeys(keep_grid), refused)
    typed = GridLocks(
        counts=dict(read_each(_count, n_grids, refused)),
        whole=tuple(chain.from_iterable(kept)),
        together=(*read_each(_pair, together, refused), *chain.from_iterable(moved)),
        apart=tuple(read_each(_pair, apart, refused)),
    )
    if refused:
        raise_together([*refused, *_beside(path, typed)])
    return add_locks(join_list(_kept(path, scenario)), typed)


def _beside(path: Path, typed: GridLocks) -> list[RuleError]:
    """List what is wrong with the locks that could be read; a project without cells yet cannot tell."""
    tiling = store.read_tiling(path, store.read_layers(path))
    if tiling is None:
        return []
    return faults_of_locks(
        typed, dict(zip(tiling.cells["cell_id"], tiling.cells["community_code"], strict=True))
    )


def _kept(path: Path, scenario: str) -> tuple[Lock, ...]:
    """Read the locks kept with a scenario whose cells and communities are still there."""
    locks = read_lock_list(path, scenario)
    if not locks:
        return ()
    layers = store.read_layers(path)
    communities = layers.frames.get("communities")
    tiling = store.read_tiling(path, layers)
    cells = [] if tiling is None else tiling.cells["cell_id"]
    return still_there(locks, cells, [] if communities is None else communities["code"])


def _pair(text: str) -> tuple[str, str]:
    return _split(text, ",", "A,B")


def _count(text: str) -> tuple[str, int]:
    code, count = _split(text, "=", "COMMUNITY=3")
    if not count.isascii() or not count.isdigit():
        raise RuleError("not_a_lock", given=text, form="COMMUNITY=3")
    return code, int(count)


def _split(text: str, mark: str, form: str) -> tuple[str, str]:
    first, _, second = (part.strip() for part in text.partition(mark))
    if not first or not second or first == second:
        raise RuleError("not_a_lock", given=text, form=form)
    return first, second
