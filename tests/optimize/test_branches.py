import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.branches import JointProblem, JointResult, lay_out, solve_joint
from optimize.branches_anneal import anneal
from optimize.branches_part import solve_part
from optimize.errors import ProblemError
from optimize.stop import Never, TimeLimit


def places(
    xy: list[tuple[float, float]],
    members: list[int],
    *,
    sector: list[int] | None = None,
    area: list[int] | None = None,
    anchor: list[bool] | None = None,
    **limits: int,
) -> JointProblem:
    n = len(members)
    at = np.array(xy, np.float64).reshape(-1, 2)
    difference = at[:, None] - at[None]
    defaults = {"min_members": 3, "max_members": 50, "max_places": 5, "max_distance_m": 500, "sector_m": 200}
    return JointProblem(
        members=np.array(members, np.int64),
        distance_m=np.rint(np.hypot(difference[..., 0], difference[..., 1])).astype(np.int64),
        sector_idx=np.array(sector or [-1] * n, np.int64),
        area_idx=np.array(area or [0] * n, np.int64),
        anchor=np.array(anchor or [False] * n, np.bool_),
        **{**defaults, **limits},
    )


def draw_places(rng: np.random.Generator, n: int, side: float) -> JointProblem:
    return places(
        rng.uniform(0, side, (n, 2)).tolist(),
        rng.integers(1, 3, n).tolist(),
        sector=rng.integers(-1, 3, n).tolist(),
        area=rng.integers(0, 2, n).tolist() if rng.random() < 0.3 else None,
        anchor=(rng.random(n) < 0.15).tolist(),
        max_places=int(rng.integers(2, 6)),
        max_members=int(rng.choice([4, 6, 50])),
        min_members=int(rng.integers(2, 5)),
    )


def group_cost(problem: JointProblem, group: tuple[int, ...]) -> tuple[int, int, int] | None:
    """What a group brings: members covered (negative), new branches, metres; None where it breaks a rule.

    Written anew from the rules, pair by pair, without the arrays of the engine.
    """
    held = [int(problem.members[place]) for place in group]
    anchors = [place for place in group if problem.anchor[place]]
    if len(group) > problem.max_places or sum(held) > problem.max_members or len(anchors) > 1:
        return None
    for one in group:
        for other in group:
            far = problem.distance_m[one, other] > problem.max_distance_m
            if one != other and (far or problem.area_idx[one] != problem.area_idx[other]):
                return None
    if not anchors and sum(held) < problem.min_members:
        return None
    if anchors and len(group) == 1:
        return None
    metres = [_metres(problem, host, group) for host in (anchors or group)]
    covered = sum(int(problem.members[place]) for place in group if not problem.anchor[place])
    return (-covered, 0 if anchors else 1, min(metres))


def _metres(problem: JointProblem, host: int, group: tuple[int, ...]) -> int:
    total = 0
    for place in group:
        if place != host:
            total += int(problem.distance_m[host, place])
            sectors = {int(problem.sector_idx[host]), int(problem.sector_idx[place])}
            if -1 not in sectors and len(sectors) == 2:
                total += problem.sector_m
    return total


def best_by_trying_all(problem: JointProblem) -> tuple[int, int, int]:
    """The best of every way to divide the places into groups, lexicographically."""
    n = problem.n_places
    cost = {}
    for mask in range(1, 1 << n):
        cost[mask] = group_cost(problem, tuple(place for place in range(n) if mask >> place & 1))
    best: dict[int, tuple[int, int, int]] = {0: (0, 0, 0)}
    for mask in range(1, 1 << n):
        low = mask & -mask
        options = [best[mask ^ low]]  # the first place in no group
        part = mask
        while part:
            worth = cost[part]
            if part & low and worth is not None:
                rest = best[mask ^ part]
                options.append((rest[0] + worth[0], rest[1] + worth[1], rest[2] + worth[2]))
            part = (part - 1) & mask
        best[mask] = min(options)
    total = int(problem.members[~problem.anchor].sum())
    covered, branches, metres = best[(1 << n) - 1]
    return (total + covered, branches, metres)


def reached(problem: JointProblem, result: JointResult) -> tuple[int, int, int]:
    """What a plan comes to, every group checked against the rules by `group_cost`."""
    taken = [place for group in result.groups for place in group]
    assert len(taken) == len(set(taken))
    costs = [group_cost(problem, group) for group in result.groups]
    kept = [cost for cost in costs if cost is not None]
    assert len(kept) == len(costs)
    total = int(problem.members[~problem.anchor].sum())
    sums = [sum(cost[at] for cost in kept) for at in range(3)]
    return (total + sums[0], sums[1], sums[2])


@pytest.mark.parametrize("seed", range(300))
def test_the_plan_is_the_best_of_all_there_are(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = draw_places(rng, int(rng.integers(1, 9)), float(rng.choice([300, 700, 1200])))
    result = solve_joint(problem, stop=Never())
    best = best_by_trying_all(problem)
    assert reached(problem, result) == best
    assert tuple(stage.objective for stage in result.stages) == best
    assert result.proven
    assert all(stage.objective == stage.lower_bound for stage in result.stages)


@pytest.mark.parametrize("seed", range(60))
def test_searching_gives_no_better_bound_and_no_worse_proof_than_the_best_plan(seed: int) -> None:
    # The way of large parts, taken on small ones where the truth is known.
    rng = np.random.default_rng(1000 + seed)
    problem = draw_places(rng, int(rng.integers(5, 10)), float(rng.choice([300, 700])))
    plan = solve_part(lay_out(problem), Never(), few=0)
    best = best_by_trying_all(problem)
    total = int(problem.members[~problem.anchor].sum())
    groups = plan.groups
    got = (total - int(groups.members.sum()), int(groups.branches.sum()), int(groups.metres.sum()))
    assert got == best
    assert plan.bounds == best


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_bounds_never_pass_the_plan_and_every_group_keeps_the_rules(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = draw_places(rng, 40, 1500.0)
    result = solve_joint(problem, stop=TimeLimit(3))  # an answer cut short is held to the same
    assert reached(problem, result) == tuple(stage.objective for stage in result.stages)
    for stage in result.stages:
        assert stage.lower_bound <= stage.objective
        assert not stage.proven or stage.lower_bound == stage.objective


def test_stopped_at_once_it_claims_nothing_it_does_not_know() -> None:
    rng = np.random.default_rng(5)
    problem = places(rng.uniform(0, 1200, (120, 2)).tolist(), rng.integers(1, 3, 120).tolist())
    result = solve_joint(problem, stop=TimeLimit(0))
    best = solve_joint(problem, stop=TimeLimit(20))
    for short, long in zip(result.stages[:1], best.stages[:1], strict=True):
        assert short.lower_bound <= long.objective <= short.objective
    assert reached(problem, result) == tuple(stage.objective for stage in result.stages)


def test_stopped_at_once_it_leaves_no_part_of_the_town_without_a_plan() -> None:
    # Two quarters far apart: the second had nothing when the first took all the time.
    rng = np.random.default_rng(6)
    xy = np.concatenate([rng.uniform(0, 900, (90, 2)), rng.uniform(5000, 5900, (90, 2))])
    problem = places(xy.tolist(), [1, 2] * 90)
    result = solve_joint(problem, stop=TimeLimit(0))
    assert reached(problem, result)[0] <= 10


@pytest.mark.parametrize(("members", "groups"), [([1, 1], 0), ([1, 2], 1), ([2, 2], 1)])
def test_three_members_make_a_branch_and_two_do_not(members: list[int], groups: int) -> None:
    assert len(solve_joint(places([(0, 0), (100, 0)], members), stop=Never()).groups) == groups


@pytest.mark.parametrize(("metres", "groups"), [(500, 1), (501, 0)])
def test_the_distance_is_kept_to_the_metre(metres: float, groups: int) -> None:
    assert len(solve_joint(places([(0, 0), (metres, 0)], [2, 2]), stop=Never()).groups) == groups


@pytest.mark.parametrize(("count", "groups"), [(5, 1), (6, 2)])
def test_five_places_share_a_branch_and_six_need_two(count: int, groups: int) -> None:
    problem = places([(10 * i, 0) for i in range(count)], [2] * count)
    result = solve_joint(problem, stop=Never())
    assert len(result.groups) == groups
    assert result.stages[0].objective == 0


@pytest.mark.parametrize(("members", "groups"), [(48, 1), (49, 0)])
def test_a_branch_that_exists_is_filled_to_fifty_and_no_further(members: int, groups: int) -> None:
    problem = places([(0, 0), (100, 0)], [members, 2], anchor=[True, False])
    result = solve_joint(problem, stop=Never())
    assert len(result.groups) == groups
    assert result.stages[1].objective == 0


def test_the_same_line_of_work_is_preferred_at_like_distance() -> None:
    problem = places([(0, 0), (100, 0), (-100, 0), (200, 0)], [2, 1, 1, 2], sector=[0, 1, 0, 1], max_places=2)
    assert solve_joint(problem, stop=Never()).groups == ((0, 2), (1, 3))


def test_places_of_two_communities_do_not_meet() -> None:
    assert solve_joint(places([(0, 0), (10, 0)], [2, 2], area=[0, 1]), stop=Never()).groups == ()


def test_nothing_gives_nothing() -> None:
    result = solve_joint(places([], []), stop=Never())
    assert result.groups == ()
    assert result.proven


def test_the_same_seed_gives_the_same_plan() -> None:
    rng = np.random.default_rng(11)
    problem = places(rng.uniform(0, 2500, (110, 2)).tolist(), rng.integers(1, 3, 110).tolist())
    first, second = (solve_joint(problem, stop=Never(), seed=3) for _ in range(2))
    assert first == second


def test_annealing_that_is_stopped_cools_in_a_hurry_and_still_gives_a_plan() -> None:
    ground = lay_out(draw_places(np.random.default_rng(5), 30, 900.0))
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    # So many steps would take a week.
    hurried = anneal(ground, 10**12, 0, stop)
    assert len(hurried)
    calm = anneal(ground, 3_000_000, 0, Never())
    assert (calm.places == anneal(ground, 3_000_000, 0, Never()).places).all()


def test_arrays_that_contradict_each_other_are_refused() -> None:
    good = places([(0, 0), (1, 0)], [1, 2])
    with pytest.raises(ProblemError):
        solve_joint(JointProblem(**{**_fields(good), "sector_idx": np.zeros(3, np.int64)}), stop=Never())
    lopsided = np.array([[0, 1], [2, 0]], np.int64)
    with pytest.raises(ProblemError):
        solve_joint(JointProblem(**{**_fields(good), "distance_m": lopsided}), stop=Never())


def _fields(problem: JointProblem) -> dict[str, object]:
    return {name: getattr(problem, name) for name in JointProblem.__dataclass_fields__}
