"""Maps of scenarios side by side, and the map of what differs."""

from pathlib import Path

import pytest

from exports.alike import colour_like
from exports.colours import neighbours
from scenarios import store
from scenarios.comparison.compare import compare
from scenarios.comparison.venues import changed_venues
from scenarios.levers.registry import parse_lever
from scenarios.levers.stand import stand_of
from scenarios.propose import Settings, propose
from scenarios.tree import fork_scenario, set_levers
from scenarios.workers import Workers
from tests.scenarios.levers.test_answer import RULES, go
from tests.scenarios.levers.town import A, B, at, town
from ui.map.linked import difference_content
from ui.texts.catalog import Texts


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Path:
    path = tmp_path_factory.mktemp("maps") / "town.gpkg"
    store.create_project(path, town())
    propose(path, Settings(rules=RULES), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    fork_scenario(path, "base", "二期")
    levers = [f"new_compound=临江二期,210,{at(450, 225)}", "venue=V1,closed", "venue=V2,open"]
    set_levers(path, "二期", [parse_lever(text) for text in levers])
    go(path, "二期")
    return path


def test_what_does_not_change_has_the_same_colour(project: Path) -> None:
    first, other = store.require_outcome(project), store.require_outcome(project, "二期")
    before = dict(zip(first.grids["code"], colour_like(first, first), strict=True))
    after = colour_like(first, other)
    still = other.grids["community_code"] == A
    assert still.any()
    for code, colour, unchanged in zip(other.grids["code"], after, still, strict=True):
        if unchanged:
            assert colour == before[code]
    assert all(after[a] != after[b] for a, b in neighbours(other.grids).tolist())
    assert set(other.grids.loc[other.grids["community_code"] == B, "code"])


def test_centres_that_open_and_close_are_on_the_map(project: Path) -> None:
    grounds = [stand_of(project, name).ground.layers for name in ("base", "二期")]
    venues = changed_venues(*grounds)
    assert dict(zip(venues["id"], venues["change"], strict=True)) == {"V1": "closed", "V2": "opened"}
    assert changed_venues(grounds[0], grounds[0]).empty
    back = changed_venues(*grounds, {}, {"V1": "stays", "V2": "not_needed"})
    assert back.empty
    first, other = store.require_outcome(project), store.require_outcome(project, "二期")
    content = difference_content(
        grounds[1], first, other, compare(first, other), Texts("zh_Hans"), "town", venues
    )
    drawn = {layer.key: layer for layer in content.layers}
    assert drawn["venues_closed"].ids == ["V1"]
    assert drawn["venues_opened"].ids == ["V2"]
    assert "venues_resized" not in drawn
