"""What the project file holds of scenarios made of levers, and of the answers that scenarios share.

A file without these tables has only scenarios without levers.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import geopandas as gpd
from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.dialects.sqlite import insert

from geo.layers import Tiling
from scenarios.levers.lever import Lever
from scenarios.levers.registry import levers_from_json, levers_to_json, merge
from scenarios.project.gpkg import has_table
from scenarios.project.schema import ANSWERS, CUTS, LEVERS, SCENARIOS

PENDING = ""
"""In the place of a community's digest: its plan is a first answer, and still to be proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverRow:
    """What is stored of one scenario besides its plan.

    Attributes
    ----------
    levers
        Its own.
    answered
        All levers, inherited ones too, under which its plan was made: its cells are theirs.
    asked
        Digest of the levers and terms that the plan answers; another one means that it is out of date. Empty
        where no plan was made from levers yet.
    marks
        Community code → digest of the problem that its plan answers, or `PENDING`.
    """

    levers: tuple[Lever, ...] = ()
    note: str = ""
    archived: bool = False
    preferred: bool = False
    answered: tuple[Lever, ...] = ()
    asked: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)

    @property
    def pending(self) -> frozenset[str]:
        """Codes of the communities whose plan is a first answer."""
        return frozenset(code for code, mark in self.marks.items() if mark == PENDING)


def read_row(connection: Connection, scenario: str) -> LeverRow:
    """Read what is stored of a scenario; an empty row where nothing is."""
    return read_rows(connection, [scenario]).get(scenario, LeverRow())


def read_rows(connection: Connection, names: Sequence[str] | None = None) -> dict[str, LeverRow]:
    """Read the rows of some scenarios, or of all."""
    if not has_table(connection, LEVERS.name):
        return {}
    query = select(LEVERS)
    if names is not None:
        query = query.where(LEVERS.c.scenario.in_(names))
    return {row["scenario"]: _row(row) for row in connection.execute(query).mappings()}


def write_row(connection: Connection, scenario: str, row: LeverRow) -> None:
    """Write a scenario's row in place of the one there is."""
    values = {
        "levers": levers_to_json(row.levers),
        "note": row.note,
        "archived": int(row.archived),
        "preferred": int(row.preferred),
        "answered": levers_to_json(row.answered),
        "asked": row.asked,
        "marks": json.dumps(dict(row.marks), sort_keys=True),
    }
    statement = insert(LEVERS).values(scenario=scenario, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["scenario"], set_=values))


def parents_of(connection: Connection) -> dict[str, str | None]:
    """Give every scenario's parent; None where it has none, or one that is gone."""
    rows = {
        str(name): parent for name, parent in connection.execute(select(SCENARIOS.c.name, SCENARIOS.c.parent))
    }
    return {name: parent if parent in rows and parent != name else None for name, parent in rows.items()}


def line_of(parents: Mapping[str, str | None], scenario: str) -> tuple[str, ...]:
    """Give a scenario and its ancestors, the root first; a ring that another program tied is cut open."""
    line: list[str] = []
    at: str | None = scenario
    while at is not None and at not in line:
        line.append(at)
        at = parents.get(at)
    return tuple(reversed(line))


def all_levers(
    parents: Mapping[str, str | None], rows: Mapping[str, LeverRow], scenario: str
) -> tuple[Lever, ...]:
    """Give a scenario's levers with those it inherits."""
    found: tuple[Lever, ...] = ()
    for name in line_of(parents, scenario):
        found = merge(found, rows.get(name, LeverRow()).levers)
    return found


def asked_digest(connection: Connection, parent: str | None, levers: Sequence[Lever]) -> str:
    """Give a digest of what a scenario asks: all its levers, and its parent's rules, weights and seed."""
    terms = ""
    if parent is not None:
        row = connection.execute(
            select(SCENARIOS.c.rules, SCENARIOS.c.weights, SCENARIOS.c.seed).where(SCENARIOS.c.name == parent)
        ).first()
        terms = repr(tuple(row)) if row is not None else ""
    return hashlib.sha256(f"{levers_to_json(levers)}|{terms}".encode()).hexdigest()


def begin_at_parent(connection: Connection, parent: str, child: str) -> None:
    """Let a scenario begin where its parent is: the same cells, no levers of its own."""
    rows = read_rows(connection)
    if not rows:
        return
    parents = {**parents_of(connection), child: parent}
    levers = all_levers(parents, rows, child)
    known = rows.get(parent, LeverRow())
    current = known.answered == levers
    asked = asked_digest(connection, parent, levers) if current and known.answered else ""
    write_row(connection, child, LeverRow(answered=known.answered, asked=asked, marks=known.marks))


def hand_down_levers(connection: Connection, parent: str, child: str) -> None:
    """Let a scenario have for its own what it inherits from a parent that is about to go."""
    rows = read_rows(connection, [parent, child])
    known = rows.get(child, LeverRow())
    own = merge(rows.get(parent, LeverRow()).levers, known.levers)
    if own:
        write_row(connection, child, replace(known, levers=own))


def read_cuts(connection: Connection, marks: Sequence[str]) -> dict[str, Tiling]:
    """Read the cells of communities by their digests, those that are there (EPSG:4490)."""
    if not marks or not has_table(connection, CUTS.name):
        return {}
    rows = connection.execute(select(CUTS).where(CUTS.c.mark.in_(marks)))
    return {
        mark: Tiling(cells=gpd.read_parquet(BytesIO(cells)), links=gpd.read_parquet(BytesIO(links)))
        for mark, cells, links in rows
    }


def write_cuts(connection: Connection, cuts: Mapping[str, Tiling]) -> None:
    """Keep the cells of communities under their digests."""
    for mark, tiling in cuts.items():
        values = {"mark": mark, "cells": _packed(tiling.cells), "links": _packed(tiling.links)}
        connection.execute(insert(CUTS).values(values).on_conflict_do_nothing())


def read_answers(connection: Connection, marks: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read the plans kept under some digests, those that are there."""
    if not marks or not has_table(connection, ANSWERS.name):
        return {}
    rows = connection.execute(select(ANSWERS).where(ANSWERS.c.mark.in_(marks)))
    return {mark: json.loads(plan) for mark, plan in rows}


def write_answers(connection: Connection, answers: Mapping[str, str]) -> None:
    """Keep plans, as JSON, under the digests of what they answer."""
    for mark, plan in answers.items():
        connection.execute(insert(ANSWERS).values(mark=mark, plan=plan).on_conflict_do_nothing())


def _row(row: RowMapping) -> LeverRow:
    return LeverRow(
        levers=levers_from_json(row["levers"]),
        note=row["note"],
        archived=bool(row["archived"]),
        preferred=bool(row["preferred"]),
        answered=levers_from_json(row["answered"]),
        asked=row["asked"],
        marks=json.loads(row["marks"]),
    )


def _packed(frame: gpd.GeoDataFrame) -> bytes:
    buffer = BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()
