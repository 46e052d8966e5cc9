"""Joint branches: which places with too few formal members share one, and where it sits.

A set packing over groups of places: enough members, not too many, few places, all within reach of each other.
Three goals, one after the other: fewest members uncovered, then fewest new branches, then least distance from
the places to the one where their branch sits; a place of another line of work than that one counts as so many
metres further, so that the same line is preferred where it costs little.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from optimize.branches_part import PartPlan, solve_part
from optimize.branches_price import Ground
from optimize.errors import ProblemError
from optimize.problem import BoolArray, IntArray
from optimize.stop import Stop

GOALS = ("uncovered_members", "branches", "distance_m")
"""The goals in their order, as the certificate names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointProblem:
    """n places that may share a branch.

    Attributes
    ----------
    members
        int64 (n,), formal members, at least 1; of an anchor those that its branch has already.
    distance_m
        int64 (n, n), whole metres between places, symmetric.
    sector_idx
        int64 (n,), line of work, -1 where unknown: unknown differs from nothing.
    area_idx
        int64 (n,); only places of the same area may share a branch.
    anchor
        bool (n,), whether a place stands for a joint branch that exists: it takes in others, needs no fewest
        members, and counts as no new branch.
    min_members, max_members, max_places, max_distance_m
        Limits of a group.
    sector_m
        Metres by which a place of another line of work counts as further.
    """

    members: IntArray
    distance_m: IntArray
    sector_idx: IntArray
    area_idx: IntArray
    anchor: BoolArray
    min_members: int
    max_members: int
    max_places: int
    max_distance_m: int
    sector_m: int

    @property
    def n_places(self) -> int:
        """Number of places."""
        return len(self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One goal: what the plan has of it, a lower bound, and whether nothing less is possible.

    The bound of a later goal speaks of plans that do as well in the goals before, in every part of the town
    whose places are not within reach of the others; `proven` also asks that those are proven.
    """

    name: str
    objective: int
    lower_bound: int
    proven: bool

    @property
    def gap(self) -> float:
        """How far the plan may be from the best, as a share of its own value."""
        return (self.objective - self.lower_bound) / self.objective if self.objective else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JointResult:
    """Groups that share a branch, the host first, each a tuple of places; and the certificate, by goal."""

    groups: tuple[tuple[int, ...], ...]
    stages: tuple[Stage, ...]

    @property
    def proven(self) -> bool:
        """Whether no plan is better."""
        return all(stage.proven for stage in self.stages)


def solve_joint(
    problem: JointProblem,
    *,
    stop: Stop,
    seed: int = 0,
    on_part: Callable[[int, int], None] | None = None,
) -> JointResult:
    """Group the places; stopped early, the best groups so far with the bounds known by then.

    Parameters
    ----------
    on_part
        Called with places done and all places after each part.

    Raises
    ------
    ProblemError
        `joint_shapes`, `joint_distances` or `joint_members` where the arrays contradict each other.
    """
    _check(problem)
    ground = lay_out(problem)
    count, part_of = connected_components(ground.near, directed=False)
    groups: list[tuple[int, ...]] = []
    sums = np.zeros((2, len(GOALS)), np.int64)
    sizes = np.bincount(part_of, minlength=count)
    done = 0
    for part in np.argsort(sizes, kind="stable"):
        places = np.flatnonzero(part_of == part)
        plan = solve_part(ground.take(places), stop, seed)
        groups += [tuple(places[row[row >= 0]].tolist()) for row in plan.groups.places]
        sums += _sums(ground.take(places), plan)
        done += len(places)
        if on_part is not None:
            on_part(done, problem.n_places)
    return JointResult(groups=tuple(sorted(groups)), stages=_stages(sums))


def lay_out(problem: JointProblem) -> Ground:
    """Say who may share a branch with whom, and how far each place is from each host."""
    near = (problem.distance_m <= problem.max_distance_m) & (
        problem.area_idx[:, None] == problem.area_idx[None, :]
    )
    near &= ~(problem.anchor[:, None] & problem.anchor[None, :])
    np.fill_diagonal(near, val=False)
    sector = problem.sector_idx
    known = (sector >= 0)[:, None] & (sector >= 0)[None, :]
    step = problem.distance_m + problem.sector_m * (known & (sector[:, None] != sector[None, :]))
    return Ground(
        near=near,
        step=step.astype(np.int64),
        members=problem.members,
        anchor=problem.anchor,
        min_members=problem.min_members,
        max_members=problem.max_members,
        max_places=problem.max_places,
    )


def _sums(ground: Ground, plan: PartPlan) -> IntArray:
    groups = plan.groups
    uncovered = int(ground.weight.sum()) - int(groups.members.sum())
    reached = [uncovered, int(groups.branches.sum()), int(groups.metres.sum())]
    return np.array([reached, plan.bounds], np.int64)


def _stages(sums: IntArray) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    for name, objective, bound in zip(GOALS, *sums.tolist(), strict=True):
        proven = objective == bound and all(stage.proven for stage in stages)
        stages.append(Stage(name=name, objective=objective, lower_bound=bound, proven=proven))
    return tuple(stages)


def _check(problem: JointProblem) -> None:
    n = problem.n_places
    arrays = (problem.sector_idx, problem.area_idx, problem.anchor)
    if any(len(values) != n for values in arrays) or problem.distance_m.shape != (n, n):
        raise ProblemError("joint_shapes", places=n)
    if (problem.distance_m < 0).any() or (problem.distance_m != problem.distance_m.T).any():
        raise ProblemError("joint_distances", places=n)
    if (problem.members < 0).any() or problem.max_places < 1:
        raise ProblemError("joint_members", places=n)
