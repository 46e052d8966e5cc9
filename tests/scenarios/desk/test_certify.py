"""What is known of a plan after an edit: cost recomputed, bounds kept while they hold, proofs only then."""

import math
from itertools import combinations, product

import pytest

from scenarios import store
from scenarios.desk.certify import price_community
from scenarios.desk.change import apply_change
from scenarios.desk.desk import Desk, do_edit, open_desk, undo
from scenarios.desk.edits import EDITS
from scenarios.desk.measure import measure_community
from scenarios.desk.resolve import accept, best_around_live, open_on_desk, price_live
from scenarios.locks.wanted import GridLocks
from scenarios.outcome import Certificate
from scenarios.propose import Settings, propose
from scenarios.workers import Workers
from tests.scenarios.desk.conftest import OVERSIZE, PLAIN
from tests.scenarios.desk.test_edits import edit, grids_of


def certificate(desk: Desk, community: str = PLAIN) -> Certificate:
    return next(item for item in desk.certificates if item.community_code == community)


def never() -> bool:
    return False


def moved(desk: Desk) -> tuple[Desk, dict[str, str | None]]:
    """The desk with a dearer plan that holds every rule, a few cells away; with the way back."""
    cells = [cell for cell in desk.ground.cells_of(PLAIN) if cell not in desk.plan.locks.cells]
    grids = list(grids_of(desk, PLAIN))
    for size in (1, 2):
        for chosen in combinations(cells, size):
            for codes in product(grids, repeat=size):
                to = dict(zip(chosen, codes, strict=True))
                change = EDITS["assign"](desk.plan, desk.ground, {"to": to})
                plan = apply_change(desk.plan, change)
                found = measure_community(plan, desk.ground, desk.rules, PLAIN)
                if len(change.cells) < size or len(found.grids) < len(grids) or found.broken:
                    continue
                cost = price_community(plan, desk.ground, PLAIN, desk.rules, desk.terms.weights).objective
                if cost > certificate(desk).objective + 1:
                    return edit(desk, "assign", to=to), {c: desk.plan.grid_of_cell[c] for c in chosen}
    raise LookupError


def test_an_edit_is_priced_as_the_engine_prices_it(desk: Desk) -> None:
    after, _ = moved(desk)
    now = certificate(after)
    live = open_on_desk(after, PLAIN, stop=never)
    exact = price_live(after, live, stop=never)
    assert certificate(desk).proven
    assert now.status == "feasible"
    assert now.lower_bound == certificate(desk).lower_bound
    assert exact.extra == pytest.approx(now.objective / now.lower_bound - 1)
    assert exact.extra == pytest.approx(exact.at_most)
    outcome = store.require_outcome(desk.path)
    own = outcome.grids[outcome.grids["community_code"] == PLAIN]
    weighted = own["cost_boundary"].sum() + own["cost_compound_splits"].sum()
    assert weighted <= now.objective


def test_the_way_back_by_hand_finds_the_proof_again(desk: Desk) -> None:
    after, before = moved(desk)
    assert not certificate(after).proven
    back = edit(after, "assign", to=before)
    assert certificate(back).proven
    assert certificate(back).objective == pytest.approx(certificate(desk).objective)
    assert certificate(back).gap == 0.0


def test_a_broken_plan_is_called_broken_and_its_bound_waits(desk: Desk) -> None:
    code = next(iter(grids_of(desk, PLAIN)))
    broken = edit(desk, "dissolve", grid=code)
    now = certificate(broken)
    assert (now.status, now.proven, now.lower_bound) == ("broken", False, certificate(desk).lower_bound)
    assert math.isnan(now.gap)
    assert broken.summary["proven_share"] < 1.0
    mended = edit(broken, "assign", to=dict.fromkeys(broken.measures.unassigned, code))
    assert certificate(mended).proven


def test_what_no_plan_can_keep_is_no_fault_of_the_edit(desk: Desk) -> None:
    assert certificate(desk, OVERSIZE).status == "relaxed"
    sizes = {code: len(cells) for code, cells in grids_of(desk, OVERSIZE).items()}
    big = next(code for code in sizes if desk.measures.grids[code].households >= 700)
    after = edit(desk, "rename", grid=big, name="大")
    assert certificate(after, OVERSIZE).status == "relaxed"
    assert {rule.code for rule in after.measures.communities[OVERSIZE].broken} == {"above_maximum"}
    others = [code for code in sizes if code != big]
    # Around other exceptions than those of the proposal, its bound says nothing.
    more = edit(after, "merge", grids=[big, others[0]])
    assert certificate(more, OVERSIZE).status in ("relaxed", "broken")
    assert not certificate(more, OVERSIZE).gap >= 0
    worse = edit(undo(more, author=""), "new_grid", cells=[grids_of(desk, OVERSIZE)[others[0]][0]])
    assert certificate(worse, OVERSIZE).status == "broken"


def test_a_bound_under_the_desks_locks_holds_until_one_is_taken_off(desk: Desk) -> None:
    # Two cells that must stay together: one alone asks nothing of the engine.
    own = next(cells for cells in grids_of(desk, PLAIN).values() if len(cells) > 3)[:2]
    locked = edit(desk, "lock", cells=own)
    torn, _ = moved(locked)
    offer = best_around_live(torn, open_on_desk(torn, PLAIN, stop=never), stop=never)
    solved = accept(torn, offer, author="")
    assert solved.terms.bounds == {PLAIN: "desk"}
    assert certificate(solved).proven
    more = edit(solved, "lock", cells=[desk.ground.cells_of(PLAIN)[-1]])
    assert certificate(more).proven
    fewer = edit(more, "unlock", cells=own[:1])
    assert not certificate(fewer).proven
    assert math.isnan(certificate(fewer).lower_bound)
    assert certificate(undo(fewer, author="")).proven


def test_a_bound_says_nothing_of_plans_with_grids_outside_the_band(desk: Desk) -> None:
    place = desk.ground.cell_of_institution["school"]
    alone = edit(desk, "new_grid", cells=[place])
    code = str(alone.plan.grid_of_cell[place])
    dedicated = edit(alone, "dedicate", grid=code, institution_id="school")
    if not dedicated.measures.communities[PLAIN].broken:
        assert certificate(dedicated).status == "feasible"
    assert math.isnan(certificate(dedicated).lower_bound)


def test_a_bound_under_the_wishes_of_a_proposal_ends_with_the_first_edit(
    desk: Desk, workers: Workers
) -> None:
    wishes = GridLocks(counts={PLAIN: 4})
    propose(
        desk.path,
        Settings(locks=wishes),
        stop=never,
        on_progress=lambda _step: None,
        workers=workers,
    )
    wished = open_desk(desk.path)
    assert wished.terms.bounds == {PLAIN: "proposal"}
    first, second = list(grids_of(wished, PLAIN))[:2]
    after = do_edit(wished, "merge", {"grids": [first, second]}, author="")
    assert math.isnan(certificate(after).lower_bound)
    assert certificate(undo(after, author="")) == certificate(wished)
