"""Staff in tables: communities with the total, grids, the register of tasks."""

from collections.abc import Mapping

from exports.service_table import Table, Value, counts, decimals, percent, words
from exports.texts import Texts
from scenarios.staff.tasks import Task
from scenarios.staff.values import CommunityStaff, Staffing

_COUNTS = (
    "residents", "n_grids", "needed", "posts", "filled", "vacant", "short", "grid_workers",
    "grid_workers_short",
)  # fmt: skip
_LOADS = ("households_each", "institutions_each", "tasks_each", "hours_each", "hours_share")


def staff_table(texts: Texts, staffing: Staffing) -> Table:
    """Give needs, posts, vacancies and loads of the communities, the total below."""
    columns = [
        *words(texts, "staff", "community", width=16),
        *counts(texts, "staff", *_COUNTS),
        *decimals(texts, "staff", _LOADS[0], digits=0),
        *decimals(texts, "staff", *_LOADS[1:]),
    ]
    rows = [
        *(_row(row.name, row) for row in staffing.communities),
        _row(texts("staff.all"), staffing.total),
    ]
    return Table(name="staff", columns=columns, rows=rows, last_is_sum=True)


def _row(name: str, row: CommunityStaff) -> list[Value]:
    load = row.load
    return [
        name,
        *(getattr(row, column) for column in _COUNTS),
        load.households,
        load.institutions,
        load.tasks,
        load.hours,
        percent(load.hours_share),
    ]


def grid_staff_table(texts: Texts, staffing: Staffing, names: Mapping[str, str]) -> Table:
    """Give what each grid asks of its workers; `names` are those of the communities."""
    columns = [
        *words(texts, "staff", "community", width=16),
        *words(texts, "staff", "code", "name", width=20),
        *counts(texts, "staff", "households", "residents", "institutions", "grid_needed"),
        *decimals(texts, "staff", "households_each", "institutions_each", digits=0),
        *counts(texts, "staff", "hours"),
    ]
    rows = [
        [
            names.get(grid.community_code, grid.community_code),
            grid.code or "",
            grid.name if grid.code else texts("staff.outside"),
            grid.households,
            grid.residents,
            grid.institutions,
            grid.needed,
            grid.households_each,
            grid.institutions_each,
            grid.hours,
        ]
        for grid in staffing.grids
    ]
    return Table(name="grid_staff", columns=columns, rows=rows)


def task_table(texts: Texts, staffing: Staffing, names: Mapping[str, str]) -> Table:
    """Give the register of tasks with their origin and what was decided."""
    columns = [
        *words(texts, "staff", "task", "origin", "for", width=22),
        *words(texts, "staff", "state"),
        *counts(texts, "staff", "hours_year", width=18),
    ]
    rows: list[list[Value]] = [
        [
            task.name,
            task.origin,
            names.get(task.community_code, task.community_code)
            if task.community_code
            else texts("staff.all_communities"),
            texts(f"staff.state.{state_of(task)}"),
            task.hours,
        ]
        for task in staffing.tasks
    ]
    return Table(name="tasks", columns=columns, rows=rows)


def state_of(task: Task) -> str:
    """Name what was decided of a task."""
    return {True: "admitted", False: "refused", None: "undecided"}[task.admitted]


def staff_sentences(texts: Texts, staffing: Staffing) -> list[str]:
    """Say needs, posts and vacancies, and the load of one worker."""
    total, load = staffing.total, staffing.total.load
    said = [
        texts(
            "staff.headline",
            needed=total.needed,
            by_residents=total.by_residents,
            by_grids=total.by_grids,
            posts=_people(texts, total.posts),
            filled=_people(texts, total.filled),
            vacant=_people(texts, total.vacant),
            short=_people(texts, total.short),
        )
    ]
    if load.households is not None:
        facts = {
            "households": load.households,
            "institutions": load.institutions,
            "tasks": load.tasks,
            "per_grid_worker": load.households_per_grid_worker,
        }
        said.append(texts("staff.load", **{name: _figure(texts, value) for name, value in facts.items()}))
    if staffing.unknown:
        said.append(texts("staff.unknown", n=staffing.unknown))
    return said


def _people(texts: Texts, n: int | None) -> str:
    return texts("staff.no_data") if n is None else texts("staff.people", n=n)


def _figure(texts: Texts, value: float | None) -> str:
    return texts("staff.no_data") if value is None else texts.number(value, 1 if value < 100 else 0)
