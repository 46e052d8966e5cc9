"""The peers of the venue models: spopt.locate with CBC, plain HiGHS models; each solve in its own process.

They are no dependencies of Gridplan: a peer that is not installed is listed as absent.
"""

import importlib
import importlib.util
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix

from bench.suites import Row
from bench.usage import children_usage, own_usage
from optimize.highs import new_solver

_TIME_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerTask:
    """A model for the peers: `metres` (n, m), `weight` (n,), so many sites, within a reach."""

    model: str
    name: str
    weight: NDArray[np.float64]
    metres: NDArray[np.float64]
    n_open: int
    reach_m: float = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAnswer:
    """What a peer gave; None where it gave nothing."""

    objective: float | None
    lower_bound: float | None
    proven: bool


def run_peers(tasks: list[PeerTask]) -> list[Row]:
    """Solve every task with every peer."""
    return [_measure(tool, task) for task in tasks for tool in PEERS]


def _measure(tool: str, task: PeerTask) -> Row:
    needs, _ = PEERS[tool]
    instance = f"venues: {task.model} {task.name}"
    if importlib.util.find_spec(needs) is None:
        return Row(instance=instance, tool=tool, facts={"status": "absent"})
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return replace(pool.submit(_solve, tool, task).result(), instance=instance)


def _solve(tool: str, task: PeerTask) -> Row:
    """Solve one task here; its CPU seconds hold those of the solver it starts."""
    importlib.import_module(PEERS[tool][0])
    before = own_usage().cpu_s + children_usage().cpu_s
    began = time.monotonic()
    try:
        answer = PEERS[tool][1](task)
    except Exception as error:  # noqa: BLE001  # what a peer raises is its result
        status, answer = type(error).__name__, PeerAnswer(objective=None, lower_bound=None, proven=False)
    else:
        status = "optimal" if answer.proven else "feasible" if answer.objective is not None else "none"
    return Row(
        instance="",
        tool=tool,
        objective=None if answer.objective is None else round(answer.objective, 3),
        lower_bound=None if answer.lower_bound is None else round(answer.lower_bound, 3),
        proven=answer.proven,
        cpu_s=round(own_usage().cpu_s + children_usage().cpu_s - before, 3),
        peak_mb=round(max(own_usage().peak_mb, children_usage().peak_mb), 1),
        facts={"status": status, "wall_s": round(time.monotonic() - began, 1), "limit_s": _TIME_LIMIT_S},
    )


def _by_spopt(task: PeerTask) -> PeerAnswer:
    """Solve with spopt.locate, the model built and solved as its documentation shows."""
    pulp, locate = importlib.import_module("pulp"), importlib.import_module("spopt.locate")
    solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=_TIME_LIMIT_S, threads=1)
    if task.model == "p_median":
        model = locate.PMedian.from_cost_matrix(task.metres, task.weight, p_facilities=task.n_open)
    elif task.model == "p_centre":
        model = locate.PCenter.from_cost_matrix(task.metres, p_facilities=task.n_open)
    else:
        model = locate.MCLP.from_cost_matrix(
            task.metres, task.weight, service_radius=task.reach_m, p_facilities=task.n_open
        )
    model.problem.solve(solver)
    proven = model.problem.sol_status == pulp.LpSolutionOptimal
    sites = [j for j, site in enumerate(model.fac_vars) if (site.varValue or 0.0) > 0.5]
    if not sites or model.problem.sol_status not in (
        pulp.LpSolutionOptimal,
        pulp.LpSolutionIntegerFeasible,
    ):
        return PeerAnswer(objective=None, lower_bound=None, proven=False)
    value = measure_choice(task, sites)
    return PeerAnswer(objective=value, lower_bound=value if proven else None, proven=proven)


def measure_choice(task: PeerTask, sites: list[int]) -> float:
    """Give what a choice of sites comes to, counted by us: the peers' own figures differ in kind."""
    nearest = task.metres[:, sites].min(axis=1)
    if task.model == "p_median":
        return float(task.weight @ nearest)
    if task.model == "p_centre":
        return float(nearest.max())
    return float(task.weight[nearest > task.reach_m].sum())


def _by_highs(task: PeerTask) -> PeerAnswer:
    """Solve the textbook model with HiGHS, one thread, quietly."""
    lp, n_sites = _textbook(task)
    solver = new_solver()
    solver.setOptionValue("time_limit", _TIME_LIMIT_S)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(lp)
    solver.run()
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return PeerAnswer(objective=None, lower_bound=None, proven=False)
    values = np.array(solver.getSolution().col_value)[:n_sites]
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    sites = np.flatnonzero(values > 0.5).tolist()
    value = measure_choice(task, sites) if sites else None
    bound = float(solver.getInfo().mip_dual_bound)
    return PeerAnswer(objective=value, lower_bound=value if proven else bound, proven=proven)


def _textbook(task: PeerTask) -> tuple[highspy.HighsLp, int]:
    """Build the model: sites first, then who goes where (or who is missed), then the longest way."""
    n, m = task.metres.shape
    if task.model == "mclp":
        near_i, near_j = np.nonzero(task.metres <= task.reach_m)
        rows = np.concatenate([near_i, np.arange(n), np.full(m, n)])
        columns = np.concatenate([near_j, m + np.arange(n), np.arange(m)])
        cost = np.concatenate([np.zeros(m), task.weight])
        low = np.concatenate([np.ones(n), [0.0]])
        high = np.concatenate([np.full(n, np.inf), [float(task.n_open)]])
        return _programme((rows, columns, np.ones(len(rows))), cost, (low, high), np.arange(m)), m
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(m), indexing="ij"))
    goes = m + np.arange(n * m)
    parts = [
        (i, goes, np.ones(n * m)),  # everyone goes somewhere
        (n + np.arange(n * m), goes, -np.ones(n * m)),  # to what is open
        (n + np.arange(n * m), j, np.ones(n * m)),
        (np.full(m, n + n * m), np.arange(m), np.ones(m)),
    ]
    low = np.concatenate([np.ones(n), np.zeros(n * m), [0.0]])
    high = np.concatenate([np.ones(n), np.full(n * m, np.inf), [float(task.n_open)]])
    cost = np.concatenate([np.zeros(m), (task.weight[:, None] * task.metres).ravel()])
    if task.model == "p_centre":
        longest = m + n * m
        parts += [
            (n + n * m + 1 + i, goes, -task.metres.ravel()),
            (n + n * m + 1 + np.arange(n), np.full(n, longest), np.ones(n)),
        ]
        low, high = np.concatenate([low, np.zeros(n)]), np.concatenate([high, np.full(n, np.inf)])
        cost = np.concatenate([np.zeros(longest), [1.0]])
    entries = tuple(np.concatenate([part[k] for part in parts]) for k in range(3))
    return _programme((entries[0], entries[1], entries[2]), cost, (low, high), np.arange(m)), m


def _programme(
    entries: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    cost: NDArray[np.float64],
    rows: tuple[NDArray[np.float64], NDArray[np.float64]],
    whole: NDArray[np.int64],
) -> highspy.HighsLp:
    matrix = coo_matrix((entries[2], (entries[0], entries[1])), (len(rows[0]), len(cost))).tocsc()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows[0])
    lp.col_cost_ = cost
    lp.col_lower_ = np.zeros(len(cost))
    upper = np.full(len(cost), np.inf)  # shares are held by their rows
    upper[whole] = 1.0
    lp.col_upper_ = upper
    lp.row_lower_, lp.row_upper_ = rows
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
        matrix.indptr,
        matrix.indices,
        matrix.data,
    )
    kinds = highspy.HighsVarType
    is_whole = np.isin(np.arange(len(cost)), whole)
    lp.integrality_ = [kinds.kInteger if one else kinds.kContinuous for one in is_whole.tolist()]
    return lp


PEERS: dict[str, tuple[str, Callable[[PeerTask], PeerAnswer]]] = {
    "spopt": ("spopt", _by_spopt),
    "highspy": ("highspy", _by_highs),
}
"""Tool → the package it needs, and how it is asked."""
