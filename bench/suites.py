"""What a benchmark is: a function that gives rows; every suite is listed once, here."""

import importlib
import inspect
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType

SUITES: Mapping[str, str] = MappingProxyType(
    {
        "reference": "bench.reference:run",
        "demo": "bench.demo:run",
        "grids": "bench.grids:run",
        "districting": "bench.districting:run",
        "map": "bench.map_clicks:run",
        "live": "bench.live:run",
        "branches": "bench.branches:run",
        "venues": "bench.venues:run",
        "desk": "bench.desk:run",
        "desk_map": "bench.desk_clicks:run",
        "exports": "bench.exports:run",
        "scenarios": "bench.scenarios:run",
    }
)
"""Suite → `module:function`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement; `cpu_s` counts all processes, `peak_mb` the largest of them."""

    instance: str
    tool: str
    objective: float | None = None
    lower_bound: float | None = None
    proven: bool | None = None
    cpu_s: float | None = None
    peak_mb: float | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def run_suites(
    names: Sequence[str],
    instances: Path | None = None,
    seconds: float | None = None,
    seed: int = 1,
    out: Path | None = None,
) -> list[Row]:
    """Run the suites named, or all; each takes of the options those that it knows.

    Parameters
    ----------
    instances
        Folder of published instances.
    seconds
        Processor seconds for each answer.
    out
        Folder for the answers.
    """
    given = {"instances": instances, "seconds": seconds, "seed": seed, "out": out}
    rows: list[Row] = []
    for name in names or tuple(SUITES):
        module, function = SUITES[name].split(":")
        suite = getattr(importlib.import_module(module), function)
        known = inspect.signature(suite).parameters
        rows.extend(suite(**{name: value for name, value in given.items() if name in known}))
    return rows


def describe_machine() -> str:
    """Say on what the figures were measured, without naming the machine."""
    cores = f"{os.cpu_count()} cores"
    return ", ".join([platform.machine(), cores, platform.system(), f"Python {platform.python_version()}"])


def row_document(row: Row) -> dict[str, object]:
    """Give a row as plain values, its facts beside the fixed columns."""
    plain = asdict(row)
    return {**{name: value for name, value in plain.items() if name != "facts"}, **row.facts}
