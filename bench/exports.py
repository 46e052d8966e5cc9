"""How long sheets take and how much memory they need: A3 of the demo district, an atlas of sixty pages."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from bench.suites import Row
from bench.usage import Usage, children_usage, own_usage
from data.generate import build_demo
from exports.choices import Atlas, Paper, SheetChoices
from exports.order import Order, fill
from scenarios.propose import Settings, propose
from scenarios.rules import GridRules
from scenarios.store import create_project
from scenarios.workers import Workers
from ui.texts.catalog import Texts

_JOBS: tuple[tuple[str, str, Paper, Atlas], ...] = (
    ("demo A3", ".pdf", "A3", "none"),
    ("demo A3", ".png", "A3", "none"),
    ("demo A3", ".svg", "A3", "none"),
    ("demo A0", ".pdf", "A0", "none"),
    ("demo A0", ".png", "A0", "none"),
    ("demo atlas of grids", ".pdf", "A3", "grids"),
    ("demo", ".pptx", "A3", "none"),
    ("demo", ".xlsx", "A3", "none"),
    ("demo", ".html", "A3", "none"),
)


def run() -> list[Row]:
    """Measure each format in a process of its own, with everything loaded before the clock starts.

    The last row is a sheet by command, with all that it loads.
    """
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "demo.gpkg"
        create_project(project, build_demo())
        with Workers() as workers:
            # A band at which the demo has some sixty grids: the pages that the atlas is asked for.
            rules = GridRules().with_band(200, 360)
            settings = Settings(engine="ward", rules=rules, time_limit_s=5.0)
            outcome = propose(
                project, settings, stop=lambda: False, on_progress=lambda _step: None, workers=workers
            )
        pages = len(outcome.grids) + 2
        return [*(_measure(job, project, pages) for job in _JOBS), _command(project)]


def _measure(job: tuple[str, str, Paper, Atlas], project: Path, pages: int) -> Row:
    name, ending, paper, atlas = job
    sheet = SheetChoices(paper=paper, atlas=atlas, parts=("map",))
    order = Order(
        project=project,
        scenario="base",
        to=project.with_name(f"out{ending}"),
        texts=Texts("zh_Hans"),
        sheet=sheet,
    )
    with get_context("spawn").Pool(1) as pool:
        wall_s, used, size = pool.apply(_timed, (fill, order))
    facts: dict[str, object] = {"wall_s": round(wall_s, 2), "file_kb": size // 1024}
    if atlas != "none":
        facts["pages"] = pages
    cpu_s, peak_mb = round(used.cpu_s, 2), round(used.peak_mb, 1)
    return Row(instance=f"{name} {ending}", tool="gridplan", cpu_s=cpu_s, peak_mb=peak_mb, facts=facts)


def _command(project: Path) -> Row:
    """Measure the command that draws A3, from its start to its end."""
    to = project.with_name("command.pdf")
    export = (
        f"from gridplan import main; main(['export', {str(project)!r}, '--part', 'map', '--to', {str(to)!r}])"
    )
    with get_context("spawn").Pool(1) as pool:
        wall_s, used = pool.apply(_run, (export,))
    facts: dict[str, object] = {"wall_s": round(wall_s, 2), "file_kb": to.stat().st_size // 1024}
    cpu_s, peak_mb = round(used.cpu_s, 2), round(used.peak_mb, 1)
    return Row(instance="demo A3 .pdf by command", tool="gridplan", cpu_s=cpu_s, peak_mb=peak_mb, facts=facts)


def _run(source: str) -> tuple[float, Usage]:
    """Run a program to its end; this process has had no other, so all that children used is its own."""
    start = time.perf_counter()
    folder = Path(__file__).parents[1]
    command = [sys.executable, "-c", source]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - our own program
    return time.perf_counter() - start, children_usage()


def _timed(work: Callable[[Order], None], order: Order) -> tuple[float, Usage, int]:
    """Time an order in this process, after a small one that loads what is needed."""
    work(replace(order, sheet=SheetChoices(paper="A4", parts=("map",))))
    wall, before = time.perf_counter(), own_usage()
    work(order)
    used = own_usage()
    spent = Usage(cpu_s=used.cpu_s - before.cpu_s, peak_mb=used.peak_mb)
    return time.perf_counter() - wall, spent, order.to.stat().st_size
