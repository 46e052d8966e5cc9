"""Measure the staff of a scenario: needs by the rules, posts, vacancies, and the load of each worker."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from geo.cells_seeds import split_whole
from scenarios.branches.table import read_branches
from scenarios.census import CommunityCount, GridCount, read_census
from scenarios.given import sum_given
from scenarios.project.schema import BASE_SCENARIO
from scenarios.rules import WorkRules
from scenarios.staff.tasks import Task, read_tasks
from scenarios.staff.values import CommunityStaff, GridStaff, Load, Staffing


def read_staff(path: Path, scenario: str = BASE_SCENARIO) -> Staffing:
    """Measure the staff of a scenario by its own rules, grids and register of tasks.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`.
    LayerError, StoreError
        The project cannot be read.
    """
    census = read_census(path, scenario)
    settings, _ = read_branches(path, scenario)
    return measure_staff(census, settings.rules, read_tasks(path, scenario), scenario=scenario)


def measure_staff(
    census: Sequence[CommunityCount],
    rules: WorkRules,
    tasks: Sequence[Task],
    *,
    scenario: str = BASE_SCENARIO,
) -> Staffing:
    """Measure the staff of communities that are counted."""
    rows = tuple(_community(one, rules, tasks) for one in census)
    grids = tuple(
        grid
        for one, row in zip(census, rows, strict=True)
        for grid in _grids(one.grids, rules.workers_per_grid, row.hours)
    )
    return Staffing(
        scenario=scenario,
        rules=rules,
        communities=rows,
        grids=grids,
        total=_total(rows, rules),
        unknown=sum(row.filled is None for row in rows),
        tasks=tuple(tasks),
    )


def needed_workers(residents: int, n_grids: int, rules: WorkRules) -> tuple[int, int]:
    """Give the workers that residents ask for, and those that grids ask for."""
    return math.ceil(residents * rules.workers_per_10000 / 10_000), n_grids * rules.workers_per_grid


def tasks_of(tasks: Iterable[Task], code: str) -> list[Task]:
    """Give the tasks of the register that are for a community."""
    return [task for task in tasks if task.community_code in ("", code)]


def _community(one: CommunityCount, rules: WorkRules, tasks: Sequence[Task]) -> CommunityStaff:
    by_residents, by_grids = needed_workers(one.residents, one.n_grids, rules)
    needed = max(by_residents, by_grids)
    posts, filled, grid_workers = (one.fact(name) for name in ("posts", "filled", "grid_workers"))
    own = tasks_of(tasks, one.code)
    admitted = [task for task in own if task.admitted]
    hours = sum(task.hours for task in admitted)
    given = one.fact("tasks")
    counted = None if given is None and not admitted else (given or 0) + len(admitted)
    return CommunityStaff(
        code=one.code,
        name=one.name,
        households=one.households,
        residents=one.residents,
        institutions=one.institutions,
        n_grids=one.n_grids,
        by_residents=by_residents,
        by_grids=by_grids,
        needed=needed,
        posts=posts,
        filled=filled,
        vacant=None if posts is None or filled is None else max(0, posts - filled),
        short=_lacking(needed, filled),
        grid_workers=grid_workers,
        grid_workers_short=_lacking(by_grids, grid_workers),
        volunteers=one.fact("volunteers"),
        tasks=given,
        admitted=len(admitted),
        refused=sum(task.admitted is False for task in own),
        undecided=sum(task.admitted is None for task in own),
        hours=hours,
        load=_load(
            (one.households, one.institutions, counted, hours), filled, (one.households, grid_workers), rules
        ),
    )


def _lacking(needed: int, there: int | None) -> int | None:
    return None if there is None else max(0, needed - there)


def _load(
    work: tuple[int, int, int | None, int],
    workers: int | None,
    on_grids: tuple[int, int | None],
    rules: WorkRules,
) -> Load:
    households, institutions, tasks, hours = (_each(amount, workers) for amount in work)
    return Load(
        households=households,
        institutions=institutions,
        tasks=tasks,
        hours=hours,
        hours_share=None if hours is None else hours / rules.worker_hours_year,
        households_per_grid_worker=_each(*on_grids),
    )


def _each(amount: int | None, workers: int | None) -> float | None:
    """Share something among workers; without any there is nobody to have a load."""
    return amount / workers if amount is not None and workers else None


def _grids(grids: Sequence[GridCount], each: int, hours: int) -> Iterable[GridStaff]:
    shares = split_whole(hours, np.array([grid.households for grid in grids], dtype=np.float64))
    for grid, share in zip(grids, shares, strict=True):
        needed = each if grid.code is not None else 0
        yield GridStaff(
            code=grid.code,
            name=grid.name,
            community_code=grid.community_code,
            households=grid.households,
            residents=grid.residents,
            institutions=grid.institutions,
            needed=needed,
            households_each=_each(grid.households, needed),
            institutions_each=_each(grid.institutions, needed),
            hours=int(share),
        )


def _total(rows: Sequence[CommunityStaff], rules: WorkRules) -> CommunityStaff:
    known = [row for row in rows if row.filled is not None]
    on_grids = [row for row in rows if row.grid_workers is not None]
    counted = [row for row in known if row.tasks is not None or row.admitted]
    tasks = sum((row.tasks or 0) + row.admitted for row in counted) if counted else None
    load = _load(
        (
            sum(row.households for row in known),
            sum(row.institutions for row in known),
            tasks if len(counted) == len(known) else None,
            sum(row.hours for row in known),
        ),
        sum_given(row.filled for row in rows),
        (sum(row.households for row in on_grids), sum_given(row.grid_workers for row in rows)),
        rules,
    )
    counts = ("households", "residents", "institutions", "n_grids", "by_residents", "by_grids", "needed")
    register = ("admitted", "refused", "undecided", "hours")
    given = (
        "posts", "filled", "vacant", "short", "grid_workers", "grid_workers_short", "volunteers", "tasks",
    )  # fmt: skip
    sums = {name: sum(getattr(row, name) for row in rows) for name in (*counts, *register)}
    return CommunityStaff(
        code="",
        name="",
        **sums,
        **{name: sum_given(getattr(row, name) for row in rows) for name in given},  # type: ignore[arg-type]  # optional counts
        load=load,
    )
