"""A plan in words: cell → grid code, what is known of each grid, one certificate per community."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from geo.numbering import number_grids
from optimize.result import Reason, Result
from scenarios.outcome import Certificate, GridFacts, Outcome, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Code and name of a community, and its cells in a metric CRS."""

    code: str
    name: str
    cells: gpd.GeoDataFrame


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


def solved_plan(community: Community, result: Result) -> Plan:
    """Put codes and names on the grids of a result; grids are numbered west to east, then north to south."""
    ids = community.cells["cell_id"].tolist()
    labels = result.labels
    n_grids = int(labels.max()) + 1 if len(labels) else 0
    codes = _codes(community, labels, n_grids)
    facts = {
        code: GridFacts(
            name=f"{community.name}{code[-3:]}",
            kind="base",
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
    """Keep what an earlier outcome says of a community, or None where its cells are not those of today."""
    cells = previous.cells[previous.cells["community_code"] == community.code]
    certificates = tuple(item for item in previous.certificates if item.community_code == community.code)
    if set(cells["cell_id"]) != set(community.cells["cell_id"]) or not certificates:
        return None
    grids = previous.grids[previous.grids["community_code"] == community.code]
    costs = [name for name in grids.columns if name.startswith("cost_")]
    return Plan(
        grid_of_cell=dict(zip(cells["cell_id"], cells["grid_code"], strict=True)),
        facts={
            row["code"]: GridFacts(
                name=row["name"], kind=row["kind"], costs={name: row[name] for name in costs}
            )
            for row in grids.to_dict("records")
        },
        certificates=certificates,
    )


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


def _codes(community: Community, labels: np.ndarray, n_grids: int) -> list[str]:
    shapes = community.cells.geometry
    x, y = shapes.centroid.x.to_numpy(), shapes.centroid.y.to_numpy()
    area = shapes.area.to_numpy()
    members = [labels == grid for grid in range(n_grids)]
    centre_x = np.array([np.average(x[own], weights=area[own]) for own in members])
    centre_y = np.array([np.average(y[own], weights=area[own]) for own in members])
    return number_grids(centre_x, centre_y, [community.code] * n_grids)


def _with_ids(reason: Reason, ids: list[str]) -> tuple[str, Mapping[str, object]]:
    cells = [ids[cell] for cell in reason.cells]
    return reason.code, {**reason.facts, "cells": cells, "n_cells": len(cells)}
