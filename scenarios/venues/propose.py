"""Propose venues for a project: measure, solve, tell, store."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from optimize.venues.models import solve_siting
from scenarios.branches.table import read_branches
from scenarios.levers.stand import ground_of
from scenarios.project.frames import parsing
from scenarios.project.plans import require_scenario
from scenarios.project.schema import BASE_SCENARIO
from scenarios.venues.plan import VenuePlan, plan_document, read_plan, tell
from scenarios.venues.question import VenueGround, build_siting, stand_venues
from scenarios.venues.settings import VenueSettings, check_settings, from_document, to_document
from scenarios.venues.table import read_row, save_row

Stop = Callable[[], bool]


def open_venues(path: Path, scenario: str = BASE_SCENARIO) -> VenueGround:
    """Measure all ways of a scenario, once for any number of questions."""
    settings, _ = read_branches(path, scenario)
    return stand_venues(ground_of(path, scenario), settings.rules)


def place_venues(ground: VenueGround, settings: VenueSettings, *, stop: Stop, seed: int = 1) -> VenuePlan:
    """Answer one question about venues.

    Raises
    ------
    RuleError
        What cannot be asked; see `check_settings` and `build_siting`.
    """
    check_settings(settings)
    siting = build_siting(ground, settings)
    answer = solve_siting(siting, settings.model, stop=stop, rng=np.random.default_rng(seed))
    return tell(ground, settings, siting, answer)


def propose_venues(
    path: Path, settings: VenueSettings, *, scenario: str = BASE_SCENARIO, stop: Stop, seed: int = 1
) -> VenuePlan:
    """Answer one question and keep the proposal with the scenario.

    Raises
    ------
    UnknownScenario
        The scenario is not in the project.
    """
    require_scenario(path, scenario)
    plan = place_venues(open_venues(path, scenario), settings, stop=stop, seed=seed)
    keep_venues(path, scenario, plan)
    return plan


def keep_venues(path: Path, scenario: str, plan: VenuePlan) -> None:
    """Keep a proposal with a scenario, in place of what there was.

    Raises
    ------
    StoreError
        `cannot_write`.
    """
    settings = json.dumps(to_document(plan.settings))
    save_row(path, scenario, settings, json.dumps(plan_document(plan), ensure_ascii=False))


def read_venues(path: Path, scenario: str = BASE_SCENARIO) -> VenuePlan | None:
    """Give the proposal kept with a scenario; None where there is none.

    Raises
    ------
    StoreError
        `cannot_read` when another program left what is stored damaged.
    """
    row = read_row(path, scenario)
    if row is None:
        return None
    with parsing(path):
        return read_plan(json.loads(row[1]), from_document(json.loads(row[0])))
