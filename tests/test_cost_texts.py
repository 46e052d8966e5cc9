"""Every cost has its words in every language: name, help, unit and the column of an export."""

import pytest

from optimize.costs import COSTS
from scenarios.propose import DEFAULT_WEIGHTS
from ui.texts.catalog import LANGUAGES, read_catalog


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COSTS)
def test_every_cost_has_words(language: str, name: str) -> None:
    known = read_catalog(language)
    for key in (
        f"grids_page.cost.{name}.name",
        f"grids_page.cost.{name}.help",
        f"grids_page.cost_unit.{COSTS[name].unit}",
        f"exports.column.cost_{name}",
    ):
        assert known.get(key), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_costs_are_told_apart_by_their_names(language: str) -> None:
    known = read_catalog(language)
    for keys in ("grids_page.cost.{}.name", "grids_page.cost.{}.help", "exports.column.cost_{}"):
        assert len({known[keys.format(name)] for name in COSTS}) == len(COSTS)


def test_costs_in_force_from_the_start_are_few() -> None:
    assert DEFAULT_WEIGHTS.keys() <= COSTS.keys()
    assert set(DEFAULT_WEIGHTS) == {"boundary", "compound_splits", "target_size"}
