"""A project on disk: one GeoPackage with the layers, the cells, scenarios, their plans and the log of edits.

Layers are written once, into a temporary file that takes the project's name only when whole; everything
after that is one SQLite transaction, so a killed run leaves the project as it was. This is the front door;
`layers_store` and `plans_store` do the work.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from geo.layers import Fault
from scenarios.project.codec import plain
from scenarios.project.layers import (
    create_project,
    known_layers_digest,
    layers_digest,
    layers_token,
    project_digest,
    read_attribution,
    read_layers,
    read_tiling,
    save_tiling,
)
from scenarios.project.plans import (
    list_scenarios,
    plan_version,
    read_outcome,
    require_outcome,
    save_outcome,
)
from scenarios.project.schema import BASE_SCENARIO

__all__ = [
    "BASE_SCENARIO",
    "create_project",
    "describe",
    "known_layers_digest",
    "layers_digest",
    "layers_token",
    "list_scenarios",
    "plan_version",
    "project_digest",
    "read_attribution",
    "read_layers",
    "read_outcome",
    "read_tiling",
    "require_outcome",
    "save_outcome",
    "save_tiling",
]


def describe(path: Path, faults: Sequence[Fault] = ()) -> dict[str, Any]:
    """Tell what a project holds: rows and columns of each layer, scenarios, and the faults given."""
    layers = read_layers(path)
    held = {
        name: {"rows": len(frame), "columns": [column for column in frame.columns if column != "geometry"]}
        for name, frame in layers.frames.items()
    }
    return {
        "project": path.name,
        "layers": held,
        "scenarios": list(list_scenarios(path)),
        "faults": [plain(asdict(fault)) for fault in faults],
    }
