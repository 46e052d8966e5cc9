"""The difference between two plans: what an edit did, what undoing it does, and both as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from scenarios.desk.plan import DeskLocks, DeskPlan, GridEntry
from scenarios.locks.listed import Lock, list_from_json, list_to_json
from scenarios.outcome import Certificate
from scenarios.project.codec import certificates_from_json, certificates_to_json, plain, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class CellMove:
    """A cell that goes from one grid to another; None is no grid."""

    cell_id: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GridStep:
    """What is said of a grid before and after; None where the grid is not there."""

    code: str
    before: GridEntry | None
    after: GridEntry | None


DESK, PROPOSAL, BOTH = "desk", "proposal", "both"
"""Under whose locks a lower bound was proven: those on the desk, which edits keep, or a proposal's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a plan was asked for: rules, weights, seed, the layers its cells were cut from.

    `bounds` names the communities whose lower bound holds only under locks, and whose locks they were:
    `DESK`, `PROPOSAL` or `BOTH`.
    """

    rules: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    seed: int = 1
    cut_from: str = ""
    bounds: Mapping[str, str] = field(default_factory=dict)
    runtime_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The difference between two plans; every pair is (before, after), None where nothing changes.

    `certificates` are those of the communities that the change concerns; `wishes` is the whole list of what
    the engines are asked to keep.
    """

    cells: tuple[CellMove, ...] = ()
    grids: tuple[GridStep, ...] = ()
    locks: tuple[DeskLocks, DeskLocks] | None = None
    certificates: tuple[tuple[Certificate, ...], tuple[Certificate, ...]] | None = None
    terms: tuple[Terms, Terms] | None = None
    wishes: tuple[tuple[Lock, ...], tuple[Lock, ...]] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return self == Change()


def apply_change(plan: DeskPlan, change: Change) -> DeskPlan:
    """Give the plan after a change."""
    grid_of_cell = dict(plan.grid_of_cell)
    for move in change.cells:
        grid_of_cell[move.cell_id] = move.after
    grids = dict(plan.grids)
    for step in change.grids:
        if step.after is None:
            grids.pop(step.code, None)
        else:
            grids[step.code] = step.after
    locks = plan.locks if change.locks is None else change.locks[1]
    return DeskPlan(grid_of_cell=grid_of_cell, grids=grids, locks=locks)


def reverse(change: Change) -> Change:
    """Give the change that undoes another."""
    return Change(
        cells=tuple(
            CellMove(cell_id=move.cell_id, before=move.after, after=move.before) for move in change.cells
        ),
        grids=tuple(GridStep(code=step.code, before=step.after, after=step.before) for step in change.grids),
        locks=None if change.locks is None else (change.locks[1], change.locks[0]),
        certificates=None
        if change.certificates is None
        else (change.certificates[1], change.certificates[0]),
        terms=None if change.terms is None else (change.terms[1], change.terms[0]),
        wishes=None if change.wishes is None else (change.wishes[1], change.wishes[0]),
    )


def between(before: DeskPlan, after: DeskPlan) -> Change:
    """Give the change that leads from one plan to another; a cell that one of them lacks is in no grid."""
    cells = [*before.grid_of_cell, *(cell for cell in after.grid_of_cell if cell not in before.grid_of_cell)]
    old, new = before.grid_of_cell.get, after.grid_of_cell.get
    return Change(
        cells=tuple(
            CellMove(cell_id=cell, before=old(cell), after=new(cell))
            for cell in cells
            if old(cell) != new(cell)
        ),
        grids=tuple(
            GridStep(code=code, before=before.grids.get(code), after=after.grids.get(code))
            for code in sorted(before.grids.keys() | after.grids.keys())
            if before.grids.get(code) != after.grids.get(code)
        ),
        locks=None if before.locks == after.locks else (before.locks, after.locks),
    )


def rewind(
    plan: DeskPlan, certificates: Sequence[Certificate], terms: Terms, changes: Iterable[Change]
) -> Change:
    """Give the one change that undoes several, newest first, from the plan, certificates and terms after."""
    then, certified, asked = plan, {item.community_code: item for item in certificates}, terms
    wished: list[tuple[Lock, ...]] = []
    for change in changes:
        then = apply_change(then, reverse(change))
        if change.certificates is not None:
            certified |= {item.community_code: item for item in change.certificates[0]}
        if change.terms is not None:
            asked = change.terms[0]
        if change.wishes is not None:
            wished += [change.wishes[1], change.wishes[0]]
    changed = [item for item in certificates if certified[item.community_code] != item]
    before = tuple(certified[item.community_code] for item in changed)
    return replace(
        between(plan, then),
        certificates=(tuple(changed), before) if changed else None,
        terms=(terms, asked) if asked != terms else None,
        wishes=(wished[0], wished[-1]) if wished and wished[0] != wished[-1] else None,
    )


def change_to_json(change: Change) -> str:
    """Write a change as JSON; what does not change is left out."""
    found: dict[str, object] = {}
    if change.cells:
        found["cells"] = [[move.cell_id, move.before, move.after] for move in change.cells]
    if change.grids:
        found["grids"] = [[step.code, _entry(step.before), _entry(step.after)] for step in change.grids]
    if change.locks is not None:
        found["locks"] = [plain(asdict(locks)) for locks in change.locks]
    if change.certificates is not None:
        found["certificates"] = [json.loads(certificates_to_json(part)) for part in change.certificates]
    if change.terms is not None:
        found["terms"] = [plain(asdict(terms)) for terms in change.terms]
    if change.wishes is not None:
        found["wishes"] = [list_to_json(locks) for locks in change.wishes]
    return to_json(found)


def change_from_json(text: str) -> Change:
    """Read a change back."""
    found: dict[str, Any] = json.loads(text)
    certificates = [certificates_from_json(json.dumps(part)) for part in found.get("certificates", ())]
    locks = [locks_from_json(part) for part in found.get("locks", ())]
    terms = [Terms(**part) for part in found.get("terms", ())]
    wishes = [list_from_json(part) for part in found.get("wishes", ())]
    return Change(
        cells=tuple(
            CellMove(cell_id=cell, before=before, after=after)
            for cell, before, after in found.get("cells", ())
        ),
        grids=tuple(
            GridStep(code=code, before=_read_entry(before), after=_read_entry(after))
            for code, before, after in found.get("grids", ())
        ),
        locks=(locks[0], locks[1]) if locks else None,
        certificates=(certificates[0], certificates[1]) if certificates else None,
        terms=(terms[0], terms[1]) if terms else None,
        wishes=(wishes[0], wishes[1]) if wishes else None,
    )


def locks_from_json(found: Mapping[str, Any]) -> DeskLocks:
    """Read locks from plain values."""
    return DeskLocks(
        cells=frozenset(found.get("cells", ())),
        grids=frozenset(found.get("grids", ())),
        communities=frozenset(found.get("communities", ())),
        everything=bool(found.get("everything", False)),
    )


def _entry(entry: GridEntry | None) -> list[str | None] | None:
    return None if entry is None else [entry.name, entry.kind, entry.institution_id]


def _read_entry(found: list[Any] | None) -> GridEntry | None:
    return None if found is None else GridEntry(name=found[0], kind=found[1], institution_id=found[2])
