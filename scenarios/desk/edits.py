"""What a person can do to a plan: each kind of edit is a pure function from a plan to a change.

An edit is refused only when it makes no sense. One that breaks a hard rule is taken, and the measures say so.
To add a kind, write a function and one line in `EDITS`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NoReturn

from scenarios.desk.change import Change, between
from scenarios.desk.ground import DeskGround
from scenarios.desk.plan import BASE, DEDICATED, DeskLocks, DeskPlan, GridEntry, cells_of_grids
from scenarios.errors import EditRefused

Facts = Mapping[str, Any]
Edit = Callable[[DeskPlan, DeskGround, Facts], Change]

LONGEST_CODE, LONGEST_NAME = 32, 60
"""Characters: codes in use have fifteen, and what is longer pushes columns out of every table."""


def usual_name(place: str, community: str, code: str) -> str:
    """Give a grid's usual name: that of its community and its number."""
    return f"{place}{code.removeprefix(community)}"


def give(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:
    """Give cells to a grid: `cells`, `grid`."""
    code = _grid(plan, facts)
    return _move(plan, ground, dict.fromkeys(_cells(plan, facts), code))


def new_grid(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:
    """Make a grid of cells: `cells`, `code`, `name`."""
    cells = _cells(plan, facts)
    code = _new_code(plan, ground, facts, ground.community_of(cells[0]))
    entry = GridEntry(name=_name(code, facts.get("name") or code))
    return _move(plan, ground, dict.fromkeys(cells, code), {code: entry})


def merge(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:
    """Unite grids: `grids`; all become the first one."""
    codes = [str(code) for code in facts["grids"]]
    _known_grids(plan, codes)
    if len(set(codes)) < 2:
        raise EditRefused("edit_needs_two_grids", grids=codes)
    cells = cells_of_grids(plan.grid_of_cell)
    return _move(plan, ground, {cell: codes[0] for code in codes[1:] for cell in cells[code]})


def split(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:
    """Divide a grid: `grid`, and the `cells` that become a new one, `code`, `name`."""
    old = _grid(plan, facts)
    cells = _cells(plan, facts)
    own = set(cells_of_grids(plan.grid_of_cell)[old])
    if not set(cells) < own:
        raise EditRefused("split_needs_part", grid=old, cells=sorted(set(cells) - own))
    return new_grid(plan, ground, facts)


def dissolve(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:
    """Give up a grid: `grid`; `to` (cell → grid) says where its cells go, those not in it are in no grid."""
    code = _grid(plan, facts)
    to: Mapping[str, str] = facts.get("to") or {}
    if code in to.values():
        raise EditRefused("dissolve_into_itself", grid=code)
    return _move(plan, ground, {cell: to.get(cell) for cell in cells_of_grids(plan.grid_of_cell)[code]})


def assign(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:
    """Put many cells at once: `to` (cell → grid or None), `names` (code → name) of grids, new or not."""
    to: Mapping[str, str | None] = facts["to"]
    _known_cells(plan, to)
    names: Mapping[str, str] = facts.get("names") or {}
    kinds: Mapping[str, str] = facts.get("kinds") or {}
    fresh = {
        code: GridEntry(name=_name(code, names.get(code) or code), kind=kinds.get(code, BASE))
        for code in dict.fromkeys(to.values())
        if code is not None and code not in plan.grids
    }
    renamed = {
        code: replace(plan.grids[code], name=_name(code, name))
        for code, name in names.items()
        if code in plan.grids
    }
    return _move(plan, ground, to, {**renamed, **fresh})


def rename(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:  # noqa: ARG001 - all edits alike
    """Give a grid another name: `grid`, `name`."""
    code = _grid(plan, facts)
    return _replace_entry(plan, code, replace(plan.grids[code], name=_name(code, facts["name"])))


def recode(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:
    """Give a grid another code: `grid`, `code`; a name that was made of the old number is made of the new."""
    old = _grid(plan, facts)
    home = ground.community_of(next(cell for cell, code in plan.grid_of_cell.items() if code == old))
    new = _new_code(plan, ground, facts, home)
    _refuse_locked_grid(plan, ground, old)
    entry, place = plan.grids[old], ground.community_names.get(home, home)
    if new.startswith(home) and entry.name == usual_name(place, home, old):
        entry = replace(entry, name=usual_name(place, home, new))
    grid_of_cell = {cell: new if code == old else code for cell, code in plan.grid_of_cell.items()}
    grids = {new if code == old else code: item for code, item in {**plan.grids, old: entry}.items()}
    return between(plan, replace(plan, grid_of_cell=grid_of_cell, grids=grids))


def dedicate(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:
    """Dedicate a grid to an institution, or take that back: `grid`, `kind`, `institution_id` or None."""
    code = _grid(plan, facts)
    kind = str(facts.get("kind") or DEDICATED)
    if kind not in (BASE, DEDICATED):
        raise EditRefused("grid_kind_unknown", grid=code, kind=kind)
    named = facts.get("institution_id") if kind == DEDICATED else None
    if named is not None:
        place = ground.cell_of_institution.get(str(named))
        if place is None:
            raise EditRefused("institution_unknown", institution=named)
        if plan.grid_of_cell.get(place) != code:
            raise EditRefused(
                "institution_elsewhere", institution=named, grid=code, lies_in=plan.grid_of_cell.get(place)
            )
    entry = replace(plan.grids[code], kind=kind, institution_id=None if named is None else str(named))
    return _replace_entry(plan, code, entry)


def lock(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:
    """Lock `cells`, `grids`, `communities` or `everything`."""
    named = _locks(plan, ground, facts)
    old = plan.locks
    return _set_locks(
        plan,
        DeskLocks(
            cells=old.cells | named.cells,
            grids=old.grids | named.grids,
            communities=old.communities | named.communities,
            everything=old.everything or named.everything,
        ),
    )


def unlock(plan: DeskPlan, ground: DeskGround, facts: Facts) -> Change:
    """Take locks off `cells`, `grids`, `communities`; `everything` takes off every lock."""
    named = _locks(plan, ground, facts)
    old = plan.locks
    if named.everything:
        return _set_locks(plan, DeskLocks())
    return _set_locks(
        plan,
        DeskLocks(
            cells=old.cells - named.cells,
            grids=old.grids - named.grids,
            communities=old.communities - named.communities,
            everything=old.everything,
        ),
    )


EDITS: Mapping[str, Edit] = MappingProxyType(
    {
        "give": give,
        "new_grid": new_grid,
        "merge": merge,
        "split": split,
        "dissolve": dissolve,
        "rename": rename,
        "recode": recode,
        "dedicate": dedicate,
        "lock": lock,
        "unlock": unlock,
        "complete_contiguity": assign,
        "assign_rest": assign,
        "assign": assign,
        "best_around": assign,
    }
)
"""Kind of edit → function."""


def _move(
    plan: DeskPlan,
    ground: DeskGround,
    to: Mapping[str, str | None],
    fresh: Mapping[str, GridEntry] = MappingProxyType({}),
) -> Change:
    """Move cells, and let go of the grids that are left without any."""
    moved = {cell: code for cell, code in to.items() if plan.grid_of_cell[cell] != code}
    _refuse_locked(plan, ground, moved)
    grid_of_cell = {**plan.grid_of_cell, **moved}
    grids = {**plan.grids, **fresh}
    _known_grids(replace(plan, grids=grids), [code for code in moved.values() if code is not None])
    _refuse_two_communities(ground, moved, plan)
    left = set(grid_of_cell.values())
    grids = {code: entry for code, entry in grids.items() if code in left}
    return between(plan, replace(plan, grid_of_cell=grid_of_cell, grids=grids))


def _refuse_locked(plan: DeskPlan, ground: DeskGround, moved: Mapping[str, str | None]) -> None:
    locks = plan.locks
    closed = {cell for cell in moved if cell in locks.cells or locks.everything}
    closed |= {cell for cell in moved if ground.community_of(cell) in locks.communities}
    grids: set[str | None] = set(moved.values())
    grids |= {plan.grid_of_cell[cell] for cell in moved}
    grids &= locks.grids
    if closed or grids:
        _refuse_as_locked(plan, closed, [str(code) for code in grids])


def _refuse_locked_grid(plan: DeskPlan, ground: DeskGround, code: str) -> None:
    first = next(cell for cell, grid in plan.grid_of_cell.items() if grid == code)
    locks = plan.locks
    if locks.everything or code in locks.grids or ground.community_of(first) in locks.communities:
        _refuse_as_locked(plan, (), [code])


def _refuse_as_locked(plan: DeskPlan, cells: Collection[str], grids: Collection[str]) -> NoReturn:
    """Refuse with a sentence for what is locked: cells, grids, or both."""
    if not grids:
        raise EditRefused("edit_locked_cells", cells=sorted(cells), n=len(cells))
    names = [plan.grids[grid].name or grid for grid in sorted(grids)]
    if not cells:
        raise EditRefused("edit_locked_grids", grids=sorted(grids), names=names)
    raise EditRefused("edit_locked", cells=sorted(cells), n=len(cells), grids=sorted(grids), names=names)


def _refuse_two_communities(ground: DeskGround, moved: Mapping[str, str | None], plan: DeskPlan) -> None:
    """Refuse a grid in two communities: its own is where its other cells lie, or its first cell if new."""
    home: dict[str, str] = {}
    wanted = {code for code in moved.values() if code is not None}
    for cell, code in plan.grid_of_cell.items():
        if code in wanted and code not in home and cell not in moved:
            home[code] = ground.community_of(cell)
    for cell, code in moved.items():
        if code is not None and home.setdefault(code, ground.community_of(cell)) != ground.community_of(cell):
            raise EditRefused("grid_in_other_community", cells=[cell], grid=code, community=home[code])


def _cells(plan: DeskPlan, facts: Facts) -> list[str]:
    cells = [str(cell) for cell in facts["cells"]]
    _known_cells(plan, cells)
    if not cells:
        raise EditRefused("edit_without_cells")
    return cells


def _known_cells(plan: DeskPlan, cells: Iterable[str]) -> None:
    unknown = sorted(cell for cell in cells if cell not in plan.grid_of_cell)
    if unknown:
        raise EditRefused("edit_unknown_cells", cells=unknown)


def _known_grids(plan: DeskPlan, codes: Iterable[str]) -> None:
    unknown = sorted({code for code in codes if code not in plan.grids})
    if unknown:
        raise EditRefused("edit_unknown_grids", grids=unknown)


def _grid(plan: DeskPlan, facts: Facts) -> str:
    code = str(facts["grid"])
    _known_grids(plan, [code])
    return code


def _name(code: str, said: object) -> str:
    """Give a grid's name as it is kept; one that no table can hold is refused."""
    name = str(said).strip()
    if not name:
        raise EditRefused("grid_name_empty", grid=code)
    if len(name) > LONGEST_NAME:
        raise EditRefused("grid_name_too_long", grid=code, n=len(name), most=LONGEST_NAME)
    return name


def _new_code(plan: DeskPlan, ground: DeskGround, facts: Facts, home: str) -> str:
    """Give a code that no grid bears and that does not say that the grid lies in another community."""
    code = str(facts["code"]).strip()
    if not code:
        raise EditRefused("grid_code_empty")
    if len(code) > LONGEST_CODE:
        raise EditRefused("grid_code_too_long", n=len(code), most=LONGEST_CODE)
    if code in plan.grids:
        raise EditRefused("grid_code_taken", grid=code)
    said = [place for place in ground.members if code.startswith(place)]
    if said and home not in said:
        raise EditRefused("grid_code_of_other_community", grid=code, community=max(said, key=len), home=home)
    return code


def _replace_entry(plan: DeskPlan, code: str, entry: GridEntry) -> Change:
    return between(plan, replace(plan, grids={**plan.grids, code: entry}))


def _locks(plan: DeskPlan, ground: DeskGround, facts: Facts) -> DeskLocks:
    named = DeskLocks(
        cells=frozenset(map(str, facts.get("cells") or ())),
        grids=frozenset(map(str, facts.get("grids") or ())),
        communities=frozenset(map(str, facts.get("communities") or ())),
        everything=bool(facts.get("everything", False)),
    )
    _known_cells(plan, named.cells)
    _known_grids(plan, named.grids - plan.locks.grids)
    strangers = sorted(named.communities - ground.members.keys())
    if strangers:
        raise EditRefused("edit_unknown_communities", communities=strangers)
    return named


def _set_locks(plan: DeskPlan, locks: DeskLocks) -> Change:
    return between(plan, replace(plan, locks=locks))
