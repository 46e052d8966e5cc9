"""Ready-made sets of weights for the form."""

from collections.abc import Mapping

OWN = "own"
"""Weights that are no preset's: the planner's own."""

PRESETS: Mapping[str, Mapping[str, float]] = {
    "balanced": {"boundary": 1.0, "compound_splits": 1.0, "target_size": 1.0},
    "short_borders": {"boundary": 2.0},
    "compact": {"boundary": 0.5, "compactness": 2.0, "polsby_popper": 1.0},
    "stable": {"boundary": 0.5, "moved": 3.0},
    "whole_compounds": {"boundary": 0.5, "compound_splits": 4.0},
}
"""Preset → weights."""


def preset_of(weights: Mapping[str, float]) -> str:
    """Give the preset that has these weights, or `OWN`; a weight of 0 is as good as none."""
    wanted = _in_use(weights)
    return next((name for name, known in PRESETS.items() if _in_use(known) == wanted), OWN)


def _in_use(weights: Mapping[str, float]) -> dict[str, float]:
    return {name: float(weight) for name, weight in weights.items() if weight}
