"""Staff: needs by the rules, vacancies, loads; grids add up to communities and these to the whole."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.census import CommunityCount
from scenarios.desk.forks import fork_scenario
from scenarios.errors import RuleError
from scenarios.rules import WorkRules
from scenarios.staff.document import staff_document
from scenarios.staff.measure import measure_staff, read_staff
from scenarios.staff.tasks import Task, add_task, decide_task, read_tasks, remove_task
from tests.scenarios.services.counted import censuses, community

TASKS = st.lists(
    st.builds(
        Task,
        name=st.text("甲乙丙", min_size=1, max_size=6),
        origin=st.just("民政"),
        hours=st.integers(0, 500),
        community_code=st.sampled_from(["", "A", "B", "X"]),
        admitted=st.none() | st.booleans(),
    ),
    max_size=4,
)


def test_needs_are_those_of_the_larger_rule() -> None:
    found = measure_staff([community(n_grids=2, posts=3, filled=2, grid_workers=1)], WorkRules(), [])
    row = found.communities[0]
    assert (row.by_residents, row.by_grids, row.needed) == (4, 2, 4)  # 2,000 residents at 18 per 10,000
    assert (row.vacant, row.short, row.grid_workers_short) == (1, 2, 1)
    assert (row.load.households, row.load.institutions) == (400.0, 3.0)
    assert row.load.households_per_grid_worker == 800.0
    more = measure_staff([community(n_grids=2)], WorkRules().with_values({"workers_per_grid": 5}), [])
    assert more.communities[0].needed == 10


def test_what_nobody_gave_is_not_a_figure() -> None:
    row = measure_staff([community()], WorkRules(), []).communities[0]
    assert (row.posts, row.filled, row.vacant, row.short, row.tasks) == (None,) * 5
    assert row.load.households is None
    assert row.load.tasks is None
    assert measure_staff([community(filled=0)], WorkRules(), []).communities[0].load.households is None


def test_only_admitted_tasks_are_load() -> None:
    one = community(posts=4, filled=4, tasks=8)
    tasks = [
        Task(name="人口普查", origin="统计", hours=350, admitted=True),
        Task(name="证明", origin="公安", hours=900, admitted=False),
        Task(name="巡查", origin="城管", hours=100),
        Task(name="别处的事", origin="民政", hours=40, community_code="B", admitted=True),
    ]
    row = measure_staff([one], WorkRules(), tasks).communities[0]
    assert (row.admitted, row.refused, row.undecided, row.hours) == (1, 1, 1, 350)
    assert row.load.tasks == (8 + 1) / 4
    assert row.load.hours == 350 / 4
    assert row.load.hours_share == pytest.approx(350 / 4 / 1750)


@given(census=censuses(), tasks=TASKS)
@settings(max_examples=60, deadline=None)
def test_grids_add_up_to_communities_and_these_to_the_whole(
    census: tuple[CommunityCount, ...], tasks: list[Task]
) -> None:
    found = measure_staff(census, WorkRules(), tasks)
    for row in found.communities:
        own = [grid for grid in found.grids if grid.community_code == row.code]
        for name in ("households", "residents", "institutions"):
            assert sum(getattr(grid, name) for grid in own) == getattr(row, name)
        assert sum(grid.needed for grid in own) == row.by_grids
        if own:
            assert sum(grid.hours for grid in own) == row.hours
        assert row.needed >= max(row.by_grids, row.residents * 18 / 10_000)
    for name in ("households", "residents", "needed", "by_grids", "hours"):
        assert getattr(found.total, name) == sum(getattr(row, name) for row in found.communities)
    for name in ("posts", "filled", "vacant", "short"):
        known = [value for row in found.communities if (value := getattr(row, name)) is not None]
        assert getattr(found.total, name) == (sum(known) if known else None)


def test_the_total_takes_loads_from_those_who_are_counted() -> None:
    found = measure_staff([community("A", filled=2), community("B")], WorkRules(), [])
    assert found.unknown == 1
    assert found.total.load.households == 400.0  # 800 of the first community alone, not 1,600
    assert found.total.households == 1600


def test_the_register_keeps_origin_and_decision(small_project: Path) -> None:
    codes = ["999001001001"]
    add_task(small_project, "base", Task(name=" 巡河 ", origin="水务局", hours=120), codes)
    assert read_tasks(small_project, "base") == (Task(name="巡河", origin="水务局", hours=120),)
    decide_task(small_project, "base", "巡河", admitted=True)
    assert read_tasks(small_project, "base")[0].admitted is True
    decide_task(small_project, "base", "巡河", admitted=None)
    assert read_tasks(small_project, "base")[0].admitted is None
    remove_task(small_project, "base", "巡河")
    assert read_tasks(small_project, "base") == ()


@pytest.mark.parametrize(
    ("task", "code"),
    [
        (Task(name=" ", origin="民政", hours=1), "task_without_name"),
        (Task(name="甲", origin="", hours=1), "task_without_name"),
        (Task(name="甲", origin="民政", hours=-1), "task_hours"),
        (Task(name="甲", origin="民政", hours=1, community_code="nowhere"), "task_community"),
        (Task(name="旧", origin="民政", hours=1), "task_known"),
    ],
)
def test_what_cannot_be_registered_is_refused(small_project: Path, task: Task, code: str) -> None:
    add_task(small_project, "base", Task(name="旧", origin="民政", hours=1), [])
    with pytest.raises(RuleError) as caught:
        add_task(small_project, "base", task, ["999001001001"])
    assert caught.value.code == code


def test_deciding_what_is_not_registered_is_refused(small_project: Path) -> None:
    for act in (lambda: decide_task(small_project, "base", "无", admitted=True),
                lambda: remove_task(small_project, "base", "无")):  # fmt: skip
        with pytest.raises(RuleError) as caught:
            act()
        assert caught.value.code == "task_unknown"


def test_a_forks_decisions_leave_the_parent_untouched(solved_town: Path) -> None:
    add_task(solved_town, "base", Task(name="巡河", origin="水务局", hours=120), [])
    fork_scenario(solved_town, "base", "减负")
    decide_task(solved_town, "减负", "巡河", admitted=False)
    add_task(solved_town, "减负", Task(name="新", origin="民政", hours=5, admitted=True), [])
    assert read_tasks(solved_town, "base") == (Task(name="巡河", origin="水务局", hours=120),)
    assert [task.admitted for task in read_tasks(solved_town, "减负")] == [False, True]


def test_the_document_is_plain(solved_town: Path) -> None:
    found = read_staff(solved_town)
    document = staff_document(found)
    assert document["total"]["households"] == sum(row["households"] for row in document["communities"])
    assert document["rules"]["workers_per_10000"] == 18
