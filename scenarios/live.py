"""A community at hand: the best plan under locks, and the price of a person's plan, while they look.

Opening it lists its groups of cells, seconds for a large one; every answer after that takes a fraction of a
second. What is open is a frozen value that any number of sessions may share.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimize.engines import Params
from optimize.live import EditPrice, complete, price_edit
from optimize.prepared import Prepared, prepare
from optimize.problem import IntArray, Locks
from optimize.result import Violation
from scenarios.errors import RuleError
from scenarios.levers.stand import ground_of
from scenarios.locks.wanted import GridLocks, check_locks, locks_of
from scenarios.outcome import Plan
from scenarios.plan import Community, solved_plan
from scenarios.propose import Settings, build_problems, check_weights, list_communities
from scenarios.run import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCommunity:
    """A community with its cells, today's grids, and everything listed and measured."""

    community: Community
    today: pd.Series
    prepared: Prepared
    settings: Settings

    @property
    def cell_ids(self) -> list[str]:
        """Cells in the order of the problem."""
        return [str(cell) for cell in self.community.cells["cell_id"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCost:
    """What a person's plan costs against the best one.

    Attributes
    ----------
    extra, extra_free, at_most
        Shares of the best plan's cost, 0.023 for 2.3 %: against the best plan under the locks, against the
        best without locks, against what no plan can be below. None where there is no plan to compare with.
    by_cost, by_cost_m
        Cost name → the person's plan less the best one, in the cost's own unit, and weighted in metres.
    violations
        Hard rules that the person's plan breaks: code, grid code (None for the whole plan), facts that name
        cells by id.
    best
        The best plan under the locks, with its certificate.
    """

    extra: float | None
    extra_free: float | None
    at_most: float | None
    by_cost: Mapping[str, float]
    by_cost_m: Mapping[str, float]
    violations: tuple[tuple[str, str | None, Mapping[str, object]], ...]
    best: Plan


def open_live(path: Path, settings: Settings, community: str, *, stop: Stop) -> LiveCommunity:
    """List and measure the groups of a community; its locks are given with each question.

    Raises
    ------
    RuleError
        `unknown_community`, `unknown_weight`, `weight_out_of_range`.
    """
    check_weights(settings.weights)
    ground = ground_of(path, settings.scenario)
    problem = build_problems(ground, [community], settings).get(community)
    if problem is None:
        raise RuleError("unknown_community", communities=[community])
    params = Params(engine=settings.engine, time_limit_s=settings.time_limit_s)
    return LiveCommunity(
        community=next(item for item in list_communities(ground) if item.code == community),
        today=ground.today,
        prepared=prepare(problem, params, stop=stop, rng=np.random.default_rng(settings.seed)),
        settings=settings,
    )


def complete_plan(
    live: LiveCommunity, locks: GridLocks, weights: Mapping[str, float] | None = None, *, stop: Stop
) -> Plan:
    """Find the best plan of a community under locks; the settings' weights where none are given.

    Raises
    ------
    RuleError
        A lock on what is not there, or a weight out of range.
    """
    asked = _weights(live, weights)
    found = complete(live.prepared, _locks(live, locks), asked, stop=stop)
    return solved_plan(live.community, found, live.today)


def price_plan(
    live: LiveCommunity,
    grid_of_cell: Mapping[str, str | None],
    locks: GridLocks,
    weights: Mapping[str, float] | None = None,
    *,
    stop: Stop,
) -> EditCost:
    """Say what a person's plan costs against the best one.

    Parameters
    ----------
    grid_of_cell
        Grid code of each cell of the community, None where unassigned; cells left out are unassigned.
    """
    codes = [grid_of_cell.get(cell) for cell in live.cell_ids]
    labels, names = _number(codes)
    asked = _weights(live, weights)
    price = price_edit(live.prepared, labels, _locks(live, locks), asked, stop=stop)
    return EditCost(
        extra=price.extra,
        extra_free=price.extra_free,
        at_most=price.at_most,
        by_cost=price.by_cost,
        by_cost_m=price.by_cost_m,
        violations=_in_words(live, price, names),
        best=solved_plan(live.community, price.best, live.today),
    )


def _weights(live: LiveCommunity, weights: Mapping[str, float] | None) -> Mapping[str, float]:
    chosen = live.settings.weights if weights is None else weights
    check_weights(chosen)
    return chosen


def _locks(live: LiveCommunity, locks: GridLocks) -> Locks:
    code = live.community.code
    check_locks(locks, dict.fromkeys(live.cell_ids, code))
    return locks_of(locks, code, live.cell_ids)


def _number(codes: list[str | None]) -> tuple[IntArray, list[str]]:
    """Turn codes into labels in the order of first cells, as the engines number; give the codes in order."""
    names = list(dict.fromkeys(code for code in codes if code is not None))
    place = {code: at for at, code in enumerate(names)}
    return np.array([-1 if code is None else place[code] for code in codes], np.int64), names


def _in_words(
    live: LiveCommunity, price: EditPrice, names: list[str]
) -> tuple[tuple[str, str | None, Mapping[str, object]], ...]:
    ids = live.cell_ids

    def tell(found: Violation) -> tuple[str, str | None, Mapping[str, object]]:
        cells = found.facts.get("cells", ())
        told = {"cells": [ids[cell] for cell in cells]} if isinstance(cells, tuple) and cells else {}
        return found.code, names[found.grid] if found.grid >= 0 else None, {**found.facts, **told}

    return tuple(tell(found) for found in price.violations)
