"""An outcome as one JSON document: the shape that `grids --json` prints."""

from scenarios.outcome import Certificate, Outcome
from scenarios.project.codec import plain

_GRID_FIELDS = {
    "code": "code",
    "community_code": "community_code",
    "households": "households",
    "residents": "residents",
    "cells": "n_cells",
    "area_m2": "area_m2",
    "perimeter_m": "perimeter_m",
    "polsby_popper": "polsby_popper",
    "contiguous": "contiguous",
    "in_band": "in_band",
}


def grids_document(outcome: Outcome) -> dict[str, object]:
    """Build the document: scenario, grids, communities with their certificates, summary."""
    costs = [name for name in outcome.grids.columns if str(name).startswith("cost_")]
    grids = [
        {key: row[column] for key, column in _GRID_FIELDS.items()} | {name: row[name] for name in costs}
        for row in outcome.grids.to_dict("records")
    ]
    communities = [
        {
            "community_code": item.community_code,
            "n_grids": item.n_grids,
            "status": item.status,
            "objective": item.objective,
            "lower_bound": item.lower_bound,
            "gap": item.gap,
            "proven": item.proven,
            "reason": [{"code": code, **facts} for code, facts in item.reasons],
        }
        for item in outcome.certificates
    ]
    document: dict[str, object] = plain(
        {"scenario": outcome.scenario, "grids": grids, "communities": communities, "summary": outcome.summary}
    )
    return document


def unmet(outcome: Outcome) -> list[Certificate]:
    """Give the communities whose plan is not what was asked for, or that have none."""
    return [item for item in outcome.certificates if item.status not in ("optimal", "feasible")]


def rules_hold(outcome: Outcome) -> bool:
    """Tell whether every community has a plan and every grid holds every hard rule."""
    planned = not unmet(outcome)
    grids = outcome.grids
    whole = bool(outcome.cells["grid_code"].notna().all())
    return planned and whole and bool(grids["in_band"].all()) and bool(grids["contiguous"].all())
