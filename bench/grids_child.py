"""One tool on one map, in a process of its own: `python -m bench.grids_child TOOL WORK OUT SECONDS SEED`.

The answer, labels and what they cost, goes into OUT as JSON. Time and memory are the whole process's,
start-up included.
"""

import json
import sys
from pathlib import Path

from bench.grids_peers import PEERS, Absent
from bench.grids_work import load_work
from bench.usage import own_usage


def main() -> None:
    """Run the tool that the arguments name."""
    tool, source, target, seconds, seed = sys.argv[1:6]
    work = load_work(Path(source))
    answer: dict[str, object]
    try:
        if tool == "gridplan":
            from bench.grids_own import solve_own  # noqa: PLC0415 - a peer's memory is to be its own

            answer = solve_own(work, float(seconds), int(seed))
        else:
            answer = {"labels": PEERS[tool](work, float(seconds), int(seed)).tolist()}
    except Absent as absent:
        answer = {"status": f"absent: {absent}"}
    except (ValueError, RuntimeError, ArithmeticError, IndexError, KeyError, TypeError, MemoryError) as error:
        answer = {"status": f"failed: {type(error).__name__}: {str(error)[:80]}"}
    answer |= {"cpu_s": round(own_usage().cpu_s, 2), "peak_mb": round(_peak_mb(), 1)}
    Path(target).write_text(json.dumps(answer), encoding="utf-8")


def _peak_mb() -> float:
    """Give the memory peak of this program alone: `getrusage` also counts who started it, until then."""
    status = Path("/proc/self/status")
    if not status.exists():
        return own_usage().peak_mb
    facts = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
    return int(facts["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    main()
