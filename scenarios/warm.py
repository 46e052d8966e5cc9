"""Compile all kernels afresh, so that nobody waits for it later: `python -m scenarios.warm`.

Compiled code is kept beside the sources (`__pycache__`), or where `NUMBA_CACHE_DIR` points. What is kept
knows when its own source has changed, but not when that of a kernel it calls has: after an update all of it
has to go, before any of it is loaded.
"""

import os
from pathlib import Path

_PACKAGES = ("geo", "optimize")  # those that hold kernels


def forget(root: Path) -> int:
    """Delete the compiled kernels kept below a folder; give how many files there were."""
    kept = list(root.rglob("*.nb[ci]"))
    for path in kept:
        path.unlink(missing_ok=True)
    return len(kept)


def main() -> None:
    """Delete what is kept, and compile it again."""
    elsewhere = os.environ.get("NUMBA_CACHE_DIR")
    home = Path(__file__).parents[1]
    for root in [Path(elsewhere)] if elsewhere else [home / name for name in _PACKAGES]:
        forget(root)
    from geo.walking.warm import warm as warm_walking  # noqa: PLC0415 - not before the old ones are gone
    from optimize.warm import warm as warm_engines  # noqa: PLC0415 - same

    warm_engines()
    warm_walking()


if __name__ == "__main__":
    main()
