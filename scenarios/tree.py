"""The tree of a project's scenarios: fork, set levers, rename, note, archive, prefer, delete."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, select

from scenarios.desk.forks import ScenarioTaken, delete_scenario, fork_scenario, rename_scenario
from scenarios.desk.rows import cut_key
from scenarios.errors import UnknownScenario
from scenarios.levers.errors import LeverError
from scenarios.levers.lever import Lever, Question, key_of
from scenarios.levers.pose import read_filed
from scenarios.levers.registry import apply_levers, merge
from scenarios.levers.rows import (
    LeverRow,
    all_levers,
    asked_digest,
    parents_of,
    read_row,
    read_rows,
    write_row,
)
from scenarios.levers.stand import stand
from scenarios.project.connect import count_change, get_meta, reading, writing
from scenarios.project.frames import parsing
from scenarios.project.layers import cells_cut_from
from scenarios.project.schema import BASE_SCENARIO, OUTCOMES, bring_up_to_date
from scenarios.rules import GridRules
from scenarios.settings import DEFAULT_WEIGHTS

__all__ = [
    "Node",
    "archive",
    "delete_scenario",
    "fork_scenario",
    "prefer",
    "read_tree",
    "rename_scenario",
    "set_levers",
    "set_note",
    "try_levers",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A scenario in the tree.

    Attributes
    ----------
    depth
        0 for a scenario without a parent.
    levers, inherited
        Its own levers, and those of its ancestors that it has not replaced.
    stale
        Whether its plan answers other levers, terms or layers than it has now.
    pending
        Number of communities whose plan is a first answer.
    n_grids, in_band_share, proven_share, households_moved
        Of its plan; None where that is not known.
    """

    name: str
    parent: str | None
    depth: int
    levers: tuple[Lever, ...]
    inherited: tuple[Lever, ...]
    note: str
    archived: bool
    preferred: bool
    stale: bool
    pending: int
    n_grids: int | None
    in_band_share: float | None
    proven_share: float | None
    households_moved: int | None


def read_tree(path: Path) -> tuple[Node, ...]:
    """Read all scenarios, each followed by those made from it, by name.

    Raises
    ------
    StoreError
        `cannot_read`.
    """
    with reading(path) as connection, parsing(path):
        parents, rows = parents_of(connection), read_rows(connection)
        summaries = {
            str(name): json.loads(text)
            for name, text in connection.execute(select(OUTCOMES.c.scenario, OUTCOMES.c.summary))
        }
        cut_from = cells_cut_from(connection)
        nodes = {
            name: _node(
                connection,
                name,
                parents,
                rows.get(name, LeverRow()),
                cut_from,
                summaries.get(name, {}),
                all_levers(parents, rows, name),
            )
            for name in parents
        }
    ordered: list[Node] = []
    _add_below(None, 0, nodes, ordered)
    return tuple(ordered)


def set_levers(
    path: Path, name: str, levers: Sequence[Lever] = (), *, drop: Sequence[str] = ()
) -> tuple[Lever, ...]:
    """Set levers of a scenario, in place of its own with the same keys, and drop some; give its own levers.

    They are tried before anything is written. The plan stays and is out of date until it is answered.

    Raises
    ------
    ScenarioTaken
        `scenario_is_base`: the base scenario is what the layers say.
    UnknownScenario
        `unknown_scenario`.
    LeverError, RuleError
        `lever_not_set` for a key to drop that is not there, `lever_inherited` for one that its parent set; a
        lever that finds nothing to change; a value out of range.
    """
    if name == BASE_SCENARIO:
        raise ScenarioTaken("scenario_is_base", scenario=name)
    filed = read_filed(path, name)
    own = {key_of(lever): lever for lever in filed.row.levers}
    inherited = {key_of(lever) for lever in filed.levers} - own.keys()
    for key in drop:
        if key not in own:
            code = "lever_inherited" if key in inherited else "lever_not_set"
            raise LeverError(code, lever=key, scenario=name, parent=filed.parent or "")
        del own[key]
    wanted = merge(own.values(), levers)
    try_levers(
        path,
        [
            lever
            for lever in merge(filed.levers, wanted)
            if key_of(lever) not in set(drop) - {key_of(item) for item in wanted}
        ],
    )
    with writing(path) as connection:
        bring_up_to_date(connection)
        write_row(connection, name, replace(read_row(connection, name), levers=wanted))
        count_change(connection)
    return wanted


def set_note(path: Path, name: str, note: str) -> None:
    """Write a note to a scenario.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`.
    """
    _change(path, name, note=note.strip())


def archive(path: Path, name: str, *, archived: bool = True) -> None:
    """Put a scenario aside, or take it out again; nothing of it is lost.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`.
    """
    _change(path, name, archived=archived)


def prefer(path: Path, name: str, *, preferred: bool = True) -> None:
    """Mark a scenario as the preferred one; there is at most one.

    Raises
    ------
    UnknownScenario
        `unknown_scenario`.
    """
    _change(path, name, preferred=preferred)


def _change(path: Path, name: str, **changes: object) -> None:
    with writing(path) as connection:
        bring_up_to_date(connection)
        if name not in parents_of(connection):
            raise UnknownScenario("unknown_scenario", scenario=name, file=path.name)
        if changes.get("preferred"):
            for other, row in read_rows(connection).items():
                if row.preferred:
                    write_row(connection, other, replace(row, preferred=False))
        row = read_row(connection, name)
        write_row(connection, name, replace(row, **changes))  # type: ignore[arg-type]  # fields of the row
        count_change(connection)


def try_levers(path: Path, levers: Sequence[Lever]) -> None:
    """Apply levers to the project, so that one that cannot be pulled is refused before it is written.

    Raises
    ------
    LeverError, RuleError
        A lever that finds nothing to change, or a value out of range.
    """
    ground = stand(path).ground
    question = Question(
        layers=ground.layers, cells=ground.stored.cells, rules=GridRules(), weights=dict(DEFAULT_WEIGHTS)
    )
    apply_levers(question, levers)


def _node(
    connection: Connection,
    name: str,
    parents: dict[str, str | None],
    row: LeverRow,
    cut_from: str,
    summary: dict[str, object],
    levers: tuple[Lever, ...],
) -> Node:
    layers = (get_meta(connection, cut_key(name)) or cut_from) != cut_from
    by_levers = bool(levers or row.answered) and (
        row.answered != levers or row.asked != asked_digest(connection, parents[name], levers)
    )
    own = set(row.levers)
    return Node(
        name=name,
        parent=parents[name],
        depth=0,
        levers=row.levers,
        inherited=tuple(lever for lever in levers if lever not in own),
        note=row.note,
        archived=row.archived,
        preferred=row.preferred,
        stale=layers or by_levers,
        pending=len(row.pending),
        n_grids=_whole(summary.get("n_grids")),
        in_band_share=_share(summary.get("in_band_share")),
        proven_share=_share(summary.get("proven_share")),
        households_moved=_whole(summary.get("households_moved")),
    )


def _add_below(parent: str | None, depth: int, nodes: dict[str, Node], ordered: list[Node]) -> None:
    found = [node for node in nodes.values() if node.parent == parent]
    for node in sorted(found, key=lambda item: (item.name != BASE_SCENARIO, item.name)):
        ordered.append(replace(node, depth=depth))
        _add_below(node.name, depth + 1, nodes, ordered)


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _share(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
