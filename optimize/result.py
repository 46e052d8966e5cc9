"""The answer of an engine: a plan with its certificate and, where rules had to give, the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from optimize.problem import FloatArray, IntArray

Status = Literal["optimal", "feasible", "relaxed", "none"]
"""`optimal`: proven best; `feasible`: holds every rule, not proven; `relaxed`: no plan holds every rule,
this is the best found around the reasons given; `none`: nothing could be proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a plan is not what was asked for.

    `code` is one of `oversize_cell`, `cut_off_piece`, `community_below_minimum`, `arithmetic_gap`,
    `locks_conflict`, `too_many_groups`, `time_limit`, `stopped` …; `cells` are those concerned, `facts` the
    numbers.
    """

    code: str
    cells: tuple[int, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One hard rule that one grid of the plan breaks.

    `code` is one of `below_minimum`, `above_maximum`, `not_contiguous`, `unassigned`, `lock_broken`,
    `n_grids`.
    """

    code: str
    grid: int
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """How the answer was found; `truncated` says that not every group could be listed."""

    engine: str
    seed: int
    cpu_s: float
    n_groups: int = 0
    n_columns: int = 0
    truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A plan of one community and its certificate.

    Attributes
    ----------
    labels
        int64 (n,), grid of each cell, 0..k-1 in order of first cell; -1 where unassigned.
    objective, lower_bound, gap
        Weighted cost of the plan in metre equivalents, a valid lower bound of it over all plans of the
        question solved (for `relaxed`: over all plans around the exceptions), and
        (objective - lower_bound) / objective.
    proven
        Whether the plan is proven best for the question as asked; never true for `relaxed`.
    costs
        Cost name → float64 (k,), unweighted value per grid in the cost's own unit.
    """

    status: Status
    labels: IntArray
    objective: float
    lower_bound: float
    gap: float
    proven: bool
    costs: Mapping[str, FloatArray]
    stats: Stats
    reasons: tuple[Reason, ...] = ()
    violations: tuple[Violation, ...] = ()
