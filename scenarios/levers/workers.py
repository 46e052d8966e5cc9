"""More grid workers for the whole sub-district, or fewer: which communities get or lose a grid."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from scenarios.levers.errors import LeverError
from scenarios.levers.lever import Lever
from scenarios.levers.registry import parse_lever
from scenarios.levers.terms import GridCount
from scenarios.outcome import Outcome
from scenarios.store import require_outcome

NAME = "workers"
"""Its word in commands: `workers=3` stands for the levers that `share_workers` gives."""

_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """Households and number of the grids of a community, and how many dedicated grids stand beside them."""

    households: int
    grids: int
    dedicated: int


def read_levers(path: Path, scenario: str, text: str) -> tuple[Lever, ...]:
    """Read `LEVER=VALUE`, where `workers=3` or `workers=-2` stands for the levers of `share_workers`.

    Raises
    ------
    LeverError
        As for `parse_lever`; `lever_no_room`.
    """
    head, equals, value = text.partition("=")
    if head.strip() != NAME or not equals:
        return (parse_lever(text),)
    try:
        add = int(value)
    except ValueError:
        raise LeverError("lever_value_unreadable", lever=NAME, field="add", value=value) from None
    return share_workers(require_outcome(path, scenario), add)


def share_workers(outcome: Outcome, add: int) -> tuple[GridCount, ...]:
    """Give the numbers of grids with so many more workers, one for each grid, or fewer where below zero.

    Each goes to the community whose grids hold the most households on average, among those where one more
    grid leaves every grid its minimum; who goes leaves the community whose grids would hold the fewest then,
    among those where the others can take its households. That is the method of highest averages (D'Hondt).

    Raises
    ------
    LeverError
        `lever_value_out_of_range`; `lever_no_room` where the band allows only so many.
    """
    if not 0 < abs(add) <= _MOST:
        raise LeverError(
            "lever_value_out_of_range", lever=NAME, field="add", value=add, low=-_MOST, high=_MOST
        )
    low, high = (int(str(outcome.rules[name])) for name in ("min_households", "max_households"))
    shares = _count(outcome)
    before = dict(shares)
    for done in range(abs(add)):
        code = _next(shares, low, high, add > 0)
        if code is None:
            raise LeverError("lever_no_room", lever=NAME, wanted=abs(add), possible=done)
        grids = shares[code].grids + (1 if add > 0 else -1)
        shares[code] = replace(shares[code], grids=grids)
    return tuple(
        GridCount(community=code, count=share.grids + share.dedicated)
        for code, share in shares.items()
        if share.grids != before[code].grids
    )


def _next(shares: Mapping[str, _Share], low: int, high: int, more: bool) -> str | None:
    """Give the community that gets one more grid, or loses one; None where the band allows it nowhere."""
    if more:
        fit = {
            code: s.households / s.grids for code, s in shares.items() if s.households >= low * (s.grids + 1)
        }
        return max(fit, key=lambda code: fit[code]) if fit else None
    fit = {
        code: s.households / (s.grids - 1)
        for code, s in shares.items()
        if s.grids > 1 and s.households <= high * (s.grids - 1)
    }
    return min(fit, key=lambda code: fit[code]) if fit else None


def _count(outcome: Outcome) -> dict[str, _Share]:
    shares = {}
    for code, grids in outcome.grids.groupby("community_code", sort=True):
        own = grids[grids["kind"] == "base"]
        households = int(own["households"].sum())
        shares[str(code)] = _Share(households=households, grids=len(own), dedicated=len(grids) - len(own))
    return {code: share for code, share in shares.items() if share.grids}
