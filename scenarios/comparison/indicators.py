"""Indicators of outcomes side by side, each with the direction that is better, judged against the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scenarios.outcome import Outcome
from scenarios.settings import same_weights

Direction = Literal["lower", "higher", "none"]
Verdict = Literal["better", "worse", "same", "no_matter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One line of the table: a value per outcome, and each judged against the first."""

    name: str
    unit: str
    direction: Direction
    amounts: tuple[float | None, ...]
    differences: tuple[float | None, ...]
    verdicts: tuple[Verdict, ...]


def measure(
    outcomes: Sequence[Outcome],
    services: Sequence[Mapping[str, float | None]] = (),
    moved: Sequence[int] = (),
) -> tuple[Indicator, ...]:
    """Measure outcomes side by side; each is judged against the first.

    What is only comparable under the same terms has no direction where the terms differ.

    Parameters
    ----------
    services
        What each scenario has and costs, as `service_indicators` reads it; left out where nobody asks.
    moved
        Households that change grid from the first outcome to each of them, `Comparison.households_moved`.
    """
    first = outcomes[0]
    measured = [_measure_one(outcome) for outcome in outcomes]
    for values, n in zip(measured, moved, strict=False):
        values["moved_from_first"] = float(n)
    for values, more in zip(measured, services, strict=False):
        values.update(more)
    same = [_same_question(first, outcome) for outcome in outcomes]
    found = dict.fromkeys(name for values in measured for name in values)
    names = [*(name for name in _KNOWN if name in found), *(name for name in found if name not in _KNOWN)]
    return tuple(_indicator(name, [values.get(name) for values in measured], same) for name in names)


def _indicator(name: str, values: Sequence[float | None], same: Sequence[bool]) -> Indicator:
    unit, direction = _KNOWN.get(name, ("cost", "lower"))
    base = values[0]
    differences = tuple(None if value is None or base is None else value - base for value in values)
    verdicts = tuple(
        _judge(difference, "none" if name in _SAME_TERMS and not alike else direction)
        for difference, alike in zip(differences, same, strict=True)
    )
    return Indicator(
        name=name,
        unit=unit,
        direction=direction,
        amounts=tuple(values),
        differences=differences,
        verdicts=verdicts,
    )


def _judge(difference: float | None, direction: Direction) -> Verdict:
    if difference is None or direction == "none":
        return "no_matter"
    if abs(difference) < 1e-9:
        return "same"
    return "better" if (difference < 0) == (direction == "lower") else "worse"


_KNOWN: Mapping[str, tuple[str, Direction]] = {
    "households": ("household", "none"),
    "residents": ("resident", "none"),
    "n_communities": ("count", "none"),
    "n_grids": ("grid", "none"),
    "broken": ("grid", "lower"),
    "in_band_share": ("share", "higher"),
    "smallest": ("household", "none"),
    "largest": ("household", "none"),
    "off_target": ("household", "lower"),
    "compounds_split": ("count", "lower"),
    "polsby_popper": ("ratio", "higher"),
    "households_moved": ("household", "lower"),
    "moved_from_first": ("household", "lower"),
    "objective": ("metre", "lower"),
    "proven_share": ("share", "higher"),
    "worst_gap": ("share", "lower"),
    "workers_short": ("person", "lower"),
    "posts_vacant": ("person", "lower"),
    "households_per_worker": ("each", "lower"),
    "institutions_per_worker": ("each", "lower"),
    "tasks_per_worker": ("each", "lower"),
    "households_per_grid_worker": ("each", "lower"),
    "service_area_short_m2": ("m2", "lower"),
    "money_operations": ("yuan", "none"),
    "money_organisation": ("yuan", "none"),
    "money_service_fund": ("yuan", "none"),
    "money_facilities": ("yuan", "none"),
    "money_technology": ("yuan", "none"),
    "money_year": ("yuan", "lower"),
    "money_once": ("yuan", "lower"),
    "lines_short": ("yuan", "lower"),
    "budget": ("yuan", "none"),
    "budget_short": ("yuan", "lower"),
    "budget_left": ("yuan", "none"),
    "budget_posts": ("person", "none"),
    "budget_area_m2": ("m2", "none"),
}
"""Name → unit and direction; the sums of the costs, `cost_<name>`, come after these; the lower the better."""

_SAME_TERMS = frozenset({"objective", "off_target", "worst_gap"})


def _measure_one(outcome: Outcome) -> dict[str, float | None]:
    grids, cells, summary = outcome.grids, outcome.cells, outcome.summary
    base = grids[grids["kind"] == "base"]
    held = base["households"]
    target = float(str(outcome.rules.get("target_households", 0)))
    whole = grids["contiguous"].to_numpy(bool)
    inside = grids["in_band"].to_numpy(bool) | (grids["kind"] != "base").to_numpy(bool)
    objectives = [item.objective for item in outcome.certificates]
    gaps = [item.gap for item in outcome.certificates if not np.isnan(item.gap)]
    values: dict[str, float | None] = {
        "households": float(cells["households"].sum()),
        "residents": float(cells["residents"].sum()),
        "n_communities": float(len(outcome.communities)),
        "n_grids": float(len(grids)),
        "broken": float((~(inside & whole)).sum()) + float(cells["grid_code"].isna().any()),
        "in_band_share": _number(summary.get("in_band_share")),
        "smallest": float(held.min()) if len(held) else None,
        "largest": float(held.max()) if len(held) else None,
        "off_target": float((held - target).abs().mean()) if len(held) else None,
        "compounds_split": _number(summary.get("compounds_split")),
        "polsby_popper": float(grids["polsby_popper"].mean()) if len(grids) else None,
        "households_moved": _number(summary.get("households_moved")),
        "objective": float(np.sum(objectives)) if np.isfinite(objectives).all() and objectives else None,
        "proven_share": _number(summary.get("proven_share")),
        "worst_gap": float(max(gaps)) if gaps else None,
    }
    for name in grids.columns:
        if str(name).startswith("cost_"):
            values[str(name)] = float(grids[name].sum())
    return values


def _same_question(first: Outcome, second: Outcome) -> bool:
    return first.rules == second.rules and same_weights(first.weights, second.weights)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
