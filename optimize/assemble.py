"""Put a plan and what is known about it together into a `Result`; figures are measured from the labels."""

from collections.abc import Iterable, Sequence

import numpy as np

from optimize.costs import cost_columns, total_cost
from optimize.groups import Groups
from optimize.problem import IntArray, Problem
from optimize.result import Reason, Result, Stats, Status
from optimize.verify import breaks_rules, find_violations, order_labels


def label_grids(n_cells: int, grids: Iterable[Sequence[int]]) -> IntArray:
    """Turn lists of cells into labels in the order of first cells; cells in no list get -1."""
    labels = np.full(n_cells, -1, np.int64)
    for at, cells in enumerate(grids):
        labels[list(cells)] = at
    return order_labels(labels)


def build_result(
    problem: Problem,
    labels: IntArray,
    *,
    lower_bound: float,
    proven: bool,
    reasons: Sequence[Reason],
    stats: Stats,
) -> Result:
    """Measure a plan and state what is known about it.

    Parameters
    ----------
    labels
        int64 (n,), in any numbering; -1 where unassigned.
    lower_bound
        Valid for every plan of the question solved; rounding noise above the objective is cut off.
    proven
        Whether the plan is best for the question solved; a plan that breaks a rule is never called proven.
    """
    labels = order_labels(labels)
    groups = Groups.from_labels(labels, problem.households)
    objective = float(total_cost(problem, groups).sum())
    violations = find_violations(problem, labels)
    status: Status
    if (labels < 0).all():
        status, lower_bound, objective = "none", 0.0, 0.0
    elif breaks_rules(violations):
        status = "relaxed"
    else:
        status = "optimal" if proven else "feasible"
    lower_bound = objective if status == "optimal" else max(0.0, min(lower_bound, objective))
    return Result(
        status=status,
        labels=labels,
        objective=objective,
        lower_bound=lower_bound,
        gap=(objective - lower_bound) / objective if objective > 0 else 0.0,
        proven=status == "optimal",
        costs=cost_columns(problem, groups),
        stats=stats,
        reasons=tuple(reasons),
        violations=violations,
    )
