"""What can be said of a plan found without proof: how many grids to aim at, reasons, a bound that holds."""

from optimize.checks import Layout, count_range, explain_part
from optimize.costs import total_cost
from optimize.groups import Groups
from optimize.locks import conflict
from optimize.part import restrict
from optimize.problem import IntArray, Problem
from optimize.result import Reason
from optimize.search_bound import bound_any_plan, bound_cost
from optimize.verify import breaks_rules, find_violations

_PROOF = 1e-7  # relative; a bound this close to the cost proves it


def settle_count(problem: Problem, layout: Layout) -> tuple[int | None, list[Reason]]:
    """Give the number of grids to make besides the settled ones, the nearest that arithmetic allows."""
    wanted = problem.locks.n_grids
    if wanted is None:
        return None, []
    low, high = problem.min_households, problem.max_households
    ranges = [count_range(part.total, low, high) for part in layout.parts]
    fewest = sum(min(first, max(last, 1)) for first, last in ranges)
    most = sum(
        min(max(first, last), len(part)) for (first, last), part in zip(ranges, layout.parts, strict=True)
    )
    rest = wanted - len(layout.fixed)
    nearest = min(max(rest, fewest), most)
    if nearest == rest:
        return rest, []
    return nearest, [conflict("n_grids", "no_plan", (), n_grids=wanted, nearest=nearest + len(layout.fixed))]


def find_reasons(problem: Problem, layout: Layout, labels: IntArray) -> list[Reason]:
    """Name what makes every plan break a rule, as far as counting shows; else say `not_found`."""
    reasons = list(layout.reasons)
    reasons += [reason for part in layout.parts if (reason := explain_part(problem, part)) is not None]
    if not reasons and breaks_rules(find_violations(problem, labels)):
        reasons.append(Reason(code="not_found", facts={"households": int(problem.households.sum())}))
    return reasons


def certify(problem: Problem, layout: Layout, n_free: int | None, labels: IntArray) -> tuple[float, bool]:
    """Bound the cost of every plan around the settled grids; tell whether it proves the plan at hand best.

    Parts are bounded each on its own. Where a part cannot hold the band, or the plan does not, only what
    any plan pays is counted.
    """
    settled = Groups.from_sets([sorted(cells) for cells in layout.fixed], problem.households)
    bound = float(total_cost(problem, settled).sum())
    fixed = {int(labels[min(cells)]) for cells in layout.fixed}
    broken = {v.grid for v in find_violations(problem, labels) if breaks_rules((v,))} - fixed
    for units in layout.parts:
        cells = units.all_cells()
        part = restrict(problem, cells, None)
        fewest, most = count_range(units.total, problem.min_households, problem.max_households)
        counts = range(fewest, min(most, len(cells)) + 1)
        if n_free is not None and len(layout.parts) == 1:
            counts = range(n_free, n_free + 1)
        holds = len(counts) > 0 and not broken
        bound += bound_cost(part, counts) if holds else bound_any_plan(part)
    objective = float(total_cost(problem, Groups.from_labels(labels, problem.households)).sum())
    return bound, not broken and bound >= objective - _PROOF * max(abs(objective), 1.0)
