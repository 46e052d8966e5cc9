"""Each kind of edit: what it does, and when it makes no sense."""

from collections.abc import Mapping
from typing import Any

import pytest

from scenarios.desk.change import apply_change, between, change_from_json, change_to_json, reverse
from scenarios.desk.desk import Desk, do_edit, read_history, undo
from scenarios.desk.edits import EDITS
from scenarios.desk.plan import cells_of_grids
from scenarios.errors import EditRefused
from tests.scenarios.desk.conftest import OVERSIZE, PLAIN


def edit(desk: Desk, kind: str, /, **facts: Any) -> Desk:
    return do_edit(desk, kind, facts, author="测试")


def grids_of(desk: Desk, community: str) -> dict[str, list[str]]:
    return cells_of_grids(desk.plan.grid_of_cell, desk.ground.cells_of(community))


def neighbour_pair(desk: Desk) -> tuple[str, str]:
    """A cell, and another grid that borders it."""
    for cell in desk.ground.cells_of(PLAIN):
        for other, _, _ in desk.ground.neighbours(cell):
            if desk.plan.grid_of_cell[other] != desk.plan.grid_of_cell[cell]:
                return cell, str(desk.plan.grid_of_cell[other])
    raise LookupError


def test_giving_cells_moves_them_and_their_households(desk: Desk) -> None:
    cell, grid = neighbour_pair(desk)
    old = str(desk.plan.grid_of_cell[cell])
    after = edit(desk, "give", cells=[cell], grid=grid)
    size = int(desk.ground.households[desk.ground.place[cell]])
    assert after.plan.grid_of_cell[cell] == grid
    assert after.measures.grids[grid].households == desk.measures.grids[grid].households + size
    assert after.measures.grids[old].households == desk.measures.grids[old].households - size


def test_a_grid_that_gives_its_last_cell_is_gone(desk: Desk) -> None:
    code, cells = next((c, cells) for c, cells in grids_of(desk, OVERSIZE).items() if len(cells) == 1)
    to = next(other for other in grids_of(desk, OVERSIZE) if other != code)
    after = edit(desk, "give", cells=cells, grid=to)
    assert code not in after.plan.grids
    assert code not in after.measures.grids
    assert after.summary["n_grids"] == desk.summary["n_grids"] - 1


def test_a_new_grid_gets_a_number_that_no_grid_ever_bore(desk: Desk) -> None:
    cells = desk.ground.cells_of(PLAIN)
    first = edit(desk, "new_grid", cells=[cells[0]])
    code = first.plan.grid_of_cell[cells[0]]
    assert code is not None
    assert code not in desk.plan.grids
    assert code.startswith(PLAIN)
    assert code not in {known for known in desk.ground.today if known}
    assert first.plan.grids[code].name == f"社区1{code.removeprefix(PLAIN)}"
    gone = edit(first, "give", cells=[cells[0]], grid=str(desk.plan.grid_of_cell[cells[0]]))
    second = edit(gone, "new_grid", cells=[cells[1]])
    assert second.plan.grid_of_cell[cells[1]] not in {code, *desk.plan.grids}


def test_merged_grids_become_the_first(desk: Desk) -> None:
    first, second = list(grids_of(desk, PLAIN))[:2]
    after = edit(desk, "merge", grids=[first, second])
    assert second not in after.plan.grids
    assert after.measures.grids[first].n_cells == sum(
        desk.measures.grids[code].n_cells for code in (first, second)
    )


def test_the_best_split_gives_two_contiguous_halves_inside_the_band(desk: Desk) -> None:
    cell, second = neighbour_pair(desk)
    first = str(desk.plan.grid_of_cell[cell])
    merged = edit(desk, "merge", grids=[first, second])
    assert 600 <= merged.measures.grids[first].households <= 1000
    after = edit(merged, "split", grid=first)
    fresh = (after.plan.grids.keys() - merged.plan.grids.keys()).pop()
    halves = [after.measures.grids[code] for code in (first, fresh)]
    assert all(half.contiguous and half.in_band for half in halves)


def test_a_split_that_cannot_keep_the_band_is_even(desk: Desk) -> None:
    code = next(c for c, cells in grids_of(desk, PLAIN).items() if len(cells) > 2)
    after = edit(desk, "split", grid=code)
    fresh = (after.plan.grids.keys() - desk.plan.grids.keys()).pop()
    sizes = [after.measures.grids[c].households for c in (code, fresh)]
    assert abs(sizes[0] - sizes[1]) <= 0.4 * sum(sizes)
    assert all(after.measures.grids[c].contiguous for c in (code, fresh))


def test_a_dissolved_grid_leaves_its_cells_open_or_spreads_them(desk: Desk) -> None:
    code = next(iter(grids_of(desk, PLAIN)))
    open_cells = edit(desk, "dissolve", grid=code)
    assert set(open_cells.measures.unassigned) == set(grids_of(desk, PLAIN)[code])
    assert [rule.code for rule in open_cells.measures.communities[PLAIN].broken][-1] == "unassigned"
    assert open_cells.summary["gap_area_m2"] == pytest.approx(
        10_000 * len(open_cells.measures.unassigned), rel=0.01
    )
    filled = edit(open_cells, "assign_rest", communities=[PLAIN])
    assert not filled.measures.unassigned
    assert filled.summary["gap_area_m2"] < 1.0
    spread = edit(undo(undo(filled, author=""), author=""), "dissolve", grid=code, spread=True)
    assert not spread.measures.unassigned
    assert all(item.contiguous for item in spread.measures.communities[PLAIN].grids.values())


def test_contiguity_is_completed_by_neighbours(desk: Desk) -> None:
    cells = desk.ground.cells_of(PLAIN)
    corner, far = cells[0], cells[-1]
    torn = edit(desk, "give", cells=[far], grid=str(desk.plan.grid_of_cell[corner]))
    broken = [rule for rule in torn.measures.broken if rule.code == "not_contiguous"]
    assert [rule.cells for rule in broken] == [(far,)]
    assert not [
        rule for rule in edit(torn, "complete_contiguity").measures.broken if rule.code == "not_contiguous"
    ]
    with pytest.raises(EditRefused):
        edit(desk, "complete_contiguity")


def test_a_grid_is_dedicated_to_an_institution_in_it(desk: Desk) -> None:
    place = desk.ground.cell_of_institution["school"]
    alone = edit(desk, "new_grid", cells=[place])
    code = str(alone.plan.grid_of_cell[place])
    assert "below_minimum" in {rule.code for rule in alone.measures.broken if rule.grid == code}
    after = edit(alone, "dedicate", grid=code, institution_id="school")
    assert (after.plan.grids[code].kind, after.plan.grids[code].institution_id) == ("dedicated", "school")
    # A dedicated grid holds an institution, not homes: it need not keep the band.
    assert code not in {rule.grid for rule in after.measures.broken}
    back = edit(after, "dedicate", grid=code, kind="base")
    assert back.plan.grids[code] == alone.plan.grids[code]
    assert back.measures.broken == alone.measures.broken


def test_a_recoded_grid_keeps_cells_and_the_name_that_was_given(desk: Desk) -> None:
    code = next(iter(grids_of(desk, PLAIN)))
    named = edit(desk, "rename", grid=code, name="东街网格")
    after = edit(named, "recode", grid=code, code=f"{PLAIN}088")
    assert grids_of(after, PLAIN)[f"{PLAIN}088"] == grids_of(desk, PLAIN)[code]
    assert after.plan.grids[f"{PLAIN}088"] == named.plan.grids[code]
    assert code not in after.plan.grids


def test_a_name_made_of_the_number_follows_the_code(desk: Desk) -> None:
    # Grid 088 was still called "…001", as if it were another one.
    code = next(iter(grids_of(desk, PLAIN)))
    place = desk.ground.community_names[PLAIN]
    assert desk.plan.grids[code].name == f"{place}{code.removeprefix(PLAIN)}"
    after = edit(desk, "recode", grid=code, code=f"{PLAIN}088")
    assert after.plan.grids[f"{PLAIN}088"].name == f"{place}088"
    assert undo(after, author="").plan == desk.plan


def test_an_assignment_makes_grids_names_them_and_renames_others(desk: Desk) -> None:
    cell, grid = neighbour_pair(desk)
    fresh = f"{PLAIN}077"
    after = edit(desk, "assign", to={cell: fresh}, names={fresh: "新", grid: "旧"})
    assert (after.plan.grids[fresh].name, after.plan.grids[grid].name) == ("新", "旧")


@pytest.mark.parametrize("lock", ["cells", "grids", "communities", "everything"])
def test_what_is_locked_stays(desk: Desk, lock: str) -> None:
    cell, grid = neighbour_pair(desk)
    own = str(desk.plan.grid_of_cell[cell])
    locks: Mapping[str, Any] = {
        "cells": [cell],
        "grids": [own],
        "communities": [PLAIN],
        "everything": True,
    }
    locked = edit(desk, "lock", **{lock: locks[lock]})
    with pytest.raises(EditRefused) as caught:
        edit(locked, "give", cells=[cell], grid=grid)
    assert caught.value.code == ("edit_locked_grids" if lock == "grids" else "edit_locked_cells")
    assert caught.value.facts["names" if lock == "grids" else "n"]  # no sentence with an empty place
    free = edit(locked, "unlock", **{lock: locks[lock]})
    assert edit(free, "give", cells=[cell], grid=grid).plan.grid_of_cell[cell] == grid


def test_a_locked_grid_takes_nothing_in(desk: Desk) -> None:
    cell, grid = neighbour_pair(desk)
    locked = edit(desk, "lock", grids=[grid])
    with pytest.raises(EditRefused):
        edit(locked, "give", cells=[cell], grid=grid)


SENSELESS = [
    ("give", {"cells": ["nowhere"], "grid": f"{PLAIN}001"}, "edit_unknown_cells"),
    ("give", {"cells": [], "grid": "any"}, "edit_unknown_grids"),
    ("rename", {"grid": "nowhere", "name": "x"}, "edit_unknown_grids"),
    ("merge", {"grids": []}, "edit_needs_two_grids"),
    ("new_grid", {"cells": []}, "edit_without_cells"),
    ("lock", {"communities": ["nowhere"]}, "edit_unknown_communities"),
    ("lock", {}, "edit_changes_nothing"),
    ("assign_rest", {}, "nothing_to_assign"),
    ("juggle", {}, "edit_unknown_kind"),
]


@pytest.mark.parametrize(("kind", "facts", "code"), SENSELESS)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    desk: Desk, kind: str, facts: Mapping[str, Any], code: str
) -> None:
    before = desk.path.read_bytes()
    with pytest.raises(EditRefused) as caught:
        do_edit(desk, kind, facts, author="")
    assert caught.value.code == code
    assert desk.path.read_bytes() == before


def test_more_that_makes_no_sense(desk: Desk) -> None:
    code, other = list(grids_of(desk, PLAIN))[:2]
    stranger = desk.ground.cells_of(OVERSIZE)[0]
    single = next(c for c, cells in grids_of(desk, OVERSIZE).items() if len(cells) == 1)
    away = next(
        c
        for c in grids_of(desk, PLAIN)
        if desk.ground.cell_of_institution["school"] not in grids_of(desk, PLAIN)[c]
    )
    for kind, facts, refusal in (
        ("give", {"cells": [stranger], "grid": code}, "grid_in_other_community"),
        ("new_grid", {"cells": [stranger, desk.ground.cells_of(PLAIN)[0]]}, "grid_in_other_community"),
        ("new_grid", {"cells": [stranger], "code": code}, "grid_code_taken"),
        ("recode", {"grid": code, "code": other}, "grid_code_taken"),
        ("recode", {"grid": code, "code": " "}, "grid_code_empty"),
        ("recode", {"grid": code, "code": "9" * 33}, "grid_code_too_long"),
        ("recode", {"grid": code, "code": f"{OVERSIZE}077"}, "grid_code_of_other_community"),
        (
            "new_grid",
            {"cells": [desk.ground.cells_of(PLAIN)[0]], "code": f"{OVERSIZE}077"},
            "grid_code_of_other_community",
        ),
        ("rename", {"grid": code, "name": "长" * 61}, "grid_name_too_long"),
        ("rename", {"grid": code, "name": " "}, "grid_name_empty"),
        ("split", {"grid": single}, "grid_of_one_cell"),
        ("split", {"grid": code, "cells": grids_of(desk, PLAIN)[code]}, "split_needs_part"),
        (
            "dissolve",
            {"grid": code, "to": dict.fromkeys(grids_of(desk, PLAIN)[code], code)},
            "dissolve_into_itself",
        ),
        ("dedicate", {"grid": code, "kind": "odd"}, "grid_kind_unknown"),
        ("dedicate", {"grid": code, "institution_id": "nobody"}, "institution_unknown"),
        ("dedicate", {"grid": away, "institution_id": "school"}, "institution_elsewhere"),
    ):
        with pytest.raises(EditRefused) as caught:
            do_edit(desk, kind, facts, author="")
        assert caught.value.code == refusal, kind


def test_a_change_is_undone_by_its_reverse_and_survives_json(desk: Desk) -> None:
    code, other = list(grids_of(desk, PLAIN))[:2]
    for kind, facts in (
        ("merge", {"grids": [code, other]}),
        ("lock", {"grids": [code]}),
        ("rename", {"grid": code, "name": "x"}),
    ):
        change = EDITS[kind](desk.plan, desk.ground, facts)
        after = apply_change(desk.plan, change)
        assert apply_change(after, reverse(change)) == desk.plan
        assert between(desk.plan, after) == change
        assert change_from_json(change_to_json(change)) == change


def test_the_log_names_the_institution_that_a_grid_is_dedicated_to(desk: Desk) -> None:
    # An id like "school" says nothing to who reads the history.
    code = desk.plan.grid_of_cell[desk.ground.cell_of_institution["school"]]
    edit(desk, "dedicate", grid=code, institution_id="school")
    assert read_history(desk.path)[-1].facts["institution"] == "学校"
