"""The best plan around a person's edits: what is locked stays, and nothing is taken over unseen."""

import pytest

from scenarios.desk.desk import Desk, open_desk, read_history, undo
from scenarios.desk.resolve import accept, best_around, best_around_live, open_on_desk
from scenarios.errors import EditRefused
from scenarios.propose import Settings, propose
from scenarios.workers import Workers
from tests.scenarios.desk.conftest import OVERSIZE, PLAIN
from tests.scenarios.desk.test_certify import certificate, never
from tests.scenarios.desk.test_edits import edit, grids_of, neighbour_pair
from tests.scenarios.desk.test_history import same


def disturbed(desk: Desk) -> Desk:
    """A worse plan: a cell in a grid of its own, another at the neighbour."""
    cell, grid = neighbour_pair(desk)
    return edit(
        edit(desk, "give", cells=[cell], grid=grid), "new_grid", cells=[desk.ground.cells_of(PLAIN)[7]]
    )


def test_an_offer_tells_the_difference_and_changes_nothing(desk: Desk) -> None:
    worse = disturbed(desk)
    before = desk.path.read_bytes()
    offer = best_around_live(worse, open_on_desk(worse, PLAIN, stop=never), stop=never)
    (told,) = offer.communities
    assert (told.before, told.after.proven) == (certificate(worse), True)
    assert told.n_cells == len(offer.moves) > 0
    place = [desk.ground.place[move.cell_id] for move in offer.moves]
    assert told.households == int(desk.ground.households[place].sum())
    assert desk.path.read_bytes() == before


def test_an_offer_taken_over_is_one_edit(desk: Desk) -> None:
    worse = disturbed(desk)
    offer = best_around_live(worse, open_on_desk(worse, PLAIN, stop=never), stop=never)
    after = accept(worse, offer, author="王", note="重算")
    assert after.version == worse.version + 1
    assert certificate(after).objective == pytest.approx(certificate(desk).objective)
    assert certificate(after).proven
    assert (read_history(desk.path)[-1].kind, read_history(desk.path)[-1].note) == ("best_around", "重算")
    assert same(undo(after, author=""), worse)


def test_the_worker_processes_give_the_same_as_the_live_answer(desk: Desk, workers: Workers) -> None:
    worse = disturbed(desk)
    told: list[tuple[str, int, int]] = []
    offer = best_around(
        worse, stop=never, on_done=lambda *step: told.append(step), workers=workers, time_limit_s=20
    )
    assert sorted(code for code, _, _ in told) == [PLAIN, OVERSIZE]
    assert [number for _, number, _ in told] == [1, 2]
    after = accept(worse, offer, author="")
    live = best_around_live(worse, open_on_desk(worse, PLAIN, stop=never), stop=never)
    assert certificate(after).objective == pytest.approx(live.communities[0].after.objective)
    assert certificate(after, OVERSIZE).status == "relaxed"


def test_what_is_locked_keeps_its_grid_and_code(desk: Desk) -> None:
    worse = disturbed(desk)
    alone = str(worse.plan.grid_of_cell[desk.ground.cells_of(PLAIN)[7]])
    cell, _ = neighbour_pair(worse)
    own = worse.plan.grid_of_cell[cell]
    locked = edit(worse, "lock", cells=[cell], grids=[alone])
    after = accept(
        locked, best_around_live(locked, open_on_desk(locked, PLAIN, stop=never), stop=never), author=""
    )
    assert after.plan.grid_of_cell[cell] == own
    assert grids_of(after, PLAIN)[alone] == grids_of(worse, PLAIN)[alone]
    assert after.terms.bounds == {PLAIN: "desk"}
    assert not after.measures.communities[PLAIN].broken


def test_a_dedicated_grid_stays_whole(desk: Desk) -> None:
    place = desk.ground.cell_of_institution["school"]
    alone = edit(desk, "new_grid", cells=[place])
    code = str(alone.plan.grid_of_cell[place])
    dedicated = edit(alone, "dedicate", grid=code, institution_id="school")
    offer = best_around_live(dedicated, open_on_desk(dedicated, PLAIN, stop=never), stop=never)
    after = accept(dedicated, offer, author="")
    assert grids_of(after, PLAIN)[code] == [place]
    assert after.plan.grids[code] == dedicated.plan.grids[code]


def test_locked_communities_are_left_alone(desk: Desk, workers: Workers) -> None:
    locked = edit(disturbed(desk), "lock", communities=[PLAIN])
    offer = best_around(locked, [PLAIN], stop=never, workers=workers)
    assert offer.is_empty
    assert offer.untouched == (PLAIN,)
    with pytest.raises(EditRefused):
        accept(locked, offer, author="")
    everything = edit(locked, "lock", everything=True)
    assert best_around_live(everything, open_on_desk(everything, OVERSIZE, stop=never), stop=never).is_empty


def test_locks_that_no_plan_can_hold_leave_the_community_as_it_is(desk: Desk) -> None:
    # The two corners share a grid that is not contiguous, and every cell between them is locked elsewhere.
    cells = desk.ground.cells_of(PLAIN)
    torn = edit(desk, "new_grid", cells=[cells[0], cells[-1]])
    locked = edit(torn, "lock", cells=list(cells))
    offer = best_around_live(locked, open_on_desk(locked, PLAIN, stop=never), stop=never)
    assert offer.is_empty


def test_a_locked_grid_that_no_plan_can_hold_takes_nothing_in(desk: Desk, workers: Workers) -> None:
    # Found by the state machine: the engine lets a torn grid's lock go and fills the gap between its parts.
    cells = desk.ground.cells_of(PLAIN)
    torn = edit(desk, "new_grid", cells=[cells[0], cells[2]])
    locked = edit(torn, "lock", grids=[str(torn.plan.grid_of_cell[cells[0]])])
    offer = best_around_live(locked, open_on_desk(locked, PLAIN, stop=never), stop=never)
    assert offer.is_empty
    assert offer.untouched == (PLAIN,)
    propose(desk.path, Settings(), stop=never, on_progress=lambda _step: None, workers=workers)
    assert grids_of(open_desk(desk.path), PLAIN) == grids_of(locked, PLAIN)


def test_an_offer_for_an_older_plan_is_refused(desk: Desk) -> None:
    worse = disturbed(desk)
    offer = best_around_live(worse, open_on_desk(worse, PLAIN, stop=never), stop=never)
    later = edit(worse, "rename", grid=min(worse.plan.grids), name="一")
    with pytest.raises(EditRefused) as caught:
        accept(later, offer, author="")
    assert caught.value.code == "offer_outdated"


def test_an_unknown_community_is_refused(desk: Desk, workers: Workers) -> None:
    with pytest.raises(EditRefused):
        best_around(desk, ["nowhere"], stop=never, workers=workers)
