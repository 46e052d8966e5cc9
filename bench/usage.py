"""What processes have used so far, as the operating system counts it."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """CPU seconds of all, and the memory peak of the largest."""

    cpu_s: float
    peak_mb: float


def children_usage() -> Usage:
    """Give what all finished child processes have used; zeros on systems that do not count it."""
    return _usage(of_children=True)


def own_usage() -> Usage:
    """Give what this process has used so far; zeros on systems that do not count it."""
    return _usage(of_children=False)


def _usage(*, of_children: bool) -> Usage:
    if sys.platform == "win32":
        return Usage(cpu_s=0.0, peak_mb=0.0)
    import resource  # noqa: PLC0415 - POSIX only

    used = resource.getrusage(resource.RUSAGE_CHILDREN if of_children else resource.RUSAGE_SELF)
    unit = 1024.0 if sys.platform != "darwin" else 1024.0 * 1024.0
    return Usage(cpu_s=used.ru_utime + used.ru_stime, peak_mb=used.ru_maxrss / unit)
