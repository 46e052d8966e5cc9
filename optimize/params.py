"""How to solve, as opposed to what: the options of a solve and the steps it reports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Options of a solve.

    Attributes
    ----------
    engine
        Name in `optimize.engines.ENGINES`, or `auto`: exact where every group can be listed, else search.
    time_limit_s
        Wall-clock seconds for one community, or None for no limit.
    max_groups
        How many contiguous groups may be listed before the exact engine gives up listing; a million take some
        100 MB.
    """

    engine: str = "auto"
    time_limit_s: float | None = 30.0
    max_groups: int = 3_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One report of a running solve, for a progress bar.

    `objective` and `lower_bound` are None until there is one; `done` is a rough share of the work, 0 to 1.
    """

    phase: Literal["checking", "listing", "bounding", "choosing", "searching", "done"]
    done: float
    objective: float | None = None
    lower_bound: float | None = None
    n_groups: int = 0


OnStep = Callable[[Step], None]
