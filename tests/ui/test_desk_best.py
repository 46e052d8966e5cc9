"""What is said of an answer that changes nothing: only a proof makes a plan the best one."""

from pathlib import Path

import pytest

from scenarios.desk.desk import Desk, do_edit, open_desk
from scenarios.desk.resolve import Offer, best_around
from scenarios.propose import Settings, propose
from scenarios.store import create_project
from scenarios.workers import Workers
from tests.scenarios.desk.conftest import OVERSIZE, PLAIN, desk_layers
from ui.desk.best import why_empty


@pytest.fixture
def desk(tmp_path: Path, workers: Workers) -> Desk:
    path = tmp_path / "desk.gpkg"
    create_project(path, desk_layers())
    propose(path, Settings(), stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    return open_desk(path)


def test_only_a_proof_makes_a_plan_the_best(desk: Desk, workers: Workers) -> None:
    def said(desk: Desk, *communities: str) -> str:
        offer: Offer = best_around(desk, communities, stop=lambda: False, workers=workers)
        assert offer.is_empty
        return why_empty(desk, offer)

    assert said(desk, PLAIN) == "already"
    # One cell is too large for any grid, so that no plan there is proven.
    assert said(desk, OVERSIZE) == said(desk) == "no_better"
    desk = do_edit(desk, "lock", {"communities": [OVERSIZE]}, author="王敏")
    assert said(desk) == "already"
    assert said(desk, OVERSIZE) == "all_locked"
    desk = do_edit(desk, "lock", {"everything": True}, author="王敏")
    assert said(desk) == "all_locked"
