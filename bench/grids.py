"""Dividing maps into balanced contiguous districts: this engine and its peers on the same work in one run.

Voronoi maps with n/10 districts within 20 % of the mean, the reference district as one map, published
instances. Every tool runs alone in a process of its own (`grids_child`) and is ended some seconds after ours;
every labelling is measured anew (`grids_work.measure`).
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.grids_peers import PEERS
from bench.grids_work import Work, draw_voronoi, measure, read_reference, read_works, save_work
from bench.suites import Row

REFERENCE = Path(__file__).parents[1].parent / "shared" / "data" / "reference_district"
INSTANCES = Path(__file__).parents[1].parent / "shared" / "instances"

SECONDS = {400: 10.0, 1000: 10.0, 3000: 10.0, 10_000: 20.0}
"""Cells of a Voronoi map → processor seconds that this engine may use where none are asked for."""

_FILE_S, _REFERENCE_S = 5.0, 10.0
_GRACE_S = 5.0  # beyond these seconds, after which any tool is ended: most peers know no limit
_WAIT = 40.0  # wall seconds per processor second after which a process counts as hung
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def run(
    instances: Path | None = None, seconds: float | None = None, seed: int = 1, out: Path | None = None
) -> list[Row]:
    """Run every tool on every map.

    Parameters
    ----------
    instances
        A folder of instance files: then these alone are solved; else all families.
    seconds
        Processor seconds for this engine and for GerryChain on each map.
    seed
        For every tool, and for drawing the Voronoi maps where it is not 1.
    out
        A folder for our own labellings, `NAME.csv` with columns idx, label.
    """
    rows = []
    for work, allowed in _works(instances, seconds):
        for tool in ("gridplan", *PEERS):
            row, labels = run_tool(tool, work, allowed, seed)
            rows.append(row)
            print(_line(row), file=sys.stderr, flush=True)
            if out is not None and tool == "gridplan" and labels is not None:
                write_labels(out / f"{work.name}.csv", labels)
    return rows


def _works(instances: Path | None, seconds: float | None) -> Iterator[tuple[Work, float]]:
    """Give the maps, smallest first, with the seconds for each."""
    if instances is None:
        for cells, allowed in SECONDS.items():
            yield draw_voronoi(cells, 1), seconds or allowed
        yield draw_voronoi(1000, 1, goal="length"), seconds or SECONDS[1000]
        if REFERENCE.is_dir():
            yield read_reference(REFERENCE), seconds or _REFERENCE_S
        else:
            print("grids: the reference district is not beside this checkout", file=sys.stderr)
    if instances is None and not INSTANCES.is_dir():
        print("grids: the published instances are not beside this checkout", file=sys.stderr)
        return
    for work in read_works(instances or INSTANCES):
        yield work, seconds or _FILE_S


def run_tool(tool: str, work: Work, seconds: float, seed: int) -> tuple[Row, list[int] | None]:
    """Run one tool on one map in a process of its own; give its row and its labels, if it made any."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "work.npz", Path(folder) / "answer.json"
        save_work(work, source)
        command = [sys.executable, "-m", "bench.grids_child", tool, source, target, seconds, seed]
        status = _run_limited([str(part) for part in command], seconds + _GRACE_S)
        if status is None and target.exists():
            answer = json.loads(target.read_text(encoding="utf-8"))
        else:
            answer = {"status": status or "failed: no answer"}
    labels = answer.get("labels")
    facts: dict[str, object] = {"status": answer.get("status", "done"), "seconds": seconds, "seed": seed}
    if labels is not None:
        facts |= measure(work, np.array(labels, dtype=np.int64))
    if work.best_known is not None:
        facts["best_known"] = work.best_known
    value = facts.get("cut_edges" if work.goal == "cut" else "border_m")
    return Row(
        instance=work.name,
        tool=tool,
        objective=float(value) if isinstance(value, (int, float)) else None,
        lower_bound=answer.get("lower_bound"),
        proven=answer.get("proven"),
        cpu_s=answer.get("cpu_s"),
        peak_mb=answer.get("peak_mb"),
        facts=facts,
    ), labels


def _run_limited(command: Sequence[str], cpu_s: float) -> str | None:
    """Run a command on one thread; give why it was ended, or None when it ended by itself."""
    environment = {**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}

    def limit() -> None:
        import resource  # noqa: PLC0415 - POSIX only

        resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s), int(cpu_s) + 2))

    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            cwd=Path(__file__).parents[1],
            env=environment,
            capture_output=True,
            timeout=_WAIT * cpu_s,
            check=False,
            preexec_fn=limit if sys.platform != "win32" else None,
        )
    except subprocess.TimeoutExpired:
        return "ended: hung"
    if done.returncode < 0:
        return f"ended: more than {cpu_s:.0f} s"
    if done.returncode > 0:
        return f"failed: {done.stderr.decode(errors='replace').strip()[-80:]}"
    return None


def write_labels(path: Path, labels: Sequence[int]) -> None:
    """Write a labelling as a table of idx and label."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["idx", "label"])
        writer.writerows(enumerate(labels))


_SHOWN = ("cut_edges", "in_band_share", "contiguous", "polsby_popper", "moment")


def _line(row: Row) -> str:
    """Say a row in one line, as it is done."""
    shown = "  ".join(f"{name}={row.facts[name]}" for name in _SHOWN if name in row.facts)
    return f"{row.instance}  {row.tool}  {row.facts['status']}  {row.cpu_s} s  {row.peak_mb} MB  {shown}"
