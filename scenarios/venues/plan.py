"""The answer about venues in words: which are open, who walks how far, who stays unserved and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimize.problem import FloatArray, IntArray
from optimize.venues.siting import Siting, SitingAnswer
from scenarios.venues.question import (
    VenueGround,
    build_costs,
    column_numbers,
    count_unpriced,
    is_existing,
)
from scenarios.venues.settings import VenueSettings, to_document

MINUTES = (("5", "walk_5_min_m"), ("10", "walk_10_min_m"), ("15", "walk_15_min_m"))
"""Minutes of walking and the rule that says how far that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenuePlan:
    """A proposal for venues.

    Attributes
    ----------
    venues
        `id`, `name`, `status`, `open` (bool), `decision` (stays, opens, closes, not_needed),
        `community_code`, `people`, `mean_m`, `longest_m`, `capacity`, `cost`.
    ways
        One row a cell: `cell_id`, `community_code`, `people`, `venue` (None where unserved), `walk_m`, `by`.
    unserved
        Cells with people whose venue is further than the reach asked for, or who have none: `cell_id`,
        `community_code`, `people`, `reason` (`no_way`: no venue can be walked to; `no_site_near`: none that
        may open is near enough; `too_far`: one is, but it is not open; `no_room`: one is open, but full),
        `nearest_m` to any that may open.
    certificate
        `model`, `status`, `objective`, `lower_bound`, `gap`, `proven`, `reasons`.
    coverage
        Minutes → share of the people within that many minutes of an open venue; `today_<minutes>` likewise
        for the venues there are.
    unpriced
        Candidates without a cost; they count as 0 yuan.
    """

    settings: VenueSettings
    venues: pd.DataFrame
    ways: pd.DataFrame
    unserved: pd.DataFrame
    certificate: Mapping[str, Any]
    coverage: Mapping[str, float | None]
    measured: Mapping[str, int] = field(default_factory=dict)
    unpriced: int = 0

    @property
    def buys_nothing(self) -> bool:
        """Whether there is a budget and an answer, but no new venue."""
        asked = self.settings.budget is not None and self.certificate["status"] != "none"
        return asked and not self.venues["decision"].eq("opens").any()


def tell(ground: VenueGround, settings: VenueSettings, siting: Siting, answer: SitingAnswer) -> VenuePlan:
    """Turn an answer in arrays into words; where there is none, venues and ways are those of today."""
    if answer.status == "none":
        answer = _as_today(ground, siting, answer)
    walk_m = _walked(siting, answer.of, np.nan)
    return VenuePlan(
        settings=settings,
        venues=_venues(ground, siting, answer, walk_m),
        ways=_ways(ground, siting, answer, walk_m),
        unserved=_unserved(ground, siting, answer),
        certificate=_certificate(ground, answer),
        coverage=_coverage(ground, siting, answer.is_open),
        measured=dict(ground.ways.counts) | {"parts": ground.ways.n_parts},
        unpriced=count_unpriced(ground.venues),
    )


def _as_today(ground: VenueGround, siting: Siting, answer: SitingAnswer) -> SitingAnswer:
    is_open = is_existing(ground.venues)
    ways = np.where(is_open[None, :], siting.distance_m, np.inf)
    of = np.where(np.isfinite(ways).any(axis=1), ways.argmin(axis=1), -1)
    return replace(answer, is_open=is_open, of=of.astype(np.int64))


def _walked(siting: Siting, of: IntArray, nowhere: float) -> FloatArray:
    walked = siting.distance_m[np.arange(len(of)), np.maximum(of, 0)]
    return np.where(of >= 0, walked, nowhere)


def _venues(ground: VenueGround, siting: Siting, answer: SitingAnswer, walk_m: FloatArray) -> pd.DataFrame:
    m, served = len(siting.cost), answer.of >= 0
    weight = np.where(served, siting.weight, 0.0)
    people = np.bincount(np.maximum(answer.of, 0), weight, m)
    metres = np.bincount(np.maximum(answer.of, 0), weight * np.nan_to_num(walk_m), m)
    asked = served & (siting.weight > 0)
    longest = np.zeros(m)
    np.maximum.at(longest, answer.of[asked], walk_m[asked])
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(people > 0, metres / people, np.nan)
    existing = is_existing(ground.venues)
    return pd.DataFrame(
        {
            "id": ground.venue_ids,
            "name": _text(ground.venues, "name"),
            "status": _text(ground.venues, "status"),
            "open": answer.is_open,
            "decision": _decisions(existing, answer.is_open),
            "community_code": _communities(ground),
            "people": people.round().astype(np.int64),
            "mean_m": mean,
            "longest_m": np.where(people > 0, longest, np.nan),
            "capacity": column_numbers(ground.venues, "capacity"),
            "cost": build_costs(ground.venues),
        }
    )


def _decisions(existing: NDArray[np.bool_], is_open: NDArray[np.bool_]) -> NDArray[np.str_]:
    kept = np.where(is_open, "stays", "closes")
    new = np.where(is_open, "opens", "not_needed")
    return np.asarray(np.where(existing, kept, new))


def _text(frame: pd.DataFrame, column: str) -> list[str | None]:
    if column not in frame:
        return [None] * len(frame)
    return [value if isinstance(value, str) else None for value in frame[column]]


def _communities(ground: VenueGround) -> list[str | None]:
    """Give the community that each venue stands in."""
    near = ground.venues[["geometry"]].sjoin(ground.cells[["community_code", "geometry"]], how="left")
    first = near[~near.index.duplicated()]["community_code"]
    return [code if isinstance(code, str) else None for code in first]


def _ways(ground: VenueGround, siting: Siting, answer: SitingAnswer, walk_m: FloatArray) -> pd.DataFrame:
    ids = [*ground.venue_ids, None]
    cells = ground.cells
    return pd.DataFrame(
        {
            "cell_id": cells["cell_id"].to_numpy(),
            "community_code": cells["community_code"].to_numpy(),
            "people": siting.weight.astype(np.int64),
            "venue": [ids[at] for at in answer.of.tolist()],
            "walk_m": walk_m,
            "by": ground.ways.cell_by,
        }
    )


def _unserved(ground: VenueGround, siting: Siting, answer: SitingAnswer) -> pd.DataFrame:
    """List who has no venue within reach, whatever the model: it may have asked for something else."""
    nearest, near_open = _nearest(siting, ~siting.closed), _nearest(siting, answer.is_open)
    at = np.flatnonzero((_walked(siting, answer.of, np.inf) > siting.reach_m) & (siting.weight > 0))
    reasons = np.select(
        [~np.isfinite(nearest), nearest > siting.reach_m, near_open > siting.reach_m],
        ["no_way", "no_site_near", "too_far"],
        "no_room",
    )
    return pd.DataFrame(
        {
            "cell_id": ground.cells["cell_id"].to_numpy()[at],
            "community_code": ground.cells["community_code"].to_numpy()[at],
            "people": siting.weight[at].astype(np.int64),
            "reason": reasons[at],
            "nearest_m": np.where(np.isfinite(nearest[at]), nearest[at], np.nan),
        }
    )


def _nearest(siting: Siting, sites: NDArray[np.bool_]) -> FloatArray:
    return np.asarray(siting.distance_m[:, sites].min(axis=1, initial=np.inf))


def _certificate(ground: VenueGround, answer: SitingAnswer) -> dict[str, Any]:
    cells = ground.cells["cell_id"].to_numpy()
    return {
        "model": answer.model,
        "status": answer.status,
        "objective": _plain(answer.objective),
        "lower_bound": _plain(answer.lower_bound),
        "gap": _plain(answer.gap),
        "proven": answer.proven,
        "reasons": [
            {"code": reason.code, **reason.facts, "cells": [str(cells[at]) for at in reason.cells]}
            for reason in answer.reasons
        ],
    }


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _coverage(ground: VenueGround, siting: Siting, is_open: NDArray[np.bool_]) -> dict[str, float | None]:
    total = float(siting.weight.sum())
    shares: dict[str, float | None] = {}
    for prefix, sites in (("", is_open), ("today_", is_existing(ground.venues))):
        nearest = _nearest(siting, sites)
        for minutes, rule in MINUTES:
            within = float(siting.weight[nearest <= getattr(ground.rules, rule)].sum())
            shares[prefix + minutes] = within / total if total else None
    return shares


def plan_document(plan: VenuePlan) -> dict[str, Any]:
    """Give a proposal as the command prints it."""
    return {
        "settings": to_document(plan.settings),
        "venues": _records(plan.venues, ("mean_m", "longest_m", "capacity", "cost")),
        "ways": _records(plan.ways, ("walk_m",)),
        "unserved": _records(plan.unserved, ("nearest_m",)),
        "certificate": dict(plan.certificate),
        "coverage": dict(plan.coverage),
        "measured": dict(plan.measured),
        "unpriced": plan.unpriced,
    }


def read_plan(document: Mapping[str, Any], settings: VenueSettings) -> VenuePlan:
    """Read a proposal back from what `plan_document` gives."""
    return VenuePlan(
        settings=settings,
        venues=pd.DataFrame(document["venues"]),
        ways=pd.DataFrame(document["ways"]),
        unserved=pd.DataFrame(
            document["unserved"], columns=["cell_id", "community_code", "people", "reason", "nearest_m"]
        ),
        certificate=document["certificate"],
        coverage=document["coverage"],
        measured=document["measured"],
        unpriced=document.get("unpriced", 0),
    )


def _records(frame: pd.DataFrame, numbers: Sequence[str]) -> list[dict[str, Any]]:
    rows = frame.to_dict("records")
    for row in rows:
        for name in numbers:
            row[name] = None if pd.isna(row[name]) else round(float(row[name]), 1)
        if "open" in row:
            row["open"] = bool(row["open"])
    return [{str(name): value for name, value in row.items()} for row in rows]
