"""Locks as a person types them: `A,B`, `CELL=CODE`, `COMMUNITY=3`; those kept with the scenario hold too."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from scenarios import store
from scenarios.errors import RuleError
from scenarios.lock_list import Lock, join_list, still_there
from scenarios.locks import GridLocks, add_locks, keep_grids, put_in_grids
from scenarios.locks_store import read_lock_list


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
        `not_a_lock` with the form that is asked for; `unknown_grids`, `unknown_cells`.
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
    moved = put_in_grids([_split(text, "=", "CELL=CODE") for text in in_grid], grid_of_cell, households)
    typed = GridLocks(
        counts={code: _count(text, count) for text, code, count in _counts(n_grids)},
        whole=keep_grids(keep_grid, grid_of_cell),
        together=(*(_split(text, ",", "A,B") for text in together), *moved),
        apart=tuple(_split(text, ",", "A,B") for text in apart),
    )
    return add_locks(join_list(_kept(path, scenario)), typed)


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


def _counts(texts: Sequence[str]) -> list[tuple[str, str, str]]:
    return [(text, *_split(text, "=", "COMMUNITY=3")) for text in texts]


def _count(text: str, count: str) -> int:
    if not count.isascii() or not count.isdigit():
        raise RuleError("not_a_lock", given=text, form="COMMUNITY=3")
    return int(count)


def _split(text: str, mark: str, form: str) -> tuple[str, str]:
    first, _, second = (part.strip() for part in text.partition(mark))
    if not first or not second or first == second:
        raise RuleError("not_a_lock", given=text, form=form)
    return first, second
