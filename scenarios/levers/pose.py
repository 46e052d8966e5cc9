"""Pose a scenario's question: its ground, its terms, and the problem of each community with its digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from geo.memo import Memo, digest_of
from optimize.params import Params
from optimize.problem import Problem
from scenarios.desk.rows import StoredPlan, read_stored
from scenarios.desk.terms import rules_of
from scenarios.errors import UnknownScenario
from scenarios.ground import Ground, build_problems, keep_locks, list_communities
from scenarios.levers.lever import Lever, Question
from scenarios.levers.marks import Asked, mark
from scenarios.levers.registry import apply_levers, merge
from scenarios.levers.rows import LeverRow, all_levers, asked_digest, parents_of, read_row, read_rows
from scenarios.levers.stand import Standing, stand
from scenarios.locks.join import KeptLocks
from scenarios.locks.kept import read_lock_list
from scenarios.locks.listed import join_list, still_there
from scenarios.locks.wanted import GridLocks, locks_of
from scenarios.plan import Community
from scenarios.project.connect import reading
from scenarios.project.frames import parsing
from scenarios.rules import GridRules
from scenarios.settings import Settings

_VALUES = frozenset({"band", "rule", "weight", "seed"})
"""Levers whose effect is in the parent's stored rules, weights and seed already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """A scenario's question, ready to be answered.

    Attributes
    ----------
    communities
        In the order of their layer.
    asked, marks
        Community code → what its plan follows from, and the digest of that; without those that have no cells.
    """

    standing: Standing
    settings: Settings
    kept: KeptLocks
    communities: Sequence[Community]
    asked: Mapping[str, Asked]
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What the project file says of a scenario and of the one it was made from.

    `levers` are its own and inherited ones, `own` its own alone; `asked` is the digest of what it asks now.
    """

    name: str
    stored: StoredPlan
    row: LeverRow
    parent: str | None
    parent_stored: StoredPlan | None
    levers: tuple[Lever, ...]
    asked: str


def read_filed(path: Path, name: str) -> Filed:
    """Read a scenario and its parent.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`, or `no_plan_yet` for the base scenario.
    """
    with reading(path) as connection, parsing(path):
        stored = read_stored(connection, name)
        if stored is None:
            code = "no_plan_yet" if name == "base" else "unknown_scenario"
            raise UnknownScenario(code, scenario=name, file=path.name)
        parents, rows = parents_of(connection), read_rows(connection)
        parent = parents.get(name)
        levers = all_levers(parents, rows, name)
        return Filed(
            name=name,
            stored=stored,
            row=read_row(connection, name),
            parent=parent,
            parent_stored=read_stored(connection, parent) if parent is not None else None,
            levers=levers,
            asked=asked_digest(connection, parent, levers),
        )


def pose(path: Path, filed: Filed, *, time_limit_s: float, extra: Sequence[Lever] = ()) -> Posed:
    """Pose what a scenario asks now: its parent's terms, changed by its levers.

    Parameters
    ----------
    extra
        Levers on top of its own, for a look that is not kept.

    Raises
    ------
    LeverError, RuleError
        A lever that finds nothing to change, or a value out of range.
    """
    from_parent = filed.parent_stored or filed.stored
    own = (*filed.row.levers, *extra)
    levers = [lever for lever in merge(filed.levers, extra) if lever.name not in _VALUES or lever in own]
    return _pose(path, filed.name, _start(from_parent), levers, time_limit_s)


def pose_stored(path: Path, name: str, *, time_limit_s: float) -> Posed:
    """Pose what a scenario's stored plan answers; first answers have no digest, for more is to come."""
    filed = read_filed(path, name)
    levers = [lever for lever in filed.row.answered if lever.name not in _VALUES]
    posed = _pose(path, name, _start(filed.stored), levers, time_limit_s)
    pending = filed.row.pending
    return replace(posed, marks={code: mark for code, mark in posed.marks.items() if code not in pending})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    rules: GridRules
    weights: Mapping[str, float]
    seed: int


def _start(stored: StoredPlan) -> _Start:
    return _Start(rules=rules_of(stored.terms), weights=stored.terms.weights, seed=stored.terms.seed)


def _pose(path: Path, name: str, start: _Start, levers: Sequence[Lever], time_limit_s: float) -> Posed:
    standing = stand(path, levers)
    ground = standing.ground
    question = apply_levers(
        Question(
            layers=ground.layers,
            cells=ground.stored.cells,
            rules=start.rules,
            weights=start.weights,
            seed=start.seed,
        ),
        [lever for lever in levers if lever.changes == "terms"],
    )
    settings = Settings(
        scenario=name,
        rules=question.rules,
        weights=question.weights,
        seed=question.seed,
        time_limit_s=time_limit_s,
        locks=_wishes(path, name, standing, question.counts),
    )
    kept = keep_locks(path, settings, ground)
    key = f"{standing.key}|{settings}|{kept}|{question.most_moved}"
    return _SHELF.get(key, lambda: _build(standing, settings, kept, question.most_moved))


def _build(standing: Standing, settings: Settings, kept: KeptLocks, most_moved: float | None) -> Posed:
    ground = standing.ground
    communities = list_communities(ground)
    problems = _problems(standing, settings, kept)
    params = Params(engine=settings.engine, time_limit_s=settings.time_limit_s)
    taken = sorted({code for code in ground.today if isinstance(code, str)})
    asked = {
        item.code: Asked(
            problem=problems[item.code],
            community=item,
            today=ground.today.loc[item.cells.index],
            taken=taken,
            names=kept.names,
            params=params,
            seed=settings.seed,
            most_moved=most_moved,
        )
        for item in communities
        if item.code in problems
    }
    return Posed(
        standing=standing,
        settings=settings,
        kept=kept,
        communities=communities,
        asked=asked,
        marks={code: mark(item) for code, item in asked.items()},
    )


def _problems(standing: Standing, settings: Settings, kept: KeptLocks) -> dict[str, Problem]:
    """Build the problem of each community, or take it from a question that asks the same of it."""
    ground = standing.ground
    ids, today = (ground.metres.cells["cell_id"].to_numpy(object), ground.today.to_numpy(object))
    terms = f"{standing.root}|{settings.rules}|{sorted(settings.weights.items())}"
    problems = {}
    for code, rows in ground.metres.cells.groupby("community_code").indices.items():
        facts = ground.facts.take(rows)
        counts = digest_of(facts.formal_members, facts.institutions, facts.organisations)
        locks = locks_of(kept.locks, str(code), ids[rows].tolist())
        key = f"{terms}|{standing.marks[str(code)]}|{counts}|{today[rows].tolist()}|{locks}"
        problems[str(code)] = _PROBLEMS.get(key, partial(_problem, ground, str(code), settings, kept))
    return problems


def _problem(ground: Ground, code: str, settings: Settings, kept: KeptLocks) -> Problem:
    return build_problems(ground, [code], settings, kept.locks)[code]


_PROBLEMS: Memo[Problem] = Memo(400)
_SHELF: Memo[Posed] = Memo(12)  # a question follows from its key; a parent's is asked for often


def _wishes(path: Path, name: str, standing: Standing, counts: Mapping[str, int]) -> GridLocks:
    """Give the scenario's own wishes, those that still have their cells, with the numbers that levers fix."""
    cells = standing.ground.stored.cells["cell_id"].astype(str)
    there = still_there(read_lock_list(path, name), cells, standing.marks)
    locks = join_list(there)
    return GridLocks(
        counts={**locks.counts, **counts}, whole=locks.whole, together=locks.together, apart=locks.apart
    )
