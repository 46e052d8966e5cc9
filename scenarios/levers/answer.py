"""Answer a scenario: keep what its levers do not reach, take what is known, solve the rest, store it all."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection

from optimize.result import Result
from scenarios import store
from scenarios.assemble import assemble_from
from scenarios.desk.change import DESK, PROPOSAL
from scenarios.levers.codes import follow_codes
from scenarios.levers.known import known_answers, plan_to_json
from scenarios.levers.pose import Filed, Posed, pose, pose_stored, read_filed
from scenarios.levers.rows import (
    PENDING,
    read_row,
    write_answers,
    write_cuts,
    write_row,
)
from scenarios.levers.solve import solve_asked
from scenarios.locks.wanted import locks_mark
from scenarios.outcome import Outcome, Plan
from scenarios.plan import (
    Community,
    empty_plan,
    join_plans,
    kept_plans,
    solved_plan,
    under_locks,
    unproven,
    with_reason,
)
from scenarios.project.connect import reading, writing
from scenarios.project.layers import cells_cut_from
from scenarios.project.schema import bring_up_to_date
from scenarios.propose import OnProgress, Progress, ProposalStopped
from scenarios.run import Stop
from scenarios.settings import same_weights
from scenarios.summary import summarise
from scenarios.workers import Workers

TIME_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A scenario's outcome and how each community came to its plan.

    Attributes
    ----------
    kept
        Communities whose plan stays, because nothing reaches them.
    known
        Those whose problem was answered before, in this scenario or another.
    solved
        Those solved now.
    pending
        Those that have a first answer, which is still to be proven or to be replaced by a better one.
    """

    outcome: Outcome
    kept: tuple[str, ...]
    known: tuple[str, ...]
    solved: tuple[str, ...]
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Plans by community: those that stay, those known from before, and the codes that are to be solved.

    `own` and `parent` are the outcomes that there are, the scenario's and its parent's.
    """

    kept: Mapping[str, Plan]
    known: Mapping[str, Plan]
    open_codes: Sequence[str]
    own: Outcome | None
    parent: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How long an answer took, and who asked for it."""

    runtime_s: float
    author: str = ""


def answer(
    path: Path,
    name: str,
    *,
    stop: Stop,
    on_progress: OnProgress,
    workers: Workers | None,
    time_limit_s: float = TIME_LIMIT_S,
    author: str = "",
) -> Answered:
    """Answer a scenario and store its outcome, after its parent where that is out of date.

    Only communities whose problem is another than before are cut and solved anew; the others keep their plan
    with what people have adjusted in it. What was solved before under the same digest is taken from there.

    Parameters
    ----------
    author
        Who asks, for the history.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`, `no_plan_yet`.
    LeverError, RuleError
        A lever that finds nothing to change, or a value out of range.
    ProposalStopped
        `stopped`: the scenario is as it was; what was solved until then is remembered.
    EditConflict
        `changed_meanwhile`: somebody edited the scenario's plan while it was being answered.
    StoreError
        `cannot_read`, `cannot_write`.
    """
    filed = read_filed(path, name)
    if filed.parent is not None and is_stale(path, filed.parent):
        answer(
            path,
            filed.parent,
            stop=stop,
            on_progress=on_progress,
            workers=workers,
            time_limit_s=time_limit_s,
            author=author,
        )
        filed = read_filed(path, name)
    started = time.perf_counter()
    on_progress(Progress(stage="cells", done=0, total=1))
    posed = pose(path, filed, time_limit_s=time_limit_s)
    on_progress(Progress(stage="cells", done=1, total=1))
    parts = find_parts(path, filed, posed)
    wanted = {posed.marks[code]: (posed, code) for code in parts.open_codes}
    found = solve_open(path, wanted, stop=stop, on_progress=on_progress, workers=workers)
    solved = {code: found[mark] for mark, (_, code) in wanted.items() if mark in found}
    plan = join_answers(posed, parts.kept, follow_codes(posed, {**parts.known, **solved}, parts.parent))
    on_progress(Progress(stage="store", done=0, total=1))
    work = Work(runtime_s=time.perf_counter() - started, author=author)
    outcome = store_answer(path, filed, posed, plan, work)
    on_progress(Progress(stage="store", done=1, total=1))
    return Answered(
        outcome=outcome, kept=tuple(parts.kept), known=tuple(parts.known), solved=tuple(parts.open_codes)
    )


def join_answers(posed: Posed, *sources: Mapping[str, Plan]) -> Plan:
    """Put the plans of all communities together, each from the first source that has one."""
    return join_plans(
        next((plans[item.code] for plans in sources if item.code in plans), None)
        or empty_plan(item, "no_cells")
        for item in posed.communities
    )


def is_stale(path: Path, name: str) -> bool:
    """Tell whether a plan answers other levers, terms or layers than asked now, or is a first one."""
    filed = read_filed(path, name)
    with reading(path) as connection:
        return bool(filed.row.pending) or is_out_of_date(filed, cells_cut_from(connection))


def is_out_of_date(filed: Filed, cut_from: str) -> bool:
    """Tell the same of what was read; a scenario without levers is only out of date where its layers are."""
    layers = bool(filed.stored.terms.cut_from and filed.stored.terms.cut_from != cut_from)
    if not filed.levers and not filed.row.answered:
        return layers
    return layers or filed.row.answered != filed.levers or filed.row.asked != filed.asked


def solve_open(
    path: Path,
    wanted: Mapping[str, tuple[Posed, str]],
    *,
    stop: Stop,
    on_progress: OnProgress,
    workers: Workers | None,
) -> dict[str, Plan]:
    """Solve communities of one or more questions and remember their plans under their digests.

    Parameters
    ----------
    wanted
        Digest → question and community code; all of one seed.

    Returns
    -------
    dict
        Digest → plan.

    Raises
    ------
    ProposalStopped
        `stopped`; what was finished before is remembered.
    """
    finished: dict[str, bool] = {}

    def count(mark: str, result: Result | None) -> None:
        finished[mark] = result is not None and not stop()
        community = wanted[mark][1]
        on_progress(Progress(stage="solve", done=len(finished), total=len(wanted), community=community))

    if wanted:
        on_progress(Progress(stage="solve", done=0, total=len(wanted)))
    asked = {mark: posed.asked[code] for mark, (posed, code) in wanted.items()}
    results = solve_asked(asked, stop=stop, on_done=count, workers=workers)
    plans = {mark: plan_of(*wanted[mark], result) for mark, result in results.items()}
    whole = {
        mark: plan_to_json(plan)
        for mark, plan in plans.items()
        if finished.get(mark) and not (stop() and asked[mark].most_moved is not None)
    }
    if whole:
        with writing(path) as connection:
            bring_up_to_date(connection)
            write_answers(connection, whole)
            for posed, _ in wanted.values():
                write_cuts(connection, posed.standing.cuts)
    if stop():
        raise ProposalStopped("stopped")
    return plans


def outcome_of(posed: Posed, plan: Plan, *, runtime_s: float) -> Outcome:
    """Measure a plan of a question from its shapes."""
    settings = posed.settings
    outcome = assemble_from(
        posed.standing.frames,
        scenario=settings.scenario,
        plan=plan,
        summary={},
        rules=asdict(settings.rules),
        weights=dict(settings.weights),
    )
    summary = summarise(outcome, posed.standing.ground.today, runtime_s=runtime_s, seed=settings.seed)
    return replace(outcome, summary=summary)


def find_parts(path: Path, filed: Filed, posed: Posed) -> Parts:
    """Sort the communities: whose plan stays, whose is known, whose must be solved."""
    before = store.read_outcome(path, filed.name)
    parent = filed.parent
    same_terms = before is not None and _same_terms(before, posed)
    parent_marks: Mapping[str, str] = {}
    parent_outcome = None
    if parent is not None:
        parent_marks = pose_stored(path, parent, time_limit_s=posed.settings.time_limit_s).marks
        parent_outcome = store.read_outcome(path, parent)
    own_plans = kept_plans(posed.communities, before) if before is not None else {}
    inherited = kept_plans(posed.communities, parent_outcome) if parent_outcome is not None else {}
    kept: dict[str, Plan] = {}
    for item in posed.communities:
        wanted = posed.marks.get(item.code)
        then = filed.row.marks.get(item.code, parent_marks.get(item.code))
        is_settled = item.code in posed.kept.settled
        may_stay = is_settled or (same_terms and wanted is not None and then == wanted)
        own = own_plans.get(item.code) if may_stay else None
        if own is not None:
            kept[item.code] = unproven(own) if is_settled and then != wanted else own
        elif item.code in inherited and wanted is not None and parent_marks.get(item.code) == wanted:
            kept[item.code] = inherited[item.code]
    rest = [code for code in posed.asked if code not in kept]
    known = known_answers(path, posed, rest)
    return Parts(
        kept=kept,
        known=known,
        open_codes=[code for code in rest if code not in known],
        own=before,
        parent=parent_outcome,
    )


def _same_terms(outcome: Outcome, posed: Posed) -> bool:
    settings = posed.settings
    rules = {name: outcome.rules.get(name) for name in asdict(settings.rules)}
    return rules == asdict(settings.rules) and same_weights(outcome.weights, settings.weights)


def plan_of(posed: Posed, code: str, result: Result | None) -> Plan:
    """Turn what the engine found for a community into its plan."""
    asked = posed.asked[code]
    if result is None:
        return empty_plan(asked.community, "engine_failed")
    plan = solved_plan(asked.community, result, posed.standing.ground.today, posed.kept.names)
    held = {cell: grid for cell, grid in posed.kept.desk.items() if cell in plan.grid_of_cell}
    if any(plan.grid_of_cell[cell] != grid for cell, grid in held.items()):
        plan = with_reason(plan, "locks_conflict")
    return under_locks(plan, _mark(posed, asked.community))


def _mark(posed: Posed, community: Community) -> str:
    return locks_mark(posed.kept.wishes, community.code, community.cell_ids)


def store_answer(
    path: Path,
    filed: Filed,
    posed: Posed,
    plan: Plan,
    work: Work,
    *,
    pending: Collection[str] = (),
    known: Mapping[str, str] = MappingProxyType({}),
) -> Outcome:
    """Measure and store a scenario's plan; `known` are plans to remember, as JSON by digest.

    Raises
    ------
    EditConflict
        `changed_meanwhile`.
    """
    marks = {code: PENDING if code in pending else mark for code, mark in posed.marks.items()}
    outcome = outcome_of(posed, plan, runtime_s=work.runtime_s)
    community_of = posed.standing.ground.community_of
    bounds = {community_of[cell]: DESK for cell in posed.kept.desk if cell in community_of}
    bounds |= {item.community_code: PROPOSAL for item in plan.certificates if item.locks}

    def also(connection: Connection) -> None:
        write_cuts(connection, posed.standing.cuts)
        write_answers(connection, known)
        now = read_row(connection, filed.name)
        write_row(
            connection,
            filed.name,
            replace(now, answered=filed.levers, asked=filed.asked, marks=marks),
        )

    store.save_outcome(
        path,
        outcome,
        posed.settings.weights,
        author=work.author,
        bounds=bounds,
        expected=filed.stored.version,
        also=also,
    )
    return outcome
