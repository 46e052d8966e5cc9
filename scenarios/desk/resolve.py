"""The best plan around a person's edits: what is locked stays, and the rest is solved anew.

Nothing is taken over before the person has seen the difference.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from optimize.engines import Params
from optimize.prepared import prepare
from scenarios.desk.certify import drop_bound
from scenarios.desk.change import BOTH, DESK, PROPOSAL, CellMove, Change
from scenarios.desk.commit import commit
from scenarios.desk.edits import EDITS
from scenarios.desk.facts import free_codes, name_of
from scenarios.desk.log import Entry
from scenarios.desk.value import Desk
from scenarios.errors import EditRefused
from scenarios.live import EditCost, LiveCommunity, complete_plan, price_plan
from scenarios.locks.join import KeptLocks, join_locks, keeps_desk
from scenarios.locks.kept import read_lock_list
from scenarios.locks.listed import join_list, still_there
from scenarios.locks.wanted import GridLocks, locks_mark, locks_of
from scenarios.outcome import Certificate, Plan
from scenarios.plan import Community, solved_plan
from scenarios.project.codec import certificates_from_json, certificates_to_json
from scenarios.propose import Settings, list_communities
from scenarios.run import Stop, solve_all
from scenarios.stability import surviving_grids
from scenarios.workers import Workers

_TIME_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityOffer:
    """What is offered for one community: certificates now and then, and the households that change grid."""

    before: Certificate
    after: Certificate
    n_cells: int
    households: int

    @property
    def saved(self) -> float:
        """Cost now less cost then, in metres; NaN where there is no plan now."""
        return self.before.objective - self.after.objective


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A plan to be looked at: `change` leads to it from the desk's `version`.

    Attributes
    ----------
    communities
        What differs in each community that was solved.
    untouched
        Communities asked for that stayed as they are, because they are locked or no plan was found.
    """

    version: int
    change: Change
    facts: Mapping[str, object]
    communities: tuple[CommunityOffer, ...]
    untouched: tuple[str, ...]

    @property
    def moves(self) -> tuple[CellMove, ...]:
        """Cells that would move."""
        return self.change.cells

    @property
    def is_empty(self) -> bool:
        """Whether the plan is the best one already."""
        return not self.change.cells


def desk_locks(desk: Desk, community: str) -> GridLocks | None:
    """Give the locks of a community as the engines understand them; None where nothing may move at all.

    Those are what is locked on the desk and what the scenario's next proposal must keep.
    """
    kept = _kept(desk, community)
    return None if community in kept.settled else kept.locks


def open_on_desk(
    desk: Desk, community: str, *, stop: Stop, time_limit_s: float = _TIME_LIMIT_S
) -> LiveCommunity:
    """List and measure a community's groups for live answers; takes seconds for a large one."""
    settings = _settings(desk, time_limit_s)
    problem = desk.ground.problem(community, desk.rules, desk.terms.weights)
    rng = np.random.default_rng(settings.seed)
    return LiveCommunity(
        community=_community(desk, community),
        today=desk.ground.base.today,
        prepared=prepare(problem, Params(time_limit_s=time_limit_s), stop=stop, rng=rng),
        settings=settings,
    )


def price_live(desk: Desk, live: LiveCommunity, *, stop: Stop) -> EditCost:
    """Say what the plan of a community costs against the best ones, with the desk's locks and without."""
    code = live.community.code
    own = {cell: desk.plan.grid_of_cell.get(cell) for cell in desk.ground.cells_of(code)}
    locks = desk_locks(desk, code) or GridLocks()
    return price_plan(live, own, locks, desk.terms.weights, stop=stop)


def best_around_live(desk: Desk, live: LiveCommunity, *, stop: Stop) -> Offer:
    """Solve one community that is open for live answers around the desk's locks."""
    code = live.community.code
    locks = desk_locks(desk, code)
    if locks is None:
        return _offer(desk, {}, untouched=(code,))
    return _offer(desk, {code: complete_plan(live, locks, desk.terms.weights, stop=stop)}, untouched=())


def best_around(
    desk: Desk,
    communities: Sequence[str] = (),
    *,
    stop: Stop,
    on_done: Callable[[str, int, int], None] = lambda _code, _done, _total: None,
    workers: Workers,
    time_limit_s: float = _TIME_LIMIT_S,
) -> Offer:
    """Solve communities, or all, around the desk's locks in worker processes.

    Parameters
    ----------
    on_done
        Told the community just finished, how many are, and of how many.

    Raises
    ------
    EditRefused
        `edit_unknown_communities`.
    """
    unknown = sorted(set(communities) - desk.ground.members.keys())
    if unknown:
        raise EditRefused("edit_unknown_communities", communities=unknown)
    wanted = list(communities) or list(desk.ground.members)
    locks = {code: desk_locks(desk, code) for code in wanted}
    problems = {
        code: replace(
            desk.ground.problem(code, desk.rules, desk.terms.weights),
            locks=locks_of(own, code, desk.ground.cells_of(code)),
        )
        for code, own in locks.items()
        if own is not None
    }
    finished = 0

    def count(code: str, _result: object) -> None:
        nonlocal finished
        finished += 1
        on_done(code, finished, len(problems))

    params = Params(time_limit_s=time_limit_s)
    results = solve_all(problems, params, seed=desk.terms.seed, stop=stop, on_done=count, workers=workers)
    solved = {
        code: solved_plan(_community(desk, code), result, desk.ground.base.today)
        for code, result in results.items()
        if result is not None and result.status != "none"
    }
    return _offer(desk, solved, untouched=tuple(code for code in wanted if code not in solved))


def accept(desk: Desk, offer: Offer, *, author: str, note: str = "") -> Desk:
    """Take an offer over as one edit, with the certificates of what was solved.

    Raises
    ------
    EditRefused
        `offer_outdated` where the plan has changed since the offer was made; `edit_changes_nothing`.
    EditConflict
        `changed_meanwhile`.
    """
    if offer.version != desk.version:
        raise EditRefused("offer_outdated")
    if offer.change.is_empty:
        raise EditRefused("edit_changes_nothing", kind="best_around")
    entry = Entry(kind="best_around", facts=offer.facts, change=offer.change, author=author, note=note)
    return commit(desk, entry)


def _offer(desk: Desk, solved: Mapping[str, Plan], untouched: tuple[str, ...]) -> Offer:
    to: dict[str, str | None] = {}
    names: dict[str, str] = {}
    offers: list[CommunityOffer] = []
    refused: list[str] = []
    for code, plan in solved.items():
        own = _coded(desk, code, plan)
        # The engines let a lock go where no plan has it; what a person locked by hand stays.
        if not keeps_desk(_kept(desk, code), own):
            refused.append(code)
            continue
        to |= own
        fresh = {grid for grid in own.values() if grid is not None} - desk.plan.grids.keys()
        names |= {grid: name_of(desk, code, grid) for grid in fresh}
        mark = locks_mark(_kept(desk, code).wishes, code, desk.ground.cells_of(code))
        offers.append(_compare(desk, code, own, _as_stored(replace(plan.certificates[0], locks=mark))))
    moves = {cell: grid for cell, grid in to.items() if desk.plan.grid_of_cell.get(cell) != grid}
    change = EDITS["best_around"](desk.plan, desk.ground, {"to": moves, "names": names})
    taken = [code for code in solved if code not in refused]
    return Offer(
        version=desk.version,
        change=_certified(desk, change, offers),
        facts={"communities": taken, "n_cells": len(change.cells)},
        communities=tuple(offers),
        untouched=(*untouched, *refused),
    )


def _compare(desk: Desk, community: str, own: Mapping[str, str | None], after: Certificate) -> CommunityOffer:
    moved = [cell for cell, grid in own.items() if desk.plan.grid_of_cell.get(cell) != grid]
    known = {item.community_code: item for item in desk.certificates}
    return CommunityOffer(
        before=known.get(community, drop_bound(replace(after, n_grids=0, status="none", objective=math.nan))),
        after=after,
        n_cells=len(moved),
        households=int(desk.ground.households[[desk.ground.place[cell] for cell in moved]].sum()),
    )


def _as_stored(certificate: Certificate) -> Certificate:
    """Give a certificate as the file gives it back, so that it equals itself after a restart."""
    return certificates_from_json(certificates_to_json((certificate,)))[0]


def _certified(desk: Desk, change: Change, offers: Sequence[CommunityOffer]) -> Change:
    """Add the certificates of what was solved, and under whose locks their bounds hold."""
    known = {item.community_code for item in desk.certificates}
    changed = [item for item in offers if item.before != item.after and item.after.community_code in known]
    if not changed:
        return change
    bounds = dict(desk.terms.bounds)
    for item in changed:
        code = item.after.community_code
        bounds.pop(code, None)
        whose = (bool(_kept(desk, code).desk), bool(item.after.locks))
        if any(whose):
            bounds[code] = {(True, False): DESK, (False, True): PROPOSAL, (True, True): BOTH}[whose]
    terms = replace(desk.terms, bounds=bounds)
    return replace(
        change,
        certificates=(tuple(item.before for item in changed), tuple(item.after for item in changed)),
        terms=None if terms == desk.terms else (desk.terms, terms),
    )


def _coded(desk: Desk, community: str, plan: Plan) -> dict[str, str | None]:
    """Give the grids of a solved community the codes that they continue, and new ones to the others."""
    cells = desk.ground.cells_of(community)
    index = range(len(cells))
    now = pd.Series([desk.plan.grid_of_cell.get(cell) for cell in cells], index=index, dtype=object)
    then = pd.Series([plan.grid_of_cell.get(cell) for cell in cells], index=index, dtype=object)
    households = pd.Series(desk.ground.households[desk.ground.members[community]], index=index)
    # A grid with something locked in it keeps its code.
    held = _kept(desk, community).desk
    codes = {grid: code for cell, code in held.items() if (grid := plan.grid_of_cell.get(cell)) is not None}
    for new, old in surviving_grids(now, then, households).items():
        if new not in codes and old not in codes.values():
            codes[new] = old
    fresh = free_codes(desk, community)
    for new in dict.fromkeys(grid for grid in then if grid is not None):
        if new not in codes:
            codes[new] = next(fresh)
    return {cell: codes[grid] if grid is not None else None for cell, grid in zip(cells, then, strict=True)}


def _kept(desk: Desk, community: str) -> KeptLocks:
    cells = desk.ground.cells_of(community)
    own = still_there(read_lock_list(desk.path, desk.scenario), cells, [community])
    return join_locks(join_list(own), desk.plan, dict.fromkeys(cells, community))


def _community(desk: Desk, code: str) -> Community:
    return next(item for item in list_communities(desk.ground.base) if item.code == code)


def _settings(desk: Desk, time_limit_s: float) -> Settings:
    return Settings(
        scenario=desk.scenario,
        rules=desk.rules,
        weights=dict(desk.terms.weights),
        time_limit_s=time_limit_s,
        seed=desk.terms.seed,
    )
