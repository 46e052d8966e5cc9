"""A plan in words: cell → grid code, what is known of each grid, one certificate per community."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.numbering import TEMPLATE, number_grids
from optimize.problem import IntArray
from optimize.result import Reason, Result
from scenarios.outcome import Certificate, GridFacts, Outcome, Plan
from scenarios.stability import surviving_grids


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Code and name of a community, and its cells in a metric CRS."""

    code: str
    name: str
    cells: gpd.GeoDataFrame

    @property
    def cell_ids(self) -> list[str]:
        """Its cells in the order of its problem."""
        return [str(cell) for cell in self.cells["cell_id"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptName:
    """Code, name and kind of a grid that keeps them through a proposal."""

    code: str
    name: str
    kind: str


def join_plans(parts: Iterable[Plan]) -> Plan:
    """Join the plans of several communities into one."""
    grid_of_cell: dict[str, str | None] = {}
    facts: dict[str, GridFacts] = {}
    certificates: list[Certificate] = []
    for part in parts:
        grid_of_cell.update(part.grid_of_cell)
        facts.update(part.facts)
        certificates.extend(part.certificates)
    return Plan(grid_of_cell=grid_of_cell, facts=facts, certificates=tuple(certificates))


def solved_plan(
    community: Community, result: Result, today: pd.Series, kept: Mapping[str, KeptName] | None = None
) -> Plan:
    """Put codes and names on the grids of a result.

    A grid with a cell named in `kept` bears the code, name and kind given there. Of the others, one that
    keeps more than half of the households of one of today's grids keeps its code; the rest get numbers that
    no grid bears today, west to east, then north to south: a code that was given up must not come to mean
    another place. `today` gives today's code of each cell of the project, or None.
    """
    ids = community.cells["cell_id"].tolist()
    labels = result.labels
    n_grids = int(labels.max()) + 1 if len(labels) else 0
    names = _kept_names(ids, labels, kept or {})
    codes = _codes(community, labels, n_grids, today, {grid: item.code for grid, item in names.items()})
    facts = {
        code: GridFacts(
            name=names[grid].name if grid in names else grid_name(community, code),
            kind=names[grid].kind if grid in names else "base",
            costs={f"cost_{name}": float(values[grid]) for name, values in result.costs.items()},
        )
        for grid, code in enumerate(codes)
    }
    certificate = Certificate(
        community_code=community.code,
        community_name=community.name,
        n_grids=n_grids,
        status=result.status,
        objective=result.objective,
        lower_bound=result.lower_bound,
        gap=result.gap,
        proven=result.proven,
        reasons=tuple(_with_ids(reason, ids) for reason in result.reasons),
    )
    grid_of_cell = {
        cell: codes[label] if label >= 0 else None for cell, label in zip(ids, labels.tolist(), strict=True)
    }
    return Plan(grid_of_cell=grid_of_cell, facts=facts, certificates=(certificate,))


def kept_plan(community: Community, previous: Outcome) -> Plan | None:
    """Keep what an earlier outcome says of a community, or None where its cells are not those of today.

    A stale outcome bears today's cells already: those that its plan did not know are in no grid.
    """
    return kept_plans([community], previous).get(community.code)


def kept_plans(communities: Sequence[Community], previous: Outcome) -> dict[str, Plan]:
    """Keep what an earlier outcome says of some communities, those whose cells are those of today."""
    cell_of, code_of = (previous.cells[name].to_numpy(object) for name in ("cell_id", "grid_code"))
    own_cells = previous.cells.groupby("community_code").indices
    costs = [name for name in previous.grids.columns if name.startswith("cost_")]
    rows = previous.grids[["code", "name", "kind", *costs]].to_dict("records")
    own_grids = previous.grids.groupby("community_code").indices if rows else {}
    plans = {}
    for community in communities:
        cells = own_cells.get(community.code, np.zeros(0, np.int64))
        certificates = tuple(item for item in previous.certificates if item.community_code == community.code)
        if set(cell_of[cells]) != set(community.cells["cell_id"]) or not certificates:
            continue
        if previous.stale and pd.isna(code_of[cells]).any():
            continue
        grids = [rows[at] for at in own_grids.get(community.code, ())]
        plans[community.code] = Plan(
            grid_of_cell=dict(zip(cell_of[cells], code_of[cells], strict=True)),
            facts={
                row["code"]: GridFacts(
                    name=row["name"], kind=row["kind"], costs={name: row[name] for name in costs}
                )
                for row in grids
            },
            certificates=certificates,
        )
    return plans


def unproven(plan: Plan, *, breaks_rules: bool = False) -> Plan:
    """Give a plan made under other rules or from other layers: it stands, its proof and bound do not.

    `breaks_rules` tells whether one of its grids has left the limits because they have changed.
    """
    held = "broken" if breaks_rules else "feasible"
    certificates = tuple(
        replace(
            item,
            status=held if item.status in ("optimal", "feasible") else item.status,
            lower_bound=math.nan,
            gap=math.nan,
            proven=False,
        )
        for item in plan.certificates
    )
    return with_reason(replace(plan, certificates=certificates), "kept_from_before")


def under_locks(plan: Plan, mark: str) -> Plan:
    """Note in the certificates of a plan which locks it was found under."""
    return replace(plan, certificates=tuple(replace(item, locks=mark) for item in plan.certificates))


def with_reason(plan: Plan, code: str) -> Plan:
    """Add a reason to every certificate of a plan that does not give it yet."""
    certificates = tuple(
        item
        if any(known == code for known, _ in item.reasons)
        else replace(item, reasons=(*item.reasons, (code, {})))
        for item in plan.certificates
    )
    return replace(plan, certificates=certificates)


def empty_plan(community: Community, code: str) -> Plan:
    """Say that a community has no plan, and why (`no_cells`, `not_solved`, `engine_failed`)."""
    certificate = Certificate(
        community_code=community.code,
        community_name=community.name,
        n_grids=0,
        status="none",
        objective=math.nan,
        lower_bound=math.nan,
        gap=math.nan,
        proven=False,
        reasons=((code, {}),),
    )
    return Plan(grid_of_cell=dict.fromkeys(community.cells["cell_id"]), facts={}, certificates=(certificate,))


def _kept_names(ids: list[str], labels: IntArray, kept: Mapping[str, KeptName]) -> dict[int, KeptName]:
    """Find the grids that keep their names; where two ask for the same, the first has it."""
    names: dict[int, KeptName] = {}
    for cell, grid in zip(ids, labels.tolist(), strict=True):
        if cell in kept and grid >= 0 and grid not in names and kept[cell] not in names.values():
            names[grid] = kept[cell]
    return names


def _codes(
    community: Community, labels: IntArray, n_grids: int, today: pd.Series, kept: Mapping[int, str]
) -> list[str]:
    own = pd.Series(labels, index=community.cells.index)
    numbered = own.where(own >= 0).map(lambda label: None if pd.isna(label) else str(int(label)))
    surviving = surviving_grids(today.loc[community.cells.index], numbered, community.cells["households"])
    held = set(kept.values())
    codes = [
        kept.get(grid) or ("" if surviving.get(str(grid)) in held else surviving.get(str(grid), ""))
        for grid in range(n_grids)
    ]
    taken = held | set(today.dropna())
    free = (code for code in number_codes(community.code) if code not in taken)
    for grid in _reading_order(community, labels, n_grids):
        codes[grid] = codes[grid] or next(free)
    return codes


def _reading_order(community: Community, labels: IntArray, n_grids: int) -> list[int]:
    shapes = community.cells.geometry
    x, y = shapes.centroid.x.to_numpy(), shapes.centroid.y.to_numpy()
    area = shapes.area.to_numpy()
    members = [labels == grid for grid in range(n_grids)]
    centre_x = np.array([np.average(x[own], weights=area[own]) for own in members])
    centre_y = np.array([np.average(y[own], weights=area[own]) for own in members])
    codes = number_grids(centre_x, centre_y, [community.code] * n_grids)
    return sorted(range(n_grids), key=codes.__getitem__)


def number_codes(community_code: str) -> Iterator[str]:
    """Give the codes that grids of a community may have, one after the other."""
    return (TEMPLATE.format(community=community_code, number=number) for number in itertools.count(1))


def grid_name(community: Community, code: str) -> str:
    """Give the name of a grid that nobody has named."""
    number = code.removeprefix(community.code)
    return f"{community.name}{number}"


def _with_ids(reason: Reason, ids: list[str]) -> tuple[str, Mapping[str, object]]:
    cells = [ids[cell] for cell in reason.cells]
    return reason.code, {**reason.facts, "cells": cells, "n_cells": len(cells)}
