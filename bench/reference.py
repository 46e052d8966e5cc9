"""The reference district from files to stored plan, by one command, with the proof of each community."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.suites import Row
from bench.usage import children_usage

FOLDER = Path(__file__).parents[1].parent / "shared" / "data" / "reference_district"


def run() -> list[Row]:
    """Import, propose and read back; no rows, saying so, where the district is not beside the checkout."""
    if not FOLDER.is_dir():
        print("reference: the reference district is not beside this checkout", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as folder:
        project = str(Path(folder) / "reference.gpkg")
        imported = time_command(["import", str(FOLDER), "--out", project], "reference district: import")
        cold = time_command(["grids", project, "--json"], "reference district: cells and grids")
        again = time_command(["grids", project, "--json"], "reference district: grids, cells known")
    return [imported[0], cold[0], again[0], *community_rows(json.loads(again[1]), "reference district")]


def time_command(arguments: list[str], instance: str) -> tuple[Row, str]:
    """Run `gridplan` in a process of its own; give what it used, and what it printed."""
    command = [sys.executable, "-m", "gridplan", *arguments]
    before = children_usage()
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    wall_s = time.perf_counter() - started
    after = children_usage()
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    facts: dict[str, object] = {"wall_s": round(wall_s, 2)}
    if done.stdout:
        document = json.loads(done.stdout)
        proven = [item["proven"] for item in document["communities"]]
        facts |= {"proven": f"{sum(proven)}/{len(proven)}", "runtime_s": document["summary"]["runtime_s"]}
    row = Row(
        instance=instance,
        tool="gridplan",
        cpu_s=round(after.cpu_s - before.cpu_s, 2),
        peak_mb=round(after.peak_mb, 1),
        facts=facts,
    )
    return row, done.stdout


def community_rows(document: dict[str, list[dict[str, object]]], name: str) -> list[Row]:
    """Give what `gridplan grids --json` says of each community."""
    return [
        Row(
            instance=f"{name} {item['community_code']}",
            tool="gridplan",
            objective=_number(item["objective"]),
            lower_bound=_number(item["lower_bound"]),
            proven=bool(item["proven"]),
        )
        for item in document["communities"]
    ]


def _number(value: object) -> float | None:
    return round(float(str(value)), 3) if value is not None else None
