"""The demo sub-district, buildings as cells: proven with the usual costs, and with every cost on."""

import json
import shutil
import tempfile
from pathlib import Path

from bench.reference import community_rows, time_command
from bench.suites import Row
from optimize.costs import COSTS

_DEMO = Path(__file__).parents[1] / "data" / "demo.gpkg"


def run() -> list[Row]:
    """Propose grids for a copy of the demo project, its cells known, under either set of weights."""
    every = [word for name in COSTS for word in ("--weight", f"{name}=1")]
    with tempfile.TemporaryDirectory() as folder:
        project = str(shutil.copy(_DEMO, Path(folder) / "demo.gpkg"))
        time_command(["grids", project, "--engine", "ward", "--json"], "demo: cells")
        rows = []
        for name, weights in (("demo: usual costs", []), ("demo: every cost", every)):
            row, printed = time_command(["grids", project, *weights, "--json"], name)
            rows += [row, *community_rows(json.loads(printed), name)]
    return rows
